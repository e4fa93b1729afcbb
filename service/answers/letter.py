"""The answer itself: plain and HTML, in the forwarder's thread, marked as automatic so that no robot answers it."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from data.records import Assessment
from service import words
from service.answers.outbox import Due
from service.answers.thread import MARK

_TEMPLATES = Path(__file__).parent / "templates"


class Letters:
    """Writes answers from ``sender``; ``public_url`` is where the pages are, empty where no link can be given."""

    def __init__(self, sender: str, public_url: str) -> None:
        self._sender = sender
        self._url = public_url.rstrip("/")
        loader = FileSystemLoader(_TEMPLATES)
        self._pages = Environment(
            loader=loader,
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def write(self, due: Due, assessment: Assessment, now: datetime) -> EmailMessage:
        """Write the answer; sent again after a crash it is the same letter, with the same Message-ID."""
        letter = EmailMessage(policy=SMTP)
        thread = due.thread
        letter["From"] = f"kyp <{self._sender}>"
        letter["To"] = thread.recipient
        letter["Subject"] = f"Re: {thread.subject.removeprefix('Re: ')}"
        letter["Date"] = format_datetime(now)
        letter["Message-ID"] = f"<{due.id}.answer@{self._sender.rpartition('@')[2]}>"
        if thread.message_id:
            letter["In-Reply-To"] = thread.message_id
        if thread.references:
            letter["References"] = " ".join(thread.references)
        letter["Auto-Submitted"] = "auto-replied"
        letter["X-Auto-Response-Suppress"] = "All"
        letter[MARK] = "1"
        told = self._told(assessment)
        letter.set_content(self._pages.get_template("answer.txt").render(told))
        letter.add_alternative(self._pages.get_template("answer.html").render(told), subtype="html")
        return letter

    def _told(self, assessment: Assessment) -> dict[str, object]:
        present = sorted((s for s in assessment.signals if s.present), key=lambda signal: -signal.probability)
        return {
            "message": assessment,
            "present": present,
            "words": words,
            "link": f"{self._url}/messages/{assessment.id}" if self._url else "",
        }
