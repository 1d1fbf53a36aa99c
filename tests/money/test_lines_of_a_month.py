"""The line of a month's close has no sale. Every place that shows or sums commissions shows it, and sums it."""

import csv
import io
import json
import zipfile
from contextlib import AbstractAsyncContextManager
from datetime import date, timedelta

import pytest

from api.http.language import in_words
from ledger.commissions import commission_list
from ledger.commissions.commission_list import CommissionFilter
from ledger.database import TenantTransaction
from ledger.payouts import due, partner_balance, payout_lines, payouts
from ledger.payouts.payouts import Payout
from ledger.programme import plans
from ledger.programme.calculation import Rate
from ledger.programme.plans import NewPlan
from ledger.programme.tiers import TierMode
from ledger.reports import evidence_bundle, invariants, partner_portal, reports, statements
from ledger.reports.statement_pdf import payout_pdf
from ledger.types import CommissionState, PayoutState
from tests.fixtures import payable
from tests.fixtures.ledger_shop import Shop, at
from tests.money.selling import close, earned, lines_of_months, plan_from_march, sell, standard, tiers


@pytest.fixture
async def march_books(shop: Shop) -> Shop:
    """March at 12 %: the sale gave 600 €, the close gives 120 €."""
    await plan_from_march(shop, Rate(level=1, percent=10, tiers=tiers((500_000, 12))), tier_mode=TierMode.FLAT)
    await sell(shop, 600_000)
    await close(shop)
    await payable.fit_to_pay(shop)
    await payable.fit_to_be_paid(shop)
    return shop


async def test_the_list_of_commissions_shows_it_also_by_campaign(march_books: Shop) -> None:
    campaign = await standard(march_books)
    async with march_books.ledger.transaction(march_books.tenant) as tx:
        for wanted in (CommissionFilter(), CommissionFilter(campaign_id=campaign.id)):
            rows, _ = await commission_list.list_commissions(tx, wanted)
            assert {(row.kind, row.campaign_slug, row.net_cents) for row in rows} == {
                ("sale", "standard", 60_000),
                ("month_close", "standard", 12_000),
            }
        listed, _ = await commission_list.list_commissions(tx)
    assert sorted(row.net_cents for row in listed) == [12_000, 60_000]


async def test_balances_and_what_is_due_hold_it(march_books: Shop) -> None:
    anna = march_books.partner["ANNA"].id
    async with march_books.ledger.transaction(march_books.tenant) as tx:
        balance = await partner_balance.of_partner(tx, anna)
        owed = await due.of_partner(tx, anna)
    assert balance.approved_cents == 72_000
    assert [group.net_cents for group in owed.payable] == [72_000]


async def test_a_past_day_counts_it(march_books: Shop) -> None:
    async with march_books.ledger.transaction(march_books.tenant) as tx:
        report = await reports.open_commissions(tx, await tx.fetchval("SELECT now()"))
    assert [(row.state, row.tax_case, row.commissions, row.net_cents) for row in report.rows] == [
        ("approved", "regular", 2, 72_000)
    ]


async def test_exports_name_its_month_and_campaign(march_books: Shop) -> None:
    def open_() -> AbstractAsyncContextManager[TenantTransaction]:
        return march_books.ledger.transaction(march_books.tenant)

    written = b"".join(
        [part async for part in reports.csv_of(open_, march_books.tenant, reports.COMMISSIONS, in_words=in_words)]
    )
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig")), delimiter=";"))
    assert [(row["Art"], row["Verkauf"] != "", row["Netto"], row["Kampagne"], row["Monat"]) for row in rows] == [
        ("sale", True, "600,00", "standard", ""),
        ("month_close", False, "120,00", "standard", "2026-03"),
    ]


async def test_papers_tell_how_it_came_about(march_books: Shop) -> None:
    payout = await payable.request(march_books)
    async with march_books.ledger.transaction(march_books.tenant) as tx:
        statement = await statements.of_payout(tx, payout.number, in_words=in_words)
        with (
            await evidence_bundle.build(tx, payout.number, in_words=in_words) as file,
            zipfile.ZipFile(file) as packed,
        ):
            [closed] = json.loads(packed.read("monatsabschluss.json"))
            calculation = packed.read("berechnung.csv").decode("utf-8-sig")
    [line] = [line for line in statement.lines if line.kind == "month_close"]
    assert (line.sale, line.campaign, line.net_cents) == ("Monat 03/2026", "Standard", 12_000)
    assert line.rule.replace("\xa0", " ").startswith(
        "Monatsabschluss 03.2026; Stufe 1: Umsatz 6.000,00 €, durchgehend 12 %"
    )
    assert sum(one.net_cents for one in statement.lines) == statement.net_cents == 72_000
    assert (closed["campaign"], closed["month"], closed["difference_cents"]) == ("standard", "2026-03-01", 12_000)
    assert line.rule in calculation
    assert payout_pdf(statement).startswith(b"%PDF-")


