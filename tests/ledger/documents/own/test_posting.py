"""What is booked where, and what keeps a voucher from being booked."""

from uuid import UUID, uuid4

from ledger.documents.own import posting, posting_rules
from ledger.documents.own.posting import Category, PostingCase
from ledger.types import TaxCase
from tests.fixtures.ledger_shop import Shop

CATEGORY = Category(id=UUID(int=1), name="Provisionen", type="outgo")
ABROAD = Category(id=UUID(int=2), name="Fremdleistungen §13b", type="outgo")


async def connected(shop: Shop) -> UUID:
    organization = uuid4()
    await shop.rows("UPDATE provider_connections SET organization_id = $1 WHERE provider = 'lexoffice'", organization)
    return organization


async def why(shop: Shop, case: TaxCase) -> str | None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        found = await posting_rules.why_not_bookable(tx, case)
    return None if found is None else found.code


async def test_nothing_is_booked_before_an_admin_has_chosen_and_confirmed(shop: Shop) -> None:
    assert await why(shop, TaxCase.REGULAR) == "not_connected"
    organization = await connected(shop)
    assert await why(shop, TaxCase.REGULAR) == "category_missing"
    async with shop.ledger.transaction(shop.tenant) as tx:
        await posting.keep_list(tx, organization, [CATEGORY, ABROAD])
        await posting.choose(tx, PostingCase.REGULAR, CATEGORY.id, by="admin")
        await posting.choose(tx, PostingCase.REVERSE_CHARGE_EU, ABROAD.id, by="admin")
    assert await why(shop, TaxCase.REGULAR) is None
    assert await why(shop, TaxCase.EU_BUSINESS) == "thirteen_b_unconfirmed"
    assert await why(shop, TaxCase.THIRD_COUNTRY) == "category_missing"
    async with shop.ledger.transaction(shop.tenant) as tx:
        await posting_rules.confirm(tx, PostingCase.REVERSE_CHARGE_EU, voucher_number="T-1", shown="Kz 46", by="admin")
    assert await why(shop, TaxCase.EU_BUSINESS) is None
    await connected(shop)
    assert await why(shop, TaxCase.REGULAR) == "category_missing", "of another organisation nothing is known"
    assert await why(shop, TaxCase.EU_BUSINESS) == "category_missing"


async def test_a_category_that_vanished_bars_and_asks_until_it_is_back_or_another_is_chosen(shop: Shop) -> None:
    organization = await connected(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await posting.keep_list(tx, organization, [CATEGORY])
        await posting.choose(tx, PostingCase.REGULAR, CATEGORY.id, by="admin")
        assert not await posting.keep_list(tx, organization, [CATEGORY.model_copy(update={"type": "income"})])
    assert await why(shop, TaxCase.REGULAR) == "category_vanished"
    assert await shop.tasks() == [("category_vanished", "regular")]
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert await posting.keep_list(tx, organization, [CATEGORY]), "what waited may go on"
    assert await why(shop, TaxCase.REGULAR) is None
    assert await shop.tasks() == []


async def test_the_list_is_read_once_a_day_where_something_is_chosen(shop: Shop) -> None:
    organization = await connected(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert not await posting.is_list_due(tx), "nobody has asked for it"
        await posting.want_list(tx)
        assert await posting.is_list_due(tx)
        await posting.keep_list(tx, organization, [CATEGORY])
        await posting.choose(tx, PostingCase.REGULAR, CATEGORY.id, by="admin")
        assert not await posting.is_list_due(tx)
        await tx.execute("UPDATE posting_category_lists SET read_at = now() - interval '25 hours'")
        assert await posting.is_list_due(tx)
