"""One busy firm for all that only look; what changes something opens a firm of its own."""

import pytest

from tests.browser.firm import Month, a_month_of
from tests.fixtures.house import House


@pytest.fixture(scope="session")
async def month(product: House) -> Month:
    return await a_month_of(product)
