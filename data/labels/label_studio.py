"""Opinions as Label Studio's JSON: one task a message, one annotation a person, the model's say as a prediction.

The project needs the labelling interface of :data:`INTERFACE`. Format: labelstud.io/guide/export, "JSON".
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import IO, Any

from data.errors import InputError
from data.labels.opinion import CLAIMED, DEADLINE, Correction, OpinedMessage, Opinion, Said
from data.taxonomy import LABELS, LANGUAGES, URGENCY_NAMES, Label, Language

_SAID, _UNSURE, _URGENCY, _QUOTED = "labels", "unsure", "urgency", "evidence"
_SUBJECT = "subject"
_CHOICES = "".join(f'<Choice value="{label}"/>' for label in LABELS)
INTERFACE = (
    f'<View><Header value="$subject"/><Labels name="{_QUOTED}" toName="text">'
    + "".join(f'<Label value="{label}"/>' for label in LABELS)
    + f'</Labels><Text name="text" value="$text"/><Choices name="{_SAID}" toName="text" choice="multiple">{_CHOICES}'
    + f'</Choices><Choices name="{_UNSURE}" toName="text" choice="multiple">{_CHOICES}</Choices>'
    + f'<Choices name="{_URGENCY}" toName="text" choice="single">'
    + "".join(f'<Choice value="{name}"/>' for name in URGENCY_NAMES)
    + f'</Choices><Choices name="{CLAIMED}" toName="text" choice="single"><Choice value="yes"/><Choice value="no"/>'
    + f'</Choices><TextArea name="{DEADLINE}" toName="text" placeholder="2026-03-05 or none"/></View>'
)


def writing(stream: IO[str], messages: Iterable[OpinedMessage]) -> Iterator[bool]:
    """Write a JSON array, task by task."""
    stream.write("[")
    for number, message in enumerate(messages):
        stream.write((",\n" if number else "\n") + json.dumps(_task(message), ensure_ascii=False))
        yield True
    stream.write("\n]\n")


def read(stream: IO[str], annotator: str | None) -> Iterator[tuple[str, OpinedMessage | InputError]]:
    """Each task's place and message, or what is wrong with it.

    Raises:
        InputError: it is no JSON array.
    """
    try:
        tasks = json.load(stream)
    except ValueError as error:
        raise InputError(f"no JSON ({error}): export from Label Studio as JSON") from error
    if not isinstance(tasks, list):
        raise InputError("no array of tasks: export from Label Studio as JSON")
    for number, task in enumerate(tasks, 1):
        try:
            yield f"task {number}", _opined(task, annotator)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            yield f"task {number}", InputError(f"it is no task with data and annotations of ours ({error!r:.80})")


def _task(message: OpinedMessage) -> dict[str, Any]:
    said = next((one.said for one in reversed(message.corrections) if one.said), None)
    return {
        "data": {
            "id": message.id,
            "client": message.client,
            "sent_at": message.sent_at.isoformat() if message.sent_at else None,
            "lang": message.lang,
            "subject": message.subject,
            "text": message.text,
        },
        "annotations": [_annotation(message, one) for one in message.corrections],
        "predictions": [{"model_version": said.model, "result": _said(said)}] if said else [],
    }


def _annotation(message: OpinedMessage, correction: Correction) -> dict[str, Any]:
    own = correction.opinion
    results = [_choices(_SAID, [label for label in LABELS if own.labels.get(label)])]
    results += _chosen(_UNSURE, [label for label in LABELS if label not in own.labels])
    results += _chosen(_URGENCY, [] if own.urgency is None else [URGENCY_NAMES[own.urgency]])
    results += _chosen(CLAIMED, [] if own.urgency_claimed is None else ["yes" if own.urgency_claimed else "no"])
    if own.deadline_told:
        told = own.deadline.isoformat() if own.deadline else "none"
        results.append(_result(DEADLINE, "textarea", {"text": [told]}))
    results += [_quoted(message, label, passage) for label, quotes in own.evidence.items() for passage in quotes]
    given = {"created_at": correction.given_at.isoformat()} if correction.given_at else {}
    return {"completed_by": {"email": own.annotator}, **given, "result": results}


def _said(said: Said) -> list[dict[str, Any]]:
    results = [_choices(_SAID, said.labels), _choices(_URGENCY, [URGENCY_NAMES[said.urgency]])]
    return [*results, _choices(CLAIMED, ["yes" if said.urgency_claimed else "no"])]


def _chosen(name: str, choices: Iterable[str]) -> list[dict[str, Any]]:
    chosen = list(choices)
    return [_choices(name, chosen)] if chosen else []


def _choices(name: str, choices: Iterable[str]) -> dict[str, Any]:
    return _result(name, "choices", {"choices": list(choices)})


def _quoted(message: OpinedMessage, label: Label, passage: str) -> dict[str, Any]:
    start = message.text.find(passage)
    place = {"start": start, "end": start + len(passage)} if start >= 0 else {"start": 0, "end": 0, "part": _SUBJECT}
    return _result(_QUOTED, "labels", {**place, "text": passage, "labels": [label]})


def _result(name: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "type": kind, "value": value}


def _opined(task: Mapping[str, Any], annotator: str | None) -> OpinedMessage:
    data = task["data"]
    lang: Language = next((one for one in LANGUAGES if one == data.get("lang")), "other")
    sent_at = datetime.fromisoformat(data["sent_at"]) if data.get("sent_at") else None
    corrections = tuple(Correction(_opinion(one, annotator)) for one in task["annotations"])
    subject, text = str(data.get("subject") or ""), str(data["text"])
    return OpinedMessage(str(data["id"]), data.get("client"), sent_at, lang, subject, text, corrections)


def _opinion(annotation: Mapping[str, Any], annotator: str | None) -> Opinion:
    results: dict[str, list[Any]] = {}
    for one in annotation["result"]:
        results.setdefault(one["from_name"], []).append(one["value"])
    borne, unsure = _picked(results, _SAID), _picked(results, _UNSURE)
    urgency, claimed = _picked(results, _URGENCY), _picked(results, CLAIMED)
    told = [str(text).strip() for value in results.get(DEADLINE, ()) for text in value["text"]]
    return Opinion(
        annotator=annotator or _name(annotation.get("completed_by")),
        labels={label: label in borne for label in LABELS if label not in unsure},
        evidence={label: quotes for label in LABELS if (quotes := _quotes(results, label))},
        urgency=URGENCY_NAMES.index(urgency[0]) if urgency else None,
        urgency_claimed=claimed[0] == "yes" if claimed else None,
        deadline=date.fromisoformat(told[0]) if told and told[0] != "none" else None,
        deadline_told=bool(told),
    )


def _picked(results: Mapping[str, list[Any]], name: str) -> list[str]:
    return [str(choice) for value in results.get(name, ()) for choice in value["choices"]]


def _quotes(results: Mapping[str, list[Any]], label: Label) -> tuple[str, ...]:
    return tuple(str(value["text"]) for value in results.get(_QUOTED, ()) if label in value["labels"])


def _name(completed_by: Any) -> str:  # noqa: ANN401 (a number, or an object with an address)
    if isinstance(completed_by, dict):
        return str(completed_by.get("email") or completed_by.get("id") or "imported")
    return f"label-studio {completed_by}" if completed_by is not None else "imported"
