"""What a tenant owes by § 13b UStG in a month: its documents, what took them back, and what is on none yet."""

from datetime import UTC, date, datetime

import pytest

from ledger import clock
from ledger.documents.own import issuing
from ledger.documents.own.content import OwnLine
from ledger.payouts.own_reversal_rows import Ground
from ledger.payouts.payouts import Payout
from ledger.reports import reverse_charge
from ledger.reports.reverse_charge import ReverseCharge
from ledger.tax import strategies
from ledger.types import DocumentStrategy, TaxCase
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import earn, fit_to_be_paid, fit_to_pay, request
from tests.ledger.documents.own.documents import AUSTRIAN, REVERSE, document, taking_back

SEPTEMBER, NOVEMBER = date(2026, 9, 1), date(2026, 11, 1)


async def owed(shop: Shop, cents: int, on: date, *, case: TaxCase = TaxCase.EU_BUSINESS) -> Payout:
    await fit_to_pay(shop)
    vat_id = "ATU13585627" if case is TaxCase.EU_BUSINESS else None
    where = ("1010", "Wien", "AT") if case is TaxCase.EU_BUSINESS else ("8001", "Zürich", "CH")
    await fit_to_be_paid(
        shop, status=case, vat_id=vat_id, tax_number=None, zip=where[0], city=where[1], country_code=where[2]
    )
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await strategies.set_strategy(tx, case, DocumentStrategy.OWN_DOCUMENT, by="user:chief")
    await earn(shop, cents, on=on)
    return await request(shop)


async def issue(shop: Shop, payout: Payout, on: date, *, taken_back: bool = False) -> None:
    draft = document(
        number="?",
        seller=AUSTRIAN,
        vat=REVERSE,
        lines=(OwnLine(text="Vermittlungsprovision", net_cents=payout.net_cents),),
        payout_number=payout.number,
        period_from=payout.period_from,
        period_to=payout.period_to,
    )
    with clock.set_to(datetime(on.year, on.month, on.day, 12, tzinfo=UTC)):
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            row = await issuing.issue(tx, draft, payout=payout.id, must_be_e_invoice=False, by="engine")
            if taken_back:
                original = await issuing.get_content(tx, row.id)
                storno = taking_back(original, period_from=original.period_from, period_to=original.period_to)
                await issuing.issue(tx, storno, payout=None, original=row.id, must_be_e_invoice=False, by="engine")


async def of_month(shop: Shop, month: date) -> ReverseCharge:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await reverse_charge.of_month(tx, month)


async def test_an_eu_document_counts_in_the_month_of_its_service(shop: Shop) -> None:
    payout = await owed(shop, 10_003, date(2026, 9, 30))
    before = await of_month(shop, SEPTEMBER)
    assert (before.documents, [(one.partner_code, one.net_cents) for one in before.undocumented]) == (
        (),
        [("ANNA", 10_003)],
    )
    await issue(shop, payout, date(2026, 11, 2))
    after = await of_month(shop, SEPTEMBER)
    assert [(one.payout, one.net_cents, one.tax_cents) for one in after.documents] == [(payout.number, 10_003, 1_901)]
    assert (after.tax_cents, after.undocumented) == (1_901, ())
    assert (await of_month(shop, NOVEMBER)).documents == ()


async def test_a_document_of_a_third_country_counts_in_the_month_of_its_date(shop: Shop) -> None:
    payout = await owed(shop, 10_000, date(2026, 9, 30), case=TaxCase.THIRD_COUNTRY)
    await issue(shop, payout, date(2026, 11, 2))
    assert (await of_month(shop, SEPTEMBER)).documents == ()
    assert (await of_month(shop, NOVEMBER)).tax_cents == 1_900


async def test_a_storno_takes_its_tax_back(shop: Shop) -> None:
    payout = await owed(shop, 10_000, date(2026, 9, 30))
    await issue(shop, payout, date(2026, 11, 2), taken_back=True)
    found = await of_month(shop, SEPTEMBER)
    assert [one.tax_cents for one in found.documents] == [1_900, -1_900]
    assert found.tax_cents == 0


@pytest.mark.parametrize(("ground", "september", "november"), [
    (Ground.CHANGE, [1_900], [-1_900]),
    (Ground.OBJECTION, [1_900], [-1_900]),
    (Ground.ERROR, [1_900, -1_900], []),
])  # fmt: skip
async def test_a_storno_counts_in_the_month_of_its_ground(
    shop: Shop, ground: Ground, september: list[int], november: list[int]
) -> None:
    payout = await owed(shop, 10_000, date(2026, 9, 30))
    await issue(shop, payout, date(2026, 11, 2), taken_back=True)
    await shop.rows(
        """
        INSERT INTO own_reversals (tenant_id, kind, partner_id, payout_id, original_id, tax_case, books, ground,
                                   counts_in, reason, draft, gross_cents, requested_by, decided_by, decided_at,
                                   confirmed, document_id, stage)
        SELECT tenant_id, 'reversal', $1, $2, original_id, 'eu_business', 'none', $3, '2026-11-01', 'x', '{}', -10000,
               'key:x', 'key:x', now(), true, id, 'issued'
          FROM own_documents WHERE kind = 'reversal'
        """,
        payout.partner_id,
        payout.id,
        ground,
    )
    assert [one.tax_cents for one in (await of_month(shop, SEPTEMBER)).documents] == september
    assert [one.tax_cents for one in (await of_month(shop, NOVEMBER)).documents] == november
