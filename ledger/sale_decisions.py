"""What a person decides about a sale: that it may go on though it was held, and who brought it."""

from ledger import attribution, audit, partners, tasks, transactions
from ledger.database import Connection
from ledger.outcome import Outcome, look, settled
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.types import Tenant, TransactionId


async def release_hold(
    db: Connection, tenant: Tenant, transaction_id: TransactionId, *, by: str, reason: str
) -> Outcome:
    """A person lets a held sale go on. Raises NotFound and NotAllowedNow (it is not held)."""
    held = await transactions.lock(db, tenant, transaction_id)
    if held.held_reason is None:
        raise NotAllowedNow("Diese Transaktion ist nicht angehalten.", code="not_held")
    before = await look(db, tenant, transaction_id)
    await db.execute(
        "UPDATE transactions SET held_reason = NULL WHERE tenant_id = $1 AND id = $2", tenant.id, transaction_id
    )
    await audit.record(
        db,
        tenant,
        actor=by,
        action="transaction.released",
        subject="transaction",
        subject_id=str(transaction_id),
        detail={"held_reason": held.held_reason, "reason": reason},
    )
    await tasks.close_questions(
        db, tenant, subject="transaction", subject_id=str(transaction_id), kinds=("own_purchase",), by=by
    )
    return await settled(db, tenant, before, transaction_id)


async def assign_partner(
    db: Connection, tenant: Tenant, transaction_id: TransactionId, partner_code: str, *, by: str
) -> Outcome:
    """Say who brought a sale that nobody brought yet.

    Raises NotFound, NotAcceptable (no such partner) and NotAllowedNow (it has a partner, whose commissions stand).
    """
    sale = await transactions.lock(db, tenant, transaction_id)
    partner = await partners.find_by_code(db, tenant, partner_code)
    if partner is None:
        raise NotAcceptable("Einen Partner mit diesem Code gibt es nicht.", code="unknown_partner")
    if sale.partner_id is not None:
        raise NotAllowedNow("Diese Transaktion hat schon einen Partner.", code="has_partner")
    before = await look(db, tenant, transaction_id)
    bound = await attribution.bind(db, tenant, sale, partner_id=partner.id, campaign_id=sale.campaign_id)
    await attribution.hold_own_purchase(db, tenant, sale, bound)
    await audit.record(
        db,
        tenant,
        actor=by,
        action="transaction.partner_assigned",
        subject="transaction",
        subject_id=str(transaction_id),
        detail={"partner": partner.code},
    )
    await tasks.close_questions(
        db, tenant, subject="transaction", subject_id=str(transaction_id), kinds=("unknown_partner_code",), by=by
    )
    return await settled(db, tenant, before, transaction_id)
