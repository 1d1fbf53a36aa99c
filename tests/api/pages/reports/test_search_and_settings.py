"""One search over everything, customers and their partner, and the cards of the providers."""

import pytest

from api.actions.sources import stripe_events
from ledger.roles import Role
from ledger.search_terms import amount, folded
from tests.fixtures.own_documents import of_payout
from tests.fixtures.sale_books import Books


@pytest.mark.parametrize(
    ("words", "cents"),
    [
        ("1.234,56", 123456), ("1234,5", 123450), ("1234", 123400), ("119,00 €", 11900), ("-5", -500), ("12.34", 1234),
        ("1234.56", 123456), ("1,234.56", 123456), ("EUR 1234,56", 123456), ("€1,234.56", 123456), ("1.234", 123400),
        ("0,50", 50), ("0042", None), ("PO-1", None), ("1.234.567,00", 123456700), ("1,2,3", None), ("", None),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(words: str, cents: int | None) -> None:
    assert amount(words) == cents


@pytest.mark.parametrize("words", ["B-1", "119,00", "Anna", "anna", "kunde ag", "a@kunde", "RE-2026"])
async def test_a_sale_is_found_by_what_people_have_in_their_hands(sale_books: Books, words: str) -> None:
    sale = await sale_books.sale(order_reference="B-1", customer_email="a@kunde.example", customer_name="Kunde AG")
    await sale_books.sale(gross_cents=5_000)
    await sale_books.rows(
        """
        INSERT INTO external_documents (tenant_id, organization_id, kind, resource_id, voucher_number, transaction_id)
        VALUES ($1, gen_random_uuid(), 'invoice', gen_random_uuid(), 'RE-2026-0007', $2)
        """,
        sale_books.firm.tenant.id,
        sale,
    )
    answer = await sale_books.editor.get(
        "/admin/suche",
    )
    assert answer.status_code == 200
    answer = await sale_books.editor.http.get("/admin/suche", params={"q": words})
    if answer.status_code == 303:
        assert answer.headers["location"] in (f"/admin/transaktionen/{sale}", "/admin/partner/ANNA")
    else:
        assert str(sale) in answer.text or "Partner Anna" in answer.text or "Kunde AG" in answer.text
        assert "50,00" not in answer.text


async def test_a_payout_is_found_by_its_numbers_and_its_amount(sale_books: Books) -> None:
    await sale_books.fit_to_be_paid()
    await sale_books.approved_sale()
    number = (await sale_books.send("/admin/partner/ANNA/auszahlung")).rpartition("/")[2]
    found = await sale_books.editor.http.get("/admin/suche", params={"q": number.lower()})
    assert found.headers["location"] == f"/admin/auszahlungen/{number}"
    assert number in (await sale_books.editor.http.get("/admin/suche", params={"q": "11,90"})).text


@pytest.mark.parametrize(
    "words", ["{}", "po 2026/0042", "PO20260042", "0042", "6-0042", "GS-2026-0815", "0815", "gs2026"]
)
async def test_a_payout_is_found_by_either_end_of_its_numbers_however_they_are_typed(
    sale_books: Books, words: str
) -> None:
    await sale_books.fit_to_be_paid()
    await sale_books.approved_sale()
    await sale_books.send("/admin/partner/ANNA/auszahlung")
    await sale_books.rows("UPDATE payouts SET number = 'PO-2026-0042'")
    await sale_books.rows(
        """
        INSERT INTO external_documents (tenant_id, organization_id, kind, resource_id, voucher_number, payout_id)
        SELECT tenant_id, gen_random_uuid(), 'credit-note', gen_random_uuid(), 'GS-2026-0815', id FROM payouts
        """
    )
    found = await sale_books.editor.http.get("/admin/suche", params={"q": words.format("PO-2026-0042")})
    if found.status_code == 303:
        assert found.headers["location"] == "/admin/auszahlungen/PO-2026-0042"
    else:
        assert "/admin/auszahlungen/PO-2026-0042" in found.text


@pytest.mark.parametrize("words", ["{}", "gu 2026/00001", "00001", "GU2026"])
async def test_a_payout_is_found_by_either_end_of_the_number_of_its_own_document(sale_books: Books, words: str) -> None:
    await sale_books.fit_to_be_paid()
    await sale_books.approved_sale()
    number = (await sale_books.send("/admin/partner/ANNA/auszahlung")).rpartition("/")[2]
    row = await of_payout(sale_books.firm.parts.ledger, sale_books.firm.tenant, number)
    asked = words.format(row.number).replace("2026", f"{row.issued_on:%Y}")
    found = await sale_books.editor.http.get("/admin/suche", params={"q": asked})
    if found.status_code == 303:
        assert found.headers["location"] == f"/admin/auszahlungen/{number}"
    else:
        assert row.number in found.text


@pytest.mark.parametrize(
    "words", ["albrecht", "brech", "Albrecht Ännchen", "aennchen", "ännch", "ÄNNCHEN", "muehle.ex", "RENE", "rené"]
)
async def test_people_are_found_by_any_piece_of_their_names_and_addresses(sale_books: Books, words: str) -> None:
    await sale_books.rows(
        "UPDATE partners SET name = 'Ännchen Albrecht-René', email = 'a.albrecht@muehle.example' WHERE code = 'ANNA'"
    )
    await sale_books.sale(customer_email="ännchen.albrecht@muehle.example", customer_name="Aennchen René Albrecht")
    await sale_books.sale(customer_email="x@laden.example", customer_name="Laden KG")
    page = await sale_books.read(f"/admin/suche?q={words}")
    assert "Ännchen Albrecht-René" in page
    assert "Aennchen René Albrecht" in page
    assert "Laden KG" not in page
    assert "Partner Bert" not in page
    assert "Ännchen Albrecht-René" in await sale_books.read(f"/admin/partner?name={words}")
    assert "Aennchen René Albrecht" in await sale_books.read(f"/admin/kunden?name={words}")


@pytest.mark.parametrize("name", ["ÄÖÜäöüß", "ÁÀÂÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÕØÚÙÛÝáàâãåçéèêëíìîïñóòôõøúùûýÿ", "Anna 'B.' %_\\"])
async def test_the_ledger_and_the_search_fold_names_alike(sale_books: Books, name: str) -> None:
    [row] = await sale_books.rows("SELECT folded($1) AS folded", name)
    assert row["folded"] == folded(name)


async def test_nothing_is_said_when_nothing_is_found(sale_books: Books) -> None:
    assert "nichts gefunden" in await sale_books.read("/admin/suche?q=gibtesnicht")
    assert "mindestens zwei Zeichen" in await sale_books.read("/admin/suche?q=x")


async def test_customers_are_listed_and_given_to_a_partner(sale_books: Books) -> None:
    await sale_books.sale(customer_email="a@kunde.example", customer_name="Kunde AG")
    await sale_books.sale(customer_email="b@kunde.example", customer_name="Laden KG")
    page = await sale_books.read("/admin/kunden?name=kunde+ag")
    assert "Kunde AG" in page
    assert "Laden KG" not in page
    [row] = await sale_books.rows("SELECT id FROM customers WHERE name = 'Kunde AG'")
    wrong = await sale_books.send(f"/admin/kunden/{row['id']}", {"partner": "NIEMAND", "grund": "Vertrag"}, status=422)
    assert "gibt es nicht" in wrong
    silent = await sale_books.send(f"/admin/kunden/{row['id']}", {"partner": "bert"}, status=422)
    assert "Bitte nennen Sie den Grund (höchstens 500 Zeichen)." in silent
    await sale_books.send(f"/admin/kunden/{row['id']}", {"partner": "bert", "grund": "Laut Vertrag"})
    [entry] = await sale_books.rows("SELECT detail FROM audit_entries WHERE action = 'customer.assigned'")
    assert entry["detail"] == {"partner": [None, "BERT"], "reason": "Laut Vertrag"}
    assert "Kunde AG" in await sale_books.read("/admin/kunden?partner=BERT")
    assert "customer.assigned" in await sale_books.firm.actions()


async def test_the_cards_say_how_each_provider_stands(sale_books: Books) -> None:
    page = await sale_books.read("/admin/zahlungsanbieter")
    assert page.count("nicht verbunden") == 6  # lexoffice, easybill, Stripe, and three further sources
    admin = await sale_books.firm.person(Role.ADMIN)
    stripe = "/admin/zahlungsanbieter/quellen/stripe"
    assert (await admin.get("/admin/zahlungsanbieter/stripe")).headers["location"] == stripe, "bookmarks go on"
    refused = await sale_books.send(stripe, {"secret": "sk_live_abcdefghijk"}, browser=admin, status=422)
    assert "whsec_" in refused
    await sale_books.send(stripe, {"secret": "whsec_abcdefgh1234"}, browser=admin)
    page = await sale_books.read("/admin/zahlungsanbieter")
    assert "…1234" in page
    assert "whsec_abcdefgh" not in page
    page = await sale_books.read(stripe)
    assert "wartet auf das erste Ereignis" in page
    assert f"/api/webhooks/{sale_books.firm.tenant.slug}/stripe" in page
    assert [kind for kind in stripe_events.EVENTS if kind not in page] == []
    await sale_books.send(f"{stripe}/entfernen", browser=admin)
    assert "abgeschaltet" in await sale_books.read("/admin/zahlungsanbieter")


@pytest.mark.parametrize("source", ["stripe", "custom", "digistore24", "copecart"])
async def test_a_test_message_goes_through_the_source_s_own_address_and_books_nothing(
    sale_books: Books, source: str
) -> None:
    admin = await sale_books.firm.person(Role.ADMIN)
    page = f"/admin/zahlungsanbieter/quellen/{source}"
    assert "auch keinen Test" in await sale_books.send(f"{page}/testen", browser=admin, status=422)
    await sale_books.send(page, {"secret": "whsec_abcdefgh1234abcdefgh"}, browser=admin)
    answer = await admin.post(f"{page}/testen")
    assert "Die Testmeldung ist angekommen" in answer.text
    events = await sale_books.rows("SELECT id, provider, event_type, state, reason_code, signed FROM events")
    [event] = [dict(row) for row in events]
    number = event.pop("id")
    assert event == {
        "provider": source,
        "event_type": "partnerdesk.test",
        "state": "ignored",
        "reason_code": "source_probe",
        "signed": True,
    }
    assert "wartet auf das erste Ereignis" in answer.text, "it does not show that the source has the secret"
    assert "Eine Testmeldung von Ihnen selbst" in await sale_books.read(f"/admin/ereignisse/{number}")
    assert not await sale_books.rows("SELECT 1 FROM transactions")
    assert (await admin.post(f"{page}/testen")).status_code == 200, "each press is a message of its own"
    assert len(await sale_books.rows("SELECT 1 FROM events")) == 2
