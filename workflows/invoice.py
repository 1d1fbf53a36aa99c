"""One invoice that we write for a sale: create it, read it back, and search for it if the answer was lost."""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.creation.invoices import InvoiceActivities
    from activities.models import DocumentCreation, InvoiceView, Step
    from workflows.messages import LEXOFFICE
    from workflows.searching import ONE_REQUEST_AT_A_TIME, search
    from workflows.words import say

PRIORITY = 2
"""Behind payouts that a person has approved, before the enrichment of notifications."""


@workflow.defn
class InvoiceWorkflow:
    @workflow.init
    def __init__(self, creation: DocumentCreation) -> None:
        self._creation = creation
        self._told = False
        self._view = InvoiceView(step=Step.CREATE)

    @workflow.run
    async def run(self, creation: DocumentCreation) -> InvoiceView:
        while self._view.step is not Step.END:
            workflow.set_current_details(_WORDS[self._view.step])
            match self._view.step:
                case Step.SEARCH | Step.WAIT:
                    self._view = await self._search_unless_told()
                case Step.READ_BACK:
                    self._view = await self._call(InvoiceActivities.read_back_invoice, say("step_read_invoice_back"))
                case Step.CREATE:
                    # As for a credit note (workflows/payout.py): a worker that died is missed after 15 s.
                    self._view = await self._call(
                        InvoiceActivities.create_invoice, say("step_create_invoice"), seconds=60, silence=15
                    )
        workflow.set_current_details(say("now_invoice_created") if self._view.made else say("now_invoice_not_created"))
        return self._view

    @workflow.signal
    def resolve(self, value: Any = None, *_: Any) -> None:
        """Look at the row: a person answered the question about this invoice, or it was just announced."""
        self._told = True

    async def _search_unless_told(self) -> InvoiceView:
        waits_for_person = self._view.step is Step.WAIT
        try:
            await workflow.wait_condition(
                lambda: self._told,
                timeout=None if waits_for_person else timedelta(seconds=self._view.search_in_seconds),
                timeout_summary=say("timer_search_invoice"),
            )
        except TimeoutError:
            if workflow.patched(ONE_REQUEST_AT_A_TIME):
                return await self._search()
            return await self._call(
                InvoiceActivities.search_invoice,
                say("step_search_invoice"),
                seconds=900,
                silence=60,
            )
        self._told = False
        return await workflow.execute_activity_method(
            InvoiceActivities.look_at_invoice,
            self._creation,
            summary=say("step_read_answer"),
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
        )

    async def _search(self) -> InvoiceView:
        searched = await search(
            self._creation,
            PRIORITY,
            pages="step_search_invoice_page",
            candidates="step_compare_invoice",
        )
        return await workflow.execute_activity_method(
            InvoiceActivities.judge_invoice_search,
            searched,
            summary=say("step_judge_search"),
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
        )

    async def _call(self, activity: Any, summary: str, *, seconds: int = 30, silence: int | None = None) -> InvoiceView:
        view: InvoiceView = await workflow.execute_activity_method(
            activity,
            self._creation,
            task_queue=LEXOFFICE,
            summary=summary,
            start_to_close_timeout=timedelta(seconds=seconds),
            heartbeat_timeout=None if silence is None else timedelta(seconds=silence),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=2)),
            priority=Priority(priority_key=PRIORITY, fairness_key=self._creation.tenant.slug),
        )
        return view


_WORDS = {
    Step.CREATE: say("now_creating_invoice"),
    Step.READ_BACK: say("now_reading_invoice_back"),
    Step.SEARCH: say("now_searching_invoice"),
    Step.WAIT: say("now_invoice_unclear"),
}
