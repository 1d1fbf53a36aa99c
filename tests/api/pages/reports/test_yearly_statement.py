"""What a partner received in a year, by the day of payment (§ 11 EStG)."""

import csv
import io
from datetime import date

import pypdf

from ledger.roles import Role
from tests.fixtures.browsers import Firm
from tests.fixtures.payout_books import Books

YEAR = "/admin/berichte/jahr"


async def test_a_year_holds_what_was_paid_in_it_whenever_it_was_earned_or_made(payout_books: Books, firm: Firm) -> None:
    reader = await firm.person(Role.VIEWER)
    await payout_books.paid(await payout_books.asked_for(10_000), "GS-1", on=date(2025, 12, 31))
    second = await payout_books.paid(await payout_books.asked_for(20_000), "GS-2", on=date(2026, 12, 31))
    first = await payout_books.paid(await payout_books.asked_for(1_000), "GS-3", on=date(2026, 1, 1))
    await payout_books.open_credit_note(await payout_books.asked_for(40_000), "GS-4")
    returned = await payout_books.paid(await payout_books.asked_for(50_000), "GS-5", on=date(2026, 5, 1))
    await payout_books.rows("UPDATE payouts SET state = 'returned' WHERE id = $1", returned.id)
    assert YEAR in (await reader.get("/admin/berichte")).text
    answer = await reader.get(f"{YEAR}.csv?partner=anna&jahr=2026")
    assert answer.headers["content-disposition"].endswith('"ANNA-2026-zahlungen.csv"'), answer.headers
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:2] == ["Bezahlt am", "Auszahlung"]
    paid = [(row[0], row[1], row[-1]) for row in rows if row[4] == "Auszahlungsbetrag"]
    assert paid == [("01.01.2026", first.number, "11,90"), ("31.12.2026", second.number, "238,00")]
    assert [(row[4], row[-1]) for row in rows[-3:]] == [
        ("Im Jahr 2026 netto", "210,00"),
        ("Im Jahr 2026 USt", "39,90"),
        ("Im Jahr 2026 zugeflossen", "249,90"),
    ]
    pdf = (await reader.get(f"{YEAR}.pdf?partner=ANNA&jahr=2026")).content
    said = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    for part in ("Zahlungen im Jahr 2026", "Nach dem Tag der Zahlung (§ 11 EStG).", "Zugeflossen: 249,90 €"):
        assert part in said, said


async def test_a_year_that_is_none_is_refused_and_one_without_a_payment_says_so(
    payout_books: Books, firm: Firm
) -> None:
    reader = await firm.person(Role.VIEWER)
    for odd in ("", "26", "0000", "abcd"):
        assert (await reader.get(f"{YEAR}.pdf?partner=ANNA&jahr={odd}")).status_code == 422, odd
    assert (await reader.get(f"{YEAR}.pdf?partner=NIEMAND&jahr=2026")).status_code == 404
    pdf = (await reader.get(f"{YEAR}.pdf?partner=ANNA&jahr=2024")).content
    assert "In diesem Jahr gab es keine Zahlung." in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
