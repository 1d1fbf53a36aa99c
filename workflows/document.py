"""One document in the books, while there are unhandled events about it: seconds, or days in a replacement window.

    wait for quiet, fetch what is missing, conclude, tell the payout it concerns

Events of one document are handled here, one after the other; a burst of them costs one fetch.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.models import (
        AdvanceInput,
        ConcludeInput,
        Conclusion,
        Delivery,
        FetchedDocument,
        FetchFailure,
        PayoutSignal,
        ReceivedSignal,
        VoidedInvoice,
        is_not_understood,
        is_unusable,
    )
    from activities.notifications.conclusions import ConclusionActivities
    from activities.notifications.fetching import FetchActivities
    from activities.payouts.payouts import PayoutActivities
    from ledger.provider_ids import provider_of
    from ledger.types import EventId, IntentId
    from workflows.messages import DocumentInput, invoice_workflow_id, payout_workflow_id
    from workflows.words import say

ENRICHMENT = 3
"""Priority of fetches after a notification: behind what a person has asked for, before sweeps."""

UNPROVEN = 5
"""Of those for a document that the ledger does not know: it may be nobody's (rules.md, The connection)."""

LONGEST_QUIET = 10
"""Times the quiet that is waited for: a sender that never pauses does not put off the fetch for ever."""

MOST_AT_ONCE = 2_000
"""Events that one fetch answers; more of them would not fit into an activity's input some day. Others are next."""

LONGEST_MEMORY = 10_000
"""Deliveries known as seen. An older one that is announced again costs no fetch either: its event has ended."""

LONGEST_FETCH = timedelta(hours=12)
"""lexoffice may be away for hours; what is not fetched by then is left to a replay or the sweep."""


