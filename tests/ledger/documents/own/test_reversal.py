"""Storno and correction: what they say of the document that they take back."""

import pytest

from ledger.documents.own.cii import xml_of
from ledger.documents.own.content import OwnDocument, OwnDocumentKind, OwnLine
from ledger.documents.own.gate import check
from ledger.documents.own.pdf import pdf_of
from ledger.documents.own.reversal import ReversalCode, part_of, reversal_of
from ledger.refusals import NotAcceptable
from tests.ledger.documents.own.documents import PRIVATE, document, golden

_ORIGINALS = [
    (name, told)
    for name, told in golden()
    if told.kind in (OwnDocumentKind.SELF_BILLED, OwnDocumentKind.COMMISSION_STATEMENT)
]


@pytest.mark.parametrize("code", ["389", "261"])
@pytest.mark.parametrize("original", [told for _, told in _ORIGINALS], ids=[name for name, _ in _ORIGINALS])
def test_the_storno_of_every_golden_document_takes_all_of_it_and_passes_the_gate(
    original: OwnDocument, code: ReversalCode
) -> None:
    storno = reversal_of(original, code=code)
    assert (storno.net_cents, storno.tax_cents, storno.gross_cents) == (
        -original.net_cents,
        -original.tax_cents,
        -original.gross_cents,
    )
    assert (storno.seller, storno.buyer, storno.vat, storno.period_to) == (
        original.seller,
        original.buyer,
        original.vat,
        original.period_to,
    )
    assert check(xml_of(storno), storno.profile).findings == ()


def test_a_storno_never_calls_itself_gutschrift_and_lets_nothing_be_paid() -> None:
    original = document()
    storno = reversal_of(original)
    assert storno.title == f"Storno zur Gutschrift {original.number}"
    assert (storno.iban, storno.payout_number, storno.set_offs) == (None, None, ())
    xml = xml_of(storno)
    assert b"SpecifiedTradeSettlementPaymentMeans" not in xml
    assert f"<ram:IssuerAssignedID>{original.number}</ram:IssuerAssignedID>".encode() in xml
    assert pdf_of(storno, xml).startswith(b"%PDF-")


def test_the_storno_of_a_private_persons_statement_is_no_invoice_either() -> None:
    original = document(kind=OwnDocumentKind.COMMISSION_STATEMENT, vat=PRIVATE)
    storno = reversal_of(original)
    assert storno.title == f"Storno zur Provisionsabrechnung {original.number}"
    assert not storno.has_xml


def test_what_takes_back_is_not_taken_back_itself() -> None:
    with pytest.raises(NotAcceptable, match="own_document_takes_back_itself"):
        reversal_of(reversal_of(document()))


def _part(cents: int) -> OwnLine:
    return OwnLine(text="Rückforderung", note="Rechnung RE-1001", net_cents=cents)


def test_a_part_is_a_correction_at_the_rate_of_its_original_and_passes_the_gate() -> None:
    original = document()
    part = part_of(original, [_part(-345)])
    assert part.title == f"Korrektur zur Gutschrift {original.number}"
    assert (part.net_cents, part.tax_cents, part.vat) == (-345, -66, original.vat)
    assert check(xml_of(part), part.profile).findings == ()


@pytest.mark.parametrize("cents", [0, 5])
def test_a_correction_that_takes_nothing_is_refused(cents: int) -> None:
    with pytest.raises(NotAcceptable, match="correction_takes_nothing"):
        part_of(document(), [_part(cents)])


@pytest.mark.parametrize(("cents", "earlier"), [(-12_345, 0), (-12_346, 0), (-346, -12_000)])
def test_a_correction_takes_less_than_the_whole_document_together_with_earlier_ones(cents: int, earlier: int) -> None:
    with pytest.raises(NotAcceptable, match="correction_takes_all"):
        part_of(document(), [_part(cents)], earlier_cents=earlier)


def test_what_earlier_corrections_left_may_be_taken() -> None:
    assert part_of(document(), [_part(-345)], earlier_cents=-12_000).net_cents == -345
