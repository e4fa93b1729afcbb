"""What the service logs, and how: one JSON object a line, or readable lines on a terminal; never a mail's text."""

import logging
import traceback
from types import TracebackType
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from service.serving_settings import LogFormat


def log_to(stream: TextIO, log_format: LogFormat) -> None:
    """Send all logs to ``stream``; for the entrance of the process alone, since logging is the process's."""
    readable = stream.isatty() if log_format == "auto" else log_format == "console"
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_gathered(), processors=_written(readable=readable))
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("kyp").setLevel(logging.INFO)


def _gathered() -> list[Processor]:
    """What is known of an event: the request it belongs to, what the caller adds, level, moment."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.ExtraAdder(),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _place_alone,
    ]


def _written(*, readable: bool) -> list[Processor]:
    last: Processor = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer()
    return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]


def _place_alone(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Of an exception keep its type and where it happened: its own text may quote a mail."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event.update({"error": type(error).__name__, "where": places(error.__traceback__)})
    return event


def places(trace: TracebackType | None) -> list[str]:
    """The frames of a traceback as ``file:line function``, outermost first."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
