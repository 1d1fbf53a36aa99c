"""The figures of the page Übersicht: what is owed, what was paid, how long it took, what stands still."""

from datetime import date, datetime
from typing import Literal

from ledger import clock
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.types import CommissionState, Frozen, PayoutState

_OWED = (
    PayoutState.AWAITING_APPROVAL,
    PayoutState.APPROVED,
    PayoutState.OUTCOME_UNKNOWN,
    PayoutState.CREDIT_NOTE_OPEN,
    PayoutState.RETURNED,
)
MONTHS = 12
RECENT_DAYS = 90


class Owed(Frozen):
    """What is owed in one state. Commissions net, payouts gross: what would leave the bank."""

    kind: Literal["commission", "payout"]
    state: str
    rows: int
    cents: int


class Month(Frozen):
    """The payouts paid in a month: how many, gross cents, and days from the customer's payment to ours."""

    month: date
    payouts: int
    cents: int
    median_days: float | None
    late_days: float | None
    """95 of 100 took no longer."""


class Waited(Frozen):
    """From the customer's payment to ours, of the payouts of the last 90 days."""

    payouts: int
    median_days: float | None
    late_days: float | None


class Standing(Frozen):
    """What stands still for one reason; of tasks it is their kind. Cents of payouts gross, of sales gross."""

    kind: Literal["payout", "sale", "task"]
    reason: Reason
    rows: int
    cents: int | None


class Hour(Frozen):
    """How many requests were sent to the provider in an hour."""

    hour: datetime
    requests: int


async def owed(tx: TenantTransaction) -> list[Owed]:
    """In the order in which money goes: provisional, approved, then payouts by state. Empty states are left out."""
    commissions = await tx.fetch(
        """
        SELECT state, count(*) AS rows, COALESCE(sum(net_cents), 0)::bigint AS cents FROM commissions
         WHERE tenant_id = $1 AND state IN ('pending', 'approved') GROUP BY state
        """,
        tx.tenant.id,
    )
    payouts = await tx.fetch(
        """
        SELECT state, count(*) AS rows, sum(gross_cents)::bigint AS cents FROM payouts
         WHERE tenant_id = $1 AND state = ANY ($2) GROUP BY state
        """,
        tx.tenant.id,
        list(_OWED),
    )
    found = {("commission", row["state"]): row for row in commissions} | {
        ("payout", row["state"]): row for row in payouts
    }
    order: list[tuple[Literal["commission", "payout"], str]] = [
        ("commission", CommissionState.PENDING),
        ("commission", CommissionState.APPROVED),
        *(("payout", state) for state in _OWED),
    ]
    return [Owed(kind=kind, **found[kind, state]) for kind, state in order if (kind, state) in found]


async def months(tx: TenantTransaction) -> list[Month]:
    """The last twelve, this one included, also those without a payout."""
    rows = await tx.fetch(
        """
        WITH span AS (
            SELECT generate_series(date_trunc('month', today) - make_interval(months => $2 - 1),
                                   date_trunc('month', today), interval '1 month')::date AS month
              FROM (SELECT $3::date AS today) t),
        paid AS (
            SELECT date_trunc('month', paid_on)::date AS month, count(*) AS payouts, sum(gross_cents)::bigint AS cents,
                   percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY waited_seconds) AS waited
              FROM payouts
             WHERE tenant_id = $1 AND state = 'paid' AND paid_on >= (SELECT min(month) FROM span) GROUP BY 1)
        SELECT span.month, COALESCE(payouts, 0) AS payouts, COALESCE(cents, 0) AS cents,
               waited[1] / 86400 AS median_days, waited[2] / 86400 AS late_days
          FROM span LEFT JOIN paid USING (month) ORDER BY span.month
        """,
        tx.tenant.id,
        MONTHS,
        clock.today(),
    )
    return [Month.from_row(row) for row in rows]


async def waited(tx: TenantTransaction) -> Waited:
    """How long the payouts paid lately took; days are None where there was none."""
    row = await tx.fetchrow(
        """
        SELECT count(waited_seconds) AS payouts,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY waited_seconds) / 86400 AS median_days,
               percentile_cont(0.95) WITHIN GROUP (ORDER BY waited_seconds) / 86400 AS late_days
          FROM payouts
         WHERE tenant_id = $1 AND state = 'paid' AND paid_on > $3::date - $2::int
        """,
        tx.tenant.id,
        RECENT_DAYS,
        clock.today(),
    )
    assert row is not None
    return Waited.from_row(row)


async def standing_still(tx: TenantTransaction) -> list[Standing]:
    """Most first. Payouts and sales name one thing that holds them; open tasks are counted by their kind."""
    rows = await tx.fetch(
        """
        SELECT * FROM (
            SELECT 'payout' AS kind, COALESCE(h.code, p.blocked_code) AS code,
                   COALESCE(h.params, p.blocked_params) AS params, count(*) AS rows, sum(gross_cents)::bigint AS cents
              FROM payouts p
              LEFT JOIN LATERAL (
                   SELECT code, params FROM payout_holds
                    WHERE p.open_holds IS NOT NULL AND tenant_id = p.tenant_id AND payout_id = p.id
                      AND released_at IS NULL ORDER BY code = 'put_back' DESC, since, code LIMIT 1) h ON true
             WHERE p.tenant_id = $1 AND (p.open_holds IS NOT NULL OR p.blocked_code IS NOT NULL)
               AND p.state IN ('awaiting_approval', 'approved', 'outcome_unknown', 'credit_note_open') GROUP BY 2, 3
            UNION ALL
            SELECT 'sale', h.code, h.params, count(*), sum(t.gross_cents)::bigint
              FROM transactions t
             CROSS JOIN LATERAL (
                   SELECT code, params FROM sale_holds
                    WHERE tenant_id = t.tenant_id AND transaction_id = t.id AND released_at IS NULL
                    ORDER BY since, code LIMIT 1) h
             WHERE t.tenant_id = $1 AND t.open_holds IS NOT NULL AND t.state IN ('pending', 'approved') GROUP BY 2, 3
            UNION ALL
            SELECT 'task', kind, '{}', count(*), NULL FROM tasks WHERE tenant_id = $1 AND state = 'open' GROUP BY 2
        ) s ORDER BY cents DESC NULLS LAST, rows DESC LIMIT 30
        """,
        tx.tenant.id,
    )
    return [
        Standing(
            kind=row["kind"],
            reason=Reason(code=row["code"], params=row["params"]),
            rows=row["rows"],
            cents=row["cents"],
        )
        for row in rows
    ]


async def requests_by_hour(tx: TenantTransaction, provider: str) -> list[Hour]:
    """Of the last 24 hours, also those without any."""
    rows = await tx.fetch(
        """
        SELECT h AS hour, COALESCE(u.requests, 0) AS requests
          FROM generate_series(date_trunc('hour', now()) - interval '23 hours', date_trunc('hour', now()),
                               interval '1 hour') h
          LEFT JOIN api_usage u ON u.tenant_id = $1 AND u.provider = $2 AND u.hour = h
         ORDER BY h
        """,
        tx.tenant.id,
        provider,
    )
    return [Hour.from_row(row) for row in rows]
