"""The document table of rules.md for documents of our own (strategy B): what a partner gets and what it says, or why
nothing.

Pure. The tax case follows the seat from which the service is rendered; a number only proves it. [K] a tax adviser must
confirm the table before real use. Sources: § 3a Abs. 2, § 13b, § 14 Abs. 2 and 4, § 14a, § 14c, § 19, § 19a UStG,
§ 34a UStDV. VATEX codes: EN 16931 code list; for § 19 UStG there is none.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

from ledger.countries import COUNTRIES
from ledger.money import vat_cents
from ledger.tax.document_rules import (
    NO_TAX,
    SMALL_BUSINESS_NOTE,
    STANDARD_RATE,
    BlockedBy,
    PartnerFacts,
    TenantFacts,
    agreement_missing,
    excluded,
    status_unknown,
)
from ledger.tax.own_document_fields import missing_contact, missing_field
from ledger.tax.seats import Area, area_of, is_of_small_business, registered_in
from ledger.types import DocumentStrategy, Frozen, TaxCase, TaxStatus
from ledger.vat import Vat, VatCategory

SELF_BILLED = "Gutschrift gemäß § 14 Abs. 2 Satz 5 UStG"
SELF_BILLED_ENGLISH = "Self-billing invoice according to § 14 (2) sentence 5 UStG (German VAT Act)"
_REVERSE_CHARGE_ENGLISH = "Reverse charge: VAT is owed by the recipient of the service"
_SMALL_BUSINESS_ENGLISH = "Exempt supply of a small enterprise (§ 19 (4) UStG, German VAT Act)"

BookedAs = Literal["regular", "untaxed", "thirteen_b_eu", "thirteen_b_third"]


class OwnDocumentRule(Frozen):
    """What one document of our own says. Texts are German; the English ones stand beside them for a partner abroad."""

    tax_case: TaxCase
    vat: Vat
    kind: Literal["self_billed", "commission_statement"]
    booked_as: BookedAs
    """Which category of the books takes it."""
    sentences: tuple[str, ...] = ()
    sentences_english: tuple[str, ...] = ()
    must_be_e_invoice: bool = False
    """A fatal finding bars the document; elsewhere it goes without its XML."""
    has_xml: bool = True
    profile: Literal["en16931", "xrechnung"] = "en16931"
    buyer_reference: str | None = None
    seller_vat_id: str | None = None
    seller_tax_number: str | None = None
    """What is printed of the partner's numbers: the one that proves the case, no other."""
    strategy: Literal[DocumentStrategy.OWN_DOCUMENT] = DocumentStrategy.OWN_DOCUMENT

    @property
    def rate(self) -> Decimal:
        """Percent."""
        return self.vat.rate

    @property
    def title(self) -> str:
        """What the document is called."""
        return "Gutschrift" if self.kind == "self_billed" else "Provisionsabrechnung"


def is_reverse_charge(case: TaxCase) -> bool:
    """Whether the tenant owes the tax (§ 13b UStG)."""
    return case in (TaxCase.EU_BUSINESS, TaxCase.THIRD_COUNTRY)


def reverse_charge_tax_cents(net_cents: int) -> int:
    """What the tenant owes of a document of § 13b UStG."""
    return vat_cents(net_cents, STANDARD_RATE)


def own_document_rule(partner: PartnerFacts, tenant: TenantFacts, day: date) -> OwnDocumentRule | BlockedBy:
    """What document this partner gets for a service on this day (Europe/Berlin), or why none."""
    if missing := _missing(partner, tenant) or _not_of_its_seat(partner):
        return missing
    rule = _of_status(partner, tenant, day)
    # Elsewhere a document without a contact goes without its XML.
    if isinstance(rule, OwnDocumentRule) and rule.must_be_e_invoice and rule.profile == "xrechnung":
        return missing_contact(partner) or rule
    return rule


def _of_status(partner: PartnerFacts, tenant: TenantFacts, day: date) -> OwnDocumentRule | BlockedBy:
    match partner.status:
        case TaxStatus.REGULAR:
            return _with_german_number(_REGULAR, partner, tenant)
        case TaxStatus.SMALL_BUSINESS if partner.confirmed_year != day.year:
            return BlockedBy.of("small_business_not_confirmed", year=day.year)
        case TaxStatus.SMALL_BUSINESS:
            return _with_german_number(_SMALL_BUSINESS, partner, tenant)
        case TaxStatus.SMALL_BUSINESS_EU:
            return _small_business_of_the_eu(partner, tenant)
        case TaxStatus.PRIVATE:
            return _private(partner)
        case TaxStatus.EU_BUSINESS:
            return _eu_business(partner, tenant)
        case _:
            return _third_country(partner, tenant)


