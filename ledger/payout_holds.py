"""A person puts a payout back („zurückstellen“), and takes it up again. The ledger's own holds are not lifted here."""

from ledger import audit, intents, payouts
from ledger.database import Connection
from ledger.payouts import Payout
from ledger.refusals import DocumentUnderWay, NotAllowedNow, require_reason
from ledger.types import PayoutState, Tenant

_BEFORE_ITS_DOCUMENT = (PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED)


async def put_back(db: Connection, tenant: Tenant, number: str, *, actor: str, reason: str) -> Payout:
    """Nothing goes on until somebody takes it up again.

    Raises NotFound, NotAcceptable (no reason), NotAllowedNow, DocumentUnderWay once a creation intent exists.
    """
    payout = await payouts.lock(db, tenant, number)
    require_reason(reason)
    if payout.state not in _BEFORE_ITS_DOCUMENT:
        raise NotAllowedNow("put_back_too_late")
    if await intents.open_of_payout(db, tenant, payout.id) is not None:
        raise DocumentUnderWay
    done = await db.fetchval(
        """
        UPDATE payouts SET held_reason = $3, held_by = $4, held_at = now(), updated_at = now()
         WHERE tenant_id = $1 AND id = $2 AND held_by IS NULL RETURNING true
        """,
        tenant.id,
        payout.id,
        reason,
        actor,
    )
    if not done:
        raise NotAllowedNow("put_back_before")
    await _note(db, tenant, payout, "payout.put_back", actor, reason)
    return payout


async def take_up(db: Connection, tenant: Tenant, number: str, *, actor: str, reason: str) -> Payout:
    """What else holds it (a new account, a stopped partner) comes to light again by a trigger.

    Its workflow is to look again. Raises NotFound, NotAcceptable (no reason), NotAllowedNow.
    """
    payout = await payouts.lock(db, tenant, number)
    require_reason(reason)
    done = await db.fetchval(
        """
        UPDATE payouts SET held_reason = NULL, held_by = NULL, held_at = NULL, updated_at = now()
         WHERE tenant_id = $1 AND id = $2 AND held_by IS NOT NULL RETURNING true
        """,
        tenant.id,
        payout.id,
    )
    if not done:
        raise NotAllowedNow("not_put_back")
    await payouts.want_recheck(db, tenant, payout.id)
    await _note(db, tenant, payout, "payout.taken_up", actor, reason)
    return payout


async def _note(db: Connection, tenant: Tenant, payout: Payout, action: str, actor: str, reason: str) -> None:
    await audit.record(
        db, tenant, actor=actor, action=action, subject="payout", subject_id=payout.number, detail={"reason": reason}
    )
