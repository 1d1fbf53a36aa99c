"""Whether the VAT id of a partner is proven today, and what an approval may do where it is not (rules.md, B)."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from ledger import clock
from ledger.database import TenantTransaction
from ledger.refusals import Blocked, NotAllowedNow
from ledger.tax import vat_checks
from ledger.tax.vat_checks import VatAnswer, VatCheck
from ledger.types import BERLIN, Frozen, PartnerId

AWAY_DAYS = 5
"""So long must nobody have answered before a person may approve with a reason."""


class Standing(StrEnum):
    """How a VAT id stands today. `away` is `missing` or `aged` with a question that waited longer than AWAY_DAYS."""

    PROVEN = "proven"
    MISSING = "missing"
    AGED = "aged"
    AWAY = "away"
    INVALID = "invalid"


class VatProof(Frozen):
    """`newest` is the answer that counts, `waiting` the question that is open, `since` when its first was asked."""

    vat_id: str
    standing: Standing
    newest: VatCheck | None
    waiting: VatCheck | None
    since: datetime | None


async def of_partner(tx: TenantTransaction, partner: PartnerId) -> VatProof | None:
    """How the VAT id that is in force today stands. None where there is none."""
    vat_id = await vat_checks.in_force(tx, partner)
    if vat_id is None:
        return None
    days = await tx.fetchval("SELECT vat_proof_days FROM tenants WHERE id = $1", tx.tenant.id)
    of_it = [one for one in await vat_checks.list_of_partner(tx, partner) if one.vat_id == vat_id]
    said = sorted(
        (one for one in of_it if one.answer in (VatAnswer.VALID, VatAnswer.INVALID)),
        key=lambda one: one.answered_at or one.asked_at,
    )
    newest = said[-1] if said else None
    unanswered = [
        one
        for one in of_it
        if one.answer in (None, VatAnswer.UNANSWERED)
        and (newest is None or newest.answered_at is None or one.asked_at > newest.answered_at)
    ]
    since = min((one.asked_at for one in unanswered), default=None)
    return VatProof(
        vat_id=vat_id,
        standing=_standing(newest, since, int(days)),
        newest=newest,
        waiting=next((one for one in unanswered if one.answer is None), None),
        since=since,
    )


def _standing(newest: VatCheck | None, since: datetime | None, days: int) -> Standing:
    now = clock.now()
    if newest is not None and newest.answer is VatAnswer.INVALID:
        return Standing.INVALID
    if newest is not None and newest.proves and _given_on(newest) >= now.date() - timedelta(days=days):
        return Standing.PROVEN
    if since is not None and since <= now - timedelta(days=AWAY_DAYS):
        return Standing.AWAY
    return Standing.MISSING if newest is None or not newest.proves else Standing.AGED


def _given_on(check: VatCheck) -> date:
    return check.request_date or (check.answered_at or check.asked_at).astimezone(BERLIN).date()


async def require(tx: TenantTransaction, partner: PartnerId, *, reason: str | None) -> dict[str, Any]:
    """What an approval of a payout to a business of the EU keeps of its proof.

    Where VIES has been away for AWAY_DAYS, `reason` takes its place. Raises Blocked (`vat_id_not_valid`) and
    NotAllowedNow (`vat_proof_missing`).
    """
    proof = await of_partner(tx, partner)
    if proof is None:
        raise NotAllowedNow("vat_proof_missing")
    match proof.standing:
        case Standing.INVALID:
            raise Blocked("vat_id_not_valid", vat_id=proof.vat_id)
        case Standing.PROVEN if proof.newest is not None:
            return {"vat_check": str(proof.newest.id), "request_id": proof.newest.request_id}
        case Standing.AWAY if reason and reason.strip():
            return {"without_vat_proof": True, "vies_away_since": proof.since and proof.since.isoformat()}
        case Standing.AWAY:
            raise NotAllowedNow("vat_proof_needs_reason")
        case _:
            raise NotAllowedNow("vat_proof_missing")
