"""What our own payouts say about Kleinunternehmer and private persons: who is blocked, and who is asked again."""

from datetime import UTC, date, datetime

import pytest

from ledger import clock
from ledger.payouts import status_limits
from ledger.refusals import Blocked
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import earn, fit_to_be_paid, fit_to_pay, request


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


async def made(shop: Shop, cents: int, on: date) -> None:
    await earn(shop, cents, on=on)
    with clock.set_to(noon(on.year, on.month, on.day)):
        payout = await request(shop)
    await shop.rows("UPDATE payouts SET created_at = $2 WHERE id = $1", payout.id, noon(on.year, on.month, on.day))


async def recorded(shop: Shop, status: str, on: date, *, year: int | None = None) -> None:
    await shop.rows(
        """
        UPDATE partner_tax_statuses SET status = $1, confirmed_year = $2, recorded_at = $3, declared_on = NULL,
                                        tax_number = '12/345/67890'
        """,
        status,
        year,
        noon(on.year, on.month, on.day),
    )


async def blocked(shop: Shop, cents: int, on: date) -> str | None:
    await earn(shop, cents, on=on)
    with clock.set_to(noon(on.year, on.month, on.day)):
        try:
            await request(shop)
        except Blocked as refused:
            return refused.code
    return None


async def open_tasks(shop: Shop, kind: str, on: date) -> list[str]:
    with clock.set_to(noon(on.year, on.month, on.day)):
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            await status_limits.ask_or_close(tx)
    rows = await shop.rows("SELECT reason_code FROM tasks WHERE kind = $1 AND state = 'open'", kind)
    return [row["reason_code"] for row in rows]


@pytest.fixture
async def anna(shop: Shop) -> Shop:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    return shop


async def test_a_small_business_above_last_years_limit_waits_for_an_answer_of_this_year(anna: Shop) -> None:
    await recorded(anna, "small_business", date(2026, 1, 5), year=2026)
    await made(anna, 2_500_001, date(2026, 6, 1))
    await recorded(anna, "small_business", date(2026, 12, 20), year=2027)
    assert await blocked(anna, 100, date(2027, 1, 10)) == "small_business_above_last_year"
    await recorded(anna, "small_business", date(2027, 1, 10), year=2027)
    assert await blocked(anna, 100, date(2027, 1, 11)) is None


async def test_exactly_the_limit_of_last_year_asks_nothing(anna: Shop) -> None:
    await recorded(anna, "small_business", date(2026, 1, 5), year=2026)
    await made(anna, 2_500_000, date(2026, 6, 1))
    await recorded(anna, "small_business", date(2026, 12, 20), year=2027)
    assert await blocked(anna, 100, date(2027, 1, 10)) is None


async def test_a_small_business_above_this_years_limit_waits_until_the_status_is_recorded_anew(anna: Shop) -> None:
    await recorded(anna, "small_business", date(2026, 1, 5), year=2026)
    await made(anna, 10_000_001, date(2026, 6, 1))
    assert await blocked(anna, 100, date(2026, 7, 1)) == "small_business_above_this_year"
    await recorded(anna, "small_business", date(2026, 7, 2), year=2026)
    assert await blocked(anna, 100, date(2026, 7, 3)) is None


async def test_a_private_person_is_asked_again_each_january(anna: Shop) -> None:
    await recorded(anna, "private", date(2026, 1, 5))
    await made(anna, 1_000, date(2026, 3, 1))
    assert await open_tasks(anna, status_limits.PRIVATE_TASK, date(2026, 12, 31)) == []
    assert await open_tasks(anna, status_limits.PRIVATE_TASK, date(2027, 1, 1)) == ["private_asked_each_year"]
    await recorded(anna, "private", date(2027, 1, 2))
    assert await open_tasks(anna, status_limits.PRIVATE_TASK, date(2027, 1, 3)) == []


async def test_a_private_person_is_asked_again_at_the_third_payout(anna: Shop) -> None:
    await recorded(anna, "private", date(2026, 1, 5))
    for month in (2, 3):
        await made(anna, 1_000, date(2026, month, 1))
    assert await open_tasks(anna, status_limits.PRIVATE_TASK, date(2026, 4, 1)) == []
    await made(anna, 1_000, date(2026, 4, 2))
    assert await open_tasks(anna, status_limits.PRIVATE_TASK, date(2026, 4, 3)) == ["private_with_many_payouts"]
    await recorded(anna, "private", date(2026, 4, 4))
    await made(anna, 1_000, date(2026, 5, 1))
    assert await open_tasks(anna, status_limits.PRIVATE_TASK, date(2026, 5, 2)) == []


async def test_a_private_person_is_asked_again_from_256_euros_a_year(anna: Shop) -> None:
    await recorded(anna, "private", date(2026, 1, 5))
    await made(anna, 25_599, date(2026, 3, 1))
    assert await open_tasks(anna, status_limits.PRIVATE_TASK, date(2026, 3, 2)) == []
    await made(anna, 1, date(2026, 3, 3))
    assert await open_tasks(anna, status_limits.PRIVATE_TASK, date(2026, 3, 4)) == ["private_with_much"]


async def test_small_businesses_are_reminded_of_in_december(anna: Shop) -> None:
    await recorded(anna, "small_business", date(2026, 1, 5), year=2026)
    assert await open_tasks(anna, status_limits.DECEMBER_TASK, date(2026, 11, 30)) == []
    assert await open_tasks(anna, status_limits.DECEMBER_TASK, date(2026, 12, 1)) == ["small_business_to_confirm"]
    await recorded(anna, "small_business", date(2026, 12, 2), year=2027)
    assert await open_tasks(anna, status_limits.DECEMBER_TASK, date(2026, 12, 3)) == []
