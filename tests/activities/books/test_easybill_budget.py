"""easybill allows few requests a minute: a step that takes two gets both, or none."""

from contextlib import AsyncExitStack

import pytest

from activities.books.easybill.gateway import EasybillDoor
from activities.gateway.calls import NoSlot
from ledger.connections import budget
from ledger.types import EASYBILL
from tests.fixtures.easybill_shop import easybill_shop
from tests.fixtures.house import House

PACE = 2.0


async def test_a_step_of_two_requests_is_not_robbed_of_its_second(product: House, easybill_sandbox: str) -> None:
    """Else many of them would use the plan up with first requests, and hardly one would come to its end."""
    async with easybill_shop(product, easybill_sandbox) as books, AsyncExitStack() as stack:
        tenant = books.shop.tenant
        door = EasybillDoor(product.ledger, product.settings.vault(), base_url=easybill_sandbox, pace_per_second=PACE)
        stack.push_async_callback(door.close)

        async def others_take_all() -> None:
            while await budget.reserve(product.ledger, tenant, provider=EASYBILL, pace_per_second=PACE):
                pass

        async with door.asking(await door.access(tenant), tenant, together=2) as client:
            await client.logins()
            await others_take_all()
            await client.logins()
            await others_take_all()
            with pytest.raises(NoSlot):
                await client.logins()
