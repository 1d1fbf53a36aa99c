"""The invoice of step 2, for a tenant that does not write it by hand: created once, read back, searched for if lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.creating import DocumentCreator, Outcome, carries_marker
from activities.credit_note_judgement import totals
from activities.credit_notes import NUMBER_LAGS, look_again
from activities.lexoffice_door import CONNECTION_UNUSABLE, LexofficeDoor
from activities.models import DocumentCreation, InvoiceLook, Step
from activities.payout_look import SEARCHES_BEFORE_ANOTHER_POST, until_search
from activities.search_models import Searched
from ledger import documents, events, intents, lost_answers, tasks
from ledger.database import Connection, Ledger
from ledger.documents import Observed
from ledger.types import DocumentKind, IntentId, Tenant
from lexoffice.documents import Invoice
from lexoffice.errors import NotFound


class InvoiceActivities:
    def __init__(
        self, ledger: Ledger, door: LexofficeDoor, creator: DocumentCreator, *, unclear_wait: timedelta
    ) -> None:
        self._ledger = ledger
        self._door = door
        self._creator = creator
        self._unclear_wait = unclear_wait

    @activity.defn
    async def look_at_invoice(self, task: DocumentCreation) -> InvoiceLook:
        """What the intent's row permits next; a person may have answered the question about it."""
        async with self._ledger.transaction(task.tenant) as db:
            return await self._look(db, task.tenant, task.intent)

    @activity.defn
    async def create_invoice(self, task: DocumentCreation) -> InvoiceLook:
        """POST the invoice once. Only a proof that nothing was made allows another POST."""
        creation = await self._creator.create(task.tenant, task.intent)
        async with self._ledger.transaction(task.tenant, cause=f"intent:{task.intent}") as db:
            if creation.outcome is Outcome.REFUSED:
                await lost_answers.give_up(db, task.tenant, task.intent)
                await events.hand_over_parked(db, task.tenant)
                await tasks.ask(
                    db,
                    task.tenant,
                    kind="invoice_refused",
                    subject="transaction",
                    subject_id=str(task.transaction_id),
                    reason=creation.sentence,
                    detail={"technical": creation.technical},
                    links={"transaction": f"/api/v1/transactions/{task.transaction_id}"},
                )
            return await self._look(db, task.tenant, task.intent)

    @activity.defn
    async def read_back_invoice(self, task: DocumentCreation) -> InvoiceLook:
        """GET what was created and keep its number and totals; its payment will be told by a notification."""
        async with self._ledger.transaction(task.tenant) as db:
            intent = await intents.find(db, task.tenant, task.intent)
        if intent.resource_id is None or intent.closed_at is not None:
            return await self.look_at_invoice(task)
        with _waiting_for_the_connection():
            invoice = await self._fetch(task.tenant, intent.resource_id)
        async with self._ledger.transaction(task.tenant, cause=f"intent:{intent.id}") as db:
            if invoice is None or not carries_marker(invoice, intent):
                # It is gone, or a person named another document: what became of ours is for a person to say.
                await lost_answers.unmake(db, task.tenant, intent.id, after=SEARCHES_BEFORE_ANOTHER_POST)
                await self._ask_about_lost(db, task, [])
                return await self._look(db, task.tenant, task.intent)
            await _observe(db, task.tenant, invoice)
            await documents.keep_created_totals(db, task.tenant, invoice.id, totals(invoice))
            await intents.close(db, task.tenant, intent.id)
            await tasks.close_questions(
                db,
                task.tenant,
                subject="transaction",
                subject_id=str(intent.transaction_id),
                kinds=("invoice_outcome_unknown", "invoice_refused"),
                by="engine",
            )
            return await self._look(db, task.tenant, task.intent)

    @activity.defn
    async def search_invoice(self, task: DocumentCreation) -> InvoiceLook:
        """A whole search in one activity: for those that began before activities/searching.py was there."""
        async with self._ledger.transaction(task.tenant) as db:
            intent = await intents.find(db, task.tenant, task.intent)
        with _waiting_for_the_connection():
            marked = await self._creator.search(task.tenant, intent) if intent.is_unclear else []
        return await self._judge_search(task, [document.id for document in marked])

    @activity.defn
    async def judge_invoice_search(self, searched: Searched) -> InvoiceLook:
        """The only invoice with the marker is ours; none three times, after the waiting time: it was not made."""
        task = searched.creation
        async with self._ledger.transaction(task.tenant) as db:
            marked = [(await documents.snapshot(db, task.tenant, kept)).resource_id for kept in searched.marked]
        return await self._judge_search(task, marked)

    async def _judge_search(self, task: DocumentCreation, marked: list[UUID]) -> InvoiceLook:
        async with self._ledger.transaction(task.tenant, cause=f"intent:{task.intent}") as db:
            intent = await intents.find(db, task.tenant, task.intent)
            if intent.is_unclear:
                if len(marked) == 1:
                    await intents.made(db, task.tenant, intent.id, marked[0])
                    await events.hand_over_parked(db, task.tenant)
                elif marked:
                    await lost_answers.stop_searching(db, task.tenant, intent.id, after=SEARCHES_BEFORE_ANOTHER_POST)
                    await self._ask_about_lost(db, task, [str(document) for document in marked])
                elif await lost_answers.count_empty_search(db, task.tenant, intent.id) >= SEARCHES_BEFORE_ANOTHER_POST:
                    await intents.refuse(
                        db, task.tenant, intent.id, "not found in three searches", attempt=intent.attempt
                    )
            return await self._look(db, task.tenant, task.intent)

    async def _fetch(self, tenant: Tenant, resource_id: UUID) -> Invoice | None:
        """None where lexoffice does not know it, after some patience: right after a POST a GET may lag."""
        lags = activity.info().attempt <= NUMBER_LAGS
        async with self._door.failures_explained(tenant), self._door.reading(tenant) as client:
            try:
                invoice = await client.invoice(resource_id)
            except NotFound:
                if lags:
                    raise look_again("the document is not there yet") from None
                return None
        if invoice.voucher_number is None and lags:
            raise look_again("the voucher number is not there yet")
        return invoice

    async def _look(self, db: Connection, tenant: Tenant, intent_id: IntentId) -> InvoiceLook:
        intent = await intents.find(db, tenant, intent_id)
        step, search_in = Step.CREATE, 0.0
        if intent.closed_at is not None:
            step = Step.END
        elif intent.resource_id is not None:
            step = Step.READ_BACK
        elif intent.is_unclear and intent.empty_searches < SEARCHES_BEFORE_ANOTHER_POST:
            step, search_in = Step.SEARCH, until_search(intent, self._unclear_wait)
        elif intent.is_unclear:
            step = Step.WAIT
        known = await documents.find(db, tenant, intent.resource_id) if intent.resource_id else None
        return InvoiceLook(
            step=step,
            made=intent.resource_id is not None,
            search_in_seconds=search_in,
            number=known.voucher_number if known else None,
        )

    async def _ask_about_lost(self, db: Connection, task: DocumentCreation, candidates: list[str]) -> None:
        await tasks.ask(
            db,
            task.tenant,
            kind="invoice_outcome_unknown",
            subject="transaction",
            subject_id=str(task.transaction_id),
            reason="Ob die Rechnung in lexoffice angelegt wurde, ist unklar.",
            actions=("adopt", "create_again", "cancel"),
            detail={"candidates": candidates, "intent": str(task.intent)},
            links={"transaction": f"/api/v1/transactions/{task.transaction_id}"},
        )


@contextmanager
def _waiting_for_the_connection() -> Iterator[None]:
    """Without a working key the activity is tried again until there is one: the connection's own task asks for it."""
    try:
        yield
    except ApplicationError as error:
        if error.type != CONNECTION_UNUSABLE:
            raise
        raise ApplicationError("the connection to lexoffice does not work", type="ConnectionAwaited") from None


async def _observe(db: Connection, tenant: Tenant, invoice: Invoice) -> None:
    kept = await documents.keep_snapshot(
        db, tenant, resource=DocumentKind.INVOICE, resource_id=invoice.id, body=invoice.raw
    )
    await documents.observe(
        db,
        tenant,
        Observed(
            kind=DocumentKind.INVOICE,
            organization_id=invoice.organization_id,
            resource_id=invoice.id,
            voucher_number=invoice.voucher_number,
            status=invoice.voucher_status,
            version=invoice.version,
            updated_at=invoice.updated_date,
            snapshot_id=kept,
            **totals(invoice),
        ),
    )
