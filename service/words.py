"""How the terminal, reports and answers call things, in English; the pages have `languages/`."""

from data.records import MailKind
from data.taxonomy import Label, Language, UrgencyName

LABELS: dict[Label, tuple[str, str]] = {
    "micro_managing": ("Micro-managing", "watches how and when the work goes on"),
    "distrust": ("Distrust", "doubts that you can do it, or mean well"),
    "take_over": ("Taking over", "does your craft in your place"),
    "scope_growth": ("Growing scope", "asks for more than was agreed"),
    "unpaid_rework": ("Unpaid rework", "wants agreed work done again for nothing"),
    "reported_mistake": ("Reported mistake", "tells you that something is wrong"),
    "client_delay": ("Client’s delay", "is late with what you need from them"),
    "unrealistic_expectation": ("Unrealistic wish", "expects what time or money cannot buy"),
    "goodwill": ("Goodwill", "thanks, praises or shares news"),
}
URGENCY: dict[UrgencyName, tuple[str, str]] = {
    "none": ("Nothing to do", "No answer is called for."),
    "routine": ("Routine", "Answer in your usual time."),
    "soon": ("Soon", "Act within a day or two."),
    "now": ("Now", "Act at once."),
}
LANGUAGES: dict[Language, str] = {"en": "English", "fil": "Filipino", "ms": "Malay", "other": "another language"}
KINDS: dict[MailKind, str] = {
    "message": "",
    "auto_reply": "an automatic reply",
    "bounce": "a notice that a mail was not delivered",
    "newsletter": "a newsletter",
    "calendar": "a calendar invitation",
}


def messages(count: int) -> str:
    """So many messages."""
    return f"{count:,} message{'s' * (count != 1)}"
