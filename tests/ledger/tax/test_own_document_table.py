"""The table of own documents in rules.md, row by row: every tax case at either kind of tenant under either strategy."""

from datetime import date
from decimal import Decimal

import pytest

from api.http.language import in_words
from ledger.books import NO_BOOKS
from ledger.tax.document_rules import BlockedBy, DocumentRule, PartnerFacts, TenantFacts, document_rule
from ledger.tax.own_document_rules import OwnDocumentRule, own_document_rule, reverse_charge_tax_cents, rule_of_case
from ledger.tax.seats import Area, area_of, registered_in
from ledger.types import TaxCase, TaxStatus

DAY = date(2026, 11, 20)
PARTNER = PartnerFacts(
    status=TaxStatus.REGULAR,
    confirmed_year=2026,
    tax_number="12/345/67890",
    name="Anna",
    street="Weg 2",
    zip="10115",
    city="Berlin",
    country_code="DE",
    agreement_accepted=True,
    declared_on=date(2026, 1, 5),
)
TENANT = TenantFacts(
    small_business=False,
    tax_type="net",
    address_known=True,
    tax_id_known=True,
    name="Muster GmbH",
    street="Weg 1",
    zip="10115",
    city="Berlin",
    country_code="DE",
    vat_id="DE136695976",
    document_day=date(2026, 12, 1),
)
SMALL = TENANT.model_copy(update={"small_business": True, "tax_type": "vatfree"})
ABROAD = {"street": "Ring 1", "zip": "1010", "city": "Wien", "country_code": "AT", "tax_number": None}
SWISS = ABROAD | {"zip": "8001", "city": "Zürich", "country_code": "CH"}

PARTNERS = {
    TaxCase.REGULAR: PARTNER,
    TaxCase.SMALL_BUSINESS: PARTNER.model_copy(update={"status": TaxStatus.SMALL_BUSINESS}),
    TaxCase.PRIVATE: PARTNER.model_copy(update={"status": TaxStatus.PRIVATE, "tax_number": None}),
    TaxCase.SMALL_BUSINESS_EU: PARTNER.model_copy(
        update=ABROAD | {"status": TaxStatus.SMALL_BUSINESS_EU, "tax_number": "ATU12345678EX"}
    ),
    TaxCase.EU_BUSINESS: PARTNER.model_copy(update=ABROAD | {"status": TaxStatus.EU_BUSINESS, "vat_id": "ATU13585627"}),
    TaxCase.THIRD_COUNTRY: PARTNER.model_copy(
        update=SWISS | {"status": TaxStatus.THIRD_COUNTRY, "tax_number": "CHE-116.281.710 MWST"}
    ),
}
LEGAL = "Gutschrift gemäß § 14 Abs. 2 Satz 5 UStG"
NOTE_19 = "Steuerfreie Leistung eines Kleinunternehmers (§ 19 UStG)"
NOTE_19_EU = "Steuerfreie Leistung eines Kleinunternehmers (§ 19 Abs. 4 UStG)"
NOTE_PRIVATE = (
    "Kein Umsatzsteuerausweis. Der Empfänger hat am 05.01.2026 erklärt, nicht als Unternehmer (§ 2 UStG) tätig zu sein."
)
NOTE_EU = "Steuerschuldnerschaft des Leistungsempfängers (reverse charge)"
NOTE_THIRD = "Steuerschuldnerschaft des Leistungsempfängers (reverse charge, § 13b UStG)"
GIVEN = ("Gutschrift", LEGAL)

OWN = {
    # title and legal sentence, category, rate, VATEX, printed reason, has XML, bars on a finding, booked as, number
    TaxCase.REGULAR: (GIVEN, "S", 19, None, None, True, True, "regular", "12/345/67890"),
    TaxCase.SMALL_BUSINESS: (GIVEN, "E", 0, None, NOTE_19, True, False, "untaxed", "12/345/67890"),
    TaxCase.SMALL_BUSINESS_EU: (GIVEN, "E", 0, None, NOTE_19_EU, True, False, "untaxed", "ATU12345678EX"),
    TaxCase.PRIVATE: (("Provisionsabrechnung",), "E", 0, None, NOTE_PRIVATE, False, False, "untaxed", None),
    TaxCase.EU_BUSINESS: (GIVEN, "AE", 0, "VATEX-EU-AE", NOTE_EU, True, False, "thirteen_b_eu", "ATU13585627"),
    TaxCase.THIRD_COUNTRY: (
        GIVEN, "AE", 0, "VATEX-EU-AE", NOTE_THIRD, True, False, "thirteen_b_third", "CHE-116.281.710 MWST",
    ),
}  # fmt: skip
CREDIT_NOTES: dict[TaxCase, tuple[object, object]] = {
    TaxCase.REGULAR: (("net", 19, None), "regular_partner_of_small_business"),
    TaxCase.SMALL_BUSINESS: (("vatfree", 0, NOTE_19), ("vatfree", 0, NOTE_19)),
    TaxCase.PRIVATE: (("vatfree", 0, "Ohne Umsatzsteuer: Leistung einer Privatperson"),) * 2,
    TaxCase.SMALL_BUSINESS_EU: ("needs_own_document",) * 2,
    TaxCase.EU_BUSINESS: ("needs_own_document",) * 2,
    TaxCase.THIRD_COUNTRY: ("needs_own_document",) * 2,
}


