"""Coupons that partners hand on: whoever buys with one was brought by its partner.

Compared like partners' codes: after NFKC, trimmed, in capitals. One code is one partner's at a time; a sale belongs to
whose it was when the sale was made, so a coupon may pass on.
"""

from collections.abc import Sequence
from datetime import datetime

from ledger import plain_text
from ledger.audit import audit, hands
from ledger.database import TenantTransaction
from ledger.programme import partners
from ledger.refusals import AlreadyExists, NotAcceptable, NotFound
from ledger.types import Frozen, PartnerId

_LONGEST = 100


class Coupon(Frozen):
    """Whose a code is, since when, and until when it was."""

    code: str
    partner_code: str
    recorded_by: str
    recorded_at: datetime
    ended_at: datetime | None


_COUPON = """
    SELECT c.code, p.code AS partner_code, c.recorded_by, c.recorded_at, c.ended_at
      FROM coupons c JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
     WHERE c.tenant_id = $1
"""


async def add(tx: TenantTransaction, partner_id: PartnerId, code: str, *, by: str) -> Coupon:
    """The code is this partner's from now on. Raises NotAcceptable, AlreadyExists (it is somebody's), NotFound."""
    known = plain_text.code_of(code)
    if not 0 < len(known) <= _LONGEST:
        raise NotAcceptable("coupon_not_acceptable", most=_LONGEST)
    await hands.hold_partner(tx, partner_id)
    await partners.get(tx, partner_id)
    made = await tx.fetchval(
        """
        INSERT INTO coupons (tenant_id, code, partner_id, recorded_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, code) WHERE ended_at IS NULL DO NOTHING RETURNING id
        """,
        tx.tenant.id,
        known,
        partner_id,
        by,
    )
    if made is None:
        raise AlreadyExists("coupon_taken")
    await _audited(tx, partner_id, "partner.coupon_added", known, by=by)
    row = await tx.fetchrow(_COUPON + " AND c.id = $2", tx.tenant.id, made)
    assert row is not None
    return Coupon.from_row(row)


async def end(tx: TenantTransaction, partner_id: PartnerId, code: str, *, by: str) -> None:
    """It names nobody in sales to come. Raises NotFound where it is not this partner's."""
    known = plain_text.code_of(code)
    await hands.hold_partner(tx, partner_id)
    ended = await tx.fetchval(
        """
        UPDATE coupons SET ended_at = now(), ended_by = $4
         WHERE tenant_id = $1 AND partner_id = $2 AND code = $3 AND ended_at IS NULL RETURNING true
        """,
        tx.tenant.id,
        partner_id,
        known,
        by,
    )
    if not ended:
        raise NotFound("coupon_not_found")
    await _audited(tx, partner_id, "partner.coupon_ended", known, by=by)


async def list_of_partner(tx: TenantTransaction, partner_id: PartnerId) -> list[Coupon]:
    """All of them, those in force first, then the newest."""
    rows = await tx.fetch(
        _COUPON + " AND c.partner_id = $2 ORDER BY c.ended_at DESC NULLS FIRST, c.recorded_at DESC, c.code",
        tx.tenant.id,
        partner_id,
    )
    return [Coupon.from_row(row) for row in rows]


async def partner_of(tx: TenantTransaction, codes: Sequence[str], at: datetime) -> PartnerId | None:
    """Whose the first of these was at that instant, or is, where it was nobody's before."""
    known = [plain_text.code_of(code) for code in codes]
    found = await tx.fetchval(
        """
        SELECT c.partner_id FROM unnest($2::text[]) WITH ORDINALITY AS w (code, position)
          JOIN coupons c ON c.tenant_id = $1 AND c.code = w.code
         WHERE c.ended_at IS NULL OR c.ended_at > $3
         ORDER BY w.position, c.recorded_at <= $3 DESC, abs(extract(epoch FROM c.recorded_at - $3)) LIMIT 1
        """,
        tx.tenant.id,
        known,
        at,
    )
    return None if found is None else PartnerId(found)


async def _audited(tx: TenantTransaction, partner_id: PartnerId, action: str, code: str, *, by: str) -> None:
    told = audit.apart({"coupon": code})
    await audit.record(tx, actor=by, action=action, subject="partner", subject_id=str(partner_id), detail=told)
