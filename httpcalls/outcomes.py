"""What an answer, or the lack of one, proves about a call.

The question behind every line is whether the call may have had an effect. For a create, only a failure before the
first byte and the statuses of `REFUSED` and `INVALID` prove that it had none; whatever is not in these is unknown.
"""

import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Final

import httpx

from httpcalls.errors import (
    Conflict,
    ContractDoesNotInclude,
    Forbidden,
    NoAnswer,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    ServerError,
    Unauthorized,
    UnexpectedAnswer,
    Unreachable,
)

INVALID: Final = (400, 405, 406, 415)
REFUSED: Final[Mapping[int, type[ProviderError]]] = {
    401: Unauthorized,
    402: ContractDoesNotInclude,
    403: Forbidden,
    404: NotFound,
}
_BEFORE_THE_FIRST_BYTE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_LONGEST_PAUSE = 3600.0


class Call(Enum):
    """What a call may leave behind, which decides what its failure means."""

    READ = "read"
    DELETE = "delete"  # may be repeated: the second time it is a 404
    SUBSCRIBE = "subscribe"  # may be repeated: the second time it is a 409
    ATTACH = "attach"  # may be repeated: the same bytes are the same file
    REPLACE = "replace"  # may be repeated: it names the version that it replaces
    ADVANCE = "advance"  # may be repeated: it brings one named thing into a state in which it stays
    CREATE = "create"  # must not be repeated blindly

    @property
    def repeatable(self) -> bool:
        """Whether a second call leaves nothing behind that one would not."""
        return self in (Call.READ, Call.DELETE, Call.ATTACH, Call.REPLACE, Call.ADVANCE)

    @property
    def creates(self) -> bool:
        """Whether something new is made, for which a provider takes its time."""
        return self in (Call.CREATE, Call.SUBSCRIBE)


def kind_of_refusal(call: Call, status: int) -> type[ProviderError]:
    """The type for an answer outside 2xx that is neither in INVALID nor a matter of speed."""
    if status in REFUSED:
        return REFUSED[status]
    if status == 409 and call is not Call.CREATE:
        return Conflict
    if not call.repeatable:
        return OutcomeUnknown
    return ServerError if 500 <= status < 600 else UnexpectedAnswer


def no_answer(call: Call, problem: Exception, *, request: str, status: int | None = None) -> ProviderError:
    """The error for a call whose answer is missing or broke off. `status` is known if the answer had begun.

    Of the problem only its type is kept: its text may quote the other side.
    """
    failure = type(problem).__name__
    if status is None and isinstance(problem, _BEFORE_THE_FIRST_BYTE):
        return Unreachable(request=request, failure=failure)
    if call.repeatable:
        return NoAnswer(request=request, failure=failure, status=status)
    return OutcomeUnknown(request=request, failure=failure, status=status)


def unusable_answer(call: Call, status: int, *, request: str, failure: str | None = None) -> ProviderError:
    """The error for a 2xx that does not carry what the API promises."""
    kind = UnexpectedAnswer if call.repeatable else OutcomeUnknown
    return kind(status=status, request=request, failure=failure)


def seconds_to_wait(header: str | None) -> float | None:
    """`Retry-After`: seconds, or the instant until which to wait (RFC 9110, 10.2.3); at most an hour."""
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
