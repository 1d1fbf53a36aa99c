"""What waits for approval, with all that a person looks at before approving, read for many payouts at once.

Decides nothing: `decisions.approve` judges each payout anew, under a lock.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from ledger.access import rule_changes, same_person
from ledger.access.same_person import Eyes
from ledger.database import TenantTransaction
from ledger.keyset import Position
from ledger.payouts import open_debts, payout_content
from ledger.payouts.open_debts import OpenDebt
from ledger.reasons import Reason
from ledger.tax import turnovers
from ledger.types import DocumentStrategy, Frozen, PartnerId, PayoutId, PayoutNumber, TaxCase, UserId

_NEW_ACCOUNT = timedelta(days=30)
_MOST_LOOKED_AT = 400
"""Payouts that are looked through for one page: who may approve hardly any of them sees the rest on the next."""
_AT_LEAST = 10
"""Looked at in one statement. A payout's makers cost a query of their own, so hardly more than is shown."""


class LastPayout(Frozen):
    """The payout of the same partner before this one. Gross cents."""

    number: PayoutNumber
    gross_cents: int
    created_at: datetime


class Waiting(Frozen):
    """A payout that awaits approval. Amounts are cents; `counted_cents` is what the four-eyes limit counts."""

    id: PayoutId
    seq: int
    number: PayoutNumber
    content_hash: str
    """Of the content as it is shown."""
    partner_id: PartnerId
    partner_code: str
    partner_name: str
    tax_case: TaxCase
    net_cents: int
    tax_cents: int
    gross_cents: int
    created_at: datetime
    sales: int
    iban_last4: str | None
    account_changed: bool
    """The money goes to another account than the last time, or to one that is newer than a month."""
    tax_case_changed: bool
    open_holds: tuple[str, ...] | None
    """Codes; None where nothing holds it."""
    state_reason_code: str | None
    state_reason_params: dict[str, Any] | None
    counted_cents: int
    limit_cents: int
    rule_is_off: bool
    makers: frozenset[str]
    """Who has an open hand in it. Empty where no limit asks who that is."""
    earlier_limits: dict[str, int]
    """Actor → cents: whoever raised the limit lately is judged by the lower one."""
    eyes: Eyes
    last: LastPayout | None
    strategy: DocumentStrategy
    period_to: date
    turnover_year: int | None = None
    """The year whose turnover decides whether it may be a credit note, and is not answered."""
    debts: tuple[OpenDebt, ...] = ()
    """What the partner owes beside it: another tax case is not netted."""

    @property
    def why(self) -> Reason | None:
        """Why it waits once more: its approval became void."""
        return Reason.read(self.state_reason_code, self.state_reason_params)

    @property
    def position(self) -> Position:
        """Where the next page goes on after this row."""
        return Position(self.created_at, self.seq)

    @property
    def above_limit(self) -> bool:
        """Whether what the limit counts is more than the limit."""
        return self.counted_cents > self.limit_cents

    @property
    def is_first(self) -> bool:
        """Whether no payout of this partner was approved before."""
        return self.last is None

    @property
    def change_cents(self) -> int | None:
        """Against the last payout of this partner."""
        return None if self.last is None else self.gross_cents - self.last.gross_cents

    @property
    def needs_second_person(self) -> bool:
        """Whether its makers may not approve it."""
        return self.above_limit and not self.rule_is_off

    def may_be_approved_by(self, actor: str) -> bool:
        """Whether this actor (`user:…`, `key:…`) may approve it, by the four-eyes rule alone."""
        lower = [who for who, cents in self.earlier_limits.items() if self.counted_cents > cents]
        if self.rule_is_off or not (self.above_limit or self.eyes.same(actor, lower)):
            return True
        return not self.eyes.same(actor, self.makers)