async def _open_document(books: Shop) -> Payout:
    payout = await payable.request(books)
    await payable.approve(books, payout)
    await books.rows("UPDATE payouts SET state = 'credit_note_open' WHERE number = $1", payout.number)
    return await payable.look(books, payout.number)


async def _pay(books: Shop, payout: Payout) -> Payout:
    async with books.ledger.transaction(books.tenant) as tx:
        await payouts.change_state(tx, payout, PayoutState.PAID, payment_reference="x", paid_on=date(2026, 4, 2))
        await payout_lines.pay(tx, payout.id)
    return await payable.look(books, payout.number)


async def test_the_partners_own_page_and_the_doctor_agree_when_it_is_paid(march_books: Shop) -> None:
    payout = await _pay(march_books, await _open_document(march_books))
    anna = march_books.partner["ANNA"].id
    async with march_books.ledger.transaction(march_books.tenant) as tx:
        [own], _ = await partner_portal.payouts_of(tx, anna)
        balance = await partner_balance.of_partner(tx, anna)
        found = await invariants.check(tx, stuck_after=timedelta(hours=1))
        [row] = await tx.fetch("SELECT waited_seconds FROM payouts WHERE number = $1", payout.number)
    assert (own.state, own.net_cents, balance.paid_cents) == (PayoutState.PAID, 72_000, 72_000)
    assert [one.check for one in found if one.check not in ("payout_without_document", "not_announced")] == []
    assert row["waited_seconds"] is not None


async def test_it_is_owed_again_when_its_payout_came_back_and_was_cancelled(march_books: Shop) -> None:
    await _give_back(march_books, await _pay(march_books, await _open_document(march_books)))
    anna = march_books.partner["ANNA"].id
    async with march_books.ledger.transaction(march_books.tenant) as tx:
        rows, _ = await commission_list.list_commissions(tx, CommissionFilter(state=CommissionState.APPROVED))
        balance = await partner_balance.of_partner(tx, anna)
    assert {(row.kind, row.campaign_slug, row.net_cents) for row in rows} == {
        ("reissue", "standard", 60_000),
        ("reissue", "standard", 12_000),
    }
    assert (balance.approved_cents, balance.paid_cents) == (72_000, 0)
    assert (await close(march_books)).written == ()
    again = await payable.request(march_books)
    assert again.net_cents == 72_000


async def test_a_negative_one_is_owed_again_too(march_books: Shop) -> None:
    capped = NewPlan(
        levels=(Rate(level=1, percent=10, tiers=tiers((500_000, 12))),),
        tier_mode=TierMode.FLAT,
        cap_per_month_cents=50_000,
        valid_from=at("2026-03-07T00:00+01:00"),
    )
    campaign = await standard(march_books)
    async with march_books.ledger.transaction(march_books.tenant) as tx:
        await plans.add_plan(tx, campaign.id, capped, by="test")
    await sell(march_books, 1_000, day=7)
    await close(march_books)
    assert [line["net_cents"] for line in await lines_of_months(march_books)] == [12_000, -22_100]
    await _give_back(march_books, await _pay(march_books, await _open_document(march_books)))
    async with march_books.ledger.transaction(march_books.tenant) as tx:
        rows, _ = await commission_list.list_commissions(tx, CommissionFilter(state=CommissionState.APPROVED))
    assert sum(row.net_cents for row in rows) == 50_000
    assert ("correction", -22_100) in {(row.kind, row.net_cents) for row in rows}
    assert (await close(march_books)).written == ()
    assert await earned(march_books) == 100_000  # what was paid and came back, and what stands in for it


async def _give_back(books: Shop, payout: Payout) -> None:
    async with books.ledger.transaction(books.tenant) as tx:
        await payouts.change_state(tx, payout, PayoutState.RETURNED, reason="Test")
        returned = await payouts.get(tx, payout.number)
        await payouts.change_state(tx, returned, PayoutState.CANCELLED, reason="Test")
        await payout_lines.release(tx, payout.id)
        await payout_lines.reissue_paid(tx, payout.id)
