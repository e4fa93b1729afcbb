"""The JSON objects of clients and of the week's list: one for HTTP and for the command line."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from data.taxonomy import LABELS, group_of
from model.agenda import AgendaItem
from model.parting import PartingAdvice
from service.client_lines import Line
from service.client_report import ClientReport
from service.clientele import Moment
from service.known import Known


def line_json(line: Line, known: Known, signs: Sequence[str]) -> dict[str, Any]:
    """One client of the listing."""
    return {
        "client": line.client,
        "display_name": known.name,
        "aliases": list(known.aliases),
        "messages": line.messages,
        "first_message_at": _written(line.first_at),
        "last_message_at": _written(line.last_at),
        "signals": [{"label": label, "group": group_of(label), "messages": count} for label, count in line.labels],
        "signs": list(signs),
    }


def report_json(report: ClientReport) -> dict[str, Any]:
    """One client in full."""
    known, line = report.known, report.line
    return {
        "client": known.client,
        "display_name": known.name,
        "aliases": list(known.aliases),
        "lang": report.language,
        "messages": line.messages if line else 0,
        "first_message_at": _written(line.first_at) if line else None,
        "last_message_at": _written(line.last_at) if line else None,
        "signals": _signals(report.moments),
        "timeline": [_moment(moment) for moment in report.moments],
        "window": {"from": _written(report.window[0]), "to": _written(report.window[1])} if report.window else None,
        "signs": [{"id": sign.id, "title": title, "messages": list(sign.messages)} for sign, title in report.signs],
        "consider_parting": _parting(report.parting),
        "strategies": [asdict(strategy) for strategy in report.strategies],
        "context": context_json(known),
    }


def context_json(known: Known) -> dict[str, Any]:
    """What is known of a client; null where nothing was told."""
    return known.summary.model_dump(mode="json")


def agenda_json(today: date, items: Sequence[AgendaItem]) -> dict[str, Any]:
    """The week's list."""
    return {"today": today.isoformat(), "items": [asdict(item) | {"due": item.due.isoformat()} for item in items]}


def _signals(moments: Sequence[Moment]) -> list[dict[str, Any]]:
    """The labels that were present, the commonest first, with the messages that bear them."""
    bearing = {label: [m.seen for m in moments if label in m.seen.labels] for label in LABELS}
    ordered = sorted((label for label in LABELS if bearing[label]), key=lambda label: -len(bearing[label]))
    return [
        {
            "label": label,
            "group": group_of(label),
            "messages": [seen.id for seen in bearing[label]],
            "last_at": _written(bearing[label][-1].sent_at),
        }
        for label in ordered
    ]


def _moment(moment: Moment) -> dict[str, Any]:
    return {
        "id": moment.seen.id,
        "sent_at": _written(moment.seen.sent_at),
        "subject": moment.subject,
        "labels": [label for label in LABELS if label in moment.seen.labels],
        "urgency": moment.urgency,
        "hollow": moment.hollow,
    }


def _parting(advice: PartingAdvice | None) -> dict[str, Any] | None:
    if advice is None:
        return None
    return {
        "id": advice.id,
        "title": advice.title,
        "advice": advice.advice,
        "try_first": advice.try_first,
        "first_tries": [asdict(tried) for tried in advice.first_tries],
        "steps": list(advice.steps),
        "reply": advice.reply,
        "hand_over": list(advice.hand_over),
        "avoid": advice.avoid,
    }


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
