"""Hypothesis looks for a story of documents of our own that pays twice, or leaves a Storno or a number out."""

from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from ledger.booking import resolutions, reversed_payouts
from ledger.booking.resolutions import Answer
from ledger.documents.own import circle
from ledger.payouts import own_reversal_rows, own_reversals, payouts
from ledger.payouts.own_reversal_rows import Ground
from ledger.payouts.own_reversals import Wanted
from ledger.refusals import Refused
from ledger.types import DocumentStage, PayoutState, Tenant, TenantId
from tests.conftest import Database
from tests.fixtures.ledger_shop import Shop, new_shop
from tests.fixtures.own_payouts import deliver, pay
from tests.fixtures.payable import earn, fit_to_be_paid, fit_to_pay, request
from tests.money.test_histories_stateful import Loop, looped

T = TypeVar("T")

_PAID_TWICE = """
    -- What a partner holds by documents that stand: each sale's worth once, whatever was reissued.
    WITH RECURSIVE root AS (
        SELECT id, id AS root FROM commissions WHERE reissued_of IS NULL
        UNION ALL SELECT c.id, r.root FROM commissions c JOIN root r ON c.reissued_of = r.id)
    SELECT r.root FROM payout_lines l JOIN root r ON r.id = l.commission_id
      JOIN payouts p ON p.id = l.payout_id
     WHERE l.released_at IS NULL AND p.state IN ('credit_note_open', 'paid', 'returned')
     GROUP BY r.root HAVING count(*) > 1
"""
_CANCELLED_WITHOUT_STORNO = """
    SELECT p.number FROM payouts p JOIN own_documents d ON d.payout_id = p.id
     WHERE p.state = 'cancelled' AND d.kind = 'self_billed' AND d.closed_at IS NULL AND d.handed_out_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM own_documents s WHERE s.original_id = d.id AND s.kind = 'reversal'
                          AND s.closed_at IS NULL AND s.handed_out_at IS NOT NULL)
"""
_STORNO_OF_WHAT_STANDS = """
    SELECT p.number FROM payouts p JOIN own_documents d ON d.payout_id = p.id AND d.kind = 'self_billed'
      JOIN own_reversals r ON r.original_id = d.id AND r.stage = 'delivered'
     WHERE p.state IN ('credit_note_open', 'paid')
"""


