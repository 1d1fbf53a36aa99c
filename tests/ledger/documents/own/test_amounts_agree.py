"""Every amount that a person reads in the PDF is the one that a machine reads in the XML, and the one in the ledger."""

import re
from collections import Counter
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, seed, settings
from lxml import etree
from pypdf import PdfReader

from ledger.documents.own import issuing
from ledger.documents.own.cii import xml_of
from ledger.documents.own.content import OwnDocument, OwnDocumentKind
from ledger.documents.own.pdf import pdf_of
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.samples import SEED, cases
from tests.ledger.documents.own.documents import PHASES, drawn, golden

_RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
_SUMS = f"{_RAM}SpecifiedTradeSettlementHeaderMonetarySummation"
GOLDEN = dict(golden())


def in_the_xml(xml: bytes) -> dict[str, list[int]]:
    """Cents of the lines and of each sum, by its element's name."""
    root = etree.fromstring(xml)

    def cents(path: str) -> list[int]:
        return [int(Decimal(str(found.text)) * 100) for found in root.iterfind(f".//{path}")]

    line = f"{_RAM}SpecifiedTradeSettlementLineMonetarySummation/{_RAM}LineTotalAmount"
    sums = {element.tag.removeprefix(_RAM) for element in root.iterfind(f".//{_SUMS}/*")}
    return {"lines": cents(line)} | {name: cents(f"{_SUMS}/{_RAM}{name}") for name in sums}


def in_the_pdf(pdf: bytes) -> Counter[int]:
    """Cents of all that looks like an amount of euro.

    Read by its place on the page, as a person does: in the order of a text, pypdf moves the minus of an amount that
    follows a Hebrew letter.
    """
    pages = PdfReader(BytesIO(pdf)).pages
    text = "\n".join(page.extract_text(extraction_mode="layout") for page in pages)
    found = re.findall(r"(?<![\d.,])-?\d{1,3}(?:\.\d{3})*,\d\d(?=\s€)", text)
    return Counter(int(one.replace(".", "").replace(",", "")) for one in found)


def printed(xml: bytes, told: OwnDocument) -> Counter[int]:
    """What the PDF must print, as the XML tells it: a 261 has the opposite sign there."""
    found = in_the_xml(xml)
    [net], [tax], [gross], [due] = (
        found[name] for name in ("TaxBasisTotalAmount", "TaxTotalAmount", "GrandTotalAmount", "DuePayableAmount")
    )
    amounts = [*found["lines"], net, gross]
    amounts += [tax] if told.vat.rate else []
    prepaid = sum(found.get("TotalPrepaidAmount", []))
    if prepaid:
        assert prepaid == sum(one.cents for one in told.set_offs)
        amounts += [due, *(-one.cents for one in told.set_offs)]
    else:
        assert due == gross
    return Counter(amount * told.sign for amount in amounts)


def amounts_agree(told: OwnDocument) -> None:
    xml = xml_of(told)
    assert in_the_pdf(pdf_of(told, xml)) == printed(xml, told)
    found = in_the_xml(xml)
    in_the_ledger = (told.net_cents * told.sign, told.tax_cents * told.sign, told.gross_cents * told.sign)
    assert in_the_ledger == (
        found["TaxBasisTotalAmount"][0],
        found["TaxTotalAmount"][0],
        found["GrandTotalAmount"][0],
    )


@pytest.mark.parametrize("name", GOLDEN)
def test_pdf_and_xml_of_a_golden_document_say_the_same_amounts(name: str) -> None:
    amounts_agree(GOLDEN[name])


@pytest.mark.parametrize("text", ["שלום", "0\u0591", "محمد 12", "\u202e12", "٣"])
def test_an_amount_beside_letters_that_run_to_the_left_is_read_as_it_is(text: str) -> None:
    told = GOLDEN["austria_storno"]
    line = told.lines[0].model_copy(update={"text": text})
    amounts_agree(told.model_copy(update={"lines": (line, *told.lines[1:])}))


def _no_euro(told: OwnDocument) -> bool:
    """A drawn name that holds the sign could look like an amount."""
    return "€" not in told.model_dump_json()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(drawn().filter(_no_euro))
def test_pdf_and_xml_of_whatever_is_drawn_say_the_same_amounts(told: OwnDocument) -> None:
    amounts_agree(told)


@pytest.mark.long
@seed(SEED)
@settings(
    max_examples=cases(2_000, sample=200),
    phases=PHASES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(drawn().filter(_no_euro))
def test_pdf_and_xml_of_many_documents_say_the_same_amounts(told: OwnDocument) -> None:
    amounts_agree(told)


@pytest.mark.parametrize("name", ["regular", "regular_claw_back", "austria_set_off", "regular_300_lines"])
async def test_the_row_says_what_its_files_say(shop: Shop, name: str) -> None:
    told = GOLDEN[name]
    async with shop.ledger.transaction(shop.tenant) as tx:
        row = await issuing.issue(tx, told, payout=None, must_be_e_invoice=True, by="engine")
        xml, pdf = await issuing.get_xml(tx, row.id), await issuing.get_pdf(tx, row.id)
    found = in_the_xml(xml)
    assert (row.net_cents, row.tax_cents, row.gross_cents, row.transfer_cents) == (
        found["TaxBasisTotalAmount"][0],
        found["TaxTotalAmount"][0],
        found["GrandTotalAmount"][0],
        found["DuePayableAmount"][0],
    )
    assert in_the_pdf(pdf) == printed(xml, told)
    assert row.kind is OwnDocumentKind.SELF_BILLED
