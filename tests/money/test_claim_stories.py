"""Hypothesis looks for a story of debts, their documents, claims and set-offs that counts a cent twice or loses one."""

from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from ledger import clock
from ledger.booking import settlement
from ledger.documents.own import circle, issuing
from ledger.payouts import (
    claim_write_offs,
    claims,
    corrections,
    decisions,
    final_settlement,
    own_content,
    own_reversal_rows,
    own_reversals,
    payouts,
    set_offs,
)
from ledger.payouts.claims import PaidBack
from ledger.payouts.own_reversal_rows import Ground
from ledger.payouts.own_reversals import Wanted
from ledger.payouts.payouts import Payout
from ledger.refusals import Refused
from ledger.types import PayoutState, TaxCase, Tenant, TenantId
from tests.conftest import Database
from tests.fixtures.ledger_shop import Shop, new_shop
from tests.fixtures.own_payouts import pay, take_effect
from tests.fixtures.payable import approve, earn, fit_to_be_paid, fit_to_pay, request
from tests.ledger.payouts.test_set_offs import allowed
from tests.money.invariants import broken
from tests.money.test_histories_stateful import Loop, looped

T = TypeVar("T")

_TRANSFERRED_AND_OWED = """
    -- Documents that stand, over and under zero, are what left the bank, and what is still claimed or given up.
    SELECT p.code FROM partners p
     WHERE (SELECT COALESCE(sum(o.gross_cents), 0) FROM payouts o WHERE o.partner_id = p.id AND o.state = 'paid')
         + (SELECT COALESCE(sum(d.gross_cents), 0) FROM own_reversals r JOIN own_documents d ON d.id = r.document_id
             WHERE r.partner_id = p.id AND r.kind = 'correction' AND r.stage = 'delivered')
        <> (SELECT COALESCE(sum(o.gross_cents - o.set_off_cents), 0) FROM payouts o
             WHERE o.partner_id = p.id AND o.state = 'paid')
         - (SELECT COALESCE(sum(c.amount_cents), 0) FROM claims c WHERE c.partner_id = p.id)
         + (SELECT COALESCE(sum(s.amount_cents), 0) FROM set_offs s JOIN payouts o ON o.id = s.payout_id
             WHERE o.partner_id = p.id AND o.state = 'paid' AND s.released_at IS NULL)
"""


