"""§ 87c HGB: what was due for three months is paid below the minimum, unless partners are no Handelsvertreter."""

import pytest

from ledger.payouts.due import NotDue
from ledger.refusals import NothingDue
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import earn, request
from tests.money.test_due import owed, ready, reasons


async def small(shop: Shop, *, days: int) -> None:
    """5,00 with a minimum of 50,00, due for so many days."""
    await ready(shop)
    await shop.rows("UPDATE tenants SET minimum_payout_cents = 5000")
    await earn(shop, 500)
    await shop.rows("UPDATE commissions SET created_at = now() - make_interval(days => $1)", days)
    await shop.rows("UPDATE transactions SET sold_at = now() - make_interval(days => $1)", days)


async def test_a_small_balance_is_carried_for_three_months_and_then_paid(shop: Shop) -> None:
    await small(shop, days=89)
    assert reasons(await owed(shop)) == {NotDue.BELOW_MINIMUM: 500}
    await shop.rows("UPDATE commissions SET created_at = created_at - interval '4 days'")
    await shop.rows("UPDATE transactions SET sold_at = sold_at - interval '4 days'")
    assert [group.net_cents for group in (await owed(shop)).payable] == [500]
    assert (await request(shop)).net_cents == 500


async def test_the_hold_is_no_part_of_the_three_months(shop: Shop) -> None:
    await small(shop, days=93)
    await shop.rows("UPDATE tenants SET hold_days = 14")
    assert reasons(await owed(shop)) == {NotDue.BELOW_MINIMUM: 500}


async def test_where_partners_are_no_handelsvertreter_the_minimum_stands(shop: Shop) -> None:
    await small(shop, days=400)
    await shop.rows("UPDATE tenants SET commercial_agents = false")
    with pytest.raises(NothingDue, match="below_minimum"):
        await request(shop)
