"""The two who stand on a payout's document: name, address and tax numbers, as the books print them."""

from typing import Any
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.payouts.payouts import Payout
from ledger.refusals import NotFound
from ledger.types import Frozen


class Party(Frozen):
    """Tenant or partner as a document prints them."""

    name: str
    supplement: str | None
    street: str | None
    zip: str | None
    city: str | None
    country_code: str | None
    vat_id: str | None
    tax_number: str | None
    contact_id: UUID | None = None

    @property
    def one_line(self) -> str:
        """Name, address and one tax number, separated by commas; what is missing is left out."""
        place = " ".join(part for part in (self.zip, self.city) if part)
        ids = [f"USt-IdNr. {self.vat_id}" if self.vat_id else None]
        if not self.vat_id and self.tax_number:
            ids = [f"Steuernummer {self.tax_number}"]
        return ", ".join(part for part in (self.name, self.street, place, self.country_code, *ids) if part)


async def partner_of(tx: TenantTransaction, payout: Payout) -> Party:
    """Who is paid, with the tax number of the days that it is paid for. Raises NotFound.

    A claw-back may be of a day on which the partner is, by now, known to have been something else; it keeps its tax
    case, and says nothing here.
    """
    row = await tx.fetchrow(
        """
        WITH paid AS (
            SELECT COALESCE(max(c.service_date), $4) AS until
              FROM payout_lines l JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
             WHERE l.tenant_id = $1 AND l.payout_id = $3 AND l.released_at IS NULL AND c.tax_case IS NULL)
        SELECT p.name, p.supplement, p.street, p.zip, p.city, p.country_code, p.lexoffice_contact_id AS contact_id,
               s.vat_id, s.tax_number
          FROM partners p CROSS JOIN paid
          LEFT JOIN LATERAL tax_status_on(p.tenant_id, p.id, paid.until) s ON true
         WHERE p.tenant_id = $1 AND p.id = $2
        """,
        tx.tenant.id,
        payout.partner_id,
        payout.id,
        payout.period_to,
    )
    return _party(row)


async def tenant_of(tx: TenantTransaction) -> Party:
    """Who pays, as it is called today. Raises NotFound."""
    row = await tx.fetchrow(
        """
        SELECT name, NULL AS supplement, street, zip, city, country_code, vat_id, tax_number, NULL::uuid AS contact_id
          FROM tenants WHERE id = $1
        """,
        tx.tenant.id,
    )
    return _party(row)


def _party(row: Any) -> Party:
    if row is None:
        raise NotFound("partner_not_found")
    return Party.from_row(row)
