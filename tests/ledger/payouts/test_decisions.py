"""Decisions: one row, one state, in one transaction; the second of two opposite ones is refused."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from ledger.payouts import decisions
from ledger.payouts.decisions import Decision, Shown
from ledger.payouts.payouts import Payout
from ledger.refusals import Blocked, ContentHasChanged, DocumentUnderWay, NotAllowedNow, NotFound
from ledger.types import PayoutState
from tests.fixtures.ledger_shop import NewTenant, Shop
from tests.fixtures.payable import ask_for, earn, intend, look, request

Decide = Callable[..., Coroutine[Any, Any, Decision]]


async def decide(shop: Shop, payout: Payout, kind: str, *, seen: str | None = None) -> Decision:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        if kind == "approve":
            return await decisions.approve(
                tx,
                payout.number,
                actor="key:chief",
                seen_hash=seen or payout.content_hash,
                shown=Shown(by_hand=True),
            )
        made: Decide = getattr(decisions, kind)
        return await made(tx, payout.number, actor="key:chief", reason="Darum.", seen_hash=seen)


AFTER = {"approve": PayoutState.APPROVED, "reject": PayoutState.REJECTED, "cancel": PayoutState.CANCELLED}


@pytest.mark.parametrize("first", ["approve", "reject", "cancel"])
@pytest.mark.parametrize("second", ["approve", "reject", "cancel"])
async def test_a_second_decision_is_refused_but_for_a_cancel_after_an_approval(
    shop: Shop, first: str, second: str
) -> None:
    payout = await ask_for(shop)
    made = await decide(shop, payout, first)
    assert (made.decided_by, made.content_hash, made.kind) == ("key:chief", payout.content_hash, first)
    if (first, second) == ("approve", "cancel"):
        await decide(shop, payout, second)
        assert (await look(shop, payout.number)).state is PayoutState.CANCELLED
        return
    with pytest.raises(NotAllowedNow):
        await decide(shop, payout, second)
    assert (await look(shop, payout.number)).state is AFTER[first]
    assert len(await shop.rows("SELECT 1 FROM decisions")) == 1


async def test_of_two_opposite_decisions_at_once_exactly_one_wins(shop: Shop) -> None:
    payout = await ask_for(shop)
    for _ in range(10):
        results = await asyncio.gather(
            decide(shop, payout, "approve"), decide(shop, payout, "reject"), return_exceptions=True
        )
        won = [result for result in results if isinstance(result, Decision)]
        assert len(won) == 1, results
        assert (await look(shop, payout.number)).state is AFTER[won[0].kind.value]
        if won[0].kind.value == "approve":
            await decide(shop, payout, "cancel")
        payout = await request(shop)


@pytest.mark.parametrize("kind", ["approve", "reject", "cancel"])
async def test_a_decision_about_something_else_than_was_seen_is_refused(shop: Shop, kind: str) -> None:
    payout = await ask_for(shop)
    with pytest.raises(ContentHasChanged):
        await decide(shop, payout, kind, seen="0" * 64)
    assert (await look(shop, payout.number)).state is PayoutState.AWAITING_APPROVAL


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE partners SET street = 'Anderswo 1' WHERE code = 'ANNA'",
        "UPDATE partners SET name = 'Anna Anders' WHERE code = 'ANNA'",
        "UPDATE partners SET lexoffice_contact_id = gen_random_uuid() WHERE code = 'ANNA'",
        "UPDATE partner_tax_statuses SET tax_number = '99/999/99999'",
    ],
)
async def test_whatever_an_approval_stands_for_changes_its_hash(shop: Shop, change: str) -> None:
    payout = await ask_for(shop)
    await shop.rows(change)
    with pytest.raises(ContentHasChanged):
        await decide(shop, payout, "approve")


async def test_what_is_not_part_of_the_payout_leaves_its_hash_alone(shop: Shop) -> None:
    payout = await ask_for(shop)
    await earn(shop, 500)
    await shop.rows("UPDATE partners SET street = 'Anderswo 1' WHERE code = 'BERT'")
    await decide(shop, payout, "approve")


async def test_an_approval_is_refused_where_the_document_is_blocked_meanwhile(shop: Shop) -> None:
    payout = await ask_for(shop)
    await shop.rows("UPDATE partners SET agreement_accepted_at = NULL")
    with pytest.raises(Blocked) as blocked:
        await decide(shop, await look(shop, payout.number), "approve")
    assert blocked.value.code == "agreement_missing"


async def test_a_payout_that_is_held_is_not_approved(shop: Shop) -> None:
    payout = await ask_for(shop)
    await shop.rows(
        "INSERT INTO payout_holds (tenant_id, payout_id, code) SELECT tenant_id, id, 'to_look_at' FROM payouts"
    )
    with pytest.raises(NotAllowedNow):
        await decide(shop, payout, "approve")


async def test_a_cancel_is_refused_while_an_intent_exists(shop: Shop) -> None:
    payout = await ask_for(shop)
    await decide(shop, payout, "approve")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await intend(tx, payout.number)
    with pytest.raises(DocumentUnderWay):
        await decide(shop, payout, "cancel")
    assert len(await shop.rows("SELECT 1 FROM decisions")) == 1, "a refused decision leaves no row"
    await shop.rows("UPDATE creation_intents SET closed_at = now()")
    await decide(shop, payout, "cancel")


@pytest.mark.parametrize("state", ["outcome_unknown", "credit_note_open"])
async def test_a_cancel_of_a_payout_with_a_document_names_the_way_to_do_it(shop: Shop, state: str) -> None:
    payout = await ask_for(shop)
    await decide(shop, payout, "approve")
    await shop.rows("UPDATE payouts SET state = $1", state)
    with pytest.raises(DocumentUnderWay):
        await decide(shop, payout, "cancel")


async def test_reject_and_cancel_set_the_commissions_free_and_close_what_was_asked(shop: Shop) -> None:
    payout = await ask_for(shop)
    await shop.rows(
        "INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions)"
        " VALUES ($1, 'payout_blocked', 'payout', $2, 'x', '{retry}')",
        shop.tenant.id,
        payout.number,
    )
    await decide(shop, payout, "reject")
    assert await shop.tasks() == []
    again = await request(shop)
    assert again.net_cents == payout.net_cents


async def test_an_approval_forgets_what_blocked_an_earlier_one(shop: Shop) -> None:
    payout = await ask_for(shop)
    await shop.rows("UPDATE payouts SET blocked_code = 'connection_broken', blocked_params = '{}'")
    await decide(shop, payout, "approve")
    assert (await look(shop, payout.number)).blocked is None


async def test_another_tenants_payout_is_not_there(shop: Shop, new_tenant: NewTenant) -> None:
    payout = await ask_for(shop)
    stranger = Shop(shop.ledger, await new_tenant(), {})
    for kind in AFTER:
        with pytest.raises(NotFound):
            await decide(stranger, payout, kind)