@workflow.defn
class DocumentWorkflow:
    @workflow.init
    def __init__(self, document: DocumentInput) -> None:
        self._document = document
        self._arrived: list[Delivery | None] = [*document.carried_over]
        self._seen: dict[tuple[int, int], None] = {}  # a set in the order of arrival

    @workflow.run
    async def run(self, document: DocumentInput) -> str:
        outcome = "nothing to do"
        # Nothing is awaited between the last look at the list and the return: what comes later starts a new run.
        while self._arrived:
            await self._wait_for_quiet()
            if deliveries := self._take():
                outcome = await self._handle(deliveries)
            if self._arrived and workflow.info().is_continue_as_new_suggested():
                kept = tuple(delivery for delivery in self._arrived if delivery)
                workflow.continue_as_new(self._document.model_copy(update={"carried_over": kept}))
        return outcome

    @workflow.signal
    def notify(self, value: Any = None, *_: Any) -> None:
        # What is no notification is kept as nothing: anybody may signal anything, of any size.
        self._arrived.append(_delivery(value))

    async def _wait_for_quiet(self) -> None:
        """One click in lexoffice sends two or three notifications; they are one matter."""
        workflow.set_current_details(say("now_waiting_for_quiet"))
        quiet = timedelta(seconds=self._document.pace.quiet)
        until = workflow.now() + LONGEST_QUIET * quiet
        while workflow.now() < until:
            heard = len(self._arrived)
            try:
                await workflow.wait_condition(lambda: len(self._arrived) > heard, timeout=quiet)  # noqa: B023
            except TimeoutError:
                return

    def _take(self, most: int = MOST_AT_ONCE) -> tuple[Delivery, ...]:
        """What has arrived and was not handled before; a replay has a higher delivery number and is new."""
        fresh: list[Delivery] = []
        taken = 0
        while taken < len(self._arrived) and len(fresh) < most:
            delivery = self._arrived[taken]
            taken += 1
            if delivery and (key := (int(delivery.event), delivery.number)) not in self._seen:
                self._seen[key] = None
                fresh.append(delivery)
        del self._arrived[:taken]
        while len(self._seen) > LONGEST_MEMORY:
            del self._seen[next(iter(self._seen))]
        return tuple(fresh)

    async def _handle(self, deliveries: tuple[Delivery, ...]) -> str:
        """Fetch and conclude; where the fetch does not show yet what was announced, look again after a while."""
        patience = [*self._document.pace.look_again]
        while True:
            workflow.set_current_details(say("now_fetching_document"))
            fetched = FetchedDocument(
                tenant=self._document.tenant, resource_id=self._document.resource_id, deliveries=deliveries
            )
            conclusion = await self._fetch_and_conclude(fetched, last_look=not patience)
            for signal in conclusion.tell:
                await self._signal_payout(signal)
            if conclusion.found_invoice is not None:
                await self._signal_invoice(conclusion.found_invoice)
            if not conclusion.look_again:
                return await self._wait_for_replacement(conclusion)
            await self._wait_or_hear(patience.pop(0) if patience else 1.0)
            # What arrived meanwhile is about the same document: the next fetch answers it too, and it may lag as well.
            if fresh := self._take(MOST_AT_ONCE - len(deliveries)):
                deliveries += fresh
                patience = [*self._document.pace.look_again]

    async def _wait_for_replacement(self, conclusion: Conclusion) -> str:
        """A voided invoice may be rewritten: its sale is refunded when no other has come by the end of the window.

        A new event about this document ends the wait early; what it concludes says whether there is more to wait for.
        """
        while conclusion.replacement_in_seconds > 0 and not self._arrived:
            workflow.set_current_details(say("now_in_replacement_window"))
            try:
                await workflow.wait_condition(
                    lambda: bool(self._arrived),
                    timeout=timedelta(seconds=conclusion.replacement_in_seconds),
                    timeout_summary=say("timer_replacement_window"),
                )
            except TimeoutError:
                conclusion = await workflow.execute_activity_method(
                    ConclusionActivities.look_at_replacement_window,
                    VoidedInvoice(tenant=self._document.tenant, resource_id=self._document.resource_id),
                    summary=say("step_check_replacement_window"),
                    start_to_close_timeout=timedelta(seconds=30),
                    retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
                )
                for signal in conclusion.tell:
                    await self._signal_payout(signal)
        return conclusion.outcome

    async def _wait_or_hear(self, seconds: float) -> None:
        workflow.set_current_details(say("now_looking_again"))
        try:
            await workflow.wait_condition(
                lambda: bool(self._arrived),
                timeout=timedelta(seconds=seconds),
                timeout_summary=say("timer_looking_again"),
            )
            await self._wait_for_quiet()
        except TimeoutError:
            pass

    async def _fetch_and_conclude(self, fetched: FetchedDocument, *, last_look: bool) -> Conclusion:
        since = workflow.now()
        try:
            while fetched.missing:
                fetched = await self._fetch(fetched)
        except ActivityError as error:
            return await self._conclude_unfetched(fetched, error, since)
        return await workflow.execute_activity_method(
            ConclusionActivities.conclude,
            ConcludeInput(gathered=fetched, last_look=last_look),
            summary=say("step_conclude_document"),
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
        )

    async def _fetch(self, fetched: FetchedDocument) -> FetchedDocument:
        """One request. Which one comes next is decided by what the last one showed."""
        activity, summary = {
            "document": (FetchActivities.fetch_document, say("step_fetch_document")),
            "payments": (FetchActivities.fetch_payments, say("step_fetch_payments")),
            "contact": (FetchActivities.fetch_contact, say("step_fetch_contact")),
            "connection": (FetchActivities.check_connection, say("step_check_connection")),
        }[fetched.missing or "document"]
        return await workflow.execute_activity_method(
            activity,
            fetched,
            task_queue=provider_of(self._document.resource_id),
            summary=summary,
            start_to_close_timeout=timedelta(seconds=30),
            schedule_to_close_timeout=LONGEST_FETCH,
            # Away for minutes or hours: ask again, ever more rarely, and without an end but the one above.
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=2)),
            priority=Priority(priority_key=_priority(fetched), fairness_key=self._document.tenant.slug),
        )

    async def _conclude_unfetched(self, fetched: FetchedDocument, error: ActivityError, since: datetime) -> Conclusion:
        return await workflow.execute_activity_method(
            ConclusionActivities.conclude_unfetched,
            FetchFailure(gathered=fetched, because=_why(error), since=since),
            summary=say("step_conclude_unfetched"),
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
        )

    async def _signal_payout(self, signal: PayoutSignal) -> None:
        """Signal the payout. One that has ended cannot hear: then the ledger is written from here."""
        payout = workflow.get_external_workflow_handle(payout_workflow_id(self._document.tenant, signal.number))
        value = {"event": signal.event} if signal.event is not None else None
        try:
            await payout.signal(signal.signal, value)
        except ApplicationError as error:
            if error.type != "ExternalWorkflowExecutionNotFound":
                raise
            await workflow.execute_activity_method(
                PayoutActivities.settle_ended_payout,
                AdvanceInput(
                    tenant=self._document.tenant,
                    number=signal.number,
                    notes=(ReceivedSignal(signal=signal.signal, value=value),),
                ),
                summary=say("step_apply_to_ended_payout"),
                start_to_close_timeout=timedelta(seconds=30),
                retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
            )

    async def _signal_invoice(self, intent: IntentId) -> None:
        """It waits to search for the invoice that this notification has shown. One that has ended needs nothing."""
        writer = workflow.get_external_workflow_handle(invoice_workflow_id(self._document.tenant, intent))
        try:
            await writer.signal("resolve")
        except ApplicationError as error:
            if error.type != "ExternalWorkflowExecutionNotFound":
                raise


def _why(error: ActivityError) -> Literal["connection", "gave_up", "not_understood"]:
    if is_unusable(error):
        return "connection"
    return "not_understood" if is_not_understood(error) else "gave_up"


def _priority(fetched: FetchedDocument) -> int:
    unproven = all(delivery.unknown for delivery in fetched.deliveries)
    return UNPROVEN if unproven else ENRICHMENT


def _delivery(value: Any) -> Delivery | None:
    """{"event": 17, "delivery": 1}; anything else is no notification of ours."""
    if not isinstance(value, dict):
        return None
    event, number = value.get("event"), value.get("delivery", 1)
    if type(event) is not int or type(number) is not int or not (0 < event < 2**63 and 0 < number < 2**31):
        return None  # no such row: PostgreSQL could not even be asked
    return Delivery(event=EventId(event), number=number, unknown=value.get("unknown") is True)
