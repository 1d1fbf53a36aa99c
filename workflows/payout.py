"""One payout, from request to paid, cancelled, rejected or returned. It may live for weeks.

    wait for approval, create the credit note, wait until it is paid
    the same with a document of our own: issue it, book it, deliver it, wait until it is paid

The ledger decides what may happen, activities say what it decided, and this workflow follows (engine.md). Handlers
only append to one list; `run` acts. Cancelling a payout is a message, never a cancellation of the workflow.
"""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.creation.credit_notes import CreditNoteActivities
    from activities.creation.purchase_vouchers import PurchaseVoucherActivities
    from activities.models import AdvanceInput, DocumentCreation, OwnPayout, PayoutView, ReceivedSignal, Step
    from activities.payouts.own_payouts import OwnPayoutActivities
    from activities.payouts.payouts import PayoutActivities
    from ledger.types import PayoutState
    from workflows.messages import PayoutInput
    from workflows.search_attributes import CREDIT_NOTE_NUMBER, PAYOUT_STATUS
    from workflows.searching import ONE_REQUEST_AT_A_TIME, search
    from workflows.words import say, waiting_for

VoucherActivity = Callable[[PurchaseVoucherActivities, DocumentCreation], Coroutine[Any, Any, PayoutView]]

APPROVALS_FIRST = 1
"""Priority of calls that a person has asked for; the enrichment of notifications runs at 3, sweeps at 5."""


