"""The credit note of a payout, as it is sent to lexoffice (rules.md, The document, strategy A)."""

from collections.abc import Callable
from datetime import date, datetime

from ledger.database import TenantTransaction
from ledger.payouts import document_parties, payout_lines
from ledger.payouts.document_parties import Party
from ledger.payouts.payout_lines import PayoutLine
from ledger.payouts.payouts import Payout
from ledger.tax.document_rules import RULES, DocumentRule
from ledger.types import TaxCase
from lexoffice.new_documents import LineItem, NewCreditNote, Recipient

MOST_LINES = 250
"""lexoffice takes 300; above 250 the lines are one per campaign, level and month, the rest is in the statement."""


async def write_credit_note(
    tx: TenantTransaction, payout: Payout, *, marker: str, voucher_date: datetime
) -> NewCreditNote:
    """The finalized credit note for this payout. Amounts are the approved ones; lexoffice adds the tax itself."""
    rule = RULES[payout.tax_case]
    partner = await document_parties.partner_of(tx, payout)
    lines = [line for line in await payout_lines.of_payout(tx, payout.id) if not line.released]
    return NewCreditNote(
        voucher_date=voucher_date,
        recipient=_recipient(partner),
        lines=tuple(_items(lines, rule)),
        tax_type=rule.tax_type,
        tax_type_note=rule.note,
        title=rule.title,
        introduction=_introduction(payout, partner, await document_parties.tenant_of(tx)),
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
            f"Leistender: {partner.one_line}",
            f"Leistungsempfänger: {tenant.one_line}",
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