def told(rule: OwnDocumentRule | BlockedBy) -> object:
    if isinstance(rule, BlockedBy):
        assert in_words(rule) != rule.code
        return rule.code
    return (
        (rule.title, *rule.sentences),
        rule.vat.category.value,
        rule.rate,
        rule.vat.code,
        rule.vat.reason,
        rule.has_xml,
        rule.must_be_e_invoice,
        rule.booked_as,
        rule.seller_vat_id or rule.seller_tax_number,
    )


def told_of_credit_note(rule: DocumentRule | BlockedBy) -> object:
    return rule.code if isinstance(rule, BlockedBy) else (rule.tax_type, rule.rate, rule.note)


@pytest.mark.parametrize("tenant", [TENANT, SMALL], ids=["regular", "small_business"])
@pytest.mark.parametrize("case", TaxCase)
def test_each_case_has_its_own_document_at_either_kind_of_tenant(case: TaxCase, tenant: TenantFacts) -> None:
    rule = own_document_rule(PARTNERS[case], tenant, DAY)
    assert told(rule) == OWN[case]
    assert isinstance(rule, OwnDocumentRule)
    assert (rule.tax_case, rule_of_case(case).tax_case) == (case, case)
    assert rule_of_case(case).rate == rule.rate


@pytest.mark.parametrize(("number", "tenant"), [(0, TENANT), (1, SMALL)], ids=["regular", "small_business"])
@pytest.mark.parametrize("case", TaxCase)
def test_each_case_has_its_credit_note_of_lexoffice_or_none(case: TaxCase, number: int, tenant: TenantFacts) -> None:
    assert told_of_credit_note(document_rule(PARTNERS[case], tenant, DAY)) == CREDIT_NOTES[case][number]


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        ({}, "lacks_partner_phone"),
        ({"phone": "030 1234567", "mail": " "}, "lacks_partner_mail"),
        ({"phone": "030 1234567", "mail": "anna@partner.example"}, None),
    ],
)
def test_an_xrechnung_needs_whom_to_ask_at_the_seller(known: dict[str, str], missing: str | None) -> None:
    """BR-DE-6 and 7. Where no e-invoice is owed the document goes without its XML instead."""
    tenant = TENANT.model_copy(update={"own_document_profile": "xrechnung", "buyer_reference": "04011000"})
    rule = own_document_rule(PARTNERS[TaxCase.REGULAR].model_copy(update=known), tenant, DAY)
    assert (rule.code if isinstance(rule, BlockedBy) else None) == missing
    assert isinstance(own_document_rule(PARTNERS[TaxCase.EU_BUSINESS], tenant, DAY), OwnDocumentRule)
    assert isinstance(own_document_rule(PARTNERS[TaxCase.REGULAR], TENANT, DAY), OwnDocumentRule)


@pytest.mark.parametrize("case", [TaxCase.SMALL_BUSINESS_EU, TaxCase.EU_BUSINESS, TaxCase.THIRD_COUNTRY])
def test_a_document_for_somebody_abroad_is_german_and_english(case: TaxCase) -> None:
    rule = own_document_rule(PARTNERS[case], TENANT, DAY)
    assert isinstance(rule, OwnDocumentRule)
    assert len(rule.sentences_english) == len(rule.sentences) == 1
    assert rule.vat.reason_english


