"""A person gives a sale to another partner, as long as nothing of it was settled."""

from ledger import attribution, audit, claw_backs, partners, tasks, transactions
from ledger.database import Connection
from ledger.outcome import Outcome, look, settled
from ledger.refusals import NotAcceptable, NotAllowedNow, require_reason
from ledger.types import CommissionState, Tenant, TransactionId


async def reassign(
    db: Connection, tenant: Tenant, transaction_id: TransactionId, partner_code: str, *, by: str, reason: str
) -> Outcome:
    """Commissions are written anew from the chain of the new partner at the instant of the sale.

    What a payout holds is taken out of it, which voids its approval. Raises NotFound, NotAcceptable (no such partner,
    no reason) and NotAllowedNow (it is the partner already; something is paid or promised by a document).
    """
    sale = await transactions.lock(db, tenant, transaction_id)
    partner = await partners.find_by_code(db, tenant, partner_code)
    if partner is None:
        raise NotAcceptable("Einen Partner mit diesem Code gibt es nicht.", code="unknown_partner")
    require_reason(reason)
    if sale.partner_id == partner.id:
        raise NotAllowedNow("Dieser Verkauf gehört dem Partner schon.", code="same_partner")
    before = await look(db, tenant, transaction_id)
    earned = [row for row in before.commissions if row.kind != "correction"]
    touched = []
    for row in sorted(earned, key=lambda row: row.payout_number or ""):
        if row.state is CommissionState.IN_PAYOUT and await claw_backs.take_out(db, tenant, row):
            touched.append(row.payout_number)
        elif row.kind != "sale" or row.state in (CommissionState.PAID, CommissionState.IN_PAYOUT):
            raise NotAllowedNow(
                "Provisionen dieses Verkaufs sind schon abgerechnet. Bitte gleichen Sie mit Korrekturzeilen aus.",
                code="sale_settled",
            )
    bound = await attribution.bind(db, tenant, sale, partner_id=partner.id, campaign_id=sale.campaign_id)
    await attribution.hold_own_purchase(db, tenant, sale, bound)
    await audit.record(
        db,
        tenant,
        actor=by,
        action="transaction.partner_reassigned",
        subject="transaction",
        subject_id=str(transaction_id),
        detail={"partner": [sale.partner_code, partner.code], "reason": reason},
    )
    await tasks.close_questions(
        db,
        tenant,
        subject="transaction",
        subject_id=str(transaction_id),
        kinds=("unknown_partner_code", "partner_differs", "invoice_names_other_partner"),
        by=by,
    )
    outcome = await settled(db, tenant, before, transaction_id)
    numbers = [number for number in touched if number is not None]
    return outcome.model_copy(update={"payouts": tuple(dict.fromkeys([*numbers, *outcome.payouts]))})
