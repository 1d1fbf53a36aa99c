"""What a partner is for German VAT, and when. The document table (document_rules.py) judges it; this only remembers."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator, model_validator

from ledger import tax_numbers
from ledger.audit import audit, hands
from ledger.database import TenantTransaction
from ledger.programme import partners
from ledger.tax import vat_checks
from ledger.tax_numbers import BusinessId, VatId
from ledger.types import BusinessDay, Frozen, PartnerId, Submitted, TaxStatus


class NewTaxStatus(Submitted):
    """`valid_until` is exclusive. A small business is confirmed for a calendar year and counts only in it.

    Numbers are kept as ledger/tax_numbers.py writes them; those that contradict the status are refused.
    """

    status: TaxStatus
    valid_from: BusinessDay
    valid_until: BusinessDay | None = None
    vat_id: VatId = None
    tax_number: str | None = Field(default=None, max_length=tax_numbers.LONGEST)
    business_id: BusinessId = None
    confirmed_year: int | None = Field(default=None, ge=2000, le=2200)
    exclusion: Literal["employee", "exempt_mediation"] | None = None
    """Who gets no document at all: an employee of the tenant, or mediation exempt by § 4 Nr. 8, 11 UStG."""
    declared_on: BusinessDay | None = None
    """When a private person said not to be a business; else the day of the record counts."""

    @field_validator("tax_number")
    @classmethod
    def _as_documents_print_it(cls, text: str | None, info: ValidationInfo) -> str | None:
        if not text or not text.strip() or "status" not in info.data:
            return None
        return tax_numbers.tax_number(text, info.data["status"])

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.status is TaxStatus.SMALL_BUSINESS and self.confirmed_year is None:
            raise ValueError("confirmed_year_missing")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("validity_ends_too_early")
        if wrong := tax_numbers.contradiction(self.status, self.vat_id, self.tax_number):
            raise wrong
        return self


class TaxRecord(Frozen):
    """A status as it was recorded, valid from `valid_from` until before `valid_until`.

    Its numbers stay as they were written: those of before 1.1 may be none.
    """

    status: TaxStatus
    valid_from: date
    valid_until: date | None = None
    vat_id: str | None = None
    tax_number: str | None = None
    business_id: str | None = None
    confirmed_year: int | None = None
    exclusion: Literal["employee", "exempt_mediation"] | None = None
    declared_on: date | None = None
    id: UUID
    partner_id: PartnerId
    recorded_by: str | None
    recorded_at: datetime


_COLUMNS = """
    id, partner_id, status, valid_from, valid_until, vat_id, tax_number, business_id, confirmed_year, exclusion,
    declared_on, recorded_by, recorded_at
"""


async def record_tax_status(tx: TenantTransaction, partner_id: PartnerId, new: NewTaxStatus, *, by: str) -> TaxRecord:
    """From its first day on the new status takes the place of what was valid then. Raises NotFound, NotAcceptable.

    What stands on it, payouts and documents of now and then, is looked at by rechecks.want_for_partner.
    """
    seat = (await partners.get(tx, partner_id)).country_code
    number = None if new.tax_number is None else tax_numbers.tax_number(new.tax_number, new.status, seat)
    await tx.execute(
        """
        UPDATE partner_tax_statuses SET valid_until = $3
         WHERE tenant_id = $1 AND partner_id = $2 AND valid_from < $3 AND (valid_until IS NULL OR valid_until > $3)
        """,
        tx.tenant.id,
        partner_id,
        new.valid_from,
    )
    # clock_timestamp(): of two records for the same day in one transaction the later one counts.
    recorded = await tx.fetchrow(
        f"""
        INSERT INTO partner_tax_statuses (tenant_id, partner_id, status, valid_from, valid_until, vat_id, tax_number,
                                          business_id, confirmed_year, recorded_by, exclusion, declared_on,
                                          recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, clock_timestamp())
        RETURNING {_COLUMNS}
        """,
        tx.tenant.id,
        partner_id,
        new.status,
        new.valid_from,
        new.valid_until,
        new.vat_id,
        number,
        new.business_id,
        new.confirmed_year,
        by,
        new.exclusion,
        new.declared_on,
    )
    assert recorded is not None
    await tx.execute(
        "UPDATE partners SET last_edited_by = $3 WHERE tenant_id = $1 AND id = $2", tx.tenant.id, partner_id, by
    )
    await hands.hold_partner(tx, partner_id)
    await audit.record(
        tx,
        actor=by,
        action="partner.tax_status_recorded",
        subject="partner",
        subject_id=str(partner_id),
        detail=audit.apart({"record": str(recorded["id"]), **new.model_dump(mode="json", exclude_none=True)}),
    )
    await vat_checks.ask_about_numbers(tx, [partner_id])
    if new.vat_id is not None:
        await vat_checks.want(tx, partner_id, new.vat_id, by=by)
    return TaxRecord.from_row(recorded)


async def tax_status_on(tx: TenantTransaction, partner_id: PartnerId, day: date) -> TaxRecord | None:
    """What the partner was on that day (Europe/Berlin); None where nothing is recorded for it."""
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM tax_status_on($1, $2, $3)", tx.tenant.id, partner_id, day)
    return None if row is None else TaxRecord.from_row(row)


async def tax_statuses(tx: TenantTransaction, partner_id: PartnerId) -> list[TaxRecord]:
    """All of them, the latest first."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM partner_tax_statuses WHERE tenant_id = $1 AND partner_id = $2
         ORDER BY valid_from DESC, recorded_at DESC
        """,
        tx.tenant.id,
        partner_id,
    )
    return [TaxRecord.from_row(row) for row in rows]
