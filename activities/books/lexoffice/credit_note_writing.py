"""The credit note of a payout, as it is sent to lexoffice (rules.md, The document, strategy A)."""

from datetime import datetime

from activities.books.introductions import introduction_of
from ledger.database import TenantTransaction
from ledger.payouts import document_lines, document_parties
from ledger.payouts.document_lines import DocumentLine
from ledger.payouts.document_parties import Party
from ledger.payouts.payouts import Payout
from ledger.tax.document_rules import RULES, DocumentRule
from lexoffice.new_documents import LineItem, NewCreditNote, Recipient


async def write_credit_note(
    tx: TenantTransaction, payout: Payout, *, marker: str, voucher_date: datetime
) -> NewCreditNote:
    """The finalized credit note for this payout. Amounts are the approved ones; lexoffice adds the tax itself."""
    rule = RULES[payout.tax_case]
    partner = await document_parties.partner_of(tx, payout)
    lines = await document_lines.of_document(tx, payout.id)
    return NewCreditNote(
        voucher_date=voucher_date,
        recipient=_recipient(partner),
        lines=tuple(_items(lines, rule)),
        tax_type=rule.tax_type,
        tax_type_note=rule.note,
        title=rule.title,
        introduction=introduction_of(payout, partner, await document_parties.tenant_of(tx), lines),
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


def _items(lines: list[DocumentLine], rule: DocumentRule) -> list[LineItem]:
    return [_item(text.title, text.net_cents, rule, description=text.note) for text in document_lines.texts_of(lines)]


def _item(name: str, net_cents: int, rule: DocumentRule, *, description: str | None = None) -> LineItem:
    return LineItem(
        name=name,
        description=description,
        unit_name="Pauschale",
        unit_price_cents=net_cents,
        tax_rate_percentage=rule.rate,
    )
