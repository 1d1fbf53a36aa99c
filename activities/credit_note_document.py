"""The credit note of a payout, as it is sent to lexoffice (rules.md, The document, strategy A)."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ledger import payout_lines
from ledger.database import Connection
from ledger.payout_lines import PayoutLine
from ledger.payouts import Payout
from ledger.refusals import NotFound
from ledger.tax import RULES, DocumentRule
from ledger.types import Frozen, TaxCase, Tenant
from lexoffice.new_documents import LineItem, NewCreditNote, Recipient

MOST_LINES = 250
"""lexoffice takes 300; above 250 the lines are one per campaign, level and month, the rest is in the statement."""


class Party(Frozen):
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
    def in_one_line(self) -> str:
        place = " ".join(part for part in (self.zip, self.city) if part)
        ids = [f"USt-IdNr. {self.vat_id}" if self.vat_id else None]
        if not self.vat_id and self.tax_number:
            ids = [f"Steuernummer {self.tax_number}"]
        return ", ".join(part for part in (self.name, self.street, place, self.country_code, *ids) if part)


async def write_credit_note(
    db: Connection, tenant: Tenant, payout: Payout, *, marker: str, voucher_date: datetime
) -> NewCreditNote:
    """The finalized credit note for this payout. Amounts are the approved ones; lexoffice adds the tax itself."""
    rule = RULES[payout.tax_case]
    partner = await _partner(db, tenant, payout)
    lines = [line for line in await payout_lines.of_payout(db, tenant, payout.id) if not line.released]
    return NewCreditNote(
        voucher_date=voucher_date,
        recipient=_recipient(partner),
        lines=tuple(_items(lines, rule)),
        tax_type=rule.tax_type,
        tax_type_note=rule.note,
        title=rule.title,
        introduction=_introduction(payout, partner, await _tenant(db, tenant)),
        remark=f"Auszahlung {payout.number}\n{marker}",
    )


def _recipient(partner: Party) -> Recipient:
    """The contact where there is one (lexoffice uses its billing address), else a one-time address."""
    if partner.contact_id is not None:
        return Recipient(contact_id=partner.contact_id)
    return Recipient(
        name=partner.name,
        supplement=partner.supplement,
        street=partner.street,
        zip=partner.zip,
        city=partner.city,
        country_code=partner.country_code,
    )


def _introduction(payout: Payout, partner: Party, tenant: Party) -> str:
    heading = "Gutschrift gemäß § 14 Abs. 2 Satz 5 UStG"
    if payout.tax_case is TaxCase.PRIVATE:
        heading = "Provisionsabrechnung"  # § 14c UStG: to a private person it must not look like a Gutschrift with VAT
    return "\n".join(
        (
            heading,
            f"Leistender: {partner.in_one_line}",
            f"Leistungsempfänger: {tenant.in_one_line}",
            f"Vermittlungsprovisionen, Leistungszeitraum {_day(payout.period_from)} bis {_day(payout.period_to)}",
            f"Auszahlung {payout.number}",
        )
    )


def _items(lines: list[PayoutLine], rule: DocumentRule) -> list[LineItem]:
    if len(lines) <= MOST_LINES:
        return [_item(_title(line), line.net_cents, rule, description=_sale(line)) for line in lines]
    grouped = next(found for parts in _GROUPINGS if len(found := _grouped(lines, parts)) <= MOST_LINES)
    return [_item(", ".join(("Provisionen", *name)), net_cents, rule) for name, net_cents in grouped]


_PARTS: dict[str, Callable[[PayoutLine], str]] = {
    "campaign": lambda line: line.campaign or "ohne Kampagne",
    "level": lambda line: f"Stufe {line.level}",
    "month": lambda line: f"{line.service_date:%m.%Y}",
}
_GROUPINGS = (("campaign", "level", "month"), ("campaign", "level"), ("level",))
"""The first that needs no more than MOST_LINES; there are ten levels."""


def _grouped(lines: list[PayoutLine], parts: tuple[str, ...]) -> list[tuple[tuple[str, ...], int]]:
    """What a line is called, and the sum of its lines, in the order in which each name comes first."""
    sums: dict[tuple[str, ...], int] = {}
    for line in sorted(lines, key=lambda line: (line.service_date, line.level)):
        name = tuple(_PARTS[part](line) for part in parts)
        sums[name] = sums.get(name, 0) + line.net_cents
    return list(sums.items())


def _item(name: str, net_cents: int, rule: DocumentRule, *, description: str | None = None) -> LineItem:
    return LineItem(
        name=name,
        description=description,
        unit_name="Pauschale",
        unit_price_cents=net_cents,
        tax_rate_percentage=rule.rate,
    )


def _title(line: PayoutLine) -> str:
    if line.month is not None:
        return f"Monatsabschluss {line.month:%m.%Y}" + (f", {line.campaign}" if line.campaign else "")
    what = "Rückbelastung" if line.kind == "clawback" else "Provision"
    if line.kind == "correction":
        return "Zusätzliche Provision" if line.net_cents > 0 else "Korrektur von Provisionen"
    return f"{what} Stufe {line.level}" + (f", {line.campaign}" if line.campaign else "")


def _sale(line: PayoutLine) -> str:
    if line.month is not None:
        return f"Staffeln und Höchstbeträge der Provisionen im {line.month:%m.%Y}"
    if line.kind == "correction":
        return f"Leistungstag {_day(line.service_date)}"  # written by a person, on no sale
    return f"Verkauf vom {_day(line.service_date)}, Vorgang {line.transaction_id}"


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


async def _partner(db: Connection, tenant: Tenant, payout: Payout) -> Party:
    """With the tax number of the days that it is paid for. A claw-back may be of a day on which the partner is, by now,
    known to have been something else; it keeps its tax case, and says nothing here."""
    row = await db.fetchrow(
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
        tenant.id,
        payout.partner_id,
        payout.id,
        payout.period_to,
    )
    return _party(row)


async def _tenant(db: Connection, tenant: Tenant) -> Party:
    row = await db.fetchrow(
        """
        SELECT name, NULL AS supplement, street, zip, city, country_code, vat_id, tax_number, NULL::uuid AS contact_id
          FROM tenants WHERE id = $1
        """,
        tenant.id,
    )
    return _party(row)


def _party(row: Any) -> Party:
    if row is None:
        raise NotFound
    return Party(**row)
