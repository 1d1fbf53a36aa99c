"""What a person decides about a sale: that it may go on though it was held, who brought it, and who gets it instead."""

from ledger import tasks
from ledger.audit import audit, hands
from ledger.booking import attribution, naming
from ledger.booking.outcome import Outcome, read_state, settled
from ledger.database import TenantTransaction
from ledger.payouts import clawbacks, rechecks
from ledger.programme import partners
from ledger.refusals import NotAcceptable, NotAllowedNow, require_reason
from ledger.sales import customers, references, sale_holds, transactions
from ledger.sales.sale_holds import HELD_FOR_A_PERSON, SaleHold
from ledger.sales.transactions import Transaction
from ledger.types import CommissionState, TransactionId

HOLD_ASKED_ABOUT = {"own_purchase": SaleHold.OWN_PURCHASE, "sale_told_twice": SaleHold.TOLD_TWICE}
"""By the kind of the question."""


async def release_hold(
    tx: TenantTransaction, transaction_id: TransactionId, *, by: str, reason: str, only: SaleHold | None = None
) -> Outcome:
    """A person lets a held sale go on. `only`: as the answer to a question about this hold; what else holds it stays.

    Raises NotFound and NotAllowedNow (it is not held, or not by that).
    """
    await hands.hold_tenant(tx)
    held = await transactions.lock(tx, transaction_id)
    transaction_id = held.id  # of the sale that it turned out to be part of
    released = [hold.code for hold in held.held if only is None or hold.code == only]
    if not released:
        raise NotAllowedNow("not_held")
    before = await read_state(tx, transaction_id)
    await sale_holds.release(tx, transaction_id, HELD_FOR_A_PERSON if only is None else {only}, by=by)
    await audit.record(
        tx,
        actor=by,
        action="transaction.released",
        subject="transaction",
        subject_id=str(transaction_id),
        detail={"holds": released, "reason": reason},
    )
    answered = tuple(kind for kind, hold in HOLD_ASKED_ABOUT.items() if only in (None, hold))
    await tasks.close_questions(tx, subject="transaction", subject_id=str(transaction_id), kinds=answered, by=by)
    await rechecks.want_for_sale(tx, held)
    return await settled(tx, before, transaction_id)


async def assign_partner(
    tx: TenantTransaction, transaction_id: TransactionId, partner_code: str, *, by: str
) -> Outcome:
    """Say who brought a sale that nobody brought yet.

    Raises NotFound, NotAcceptable (no such partner) and NotAllowedNow (it has a partner, whose commissions stand).
    """
    sale = await lock_with_payer(tx, transaction_id)
    transaction_id = sale.id
    partner = await partners.find_by_code(tx, partner_code)
    if partner is None:
        raise NotAcceptable("unknown_partner")
    if sale.partner_id is not None:
        raise NotAllowedNow("has_partner")
    before = await read_state(tx, transaction_id)
    bound = await attribution.bind(tx, sale, partner_id=partner.id, campaign_id=sale.campaign_id, by="person")
    await attribution.hold_own_purchase(tx, sale, bound)
    await audit.record(
        tx,
        actor=by,
        action="transaction.partner_assigned",
        subject="transaction",
        subject_id=str(transaction_id),
        detail={"partner": partner.code},
    )
    await naming.close_questions(tx, transaction_id, by=by)
    later = await naming.give_later(
        tx, subscription=bound.subscription, customer_id=bound.customer_id, since=bound.sold_at, but=transaction_id
    )
    await rechecks.want_for_sale(tx, sale)
    outcome = await settled(tx, before, transaction_id)
    later = await naming.settle_later(tx, later)
    await audit.record_each(
        tx,
        actor=by,
        action="transaction.partner_assigned",
        subject="transaction",
        entries=[(str(one), {"partner": partner.code, "with": str(transaction_id)}) for one in later.sales],
    )
    return outcome.model_copy(update={"payouts": tuple(dict.fromkeys([*outcome.payouts, *later.payouts]))})


async def reassign(
    tx: TenantTransaction, transaction_id: TransactionId, partner_code: str, *, by: str, reason: str
) -> Outcome:
    """A person gives a sale to another partner, as long as nothing of it was settled.

    Commissions are written anew from the chain of the new partner at the instant of the sale.

    What a payout holds is taken out of it, which voids its approval. Raises NotFound, NotAcceptable (no such partner,
    no reason) and NotAllowedNow (it is the partner already; something is paid or promised by a document).
    """
    sale = await lock_with_payer(tx, transaction_id)
    transaction_id = sale.id
    partner = await partners.find_by_code(tx, partner_code)
    if partner is None:
        raise NotAcceptable("unknown_partner")
    require_reason(reason)
    if sale.partner_id == partner.id:
        raise NotAllowedNow("same_partner")
    await rechecks.want_for_sale(tx, sale)
    held = await clawbacks.hold(tx, transaction_id)
    before = await read_state(tx, transaction_id)
    earned = [row for row in before.commissions if row.kind != "correction"]
    touched = []
    for row in sorted(earned, key=lambda row: row.payout_number or ""):
        in_payout = row.state is CommissionState.IN_PAYOUT and row.payout_number in held
        if in_payout and await clawbacks.take_out(tx, row):
            touched.append(row.payout_number)
        elif row.kind != "sale" or row.state in (CommissionState.PAID, CommissionState.IN_PAYOUT):
            raise NotAllowedNow("sale_settled")
    bound = await attribution.bind(tx, sale, partner_id=partner.id, campaign_id=sale.campaign_id, by="person")
    await attribution.hold_own_purchase(tx, sale, bound)
    await audit.record(
        tx,
        actor=by,
        action="transaction.partner_reassigned",
        subject="transaction",
        subject_id=str(transaction_id),
        detail={"partner": [sale.partner_code, partner.code], "reason": reason},
    )
    await tasks.close_questions(
        tx,
        subject="transaction",
        subject_id=str(transaction_id),
        kinds=(
            "unknown_partner_code",
            "customer_of_several_partners",
            "partner_differs",
            "invoice_names_other_partner",
        ),
        by=by,
    )
    outcome = await settled(tx, before, transaction_id)
    numbers = [number for number in touched if number is not None]
    return outcome.model_copy(update={"payouts": tuple(dict.fromkeys([*numbers, *outcome.payouts]))})


async def lock_with_payer(tx: TenantTransaction, transaction_id: TransactionId) -> Transaction:
    """The sale, locked after what a payment of the same subscription or customer would hold, with those that would
    follow it. Raises NotFound."""
    sale = await transactions.get(tx, transaction_id)
    await hands.hold_tenant(tx)
    await references.hold_references(tx, await customers.keys_of_payer(tx, sale.subscription, sale.customer_id))
    sale = await transactions.lock(tx, transaction_id)
    await naming.hold_later(tx, subscription=sale.subscription, customer_id=sale.customer_id, since=sale.sold_at)
    return sale
