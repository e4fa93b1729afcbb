"""The JSON interface of corrections: what a person says of a message, and all of them for training elsewhere."""

import io
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse

from data.errors import InputError
from data.labels import files
from data.labels.files import LabelFormat
from data.labels.opinion import CLAIMED, DEADLINE, URGENCY, OpinedMessage, Opinion
from data.records import Assessment
from data.taxonomy import LABELS
from service.bodies import media_type, whole_body
from service.correction_rows import correction_json
from service.corrections import Opined
from service.label_schemas import LabelsOut, OpinionIn
from service.problems import Problem, from_validation
from service.requests import Here
from service.schemas import Slug
from service.visitor import visitor_of
from service.wiring import Service

JSON_TYPE = "application/json"
PATH, EXPORT_PATH = "/messages/{message_id}/labels", "/labels/export"
_AT_ONCE = 200
_CONTENT: dict[str, Any] = {media_type: {} for media_type in files.MEDIA_TYPES.values()}

router = APIRouter(prefix="/v1", tags=["labels"])


@router.put(PATH, summary="Say what a message really bears", responses={200: {"model": LabelsOut}})
async def put_labels(request: Request, message_id: Slug, service: Here) -> Response:
    """Keep a person's correction for retraining; it takes the place of what the same `annotator` said before.

    The same correction twice changes nothing. Several people may speak of one message; the history stays.
    """
    body = await whole_body(request)
    if media_type(request) != JSON_TYPE:
        raise Problem(415, "unsupported_type", f"Send a JSON object as {JSON_TYPE}, and say so in Content-Type.")
    try:
        opinion = OpinionIn.model_validate_json(body).opinion(visitor_of(request).name)
    except ValidationError as error:
        raise from_validation(error, "invalid_labels") from error
    return JSONResponse(await run_in_threadpool(_put, service, message_id, opinion))


@router.get(PATH, summary="What people say of a message", responses={200: {"model": LabelsOut}})
def show_labels(message_id: Slug, service: Here) -> Response:
    """Give what the opinions come to, and every correction with what the model had said."""
    return JSONResponse(labels_json(_there(service, message_id).id, service.corrections.of(message_id)))


@router.get(EXPORT_PATH, summary="All corrections", responses={200: {"content": _CONTENT}})
def export_labels(
    service: Here,
    format: Annotated[LabelFormat, Query(description="how they are written")] = LabelFormat.JSONL,  # noqa: A002
) -> Response:
    """Stream them as JSON Lines, CSV (one row an opinion, one column a label) or Label Studio's JSON.

    The JSON Lines are the labelling guide's records, one a message with what people agree on, ready for `kyp train`.
    """
    pieces = _pieces(service.corrections.messages(), format)
    name = f"labels.{'json' if format is LabelFormat.LABEL_STUDIO else format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type=files.MEDIA_TYPES[format], headers=headers)


def labels_json(message_id: str, opined: Opined) -> dict[str, Any]:
    """The object of :class:`LabelsOut`."""
    told = opined.consensus
    current = {id(one) for one in opined.current}
    return {
        "message_id": message_id,
        "labels": {label: told.labels.get(label) for label in LABELS},
        "evidence": {label: list(quotes) for label, quotes in told.evidence.items() if quotes},
        "urgency": None if URGENCY in told.unsure else told.urgency,
        "urgency_claimed": None if CLAIMED in told.unsure else told.urgency_claimed,
        "deadline": told.deadline.isoformat() if told.deadline and DEADLINE not in told.unsure else None,
        "unsure": sorted(told.unsure),
        "corrections": [correction_json(one) | {"current": id(one) in current} for one in opined.history],
    }


def _put(service: Service, message_id: str, opinion: Opinion) -> dict[str, Any]:
    message = _there(service, message_id)
    try:
        service.corrections.put(message, opinion)
    except InputError as error:
        raise Problem(422, "invalid_labels", f"{error}.") from error
    return labels_json(message_id, service.corrections.of(message_id))


def _there(service: Service, message_id: str) -> Assessment:
    message = service.store.get(message_id)
    if message is None:
        raise Problem(
            404, "unknown_message", "There is no message with this id; GET /v1/messages lists those there are."
        )
    return message


def _pieces(messages: Iterator[OpinedMessage], label_format: LabelFormat) -> Iterator[str]:
    """The file in pieces, so that memory does not grow with it."""
    buffer = _Drained()
    writing = files.writing(buffer, messages, label_format)
    for number, _ in enumerate(writing, 1):
        if number % _AT_ONCE == 0:
            yield buffer.drain()
    yield buffer.drain()


class _Drained(io.StringIO):
    def drain(self) -> str:
        """What was written since the last call."""
        written = self.getvalue()
        self.seek(0)
        self.truncate()
        return written
