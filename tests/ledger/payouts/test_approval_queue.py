"""The queue of approvals goes on until it has as many as are shown, whatever stands before them."""

from uuid import uuid4

import pytest

from ledger.payouts import approval_queue
from ledger.types import UserId
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import earn, fit_to_be_paid, fit_to_pay, request


async def test_what_nobody_may_approve_hides_nothing_behind_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four are held, so that the fifth lies beyond the first look at three and the second at as many."""
    monkeypatch.setattr(approval_queue, "_AT_LEAST", 1)
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    numbers = []
    for _ in range(5):
        await earn(shop, 10_000)
        numbers.append((await request(shop)).number)
    await shop.rows(
        "INSERT INTO payout_holds (tenant_id, payout_id, code) "
        "SELECT tenant_id, id, 'to_look_at' FROM payouts WHERE number <> $1",
        numbers[-1],
    )
    async with shop.ledger.transaction(shop.tenant) as tx:
        shown, following = await approval_queue.for_person(tx, UserId(uuid4()), after=None, limit=2)
    assert ([one.number for one in shown], following) == ([numbers[-1]], None)
