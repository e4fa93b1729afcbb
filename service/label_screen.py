"""How a message to label looks in a terminal."""

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from data.records import Assessment, Part
from data.taxonomy import LABELS, URGENCY_NAMES
from model.label_queue import Why
from service import words
from service.highlight import segments
from service.labelling import Labelling

KEYS = (
    "[b]Enter[/] right as it stands   [b]1–9[/] turn a label over   [b]u[/] urgency   [b]c[/] claimed   "
    "[b]d[/] deadline   [b]s[/] skip   [b]b[/] back to the last one   [b]q[/] quit (what you did is kept)"
)


def screen(labelling: Labelling, because: tuple[Why, ...], done: int) -> RenderableType:
    """The message, what holds so far, and the keys."""
    message = labelling.message
    head = Text.assemble((message.client or "unknown sender", "bold"), "   ", (_sent(message), "dim"))
    head.append(f"   {done} labelled", "dim")
    body = Group(Text.assemble(("Subject: ", "dim"), _marked(message, "subject")), Text(), _marked(message, "text"))
    why = Text("; ".join(reason(one) for one in because), "dim italic")
    return Group(
        head,
        Panel(body, border_style="dim"),
        why,
        _table(labelling),
        Text.from_markup(KEYS),
    )


def reason(why: Why) -> str:
    """A reason in words."""
    name = words.LABELS[why.label][0] if why.label else ""
    if why.kind == "unsure":
        return f"unsure about {name} ({why.probability or 0:.0%})"
    if why.kind == "contradictory":
        return f"sentences and the whole disagree about {name}"
    return "unlike what is labelled so far" if why.kind == "novel" else f"few {name} labelled so far"


def _table(labelling: Labelling) -> Table:
    own, message = labelling.opinion, labelling.message
    table = Table.grid(padding=(0, 2))
    for number, label in enumerate(LABELS):
        borne, signal = own.labels[label], message.signal(label)
        style = "bold green" if borne else "dim"
        turned = Text("changed", "yellow") if borne != signal.present else Text()
        mark = Text("●" if borne else "○", style)
        name = Text(words.LABELS[label][0], style)
        table.add_row(Text(str(number + 1), "bold"), mark, name, Text(f"{signal.probability:.0%}", "dim"), turned)
    level = own.urgency or 0
    claimed = "claimed" if own.urgency_claimed else "not claimed"
    table.add_row(Text("u", "bold"), Text(str(level), "bold"), Text(words.URGENCY[URGENCY_NAMES[level]][0]))
    table.add_row(Text("c", "bold"), Text("●" if own.urgency_claimed else "○"), Text(f"urgency {claimed}"))
    due = own.deadline.isoformat() if own.deadline else "no deadline"
    table.add_row(Text("d", "bold"), Text(), Text(due))
    return table


def _marked(message: Assessment, part: Part) -> Text:
    text = Text()
    for segment in segments(message, part):
        text.append(segment.text, "underline" if segment.names else "")
    return text


def _sent(message: Assessment) -> str:
    return message.sent_at.strftime("%a %d %b %Y, %H:%M") if message.sent_at else "no date"
