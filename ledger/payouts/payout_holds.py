"""What holds a payout: while a row is open it is neither approved nor is a document made for it. Several may be open.

A person puts it back („zurückstellen“) and takes it up again, here. The ledger's own holds come and go with what they
stand for, by triggers. PostgreSQL keeps the codes of the open rows on the payout (`open_holds`).
"""

from enum import StrEnum

from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.documents import intents
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.refusals import DocumentUnderWay, NotAllowedNow, require_reason
from ledger.types import PayoutState


class PayoutHold(StrEnum):
    """The kinds of hold; the value is the code that is stored and rendered."""

    PUT_BACK = "put_back"
    """By a person, whose words are its `reason`."""
    ACCOUNT_PENDING = "account_pending"
    """A new account of the partner is not in force."""
    PARTNER_STOPPED = "partner_stopped"
    AS_IT_WAS_WRITTEN = "as_it_was_written"
    """Of before holds had codes, in words that nobody knows any more: `text`."""


LIFTED_BY_A_PERSON = (PayoutHold.PUT_BACK, PayoutHold.AS_IT_WAS_WRITTEN)
"""The others end by themselves."""
_BEFORE_ITS_DOCUMENT = (PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED)


async def put_back(tx: TenantTransaction, number: str, *, actor: str, reason: str) -> Payout:
    """Nothing goes on until somebody takes it up again.

    Raises NotFound, NotAcceptable (no reason), NotAllowedNow, DocumentUnderWay once a creation intent exists.
    """
    payout = await payouts.lock(tx, number)
    require_reason(reason)
    if payout.state not in _BEFORE_ITS_DOCUMENT:
        raise NotAllowedNow("put_back_too_late")
    if await intents.open_of_payout(tx, payout.id) is not None:
        raise DocumentUnderWay
    done = await tx.fetchval(
        """
        INSERT INTO payout_holds (tenant_id, payout_id, code, params, set_by) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant_id, payout_id, code) WHERE released_at IS NULL DO NOTHING RETURNING true
        """,
        tx.tenant.id,
        payout.id,
        PayoutHold.PUT_BACK,
        {"reason": reason},
        actor,
    )
    if not done:
        raise NotAllowedNow("put_back_before")
    await _note(tx, payout, "payout.put_back", actor, reason)
    return payout


async def take_up(tx: TenantTransaction, number: str, *, actor: str, reason: str) -> Payout:
    """What else holds it (a new account, a stopped partner) still does.

    Its workflow is to look again. Raises NotFound, NotAcceptable (no reason), NotAllowedNow.
    """
    payout = await payouts.lock(tx, number)
    require_reason(reason)
    done = await tx.fetchval(
        """
        WITH lifted AS (
            UPDATE payout_holds SET released_at = now(), released_by = $4
             WHERE tenant_id = $1 AND payout_id = $2 AND code = ANY ($3) AND released_at IS NULL RETURNING id)
        SELECT count(*) > 0 FROM lifted
        """,
        tx.tenant.id,
        payout.id,
        list(LIFTED_BY_A_PERSON),
        actor,
    )
    if not done:
        raise NotAllowedNow("not_put_back")
    await payouts.want_recheck(tx, payout.id)
    await _note(tx, payout, "payout.taken_up", actor, reason)
    return payout


async def _note(tx: TenantTransaction, payout: Payout, action: str, actor: str, reason: str) -> None:
    await audit.record(
        tx, actor=actor, action=action, subject="payout", subject_id=payout.number, detail={"reason": reason}
    )
