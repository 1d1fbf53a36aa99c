"""The document table of rules.md (strategy A, lexoffice credit note): which partner may get which document, or why not.

Pure. [K] a tax adviser must confirm the table before real use. Sources: § 14 Abs. 2 Satz 5, § 14c, § 19 UStG.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

from ledger.books import books_named
from ledger.countries import COUNTRIES
from ledger.reasons import Reason
from ledger.types import LEXOFFICE, DocumentStrategy, Frozen, TaxCase, TaxStatus

PRIVATE_NOTE = "Ohne Umsatzsteuer: Leistung einer Privatperson"
SMALL_BUSINESS_NOTE = "Steuerfreie Leistung eines Kleinunternehmers (§ 19 UStG)"
STANDARD_RATE = Decimal("19.00")
NO_TAX = Decimal("0.00")


class PartnerFacts(Frozen):
    """What is known of a partner on the service date."""

    status: TaxStatus | None
    confirmed_year: int | None = None
    tax_number: str | None = None
    vat_id: str | None = None
    name: str = ""
    street: str | None = None
    zip: str | None = None
    city: str | None = None
    country_code: str | None = None
    agreement_accepted: bool = False
    agreement_version: str | None = None
    agreement_on: date | None = None
    """The day in Berlin on which it was accepted."""
    exclusion: Literal["employee", "exempt_mediation"] | None = None
    """Who is no supplier of taxable services, whatever the status: no document is written."""
    declared_on: date | None = None
    """When a private person said that she is no business."""
    phone: str | None = None
    mail: str | None = None
    rendered_from: str | None = None
    """The country of the seat, as a person decided where address and VAT number disagree."""


class TenantFacts(Frozen):
    """The tenant as lexoffice's profile shows it, or without books as its own settings do."""

    small_business: bool | None
    tax_type: str | None
    address_known: bool
    tax_id_known: bool
    agreement_version: str | None = None
    """The version of the agreement that partners must have accepted; None: any."""
    document_day: date | None = None
    """Of a document that is written now: agreements count from their day on."""
    books: str = LEXOFFICE
    tax_options: Mapping[TaxCase, str] = {}
    """What a document free of VAT is called in these books, for each case that an admin has confirmed."""
    name: str | None = None
    street: str | None = None
    zip: str | None = None
    city: str | None = None
    country_code: str | None = None
    vat_id: str | None = None
    tax_number: str | None = None
    own_document_profile: Literal["en16931", "xrechnung"] = "en16931"
    buyer_reference: str | None = None


class DocumentRule(Frozen):
    """How the document is written: lexoffice's taxType, the rate in percent, title and the note to a vat-free one."""

    tax_case: TaxCase
    tax_type: str
    rate: Decimal
    title: str
    note: str | None = None
    strategy: Literal[DocumentStrategy.LEXOFFICE_CREDIT_NOTE] = DocumentStrategy.LEXOFFICE_CREDIT_NOTE


class BlockedBy(Reason):
    """Why there is no document."""


RULES = {
    TaxCase.REGULAR: DocumentRule(tax_case=TaxCase.REGULAR, tax_type="net", rate=STANDARD_RATE, title="Gutschrift"),
    TaxCase.SMALL_BUSINESS: DocumentRule(
        tax_case=TaxCase.SMALL_BUSINESS,
        tax_type="vatfree",
        rate=NO_TAX,
        title="Gutschrift",
        note=SMALL_BUSINESS_NOTE,
    ),
    # Never VAT for a private person (§ 14c UStG), and not the word Gutschrift either.
    TaxCase.PRIVATE: DocumentRule(
        tax_case=TaxCase.PRIVATE,
        tax_type="vatfree",
        rate=NO_TAX,
        title="Provisionsabrechnung",
        # Without a note of ours lexoffice prints the organisation's own, usually that of § 19 UStG: not true of her.
        note=PRIVATE_NOTE,
    ),
}


