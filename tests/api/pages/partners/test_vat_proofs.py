"""On a partner's page: how the VAT id stands, asking for it, and a proof that somebody read on the page of VIES."""

from ledger import clock
from tests.fixtures.sale_books import Books

PAGE = "/admin/partner/ANNA"
STATUS = {"tax_status": "eu_business", "valid_from": "2026-01-01", "vat_id": "at u13585627"}


async def test_a_number_shows_how_it_stands_and_is_asked_about(sale_books: Books) -> None:
    assert "VIES" not in await sale_books.read(PAGE)
    nothing = await sale_books.editor.post(f"{PAGE}/vies", {})
    assert nothing.status_code == 422
    await sale_books.send(f"{PAGE}/steuerstatus", STATUS)
    page = await sale_books.read(PAGE)
    for shown in ("Nachweis der USt-IdNr. (VIES)", "ATU13585627 ohne Nachweis", "noch keine Antwort"):
        assert shown in page
    # Without an address nobody is asked: the page says what can be done instead.
    assert "VIES wird von hier nicht gefragt" in page
    await sale_books.send(f"{PAGE}/vies")
    assert len(await sale_books.rows("SELECT 1 FROM vat_checks WHERE answer IS NULL")) == 1


async def test_a_proof_is_recorded_by_hand_and_says_so(sale_books: Books) -> None:
    await sale_books.send(f"{PAGE}/steuerstatus", STATUS)
    proof = {"request_id": "WAPIAAAAX1", "request_date": clock.today().isoformat()}
    for wrong, said in (
        ({"request_id": "<b>"}, "Konsultationsnummer hat 4 bis 60"),
        ({"request_date": "2999-01-01"}, "Zukunft"),
        ({"request_date": "gestern"}, "Tag"),
    ):
        refused = await sale_books.editor.post(f"{PAGE}/vies/nachweis", proof | wrong)
        assert refused.status_code == 422
        assert said in refused.text
    await sale_books.send(f"{PAGE}/vies/nachweis", proof)
    page = await sale_books.read(PAGE)
    for shown in ("ATU13585627 nachgewiesen", "WAPIAAAAX1", "von Hand festgehalten"):
        assert shown in page
