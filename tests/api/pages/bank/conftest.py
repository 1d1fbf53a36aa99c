"""And the ledger's fixtures: a fresh tenant for each test."""

import pytest

from ledger.programme import campaigns
from ledger.programme.calculation import Rate
from ledger.programme.campaigns import NewCampaign, NewPlan
from tests.fixtures import bank_runs as bank
from tests.fixtures.browsers import Firm
from tests.fixtures.ledger_shop import Shop, ledger, new_tenant, shop, tenant, vault

__all__ = ["ledger", "new_tenant", "shop", "tenant", "vault"]


@pytest.fixture
async def accounts_office(firm: Firm) -> Shop:
    """The books of a firm whose account is in force, with a plan."""
    shop = Shop(firm.parts.ledger, firm.tenant, {})
    await bank.own_account(shop, firm.parts.vault)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        campaign = await campaigns.create(tx, NewCampaign(slug="s", name="S"), by="test")
        await campaigns.add_plan(tx, campaign.id, NewPlan(levels=(Rate(level=1, percent=10),)), by="test")
    return shop
