"""What can go wrong at a call, one type per meaning, whoever is called.

    ProviderError
    ├── Unauthorized             401: the token is wrong, expired or revoked
    ├── ContractDoesNotInclude   402: the plan of the account lacks the function
    ├── Forbidden                403: the token lacks the scope, or the address is wrong
    ├── NotFound                 404: no such id, or an id of another kind of document
    ├── ValidationFailed         400, 405, 406, 415: the request itself is refused; see `details`
    ├── Conflict                 409: a duplicate subscription, the file of a draft
    ├── RateLimited              429, and what a provider sends in its place
    ├── ServerError              5xx to a call that may be repeated
    ├── Unreachable              no connection: DNS, connect, TLS; not one byte of the request was written
    ├── NoAnswer                 a call that may be repeated got no whole answer in time
    ├── OutcomeUnknown           a create that may or may not have been carried out
    ├── UnexpectedAnswer         an answer that the API does not promise (no JSON, a redirect, …)
    └── UnusableFile             a download that is no PDF, or too large

A text of the other side never enters `str(error)`: only the status, the trace id and the names of violations and
fields do, and those only in plain ASCII. What a provider says in words is in `ValidationFailed.details`.
"""

import re
from dataclasses import dataclass

# An identifier such as `lineItems[0].unitPrice.taxRatePercentage`; a sentence or a customer's name is none.
_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]{1,120}")
_NAMES_SHOWN = 5


def name_or_none(text: object) -> str | None:
    """The text when it is an identifier that may be logged, else None."""
    return text if isinstance(text, str) and _NAME.fullmatch(text) else None


@dataclass(frozen=True, slots=True)
class Issue:
    """One complaint of a provider about a request. Any member may be missing, depending on the envelope.

    `message` is text of the other side, mostly German, made for developers: not for logs, not for end users.
    """

    violation: str | None = None
    field: str | None = None
    message: str | None = None


class ProviderError(Exception):
    """A call did not do what was asked.

    `status` is the HTTP status, None where no answer arrived. `request` is method and path without the query.
    `failure` is the name of the transport's error, where there was one.
    """

    proves_nothing_was_made: bool = False
    """Whether this error at a create proves that nothing was made."""

    def __init__(
        self,
        *,
        status: int | None = None,
        trace_id: str | None = None,
        request: str | None = None,
        failure: str | None = None,
    ) -> None:
        self.status = status
        self.trace_id = name_or_none(trace_id)
        self.request = request
        self.failure = failure
        super().__init__()

    def __str__(self) -> str:
        told = [
            self.request,
            f"status {self.status}" if self.status is not None else None,
            f"trace {self.trace_id}" if self.trace_id else None,
            self.failure,
            self._names(),
        ]
        return ", ".join(part for part in told if part) or type(self).__name__

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"

    def _names(self) -> str | None:
        return None


class Unauthorized(ProviderError):
    """401: the token is wrong, expired or revoked."""

    proves_nothing_was_made = True


class ContractDoesNotInclude(ProviderError):
    """402: the plan of the account lacks the function."""

    proves_nothing_was_made = True


class Forbidden(ProviderError):
    """403: the token lacks the scope, or the address is wrong."""

    proves_nothing_was_made = True


class NotFound(ProviderError):
    """404: no such id, or an id of another kind of document."""

    proves_nothing_was_made = True


class ValidationFailed(ProviderError):
    """The request is refused as it stands; sending it again changes nothing."""

    proves_nothing_was_made = True

    def __init__(
        self,
        *,
        details: tuple[Issue, ...] = (),
        status: int | None = None,
        trace_id: str | None = None,
        request: str | None = None,
    ) -> None:
        super().__init__(status=status, trace_id=trace_id, request=request)
        self.details = details

    def _names(self) -> str | None:
        pairs = [(name_or_none(issue.violation), name_or_none(issue.field)) for issue in self.details]
        named = [" ".join(name for name in pair if name) for pair in pairs if any(pair)]
        more = len(named) - _NAMES_SHOWN
        return "; ".join(named[:_NAMES_SHOWN] + ([f"{more} more"] if more > 0 else []))


class Conflict(ProviderError):
    """409 to a call that may be repeated: a duplicate subscription, or the file of a draft."""


class RateLimited(ProviderError):
    """The call was not carried out; slow down. `retry_after` is in seconds, where the answer says so."""

    def __init__(
        self,
        *,
        retry_after: float | None = None,
        status: int | None = None,
        trace_id: str | None = None,
        request: str | None = None,
    ) -> None:
        super().__init__(status=status, trace_id=trace_id, request=request)
        self.retry_after = retry_after
        # The 500 that may mean throttling may as well mean a failure halfway.
        self.proves_nothing_was_made = status != 500


class ServerError(ProviderError):
    """5xx to a call that may be repeated."""


class Unreachable(ProviderError):
    """No connection (DNS, connect, TLS): not one byte of the request was written."""

    proves_nothing_was_made = True


class NoAnswer(ProviderError):
    """A call that may be repeated got no whole answer in time."""


class OutcomeUnknown(ProviderError):
    """The document may exist. Look for it before anything else; never just send it again.

    Every answer to a create that neither brings a usable id nor proves that nothing was made ends here: any 5xx
    (a 504 is sent after 30 s, whether or not the work goes on behind it), 409, a redirect, a 2xx without an id,
    a reset, a time-out.
    """


class UnexpectedAnswer(ProviderError):
    """An answer that the API does not promise: no JSON, a redirect, another shape."""


class UnusableFile(ProviderError):
    """A download that is no PDF, or too large."""
