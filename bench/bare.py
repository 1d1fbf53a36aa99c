"""The bare engine of the same shape: the product's starts, signals, activities and queues, and nothing done in them.

Same names and inputs, so that the product's own announcements drive it, in a namespace of its own. It upserts no
search attributes and shows no details: what the product does for ops is part of the product's cost.
"""

import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from temporalio import activity, workflow
from temporalio.common import Priority, RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.models import (
        AdvanceInput,
        ConcludeInput,
        Conclusion,
        Delivery,
        DocumentCreation,
        FetchedDocument,
        PayoutInput,
        PayoutSignal,
        PayoutView,
        ReceivedSignal,
        Step,
    )
    from ledger.types import DocumentKind, EventId, IntentId, PayoutNumber, PayoutState
    from workflows.messages import LEXOFFICE, DocumentInput, payout_workflow_id

READ_BACK, CONCLUDED, PAID = b"r", b"c", b"p"
"""What the counter file gets, a letter each time: so the bench sees the end of a leg without asking the engine."""

EVENTS_PER_PAYOUT = 3
_SOME_ID = UUID(int=1)
_RETRY = RetryPolicy(maximum_interval=timedelta(seconds=30))


def number_of(sequence: int) -> PayoutNumber:
    return PayoutNumber(f"PO-2026-{sequence:06d}")


def document_of(sequence: int) -> UUID:
    """The credit note of a payout: its id tells which."""
    return UUID(int=sequence)


def event_of(sequence: int, which: int) -> EventId:
    """0 tells of the creation; 1 and 2 are one click that settles it."""
    return EventId(sequence * EVENTS_PER_PAYOUT + which)


@workflow.defn(name="PayoutWorkflow")
class BarePayout:
    @workflow.init
    def __init__(self, payout: PayoutInput) -> None:
        self._payout = payout
        self._received: list[ReceivedSignal] = []

    @workflow.run
    async def run(self, payout: PayoutInput) -> PayoutState:
        view = await self._advance()
        creation = DocumentCreation(
            tenant=payout.tenant, number=payout.number, intent=view.intent or IntentId(_SOME_ID)
        )
        view = await self._call(BareActivities.create_credit_note, creation, 60)
        view = await self._call(BareActivities.read_back_credit_note, creation, 30)
        # An announcement that the engine took, but answered too late, comes twice.
        while view.state is not PayoutState.PAID:
            view = await self._advance()
        return view.state

    async def _advance(self) -> PayoutView:
        await workflow.wait_condition(lambda: bool(self._received))
        received, self._received = self._received, []
        return await workflow.execute_activity_method(
            BareActivities.advance,
            AdvanceInput(tenant=self._payout.tenant, number=self._payout.number, notes=tuple(received)),
            summary="Entscheidungen und Beleg mit dem Hauptbuch abgleichen",
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=_RETRY,
        )

    async def _call(self, call: Any, creation: DocumentCreation, seconds: int) -> PayoutView:
        view: PayoutView = await workflow.execute_activity_method(
            call,
            creation,
            task_queue=LEXOFFICE,
            summary="Gutschrift in lexoffice",
            start_to_close_timeout=timedelta(seconds=seconds),
            retry_policy=_RETRY,
            priority=Priority(priority_key=1, fairness_key=self._payout.tenant.slug),
        )
        return view

    @workflow.signal
    def approve(self, value: Any = None) -> None:
        self._received.append(ReceivedSignal(signal="approve", value=value))

    @workflow.signal
    def credit_note_paid(self, value: Any = None) -> None:
        self._received.append(ReceivedSignal(signal="credit_note_paid", value=value))


