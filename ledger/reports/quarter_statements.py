"""The statement of three months that a Handelsvertreter is owed, paid out or not (§ 87c Abs. 1 HGB).

The law asks for it by the end of the month after the period. It is written from the tenth of that month on: what came
late, and the close of the last month, are in it.
"""

from datetime import date, timedelta
from typing import NamedTuple

from ledger import tasks
from ledger.commissions.commission_list import CommissionFilter, CommissionRow, list_commissions
from ledger.database import TenantTransaction
from ledger.mail.mail_kinds import MailKind
from ledger.reasons import Reason
from ledger.types import CommissionState, Frozen, PartnerId

NOT_SENT = "statements_not_sent"
"""Kind of a task: partners who earned something and have no mail address."""

_BEGINS = (1, 4, 7, 10)
_NOT_BEFORE_DAY = 10
LISTED = 200
"""Lines that stand in the mail; the others stand on the partner's page."""


class Quarter(NamedTuple):
    """Three months of the calendar, in Berlin."""

    first_day: date
    following: date
    """The first day that is not in it any more."""

    @property
    def name(self) -> str:
        """As mails and tasks keep it: 2026-Q3."""
        return f"{self.first_day.year}-Q{(self.first_day.month + 2) // 3}"

    @property
    def last_day(self) -> date:
        """The last that is in it."""
        return self.following - timedelta(days=1)


def named(name: str) -> Quarter:
    """The one of this name."""
    year, _, number = name.partition("-Q")
    return _begun(int(year), _BEGINS[int(number) - 1])


def due_on(day: date) -> Quarter | None:
    """The quarter whose statements are written on this day; None outside the month after one."""
    if day.month not in _BEGINS or day.day < _NOT_BEFORE_DAY:
        return None
    before = day.replace(day=1) - timedelta(days=1)
    return _begun(before.year, before.month - 2)


def _begun(year: int, month: int) -> Quarter:
    first_day = date(year, month, 1)
    return Quarter(first_day, (first_day + timedelta(days=95)).replace(day=1))


async def write_due(tx: TenantTransaction, day: date) -> int:
    """A mail for each partner who had commissions in the quarter, where partners are Handelsvertreter. Again changes
    nothing. Who has no address is asked about, once for all. Returns how many are new."""
    quarter = due_on(day)
    if quarter is None or not await tx.fetchval("SELECT commercial_agents FROM tenants WHERE id = $1", tx.tenant.id):
        return 0
    rows = await tx.fetch(
        """
        INSERT INTO mails (tenant_id, kind, partner_id, address, about)
        SELECT q.tenant_id, $4, q.id, q.email, $5
          FROM partners q
         WHERE q.tenant_id = $1 AND q.email IS NOT NULL AND q.erased_at IS NULL
           AND EXISTS (SELECT FROM commissions c
                        WHERE c.tenant_id = q.tenant_id AND c.partner_id = q.id
                          AND c.service_date >= $2 AND c.service_date < $3)
        ON CONFLICT (tenant_id, partner_id, about) WHERE kind = 'commission_statement' DO NOTHING
        RETURNING 1
        """,
        tx.tenant.id,
        quarter.first_day,
        quarter.following,
        MailKind.COMMISSION_STATEMENT,
        quarter.name,
    )
    await _ask_about_unreachable(tx, quarter)
    return len(rows)


async def _ask_about_unreachable(tx: TenantTransaction, quarter: Quarter) -> None:
    codes = [
        row["code"]
        for row in await tx.fetch(
            """
            SELECT q.code FROM partners q
             WHERE q.tenant_id = $1 AND q.email IS NULL AND q.erased_at IS NULL
               AND EXISTS (SELECT FROM commissions c
                            WHERE c.tenant_id = q.tenant_id AND c.partner_id = q.id
                              AND c.service_date >= $2 AND c.service_date < $3)
             ORDER BY q.code
            """,
            tx.tenant.id,
            quarter.first_day,
            quarter.following,
        )
    ]
    asked: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM tasks WHERE tenant_id = $1 AND kind = $2 AND subject_id = $3)",
        tx.tenant.id,
        NOT_SENT,
        quarter.name,
    )
    if codes and not asked:
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind=NOT_SENT,
                subject="tenant",
                subject_id=quarter.name,
                reason=Reason.of(NOT_SENT, n=len(codes), first=quarter.first_day, last=quarter.last_day),
                actions=("done",),
                detail={"partners": codes[:LISTED]},
            ),
        )


class QuarterStatement(Frozen):
    """What a partner earned in three months, by the day of service. Cents, net."""

    partner: str
    first_day: date
    last_day: date
    earned_cents: int
    """Of commissions that stand and what took some of them back: due, in a payout or paid."""
    expected_cents: int
    """Of sales whose payment, or whose time for a refund, is still awaited."""
    open_cents: int
    """Due and in no payout, at the moment, of all times."""
    lines: tuple[CommissionRow, ...]
    more: int


async def of_partner(tx: TenantTransaction, partner: PartnerId, quarter: Quarter) -> QuarterStatement:
    """What the mail says; the newest lines first."""
    wanted = CommissionFilter(partner_id=partner, served_from=quarter.first_day, served_before=quarter.following)
    lines, _ = await list_commissions(tx, wanted, limit=LISTED)
    sums = await tx.fetchrow(
        """
        SELECT q.name AS partner,
               COALESCE(sum(c.net_cents) FILTER (WHERE c.served AND c.state IN ('approved', 'in_payout', 'paid')), 0)
                   ::bigint AS earned_cents,
               COALESCE(sum(c.net_cents) FILTER (WHERE c.served AND c.state = 'pending'), 0)::bigint AS expected_cents,
               COALESCE(sum(c.net_cents) FILTER (WHERE c.state = 'approved'), 0)::bigint AS open_cents,
               count(*) FILTER (WHERE c.served) AS listed
          FROM partners q
          LEFT JOIN LATERAL (SELECT c.state, c.net_cents, c.service_date >= $3 AND c.service_date < $4 AS served
                               FROM commissions c
                              WHERE c.tenant_id = q.tenant_id AND c.partner_id = q.id) c ON true
         WHERE q.tenant_id = $1 AND q.id = $2
         GROUP BY q.name
        """,
        tx.tenant.id,
        partner,
        quarter.first_day,
        quarter.following,
    )
    assert sums is not None, "the mail refers to the partner"
    return QuarterStatement(
        partner=sums["partner"],
        first_day=quarter.first_day,
        last_day=quarter.last_day,
        earned_cents=sums["earned_cents"],
        expected_cents=sums["expected_cents"],
        open_cents=sums["open_cents"],
        lines=tuple([line for line in lines if line.state is not CommissionState.REVERSED]),
        more=sums["listed"] - len(lines),
    )