def rule_of_case(case: TaxCase) -> OwnDocumentRule:
    """The same without what is of one partner: numbers and days."""
    return _OF_CASE[case]


_REGULAR = OwnDocumentRule(
    tax_case=TaxCase.REGULAR,
    vat=Vat(category=VatCategory.STANDARD, rate=STANDARD_RATE),
    kind="self_billed",
    booked_as="regular",
    sentences=(SELF_BILLED,),
    must_be_e_invoice=True,
)
_SMALL_BUSINESS = OwnDocumentRule(
    tax_case=TaxCase.SMALL_BUSINESS,
    vat=Vat(category=VatCategory.EXEMPT, rate=NO_TAX, reason=SMALL_BUSINESS_NOTE),
    kind="self_billed",
    booked_as="untaxed",
    sentences=(SELF_BILLED,),
)
_SMALL_BUSINESS_EU = OwnDocumentRule(
    tax_case=TaxCase.SMALL_BUSINESS_EU,
    vat=Vat(
        category=VatCategory.EXEMPT,
        rate=NO_TAX,
        reason="Steuerfreie Leistung eines Kleinunternehmers (§ 19 Abs. 4 UStG)",
        reason_english=_SMALL_BUSINESS_ENGLISH,
    ),
    kind="self_billed",
    booked_as="untaxed",
    sentences=(SELF_BILLED,),
    sentences_english=(SELF_BILLED_ENGLISH,),
)
_PRIVATE = OwnDocumentRule(
    tax_case=TaxCase.PRIVATE,
    vat=Vat(category=VatCategory.EXEMPT, rate=NO_TAX, reason="Kein Umsatzsteuerausweis."),
    kind="commission_statement",
    booked_as="untaxed",
    has_xml=False,
)


def _reverse_charge(case: TaxCase, reason: str, booked_as: BookedAs) -> OwnDocumentRule:
    return OwnDocumentRule(
        tax_case=case,
        vat=Vat(
            category=VatCategory.REVERSE_CHARGE,
            rate=NO_TAX,
            reason=reason,
            reason_english=_REVERSE_CHARGE_ENGLISH,
            code="VATEX-EU-AE",
        ),
        kind="self_billed",
        booked_as=booked_as,
        sentences=(SELF_BILLED,),
        sentences_english=(SELF_BILLED_ENGLISH,),
    )


_EU_BUSINESS = _reverse_charge(
    TaxCase.EU_BUSINESS, "Steuerschuldnerschaft des Leistungsempfängers (reverse charge)", "thirteen_b_eu"
)
_THIRD_COUNTRY = _reverse_charge(
    TaxCase.THIRD_COUNTRY,
    "Steuerschuldnerschaft des Leistungsempfängers (reverse charge, § 13b UStG)",
    "thirteen_b_third",
)
_OF_CASE = {
    rule.tax_case: rule
    for rule in (_REGULAR, _SMALL_BUSINESS, _SMALL_BUSINESS_EU, _PRIVATE, _EU_BUSINESS, _THIRD_COUNTRY)
}

_SEATS = {
    TaxStatus.REGULAR: Area.GERMANY,
    TaxStatus.SMALL_BUSINESS: Area.GERMANY,
    TaxStatus.PRIVATE: Area.GERMANY,
    TaxStatus.EU_BUSINESS: Area.EU,
    TaxStatus.SMALL_BUSINESS_EU: Area.EU,
    TaxStatus.THIRD_COUNTRY: Area.THIRD_COUNTRY,
}

_NOT_OF = {
    Area.GERMANY: "seat_is_in_germany",
    Area.EU: "seat_is_in_the_eu",
    Area.THIRD_COUNTRY: "seat_is_in_a_third_country",
}


def seat_of(partner: PartnerFacts) -> Area:
    """Whence the service is rendered: the address, or what a person decided where the number says something else."""
    if partner.rendered_from is not None and partner.rendered_from != partner.country_code:
        return area_of(partner.rendered_from, "")
    return area_of(partner.country_code or "", partner.zip or "", partner.city or "")


def disagreement(partner: PartnerFacts) -> BlockedBy | None:
    """That seat and VAT number are of different sides of the border, until a person has decided (seat_decisions)."""
    if not _says(partner.vat_id) or partner.country_code is None or partner.rendered_from is not None:
        return None
    assert partner.vat_id is not None
    here, number = seat_of(partner) is Area.GERMANY, registered_in(partner.vat_id) is Area.GERMANY
    if here == number:
        return None
    return BlockedBy.of("seat_and_number_disagree", country=partner.country_code, prefix=partner.vat_id.strip()[:2])


