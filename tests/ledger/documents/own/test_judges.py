"""The official judges: XSD and schematron of EN 16931, Factur-X and XRechnung over all golden documents, and veraPDF
over their PDFs. Where Maven cannot be reached the test is left out and says what was not checked."""

from pathlib import Path

import pytest

from ledger.documents.own.cii import xml_of
from ledger.documents.own.content import OwnDocumentKind
from ledger.documents.own.pdf import pdf_of
from tests.ledger.documents.own import judges
from tests.ledger.documents.own.documents import GERMAN, PRIVATE, REVERSE, document, golden

pytestmark = pytest.mark.long
GOLDEN = dict(golden())


def test_no_golden_document_breaks_a_rule_of_the_officials(tmp_path: Path) -> None:
    files = []
    for name, told in GOLDEN.items():
        files.append(tmp_path / f"{name}.xml")
        files[-1].write_bytes(xml_of(told))
    # The judge is shown something wrong as well: silence would prove nothing.
    files.append(tmp_path / "wrong.xml")
    files[-1].write_bytes(xml_of(document(vat=REVERSE, buyer=GERMAN)))
    try:
        broken = judges.rules_broken(files)
    except judges.JudgesMissing as missing:
        pytest.skip(f"NOT CHECKED by EN 16931, Factur-X and XRechnung: {missing}")
    assert "BR-AE-02" in broken.pop("wrong.xml")
    assert broken == {f"{name}.xml": [] for name in GOLDEN}


def test_every_pdf_is_pdf_a_3b(tmp_path: Path) -> None:
    statement = document(kind=OwnDocumentKind.COMMISSION_STATEMENT, vat=PRIVATE)
    told = {name: one for name, one in GOLDEN.items() if "300" not in name} | {"private": statement}
    for name, one in told.items():
        (tmp_path / f"{name}.pdf").write_bytes(pdf_of(one, xml_of(one) if one.has_xml else None))
    (tmp_path / "preview.pdf").write_bytes(pdf_of(document(), None, preview=True))
    try:
        verdicts = judges.pdf_verdicts(tmp_path)
    except judges.JudgesMissing as missing:
        pytest.skip(f"NOT CHECKED by veraPDF: {missing}")
    assert verdicts == {f"{name}.pdf": "PASS" for name in (*told, "preview")}


@pytest.mark.parametrize("name", ["regular", "austria", "regular_storno"])
def test_mustang_finds_pdf_and_xml_valid_too(tmp_path: Path, name: str) -> None:
    told = GOLDEN[name]
    file = tmp_path / f"{name}.pdf"
    file.write_bytes(pdf_of(told, xml_of(told)))
    try:
        verdict = judges.second_opinion(file)
    except judges.JudgesMissing as missing:
        pytest.skip(f"NOT CHECKED by Mustang: {missing}")
    assert verdict == {"pdf": "valid", "xml": "valid"}


def test_mustang_is_not_content_with_anything(tmp_path: Path) -> None:
    file = tmp_path / "wrong.pdf"
    file.write_bytes(pdf_of(document(), xml_of(document(vat=REVERSE, buyer=GERMAN))))
    try:
        verdict = judges.second_opinion(file)
    except judges.JudgesMissing as missing:
        pytest.skip(f"NOT CHECKED by Mustang: {missing}")
    assert verdict["xml"] == "invalid"
