"""Structured logs. Each line carries what is bound to its request: tenant, workflow id, event id, request id.

Nothing from outside is logged: no name, no text, no path, no query, no message of somebody else's exception.
"""

import logging
import sys
import traceback
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

import traces


def configure_logs(log_format: str, log_level: str, stream: TextIO = sys.stderr) -> None:
    """Set up structlog, and pass what libraries log through the same renderer."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_trace,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    level = logging.getLevelNamesMapping()[log_level.upper()]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[
                _without_foreign_traceback,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                renderer,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)


def where(error: BaseException) -> dict[str, Any]:
    """An exception for the log: its types and places, never its texts, which may quote anything."""
    chain: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < 5:
        chain.append(type(cause).__qualname__)
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return {
        "error": chain,
        "at": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _with_trace(_logger: Any, _name: str, entry: EventDict) -> EventDict:
    if (ids := traces.current()) is not None:
        entry["trace_id"], entry["span_id"] = ids
    return entry


def _without_foreign_traceback(_logger: Any, _name: str, entry: EventDict) -> EventDict:
    info = entry.pop("exc_info", None)
    if isinstance(info, tuple) and info[1] is not None:
        entry.update(where(info[1]))
    elif isinstance(info, BaseException):
        entry.update(where(info))
    return entry
