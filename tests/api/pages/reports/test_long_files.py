"""Files of whole lists: each row is in them, or whoever gets them can see that they are not whole."""

import httpx
import pytest
from fastapi import FastAPI

from tests.fixtures.sale_books import Books
from tests.fixtures.serving import served
from tests.fixtures.unhurried import ANSWER_S

_SALES = """
    INSERT INTO transactions (tenant_id, source, state, order_reference, base_cents, tax_cents, gross_cents,
                              provisional, sold_at)
    SELECT $1, 'api', 'pending', 'B-' || n, 10000, 1900, 11900, true, now() - make_interval(mins => n)
      FROM generate_series(1, $2::int) n
"""
_MANY = 2_345


async def test_a_file_of_many_batches_holds_every_row_once(sale_books: Books) -> None:
    await sale_books.rows(_SALES, sale_books.firm.tenant.id, _MANY)
    answer = await sale_books.editor.get("/admin/transaktionen.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()[1:]
    named = [cell for line in lines for cell in line.split(";") if cell.startswith("B-")]
    assert sorted(named) == sorted(f"B-{n}" for n in range(1, _MANY + 1))


async def test_a_file_that_cannot_be_read_to_its_end_is_seen_to_be_cut_off(
    sale_books: Books, people_app: FastAPI
) -> None:
    await sale_books.rows(_SALES, sale_books.firm.tenant.id, _MANY)
    # No calendar has this day: the last batch fails when everything before it has long been sent.
    await sale_books.rows("UPDATE transactions SET sold_at = '-infinity' WHERE order_reference = 'B-1'")
    received = bytearray()
    async with (
        served(people_app) as address,
        httpx.AsyncClient(base_url=address, cookies=dict(sale_books.editor.http.cookies), timeout=ANSWER_S) as client,
        client.stream("GET", "/admin/transaktionen.csv") as answer,
    ):
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
            await _read(answer, received)
    lines = bytes(received).decode("utf-8-sig").splitlines()
    assert len(lines) > 1_000
    assert lines[-1] == "ABGEBROCHEN: Diese Datei ist unvollständig. Bitte laden Sie sie erneut."


async def _read(answer: httpx.Response, into: bytearray) -> None:
    async for some in answer.aiter_bytes():
        into += some


async def test_a_file_speaks_the_language_of_its_reader_to_the_last_line(sale_books: Books) -> None:
    await sale_books.sale()
    await sale_books.send("/sprache", {"sprache": "en"})
    lines = (await sale_books.editor.get("/admin/transaktionen.csv")).content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Sold")
    assert "Vorläufig" not in lines[1]