class ClaimStories(RuleBasedStateMachine):
    """Each act is tried as it comes; what the ledger refuses changes nothing."""

    loop: Loop

    def __init__(self) -> None:
        super().__init__()
        self.shop = self.loop.runner.run(self._begin())

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
        await allowed(shop)
        return shop

    def attempt(self, act: Coroutine[Any, Any, T]) -> T | None:
        try:
            return self.loop.runner.run(act)
        except Refused:
            return None

    @rule(cents=st.integers(1, 20_000))
    def is_earned(self, cents: int) -> None:
        self.attempt(earn(self.shop, cents))

    @rule(cents=st.integers(1, 20_000))
    def is_taken_back(self, cents: int) -> None:
        self.attempt(earn(self.shop, -cents))

    @rule(leaves=st.booleans())
    def leaves_or_stays(self, leaves: bool) -> None:
        async def act() -> None:
            async with self.shop.ledger.transaction(self.shop.tenant) as tx:
                do = final_settlement.begin if leaves else final_settlement.take_back
                await do(tx, self.shop.partner["ANNA"].id, by="key:x")

        self.attempt(act())

    @rule(how=st.sampled_from(["paid", "paid", "delivered", "rejected", "left"]))
    def a_payout_is_made(self, how: str) -> None:
        self.attempt(self._pay_out(how))

    async def _pay_out(self, how: str) -> None:
        payout = await request(self.shop)
        if how == "rejected":
            async with self.shop.ledger.transaction(self.shop.tenant) as tx:
                await decisions.reject(tx, payout.number, actor="key:chief", reason="x")
        elif how != "left":
            await self._deliver(payout, paid=how == "paid")

    async def _deliver(self, payout: Payout, *, paid: bool) -> None:
        await approve(self.shop, payout)
        async with self.shop.ledger.transaction(self.shop.tenant) as tx:
            locked = await payouts.lock(tx, payout.number)
            draft = await own_content.gather(tx, locked)
            row = await issuing.issue(
                tx, draft.document, payout=payout.id, must_be_e_invoice=draft.must_be_e_invoice, by="engine"
            )
            await tx.execute(
                "UPDATE own_documents SET handed_out_at = now(), delivered_at = now() WHERE id = $1", row.id
            )
            await tx.execute("UPDATE payouts SET document_stage = 'delivered' WHERE id = $1", payout.id)
            await payouts.change_state(tx, locked, PayoutState.CREDIT_NOTE_OPEN)
            if row.transfer_cents == 0:
                await settlement.mark_paid(tx, await payouts.get(tx, payout.number), row.number, clock.today())
        if paid and row.transfer_cents:
            await pay(self.shop, payout)

    @rule(wanted=st.booleans())
    def what_awaits_approval_is_set_off_or_not(self, wanted: bool) -> None:
        async def act() -> None:
            if number := await self._first("SELECT number FROM payouts WHERE state = 'awaiting_approval' ORDER BY seq"):
                async with self.shop.ledger.transaction(self.shop.tenant) as tx:
                    if wanted:
                        await set_offs.put_on(tx, number, by="key:x")
                    else:
                        await set_offs.take_off(tx, number, by="key:x", reason="x")

        self.attempt(act())

    @rule()
    def an_unpaid_document_is_taken_back(self) -> None:
        async def act() -> None:
            if number := await self._first("SELECT number FROM payouts WHERE state = 'credit_note_open' ORDER BY seq"):
                async with self.shop.ledger.transaction(self.shop.tenant) as tx:
                    asked = await own_reversals.ask(tx, number, Wanted(ground=Ground.ERROR, reason="x"), by="key:x")
                await take_effect(self.shop, asked)

        self.attempt(act())

    @rule(how=st.sampled_from(["effective", "effective", "withdrawn", "left"]))
    def a_debt_is_documented(self, how: str) -> None:
        async def act() -> None:
            async with self.shop.ledger.transaction(self.shop.tenant) as tx:
                asked = await corrections.ask(tx, "ANNA", TaxCase.REGULAR, reason="x", by="key:x")
            if how == "effective":
                await take_effect(self.shop, asked)
            elif how == "withdrawn":
                async with self.shop.ledger.transaction(self.shop.tenant) as tx:
                    await own_reversals.withdraw(tx, asked.id, by="key:x", reason="x")

        self.attempt(act())

    @rule()
    def one_that_was_left_becomes_effective(self) -> None:
        async def act() -> None:
            if id := await self._first(
                "SELECT id FROM own_reversals WHERE kind = 'correction' AND stage IS NULL AND withdrawn_at IS NULL"
            ):
                async with self.shop.ledger.transaction(self.shop.tenant) as tx:
                    asked = await own_reversal_rows.get(tx, UUID(id))
                await take_effect(self.shop, asked)

        self.attempt(act())

    @rule(cents=st.integers(1, 5_000), gives_up=st.booleans())
    def a_claim_is_paid_back_or_given_up(self, cents: int, gives_up: bool) -> None:
        async def act() -> None:
            if id := await self._first("SELECT id FROM claims WHERE state = 'open' ORDER BY seq"):
                async with self.shop.ledger.transaction(self.shop.tenant) as tx:
                    if gives_up:
                        await claim_write_offs.ask(tx, UUID(id), reason="x", by="key:x")
                    else:
                        said = PaidBack(day=clock.today(), reference="x", amount_cents=cents)
                        await claims.settle_by_hand(tx, UUID(id), said, by="key:x")

        self.attempt(act())

    @rule()
    def the_whole_way_of_a_debt(self) -> None:
        """What single acts seldom find: paid, taken back, documented, and set off against what is earned then."""
        self.is_earned(cents=5_000)
        self.a_payout_is_made(how="paid")
        self.is_taken_back(cents=9_000)
        self.leaves_or_stays(leaves=True)
        self.a_debt_is_documented(how="effective")
        self.is_earned(cents=3_000)
        self.a_payout_is_made(how="left")
        self.is_earned(cents=4_000)
        self.a_payout_is_made(how="paid")

    async def _first(self, query: str) -> str | None:
        rows = await self.shop.rows(query)
        return str(rows[0][0]) if rows else None

    @invariant()
    def every_promise_holds(self) -> None:
        self.loop.runner.run(self._look())

    async def _look(self) -> None:
        assert await broken(self.shop.ledger, self.shop.tenant) == []
        assert await self.shop.rows(_TRANSFERRED_AND_OWED) == []
        async with self.shop.ledger.transaction(self.shop.tenant) as tx:
            assert await circle.find_gaps(tx) == []


@pytest.fixture
def claim_stories(database: Database) -> Iterator[type[ClaimStories]]:
    with looped(database) as loop:
        ClaimStories.loop = loop
        yield ClaimStories


def test_no_story_counts_a_debt_twice_or_loses_a_cent_of_it(claim_stories: type[ClaimStories]) -> None:
    run_state_machine_as_test(
        claim_stories,
        settings=settings(
            max_examples=4,
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        ),
    )