def document_rule(partner: PartnerFacts, tenant: TenantFacts, service_date: date) -> DocumentRule | BlockedBy:
    """What document this partner gets for a service on this day (Europe/Berlin), or why none."""
    found = _missing(partner, tenant) or _rule_of_status(partner, tenant, service_date)
    if isinstance(found, DocumentRule) and books_named(tenant.books).tax_options:
        return found if found.tax_case in tenant.tax_options else BlockedBy.of("tax_option_missing", books=tenant.books)
    return found


def status_unknown(tenant: TenantFacts) -> BlockedBy:
    """That it is not known how the tenant itself is taxed: some books tell it, else the tenant does."""
    if books_named(tenant.books).tells_taxation:
        return BlockedBy(code="not_connected")
    return BlockedBy(code="own_vat_status_missing")


def _rule_of_status(partner: PartnerFacts, tenant: TenantFacts, service_date: date) -> DocumentRule | BlockedBy:
    match partner.status:
        # A tax-exempt organisation may write only vat-free documents (lexoffice API, taxConditions).
        case TaxStatus.REGULAR if tenant.small_business or tenant.tax_type == "vatfree":
            return BlockedBy(code="regular_partner_of_small_business")
        case TaxStatus.REGULAR:
            return RULES[TaxCase.REGULAR]
        case TaxStatus.SMALL_BUSINESS if partner.confirmed_year != service_date.year:
            return BlockedBy.of("small_business_not_confirmed", year=service_date.year)
        case TaxStatus.SMALL_BUSINESS:
            return RULES[TaxCase.SMALL_BUSINESS]
        case TaxStatus.PRIVATE:
            return RULES[TaxCase.PRIVATE]
        case _:
            return BlockedBy(code="needs_own_document")


def _missing(partner: PartnerFacts, tenant: TenantFacts) -> BlockedBy | None:
    if tenant.small_business is None:
        return status_unknown(tenant)
    if not tenant.address_known:
        return BlockedBy(code="tenant_address_missing")
    if partner.status is None:
        return BlockedBy(code="tax_status_missing")
    if found := excluded(partner):
        return found
    if not all(_says(text) for text in (partner.street, partner.zip, partner.city, partner.country_code)):
        return BlockedBy(code="address_missing")
    if partner.country_code not in COUNTRIES:
        return BlockedBy(code="partner_country_unknown")  # taken before 1.0; lexoffice would refuse the document
    if found := agreement_missing(partner, tenant):
        return found
    abroad = partner.country_code != "DE"
    if abroad and partner.status in (TaxStatus.REGULAR, TaxStatus.SMALL_BUSINESS):
        return BlockedBy(code="needs_own_document")
    if partner.status in (TaxStatus.REGULAR, TaxStatus.SMALL_BUSINESS):
        if not (_says(partner.tax_number) or _says(partner.vat_id)):
            return BlockedBy(code="tax_number_missing")
        if not tenant.tax_id_known:
            return BlockedBy(code="tenant_tax_id_missing")
    return None


def agreement_missing(partner: PartnerFacts, tenant: TenantFacts) -> BlockedBy | None:
    """An agreement counts for documents dated on or after it, whenever the service was rendered."""
    if not partner.agreement_accepted:
        return BlockedBy(code="agreement_missing")
    if partner.agreement_on and tenant.document_day and partner.agreement_on > tenant.document_day:
        return BlockedBy.of("agreement_not_yet", day=partner.agreement_on)
    if tenant.agreement_version not in (None, partner.agreement_version):
        return BlockedBy(code="agreement_outdated")
    return None


def excluded(partner: PartnerFacts) -> BlockedBy | None:
    """That a person said of the partner that what it is paid is no taxable service."""
    match partner.exclusion:
        case "employee":
            return BlockedBy(code="partner_is_employee")
        case "exempt_mediation":
            return BlockedBy(code="mediation_is_exempt")
        case None:
            return None


def _says(text: str | None) -> bool:
    """Whether anything would stand on the document."""
    return bool(text and text.strip())
