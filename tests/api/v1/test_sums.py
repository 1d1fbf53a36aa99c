"""Sums say of how many they are."""

from tests.fixtures import bank_runs as bank
from tests.fixtures.door import Door
from tests.fixtures.ledger_shop import Shop, new_shop
from tests.fixtures.payable import earn, fit_to_be_paid, fit_to_pay


async def _shop(door: Door) -> Shop:
    made = await new_shop(door.parts.ledger, door.tenant)
    await fit_to_pay(made)
    await fit_to_be_paid(made)
    return made


async def test_a_partners_balance_says_of_how_many_commissions_and_payouts_it_is(door: Door) -> None:
    shop = await _shop(door)
    await earn(shop, 10_000, 20_000, -500)
    assert (await door.api("POST", "payouts", {"partner": "ANNA"})).status_code == 201
    await earn(shop, 700)
    balance = (await door.api("GET", "partners/ANNA")).json()["balance"]
    assert (balance["in_payout_cents"], balance["in_payout_count"]) == (29_500, 1)
    assert (balance["approved_cents"], balance["approved_count"]) == (700, 1)
    assert (balance["pending_count"], balance["paid_count"], balance["reversed_count"]) == (0, 0, 0)


async def test_what_could_be_transferred_says_of_how_many_it_is_the_sum(door: Door) -> None:
    shop, vault = await _shop(door), door.parts.vault
    await bank.own_account(shop, vault)
    payouts = [await bank.open_payout(shop, vault), await bank.open_payout(shop, vault)]
    found = (await door.api("GET", "bank-runs/candidates")).json()
    assert (found["total_cents"], found["total_of"]) == (sum(one.gross_cents for one in payouts), 2)
