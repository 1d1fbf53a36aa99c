"""Which answer of lexoffice is which error (lexoffice API, Error codes and Error responses)."""

from collections.abc import Mapping

from httpcalls.errors import Issue, ProviderError, RateLimited, ValidationFailed
from httpcalls.json_bodies import NotJson, read_json, storable_text
from httpcalls.outcomes import INVALID, Call, kind_of_refusal, seconds_to_wait

_MOST_ISSUES = 50
_LONGEST_MESSAGE = 500


def refusal(call: Call, status: int, body: bytes, *, request: str, retry_after: str | None = None) -> ProviderError:
    """The error that an answer outside 2xx stands for."""
    trace_id = trace_of(body)
    if status in INVALID:
        return ValidationFailed(status=status, trace_id=trace_id, request=request, details=issues_of(body))
    if status == 429 or (call is Call.READ and status == 500 and _means_throttling(body)):
        return RateLimited(status=status, trace_id=trace_id, request=request, retry_after=seconds_to_wait(retry_after))
    return kind_of_refusal(call, status)(status=status, trace_id=trace_id, request=request)


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