_LOOK = """
    SELECT w.id, w.seq, w.number, w.content_hash, w.partner_id, q.code AS partner_code, q.name AS partner_name,
           w.tax_case, w.strategy, w.period_to, w.net_cents, w.tax_cents, w.gross_cents, w.created_at, w.open_holds,
           w.state_reason_code, w.state_reason_params, held.sales, b.iban_last4,
           COALESCE(b.recorded_at > now() - $2::interval OR b.id <> last.bank_details_id, false) AS account_changed,
           COALESCE(last.tax_case <> w.tax_case, false) AS tax_case_changed,
           w.gross_cents + COALESCE((
               SELECT sum(p.gross_cents) FROM payouts p
                WHERE p.tenant_id = w.tenant_id AND p.partner_id = w.partner_id AND p.id <> w.id
                  AND p.state NOT IN ('awaiting_approval', 'rejected', 'cancelled')
                  AND EXISTS (SELECT 1 FROM decisions d
                               WHERE d.tenant_id = p.tenant_id AND d.payout_id = p.id AND d.kind = 'approve'
                                 AND d.decided_at > now() - interval '30 days')), 0)::bigint AS counted_cents,
           t.four_eyes_limit_cents AS limit_cents,
           last.number AS last_number, last.gross_cents AS last_gross_cents, last.created_at AS last_created_at
      FROM payouts w
      JOIN tenants t ON t.id = w.tenant_id
      JOIN partners q ON q.tenant_id = w.tenant_id AND q.id = w.partner_id
      LEFT JOIN partner_bank_details b
             ON b.tenant_id = w.tenant_id AND b.partner_id = w.partner_id AND b.state = 'active'
      LEFT JOIN LATERAL (
           SELECT p.number, p.gross_cents, p.created_at, p.bank_details_id, p.tax_case FROM payouts p
            WHERE p.tenant_id = w.tenant_id AND p.partner_id = w.partner_id AND p.seq < w.seq
              AND p.state IN ('approved', 'outcome_unknown', 'credit_note_open', 'paid', 'settled_manually')
            ORDER BY p.seq DESC LIMIT 1) last ON true
      -- Once: a payout may have tens of thousands of lines.
      CROSS JOIN LATERAL (
           SELECT count(DISTINCT c.transaction_id) AS sales
             FROM payout_lines l JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
            WHERE l.tenant_id = w.tenant_id AND l.payout_id = w.id AND l.released_at IS NULL) held
     WHERE w.tenant_id = $1
"""


async def for_person(
    tx: TenantTransaction, user: UserId, *, after: Position | None, limit: int
) -> tuple[list[Waiting], Position | None]:
    """What this person may approve now, oldest first. Held payouts are left out: nobody may."""
    chosen, following = await _chosen(tx, f"user:{user}", after, limit)
    return await _with_fresh_hashes(tx, chosen), following


async def approvable(tx: TenantTransaction, actor: str, *, numbers: Sequence[str] | None = None) -> list[Waiting]:
    """What this actor may approve now, the oldest first, of the oldest few hundred; of these payouts only, if named."""
    rows = await tx.fetch(
        f"""
        {_LOOK} AND w.id IN (
            SELECT p.id FROM payouts p
             WHERE p.tenant_id = $1 AND p.state = 'awaiting_approval' AND p.open_holds IS NULL
               AND ($3::text[] IS NULL OR p.number = ANY ($3))
             ORDER BY p.created_at, p.seq LIMIT $4)
         ORDER BY w.created_at, w.seq
        """,
        tx.tenant.id,
        _NEW_ACCOUNT,
        None if numbers is None else list(numbers),
        _MOST_LOOKED_AT,
    )
    return [one for one in await _understood(tx, rows) if one.may_be_approved_by(actor)]


async def _chosen(
    tx: TenantTransaction, actor: str, after: Position | None, limit: int
) -> tuple[list[Waiting], Position | None]:
    found: list[Waiting] = []
    position, looked_at = after, 0
    while len(found) <= limit and looked_at < _MOST_LOOKED_AT:
        size = max(limit + 1 - len(found), _AT_LEAST)
        batch = await _oldest(tx, position, size)
        looked_at += len(batch)
        if not batch:
            return found, None
        for one in batch:
            if one.open_holds is None and one.may_be_approved_by(actor):
                if len(found) == limit:
                    return found, found[-1].position
                found.append(one)
        position = batch[-1].position
        if len(batch) < size:
            return found, None
    return found, position