def _missing(partner: PartnerFacts, tenant: TenantFacts) -> BlockedBy | None:
    if tenant.small_business is None:
        return status_unknown(tenant)
    if partner.status is None:
        return BlockedBy(code="tax_status_missing")
    if found := excluded(partner) or missing_field(partner, tenant):
        return found
    if partner.country_code not in COUNTRIES:
        return BlockedBy(code="partner_country_unknown")
    return agreement_missing(partner, tenant)


def _not_of_its_seat(partner: PartnerFacts) -> BlockedBy | None:
    if found := disagreement(partner):
        return found
    assert partner.status is not None
    seat = seat_of(partner)
    if seat is _SEATS[partner.status]:
        return None
    if partner.status is TaxStatus.PRIVATE:
        return BlockedBy(code="private_person_abroad")
    return BlockedBy(code=_NOT_OF[seat])


def _with_german_number(
    rule: OwnDocumentRule, partner: PartnerFacts, tenant: TenantFacts
) -> OwnDocumentRule | BlockedBy:
    """Printed is the USt-IdNr., else the Steuernummer; for a small business its EX number will do (§ 34a UStDV)."""
    if _says(partner.vat_id) and registered_in(partner.vat_id or "") is Area.GERMANY:
        if is_of_small_business(partner.vat_id) and rule.tax_case is TaxCase.SMALL_BUSINESS:
            return _printed(rule, tenant, tax_number=partner.vat_id)
        if not is_of_small_business(partner.vat_id):
            return _printed(rule, tenant, vat_id=partner.vat_id)
    if not _says(partner.tax_number) or (is_of_small_business(partner.tax_number) and rule is _REGULAR):
        return BlockedBy(code="tax_number_missing")
    return _printed(rule, tenant, tax_number=partner.tax_number)


def _small_business_of_the_eu(partner: PartnerFacts, tenant: TenantFacts) -> OwnDocumentRule | BlockedBy:
    numbers = [number for number in (partner.vat_id, partner.tax_number) if is_of_small_business(number)]
    if not numbers or registered_in(numbers[0] or "") is not Area.EU:
        return BlockedBy(code="ex_number_missing")
    return _printed(_SMALL_BUSINESS_EU, tenant, tax_number=numbers[0])


def _private(partner: PartnerFacts) -> OwnDocumentRule | BlockedBy:
    if partner.declared_on is None:
        return BlockedBy(code="private_declaration_missing")
    reason = (
        f"Kein Umsatzsteuerausweis. Der Empfänger hat am {partner.declared_on:%d.%m.%Y} erklärt, nicht als Unternehmer "
        "(§ 2 UStG) tätig zu sein."
    )
    return _PRIVATE.model_copy(update={"vat": Vat(category=VatCategory.EXEMPT, rate=NO_TAX, reason=reason)})


def _eu_business(partner: PartnerFacts, tenant: TenantFacts) -> OwnDocumentRule | BlockedBy:
    if not _says(partner.vat_id) or registered_in(partner.vat_id or "") is not Area.EU:
        return BlockedBy(code="eu_vat_id_missing")
    if is_of_small_business(partner.vat_id):
        return BlockedBy(code="ex_number_is_of_small_business")
    return _own_vat_id_missing(tenant) or _printed(_EU_BUSINESS, tenant, vat_id=partner.vat_id)


def _third_country(partner: PartnerFacts, tenant: TenantFacts) -> OwnDocumentRule | BlockedBy:
    if missing := _own_vat_id_missing(tenant):
        return missing
    rule = _printed(_THIRD_COUNTRY, tenant, tax_number=partner.tax_number)
    # Of a third country only Northern Ireland's number is one that the standard knows as a VAT id.
    if _says(partner.vat_id) and (partner.vat_id or "").strip().upper().startswith("XI"):
        rule = _printed(_THIRD_COUNTRY, tenant, vat_id=partner.vat_id)
    elif not _says(partner.tax_number):
        rule = _printed(_THIRD_COUNTRY, tenant, tax_number=partner.vat_id)
    return rule if rule.seller_vat_id or rule.seller_tax_number else rule.model_copy(update={"has_xml": False})


def _own_vat_id_missing(tenant: TenantFacts) -> BlockedBy | None:
    if _says(tenant.vat_id):
        return None
    return BlockedBy(code="small_business_without_vat_id" if tenant.small_business else "own_vat_id_missing")


def _printed(
    rule: OwnDocumentRule, tenant: TenantFacts, *, vat_id: str | None = None, tax_number: str | None = None
) -> OwnDocumentRule:
    return rule.model_copy(
        update={
            "seller_vat_id": vat_id.strip() if vat_id and _says(vat_id) else None,
            "seller_tax_number": tax_number.strip() if tax_number and _says(tax_number) else None,
            "profile": tenant.own_document_profile,
            "buyer_reference": tenant.buyer_reference,
        }
    )


def _says(text: str | None) -> bool:
    return bool(text and text.strip())