class Stories(RuleBasedStateMachine):
    """Each act is tried as it comes; what the ledger refuses changes nothing."""

    loop: Loop

    def __init__(self) -> None:
        super().__init__()
        self.shop = self.run(self._begin())

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        return self.loop.runner.run(act)

    async def _begin(self) -> Shop:
        tenant = Tenant(id=TenantId(uuid4()), slug=f"t-{uuid4().hex[:12]}")
        async with self.loop.ledger.transaction(tenant, cause="test") as tx:
            await tx.execute("INSERT INTO tenants (id, slug, name) VALUES ($1, $2, 'Test')", tenant.id, tenant.slug)
            await tx.execute(
                "INSERT INTO provider_connections (tenant_id, provider) VALUES ($1, 'lexoffice')", tenant.id
            )
        shop = await new_shop(self.loop.ledger, tenant)
        await shop.rows("UPDATE tenants SET four_eyes_limit_cents = 100000000")
        await fit_to_pay(shop)
        await fit_to_be_paid(shop)
        return shop

    def attempt(self, act: Coroutine[Any, Any, object]) -> None:
        try:
            self.run(act)
        except Refused:
            pass

    @rule(cents=st.integers(1, 50_000))
    def is_issued_and_handed_out(self, cents: int) -> None:
        async def act() -> None:
            await earn(self.shop, cents)
            await deliver(self.shop, await request(self.shop))

        self.attempt(act())

    @rule(place=st.integers(0, 3))
    def is_paid(self, place: int) -> None:
        async def act() -> None:
            if number := await self._number(place, "credit_note_open"):
                async with self.shop.ledger.transaction(self.shop.tenant) as tx:
                    payout = await payouts.get(tx, number)
                await pay(self.shop, payout)

        self.attempt(act())

    @rule(place=st.integers(0, 3))
    def comes_back_from_the_bank(self, place: int) -> None:
        async def act() -> None:
            if number := await self._number(place, "paid"):
                async with self.shop.ledger.transaction(self.shop.tenant) as tx:
                    locked = await payouts.lock(tx, number)
                    await payouts.change_state(tx, locked, PayoutState.RETURNED, reason="Rückgabe")

        self.attempt(act())

    @rule(place=st.integers(0, 3))
    def a_storno_is_asked_for(self, place: int) -> None:
        async def act() -> None:
            if number := await self._number(place, "credit_note_open", "paid", "returned"):
                async with self.shop.ledger.transaction(self.shop.tenant) as tx:
                    await own_reversals.ask(tx, number, Wanted(ground=Ground.ERROR, reason="x"), by="key:x")

        self.attempt(act())

    @rule(place=st.integers(0, 3), how=st.sampled_from(["deliver", "issue", "deliver", "withdraw"]))
    def its_storno_goes_on(self, place: int, how: str) -> None:
        self.attempt(self._go_on(place, how))

    async def _go_on(self, place: int, how: str) -> None:
        rows = await self.shop.rows("SELECT id FROM own_reversals ORDER BY seq")
        if not rows:
            return
        id = rows[place % len(rows)]["id"]
        async with self.shop.ledger.transaction(self.shop.tenant) as tx:
            match how:
                case "issue":
                    await own_reversal_rows.issue(tx, id)
                case "withdraw":
                    await own_reversals.withdraw(tx, id, by="key:x", reason="doch richtig")
                case _:
                    held = await own_reversal_rows.issue(tx, id)
                    if held.is_open and held.stage is not None:
                        await own_reversal_rows.note_stage(tx, id, DocumentStage.BOOKED)
                        await tx.execute(
                            "UPDATE own_documents SET handed_out_at = now() WHERE id = $1 AND handed_out_at IS NULL",
                            held.document_id,
                        )
                        await reversed_payouts.conclude(tx, held)

    @rule(place=st.integers(0, 3), to=st.sampled_from(["cancelled", "paid", "settled_manually"]))
    def a_person_ends_what_was_returned(self, place: int, to: str) -> None:
        async def act() -> None:
            if number := await self._number(place, "returned"):
                answer = Answer(action=to, reason="x", detail={"paid_on": "2026-11-27"})
                async with self.shop.ledger.transaction(self.shop.tenant) as tx:
                    await resolutions._end_returned(tx, await payouts.lock(tx, number), PayoutState(to), answer)

        self.attempt(act())

    @rule(paid=st.booleans(), back=st.booleans(), to=st.sampled_from(["cancelled", "paid", "settled_manually"]))
    def a_document_is_taken_back_and_another_made(self, paid: bool, back: bool, to: str) -> None:
        """The whole way of the newest document, which single acts seldom find."""
        self.is_issued_and_handed_out(cents=1_000)
        if paid:
            self.is_paid(place=-1)
        if paid and back:
            self.comes_back_from_the_bank(place=-1)
        self.a_storno_is_asked_for(place=-1)
        self.its_storno_goes_on(place=-1, how="deliver")
        self.every_promise_holds()
        self.is_issued_and_handed_out(cents=1_000)
        self.every_promise_holds()
        self.a_person_ends_what_was_returned(place=-1, to=to)
        self.is_issued_and_handed_out(cents=1_000)

    async def _number(self, place: int, *states: str) -> str | None:
        rows = await self.shop.rows("SELECT number FROM payouts WHERE state = ANY ($1) ORDER BY seq", list(states))
        return str(rows[place % len(rows)]["number"]) if rows else None

    @invariant()
    def every_promise_holds(self) -> None:
        self.run(self._look())

    async def _look(self) -> None:
        for promise in (_CANCELLED_WITHOUT_STORNO, _STORNO_OF_WHAT_STANDS, _PAID_TWICE):
            assert await self.shop.rows(promise) == [], promise
        async with self.shop.ledger.transaction(self.shop.tenant) as tx:
            assert await circle.find_gaps(tx) == []


@pytest.fixture
def stories(database: Database) -> Iterator[type[Stories]]:
    with looped(database) as loop:
        Stories.loop = loop
        yield Stories


def test_no_story_pays_twice_or_leaves_a_document_without_its_storno(stories: type[Stories]) -> None:
    run_state_machine_as_test(
        stories,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        ),
    )
