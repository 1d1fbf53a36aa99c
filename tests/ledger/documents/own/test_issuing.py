"""Issuing documents of our own: numbers without gaps, rows that never change, and what undoes all of it."""

import asyncio
import hashlib
from datetime import date

import asyncpg
import pytest

from ledger.documents.own import circle, gate, issuing
from ledger.documents.own.content import OwnDocument, OwnDocumentKind
from ledger.refusals import AlreadyExists, NotAcceptable, NotAllowedNow, NotFound, Refused
from tests.fixtures.ledger_shop import NewTenant, Shop
from tests.fixtures.payable import ask_for
from tests.ledger.documents.own.documents import GERMAN, REVERSE, document, taking_back


async def issue(shop: Shop, draft: OwnDocument | None = None, **more: object) -> issuing.OwnDocumentRow:
    given = {"payout": None, "must_be_e_invoice": True, "by": "engine"} | more
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await issuing.issue(tx, draft or document(number="?"), **given)  # type: ignore[arg-type]


async def gaps(shop: Shop) -> list[str]:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await circle.find_gaps(tx)


async def change_circle(shop: Shop, pattern: str) -> str:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await circle.set_pattern(tx, pattern, by="admin")


async def test_a_document_gets_number_day_files_and_report_in_one_transaction(shop: Shop) -> None:
    payout = await ask_for(shop, 12_345)
    row = await issue(shop, payout=payout.id)
    year = row.issued_on.year
    assert row.number == f"GU-{year}-00001"
    async with shop.ledger.transaction(shop.tenant) as tx:
        content, pdf = await issuing.get_content(tx, row.id), await issuing.get_pdf(tx, row.id)
        assert await issuing.find_of_payout(tx, payout.id) == row == await issuing.get(tx, row.id)
    assert (content.number, content.issued_on, content.lines) == (row.number, row.issued_on, document().lines)
    assert hashlib.sha256(pdf).hexdigest() == row.pdf_sha256
    again = issuing.render(content, must_be_e_invoice=True)
    assert again.pdf == pdf, "the row is enough to render the very same bytes"
    [kept] = await shop.rows("SELECT xml, report FROM own_documents")
    assert kept["xml"] == again.xml
    assert gate.Report.model_validate(kept["report"]).passed


async def test_numbers_have_no_gap_and_no_double_under_many_at_once_of_which_some_fail(shop: Shop) -> None:
    async def one(place: int) -> None:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await issuing.issue(tx, document(number="?"), payout=None, must_be_e_invoice=True, by="engine")
            if place % 3 == 0:
                raise RuntimeError("a worker that was killed")

    outcomes = await asyncio.gather(*map(one, range(12)), return_exceptions=True)
    assert sum(isinstance(outcome, RuntimeError) for outcome in outcomes) == 4
    rows = await shop.rows("SELECT place FROM own_documents ORDER BY place")
    assert [row["place"] for row in rows] == list(range(1, 9))
    assert await gaps(shop) == []


async def test_a_fatal_finding_issues_nothing_and_gives_the_number_back(shop: Shop) -> None:
    broken = document(number="?", vat=REVERSE, buyer=GERMAN)
    with pytest.raises(issuing.FatalFinding) as found:
        await issue(shop, broken)
    assert found.value.params == {"rules": "BR-AE-02"}
    assert await shop.rows("SELECT 1 FROM own_documents") == []
    assert (await issue(shop)).number.endswith("-00001")


async def test_where_no_e_invoice_is_due_the_pdf_goes_without_the_xml_and_the_trail_says_so(shop: Shop) -> None:
    row = await issue(shop, document(number="?", vat=REVERSE, buyer=GERMAN), must_be_e_invoice=False)
    [kept] = await shop.rows("SELECT xml, report FROM own_documents")
    assert (kept["xml"], kept["report"]) == (None, None)
    [entry] = await shop.rows(
        "SELECT detail FROM audit_entries WHERE action = 'own_document.issued' AND subject_id = $1", str(row.id)
    )
    assert set(entry["detail"]["left_out"]) == {"BR-AE-02"}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE own_documents SET gross_cents = gross_cents + 1, net_cents = net_cents + 1",
        "UPDATE own_documents SET number = 'GU-2026-99999'",
        "UPDATE own_documents SET pdf = '%PDF-other'::bytea, pdf_sha256 = encode(sha256('%PDF-other'::bytea), 'hex')",
        "UPDATE own_documents SET content = '{}'",
        "UPDATE own_documents SET issued_on = issued_on - 1",
    ],
)
async def test_an_issued_document_never_changes(shop: Shop, change: str) -> None:
    await issue(shop)
    with pytest.raises((Refused, asyncpg.PostgresError)) as refused:
        await shop.rows(change)
    assert "stays" in str(refused.value)


