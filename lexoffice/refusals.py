"""Which answer, or lack of one, is which error (lexoffice API, Error codes and Error responses).

The question behind every line is whether the call may have had an effect. For a create, only a failure before the
first byte and the statuses of `_REFUSED` prove that it had none; whatever is not in this list is unknown.
"""

import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum

import httpx

from lexoffice.errors import (
    Conflict,
    ContractDoesNotInclude,
    Forbidden,
    Issue,
    LexofficeError,
    NoAnswer,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    ServerError,
    Unauthorized,
    UnexpectedAnswer,
    Unreachable,
    ValidationFailed,
)
from lexoffice.wire import NotJson, read_json, storable_text

_INVALID = (400, 405, 406, 415)
_REFUSED: Mapping[int, type[LexofficeError]] = {
    401: Unauthorized,
    402: ContractDoesNotInclude,
    403: Forbidden,
    404: NotFound,
}
_BEFORE_THE_FIRST_BYTE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_MOST_ISSUES = 50
_LONGEST_MESSAGE = 500
_LONGEST_PAUSE = 3600.0


class Call(Enum):
    """What a call may leave behind, which decides what its failure means."""

    READ = "read"
    DELETE = "delete"  # may be repeated: the second time it is a 404
    SUBSCRIBE = "subscribe"  # may be repeated: the second time it is a 409
    ATTACH = "attach"  # may be repeated: the same bytes are the same file
    REPLACE = "replace"  # may be repeated: it names the version that it replaces
    CREATE = "create"  # must not be repeated blindly

    @property
    def repeatable(self) -> bool:
        """Whether a second call leaves nothing behind that one would not."""
        return self in (Call.READ, Call.DELETE, Call.ATTACH, Call.REPLACE)


def refusal(call: Call, status: int, body: bytes, *, request: str, retry_after: str | None = None) -> LexofficeError:
    """The error that an answer outside 2xx stands for."""
    trace_id = trace_of(body)
    if status in _INVALID:
        return ValidationFailed(status=status, trace_id=trace_id, request=request, details=issues_of(body))
    if status == 429 or (call is Call.READ and status == 500 and _means_throttling(body)):
        return RateLimited(status=status, trace_id=trace_id, request=request, retry_after=_seconds(retry_after))
    return _kind(call, status)(status=status, trace_id=trace_id, request=request)


def _kind(call: Call, status: int) -> type[LexofficeError]:
    if status in _REFUSED:
        return _REFUSED[status]
    if status == 409 and call is not Call.CREATE:
        return Conflict
    if not call.repeatable:
        return OutcomeUnknown
    return ServerError if 500 <= status < 600 else UnexpectedAnswer


def no_answer(call: Call, problem: Exception, *, request: str, status: int | None = None) -> LexofficeError:
    """The error for a call whose answer is missing or broke off. `status` is known if the answer had begun.

    Of the problem only its type is kept: its text may quote the other side.
    """
    failure = type(problem).__name__
    if status is None and isinstance(problem, _BEFORE_THE_FIRST_BYTE):
        return Unreachable(request=request, failure=failure)
    if call.repeatable:
        return NoAnswer(request=request, failure=failure, status=status)
    return OutcomeUnknown(request=request, failure=failure, status=status)


def unusable_answer(call: Call, status: int, *, request: str, failure: str | None = None) -> LexofficeError:
    """The error for a 2xx that does not carry what the API promises."""
    kind = UnexpectedAnswer if call.repeatable else OutcomeUnknown
    return kind(status=status, request=request, failure=failure)


def issues_of(body: bytes) -> tuple[Issue, ...]:
    """The complaints in an error body, in any of its envelopes; none for a body that is no such thing.

    Legacy (contacts, files, vouchers): `IssueList`, or one such issue alone. Regular: `details`, or only `message`.
    Gateway: `message`. Files also answer a bare JSON string.
    """
    told = _json_or_none(body)
    if isinstance(told, str):
        return (Issue(message=_text(told)),)
    if not isinstance(told, dict):
        return ()
    legacy, details = told.get("IssueList"), told.get("details")
    if isinstance(legacy, list):
        found = [_legacy(issue) for issue in legacy[:_MOST_ISSUES] if isinstance(issue, dict)]
    elif isinstance(told.get("i18nKey"), str):
        found = [_legacy(told)]
    elif isinstance(details, list):
        found = [_regular(issue) for issue in details[:_MOST_ISSUES] if isinstance(issue, dict)]
    else:
        found = []
    if not found and (message := _text(told.get("message"))):
        found = [Issue(message=message)]
    return tuple(found)


def trace_of(body: bytes) -> str | None:
    """The id under which lexoffice's support finds the call."""
    told = _json_or_none(body)
    if not isinstance(told, dict):
        return None
    trace = told.get("traceId") or told.get("requestId")
    return trace if isinstance(trace, str) else None


def _legacy(issue: Mapping[str, object]) -> Issue:
    return Issue(violation=_text(issue.get("i18nKey")), field=_text(issue.get("source")))


def _regular(issue: Mapping[str, object]) -> Issue:
    return Issue(
        violation=_text(issue.get("violation")),
        field=_text(issue.get("field")),
        message=_text(issue.get("message")),
    )


def _means_throttling(body: bytes) -> bool:
    # {"message": "Internal server error or rate limit exceeded"}, and null for the text before 2026.
    told = _json_or_none(body)
    if not isinstance(told, dict) or "message" not in told or told.keys() - {"message", "requestId"}:
        return False
    message = told["message"]
    return message is None or (isinstance(message, str) and "rate limit" in message.lower())


def _json_or_none(body: bytes) -> object:
    try:
        told: object = read_json(body)
    except NotJson:
        return None
    return told


def _text(value: object) -> str | None:
    return storable_text(value)[:_LONGEST_MESSAGE] if isinstance(value, str) and value else None


def _seconds(header: str | None) -> float | None:
    """`Retry-After`: seconds, or the instant until which to wait (RFC 9110, 10.2.3)."""
    if header is None or not header.isascii() or len(header) > 40:
        return None
    if header.isdigit():
        return min(float(header), _LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(header)
        left = (until if until.tzinfo else until.replace(tzinfo=UTC)).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
    return min(max(left, 0.0), _LONGEST_PAUSE)
