"""What the document table asks about tenant and partner, read once for many lines or for one day."""

from collections.abc import Sequence
from datetime import date

from ledger import clock
from ledger.books import BOOKS
from ledger.database import TenantTransaction
from ledger.refusals import NotFound
from ledger.tax.document_rules import PartnerFacts, TenantFacts
from ledger.types import LEXOFFICE, PartnerId

FACTS = """
    p.name, p.phone, p.email AS mail, p.street, p.zip, p.city, p.country_code,
    p.agreement_accepted_at IS NOT NULL AS agreement_accepted,
    p.agreement_version, (p.agreement_accepted_at AT TIME ZONE 'Europe/Berlin')::date AS agreement_on,
    s.status, s.confirmed_year, s.vat_id, s.tax_number, s.exclusion,
    COALESCE(s.declared_on, (s.recorded_at AT TIME ZONE 'Europe/Berlin')::date) AS declared_on,
    (SELECT d.rendered_from FROM seat_decisions d
      WHERE d.tenant_id = p.tenant_id AND d.partner_id = p.id AND d.country_code = p.country_code
        AND d.vat_id = s.vat_id
      ORDER BY d.decided_at DESC LIMIT 1) AS rendered_from
"""
"""Of partner `p` with tax status `s`, as members of PartnerFacts."""


def status_on(day: str) -> str:
    """A join of the tax status `s` of partner `p` on that day."""
    return f"LEFT JOIN LATERAL tax_status_on(p.tenant_id, p.id, {day}) s ON true"


async def partner_facts(tx: TenantTransaction, partner: PartnerId, on: date) -> PartnerFacts:
    """What the partner was on this day. Raises NotFound."""
    row = await tx.fetchrow(
        f"SELECT {FACTS} FROM partners p {status_on('$3::date')} WHERE p.tenant_id = $1 AND p.id = $2",
        tx.tenant.id,
        partner,
        on,
    )
    if row is None:
        raise NotFound("partner_not_found")
    return PartnerFacts.from_row(row)


async def facts_of_today(tx: TenantTransaction, partners: Sequence[PartnerId]) -> dict[PartnerId, PartnerFacts]:
    """What these partners are today (Europe/Berlin)."""
    today = status_on("$3::date")
    rows = await tx.fetch(
        f"SELECT p.id, {FACTS} FROM partners p {today} WHERE p.tenant_id = $1 AND p.id = ANY ($2)",
        tx.tenant.id,
        list(partners),
        clock.today(),
    )
    return {PartnerId(row["id"]): PartnerFacts.from_row(row) for row in rows}


async def tenant_facts(tx: TenantTransaction, books: str | None = None) -> TenantFacts:
    """What decides the tenant's documents: tax profile, address, tax number, agreement. Raises NotFound.

    `books`: those of a payout, which keeps its own.
    """
    row = await tx.fetchrow(
        r"""
        SELECT CASE WHEN b.tells THEN p.small_business ELSE COALESCE(t.small_business, p.small_business) END
                    AS small_business,
               CASE WHEN b.tells THEN p.tax_type END AS tax_type, t.agreement_version, b.name AS books,
               t.name, t.street, t.zip, t.city, t.country_code, t.vat_id, t.tax_number, t.own_document_profile,
               t.buyer_reference,
               (t.street ~ '\S' AND t.zip ~ '\S' AND t.city ~ '\S') IS TRUE AS address_known,
               (t.vat_id ~ '\S' OR t.tax_number ~ '\S') IS TRUE AS tax_id_known,
               COALESCE((SELECT jsonb_object_agg(o.tax_case, o.option) FROM tax_options o
                          WHERE o.tenant_id = t.id AND o.books = b.name), '{}') AS tax_options
          FROM tenants t
         CROSS JOIN LATERAL (SELECT COALESCE($2, t.books) AS name, COALESCE($2, t.books) = ANY ($3) AS tells) b
          LEFT JOIN provider_connections p
                 ON p.tenant_id = t.id AND p.provider = CASE WHEN b.tells THEN b.name ELSE $4 END
         WHERE t.id = $1
        """,
        tx.tenant.id,
        books,
        [row.name for row in BOOKS.values() if row.tells_taxation],
        LEXOFFICE,
    )
    if row is None:
        raise NotFound("tenant_not_found")
    return TenantFacts.from_row(row, document_day=clock.today())
