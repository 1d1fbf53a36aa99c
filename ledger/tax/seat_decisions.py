"""From where a partner renders its services, where address and VAT number disagree: what a person decided, and why.

Who decides it decides the tax case, so it leaves a hand. With another address or number the question is a new one.
"""

from datetime import datetime

from pydantic import Field

from ledger import clock
from ledger.audit import audit, hands
from ledger.countries import Country
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow, require_reason
from ledger.tax.own_document_rules import disagreement
from ledger.tax.tax_facts import partner_facts
from ledger.types import Frozen, PartnerId, Submitted


class NewSeatDecision(Submitted):
    """The country of the place from which the services are rendered, and why."""

    rendered_from: Country
    reason: str = Field(min_length=1, max_length=500, examples=["Betriebsstätte in Köln"])


class SeatDecision(Frozen):
    """What was decided about which address and number."""

    country_code: str
    vat_id: str
    rendered_from: str
    reason: str
    decided_by: str
    decided_at: datetime


async def decide_seat(tx: TenantTransaction, partner_id: PartnerId, new: NewSeatDecision, *, by: str) -> SeatDecision:
    """Keep the decision about the partner's present address and number.

    Raises NotFound, NotAcceptable (no reason), NotAllowedNow where seat and number do not disagree. A later one counts
    instead of an earlier one.
    """
    require_reason(new.reason)
    await hands.hold_partner(tx, partner_id)
    facts = await partner_facts(tx, partner_id, clock.today())
    if disagreement(facts.model_copy(update={"rendered_from": None})) is None:
        raise NotAllowedNow("seat_and_number_agree")
    row = await tx.fetchrow(
        """
        INSERT INTO seat_decisions (tenant_id, partner_id, country_code, vat_id, rendered_from, reason, decided_by,
                                    decided_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
        RETURNING country_code, vat_id, rendered_from, reason, decided_by, decided_at
        """,
        tx.tenant.id,
        partner_id,
        facts.country_code,
        facts.vat_id,
        new.rendered_from,
        new.reason.strip(),
        by,
    )
    assert row is not None
    await audit.record(
        tx,
        actor=by,
        action="partner.seat_decided",
        subject="partner",
        subject_id=str(partner_id),
        detail=audit.apart({"rendered_from": new.rendered_from, "reason": new.reason.strip()}),
    )
    return SeatDecision.from_row(row)


async def find_question(tx: TenantTransaction, partner_id: PartnerId) -> Reason | None:
    """That seat and number disagree today, decided or not; None where they agree. Raises NotFound."""
    facts = await partner_facts(tx, partner_id, clock.today())
    return disagreement(facts.model_copy(update={"rendered_from": None}))


async def list_seat_decisions(tx: TenantTransaction, partner_id: PartnerId) -> list[SeatDecision]:
    """All of them, the latest first."""
    rows = await tx.fetch(
        """
        SELECT country_code, vat_id, rendered_from, reason, decided_by, decided_at FROM seat_decisions
         WHERE tenant_id = $1 AND partner_id = $2 ORDER BY decided_at DESC
        """,
        tx.tenant.id,
        partner_id,
    )
    return [SeatDecision.from_row(row) for row in rows]
