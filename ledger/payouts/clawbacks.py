"""What refunds take from the commissions of a sale: before they are settled less is owed, afterwards it is taken back.

A commission and what was written about it later are one family: claw-backs (negative) and reissues (positive). Its sum
is always what the sale is worth to that partner now: earned_cents less what refunds have taken of it (rules.md, Money).
What is open is changed; what a document promises, or what is paid, stays and is answered by a new row.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ledger.commissions import commissions
from ledger.commissions.commissions import Commission
from ledger.database import TenantTransaction
from ledger.money import reversal_cents
from ledger.payouts import payout_lines, payouts
from ledger.sales import transactions
from ledger.sales.transactions import Transaction
from ledger.types import (
    CommissionId,
    CommissionState,
    PayoutId,
    PayoutNumber,
    TaxCase,
    TransactionId,
    TransactionState,
)

_SETTLED = (CommissionState.IN_PAYOUT, CommissionState.PAID)
BASE_LOWERED = "base_lowered"


class Family(NamedTuple):
    """A commission of a sale with all that stands for it. What came back with its payout is not among `live`."""

    root: Commission
    live: tuple[Commission, ...]

    @property
    def cents(self) -> int:
        """What all of it is worth, without what was reversed. Net cents."""
        return sum(row.net_cents for row in self.live if row.state is not CommissionState.REVERSED)

    @property
    def settled_cents(self) -> int:
        """What of it is in a payout or paid. Net cents."""
        return sum(row.net_cents for row in self.live if row.state in _SETTLED)

    @property
    def to_be_paid(self) -> list[Commission]:
        """Positive and open, the commission itself first; a reversed one may be filled again."""
        return [row for row in self.live if row.state not in _SETTLED and row.kind != "clawback"]

    @property
    def debts(self) -> list[Commission]:
        """Claw-backs that nothing was netted with yet, the oldest first."""
        owed = [row for row in self.live if row.state is CommissionState.APPROVED and row.kind == "clawback"]
        return sorted(owed, key=lambda row: row.created_at)


def state_due(sale: Transaction) -> CommissionState:
    """What a commission of this sale may be at most: a held or blocked sale releases nothing."""
    if sale.state is TransactionState.REFUNDED:
        return CommissionState.REVERSED
    if sale.state is TransactionState.APPROVED and not sale.holds:
        return CommissionState.APPROVED
    return CommissionState.PENDING


def worth(sale: Transaction, earned_cents: int) -> int:
    """What is left of a commission after all refunds up to now.

    What a credit note took, or was never paid, is off the base already: refunds take their share of the rest.
    """
    if sale.state is TransactionState.REFUNDED:
        return 0
    refunded = max(0, sale.refunded_cents - sale.credited_cents)
    whole = sale.gross_cents - sale.credited_cents - sale.written_off_cents
    return earned_cents - reversal_cents(earned_cents, refunded, whole)


async def hold(tx: TenantTransaction, *sales: TransactionId) -> frozenset[PayoutNumber]:
    """Until the end of the transaction no payout takes, loses or gives back a commission of these sales but by us.

    Locks the payouts that a line of them may still be taken out of, in their order, and returns them; then their
    commissions, and those of the other sales of a payout that ends without these lines. The sales are locked, and who
    changes several names them all at once. Comes before the first of them changes.
    """
    while (held := await _held(tx, sales)) is None:
        pass  # one was taken into a payout meanwhile; a payout comes before commissions
    return held


class _TakenMeanwhile(Exception):
    """By a payout that we have not locked."""


async def _held(tx: TenantTransaction, wanted: Sequence[TransactionId]) -> frozenset[PayoutNumber] | None:
    try:
        async with tx.savepoint():
            numbers = await payout_lines.open_payouts_of(tx, wanted)
            sales = set(wanted)
            for number in numbers:
                payout = await payouts.lock(tx, number)
                sales |= await payout_lines.find_released_sales(tx, payout.id, without=wanted)
            await commissions.hold_commissions(tx, sorted(sales))
            if set(await payout_lines.open_payouts_of(tx, wanted)) - set(numbers):
                raise _TakenMeanwhile
    except _TakenMeanwhile:
        return None
    return frozenset(numbers)


async def follow(tx: TenantTransaction, sale: Transaction, held: frozenset[PayoutNumber]) -> list[PayoutNumber]:
    """Bring every commission of the sale to what it is due, in amount and state. Returns payouts that lost a line.

    A restored refund takes back what was clawed back, or gives a new commission where that was settled already.
    `held`: as `hold` returned them; what another payout holds stays there, its document exists.
    """
    due = state_due(sale)
    touched = [
        PayoutNumber(str(row.payout_number))
        for row in _find_removable(await families_of(tx, sale), sale, due)
        if row.payout_number in held and await take_out(tx, row)
    ]
    for family in await families_of(tx, sale):
        await _settle(tx, sale, family, due)
    return list(dict.fromkeys(touched))


async def take_out(tx: TenantTransaction, row: Commission) -> bool:
    """As payout_lines.take_out; a payout that is cancelled by it gives back the lines of other sales as well.

    The payout is one of those that `hold` returned.
    """
    if not await payout_lines.take_out(tx, row.id):
        return False
    cancelled = await tx.fetchval(
        "SELECT id FROM payouts WHERE tenant_id = $1 AND number = $2 AND state = 'cancelled'",
        tx.tenant.id,
        row.payout_number,
    )
    if cancelled:
        await _net_released(tx, PayoutId(cancelled), but=row.transaction_id)
    return True


async def give_back(tx: TenantTransaction, payout: PayoutId, *, was_paid: bool = False) -> None:
    """A payout that ended owes its lines anew, less what was taken back of them while it held them.

    The payout is locked, so its sales must not be locked now: a sale comes before its payouts. Its commissions come
    after both, and `follow` holds them too while it looks and writes. Either it wrote its claw-back before, and is
    netted here; or it sees what was given back. What is netted is judged by the sale as it is committed: whoever
    changes it now follows it afterwards.
    """
    await payout_lines.release(tx, payout)
    if was_paid:
        await payout_lines.reissue_paid(tx, payout)
    await _net_released(tx, payout)


async def _net_released(tx: TenantTransaction, payout: PayoutId, *, but: TransactionId | None = None) -> None:
    """What is free again beside a claw-back of its own must not be paid first and taken back later. But for the sale
    that somebody follows at this moment."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT c.transaction_id FROM payout_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND c.transaction_id IS DISTINCT FROM $3
           AND EXISTS (SELECT 1 FROM commissions k
                        WHERE k.tenant_id = c.tenant_id AND k.transaction_id = c.transaction_id
                          AND k.kind = 'clawback' AND k.state = 'approved')
        """,
        tx.tenant.id,
        payout,
        but,
    )
    await net_again(tx, [TransactionId(row["transaction_id"]) for row in rows])


async def net_again(tx: TenantTransaction, sales: Sequence[TransactionId]) -> None:
    """What is open of these sales adds up to what each is worth beside what is settled. Their commissions are held."""
    for id in sales:
        sale = await transactions.get(tx, id)
        for family in await families_of(tx, sale):
            await _settle(tx, sale, family, state_due(sale))


async def families_of(tx: TenantTransaction, sale: Transaction) -> list[Family]:
    """One per level; lines that belong to no sale's level (corrections) are none of a refund's business."""
    rows = await commissions.commissions_of(tx, sale.id)
    by_id = {row.id: row for row in rows}
    replaced = {row.reissued_of for row in rows}

    def root(row: Commission) -> Commission:
        while row.origin_id is not None:
            row = by_id[row.origin_id]
        return row

    return [
        Family(own, tuple(row for row in rows if root(row).id == own.id and row.id not in replaced))
        for own in rows
        if own.kind == "sale"
    ]


def _find_removable(families: Sequence[Family], sale: Transaction, due: CommissionState) -> list[Commission]:
    """What sits in a payout and should not."""
    wanted: list[Commission] = []
    for family in families:
        too_little = family.cents < worth(sale, family.root.earned_cents)
        too_much = family.cents > worth(sale, family.root.earned_cents)
        wanted += [
            row
            for row in family.live
            if row.state is CommissionState.IN_PAYOUT
            and (too_little if row.kind == "clawback" else too_much or due is CommissionState.PENDING)
        ]
    return sorted(wanted, key=lambda row: row.payout_number or "")


async def _settle(tx: TenantTransaction, sale: Transaction, family: Family, due: CommissionState) -> None:
    """Make the open rows add up to what is left beside the settled ones. Its commissions are held."""
    left = worth(sale, family.root.earned_cents) - family.settled_cents
    # Owed although the sale is refunded: its claw-back was netted, but the commission itself never left.
    owed_as = CommissionState.APPROVED if due is CommissionState.REVERSED else due
    rest = max(left, 0)
    for row in family.to_be_paid:
        part = min(max(row.earned_cents, 0), rest)
        rest -= part
        nothing = part == 0 and (row.earned_cents > 0 or due is CommissionState.REVERSED)
        state = CommissionState.REVERSED if nothing else owed_as
        await _write(tx, sale, row, row.earned_cents if nothing else part, state)
    await _settle_debts(tx, sale, family, max(-left, 0))
    if rest > 0:
        await _answer(tx, sale, family, kind="reissue", net_cents=rest, state=owed_as)


async def _settle_debts(tx: TenantTransaction, sale: Transaction, family: Family, owed: int) -> None:
    """The open claw-backs come to exactly what is owed. Each further refund writes its own, which names its cause."""
    surplus = -sum(row.net_cents for row in family.debts) - owed
    for row in reversed(family.debts):
        if surplus <= 0:
            break
        gone = -row.net_cents <= surplus
        kept = row.net_cents if gone else row.net_cents + surplus
        surplus = surplus + row.net_cents if gone else 0
        state = CommissionState.REVERSED if gone else row.state
        await _write(tx, sale, row, kept, state)
    if surplus < 0:
        await _answer(tx, sale, family, kind="clawback", net_cents=surplus, state=CommissionState.APPROVED)


async def _write(
    tx: TenantTransaction, sale: Transaction, row: Commission, net_cents: int, state: CommissionState
) -> None:
    base_cents = sale.base_cents if row.kind == "sale" else row.base_cents
    if (row.net_cents, row.state, row.base_cents) == (net_cents, state, base_cents):
        return
    await tx.execute(
        "UPDATE commissions SET net_cents = $3, state = $4, base_cents = $5 WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        row.id,
        net_cents,
        state,
        base_cents,
    )


async def _answer(
    tx: TenantTransaction, sale: Transaction, family: Family, *, kind: str, net_cents: int, state: CommissionState
) -> None:
    """The service date stays, and of a claw-back the tax case of the line that it answers."""
    row = family.root
    tax_case = await _tax_case_of(tx, [row.id for row in family.live]) if kind == "clawback" else None
    await tx.execute(
        """
        INSERT INTO commissions (tenant_id, kind, origin_id, transaction_id, partner_id, level, plan_id, percent,
                                 fixed_cents, base_cents, net_cents, earned_cents, state, provisional, service_date,
                                 cause, cause_document, tax_case)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, false, $13, $14, $15, $16)
        """,
        tx.tenant.id,
        kind,
        row.id,
        row.transaction_id,
        row.partner_id,
        row.level,
        row.plan_id,
        row.percent,
        row.fixed_cents,
        row.base_cents,
        net_cents,
        state,
        row.service_date,
        sale.refund_cause or BASE_LOWERED,
        sale.refund_document or sale.invoice_number,
        tax_case,
    )


async def _tax_case_of(tx: TenantTransaction, commissions: Sequence[CommissionId]) -> TaxCase | None:
    """That of the newest payout that holds one of these as a positive line."""
    found = await tx.fetchval(
        """
        SELECT p.tax_case FROM payout_lines l JOIN payouts p ON p.tenant_id = l.tenant_id AND p.id = l.payout_id
         WHERE l.tenant_id = $1 AND l.commission_id = ANY ($2) AND l.released_at IS NULL AND l.net_cents > 0
         ORDER BY p.seq DESC LIMIT 1
        """,
        tx.tenant.id,
        list(commissions),
    )
    return None if found is None else TaxCase(found)