async def test_the_application_may_not_delete_one(shop: Shop) -> None:
    await issue(shop)
    with pytest.raises((Refused, asyncpg.PostgresError)):
        await shop.rows("DELETE FROM own_documents")


async def test_a_closed_number_stays_and_the_payout_may_have_another(shop: Shop) -> None:
    payout = await ask_for(shop, 12_345)
    first = await issue(shop, payout=payout.id)
    with pytest.raises(AlreadyExists):
        await issue(shop, payout=payout.id)
    async with shop.ledger.transaction(shop.tenant) as tx:
        closed = await issuing.close_unissued(tx, first.id, by="admin", reason="Buchung abgelehnt")
    assert closed.closed_reason == "Buchung abgelehnt"
    second = await issue(shop, payout=payout.id)
    assert (first.number[-5:], second.number[-5:]) == ("00001", "00002")
    assert await gaps(shop) == []
    async with shop.ledger.transaction(shop.tenant) as tx:
        with pytest.raises(NotAllowedNow):
            await issuing.close_unissued(tx, first.id, by="admin", reason="noch einmal")
        with pytest.raises(NotAcceptable):
            await issuing.close_unissued(tx, second.id, by="admin", reason="")


async def test_a_document_that_was_handed_out_is_not_closed_but_taken_back_once(shop: Shop) -> None:
    row = await issue(shop)
    await shop.rows("UPDATE own_documents SET handed_out_at = now()")
    async with shop.ledger.transaction(shop.tenant) as tx:
        with pytest.raises(NotAllowedNow):
            await issuing.close_unissued(tx, row.id, by="admin", reason="zu spät")
        content = await issuing.get_content(tx, row.id)
    storno = await issue(shop, taking_back(content), original=row.id)
    assert (storno.kind, storno.gross_cents) == (OwnDocumentKind.REVERSAL, -row.gross_cents)
    with pytest.raises(AlreadyExists):
        await issue(shop, taking_back(content), original=row.id)


async def test_each_year_begins_its_numbers_and_a_circle_without_a_year_goes_on(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        places = [await circle.take_place(tx, date(year, 12, 31)) for year in (2026, 2026, 2027)]
    assert [place.number for place in places] == ["GU-2026-00001", "GU-2026-00002", "GU-2027-00001"]
    await change_circle(shop, "P{number}")
    async with shop.ledger.transaction(shop.tenant) as tx:
        places = [await circle.take_place(tx, date(year, 12, 31)) for year in (2026, 2027)]
    assert [place.number for place in places] == ["P1", "P2"]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("GU-{year}", "circle_needs_one_number"),
        ("{number}{number}", "circle_needs_one_number"),
        ("{year}{year}{number}", "circle_needs_one_number"),
        ("GU {number}", "circle_has_other_letters"),
        ("GÜ{number}", "circle_has_other_letters"),
        ("GU{nummer}{number}", "circle_has_other_letters"),
        ("G" * 40 + "{number}", "circle_too_long"),
    ],
)
def test_a_pattern_that_cannot_number_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(NotAcceptable, match=why):
        circle.require_pattern(pattern)


async def test_a_new_pattern_may_not_repeat_a_number_and_an_old_one_goes_on(shop: Shop) -> None:
    first = await issue(shop)
    year = first.issued_on.year
    with pytest.raises(NotAllowedNow, match="circle_number_taken"):
        await change_circle(shop, f"GU-{year}-{{number:05}}")
    with pytest.raises(NotAllowedNow, match="circle_number_taken"):
        await change_circle(shop, "GU-{year}-{number:04}")  # at its ten thousandth
    await change_circle(shop, "X-{year}-{number:03}")
    assert (await issue(shop)).number == f"X-{year}-001"
    await change_circle(shop, circle.DEFAULT_PATTERN)
    assert (await issue(shop)).number == f"GU-{year}-00002"
    assert await gaps(shop) == []


async def test_a_lost_row_is_a_gap_that_is_named(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        lost = await circle.take_place(tx, date(2026, 1, 1))
    assert await gaps(shop) == [lost.number]


async def test_another_tenant_has_its_own_circle_and_sees_nothing(shop: Shop, new_tenant: NewTenant) -> None:
    row = await issue(shop)
    tenant = await new_tenant()
    other = Shop(shop.ledger, tenant, {})
    assert (await issue(other)).number == row.number
    async with shop.ledger.transaction(tenant) as tx:
        with pytest.raises(NotFound):
            await issuing.get(tx, row.id)
        with pytest.raises(NotFound):
            await issuing.get_pdf(tx, row.id)