@pytest.mark.parametrize(
    ("case", "changed", "code"),
    [
        *((case, {"street": " "}, "lacks_partner_street") for case in TaxCase),
        (TaxCase.REGULAR, {"name": ""}, "lacks_partner_name"),
        (TaxCase.REGULAR, {"zip": None}, "lacks_partner_zip"),
        (TaxCase.PRIVATE, {"city": " "}, "lacks_partner_city"),
        (TaxCase.EU_BUSINESS, {"country_code": None}, "lacks_partner_country"),
        *((case, {"agreement_accepted": False}, "agreement_missing") for case in TaxCase),
        *((case, {"agreement_on": date(2026, 12, 2)}, "agreement_not_yet") for case in TaxCase),
        *((case, {"exclusion": "employee"}, "partner_is_employee") for case in TaxCase),
        *((case, {"exclusion": "exempt_mediation"}, "mediation_is_exempt") for case in TaxCase),
        *((case, {"status": None}, "tax_status_missing") for case in TaxCase),
        (TaxCase.REGULAR, {"country_code": "XX"}, "partner_country_unknown"),
        (TaxCase.REGULAR, {"tax_number": " "}, "tax_number_missing"),
        (TaxCase.REGULAR, {"tax_number": "DE123EX"}, "tax_number_missing"),
        (TaxCase.REGULAR, ABROAD, "seat_is_in_the_eu"),
        (TaxCase.REGULAR, SWISS, "seat_is_in_a_third_country"),
        (TaxCase.REGULAR, {"zip": "78266", "city": "Büsingen"}, "seat_is_in_a_third_country"),
        (TaxCase.REGULAR, {"vat_id": "ATU13585627"}, "seat_and_number_disagree"),
        (TaxCase.SMALL_BUSINESS, {"confirmed_year": 2025}, "small_business_not_confirmed"),
        (TaxCase.SMALL_BUSINESS, {"tax_number": None}, "tax_number_missing"),
        (TaxCase.PRIVATE, {"declared_on": None}, "private_declaration_missing"),
        (TaxCase.PRIVATE, ABROAD, "private_person_abroad"),
        (TaxCase.EU_BUSINESS, {"vat_id": None}, "eu_vat_id_missing"),
        (TaxCase.EU_BUSINESS, {"vat_id": "CHE-1"}, "eu_vat_id_missing"),
        (TaxCase.EU_BUSINESS, {"vat_id": "ATU12345678EX"}, "ex_number_is_of_small_business"),
        (TaxCase.EU_BUSINESS, {"vat_id": "DE136695976"}, "seat_and_number_disagree"),
        (TaxCase.EU_BUSINESS, {"country_code": "DE", "vat_id": None}, "seat_is_in_germany"),
        (TaxCase.SMALL_BUSINESS_EU, {"tax_number": "12345"}, "ex_number_missing"),
        (TaxCase.SMALL_BUSINESS_EU, {"tax_number": "DE123456EX"}, "ex_number_missing"),
        (TaxCase.THIRD_COUNTRY, {"vat_id": "DE136695976"}, "seat_and_number_disagree"),
    ],
)
def test_what_is_not_in_the_table_is_blocked_with_its_reason(
    case: TaxCase, changed: dict[str, object], code: str
) -> None:
    assert told(own_document_rule(PARTNERS[case].model_copy(update=changed), TENANT, DAY)) == code


@pytest.mark.parametrize("case", [TaxCase.EU_BUSINESS, TaxCase.THIRD_COUNTRY])
def test_reverse_charge_needs_the_tenants_vat_number(case: TaxCase) -> None:
    for tenant, code in ((TENANT, "own_vat_id_missing"), (SMALL, "small_business_without_vat_id")):
        without = tenant.model_copy(update={"vat_id": " ", "tax_number": "12/345/67890"})
        assert told(own_document_rule(PARTNERS[case], without, DAY)) == code
        assert not isinstance(own_document_rule(PARTNERS[TaxCase.REGULAR], without, DAY), BlockedBy)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"small_business": None}, "not_connected"),
        ({"small_business": None, "books": NO_BOOKS}, "own_vat_status_missing"),
        ({"street": None}, "lacks_tenant_street"),
        ({"zip": " "}, "lacks_tenant_zip"),
        ({"city": None}, "lacks_tenant_city"),
        ({"country_code": None}, "lacks_tenant_country"),
        ({"agreement_version": "2"}, "agreement_outdated"),
    ],
)
def test_the_tenants_own_facts_are_needed_too(changed: dict[str, object], code: str) -> None:
    assert told(own_document_rule(PARTNER, TENANT.model_copy(update=changed), DAY)) == code


@pytest.mark.parametrize(
    ("case", "numbers", "printed"),
    [
        (TaxCase.REGULAR, {"vat_id": " DE136695976 "}, ("DE136695976", None)),
        (TaxCase.SMALL_BUSINESS, {"vat_id": "DE123456789EX", "tax_number": None}, (None, "DE123456789EX")),
        (TaxCase.SMALL_BUSINESS_EU, {"vat_id": "FR12345678EX", "tax_number": None}, (None, "FR12345678EX")),
        (TaxCase.THIRD_COUNTRY, {"vat_id": "XI110305878"}, ("XI110305878", None)),
        (TaxCase.THIRD_COUNTRY, {"vat_id": "CHE-116.281.710", "tax_number": None}, (None, "CHE-116.281.710")),
    ],
)
def test_the_number_that_proves_the_case_is_printed(
    case: TaxCase, numbers: dict[str, object], printed: tuple[str | None, str | None]
) -> None:
    rule = own_document_rule(PARTNERS[case].model_copy(update=numbers), TENANT, DAY)
    assert isinstance(rule, OwnDocumentRule)
    assert (rule.seller_vat_id, rule.seller_tax_number) == printed


