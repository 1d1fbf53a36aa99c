"""Stages of a document of our own, and what `cancel` does at each (rules.md, The document, strategy B)."""

from datetime import timedelta
from typing import NamedTuple

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.models import OwnDocumentInput, OwnPayout, PayoutView, Step
from activities.payouts.next_step import plan_next_step
from activities.payouts.own_payouts import OwnPayoutActivities
from activities.payouts.reversals import ReversalActivities
from ledger.connections import recovery
from ledger.documents.own import circle, gate, issuing
from ledger.documents.own.gate import Finding, Report
from ledger.payouts import clawbacks, decisions, own_content, own_reversals, payout_holds, payouts
from ledger.payouts.decisions import Shown
from ledger.payouts.own_reversal_rows import Ground
from ledger.payouts.own_reversals import Wanted
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAllowedNow
from ledger.sales import transactions
from ledger.types import PayoutState
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.own_payouts import handed_out
from tests.fixtures.payable import ask_for

WAIT = timedelta(minutes=15)


class OwnDesk(NamedTuple):
    """One payout whose document we write, and the hands that do it."""

    shop: Shop
    number: str

    async def now(self) -> Payout:
        async with self.shop.ledger.transaction(self.shop.tenant) as tx:
            return await payouts.get(tx, self.number)

    async def approve(self) -> None:
        async with self.shop.ledger.transaction(self.shop.tenant) as tx:
            seen = (await payouts.get(tx, self.number)).content_hash
            await decisions.approve(tx, self.number, actor="key:chief", seen_hash=seen, shown=Shown(by_hand=True))

    async def cancel(self) -> None:
        async with self.shop.ledger.transaction(self.shop.tenant) as tx:
            await decisions.cancel(tx, self.number, actor="key:chief", reason="Doch nicht.")

    async def plan(self, *, retry: bool = False) -> PayoutView:
        async with self.shop.ledger.transaction(self.shop.tenant) as tx:
            payout = await payouts.lock(tx, self.number)
            return await plan_next_step(tx, payout, unclear_wait=WAIT, retry=retry)

    async def issue(self) -> PayoutView:
        return await self._do("issue_own_document")

    async def deliver(self) -> PayoutView:
        return await self._do("deliver_own_document")

    async def documents(self) -> list[tuple[str, str | None]]:
        """Numbers, and why they were closed."""
        rows = await self.shop.rows("SELECT number, closed_reason FROM own_documents ORDER BY seq")
        return [(row["number"], row["closed_reason"]) for row in rows]

    async def tasks(self) -> list[str]:
        return [row["kind"] for row in await self.shop.rows("SELECT kind FROM tasks WHERE state = 'open' ORDER BY seq")]

    async def commissions(self) -> set[str]:
        return {row["state"] for row in await self.shop.rows("SELECT state FROM commissions WHERE net_cents > 0")}

    async def _do(self, activity: str) -> PayoutView:
        hands = OwnPayoutActivities(self.shop.ledger, unclear_wait=WAIT)
        task = OwnPayout(tenant=self.shop.tenant, number=(await self.now()).number)
        view: PayoutView = await ActivityEnvironment().run(getattr(hands, activity), task)
        return view


@pytest.fixture
async def own_desk(shop: Shop) -> OwnDesk:
    payout = await ask_for(shop, 10_000, 2_345)
    await shop.rows("UPDATE payouts SET strategy = 'own_document', books = 'none'")
    return OwnDesk(shop, payout.number)


async def gaps(shop: Shop) -> list[str]:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await circle.find_gaps(tx)


async def test_each_stage_asks_for_the_next_step_and_doing_one_twice_changes_nothing(own_desk: OwnDesk) -> None:
    assert (await own_desk.plan()).step is Step.WAIT
    await own_desk.approve()
    assert (await own_desk.plan()).step is Step.ISSUE
    for _ in range(2):
        issued = await own_desk.issue()
        assert (issued.step, issued.document_stage) == (Step.DELIVER, "issued")
    assert issued.credit_note_number == "GU-2026-00001"
    for _ in range(2):
        delivered = await own_desk.deliver()
        assert (delivered.step, delivered.state) == (Step.WAIT, PayoutState.CREDIT_NOTE_OPEN)
    assert await own_desk.issue() == delivered
    assert await own_desk.documents() == [("GU-2026-00001", None)]


