"""A document of our own as PDF: what is printed, what is inside, and that it is the same bytes everywhere."""

import hashlib
import os
import re
import subprocess
import sys
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from pypdf import PdfReader

from ledger.documents.own.cii import xml_of
from ledger.documents.own.content import OwnDocument, OwnLine
from ledger.documents.own.pdf import pdf_of, printable
from ledger.money import euro
from tests.ledger.documents.own.documents import AUSTRIAN, GERMAN, REVERSE, document, drawn, golden

GOLDEN = dict(golden())


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def amounts_in(text: str) -> set[str]:
    return {found.replace("\N{NO-BREAK SPACE}", " ") for found in re.findall(r"-?\d[\d.]*,\d\d\s€", text)}


def expected_amounts(told: OwnDocument) -> set[str]:
    cents = [line.net_cents for line in told.lines] + [told.net_cents, told.gross_cents]
    cents += [told.tax_cents] if told.vat.rate else []
    cents += [told.transfer_cents, *(-one.cents for one in told.set_offs)] if told.set_offs else []
    return {euro(one).replace("\N{NO-BREAK SPACE}", " ") for one in cents}


@pytest.mark.parametrize("name", [name for name in GOLDEN if "300" not in name])
def test_a_golden_pdf_prints_every_amount_and_no_other(name: str) -> None:
    told = GOLDEN[name]
    text = text_of(pdf_of(told, xml_of(told)))
    assert amounts_in(text) == expected_amounts(told)
    assert printable(told.title) in text
    assert told.vat.reason is None or told.vat.reason in text.replace("\n", " ")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn())
def test_a_drawn_pdf_prints_every_amount(told: OwnDocument) -> None:
    # A drawn text may hold something that looks like an amount, so only what must be there is asked for.
    assert expected_amounts(told) <= amounts_in(text_of(pdf_of(told, xml_of(told))))


def test_the_xml_is_inside_byte_by_byte_under_the_name_that_readers_look_for() -> None:
    told = document()
    xml = xml_of(told)
    inside = PdfReader(BytesIO(pdf_of(told, xml))).attachments
    assert inside == {"factur-x.xml": [xml]}


def test_everything_that_the_law_asks_for_is_printed() -> None:
    text = text_of(pdf_of(document(), None))
    for asked in (
        "Anna Beispiel, Weg 1, 80331 München, DE",  # § 14 Abs. 4 Nr. 1 UStG
        "Muster GmbH, Allee 2, 10115 Berlin, DE",
        "143/123/12345",  # Nr. 2
        "02.11.2026",  # Nr. 3
        "GU-2026-00001",  # Nr. 4
        "Vermittlungsprovision Herbst",  # Nr. 5
        "01.10.2026 bis 31.10.2026",  # Nr. 6
        "123,45",  # Nr. 7
        "Umsatzsteuer 19,00 %",  # Nr. 8
        "Gutschrift",  # Nr. 10
        "PO-2026-0001",
        "DE02 1203 0000 0000 2020 51",
        "Die Auszahlung wird überwiesen, sobald dieser Beleg zugegangen ist.",  # BT-20
    ):
        assert asked in text.replace("\N{NO-BREAK SPACE}", " "), asked


def test_a_partner_abroad_reads_both_languages() -> None:
    text = text_of(pdf_of(document(seller=AUSTRIAN, vat=REVERSE), None))
    for said in ("Steuerschuldnerschaft des Leistungsempfängers", "Self-billing invoice", "Belegdatum / Date"):
        assert said in text.replace("\n", " ")
    assert "Umsatzsteuer 0" not in text, "a rate that is not charged is not shown"


@pytest.mark.parametrize(
    ("name", "printed"),
    [("Straße Łódź", "Straße Łódź"), ("Дмитрий", "Дмитрий"), ("محمد", "mHmd"), ("Anna 🚀", "Anna ?")],
)
def test_a_name_in_any_script_is_printed_in_letters_of_the_font_and_whole_in_the_xml(name: str, printed: str) -> None:
    told = document(seller=GERMAN.model_copy(update={"name": name}))
    assert printed in text_of(pdf_of(told, None))
    assert name in xml_of(told).decode()


def test_a_preview_says_so_on_each_page_and_carries_no_xml() -> None:
    told = document(number="Vorschau", lines=tuple(OwnLine(text=f"Zeile {n}", net_cents=n + 1) for n in range(120)))
    reader = PdfReader(BytesIO(pdf_of(told, xml_of(told), preview=True)))
    assert len(reader.pages) > 1
    assert all("Vorschau – noch kein Beleg" in page.extract_text() for page in reader.pages)
    assert reader.attachments == {}


def test_it_is_the_same_bytes_in_another_process() -> None:
    told = document(seller=AUSTRIAN, vat=REVERSE)
    here = hashlib.sha256(pdf_of(told, xml_of(told))).hexdigest()
    script = (
        "import hashlib, sys\n"
        "from ledger.documents.own.cii import xml_of\n"
        "from ledger.documents.own.content import OwnDocument\n"
        "from ledger.documents.own.pdf import pdf_of\n"
        "told = OwnDocument.model_validate_json(sys.stdin.read())\n"
        "print(hashlib.sha256(pdf_of(told, xml_of(told))).hexdigest())\n"
    )
    there = subprocess.run(
        [sys.executable, "-c", script], input=told.model_dump_json(), env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert there.stdout.strip() == here