def test_a_third_country_without_a_tax_number_gets_the_pdf_alone() -> None:
    rule = own_document_rule(PARTNERS[TaxCase.THIRD_COUNTRY].model_copy(update={"tax_number": None}), TENANT, DAY)
    assert isinstance(rule, OwnDocumentRule)
    assert not rule.has_xml


@pytest.mark.parametrize(
    ("status", "rendered_from", "tax_number", "expected"),
    [
        (TaxStatus.REGULAR, "DE", None, "DE136695976"),
        (TaxStatus.EU_BUSINESS, "AT", None, "eu_vat_id_missing"),
        (TaxStatus.REGULAR, "AT", None, "seat_is_in_the_eu"),
    ],
)
def test_where_seat_and_number_disagree_a_person_decides_whence_the_service_is_rendered(
    status: TaxStatus, rendered_from: str, tax_number: str | None, expected: str
) -> None:
    abroad = PARTNER.model_copy(update=ABROAD | {"status": status, "vat_id": "DE136695976", "tax_number": tax_number})
    assert told(own_document_rule(abroad, TENANT, DAY)) == "seat_and_number_disagree"
    decided = own_document_rule(abroad.model_copy(update={"rendered_from": rendered_from}), TENANT, DAY)
    assert (decided.code if isinstance(decided, BlockedBy) else decided.seller_vat_id) == expected


@pytest.mark.parametrize(
    ("country", "postcode", "place", "area"),
    [
        ("DE", "10115", "Berlin", Area.GERMANY),
        ("DE", "78266", "Büsingen am Hochrhein", Area.THIRD_COUNTRY),
        ("DE", "27498", "Helgoland", Area.THIRD_COUNTRY),
        ("AT", "6691", "Jungholz", Area.EU),
        ("ES", "28001", "Madrid", Area.EU),
        ("ES", "35001", "Las Palmas", Area.THIRD_COUNTRY),
        ("ES", "38 001", "Santa Cruz", Area.THIRD_COUNTRY),
        ("ES", "51001", "Ceuta", Area.THIRD_COUNTRY),
        ("ES", "07001", "Palma", Area.EU),
        ("FI", "22100", "Mariehamn", Area.THIRD_COUNTRY),
        ("AX", "22100", "Mariehamn", Area.THIRD_COUNTRY),
        ("FR", "75001", "Paris", Area.EU),
        ("FR", "20000", "Ajaccio", Area.EU),
        ("FR", "97400", "Saint-Denis", Area.THIRD_COUNTRY),
        ("RE", "97400", "Saint-Denis", Area.THIRD_COUNTRY),
        ("MC", "98000", "Monaco", Area.EU),
        ("IT", "23041", "Livigno", Area.THIRD_COUNTRY),
        ("IT", "23030", "LIVIGNO", Area.THIRD_COUNTRY),
        ("IT", "23030", "Valdidentro", Area.EU),
        ("IT", "IT-22061", "Campione d'Italia", Area.THIRD_COUNTRY),
        ("GR", "63086", "Karyes", Area.THIRD_COUNTRY),
        ("PT", "9000-001", "Funchal", Area.EU),
        ("GB", "BT1 1AA", "Belfast", Area.THIRD_COUNTRY),
        ("IM", "IM1 1AA", "Douglas", Area.THIRD_COUNTRY),
        ("JE", "JE2 3AB", "St Helier", Area.THIRD_COUNTRY),
        ("SM", "47890", "San Marino", Area.THIRD_COUNTRY),
        ("CH", "8001", "Zürich", Area.THIRD_COUNTRY),
    ],
)
def test_an_address_lies_where_the_law_on_vat_says(country: str, postcode: str, place: str, area: Area) -> None:
    assert area_of(country, postcode, place) is area


@pytest.mark.parametrize(
    ("number", "area"),
    [
        ("DE136695976", Area.GERMANY),
        (" de136695976", Area.GERMANY),
        ("EL094259216", Area.EU),
        ("GR094259216", Area.THIRD_COUNTRY),  # no such prefix
        ("FR12345678901", Area.EU),
        ("XI110305878", Area.THIRD_COUNTRY),
        ("CHE-116.281.710", Area.THIRD_COUNTRY),
    ],
)
def test_a_number_is_from_where_its_prefix_says(number: str, area: Area) -> None:
    assert registered_in(number) is area


def test_what_the_tenant_owes_of_a_reverse_charge_is_told() -> None:
    assert reverse_charge_tax_cents(10_003) == 1_901
    assert Decimal(19) == OWN[TaxCase.REGULAR][2]
