"""Transaktionen and Provisionen: what the lists show, how they are narrowed down, and how a sale is explained."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from ledger.roles import Role
from tests.fixtures.sale_books import Books


async def test_a_sale_is_listed_with_what_it_earns(sale_books: Books) -> None:
    await sale_books.sale(order_reference="B-1")
    page = await sale_books.read("/admin/transaktionen")
    assert "B-1" in page
    assert "119,00 €" in page
    assert "17,00 €" in page


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("status=pending", ["B-1", "B-2"]),
        ("status=refunded", []),
        ("partner=bert", ["B-2"]),
        ("von=2026-10-02", ["B-2"]),
        ("bis=2026-10-01", ["B-1"]),
        ("bestellung=B-1", ["B-1"]),
        ("kampagne=herbst", ["B-1", "B-2"]),
    ],
)
@pytest.mark.parametrize("list_", ["transaktionen", "provisionen"])
async def test_a_list_is_narrowed_down_by_its_filters(
    sale_books: Books, list_: str, query: str, seen: list[str]
) -> None:
    await sale_books.sale(order_reference="B-1")
    await sale_books.sale(order_reference="B-2", partner="BERT", sold_at=datetime(2026, 10, 5, tzinfo=UTC))
    if list_ == "provisionen" and query == "status=refunded":
        query = "status=reversed"
    if list_ == "provisionen" and query == "partner=bert":
        seen = ["B-1", "B-2"]
    page = await sale_books.read(f"/admin/{list_}?{query}")
    assert [name for name in ("B-1", "B-2") if name in page.partition("Zurücksetzen")[2]] == seen


async def test_a_customers_sales_are_found(sale_books: Books) -> None:
    await sale_books.sale(order_reference="B-1", customer_email="a@kunde.example")
    await sale_books.sale(order_reference="B-2", customer_email="b@kunde.example")
    [customer] = await sale_books.rows("SELECT id FROM customers WHERE email = 'a@kunde.example'")
    for list_ in ("transaktionen", "provisionen"):
        page = await sale_books.read(f"/admin/{list_}?kunde={customer['id']}")
        assert "B-1" in page
        assert "B-2" not in page


@pytest.mark.parametrize("query", ["status=quatsch", "partner=NIEMAND", "von=gestern", "kampagne=x", "kunde=x"])
async def test_a_filter_that_means_nothing_is_said_and_shows_nothing(sale_books: Books, query: str) -> None:
    await sale_books.sale(order_reference="B-1")
    for list_ in ("transaktionen", "provisionen"):
        page = await sale_books.read(f"/admin/{list_}?{query}")
        assert "B-1" not in page
        assert ("gibt es nicht" in page) or ("als Datum" in page)


async def test_pages_follow_each_other_without_a_gap_or_a_repeat(sale_books: Books) -> None:
    for day in range(60):
        await sale_books.sale(order_reference=f"B-{day}", sold_at=datetime(2026, 1 + day % 7, 3, tzinfo=UTC))
    seen: list[str] = []
    address = "/admin/transaktionen"
    while address:
        answer = (await sale_books.editor.get(address)).text
        seen += re.findall(r">B-(\d+)<", answer)
        following = answer.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
        address = following.replace("&amp;", "&") if 'rel="next"' in answer else ""
    assert sorted(seen, key=int) == [str(day) for day in range(60)]


@pytest.mark.parametrize("list_", ["transaktionen", "provisionen"])
async def test_the_file_holds_every_row_that_the_filter_lets_through(sale_books: Books, list_: str) -> None:
    for number in range(3):
        await sale_books.sale(order_reference=f"B-{number}")
    await sale_books.sale(order_reference="=1+1", partner="CARL")
    answer = await sale_books.editor.get(f"/admin/{list_}.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == (1 + 4 if list_ == "transaktionen" else 1 + 10)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert any("'=1+1" in line for line in lines)
    narrowed = await sale_books.editor.get(f"/admin/{list_}.csv?bestellung=B-1")
    assert len(narrowed.content.decode("utf-8-sig").splitlines()) == (2 if list_ == "transaktionen" else 4)
    assert (await sale_books.editor.get(f"/admin/{list_}.csv?partner=NIEMAND")).status_code == 422


async def test_a_sale_names_the_rule_of_every_level(sale_books: Books) -> None:
    sale = await sale_books.sale()
    page = await sale_books.read(f"/admin/transaktionen/{sale}")
    for rule in ("10 % von 100,00 €", "5 % von 100,00 €", "2 % von 100,00 €"):
        assert rule in page
    assert "herbst, Fassung 1" in page
    assert "Ereignis von Stripe" in page


async def test_a_sale_of_another_tenant_is_one_that_does_not_exist(sale_books: Books) -> None:
    await sale_books.read(f"/admin/transaktionen/{uuid4()}", status=404)


async def test_a_sale_goes_to_another_partner_with_its_levels(sale_books: Books) -> None:
    sale = await sale_books.sale()
    where = await sale_books.send(
        f"/admin/transaktionen/{sale}/partner", {"partner": "bert", "reason": "War Berts Kunde"}
    )
    assert where.endswith("hinweis=partner")
    rows = await sale_books.rows(
        """
        SELECT p.code, c.level, c.net_cents FROM commissions c JOIN partners p ON p.id = c.partner_id
         WHERE c.transaction_id = $1 AND c.net_cents > 0 ORDER BY c.level
        """,
        sale,
    )
    assert [tuple(row) for row in rows] == [("BERT", 1, 1000), ("CARL", 2, 500)]
    assert "transaction.partner_reassigned" in await sale_books.firm.actions()


async def test_a_sale_that_was_paid_for_stays_with_its_partner_and_the_form_keeps_what_was_typed(
    sale_books: Books,
) -> None:
    sale = await sale_books.approved_sale()
    await sale_books.rows("UPDATE commissions SET state = 'in_payout' WHERE transaction_id = $1", sale)
    await sale_books.rows("UPDATE commissions SET state = 'paid' WHERE transaction_id = $1", sale)
    answer = await sale_books.editor.post(
        f"/admin/transaktionen/{sale}/partner", {"partner": "BERT", "reason": "War Berts Kunde"}
    )
    assert answer.status_code == 422
    assert "schon abgerechnet" in answer.text
    assert "War Berts Kunde" in answer.text


async def test_a_held_sale_goes_on_with_a_reason(sale_books: Books) -> None:
    sale = await sale_books.sale()
    await sale_books.rows(
        "INSERT INTO sale_holds (tenant_id, transaction_id, code) VALUES ($1, $2, 'own_purchase')",
        sale_books.firm.tenant.id,
        sale,
    )
    assert "angehalten: Eigenkauf" in await sale_books.read(f"/admin/transaktionen/{sale}")
    await sale_books.send(f"/admin/transaktionen/{sale}/weiter", {"reason": ""}, status=422)
    await sale_books.send(f"/admin/transaktionen/{sale}/weiter", {"reason": "Der Kunde ist ein Freund"})
    [row] = await sale_books.rows("SELECT open_holds FROM transactions WHERE id = $1", sale)
    assert row["open_holds"] is None
    [hold] = await sale_books.rows("SELECT released_by FROM sale_holds")
    assert hold["released_by"] == f"user:{sale_books.editor.user}"


async def test_a_viewer_sees_no_forms(sale_books: Books) -> None:
    sale = await sale_books.sale()
    viewer = await sale_books.firm.person(Role.VIEWER)
    page = await sale_books.read(f"/admin/transaktionen/{sale}", browser=viewer)
    assert "Zuordnen" not in page
