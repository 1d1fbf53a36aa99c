"""Claims: paid back in parts, and written off by two persons above the limit."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from ledger import clock
from ledger.access.four_eyes import SecondPersonNeeded
from ledger.booking import resolutions
from ledger.booking.resolutions import Answer
from ledger.payouts import claim_write_offs, claims
from ledger.payouts.claims import Claim, ClaimFilter, ClaimState, PaidBack
from ledger.privacy import exports
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.types import TaskId
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.own_payouts import take_effect
from tests.ledger.payouts.test_corrections import ask, claims_of, owes
from tests.ledger.payouts.test_own_reversals import limit
from tests.money.invariants import broken


async def claimed(shop: Shop) -> Claim:
    """47,60 that ANNA owes."""
    await owes(shop, -4_000)
    await take_effect(shop, await ask(shop))
    [claim] = await claims_of(shop)
    return claim


async def paid_back(shop: Shop, claim: UUID, cents: int | None = None, day: date | None = None) -> Claim:
    async with shop.ledger.transaction(shop.tenant) as tx:
        said = PaidBack(day=day or clock.today(), reference="Auszug 12", amount_cents=cents)
        return await claims.settle_by_hand(tx, claim, said, by="key:desk")


async def write_off(shop: Shop, claim: UUID) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        await claim_write_offs.ask(tx, claim, reason="insolvent", by="key:maker")


async def test_a_claim_is_settled_once_its_parts_come_to_it(shop: Shop) -> None:
    claim = await claimed(shop)
    part = await paid_back(shop, claim.id, 1_000)
    assert (part.state, part.open_cents) == (ClaimState.OPEN, 3_760)
    with pytest.raises(NotAcceptable, match="claim_amount_not_acceptable"):
        await paid_back(shop, claim.id, 3_761)
    with pytest.raises(NotAcceptable, match="claim_day_in_future"):
        await paid_back(shop, claim.id, day=clock.today() + timedelta(days=1))
    whole = await paid_back(shop, claim.id)
    assert (whole.state, whole.open_cents, whole.ended_at is not None) == (ClaimState.SETTLED, 0, True)
    for again in (paid_back(shop, claim.id), write_off(shop, claim.id)):
        with pytest.raises(NotAllowedNow, match="claim_is_over"):
            await again
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert await claims.list_claims(tx, ClaimFilter(state=ClaimState.OPEN)) == ([], None)
        copy = await exports.of_partner(tx, claim.partner_id)
    assert [part["amount_cents"] for part in copy.records["claims"][0]["parts"]] == [1_000, 3_760]
    assert await broken(shop.ledger, shop.tenant) == []


async def test_below_the_limit_one_person_writes_the_rest_off(shop: Shop) -> None:
    claim = await claimed(shop)
    await paid_back(shop, claim.id, 1_000)
    await write_off(shop, claim.id)
    [ended] = await claims_of(shop)
    assert (ended.state, ended.settled_cents) == (ClaimState.WRITTEN_OFF, 4_760)


async def test_above_the_limit_a_second_person_writes_off_what_is_open_by_then(shop: Shop) -> None:
    claim = await claimed(shop)
    await limit(shop, 4_759)
    await write_off(shop, claim.id)
    with pytest.raises(NotAllowedNow, match="write_off_asked_before"):
        await write_off(shop, claim.id)
    [task] = await shop.rows("SELECT id FROM tasks WHERE kind = 'claim_write_off_asked' AND state = 'open'")
    with pytest.raises(SecondPersonNeeded):
        await answer(shop, task["id"], "confirm", by="key:maker")
    await paid_back(shop, claim.id, 760)
    await answer(shop, task["id"], "confirm", by="key:second")
    async with shop.ledger.transaction(shop.tenant) as tx:
        parts = await claims.parts_of(tx, claim.id)
    assert [(part.how, part.amount_cents, part.reason) for part in parts] == [
        ("hand", 760, None),
        ("written_off", 4_000, "insolvent"),
    ]


async def test_no_more_is_written_off_than_was_asked_about(shop: Shop) -> None:
    claim = await claimed(shop)
    await limit(shop, 4_759)
    await write_off(shop, claim.id)
    await shop.rows("UPDATE claims SET amount_cents = 9999 WHERE id = $1", claim.id)
    [task] = await shop.rows("SELECT id FROM tasks WHERE kind = 'claim_write_off_asked' AND state = 'open'")
    await answer(shop, task["id"], "confirm", by="key:second")
    assert [(one.state, one.open_cents) for one in await claims_of(shop)] == [(ClaimState.OPEN, 9_999 - 4_760)]


async def test_a_refused_write_off_leaves_the_claim_open(shop: Shop) -> None:
    claim = await claimed(shop)
    await limit(shop, 1)
    await write_off(shop, claim.id)
    async with shop.ledger.transaction(shop.tenant) as tx:
        with pytest.raises(NotAcceptable):
            await claim_write_offs.decide(tx, claim.id, confirmed=False, by="key:second", reason=None)
        await claim_write_offs.decide(tx, claim.id, confirmed=False, by="key:second", reason="zahlt noch")
        with pytest.raises(NotAllowedNow, match="write_off_not_asked"):
            await claim_write_offs.decide(tx, claim.id, confirmed=True, by="key:second", reason=None)
    assert [one.state for one in await claims_of(shop)] == [ClaimState.OPEN]


async def answer(shop: Shop, task: UUID, action: str, *, by: str) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        await resolutions.resolve(tx, TaskId(task), Answer(action=action), actor=by)