async def test_what_stands_on_the_document_is_what_was_approved(own_desk: OwnDesk) -> None:
    await own_desk.approve()
    await own_desk.issue()
    payout = await own_desk.now()
    async with own_desk.shop.ledger.transaction(own_desk.shop.tenant) as tx:
        row = await issuing.find_of_payout(tx, payout.id)
        assert row is not None
        content = await issuing.get_content(tx, row.id)
    assert (content.net_cents, content.tax_cents, content.gross_cents) == (
        payout.net_cents,
        payout.tax_cents,
        payout.gross_cents,
    )
    assert (content.seller.name, content.seller.code, content.buyer.name) == ("Anna", "ANNA", "Test")
    assert content.payout_number == payout.number
    assert [line.net_cents for line in content.lines] == [10_000, 2_345]


# Cancelling


async def test_cancelled_before_it_is_issued_takes_no_number(own_desk: OwnDesk) -> None:
    await own_desk.approve()
    await own_desk.cancel()
    view = await own_desk.issue()
    assert (view.state, view.step) == (PayoutState.CANCELLED, Step.WAIT)
    assert await own_desk.documents() == []
    assert await own_desk.commissions() == {"approved"}


async def test_cancelled_before_it_is_delivered_closes_the_number_as_not_issued(own_desk: OwnDesk) -> None:
    await own_desk.approve()
    await own_desk.issue()
    await own_desk.cancel()
    now = await own_desk.now()
    assert (now.state, now.document_stage, now.credit_note_number) == (PayoutState.CANCELLED, None, None)
    assert await own_desk.documents() == [("GU-2026-00001", "Doch nicht.")]
    assert await own_desk.commissions() == {"approved"}
    assert await gaps(own_desk.shop) == []
    assert (await own_desk.deliver()).state is PayoutState.CANCELLED
    [row] = await own_desk.shop.rows("SELECT handed_out_at FROM own_documents")
    assert row["handed_out_at"] is None


async def test_from_delivery_on_only_a_storno_takes_it_back(own_desk: OwnDesk) -> None:
    await own_desk.approve()
    await own_desk.issue()
    await own_desk.deliver()
    with pytest.raises(NotAllowedNow) as refused:
        await own_desk.cancel()
    assert refused.value.code == "own_document_is_delivered"
    assert (await own_desk.now()).state is PayoutState.CREDIT_NOTE_OPEN


async def test_the_number_after_a_closed_one_is_the_next(own_desk: OwnDesk) -> None:
    await own_desk.approve()
    await own_desk.issue()
    await own_desk.cancel()
    again = await ask_for(own_desk.shop, 500)
    await own_desk.shop.rows(
        "UPDATE payouts SET strategy = 'own_document', books = 'none' WHERE number = $1", again.number
    )
    other = OwnDesk(own_desk.shop, again.number)
    await other.approve()
    assert (await other.issue()).credit_note_number == "GU-2026-00002"


async def test_postgresql_takes_no_approved_payout_back_while_its_document_stands(own_desk: OwnDesk) -> None:
    await own_desk.approve()
    await own_desk.issue()
    for state in (PayoutState.CANCELLED, PayoutState.AWAITING_APPROVAL):
        with pytest.raises(NotAllowedNow) as refused:
            async with own_desk.shop.ledger.transaction(own_desk.shop.tenant) as tx:
                await payouts.change_state(tx, await payouts.get(tx, own_desk.number), state)
        assert refused.value.code == "document_under_way"


# What changes meanwhile


async def test_content_that_changed_since_the_approval_voids_it_and_takes_no_number(own_desk: OwnDesk) -> None:
    await own_desk.approve()
    await own_desk.shop.rows("UPDATE partners SET street = 'Neue Straße 1' WHERE code = 'ANNA'")
    view = await own_desk.issue()
    assert (view.state, view.step) == (PayoutState.AWAITING_APPROVAL, Step.WAIT)
    assert await own_desk.documents() == []


async def test_a_refund_takes_the_line_out_before_issuing_and_is_a_new_line_afterwards(own_desk: OwnDesk) -> None:
    await own_desk.approve()
    await own_desk.issue()
    [sale, *_] = await own_desk.shop.rows("SELECT transaction_id AS id FROM commissions WHERE net_cents = 2345")
    await own_desk.shop.rows(
        "UPDATE transactions SET refunded_cents = gross_cents, state = 'refunded' WHERE id = $1", sale["id"]
    )
    async with own_desk.shop.ledger.transaction(own_desk.shop.tenant) as tx:
        held = await clawbacks.hold(tx, sale["id"])
        await clawbacks.follow(tx, await transactions.get(tx, sale["id"]), held)
    now = await own_desk.now()
    assert (now.state, now.net_cents) == (PayoutState.APPROVED, 12_345)
    [taken] = await own_desk.shop.rows("SELECT net_cents, state FROM commissions WHERE kind = 'clawback'")
    assert (taken["net_cents"], taken["state"]) == (-2_345, "approved")


