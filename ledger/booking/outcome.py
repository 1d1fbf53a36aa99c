"""What handling an event did to a sale: judged by comparing the ledger before and after, for people to read."""

from datetime import datetime
from typing import Any

from pydantic import Field

from ledger.commissions import commissions, earnings
from ledger.commissions.commissions import Commission
from ledger.database import TenantTransaction
from ledger.payouts import clawbacks
from ledger.reasons import Reason
from ledger.sales import transactions
from ledger.sales.transactions import Transaction
from ledger.types import EventState, Frozen, PayoutNumber, TransactionId


class Outcome(Frozen):
    """How an event ended; `payouts` lost a line and must be looked at again."""

    state: EventState
    reason: Reason | None = None
    transaction_id: TransactionId | None = None
    changes: dict[str, Any] = Field(default_factory=dict)
    payouts: tuple[PayoutNumber, ...] = ()
    replacement_until: datetime | None = None
    """The sale's invoice was voided; until then another one may take its place."""


class SaleState(Frozen):
    """A sale with its commissions at one moment."""

    sale: Transaction | None
    commissions: tuple[Commission, ...] = ()


_SHOWN = (
    "state",
    "state_reason",
    "holds",
    "payment_intent",
    "checkout_session",
    "order_reference",
    "partner_code",
    "campaign_slug",
    "base_cents",
    "tax_cents",
    "gross_cents",
    "paid_cents",
    "refunded_cents",
    "provisional",
    "invoice_id",
    "invoice_number",
)
_WORTH_SAYING_CENTS = 100


async def read_state(tx: TenantTransaction, transaction_id: TransactionId) -> SaleState:
    """The sale with its commissions as they are now. Raises NotFound."""
    sale = await transactions.get(tx, transaction_id)
    return SaleState(sale=sale, commissions=tuple(await commissions.commissions_of(tx, transaction_id)))


async def settled(
    tx: TenantTransaction,
    before: SaleState,
    transaction_id: TransactionId,
    *,
    reason: Reason | None = None,
    by_lines: bool = False,
) -> Outcome:
    """Let the commissions follow what the sale has become: `processed` with what changed, or `unchanged`.

    `by_lines`: it became known now what was sold, which a plan may pay by rates of its own.
    """
    sale = await transactions.get(tx, transaction_id)
    held = await clawbacks.hold(tx, sale.id)
    if before.sale is not None and (
        by_lines or (before.sale.base_cents, before.sale.provisional) != (sale.base_cents, sale.provisional)
    ):
        await earnings.reprice(tx, sale)
    touched = await clawbacks.follow(tx, sale, held)
    changes = _changes(before, await read_state(tx, transaction_id))
    return Outcome(
        state=EventState.PROCESSED if changes else EventState.UNCHANGED,
        reason=reason,
        transaction_id=transaction_id,
        changes=changes,
        payouts=tuple(touched),
        replacement_until=sale.replacement_until,
    )


def _changes(before: SaleState, after: SaleState) -> dict[str, Any]:
    """Each changed member as [before, after]; empty when nothing changed."""
    assert after.sale is not None
    changes: dict[str, Any] = {}
    was, now = _members(before.sale) if before.sale else {"holds": []}, _members(after.sale)
    for member in _SHOWN:
        if was.get(member) != now[member]:
            changes[member] = [was.get(member), now[member]]
    known = {commission.id: commission for commission in before.commissions}
    moved = [
        entry for commission in after.commissions if (entry := _commission_change(known.get(commission.id), commission))
    ]
    if moved:
        changes["commissions"] = moved
    difference = _difference(before, after)
    if difference and changes:
        changes["difference"] = difference
    return changes


def _members(sale: Transaction) -> dict[str, Any]:
    """Of what holds it the codes: since when and by whom stands in rows of their own."""
    holds = [hold.code for hold in sale.holds]
    return sale.model_dump(mode="json") | {"holds": holds, "state_reason": sale.why and sale.why.model_dump()}


def _commission_change(was: Commission | None, now: Commission) -> dict[str, Any] | None:
    moved = {
        member: [getattr(was, member, None), getattr(now, member)]
        for member in ("partner_code", "state", "net_cents", "provisional")
        if was is None or getattr(was, member) != getattr(now, member)
    }
    return {"level": now.level, "partner": now.partner_code, "kind": now.kind, **moved} if moved else None


def _difference(before: SaleState, after: SaleState) -> dict[str, Any] | None:
    """rules.md, Money: provisional commissions that the invoice moves by more than 1 € or 1 %."""
    assert after.sale is not None
    if before.sale is None or not before.sale.provisional or after.sale.provisional:
        return None
    was, now = _earned(before), _earned(after)
    if abs(now - was) > _WORTH_SAYING_CENTS or abs(now - was) * 100 > abs(was):
        return Reason.of("commission_differs", was=was, now=now).model_dump()
    return None


def _earned(state: SaleState) -> int:
    return sum(commission.net_cents for commission in state.commissions if commission.kind == "sale")
