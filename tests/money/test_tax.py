"""Which document a partner gets for what it earned on which day, and what blocks it: through real payouts.

The table itself is tests/ledger/tax/test_document_table.py; here statuses begin and end between the commissions.
"""

from datetime import date
from typing import Any

import pytest

from activities.books.lexoffice.credit_note_writing import write_credit_note
from ledger.payouts import rechecks, tax_questions
from ledger.payouts.payouts import Payout
from ledger.refusals import Blocked, NothingDue
from ledger.reports import reports
from ledger.tax import tax_statuses
from ledger.tax.tax_statuses import NewTaxStatus
from ledger.types import TaxCase, TaxStatus
from ledger.vault import Vault
from tests.fixtures import bank_runs as bank
from tests.fixtures.ledger_shop import Shop, at
from tests.fixtures.payable import earn, fit_to_be_paid, fit_to_pay, request

JANUARY, MARCH, MAY = date(2026, 1, 15), date(2026, 3, 15), date(2026, 5, 15)
FIRST_OF_APRIL = date(2026, 4, 1)
NUMBER = "12/345/67890"

REGULAR = NewTaxStatus(status=TaxStatus.REGULAR, valid_from=date(2026, 1, 1), tax_number=NUMBER)
SMALL = NewTaxStatus(
    status=TaxStatus.SMALL_BUSINESS, valid_from=date(2026, 1, 1), tax_number=NUMBER, confirmed_year=2026
)
PRIVATE = NewTaxStatus(status=TaxStatus.PRIVATE, valid_from=date(2026, 1, 1))
EU_BUSINESS = NewTaxStatus(status=TaxStatus.EU_BUSINESS, valid_from=date(2026, 1, 1), vat_id="ATU12345675")
THIRD_COUNTRY = NewTaxStatus(status=TaxStatus.THIRD_COUNTRY, valid_from=date(2026, 1, 1))

PAID = {
    TaxStatus.REGULAR: (TaxCase.REGULAR, "19.00", 1190),
    TaxStatus.SMALL_BUSINESS: (TaxCase.SMALL_BUSINESS, "0.00", 1000),
    TaxStatus.PRIVATE: (TaxCase.PRIVATE, "0.00", 1000),
}
ALL = (REGULAR, SMALL, PRIVATE, EU_BUSINESS, THIRD_COUNTRY)
PAYABLE = (REGULAR, SMALL, PRIVATE)


def begins(status: NewTaxStatus, day: date) -> NewTaxStatus:
    return status.model_copy(update={"valid_from": day})


async def is_(shop: Shop, status: NewTaxStatus) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        partner = shop.partner["ANNA"].id
        await tax_statuses.record_tax_status(tx, partner, status, by="test")
        await rechecks.want_for_partner(tx, partner)


async def ready(shop: Shop, *, small_business: bool = False, **members: Any) -> None:
    await fit_to_pay(shop, small_business=small_business)
    await fit_to_be_paid(shop, status=None, **members)


async def asked(shop: Shop) -> bool:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await tax_questions.ask_or_close(tx, shop.partner["ANNA"].id)


async def all_payouts(shop: Shop) -> list[Payout]:
    made = []
    try:
        while True:
            made.append(await request(shop))
    except (NothingDue, Blocked):
        return made


@pytest.mark.parametrize("after", PAYABLE, ids=lambda status: status.status.value)
@pytest.mark.parametrize("before", PAYABLE, ids=lambda status: status.status.value)
async def test_a_period_with_a_change_of_status_makes_one_payout_per_tax_case(
    shop: Shop, before: NewTaxStatus, after: NewTaxStatus
) -> None:
    await ready(shop)
    await is_(shop, before)
    await is_(shop, begins(after, FIRST_OF_APRIL))
    await earn(shop, 400, on=JANUARY)
    await earn(shop, 600, on=MARCH)
    await earn(shop, 1000, on=MAY)
    made = await all_payouts(shop)
    if before.status is after.status:
        case, rate, gross = PAID[before.status]
        assert [(one.tax_case, str(one.tax_rate), one.gross_cents) for one in made] == [(case, rate, 2 * gross)]
    else:
        assert [(one.tax_case, str(one.tax_rate), one.gross_cents) for one in made] == [
            PAID[before.status],
            PAID[after.status],
        ]
        assert [(one.period_from, one.period_to) for one in made] == [(JANUARY, MARCH), (MAY, MAY)]


