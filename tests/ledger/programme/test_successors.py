"""A new legal person is a new partner, which names the one that it follows; each is followed once."""

import pytest

from ledger.programme import partners
from ledger.programme.partners import NewPartner, Partner, PartnerChange
from ledger.refusals import AlreadyExists, NotAcceptable
from tests.fixtures.ledger_shop import NewTenant, Shop


async def add(shop: Shop, code: str, **members: str) -> Partner:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await partners.create(tx, NewPartner(code=code, name=f"{code} GmbH", **members), by="user:x")


async def follow(shop: Shop, code: str, predecessor: str | None) -> Partner:
    async with shop.ledger.transaction(shop.tenant) as tx:
        found = await partners.find_by_code(tx, code)
        assert found is not None
        return await partners.change(tx, found.id, PartnerChange(predecessor_code=predecessor), by="user:x")


async def seen(shop: Shop, code: str) -> tuple[str | None, str | None]:
    async with shop.ledger.transaction(shop.tenant) as tx:
        found = await partners.find_by_code(tx, code)
    assert found is not None
    return found.predecessor_code, found.successor_code


async def test_a_new_legal_person_names_its_predecessor_and_both_say_so(shop: Shop) -> None:
    await add(shop, "OLD")
    assert (await add(shop, "NEW", predecessor_code=" old ")).predecessor_code == "OLD"
    assert await seen(shop, "OLD") == (None, "NEW")
    async with shop.ledger.transaction(shop.tenant) as tx:
        new = await partners.find_by_code(tx, "NEW")
        assert new is not None
        await partners.change(tx, new.id, PartnerChange(city="Köln"), by="user:x")
    assert await seen(shop, "NEW") == ("OLD", None), "what is not set stays"
    assert new.agreement_accepted_at is None, "nothing goes over"
    await follow(shop, "NEW", None)
    assert await seen(shop, "OLD") == (None, None)


async def test_each_partner_is_followed_by_one_and_never_by_itself(shop: Shop) -> None:
    for code in ("OLD", "THIRD"):
        await add(shop, code)
    await add(shop, "NEW", predecessor_code="OLD")
    with pytest.raises(AlreadyExists) as taken:
        await add(shop, "ANOTHER", predecessor_code="OLD")
    assert (taken.value.code, taken.value.params) == ("partner_has_successor", {"partner": "NEW"})
    await follow(shop, "THIRD", "NEW")
    for code, predecessor in (("OLD", "OLD"), ("OLD", "NEW"), ("OLD", "THIRD")):
        with pytest.raises(NotAcceptable) as circle:
            await follow(shop, code, predecessor)
        assert circle.value.code == "predecessor_cycle"
    assert (await follow(shop, "NEW", "OLD")).predecessor_code == "OLD", "the same again is no other"


async def test_a_partner_of_another_tenant_is_followed_by_nobody(shop: Shop, new_tenant: NewTenant) -> None:
    await add(shop, "OLD")
    other = Shop(shop.ledger, await new_tenant(), {})
    with pytest.raises(NotAcceptable) as unknown:
        await add(other, "NEW", predecessor_code="OLD")
    assert unknown.value.code == "unknown_predecessor"