async def test_what_is_put_back_is_neither_issued_nor_delivered(own_desk: OwnDesk) -> None:
    async def put(back: bool) -> None:
        act = payout_holds.put_back if back else payout_holds.take_up
        async with own_desk.shop.ledger.transaction(own_desk.shop.tenant) as tx:
            await act(tx, own_desk.number, actor="key:chief", reason="Erst nachsehen.")

    await own_desk.approve()
    await put(back=True)
    assert (await own_desk.plan()).step is Step.WAIT
    assert await own_desk.documents() == []
    await put(back=False)
    assert (await own_desk.plan(retry=True)).step is Step.ISSUE
    await own_desk.issue()
    await put(back=True)
    assert (await own_desk.deliver()).step is Step.WAIT
    await put(back=False)
    assert (await own_desk.plan(retry=True)).step is Step.DELIVER
    await own_desk.deliver()
    assert await own_desk.tasks() == ["own_document_undelivered"] or await own_desk.tasks() == []


async def test_a_finding_of_the_gate_issues_nothing_and_asks_a_person(
    own_desk: OwnDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = Finding(rule="BR-CO-15", severity="fatal", message="Summe", where="BT-112")
    monkeypatch.setattr(gate, "check", lambda *_: Report(checked_by="test", profile="en16931", findings=(finding,)))
    await own_desk.approve()
    view = await own_desk.issue()
    assert (view.step, view.blocked, view.document_stage) == (Step.WAIT, True, None)
    assert await own_desk.tasks() == ["own_document_blocked"]
    assert await own_desk.documents() == []
    monkeypatch.undo()
    assert (await own_desk.plan(retry=True)).step is Step.ISSUE
    assert (await own_desk.issue()).credit_note_number == "GU-2026-00001"
    assert await own_desk.tasks() == []


async def test_what_passes_outside_and_not_within_gives_the_number_back(
    own_desk: OwnDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered = issuing.render
    calls = []

    def render(*args: object, **how: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise issuing.FatalFinding(Report(checked_by="test", profile="en16931"))
        return rendered(*args, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(issuing, "render", render)
    await own_desk.approve()
    assert (await own_desk.issue()).blocked
    assert await own_desk.documents() == []
    assert (await own_desk.plan(retry=True)).step is Step.ISSUE
    assert (await own_desk.issue()).credit_note_number == "GU-2026-00001"


async def test_after_a_restore_no_number_is_given_until_they_were_compared(own_desk: OwnDesk) -> None:
    await own_desk.approve()
    hands = OwnPayoutActivities(own_desk.shop.ledger, unclear_wait=WAIT, recovery="2026-11-30")
    task = OwnPayout(tenant=own_desk.shop.tenant, number=(await own_desk.now()).number)
    with pytest.raises(ApplicationError) as refused:
        await ActivityEnvironment().run(hands.issue_own_document, task)
    assert refused.value.type == "RecoveryNotChecked"
    assert await own_desk.documents() == []
    async with own_desk.shop.ledger.transaction(own_desk.shop.tenant) as tx:
        await recovery.record(tx, word="2026-11-30", by="doctor", differences=0, accepted_because=None)
    view = await ActivityEnvironment().run(hands.issue_own_document, task)
    assert view.document_stage == "issued"


async def test_after_a_restore_a_storno_waits_for_the_comparison_too(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    async with shop.ledger.transaction(shop.tenant) as tx:
        wanted = Wanted(ground=Ground.ERROR, reason="falscher Satz")
        asked = await own_reversals.ask(tx, payout.number, wanted, by="key:maker")
    hands = ReversalActivities(shop.ledger, unclear_wait=WAIT, recovery="2026-11-30")
    about = OwnDocumentInput(tenant=shop.tenant, reversal=asked.id)
    with pytest.raises(ApplicationError) as refused:
        await ActivityEnvironment().run(hands.issue_reversal, about)
    assert refused.value.type == "RecoveryNotChecked"
    async with shop.ledger.transaction(shop.tenant) as tx:
        await recovery.record(tx, word="2026-11-30", by="doctor", differences=0, accepted_because=None)
    assert (await ActivityEnvironment().run(hands.issue_reversal, about)).stage == "issued"


async def test_the_trial_has_the_widest_number_of_the_circle(own_desk: OwnDesk) -> None:
    async with own_desk.shop.ledger.transaction(own_desk.shop.tenant) as tx:
        await circle.set_pattern(tx, "G-{number}", by="admin")
        draft = await own_content.gather(tx, await payouts.get(tx, own_desk.number))
    assert draft.document.number == "G-999999999"
