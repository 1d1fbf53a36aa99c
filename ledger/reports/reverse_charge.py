"""§ 13b UStG by month: what the tenant owes of its documents, and what of the month is not documented yet.

A business of the EU counts with the month of its service, one of a third country with the month of its document. [K]
A Storno for a change (§ 17 UStG) or an objection counts with the month of that.
"""

from datetime import date

from ledger.database import TenantTransaction
from ledger.tax.own_document_rules import reverse_charge_tax_cents
from ledger.types import Frozen, PayoutNumber, TaxCase, month_after


class ReverseChargeDocument(Frozen):
    """One document of the month; a Storno or a correction is negative. Cents."""

    number: str
    issued_on: date
    payout: PayoutNumber | None
    partner_code: str
    partner_name: str
    tax_case: TaxCase | None
    """None: a correction over a balance that is of no payout."""
    net_cents: int

    @property
    def tax_cents(self) -> int:
        """What is owed of it."""
        return reverse_charge_tax_cents(self.net_cents)


class Undocumented(Frozen):
    """What a partner rendered in the month and no document names. Net cents."""

    partner_code: str
    partner_name: str
    tax_case: TaxCase
    lines: int
    net_cents: int


class ReverseCharge(Frozen):
    """A month. `month` is its first day."""

    month: date
    documents: tuple[ReverseChargeDocument, ...]
    undocumented: tuple[Undocumented, ...]

    @property
    def net_cents(self) -> int:
        """Of all documents."""
        return sum(one.net_cents for one in self.documents)

    @property
    def tax_cents(self) -> int:
        """What is to be declared for the month: document by document, as each was rounded."""
        return sum(one.tax_cents for one in self.documents)


async def of_month(tx: TenantTransaction, month: date) -> ReverseCharge:
    """The documents that count in this month, closed numbers apart, and what is not documented of it."""
    documents = await tx.fetch(
        """
        SELECT o.number, o.issued_on, p.number AS payout, q.code AS partner_code, q.name AS partner_name,
               COALESCE(p.tax_case, v.tax_case) AS tax_case, o.net_cents
          FROM own_documents o
          LEFT JOIN own_documents r ON r.tenant_id = o.tenant_id AND r.id = o.original_id
          LEFT JOIN own_reversals v ON v.tenant_id = o.tenant_id AND v.document_id = o.id AND v.ground <> 'error'
          LEFT JOIN payouts p ON p.tenant_id = o.tenant_id AND p.id = COALESCE(o.payout_id, r.payout_id)
          JOIN partners q ON q.tenant_id = o.tenant_id AND q.id = COALESCE(p.partner_id, o.partner_id)
         WHERE o.tenant_id = $1 AND o.closed_at IS NULL AND o.content #>> '{vat,category}' = 'AE'
           AND CASE WHEN COALESCE(p.tax_case, v.tax_case) = 'eu_business'
                    THEN COALESCE(v.counts_in, (o.content ->> 'period_to')::date)
                ELSE o.issued_on END
               BETWEEN $2 AND $3::date - 1
         ORDER BY o.seq
        """,
        tx.tenant.id,
        month,
        month_after(month),
    )
    undocumented = await tx.fetch(
        """
        SELECT q.code AS partner_code, q.name AS partner_name, s.status AS tax_case, count(*) AS lines,
               sum(c.net_cents)::bigint AS net_cents
          FROM commissions c
          JOIN partners q ON q.tenant_id = c.tenant_id AND q.id = c.partner_id
         CROSS JOIN LATERAL tax_status_on(c.tenant_id, c.partner_id, c.service_date) s
          LEFT JOIN payout_lines l ON l.tenant_id = c.tenant_id AND l.commission_id = c.id AND l.released_at IS NULL
          LEFT JOIN own_documents o ON o.tenant_id = l.tenant_id AND o.payout_id = l.payout_id AND o.closed_at IS NULL
         WHERE c.tenant_id = $1 AND c.service_date BETWEEN $2 AND $3::date - 1 AND c.net_cents > 0
           AND c.state IN ('pending', 'approved', 'in_payout') AND s.status IN ('eu_business', 'third_country')
           AND o.id IS NULL
         GROUP BY q.code, q.name, s.status ORDER BY q.code
        """,
        tx.tenant.id,
        month,
        month_after(month),
    )
    return ReverseCharge(
        month=month,
        documents=tuple(ReverseChargeDocument.from_row(row) for row in documents),
        undocumented=tuple(Undocumented.from_row(row) for row in undocumented),
    )