@pytest.mark.parametrize("abroad", [EU_BUSINESS, THIRD_COUNTRY], ids=lambda status: status.status.value)
@pytest.mark.parametrize("at_home", PAYABLE, ids=lambda status: status.status.value)
async def test_what_was_earned_before_moving_abroad_is_paid_the_rest_is_blocked(
    shop: Shop, at_home: NewTaxStatus, abroad: NewTaxStatus
) -> None:
    await ready(shop)
    await is_(shop, at_home)
    await is_(shop, begins(abroad, FIRST_OF_APRIL))
    await earn(shop, 1000, on=MARCH)
    await earn(shop, 700, on=MAY)
    [made] = await all_payouts(shop)
    assert (made.tax_case, str(made.tax_rate), made.gross_cents) == PAID[at_home.status]
    with pytest.raises(Blocked) as refused:
        await request(shop)
    assert refused.value.code == "needs_own_document"
    assert await asked(shop)
    [task] = await shop.rows("SELECT kind, reason, detail FROM tasks WHERE state = 'open'")
    assert (task["kind"], task["detail"]["net_cents"]) == ("partner_without_document", 700)


async def test_a_replaced_status_does_not_come_back_when_the_one_of_the_same_day_ends(shop: Shop) -> None:
    await ready(shop)
    await is_(shop, REGULAR)
    await is_(shop, SMALL.model_copy(update={"valid_until": FIRST_OF_APRIL}))
    await earn(shop, 1000, on=MARCH)
    await earn(shop, 700, on=MAY)
    [made] = await all_payouts(shop)
    assert (made.tax_case, made.net_cents) == (TaxCase.SMALL_BUSINESS, 1000)
    async with shop.ledger.transaction(shop.tenant) as tx:
        partner = shop.partner["ANNA"].id
        assert await tax_statuses.tax_status_on(tx, partner, MAY) is None
        report = await reports.open_commissions(tx, await tx.fetchval("SELECT clock_timestamp()"))
    assert {row.tax_case: row.net_cents for row in report.rows} == {"small_business": 1000, "blocked": 700}
    with pytest.raises(Blocked) as refused:
        await request(shop)
    assert refused.value.code == "tax_status_missing"


async def test_a_small_business_is_confirmed_year_by_year(shop: Shop) -> None:
    await ready(shop)
    await is_(shop, begins(SMALL.model_copy(update={"confirmed_year": 2025}), date(2025, 1, 1)))
    await earn(shop, 500, on=date(2025, 12, 31))
    await earn(shop, 900, on=date(2026, 1, 1))
    [old] = await all_payouts(shop)
    assert (old.net_cents, old.tax_case) == (500, TaxCase.SMALL_BUSINESS)
    with pytest.raises(Blocked) as refused:
        await request(shop)
    assert refused.value.code == "small_business_not_confirmed"
    assert await asked(shop)
    await is_(shop, SMALL)
    # Mended: the question closes with the change itself.
    assert [kind for kind, _ in await shop.tasks()] == []
    assert (await request(shop)).net_cents == 900


@pytest.mark.parametrize(
    ("mends", "code"),
    [
        ({"street": None}, "address_missing"),
        ({"country_code": None}, "address_missing"),
        ({"agreement": False}, "agreement_missing"),
    ],
)
async def test_what_is_missing_blocks_with_its_reason_and_a_task(shop: Shop, mends: dict[str, Any], code: str) -> None:
    await ready(shop, **mends)
    await is_(shop, REGULAR)
    await earn(shop, 1000, on=MARCH)
    with pytest.raises(Blocked) as refused:
        await request(shop)
    assert refused.value.code == code
    assert await asked(shop)
    await ready(shop)
    await is_(shop, REGULAR)
    assert await shop.tasks() == []
    assert (await request(shop)).gross_cents == 1190


async def test_a_status_that_has_ended_blocks(shop: Shop) -> None:
    await ready(shop)
    await is_(shop, REGULAR.model_copy(update={"valid_until": FIRST_OF_APRIL}))
    await earn(shop, 1000, on=MAY)
    with pytest.raises(Blocked) as refused:
        await request(shop)
    assert refused.value.code == "tax_status_missing"


