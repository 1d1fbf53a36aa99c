"""Which answer of easybill is which error.

Documented is 429 alone. `{"code": 400, "message": …, "arguments": [{"name": …, "message": …}]}` is what the field has
seen of the others [inf].
"""

from collections.abc import Mapping
from typing import Final

from httpcalls.errors import Issue, ProviderError, RateLimited, ValidationFailed
from httpcalls.json_bodies import NotJson, read_json, storable_text
from httpcalls.outcomes import INVALID, Call, kind_of_refusal, seconds_to_wait

_TOO_MANY: Final = 429
_ALSO_INVALID: Final = (414, 422)
_MOST_ISSUES: Final = 50
_LONGEST_MESSAGE: Final = 500


def refusal(call: Call, status: int, body: bytes, *, request: str, retry_after: str | None = None) -> ProviderError:
    """The error that an answer outside 2xx stands for."""
    if status in (*INVALID, *_ALSO_INVALID):
        return ValidationFailed(status=status, request=request, details=issues_of(body))
    if status == _TOO_MANY:
        return RateLimited(status=status, request=request, retry_after=seconds_to_wait(retry_after))
    return kind_of_refusal(call, status)(status=status, request=request)


def issues_of(body: bytes) -> tuple[Issue, ...]:
    """The complaints in an error body; none for a body that is no such thing."""
    try:
        told = read_json(body)
    except NotJson:
        return ()
    if not isinstance(told, dict):
        return ()
    arguments = told.get("arguments")
    if isinstance(arguments, list):
        found = [_issue(argument) for argument in arguments[:_MOST_ISSUES] if isinstance(argument, dict)]
        if found:
            return tuple(found)
    message = _text(told.get("message"))
    return (Issue(message=message),) if message else ()


def _issue(argument: Mapping[str, object]) -> Issue:
    return Issue(field=_text(argument.get("name")), message=_text(argument.get("message")))


def _text(value: object) -> str | None:
    return storable_text(value)[:_LONGEST_MESSAGE] if isinstance(value, str) and value else None
