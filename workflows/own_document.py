"""What takes a document of our own back (Storno), or corrects earlier ones: issue it, book it, deliver it.

It begins with a decision that stands in the ledger (engine.md, Own documents), and ends when the document is effective
or was withdrawn. It may wait for days: a mail counts as delivered after 24 hours without a bounce.
"""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.creation.reversal_booking import ReversalBookingActivities
    from activities.models import DocumentCreation, OwnDocumentInput, OwnDocumentView, Step
    from activities.payouts.reversals import ReversalActivities
    from workflows.messages import LEXOFFICE
    from workflows.words import say

PRIORITY = 1
"""A person asked for it: as a payout that was approved."""


@workflow.defn
class OwnDocumentWorkflow:
    @workflow.init
    def __init__(self, about: OwnDocumentInput) -> None:
        self._about = about
        self._told = False
        self._view = OwnDocumentView(step=Step.ISSUE)

    @workflow.run
    async def run(self, about: OwnDocumentInput) -> OwnDocumentView:
        while self._view.step is not Step.END:
            workflow.set_current_details(say(_words_of(self._view), number=self._view.number))
            match self._view.step:
                case Step.ISSUE:
                    self._view = await self._call(ReversalActivities.issue_reversal, "step_issue_reversal")
                case Step.DELIVER:
                    self._view = await self._call(ReversalActivities.deliver_reversal, "step_deliver_reversal")
                case Step.BOOK:
                    self._view = await self._book(ReversalBookingActivities.book_reversal, "step_book_reversal")
                case Step.ATTACH:
                    self._view = await self._book(
                        ReversalBookingActivities.attach_reversal_file, "step_attach_reversal_file"
                    )
                case Step.READ_VOUCHER:
                    self._view = await self._book(
                        ReversalBookingActivities.read_reversal_back, "step_read_reversal_back"
                    )
                case Step.SEARCH_VOUCHER if not await self._is_told_within(self._view.look_in_seconds):
                    self._view = await self._book(
                        ReversalBookingActivities.search_reversal_voucher, "step_search_reversal_voucher"
                    )
                case _:
                    self._view = await self._look_when_told_or_due()
        workflow.set_current_details(say(_words_of(self._view), number=self._view.number))
        return self._view

    @workflow.signal
    def look_again(self, value: Any = None, *_: Any) -> None:
        """A person decided something, or a delivery was told: the row says what."""
        self._told = True

    @workflow.query
    def status(self) -> OwnDocumentView:
        """What the workflow last saw in the ledger."""
        return self._view

    async def _look_when_told_or_due(self) -> OwnDocumentView:
        if self._view.step is not Step.SEARCH_VOUCHER:  # else it was told while it waited for its search
            await self._is_told_within(self._view.look_in_seconds)
        self._told = False
        return await self._call(ReversalActivities.look_at_reversal, "step_look_at_reversal")

    async def _is_told_within(self, seconds: float) -> bool:
        """Whether somebody had news before so much time was over; 0 is no end."""
        try:
            await workflow.wait_condition(
                lambda: self._told,
                timeout=timedelta(seconds=seconds) if seconds else None,
                timeout_summary=say("timer_reversal_effective"),
            )
        except TimeoutError:
            return False
        return True

    async def _call(self, activity: Any, summary: str) -> OwnDocumentView:
        view: OwnDocumentView = await workflow.execute_activity_method(
            activity,
            self._about,
            summary=say(summary),
            # Rendering takes a tenth of a second. While PostgreSQL is away it is tried for as long as it takes.
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
            priority=Priority(priority_key=PRIORITY, fairness_key=self._about.tenant.slug),
        )
        return view

    async def _book(self, activity: Any, summary: str) -> OwnDocumentView:
        assert self._view.intent is not None
        view: OwnDocumentView = await workflow.execute_activity_method(
            activity,
            DocumentCreation(tenant=self._about.tenant, intent=self._view.intent),
            task_queue=LEXOFFICE,
            summary=say(summary),
            # As a credit note's: an attempt that times out leaves `sent_at` behind, and the next finds it unclear.
            start_to_close_timeout=timedelta(seconds=90),
            heartbeat_timeout=timedelta(seconds=15),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=2)),
            priority=Priority(priority_key=PRIORITY, fairness_key=self._about.tenant.slug),
        )
        return view


def _words_of(view: OwnDocumentView) -> str:
    match view.step:
        case Step.ISSUE:
            return "now_issuing_reversal"
        case Step.DELIVER:
            return "now_delivering_reversal"
        case Step.BOOK | Step.ATTACH | Step.READ_VOUCHER | Step.SEARCH_VOUCHER:
            return "now_booking_reversal"
        case Step.END:
            return "now_reversal_withdrawn" if view.withdrawn else "now_reversal_effective"
        case _ if view.blocked:
            return "now_reversal_blocked"
        case _:
            return "now_reversal_waits"
