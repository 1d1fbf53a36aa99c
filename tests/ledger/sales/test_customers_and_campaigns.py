"""Whose customer it is, and which plan pays a sale."""

import asyncio
from decimal import Decimal
from uuid import uuid4

import pytest

from ledger.programme import campaigns
from ledger.programme.calculation import Rate
from ledger.programme.campaigns import NewCampaign, NewPlan
from ledger.refusals import AlreadyExists, NotAcceptable
from ledger.sales import customers
from ledger.sales.customers import CustomerFilter, CustomerNames, NewCustomer
from tests.fixtures.ledger_shop import Shop, at


async def test_a_customer_is_found_by_external_id_then_contact_then_mail(shop: Shop) -> None:
    contact = uuid4()
    async with shop.ledger.transaction(shop.tenant) as tx:
        by_id = await customers.create(tx, NewCustomer(external_id="cus_1"), by="test")
        by_contact = await customers.create(tx, NewCustomer(lexoffice_contact_id=contact), by="test")
        by_mail = await customers.create(tx, NewCustomer(email="Kunde@example.org"), by="test")

        async def found(**names: object) -> object:
            known = await customers.find_by_names(tx, CustomerNames.model_validate(names))
            return known and known.id

        mail = "kunde@EXAMPLE.org"
        assert await found(email=mail, lexoffice_contact_id=contact, external_id="cus_1") == by_id.id
        assert await found(email=mail, lexoffice_contact_id=contact, external_id="cus_2") == by_contact.id
        assert await found(email=mail, lexoffice_contact_id=uuid4()) == by_mail.id
        assert await found(email="nobody@example.org") is None
        assert await found() is None


async def test_a_known_customer_is_completed_and_never_rewritten(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        first = await customers.remember(tx, CustomerNames(email="k@example.org", name="Erster Name"))
        second = await customers.remember(
            tx, CustomerNames(external_id="cus_9", email="K@example.org", name="Anderer Name")
        )
    assert first is not None
    assert second is not None
    assert second.id == first.id
    assert (second.external_id, second.name) == ("cus_9", "Erster Name")


async def test_a_name_that_is_another_customers_is_left_to_a_person(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        mailed = await customers.remember(tx, CustomerNames(email="k@example.org"))
        numbered = await customers.remember(tx, CustomerNames(external_id="cus_9"))
        again = await customers.remember(tx, CustomerNames(external_id="cus_9", email="k@example.org"))
    assert mailed is not None
    assert numbered is not None
    assert again is not None
    assert again.id == numbered.id != mailed.id
    assert again.email is None


async def test_two_sales_of_a_new_customer_at_once_make_one_customer(shop: Shop) -> None:
    async def remember() -> object:
        async with shop.ledger.transaction(shop.tenant) as tx:
            known = await customers.remember(tx, CustomerNames(external_id="cus_1", email="k@example.org"))
            assert known is not None
            return known.id

    assert len(set(await asyncio.gather(*(remember() for _ in range(5))))) == 1


async def test_a_customer_may_be_assigned_to_a_partner_and_taken_away(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        new = NewCustomer(email="k@example.org", assigned_partner_code="ANNA")
        customer = await customers.create(tx, new, by="test")
        assert customer.assigned_partner_code == "ANNA"
        freed = await customers.assign_partner(tx, customer.id, None, by="test", reason="Vertrag")
        assert freed.assigned_partner_id is None
        listed, _ = await customers.list_customers(tx, CustomerFilter(partner_id=shop.partner["ANNA"].id))
        assert listed == []
    with pytest.raises(NotAcceptable):
        async with shop.ledger.transaction(shop.tenant) as tx:
            await customers.assign_partner(tx, customer.id, "NIEMAND", by="test", reason="Vertrag")
    with pytest.raises(AlreadyExists):
        async with shop.ledger.transaction(shop.tenant) as tx:
            await customers.create(tx, NewCustomer(email="K@EXAMPLE.ORG"), by="test")


async def test_a_sale_is_paid_by_the_plan_of_its_instant(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        campaign = await campaigns.find_by_slug(tx, "standard")
        assert campaign is not None
        summer = NewPlan(levels=(Rate(level=1, percent=Decimal("12.3456")),), valid_from=at("2026-06-01T00:00+02:00"))
        await campaigns.add_plan(tx, campaign.id, summer, by="test")
        before = await campaigns.plan_at(tx, campaign.id, at("2026-05-31T23:59+02:00"))
        since = await campaigns.plan_at(tx, campaign.id, at("2026-06-01T00:00+02:00"))
    assert before is not None
    assert since is not None
    assert [rate.percent for rate in before.levels] == [10, 5, 2]
    assert (before.valid_from, since.valid_from) == (None, summer.valid_from)
    assert since.levels == summer.levels


async def test_a_campaign_pays_nothing_before_its_first_plan(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        campaign = await campaigns.create(tx, NewCampaign(slug="herbst", name="Herbst"), by="test")
        plan = NewPlan(levels=(Rate(level=1, fixed_cents=500),), valid_from=at("2026-09-01T00:00+02:00"))
        await campaigns.add_plan(tx, campaign.id, plan, by="test")
        assert await campaigns.plan_at(tx, campaign.id, at("2026-08-31T12:00+02:00")) is None
        assert not campaign.is_default  # the first campaign is, until another is made it
        await campaigns.make_default(tx, campaign.id, by="test")
        assert (await campaigns.get(tx, campaign.id)).is_default


async def test_a_plan_above_its_base_is_refused_by_the_database_too(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        campaign = await campaigns.find_by_slug(tx, "standard")
        assert campaign is not None
        levels = (Rate(level=1, percent=Decimal(60)), Rate(level=2, percent=Decimal(50)))
        with pytest.raises(NotAcceptable):
            await campaigns.add_plan(tx, campaign.id, NewPlan(levels=levels), by="test")
        with pytest.raises(AlreadyExists):
            await campaigns.add_plan(tx, campaign.id, NewPlan(levels=levels[:1]), by="test")
    with pytest.raises(NotAcceptable) as refused:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await tx.execute(
                "INSERT INTO plan_levels (tenant_id, plan_id, level, percent) SELECT tenant_id, id, 9, 99 FROM plans"
            )
    assert refused.value.code == "plan_exceeds_base"
