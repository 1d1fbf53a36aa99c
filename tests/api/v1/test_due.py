"""What is due to a partner, as the JSON API says it: months, holds, several tax cases."""

from datetime import date
from typing import Any

import pytest

from ledger.commissions import manual_lines
from ledger.commissions.manual_lines import NewManualLine
from ledger.programme.calculation import Rate
from ledger.programme.tiers import TierMode
from ledger.sales.sale_holds import SaleHold
from tests.fixtures import invoices
from tests.fixtures.door import Door
from tests.fixtures.invoices import give_back
from tests.fixtures.ledger_shop import Shop, new_shop
from tests.fixtures.payable import earn, fit_to_be_paid, fit_to_pay
from tests.money.selling import close, plan_from_march, sell, tiers
from tests.money.test_refunds import approved_sale, dispute, settle


@pytest.fixture
async def payable_shop(door: Door) -> Shop:
    made = await new_shop(door.parts.ledger, door.tenant)
    await fit_to_pay(made)
    await fit_to_be_paid(made)
    return made


async def owed(door: Door, cut_off: str | None = None, code: str = "ANNA") -> dict[str, Any]:
    answer = await door.api("GET", f"partners/{code}/due" + (f"?cut_off={cut_off}" if cut_off else ""))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def nets(found: dict[str, Any]) -> dict[str, int]:
    """What would be paid, by tax case."""
    return {group["tax_case"]: group["net_cents"] for group in found["groups"] if group["carried"] is None}


def waits(found: dict[str, Any]) -> dict[str, int]:
    return {one["reason"]: one["cents"] for one in found["waiting"]}


@pytest.fixture
async def march(payable_shop: Shop) -> Shop:
    """Two sales of 1.000,00 paid on 6 March, at 10 %, from 1.500,00 on 12 %; the month is closed."""
    await plan_from_march(payable_shop, Rate(level=1, percent=10, tiers=tiers((150_000, 12))), tier_mode=TierMode.FLAT)
    await sell(payable_shop, 100_000, 100_000)
    await close(payable_shop)
    return payable_shop


async def test_the_bonus_of_a_month_is_due_at_the_cut_off_that_ends_it(door: Door, march: Shop) -> None:
    assert nets(await owed(door, "2026-04-01T00:00:00%2B02:00")) == {"regular": 24_000}


async def test_the_bonus_of_a_month_is_free_with_the_hold_of_the_last_payment_in_it(door: Door, march: Shop) -> None:
    await march.rows("UPDATE tenants SET hold_days = 30")
    late = await owed(door, "2026-04-04T23:59:59%2B02:00")
    assert (nets(late), waits(late)) == ({}, {"hold": 24_000})
    assert [one["until"] for one in late["waiting"]] == ["2026-04-04T22:00:00Z"]
    assert nets(await owed(door, "2026-04-05T00:00:00%2B02:00")) == {"regular": 24_000}


async def test_the_bonus_of_a_month_is_in_no_run_that_ends_before_the_month(door: Door, march: Shop) -> None:
    found = await owed(door, "2026-03-20T00:00:00%2B01:00")
    assert (nets(found), waits(found)) == ({"regular": 20_000}, {"after_cut_off": 4_000})


async def hold(shop: Shop, sale: object, code: str = SaleHold.DISPUTE) -> None:
    await shop.rows(
        "INSERT INTO sale_holds (tenant_id, transaction_id, code) VALUES ($1, $2, $3)", shop.tenant.id, sale, code
    )


async def test_a_dispute_of_the_other_half_releases_nothing_of_what_is_owed(door: Door, payable_shop: Shop) -> None:
    """Paid 10,00; half went back, so 5,00 is owed; 10,00 was earned elsewhere."""
    await approved_sale(payable_shop)
    await settle(payable_shop)
    await give_back(payable_shop, refunded_cents=5950)
    await approved_sale(payable_shop, "pi_2", voucher_number="RE-2")
    assert sum(nets(await owed(door)).values()) == 500
    await dispute(payable_shop, "open", 5950)
    found = await owed(door)
    assert (sum(nets(found).values()), waits(found)) == (500, {})
    made = await door.api("POST", "payouts", {"partner": "ANNA"})
    assert made.json()["net_cents"] == 500


@pytest.mark.parametrize("code", list(SaleHold))
async def test_a_correction_that_takes_back_counts_whatever_holds_its_sale(
    door: Door, payable_shop: Shop, code: str
) -> None:
    await earn(payable_shop, 10_000)
    [line] = await earn(payable_shop, -4_000)
    [row] = await payable_shop.rows("SELECT transaction_id FROM commissions WHERE id = $1", line)
    params = {"text": "?"} if code == SaleHold.AS_IT_WAS_WRITTEN else {}
    await payable_shop.rows(
        "INSERT INTO sale_holds (tenant_id, transaction_id, code, params) VALUES ($1, $2, $3, $4)",
        payable_shop.tenant.id,
        row["transaction_id"],
        code,
        params,
    )
    assert nets(await owed(door)) == {"regular": 6_000}


async def test_what_the_cap_of_a_month_took_stays_taken_while_a_sale_is_held(door: Door, payable_shop: Shop) -> None:
    """Two sales give 400,00 each, the month at most 500,00; all of it is paid, then one of them is disputed."""
    await plan_from_march(payable_shop, Rate(level=1, percent=10), cap_per_month_cents=50_000)
    first, _ = await sell(payable_shop, 400_000, 400_000)
    await close(payable_shop)
    assert nets(await owed(door)) == {"regular": 50_000}
    await settle(payable_shop)
    await hold(payable_shop, first)
    await close(payable_shop)
    assert nets(await owed(door)) == {}
    await payable_shop.rows("UPDATE sale_holds SET released_at = now(), released_by = 'test'")
    await close(payable_shop)
    assert nets(await owed(door)) == {}