async def of_numbers(tx: TenantTransaction, numbers: Sequence[str]) -> list[Waiting]:
    """These payouts as their approver sees them, whatever their state."""
    rows = await tx.fetch(
        f"{_LOOK} AND w.number = ANY ($3) ORDER BY w.created_at, w.seq", tx.tenant.id, _NEW_ACCOUNT, list(numbers)
    )
    return await _with_fresh_hashes(tx, await _understood(tx, rows))


async def count(tx: TenantTransaction) -> tuple[int, int]:
    """All that awaits approval in the tenant, whoever may give it: how many, and their gross cents."""
    row = await tx.fetchrow(
        """
        SELECT count(*) AS payouts, COALESCE(sum(gross_cents), 0)::bigint AS cents
          FROM payouts WHERE tenant_id = $1 AND state = 'awaiting_approval'
        """,
        tx.tenant.id,
    )
    assert row is not None
    return row["payouts"], row["cents"]


async def _with_fresh_hashes(tx: TenantTransaction, found: list[Waiting]) -> list[Waiting]:
    """The hash on the row may be older than what is shown: a decision names what was seen. With what is owed beside."""
    fresh = await payout_content.content_hashes(tx, [one.id for one in found])
    debts = await open_debts.of_partners(tx, [one.partner_id for one in found])
    answered = await turnovers.turnovers(tx)
    return [
        one.model_copy(
            update={
                "content_hash": fresh[one.id],
                "debts": debts.get(one.partner_id, ()),
                "turnover_year": turnovers.question(
                    one.tax_case, one.strategy, [one.period_to], one.gross_cents, answered
                ),
            }
        )
        for one in found
    ]


async def _oldest(tx: TenantTransaction, after: Position | None, size: int) -> list[Waiting]:
    rows = await tx.fetch(
        f"""
        {_LOOK} AND w.id IN (
            SELECT p.id FROM payouts p
             WHERE p.tenant_id = $1 AND p.state = 'awaiting_approval'
               AND ($3::timestamptz IS NULL OR (p.created_at, p.seq) > ($3, $4))
             ORDER BY p.created_at, p.seq LIMIT $5)
         ORDER BY w.created_at, w.seq
        """,
        tx.tenant.id,
        _NEW_ACCOUNT,
        None if after is None else after.at,
        0 if after is None else after.seq,
        size,
    )
    return await _understood(tx, rows)


async def _understood(tx: TenantTransaction, rows: Sequence[Any]) -> list[Waiting]:
    if not rows:
        return []
    is_off = await rule_changes.has_sole_approver(tx)
    earlier, eyes = await rule_changes.earlier_limits(tx), await same_person.eyes(tx)
    lowest = min([rows[0]["limit_cents"], *earlier.values()])
    judged = [] if is_off else [row["id"] for row in rows if row["counted_cents"] > lowest]
    makers = await _makers(tx, judged)
    return [_waiting({**row, "makers": makers.get(row["id"], ())}, earlier, eyes, is_off=is_off) for row in rows]


async def _makers(tx: TenantTransaction, payouts: Sequence[PayoutId]) -> dict[PayoutId, list[str]]:
    """By payout. Each costs a query of its own over all that decided it, so only what a limit asks about is named."""
    rows = await tx.fetch(
        """
        SELECT w.id, ARRAY(SELECT DISTINCT actor FROM open_hands_of_payout(w.id)) AS makers
          FROM unnest($1::uuid[]) AS w (id)
        """,
        payouts,
    )
    return {row["id"]: row["makers"] for row in rows}


def _waiting(row: dict[str, Any], earlier: dict[str, int], eyes: Eyes, *, is_off: bool) -> Waiting:
    last_number = row.pop("last_number")
    last = {"gross_cents": row.pop("last_gross_cents"), "created_at": row.pop("last_created_at")}
    return Waiting.from_row(
        row,
        makers=frozenset(row["makers"]),
        rule_is_off=is_off,
        earlier_limits=earlier,
        eyes=eyes,
        last=None if last_number is None else LastPayout(number=last_number, **last),
    )
