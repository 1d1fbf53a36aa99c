from collections.abc import AsyncIterator

import pytest

from sandbox.lexoffice_server import LexofficeAddresses
from sandbox.temporal_server import TemporalAddresses
from tests.conftest import Database
from tests.house import House, Shop, running


@pytest.fixture(scope="session")
async def product(
    database: Database, temporal: TemporalAddresses, lexoffice_sandbox: LexofficeAddresses
) -> AsyncIterator[House]:
    """API and worker, running over the real parts for the whole session."""
    async with running(database, temporal, lexoffice_sandbox) as house:
        yield house


@pytest.fixture
async def shop(product: House) -> Shop:
    """A fresh tenant, connected to an account of its own, with partners CLARA ← BERND ← ANNA."""
    shop = await product.shop()
    await shop.partners()
    return shop


@pytest.fixture
async def chapter_shop(product: House) -> Shop:
    """The same in the chapter's dialect of notifications."""
    shop = await product.shop(dialect="chapter")
    await shop.partners()
    return shop