@workflow.defn
class PayoutWorkflow:
    @workflow.init
    def __init__(self, payout: PayoutInput) -> None:
        self._payout = payout
        self._received: list[ReceivedSignal] = []
        self._view = PayoutView(state=PayoutState.AWAITING_APPROVAL)
        self._shown: tuple[str, str | None] = (PayoutState.AWAITING_APPROVAL.value, None)  # as it was started

    @workflow.run
    async def run(self, payout: PayoutInput) -> PayoutState:
        while not self._is_over():
            self._show()
            match self._view.step:
                case Step.CREATE:
                    self._view = await self._create_credit_note()
                case Step.READ_BACK:
                    self._view = await self._read_back_credit_note()
                case Step.SEARCH:
                    self._view = await self._search_credit_note_unless_told()
                # No `patched` around what follows: histories from before documents of our own never see these steps.
                case Step.ISSUE:
                    self._view = await self._issue_own_document()
                case Step.BOOK:
                    self._view = await self._about_voucher(PurchaseVoucherActivities.book_voucher, "step_book_voucher")
                case Step.ATTACH:
                    self._view = await self._about_voucher(
                        PurchaseVoucherActivities.attach_voucher_file, "step_attach_voucher_file"
                    )
                case Step.READ_VOUCHER:
                    self._view = await self._about_voucher(
                        PurchaseVoucherActivities.read_back_voucher, "step_read_voucher"
                    )
                case Step.SEARCH_VOUCHER:
                    self._view = await self._search_voucher_unless_told()
                case Step.DELIVER:
                    self._view = await self._deliver_own_document()
                case _:
                    await workflow.wait_condition(lambda: bool(self._received))
                    self._view = await self._advance()
        self._show()
        return self._view.state

    def _is_over(self) -> bool:
        # Nothing is awaited between this look at the list and the return of `run`: a message that came in time is
        # handled, and one that comes later finds no workflow and is handled by its sender (engine.md, PayoutWorkflow).
        return self._view.state.ends_the_workflow and not self._received

    async def _advance(self) -> PayoutView:
        """Take every signal there is; those that arrive meanwhile are the next round's."""
        received, self._received = self._received, []
        return await workflow.execute_activity_method(
            PayoutActivities.advance,
            AdvanceInput(tenant=self._payout.tenant, number=self._payout.number, notes=tuple(received)),
            summary=say("step_look_at_payout"),
            # One short transaction. While PostgreSQL is away it is tried for as long as it takes: nothing may be lost.
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
        )

    async def _create_credit_note(self) -> PayoutView:
        return await workflow.execute_activity_method(
            CreditNoteActivities.create_credit_note,
            self._creation(),
            task_queue=self._view.books,
            summary=say("step_create_credit_note"),
            # 3 s for the slot, 35 s for the POST, the rest for the ledger. An attempt that times out, or whose worker
            # died, leaves `sent_at` behind, and the next one finds the outcome unknown instead of posting again.
            start_to_close_timeout=timedelta(seconds=60),
            heartbeat_timeout=timedelta(seconds=15),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
            priority=Priority(priority_key=APPROVALS_FIRST, fairness_key=self._payout.tenant.slug),
        )

    async def _read_back_credit_note(self) -> PayoutView:
        return await workflow.execute_activity_method(
            CreditNoteActivities.read_back_credit_note,
            self._creation(),
            task_queue=self._view.books,
            summary=say("step_read_credit_note_back"),
            start_to_close_timeout=timedelta(seconds=30),
            # The document exists: reading it is tried until lexoffice answers.
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=5)),
            priority=Priority(priority_key=APPROVALS_FIRST, fairness_key=self._payout.tenant.slug),
        )

    async def _search_credit_note_unless_told(self) -> PayoutView:
        """Wait for the next search, or for a person who knows what became of the credit note."""
        try:
            await workflow.wait_condition(
                lambda: bool(self._received),
                timeout=timedelta(seconds=self._view.search_in_seconds),
                timeout_summary=say("timer_search_credit_note"),
            )
            return await self._advance()
        except TimeoutError:
            pass
        if workflow.patched(ONE_REQUEST_AT_A_TIME):
            return await self._search_credit_note()
        return await workflow.execute_activity_method(
            CreditNoteActivities.search_credit_note,
            self._creation(),
            task_queue=self._view.books,
            summary=say("step_search_credit_note"),
            start_to_close_timeout=timedelta(minutes=15),
            heartbeat_timeout=timedelta(seconds=60),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=5)),
            priority=Priority(priority_key=APPROVALS_FIRST, fairness_key=self._payout.tenant.slug),
        )

    async def _search_credit_note(self) -> PayoutView:
        searched = await search(
            self._creation(),
            APPROVALS_FIRST,
            books=self._view.books,
            pages="step_search_credit_note_page",
            candidates="step_compare_credit_note",
        )
        return await workflow.execute_activity_method(
            CreditNoteActivities.judge_credit_note_search,
            searched,
            summary=say("step_judge_search"),
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
        )

    async def _issue_own_document(self) -> PayoutView:
        return await workflow.execute_activity_method(
            OwnPayoutActivities.issue_own_document,
            self._own_payout(),
            summary=say("step_issue_own_document"),
            # Rendered twice (before and in the transaction), some 150 ms of CPU each; a burst of approvals takes turns.
            start_to_close_timeout=timedelta(seconds=60),
            heartbeat_timeout=timedelta(seconds=15),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
        )

    async def _deliver_own_document(self) -> PayoutView:
        return await workflow.execute_activity_method(
            OwnPayoutActivities.deliver_own_document,
            self._own_payout(),
            summary=say("step_deliver_own_document"),
            start_to_close_timeout=timedelta(seconds=15),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
        )

    async def _about_voucher(self, act: VoucherActivity, summary: str) -> PayoutView:
        """One step of the booking in lexoffice. A worker that died leaves it to the row what was done."""
        return await workflow.execute_activity_method(
            act,
            self._creation(),
            task_queue=self._view.books,
            summary=say(summary),
            # The longest: contact and list are read, then 35 s for the POST, each after at most 3 s for its slot.
            start_to_close_timeout=timedelta(seconds=120),
            heartbeat_timeout=timedelta(seconds=15),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=5)),
            priority=Priority(priority_key=APPROVALS_FIRST, fairness_key=self._payout.tenant.slug),
        )

    async def _search_voucher_unless_told(self) -> PayoutView:
        """Wait for the next look, or for a person who knows what became of the voucher."""
        try:
            await workflow.wait_condition(
                lambda: bool(self._received),
                timeout=timedelta(seconds=self._view.search_in_seconds),
                timeout_summary=say("timer_search_voucher"),
            )
        except TimeoutError:
            return await self._about_voucher(PurchaseVoucherActivities.search_voucher, "step_search_voucher")
        return await self._advance()

    def _own_payout(self) -> OwnPayout:
        return OwnPayout(tenant=self._payout.tenant, number=self._payout.number)

    def _creation(self) -> DocumentCreation:
        assert self._view.intent is not None
        return DocumentCreation(tenant=self._payout.tenant, number=self._payout.number, intent=self._view.intent)

    def _show(self) -> None:
        """What an ops person reads in the Temporal UI: the state in words, and what it waits for."""
        workflow.set_current_details(waiting_for(self._payout, self._view))
        state, number = self._view.state.value, self._view.credit_note_number
        if (state, number) != self._shown:
            numbered = [CREDIT_NOTE_NUMBER.value_set(number)] if number else []
            workflow.upsert_search_attributes([PAYOUT_STATUS.value_set(state), *numbered])
            self._shown = (state, number)

    # Messages. Each takes anything, even one argument too many, and never raises (engine.md, Decisions); an activity
    # validates what is kept.

    @workflow.signal
    def approve(self, value: Any = None, *_: Any) -> None:
        self._received.append(_kept("approve", value))

    @workflow.signal
    def reject(self, value: Any = None, *_: Any) -> None:
        self._received.append(_kept("reject", value))

    @workflow.signal
    def cancel(self, value: Any = None, *_: Any) -> None:
        self._received.append(_kept("cancel", value))

    @workflow.signal
    def resolve(self, value: Any = None, *_: Any) -> None:
        self._received.append(_kept("resolve", value))

    @workflow.signal
    def recheck(self, value: Any = None, *_: Any) -> None:
        self._received.append(_kept("recheck", value))

    @workflow.signal
    def credit_note_paid(self, value: Any = None, *_: Any) -> None:
        self._received.append(_kept("credit_note_paid", value))

    @workflow.signal
    def credit_note_voided(self, value: Any = None, *_: Any) -> None:
        self._received.append(_kept("credit_note_voided", value))

    @workflow.query
    def status(self) -> PayoutView:
        """What the workflow last saw in the ledger."""
        return self._view


def _kept(signal: str, value: Any) -> ReceivedSignal:
    """Of what came, only the id of a row. Anybody may signal anything, of any size, and an activity's input that is too
    large, or cannot be written as JSON, would wedge the workflow for ever."""
    if isinstance(value, dict):
        decision, event = value.get("decision"), value.get("event")
        if isinstance(decision, str) and len(decision) == len("12345678-1234-5678-1234-567812345678"):
            return ReceivedSignal(signal=signal, value={"decision": decision})
        if type(event) is int and 0 < event < 2**63:
            return ReceivedSignal(signal=signal, value={"event": event})
    return ReceivedSignal(signal=signal)