async def test_an_older_version_of_the_agreement_blocks_where_the_tenant_names_one(shop: Shop) -> None:
    await ready(shop)
    await is_(shop, REGULAR)
    await earn(shop, 1000, on=MARCH)
    await shop.rows("UPDATE tenants SET agreement_version = '2026-02'")
    await shop.rows("UPDATE partners SET agreement_version = '2025-01' WHERE code = 'ANNA'")
    with pytest.raises(Blocked) as refused:
        await request(shop)
    assert refused.value.code == "agreement_outdated"
    await shop.rows("UPDATE partners SET agreement_version = '2026-02' WHERE code = 'ANNA'")
    assert (await request(shop)).gross_cents == 1190


@pytest.mark.parametrize(("small_business", "tax_type"), [(True, "vatfree"), (True, "net"), (False, "vatfree")])
@pytest.mark.parametrize("status", ALL, ids=lambda status: status.status.value)
async def test_a_tenant_without_vat_writes_no_document_with_vat(
    shop: Shop, status: NewTaxStatus, small_business: bool, tax_type: str
) -> None:
    await ready(shop, small_business=small_business)
    await shop.rows("UPDATE provider_connections SET tax_type = $1 WHERE provider = 'lexoffice'", tax_type)
    await is_(shop, status)
    await earn(shop, 1000, on=MARCH)
    if status in (SMALL, PRIVATE):
        assert (await request(shop)).tax_cents == 0
    else:
        with pytest.raises(Blocked):
            await request(shop)


async def test_a_gross_tenant_pays_net_plus_vat_all_the_same(shop: Shop) -> None:
    await ready(shop)
    await shop.rows("UPDATE provider_connections SET tax_type = 'gross' WHERE provider = 'lexoffice'")
    await is_(shop, REGULAR)
    await earn(shop, 1000, on=MARCH)
    made = await request(shop)
    assert (made.net_cents, made.tax_cents, made.gross_cents) == (1000, 190, 1190)


async def asked_about_documents(shop: Shop) -> list[list[str]]:
    rows = await shop.rows("SELECT detail FROM tasks WHERE kind = $1 AND state = 'open'", tax_questions.OTHER_CASE)
    return [row["detail"]["payouts"] for row in rows]


async def test_a_status_corrected_after_the_document_asks_about_the_document(shop: Shop, vault: Vault) -> None:
    """§ 14c UStG: VAT on a Gutschrift to one who turns out a Kleinunternehmer is owed until it is corrected."""
    payout = await bank.open_payout(shop, vault)
    await is_(shop, begins(REGULAR, FIRST_OF_APRIL))  # the same case: nothing to ask
    assert await asked_about_documents(shop) == []
    await is_(shop, begins(SMALL, date(2027, 1, 1)))  # later than what it pays
    assert await asked_about_documents(shop) == []
    await is_(shop, begins(SMALL, FIRST_OF_APRIL))
    assert await asked_about_documents(shop) == [[payout.number]]
    await is_(shop, begins(REGULAR, FIRST_OF_APRIL))
    assert await asked_about_documents(shop) == []


async def test_before_the_document_a_corrected_status_makes_another_payout_and_asks_nobody(shop: Shop) -> None:
    await ready(shop)
    await is_(shop, REGULAR)
    await earn(shop, 1_000, on=MAY)
    await request(shop)
    await is_(shop, begins(SMALL, FIRST_OF_APRIL))
    assert await asked_about_documents(shop) == []


async def test_the_document_names_the_tax_number_of_the_days_it_pays_for(shop: Shop) -> None:
    """§ 14 Abs. 4 Nr. 2 UStG; a claw-back of a later day, on which the partner was private, hides it not."""
    await ready(shop)
    await is_(shop, REGULAR)
    await earn(shop, 5_000, on=MARCH)
    await shop.rows(
        """
        INSERT INTO commissions (tenant_id, kind, origin_id, transaction_id, partner_id, level, base_cents, net_cents,
                                 state, provisional, service_date, cause, cause_document, tax_case)
        SELECT tenant_id, 'clawback', id, transaction_id, partner_id, 1, base_cents, -100, 'approved', false,
               $1, 'credit_note', 'GS-7', 'regular' FROM commissions
        """,
        MAY,
    )
    await is_(shop, begins(PRIVATE, FIRST_OF_APRIL))
    payout = await request(shop)
    assert (payout.net_cents, payout.tax_case, payout.period_to) == (4_900, TaxCase.REGULAR, MAY)
    async with shop.ledger.transaction(shop.tenant) as tx:
        written = await write_credit_note(tx, payout, marker="[x]", voucher_date=at("2026-06-01T00:00Z"))
    assert f"Steuernummer {NUMBER}" in (written.introduction or "")
