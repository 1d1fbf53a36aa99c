"""The budget of the API: 2 requests a second for each organisation, over all workers, exact in one row.

lexoffice API, rate limits: one token bucket over all endpoints; enforcing exactly 2/s still meets 429, so the pace is
1.9/s (a setting). Fair usage: 20 created documents a minute (we use 18) and 50,000 a year, counted here.
"""

from ledger import clock, tasks
from ledger.database import Ledger, TenantTransaction
from ledger.reasons import Reason
from ledger.types import Frozen, Tenant

LONGEST_WAIT_SECONDS = 3.0
CREATIONS_A_MINUTE = 18
CREATIONS_A_YEAR = 50_000
CALLS_A_MINUTE = 114
"""At the pace of 1.9 a second."""
CALLS_OF_A_CREDIT_NOTE, CALLS_OF_A_VOUCHER = 2, 4
"""Create and read back; look for the number, create, attach, read back."""
_WARNED_AT = CREATIONS_A_YEAR * 4 // 5
YEAR_NEARLY_USED = "documents_of_the_year"
"""Kind of the task."""


def minutes_to_create(*, credit_notes: int, vouchers: int = 0) -> float:
    """How long so many documents take at lexoffice: 18 a minute, and 1.9 calls a second."""
    calls = credit_notes * CALLS_OF_A_CREDIT_NOTE + vouchers * CALLS_OF_A_VOUCHER
    return max((credit_notes + vouchers) / CREATIONS_A_MINUTE, calls / CALLS_A_MINUTE)


def longest_wait_seconds(pace_per_second: float) -> float:
    """How far ahead a slot is given: 3 s, and where there are fewer requests than that the time of one, so that an
    activity that sends two is not refused its second one for ever."""
    return max(LONGEST_WAIT_SECONDS, 1.0 / pace_per_second + 0.5)


class Slot(Frozen):
    """A reserved instant, `wait_seconds` from now (0 or more)."""

    wait_seconds: float


async def reserve(
    ledger: Ledger, tenant: Tenant, *, provider: str, pace_per_second: float, requests: int = 1
) -> Slot | None:
    """Take the next slot if one is free within 3 s, else None: nothing queues here, so priorities still count.

    `requests`: as many slots in a row, of which the first is answered.
    """
    if pace_per_second <= 0:  # unlimited: benches against a sandbox without limits
        return Slot(wait_seconds=0.0)
    # A slot that is forgotten lets one call follow too soon: at worst it is answered 429 and tried again.
    async with ledger.transaction(tenant, may_be_lost=True) as tx:
        wait = await tx.fetchval(
            """
            UPDATE api_budgets
               SET next_free_at = greatest(next_free_at, clock_timestamp()) + $3 * interval '1 second'
             WHERE tenant_id = $1 AND provider = $2
               AND next_free_at < clock_timestamp() + $4 * interval '1 second'
            RETURNING extract(epoch FROM next_free_at - clock_timestamp())::float8 - $3
            """,
            tenant.id,
            provider,
            1.0 / pace_per_second,
            longest_wait_seconds(pace_per_second),
        )
        for _ in range(0 if wait is None else requests - 1):
            # One by one: each update counts as a request (count_api_request).
            await tx.execute(
                """
                UPDATE api_budgets SET next_free_at = next_free_at + $3 * interval '1 second'
                 WHERE tenant_id = $1 AND provider = $2
                """,
                tenant.id,
                provider,
                1.0 / pace_per_second,
            )
    return None if wait is None else Slot(wait_seconds=max(0.0, wait))


async def reserve_creation(
    tx: TenantTransaction, *, provider: str, pace_per_second: float, counts_to_the_minute: bool = True
) -> Slot | None:
    """Like `reserve`, for a request that creates a document: at most 18 a minute, and one more for the year.

    What does not count to the minute neither waits for those that do, nor makes them wait.

    Every worker of the tenant waits for this row: end the transaction at once.
    """
    wait = await tx.fetchval(
        """
        UPDATE api_budgets
           SET next_free_at = greatest(next_free_at, clock_timestamp()) + $3 * interval '1 second',
               next_creation_at = CASE WHEN $7 THEN greatest(next_creation_at, clock_timestamp())
                                                    + $4 * interval '1 second' ELSE next_creation_at END,
               creations = CASE WHEN creations_year = $6 THEN creations ELSE 0 END + 1,
               creations_year = $6
         WHERE tenant_id = $1 AND provider = $2
           AND next_free_at < clock_timestamp() + $5 * interval '1 second'
           AND (NOT $7 OR next_creation_at < clock_timestamp() + $5 * interval '1 second')
        RETURNING greatest(extract(epoch FROM next_free_at - clock_timestamp())::float8 - $3,
                           CASE WHEN $7 THEN extract(epoch FROM next_creation_at - clock_timestamp())::float8 - $4
                                ELSE 0 END)
        """,
        tx.tenant.id,
        provider,
        0.0 if pace_per_second <= 0 else 1.0 / pace_per_second,
        0.0 if pace_per_second <= 0 else 60.0 / CREATIONS_A_MINUTE,
        LONGEST_WAIT_SECONDS if pace_per_second <= 0 else longest_wait_seconds(pace_per_second),
        clock.today().year,
        counts_to_the_minute,
    )
    return None if wait is None else Slot(wait_seconds=max(0.0, wait))


async def count_none_created(tx: TenantTransaction, *, provider: str) -> None:
    """The slot of a create was used, and it is proved that nothing was made: it does not count towards the year.

    While lexoffice is away for hours every waiting document is tried again and again.
    """
    await tx.execute(
        """
        UPDATE api_budgets SET creations = greatest(creations - 1, 0)
         WHERE tenant_id = $1 AND provider = $2
           AND creations_year = $3
        """,
        tx.tenant.id,
        provider,
        clock.today().year,
    )


async def created_this_year(tx: TenantTransaction, *, provider: str) -> int:
    """How many documents were created at this provider since 1 January (Berlin)."""
    found = await tx.fetchval(
        """
        SELECT creations FROM api_budgets
         WHERE tenant_id = $1 AND provider = $2
           AND creations_year = $3
        """,
        tx.tenant.id,
        provider,
        clock.today().year,
    )
    return found or 0


async def warn_of_yearly_budget(tx: TenantTransaction, *, provider: str) -> None:
    """Ask once a year, when four of five documents are created; a new year answers it (rules.md, The connection)."""
    if await created_this_year(tx, provider=provider) < _WARNED_AT:
        await tasks.close_questions(
            tx, subject="connection", subject_id=provider, kinds=(YEAR_NEARLY_USED,), by="engine"
        )
        return
    year = clock.today().year
    asked = await tx.fetchval(
        """
        SELECT 1 FROM tasks
         WHERE tenant_id = $1 AND kind = $2 AND subject = 'connection' AND subject_id = $3 AND detail ->> 'year' = $4
        """,
        tx.tenant.id,
        YEAR_NEARLY_USED,
        provider,
        str(year),
    )
    if not asked:
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind=YEAR_NEARLY_USED,
                subject="connection",
                subject_id=provider,
                reason=Reason.of("documents_of_the_year_nearly_used"),
                detail={"year": year},
            ),
        )
