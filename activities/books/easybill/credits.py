"""A CREDIT as its intent keeps it: all of what is sent, and its customer, whose number is known before it is sent."""

from datetime import date

from pydantic import ValidationError

from activities.books.documents import NotWritable
from activities.books.introductions import introduction_of
from easybill.customers import NewCustomer
from easybill.new_documents import NewDocument, NewPosition, VatOption
from ledger import clock
from ledger.database import TenantTransaction
from ledger.documents.intents import Intent
from ledger.payouts import document_lines, document_parties
from ledger.payouts.payouts import Payout
from ledger.tax import tax_options
from ledger.tax.document_rules import RULES
from ledger.tax.tax_facts import partner_facts
from ledger.types import Frozen, PartnerId, TaxStatus

_NOBODY = 1
"""Stands for the customer where only the rest is tried."""


class CreditContent(Frozen):
    """`external_id` is the marker: easybill keeps it as a field, and nothing of it is printed."""

    external_id: str
    document_date: date
    partner: PartnerId
    customer: NewCustomer
    """The partner as approved: what it becomes while the CREDIT waits to be sent does not get onto it."""
    items: tuple[NewPosition, ...]
    service_from: date
    service_to: date
    title: str
    text_prefix: str
    text: str
    vat_option: VatOption | None
    text_tax: str | None
    customer_id: int | None = None

    def to_send(self, customer: int) -> NewDocument:
        """The draft for this customer. Raises pydantic's ValidationError."""
        members = self.model_dump(exclude={"partner", "customer", "customer_id", "items"})
        return NewDocument(type="CREDIT", customer_id=customer, items=self.items, **members)


def content_of(intent: Intent) -> CreditContent:
    """What is sent, or was."""
    return CreditContent.model_validate(intent.content)


async def write_credit(tx: TenantTransaction, payout: Payout, *, marker: str, on: date) -> CreditContent:
    """The CREDIT of this payout. Amounts are the approved ones; easybill adds the tax itself. Raises NotWritable."""
    rule = RULES[payout.tax_case]
    lines = await document_lines.of_document(tx, payout.id)
    first_day, last_day = document_lines.period_of(lines)
    partner, tenant = await document_parties.partner_of(tx, payout), await document_parties.tenant_of(tx)
    option = await tax_options.find(tx, payout.books, payout.tax_case)
    try:
        content = CreditContent(
            external_id=marker,
            document_date=on,
            partner=payout.partner_id,
            customer=await _customer(tx, payout.partner_id),
            items=tuple(
                NewPosition(
                    description=f"{text.title}\n{text.note}" if text.note else text.title,
                    single_price_net_cents=text.net_cents,
                    vat_percent=rule.rate,
                )
                for text in document_lines.texts_of(lines)
            ),
            service_from=first_day,
            service_to=last_day,
            title=rule.title,
            text_prefix=introduction_of(payout, partner, tenant, lines),
            text=f"Auszahlung {payout.number}",
            vat_option=None if option in (None, tax_options.TAXED) else option,
            text_tax=rule.note,
        )
        content.to_send(_NOBODY)
    except ValidationError as error:
        raise NotWritable.of(error) from None
    return content


async def _customer(tx: TenantTransaction, partner: PartnerId) -> NewCustomer:
    """The partner as a customer. Raises pydantic's ValidationError."""
    is_now = await partner_facts(tx, partner, clock.today())
    private = is_now.status is TaxStatus.PRIVATE
    return NewCustomer(
        company_name=None if private else is_now.name,
        last_name=is_now.name,
        personal=private,
        emails=(is_now.mail,) if is_now.mail else (),
        street=is_now.street,
        zip_code=is_now.zip,
        city=is_now.city,
        country=is_now.country_code or "DE",
        vat_identifier=is_now.vat_id,
        tax_number=is_now.tax_number,
        # No line that names a partner: a sale to it would be taken for its own.
        note=f"PartnerDesk {tx.tenant.slug}/{partner}",
    )