async def test_a_line_that_nobody_confirmed_waits_for_a_second_person_and_not_for_a_customer(
    door: Door, payable_shop: Shop
) -> None:
    line = NewManualLine(kind="correction", net_cents=5_000, service_date=date(2026, 3, 2), reason="Nachtrag")
    async with payable_shop.ledger.transaction(payable_shop.tenant, cause="test") as tx:
        await manual_lines.write(tx, payable_shop.partner["ANNA"].id, line, by="user:1")
    [one] = (await owed(door))["waiting"]
    assert (one["reason"], one["cents"]) == ("not_confirmed", 5_000)
    assert one["sentence"] == "Die Zeile wartet auf die Bestätigung durch eine zweite Person."


async def was_regular_until_june(shop: Shop) -> None:
    """Since then ANNA is a private person."""
    await fit_to_be_paid(shop, status="private", valid_from=date(2026, 6, 1))


async def test_the_minimum_counts_what_is_due_in_all_tax_cases(door: Door, payable_shop: Shop) -> None:
    await was_regular_until_june(payable_shop)
    await payable_shop.rows("UPDATE tenants SET minimum_payout_cents = 10000")
    await earn(payable_shop, 8_000, on=date(2026, 7, 1))
    found = await owed(door)
    assert (nets(found), waits(found)) == ({}, {"below_minimum": 8_000})
    assert "80,00" in found["waiting"][0]["sentence"]
    await earn(payable_shop, 2_000, on=date(2026, 3, 2))
    assert nets(await owed(door)) == {"regular": 2_000, "private": 8_000}


async def test_a_tax_case_that_can_grow_no_more_is_paid_whatever_its_size(door: Door, payable_shop: Shop) -> None:
    await was_regular_until_june(payable_shop)
    await payable_shop.rows("UPDATE tenants SET minimum_payout_cents = 10000, hold_days = 0")
    await earn(payable_shop, 1_200, on=date(2026, 3, 2))
    await earn(payable_shop, 3_000, on=date(2026, 7, 1))
    assert nets(await owed(door)) == {"regular": 1_200}
    await invoices.sell(payable_shop, "pi_waits")
    assert nets(await owed(door)) == {}, "a sale of March waits for its invoice: the case may grow"


async def test_a_request_that_names_no_tax_case_pays_what_can_be_paid(door: Door, payable_shop: Shop) -> None:
    await was_regular_until_june(payable_shop)
    await earn(payable_shop, -500, on=date(2026, 3, 2))
    await earn(payable_shop, 3_000, on=date(2026, 7, 1))
    made = await door.api("POST", "payouts", {"partner": "ANNA"})
    assert (made.status_code, made.json()["tax_case"], made.json()["net_cents"]) == (201, "private", 3_000)


async def test_requests_one_after_the_other_pay_all_that_was_above_the_minimum(door: Door, payable_shop: Shop) -> None:
    await was_regular_until_june(payable_shop)
    await payable_shop.rows("UPDATE tenants SET minimum_payout_cents = 10000")
    await earn(payable_shop, 2_000, on=date(2026, 3, 2))
    await earn(payable_shop, 8_000, on=date(2026, 7, 1))
    made = [await door.api("POST", "payouts", {"partner": "ANNA"}) for _ in range(2)]
    assert [(one.json()["tax_case"], one.json()["net_cents"]) for one in made] == [
        ("private", 8_000),
        ("regular", 2_000),
    ]


async def test_a_payout_that_awaits_approval_names_what_its_partner_owes_in_another_tax_case(
    door: Door, payable_shop: Shop
) -> None:
    await was_regular_until_june(payable_shop)
    await earn(payable_shop, -12_345, on=date(2026, 3, 2))
    await earn(payable_shop, 20_000, on=date(2026, 7, 1))
    made = (await door.api("POST", "payouts", {"partner": "ANNA"})).json()
    assert made["open_debts"] == [{"tax_case": "regular", "net_cents": -12_345}]
    assert (await door.api("GET", f"payouts/{made['number']}")).json()["open_debts"] == made["open_debts"]


async def test_a_disputed_sale_says_that_it_is_disputed(door: Door, payable_shop: Shop) -> None:
    await approved_sale(payable_shop)
    await dispute(payable_shop, "open", 5950)
    [one] = (await owed(door))["waiting"]
    assert (one["reason"], one["sentence"]) == ("sale_held", "Zum Verkauf läuft ein Zahlungsstreit.")
    refused = await door.api("POST", "payouts", {"partner": "ANNA"})
    assert (refused.json()["code"], refused.json()["reason"]) == ("nothing_due", "sale_disputed")
    balance = (await door.api("GET", "partners/ANNA")).json()["balance"]
    assert (balance["pending_cents"], balance["held_cents"]) == (1_000, 1_000)


async def test_a_year_of_payments_is_a_file_of_the_api(door: Door, payable_shop: Shop) -> None:
    await earn(payable_shop, 10_000)
    made = (await door.api("POST", "payouts", {"partner": "ANNA"})).json()
    await payable_shop.document_under_way(made["number"])
    await payable_shop.pay(made["number"])
    await payable_shop.rows("UPDATE payouts SET paid_on = '2026-01-02'")
    for year, holds in ((2026, True), (2025, False)):
        answer = await door.api("GET", f"reports/partners/ANNA/yearly-statement.csv?year={year}")
        assert (answer.status_code, made["number"] in answer.text) == (200, holds)
    assert (await door.api("GET", "reports/partners/ANNA/yearly-statement.csv?year=1")).status_code == 422
