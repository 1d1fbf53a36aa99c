from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.postgres import PostgresAddresses
from tests.conftest import Database
from tests.fixtures.house import Shop
from tests.fixtures.products import OwnProduct, own_product


@pytest.fixture(scope="session")
async def impatient(
    postgres: PostgresAddresses, database: Database, temporal_cli: Path, stack_state: Path, easybill_sandbox: str
) -> AsyncIterator[OwnProduct]:
    """A product that gives up early on an answer of lexoffice, and believes whoever signals its engine.

    `database` comes first: two migrations at once get into each other's way.
    """
    async with own_product(
        postgres,
        stack_state / "impatient",
        trust_engine_signals=True,
        create_seconds=1.5,
        certain_seconds=2.0,
        unclear_outcome_seconds=0.6,
        handover_after_seconds=0.0,
        easybill_base_url=easybill_sandbox,
        easybill_pace=0,
    ) as product:
        yield product


@pytest.fixture
async def hasty_shop(impatient: OwnProduct) -> Shop:
    """A tenant of the impatient product, with a partner ANNA."""
    shop = await impatient.house.shop()
    await shop.partners("ANNA")
    return shop
