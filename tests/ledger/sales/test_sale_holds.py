"""Rows that hold a sale, and the codes on it that lists and what is due look at."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from ledger.refusals import AlreadyExists
from tests.fixtures.house import until
from tests.fixtures.invoices import apply, paid
from tests.fixtures.ledger_shop import Shop

_HOLD = "INSERT INTO sale_holds (tenant_id, transaction_id, code) VALUES ($1, $2, $3)"


@pytest.fixture
async def sale(shop: Shop) -> UUID:
    outcome = await apply(shop, paid(partner_code="ANNA"))
    assert outcome.transaction_id is not None
    return outcome.transaction_id


async def codes(shop: Shop, sale: UUID) -> list[str] | None:
    found: list[str] | None = (await shop.transaction(sale))["open_holds"]
    return found


async def test_two_who_hold_the_same_sale_at_once_lose_nothing(shop: Shop, sale: UUID) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        await tx.execute(_HOLD, shop.tenant.id, sale, "dispute")
        other = asyncio.create_task(shop.rows(_HOLD, shop.tenant.id, sale, "own_purchase"))
        await until(lambda: shop.rows("SELECT 1 FROM pg_locks WHERE NOT granted"), bool, "the other one to wait")
    await other
    assert sorted(await codes(shop, sale) or []) == ["dispute", "own_purchase"]


async def test_a_sale_is_held_once_for_a_reason_and_again_when_it_was_released(shop: Shop, sale: UUID) -> None:
    await shop.rows(_HOLD, shop.tenant.id, sale, "dispute")
    with pytest.raises(AlreadyExists):
        await shop.rows(_HOLD, shop.tenant.id, sale, "dispute")
    await shop.rows("UPDATE sale_holds SET released_at = now(), released_by = 'test'")
    assert await codes(shop, sale) is None
    await shop.rows(_HOLD, shop.tenant.id, sale, "dispute")
    assert await codes(shop, sale) == ["dispute"]
    assert len(await shop.rows("SELECT 1 FROM sale_holds")) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM sale_holds",
        "UPDATE sale_holds SET code = 'dispute'",
        "UPDATE sale_holds SET params = '{}'",
        "UPDATE sale_holds SET since = now()",
        "UPDATE payout_holds SET params = '{}'",
        "DELETE FROM payout_holds",
    ],
)
async def test_what_held_a_sale_or_a_payout_is_not_rewritten(shop: Shop, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await shop.rows(statement)
