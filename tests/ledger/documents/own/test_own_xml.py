"""What a document of our own says as XML, and what stops one before it is issued."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, seed, settings
from lxml import etree
from pydantic import ValidationError

from ledger.documents.own.cii import xml_of
from ledger.documents.own.content import OwnDocument, OwnDocumentKind, OwnLine, SetOff
from ledger.documents.own.gate import check
from ledger.documents.own.reversal import reversal_of
from ledger.vat import Vat, VatCategory
from tests.fixtures.samples import SEED, cases
from tests.ledger.documents.own.documents import (
    GERMAN,
    PHASES,
    REGULAR,
    REVERSE,
    SMALL,
    document,
    drawn,
    golden,
    taking_back,
)

_RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
GOLDEN = dict(golden())


def said(xml: bytes, *path: str) -> list[str | None]:
    """Texts of all elements at this path of names, anywhere."""
    found = etree.fromstring(xml).iterfind(".//" + "/".join(f"{_RAM}{name}" for name in path))
    return [element.text for element in found]


def test_there_are_sixty_golden_documents() -> None:
    assert len(GOLDEN) >= 60


@pytest.mark.parametrize("name", GOLDEN)
def test_a_golden_document_passes_the_gate(name: str) -> None:
    told = GOLDEN[name]
    report = check(xml_of(told), told.profile)
    assert report.findings == (), report
    assert report.checked_by.startswith("verifyhash-einvoice ")


def test_the_partner_sells_and_the_tenant_buys_by_a_self_billed_invoice() -> None:
    xml = xml_of(document())
    assert said(xml, "SellerTradeParty", "Name") == [GERMAN.name]
    assert said(xml, "BuyerTradeParty", "Name") == ["Muster GmbH"]
    assert b"<ram:TypeCode>389</ram:TypeCode>" in xml
    assert said(xml, "PayeePartyCreditorFinancialAccount", "IBANID") == ["DE02120300000000202051"]


def test_amounts_are_those_of_the_ledger_with_vat_once_on_the_sum() -> None:
    lines = (OwnLine(text="a", net_cents=33), OwnLine(text="b", net_cents=33), OwnLine(text="c", net_cents=-1))
    told = document(lines=lines, set_offs=(SetOff(number="GU-1", cents=7),))
    xml = xml_of(told)
    assert (told.net_cents, told.tax_cents, told.gross_cents, told.transfer_cents) == (65, 12, 77, 70)
    total = "SpecifiedTradeSettlementHeaderMonetarySummation"
    assert said(xml, total, "TaxBasisTotalAmount") == ["0.65"]
    assert said(xml, total, "TaxTotalAmount") == ["0.12"]
    assert said(xml, total, "GrandTotalAmount") == ["0.77"]
    assert said(xml, total, "DuePayableAmount") == ["0.70"]
    # A price is never negative (BR-27): what takes back is a quantity of -1.
    assert said(xml, "NetPriceProductTradePrice", "ChargeAmount") == ["0.33", "0.33", "0.01"]
    assert said(xml, "SpecifiedLineTradeDelivery", "BilledQuantity") == ["1", "1", "-1"]


def test_a_storno_names_its_original_and_is_not_called_gutschrift() -> None:
    storno = taking_back(document())
    xml = xml_of(storno)
    assert storno.title == "Storno zur Gutschrift GU-2026-00001"
    assert said(xml, "InvoiceReferencedDocument", "IssuerAssignedID") == ["GU-2026-00001"]
    assert said(xml, "SpecifiedTradeSettlementPaymentMeans", "TypeCode") == []
    assert storno.gross_cents == -document().gross_cents
    assert said(xml, "SpecifiedTradeSettlementHeaderMonetarySummation", "GrandTotalAmount") == ["-146.91"]


def test_a_private_person_gets_no_xml_and_neither_does_her_storno() -> None:
    statement = document(kind=OwnDocumentKind.COMMISSION_STATEMENT, vat=SMALL)
    assert not statement.has_xml
    assert not taking_back(statement).has_xml
    assert taking_back(statement).title == "Storno zur Provisionsabrechnung GU-2026-00001"
    assert document().has_xml


def test_what_can_be_no_e_invoice_is_a_gutschrift_all_the_same_and_so_is_its_storno() -> None:
    """A seller of a third country without any tax number."""
    alone = document(without_xml=True)
    storno = reversal_of(alone)
    assert (alone.has_xml, alone.title) == (False, "Gutschrift")
    assert (storno.has_xml, storno.title) == (False, "Storno zur Gutschrift GU-2026-00001")
    assert not alone.is_of_private_person


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"lines": (OwnLine(text="a", net_cents=-1),)}, "total_has_the_wrong_sign"),
        ({"lines": (OwnLine(text="a", net_cents=1), OwnLine(text="b", net_cents=-1))}, "total_has_the_wrong_sign"),
        ({"set_offs": (SetOff(number="GU-1", cents=1_000_000),)}, "more_set_off_than_owed"),
        ({"payment_terms": None}, "payment_terms_missing"),
        ({"kind": OwnDocumentKind.REVERSAL}, "a_reversal_names_its_original"),
        ({"period_to": document().period_from.replace(month=9)}, "period_ends_before_it_begins"),
    ],
)
def test_what_cannot_be_a_document_is_refused(wrong: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        document(**wrong)


@pytest.mark.parametrize(
    ("vat", "why"),
    [
        ({"category": VatCategory.EXEMPT, "code": "VATEX-EU-AE", "reason": "x"}, "vat_code_and_category_disagree"),
        ({"category": VatCategory.REVERSE_CHARGE, "reason": "x"}, "vat_code_and_category_disagree"),
        ({"category": VatCategory.EXEMPT}, "vat_reason_and_rate_disagree"),
        ({"category": VatCategory.STANDARD}, "vat_reason_and_rate_disagree"),
    ],
)
def test_a_tax_case_whose_parts_disagree_is_refused(vat: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Vat.model_validate({"rate": Decimal(0)} | vat)


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (xml_of(document()).replace(b"146.91", b"146.92"), "BR-CO-15"),
        (xml_of(document(seller=GERMAN.model_copy(update={"code": None}))), "BR-CO-26"),
        (xml_of(document(vat=SMALL, seller=GERMAN.model_copy(update={"tax_number": None}))), "BR-E-02"),
        (xml_of(document(vat=REVERSE, buyer=GERMAN)), "BR-AE-02"),
        (b"<no", "not-well-formed"),
    ],
)
def test_the_gate_names_the_rule_that_is_broken(broken: bytes, rule: str) -> None:
    report = check(broken, "en16931")
    assert not report.passed
    assert rule in {one.rule for one in report.findings}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn())
def test_whatever_is_drawn_passes_the_gate(told: OwnDocument) -> None:
    _passes(told)


@pytest.mark.long
@seed(SEED)
@settings(
    max_examples=cases(2_000, sample=300),
    phases=PHASES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(drawn())
def test_many_documents_pass_the_gate(told: OwnDocument) -> None:
    _passes(told)


def _passes(told: OwnDocument) -> None:
    xml = xml_of(told)
    assert check(xml, "en16931").findings == ()
    amounts = [Decimal(str(text)) for text in said(xml, "LineTotalAmount")]
    assert sum(amounts[:-1]) * 100 == told.net_cents == amounts[-1] * 100
    assert told.vat == REGULAR or told.tax_cents == 0
