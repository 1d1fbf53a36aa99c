"""What the ways to all providers have in common: the budget, and what a failure means to the engine."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import httpx
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

import traces
from activities import figures
from activities.models import CONNECTION_UNUSABLE, NOT_UNDERSTOOD
from httpcalls.errors import (
    ContractDoesNotInclude,
    Forbidden,
    ProviderError,
    RateLimited,
    Unauthorized,
    UnexpectedAnswer,
)
from ledger.connections import budget
from ledger.connections.connections import ConnectionBroken, NotConnected
from ledger.database import Ledger
from ledger.types import Tenant

RATE_LIMITED = "RateLimited"
"""Type of ApplicationError, beside CONNECTION_UNUSABLE: it is retried, and a history shows which it was."""

RECOVERY_NOT_CHECKED = "RecoveryNotChecked"
"""Type of an ApplicationError that is retried; a history shows that it was this."""

_LONGEST_PAUSE = 30.0
_TRIES_TO_UNDERSTAND = 4


class NoSlot(Exception):
    """The budget of this account has no slot within 3 s. Nothing was sent."""


class Budget(NamedTuple):
    """Whose requests are counted, and how many a second there may be (0: without limit)."""

    provider: str
    pace_per_second: float


class BudgetTransport(httpx.AsyncBaseTransport):
    """Reserves each request's slot in PostgreSQL, right where the socket is: no call can go round it.

    `together`: the first request takes the slots of so many. A step of two that had to ask for its second slot would
    lose it to whoever waits for one, begin again, and so use up the budget with first requests.
    """

    def __init__(
        self, inner: httpx.AsyncBaseTransport, ledger: Ledger, tenant: Tenant, use: Budget, *, together: int = 1
    ) -> None:
        self._counted = CountedTransport(inner, use.provider)
        self._ledger = ledger
        self._tenant = tenant
        self._use = use
        self._together = together
        self._slots: list[float] = []
        """Instants of the loop's clock, of those that are reserved and not used."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        clock = asyncio.get_running_loop()
        if not self._slots:
            slot = await budget.reserve(
                self._ledger,
                self._tenant,
                provider=self._use.provider,
                pace_per_second=self._use.pace_per_second,
                requests=self._together,
            )
            if slot is None:
                raise budget_exhausted(self._use.provider)
            first = clock.time() + slot.wait_seconds
            apart = 1.0 / self._use.pace_per_second if self._use.pace_per_second > 0 else 0.0
            self._slots = [first + place * apart for place in range(self._together)]
            self._together = 1  # one more than was thought of asks for itself
        await asyncio.sleep(max(0.0, self._slots.pop(0) - clock.time()))
        return await self._counted.handle_async_request(request)


class CountedTransport(httpx.AsyncBaseTransport):
    """Counts what became of each request of a provider, and how long it took to begin its answer."""

    def __init__(self, inner: httpx.AsyncBaseTransport, provider: str) -> None:
        self._inner = inner
        self._provider = provider

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        began = time.monotonic()
        outcome = "none"
        try:
            response = await self._inner.handle_async_request(request)
            outcome = "429" if response.status_code == 429 else f"{response.status_code // 100}xx"
            return response
        finally:
            figures.REQUESTS.labels(self._provider, outcome).inc()
            seconds = time.monotonic() - began
            figures.REQUEST_SECONDS.labels(self._provider).observe(seconds, exemplar=traces.exemplar())


def budget_exhausted(provider: str) -> NoSlot:
    """To be raised; counted."""
    figures.WITHOUT_SLOT.labels(provider).inc()
    return NoSlot()


def unusable(why: str) -> ApplicationError:
    """No retry mends a missing or refused key; the events are kept as skipped, payouts wait."""
    return ApplicationError(f"connection unusable: {why}", why, type=CONNECTION_UNUSABLE, non_retryable=True)


def no_slot() -> ApplicationError:
    """Not sent: try again soon, at a random instant, so that waiting calls do not march in step."""
    return ApplicationError(
        "no slot in the budget of requests",
        type=RATE_LIMITED,
        next_retry_delay=timedelta(seconds=random.uniform(0.5, 3.0)),  # noqa: S311
        category=ApplicationErrorCategory.BENIGN,
    )


def throttled(refused: RateLimited) -> ApplicationError:
    """Sent, and refused unread. Others use up the budget as well, or the provider has less of it than we believe."""
    attempt = activity.info().attempt if activity.in_activity() else 1
    return ApplicationError(
        "refused for speed",
        type=RATE_LIMITED,
        next_retry_delay=timedelta(seconds=pause_after(refused, attempt)),
        category=ApplicationErrorCategory.BENIGN,
    )


def pause_after(refused: RateLimited, attempt: int) -> float:
    """Seconds: twice as many with each attempt, up to 30, and never fewer than the provider asks for."""
    backing_off = min(_LONGEST_PAUSE, 2.0 ** min(attempt, 10)) * random.uniform(0.5, 1.0)  # noqa: S311
    return max(refused.retry_after or 0.0, backing_off)


def not_checked() -> ApplicationError:
    return ApplicationError(
        "recovery: nothing is created in the books until `partnerdesk doctor` has compared the numbers",
        type=RECOVERY_NOT_CHECKED,
        next_retry_delay=timedelta(seconds=15),
        category=ApplicationErrorCategory.BENIGN,
    )


@contextmanager
def retry_advice() -> Iterator[None]:
    """Turn what a call can raise into what the engine should do about it; what a person must mend passes."""
    try:
        yield
    except NoSlot:
        raise no_slot() from None
    except RateLimited as refused:
        raise throttled(refused) from None
    except (Unauthorized, Forbidden, ContractDoesNotInclude):
        raise
    except ProviderError as error:
        # str() of these names status, trace id and field names only.
        raise ApplicationError(str(error), type=type(error).__name__) from None


@asynccontextmanager
async def failures_explained(record_refused_key: Callable[..., Awaitable[bool]]) -> AsyncIterator[None]:
    """The same for all that a call can raise. `record_refused_key(asked_at=…)` notes that the key was refused; False:
    another one was saved since then, and the call is tried again with that."""
    asked_at = datetime.now(UTC)
    try:
        with retry_advice():
            yield
    except Unauthorized:
        if not await record_refused_key(asked_at=asked_at):
            raise ApplicationError("another key was saved meanwhile", type="KeyChanged") from None
        raise unusable("401") from None
    except (Forbidden, ContractDoesNotInclude, NotConnected, ConnectionBroken) as error:
        raise unusable(type(error).__name__) from None


@contextmanager
def giving_up_on_nonsense() -> Iterator[None]:
    """What cannot be understood may be a moment's disorder; hours later it would still be the document's own.

    Whatever ends as failed is looked at again by the sweep, ever more rarely.
    """
    try:
        yield
    except ApplicationError as error:
        if error.type != UnexpectedAnswer.__name__ or activity.info().attempt < _TRIES_TO_UNDERSTAND:
            raise
        raise ApplicationError(error.message, type=NOT_UNDERSTOOD, non_retryable=True) from None