@workflow.defn(name="DocumentWorkflow")
class BareDocument:
    @workflow.init
    def __init__(self, document: DocumentInput) -> None:
        self._document = document
        self._arrived: list[Any] = []

    @workflow.run
    async def run(self, document: DocumentInput) -> str:
        while self._arrived:
            await self._wait_for_quiet()
            taken, self._arrived = self._arrived, []
            fetched = FetchedDocument(
                tenant=document.tenant,
                resource_id=document.resource_id,
                deliveries=tuple(Delivery(event=value["event"], number=value["delivery"]) for value in taken),
            )
            while fetched.missing:
                fetched = await self._fetch(fetched)
            conclusion = await workflow.execute_activity_method(
                BareActivities.conclude,
                ConcludeInput(gathered=fetched, last_look=False),
                summary="Beleg mit dem Hauptbuch vergleichen und buchen",
                start_to_close_timeout=timedelta(seconds=30),
                retry_policy=_RETRY,
            )
            for signal in conclusion.tell:
                payout = workflow.get_external_workflow_handle(payout_workflow_id(document.tenant, signal.number))
                await payout.signal(signal.signal, {"event": signal.event})
        return "told"

    async def _wait_for_quiet(self) -> None:
        while True:
            heard = len(self._arrived)
            try:
                await workflow.wait_condition(
                    lambda: len(self._arrived) > heard,  # noqa: B023
                    timeout=timedelta(seconds=self._document.pace.quiet),
                )
            except TimeoutError:
                return

    async def _fetch(self, fetched: FetchedDocument) -> FetchedDocument:
        call = BareActivities.fetch_document if fetched.missing == "document" else BareActivities.fetch_payments
        return await workflow.execute_activity_method(
            call,
            fetched,
            task_queue=LEXOFFICE,
            summary="Beleg aus lexoffice abrufen",
            start_to_close_timeout=timedelta(seconds=30),
            schedule_to_close_timeout=timedelta(hours=12),
            retry_policy=_RETRY,
            priority=Priority(priority_key=3, fairness_key=self._document.tenant.slug),
        )

    @workflow.signal
    def notify(self, value: Any = None) -> None:
        self._arrived.append(value)


Commit = Callable[[int], Awaitable[None]]
"""So many commits that say nothing, one after the other, each waited for."""


async def none_of_them(_: int) -> None:
    """What the bare engine commits."""


class BareActivities:
    """They answer at once; the last of each kind counts itself.

    On the floor each makes first the commits without which what the product's own does would not be safe.
    """

    def __init__(self, counter: int, commit: Commit = none_of_them) -> None:
        self._counter = counter
        self._commit = commit

    @activity.defn
    async def advance(self, task: AdvanceInput) -> PayoutView:
        await self._commit(1)  # the intent; the state that follows from what was seen
        if any(received.signal == "credit_note_paid" for received in task.notes):
            os.write(self._counter, PAID)
            return PayoutView(state=PayoutState.PAID, step=Step.END, credit_note_number="GS-2026-0001")
        return PayoutView(state=PayoutState.APPROVED, step=Step.CREATE, intent=IntentId(_SOME_ID))

    @activity.defn
    async def create_credit_note(self, task: DocumentCreation) -> PayoutView:
        await self._commit(2)  # that it is sent; the document's id
        return PayoutView(state=PayoutState.APPROVED, step=Step.READ_BACK, intent=task.intent)

    @activity.defn
    async def read_back_credit_note(self, task: DocumentCreation) -> PayoutView:
        await self._commit(1)  # number and totals, and what they mean
        os.write(self._counter, READ_BACK)
        return PayoutView(state=PayoutState.CREDIT_NOTE_OPEN, credit_note_number="GS-2026-0001")

    @activity.defn
    async def fetch_document(self, fetched: FetchedDocument) -> FetchedDocument:
        await self._commit(1)  # what was fetched
        settled = any(delivery.event % EVENTS_PER_PAYOUT for delivery in fetched.deliveries)
        seen = {"kind": DocumentKind.CREDIT_NOTE, "document": _SOME_ID, "status": "paidoff" if settled else "open"}
        return fetched.model_copy(update={**seen, "missing": "payments" if settled else None})

    @activity.defn
    async def fetch_payments(self, fetched: FetchedDocument) -> FetchedDocument:
        await self._commit(1)  # what was fetched
        return fetched.model_copy(update={"payments": _SOME_ID, "missing": None})

    @activity.defn
    async def conclude(self, task: ConcludeInput) -> Conclusion:
        await self._commit(1)  # what it means, and that the events have ended
        os.write(self._counter, CONCLUDED)
        if task.gathered.status == "open":
            return Conclusion(outcome="unchanged")
        event = task.gathered.deliveries[-1].event
        number = number_of(task.gathered.resource_id.int)
        return Conclusion(outcome="told", tell=(PayoutSignal(number=number, signal="credit_note_paid", event=event),))
