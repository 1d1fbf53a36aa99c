"""The document table of rules.md, row by row: which partner gets which document, and what blocks it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from api.http.language import in_words
from ledger.refusals import Blocked
from ledger.tax.document_rules import BlockedBy, DocumentRule, PartnerFacts, TenantFacts, document_rule
from ledger.types import TaxCase, TaxStatus
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import earn, fit_to_be_paid, fit_to_pay, request

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
)
REGULAR = TenantFacts(small_business=False, tax_type="net", address_known=True, tax_id_known=True)
SMALL = REGULAR.model_copy(update={"small_business": True, "tax_type": "vatfree"})

NET = ("net", Decimal("19.00"), "Gutschrift", None)
FREE = ("vatfree", Decimal("0.00"), "Gutschrift", "Steuerfreie Leistung eines Kleinunternehmers (§ 19 UStG)")
PRIVATE = ("vatfree", Decimal("0.00"), "Provisionsabrechnung", "Ohne Umsatzsteuer: Leistung einer Privatperson")


@pytest.mark.parametrize(
    ("status", "regular", "small"),
    [
        (TaxStatus.REGULAR, NET, "regular_partner_of_small_business"),
        (TaxStatus.SMALL_BUSINESS, FREE, FREE),
        (TaxStatus.PRIVATE, PRIVATE, PRIVATE),
        (TaxStatus.EU_BUSINESS, "needs_own_document", "needs_own_document"),
        (TaxStatus.THIRD_COUNTRY, "needs_own_document", "needs_own_document"),
        (None, "tax_status_missing", "tax_status_missing"),
    ],
)
def test_each_status_has_its_document_at_either_kind_of_tenant(
    status: TaxStatus | None, regular: object, small: object
) -> None:
    partner = PARTNER.model_copy(update={"status": status})
    assert [said(document_rule(partner, tenant, DAY)) for tenant in (REGULAR, SMALL)] == [regular, small]


def said(rule: DocumentRule | BlockedBy) -> object:
    if isinstance(rule, BlockedBy):
        assert in_words(rule) != rule.code
        return rule.code
    assert len(rule.title) <= 25
    return (rule.tax_type, rule.rate, rule.title, rule.note)


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ({"street": None}, "address_missing"),
        ({"zip": None}, "address_missing"),
        ({"city": ""}, "address_missing"),
        ({"street": " "}, "address_missing"),
        ({"country_code": None}, "address_missing"),
        ({"agreement_accepted": False}, "agreement_missing"),
    ],
)
@pytest.mark.parametrize("status", [TaxStatus.REGULAR, TaxStatus.SMALL_BUSINESS, TaxStatus.PRIVATE])
def test_whatever_is_missing_blocks_every_document(status: TaxStatus, missing: dict[str, object], code: str) -> None:
    partner = PARTNER.model_copy(update={"status": status, **missing})
    assert said(document_rule(partner, REGULAR, DAY)) == code


@pytest.mark.parametrize(
    ("status", "tax_number", "vat_id", "code"),
    [
        (TaxStatus.REGULAR, None, None, "tax_number_missing"),
        (TaxStatus.REGULAR, " ", "\t", "tax_number_missing"),
        (TaxStatus.REGULAR, None, "DE1", NET),
        (TaxStatus.SMALL_BUSINESS, None, None, "tax_number_missing"),
        (TaxStatus.SMALL_BUSINESS, "1/2", None, FREE),
        (TaxStatus.PRIVATE, None, None, PRIVATE),
    ],
)
def test_who_is_in_business_needs_a_tax_number(
    status: TaxStatus, tax_number: str | None, vat_id: str | None, code: object
) -> None:
    partner = PARTNER.model_copy(update={"status": status, "tax_number": tax_number, "vat_id": vat_id})
    assert said(document_rule(partner, REGULAR, DAY)) == code


@pytest.mark.parametrize(
    ("year", "code"), [(2025, "small_business_not_confirmed"), (2026, FREE), (None, "small_business_not_confirmed")]
)
def test_a_small_business_is_confirmed_for_the_year_of_the_service(year: int | None, code: object) -> None:
    partner = PARTNER.model_copy(update={"status": TaxStatus.SMALL_BUSINESS, "confirmed_year": year})
    assert said(document_rule(partner, REGULAR, DAY)) == code


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"small_business": None}, TaxStatus.REGULAR, "not_connected"),
        ({"address_known": False}, TaxStatus.PRIVATE, "tenant_address_missing"),
        ({"tax_id_known": False}, TaxStatus.REGULAR, "tenant_tax_id_missing"),
        ({"tax_id_known": False}, TaxStatus.PRIVATE, PRIVATE),
    ],
)
def test_the_tenants_own_facts_are_needed_too(changed: dict[str, object], status: TaxStatus, code: object) -> None:
    tenant = REGULAR.model_copy(update=changed)
    assert said(document_rule(PARTNER.model_copy(update={"status": status}), tenant, DAY)) == code


@pytest.mark.parametrize("status", [TaxStatus.REGULAR, TaxStatus.SMALL_BUSINESS])
def test_a_business_abroad_needs_another_document_whatever_it_calls_itself(status: TaxStatus) -> None:
    partner = PARTNER.model_copy(update={"status": status, "country_code": "AT"})
    assert said(document_rule(partner, REGULAR, DAY)) == "needs_own_document"


# The same at the door of a request


@pytest.mark.parametrize(
    ("status", "small_business", "expected"),
    [
        ("regular", False, (TaxCase.REGULAR, 190)),
        ("regular", True, "regular_partner_of_small_business"),
        ("small_business", False, (TaxCase.SMALL_BUSINESS, 0)),
        ("small_business", True, (TaxCase.SMALL_BUSINESS, 0)),
        ("private", False, (TaxCase.PRIVATE, 0)),
        ("private", True, (TaxCase.PRIVATE, 0)),
        ("eu_business", False, "needs_own_document"),
        ("third_country", False, "needs_own_document"),
    ],
)
async def test_a_request_follows_the_table(
    shop: Shop, status: str, small_business: bool, expected: tuple[TaxCase, int] | str
) -> None:
    await fit_to_pay(shop, small_business=small_business)
    await fit_to_be_paid(shop, status=status, confirmed_year=2026)
    await earn(shop, 1000)
    if isinstance(expected, str):
        with pytest.raises(Blocked) as blocked:
            await request(shop)
        assert blocked.value.code == expected
    else:
        payout = await request(shop)
        assert (payout.tax_case, payout.tax_cents) == expected
        assert payout.gross_cents == 1000 + expected[1]


@pytest.mark.parametrize(
    ("blank", "code"),
    [
        ({"street": " "}, "tenant_address_missing"),
        ({"city": ""}, "tenant_address_missing"),
        ({"vat_id": "\t", "tax_number": ""}, "tenant_tax_id_missing"),
    ],
)
async def test_a_blank_text_of_the_tenant_is_none(shop: Shop, blank: dict[str, Any], code: str) -> None:
    await fit_to_pay(shop, **blank)
    await fit_to_be_paid(shop)
    await earn(shop, 1000)
    with pytest.raises(Blocked) as blocked:
        await request(shop)
    assert blocked.value.code == code


async def test_a_payout_is_blocked_with_the_reason_before_there_is_one(shop: Shop) -> None:
    await earn(shop, 1000)
    await fit_to_pay(shop, street=None)
    for code, step in (
        ("tenant_address_missing", fit_to_pay(shop)),
        ("tax_status_missing", fit_to_be_paid(shop, street=None)),
        ("address_missing", fit_to_be_paid(shop, status=None, agreement=False)),
        ("agreement_missing", fit_to_be_paid(shop, status=None)),
    ):
        with pytest.raises(Blocked) as blocked:
            await request(shop)
        assert blocked.value.code == code
        await step
    assert (await request(shop)).net_cents == 1000
