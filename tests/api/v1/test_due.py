"""What is due to a partner, as the JSON API says it: months, holds, several tax cases."""

from typing import Any

import pytest

from ledger.programme.calculation import Rate
from ledger.programme.tiers import TierMode
from tests.fixtures.door import Door
from tests.fixtures.ledger_shop import Shop, new_shop
from tests.fixtures.payable import fit_to_be_paid, fit_to_pay
from tests.money.selling import close, plan_from_march, sell, tiers


@pytest.fixture
async def shop(door: Door) -> Shop:
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
async def march(shop: Shop) -> Shop:
    """Two sales of 1.000,00 paid on 6 March, at 10 %, from 1.500,00 on 12 %; the month is closed."""
    await plan_from_march(shop, Rate(level=1, percent=10, tiers=tiers((150_000, 12))), tier_mode=TierMode.FLAT)
    await sell(shop, 100_000, 100_000)
    await close(shop)
    return shop


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
