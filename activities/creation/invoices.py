"""The invoice of step 2, for a tenant that does not write it by hand: created once, read back, searched for if lost."""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import activity

from activities.books.calls import BooksCalls
from activities.books.documents import BookedDocument
from activities.creation.creating import DocumentCreator, Outcome
from activities.creation.reading_back import keep, read_back
from activities.creation.search_models import Searched
from activities.creation.searching import kept_documents, retrying_without_connection, whole_search
from activities.judging.document_identity import ask_about_lost_invoice, differences_of_invoice, judge_search
from activities.models import DocumentCreation, InvoiceView, Step
from activities.payouts.next_step import next_step
from ledger import tasks
from ledger.booking import invoice_sales, lost_invoices
from ledger.database import Ledger, TenantTransaction
from ledger.documents import documents, intents, unclear_outcomes
from ledger.inbox import redelivery
from ledger.payouts import approval_rule
from ledger.sales import transactions
from ledger.types import IntentId, TransactionState


class InvoiceActivities:
    def __init__(self, ledger: Ledger, calls: BooksCalls, creator: DocumentCreator, *, unclear_wait: timedelta) -> None:
        self._ledger = ledger
        self._calls = calls
        self._creator = creator
        self._unclear_wait = unclear_wait

    @activity.defn
    async def look_at_invoice(self, task: DocumentCreation) -> InvoiceView:
        """What the intent's row permits next; a person may have answered the question about it."""
        async with self._ledger.transaction(task.tenant) as tx:
            return await self._view(tx, task.intent)

    @activity.defn
    async def create_invoice(self, task: DocumentCreation) -> InvoiceView:
        """POST the invoice once. Only a proof that nothing was made allows another POST."""
        if await self._is_withdrawn(task):
            return await self.look_at_invoice(task)
        creation = await self._creator.create(task.tenant, task.intent, lambda tx: self._view(tx, task.intent))
        if creation.view is not None:
            return creation.view
        async with self._ledger.transaction(task.tenant, cause=f"intent:{task.intent}") as tx:
            if creation.outcome is Outcome.REFUSED:
                assert creation.refusal is not None
                await unclear_outcomes.give_up(tx, task.intent)
                await redelivery.hand_over_parked(tx)
                await tasks.ask(
                    tx,
                    tasks.NewTask(
                        kind="invoice_refused",
                        subject="transaction",
                        subject_id=str(task.transaction_id),
                        reason=creation.refusal,
                        detail={"technical": creation.technical},
                        links={"transaction": f"/api/v1/transactions/{task.transaction_id}"},
                    ),
                )
            return await self._view(tx, task.intent)

    async def _is_withdrawn(self, task: DocumentCreation) -> bool:
        """While ours could not be sent, somebody wrote the invoice by hand, or the money was given back.

        What was sent and not refused may exist: that is for the search to find, and never given up here.
        """
        async with self._ledger.transaction(task.tenant, cause=f"intent:{task.intent}") as tx:
            intent = await intents.get(tx, task.intent)
            assert intent.transaction_id is not None, "an invoice is a sale's"
            sale = await transactions.lock(tx, intent.transaction_id)
            another = await invoice_sales.live_invoice_of(tx, sale) not in (None, intent.resource_id)
            if sale.state is not TransactionState.REFUNDED and not another:
                return False
            if not await unclear_outcomes.give_up(tx, task.intent):
                return False
            await redelivery.hand_over_parked(tx)
            return True

    @activity.defn
    async def read_back_invoice(self, task: DocumentCreation) -> InvoiceView:
        """GET what was created and keep its number and totals; its payment will be told by a notification."""
        async with self._ledger.transaction(task.tenant) as tx:
            intent = await intents.get(tx, task.intent)
        if intent.resource_id is None or intent.closed_at is not None:
            return await self.look_at_invoice(task)
        with retrying_without_connection(intent):
            async with self._calls.explained(task.tenant):
                invoice = await read_back(self._calls, task.tenant, intent)
        async with self._ledger.transaction(task.tenant, cause=f"intent:{intent.id}") as tx:
            wrong = differences_of_invoice(invoice, intent) if invoice else ()
            if not intent.adopted:  # lexoffice computes what it likes, but not for another organisation
                wrong = tuple(name for name in wrong if name == "organization")
            if invoice is None or wrong:
                # It is gone, or somebody named another document: what became of ours is for a person to say.
                if await unclear_outcomes.unmake(tx, intent.id):
                    candidates = [str(invoice.id)] if invoice else []
                    await ask_about_lost_invoice(tx, intent, candidates, wrong)
                return await self._view(tx, task.intent)
            await keep(tx, intent, invoice)
            known = await documents.find(tx, invoice.id)
            if intent.transaction_id is not None and (known is None or known.transaction_id is None):
                await lost_invoices.ask_about_second_invoice(tx, invoice.id, intent.transaction_id)
            await tasks.close_questions(
                tx,
                subject="transaction",
                subject_id=str(intent.transaction_id),
                kinds=("invoice_outcome_unknown", "invoice_refused"),
                by="engine",
            )
            return await self._view(tx, task.intent)

    @activity.defn
    async def search_invoice(self, task: DocumentCreation) -> InvoiceView:
        """A whole search in one activity: for those that began before searching.py was there."""
        async with self._ledger.transaction(task.tenant) as tx:
            intent = await intents.get(tx, task.intent)
        marked: list[BookedDocument] = []
        if intent.is_unclear:
            with retrying_without_connection(intent):
                marked = await whole_search(self._ledger, self._calls, task.tenant, intent)
        async with self._ledger.transaction(task.tenant, cause=f"intent:{task.intent}") as tx:
            return await self._judge_search(tx, task, marked)

    @activity.defn
    async def judge_invoice_search(self, searched: Searched) -> InvoiceView:
        """Adopt the lost invoice if it is the only one with the marker, and as it was sent."""
        assert not searched.unusable, "the search of an invoice waits for a working key"
        task = searched.creation
        async with self._ledger.transaction(task.tenant, cause=f"intent:{task.intent}") as tx:
            intent = await intents.get(tx, task.intent)
            return await self._judge_search(tx, task, await kept_documents(tx, searched, intent))

    async def _judge_search(
        self, tx: TenantTransaction, task: DocumentCreation, marked: Sequence[BookedDocument]
    ) -> InvoiceView:
        intent = await intents.lock(tx, task.intent)
        if intent.is_unclear:
            candidates = await judge_search(
                tx,
                intent,
                marked,
                differences=lambda found: differences_of_invoice(found, intent),
                needs_person=intent.gross_cents > await approval_rule.limit_cents(tx),
            )
            if candidates is not None:
                await ask_about_lost_invoice(tx, intent, candidates)
        return await self._view(tx, task.intent)

    async def _view(self, tx: TenantTransaction, intent_id: IntentId) -> InvoiceView:
        intent = await intents.get(tx, intent_id)
        step, search_in = Step.END, 0.0
        if intent.closed_at is None:
            step, search_in = await next_step(tx, intent, self._unclear_wait)
        known = await documents.find(tx, intent.resource_id) if intent.resource_id else None
        return InvoiceView(
            step=step,
            made=intent.resource_id is not None,
            search_in_seconds=search_in,
            number=known.voucher_number if known else None,
        )
