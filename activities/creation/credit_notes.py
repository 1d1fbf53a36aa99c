"""The credit note of a payout in its books: created once, read back, and searched for when an answer was lost."""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.books.calls import NOT_FINISHED, RECIPIENT_REFUSED, BooksCalls
from activities.books.documents import BookedDocument
from activities.creation.creating import Creation, DocumentCreator, Outcome
from activities.creation.reading_back import keep, read_back
from activities.creation.search_models import Searched
from activities.creation.searching import kept_documents, whole_search
from activities.heartbeats import with_heartbeats
from activities.judging.credit_note_judgement import differences_from_approval
from activities.judging.credit_note_settling import JustRead, apply_credit_note
from activities.judging.document_identity import judge_search
from activities.models import CONNECTION_UNUSABLE, DocumentCreation, PayoutView, Step, mendable
from activities.payouts.next_step import plan_next_step
from activities.payouts.payout_blocks import (
    WAITS_FOR_CONNECTION,
    block_and_ask,
    view_payout,
    wait_for_connection,
)
from ledger import tasks
from ledger.connections import connections
from ledger.database import Ledger, TenantTransaction
from ledger.documents import intents, unclear_outcomes
from ledger.documents.intents import Intent
from ledger.inbox import redelivery
from ledger.payouts import approval_rule, payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.types import PayoutNumber, PayoutState

_FOR_A_PERSON = {RECIPIENT_REFUSED: "recipient_refused", NOT_FINISHED: "document_not_finished"}


class CreditNoteActivities:
    def __init__(self, ledger: Ledger, calls: BooksCalls, creator: DocumentCreator, *, unclear_wait: timedelta) -> None:
        self._ledger = ledger
        self._calls = calls
        self._creator = creator
        self._unclear_wait = unclear_wait

    @activity.defn
    @with_heartbeats
    async def create_credit_note(self, task: DocumentCreation) -> PayoutView:
        """POST the credit note once. Only a proof that nothing was made allows another POST."""
        try:
            async with self._calls.explained(task.tenant):
                await self._calls.prepare(task.tenant, task.intent)
        except ApplicationError as error:
            return await self._wait_for_connection(task, error)
        creation = await self._creator.create(task.tenant, task.intent, lambda tx: _look_at_made(tx, task))
        if creation.view is not None:
            return creation.view
        async with self._ledger.transaction(task.tenant, cause=f"intent:{task.intent}") as tx:
            if creation.unconnected and await connections.works(tx, provider=self._calls.provider):
                return await self._view(tx, task)
            payout = await payouts.lock(tx, _number(task))
            if creation.outcome is Outcome.REFUSED:
                await _refused(tx, task, payout, creation)
            elif creation.outcome is Outcome.UNCLEAR and payout.state is PayoutState.APPROVED:
                await payouts.change_state(
                    tx,
                    payout,
                    PayoutState.OUTCOME_UNKNOWN,
                    reason=Reason.of("answer_not_clear"),
                )
            return await self._view(tx, task)

    @activity.defn
    async def read_back_credit_note(self, task: DocumentCreation) -> PayoutView:
        """GET what was created, keep its number and totals, and judge it as a notification would be judged."""
        try:
            async with self._calls.explained(task.tenant):
                async with self._ledger.transaction(task.tenant) as tx:
                    intent = await intents.get(tx, task.intent)
                    if intent.resource_id is None or intent.closed_at is not None:
                        return await self._view(tx, task)
                document = await read_back(self._calls, task.tenant, intent)
        except ApplicationError as error:
            return await self._wait_for_connection(task, error)
        async with self._ledger.transaction(task.tenant, cause=f"intent:{intent.id}") as tx:
            payout = await payouts.lock(tx, _number(task))
            # One that was found, or named by somebody, is adopted only if it is as approved; a new one is judged below.
            wrong = differences_from_approval(payout, intent, None, document) if document and intent.adopted else ()
            if document is None or wrong:
                await _disown(tx, task, payout, wrong)
                return await self._view(tx, task)
            return await self._plan_next_step(tx, await self._keep(tx, payout, intent, document))

    @activity.defn
    async def search_credit_note(self, task: DocumentCreation) -> PayoutView:
        """A whole search in one activity: for those that began before searching.py was there."""
        async with self._ledger.transaction(task.tenant) as tx:
            intent = await intents.get(tx, task.intent)
        marked: list[BookedDocument] = []
        if intent.is_unclear:
            try:
                marked = await whole_search(self._ledger, self._calls, task.tenant, intent)
            except ApplicationError as error:
                return await self._wait_for_connection(task, error)
        async with self._ledger.transaction(task.tenant, cause=f"intent:{intent.id}") as tx:
            return await self._judge_search(tx, task, marked)

    @activity.defn
    async def judge_credit_note_search(self, searched: Searched) -> PayoutView:
        """Adopt the lost credit note if it is the only one with the marker, and as approved."""
        task = searched.creation
        if searched.unusable:
            return await self._block_for_connection(task, mendable=searched.mendable)
        async with self._ledger.transaction(task.tenant, cause=f"intent:{task.intent}") as tx:
            intent = await intents.get(tx, task.intent)
            return await self._judge_search(tx, task, await kept_documents(tx, searched, intent))

    async def _judge_search(
        self, tx: TenantTransaction, task: DocumentCreation, marked: Sequence[BookedDocument]
    ) -> PayoutView:
        payout = await payouts.lock(tx, _number(task))
        intent = await intents.get(tx, task.intent)
        if intent.is_unclear:
            candidates = await judge_search(
                tx,
                intent,
                marked,
                differences=lambda found: differences_from_approval(payout, intent, None, found),
                # Counted as for an approval: many small payouts to one partner are a large one.
                needs_person=(await approval_rule.of_payout(tx, payout)).above_limit,
            )
            if candidates is not None:
                await _ask_about_lost(tx, payout.number, candidates)
        return await self._view(tx, task)

    async def _view(self, tx: TenantTransaction, task: DocumentCreation) -> PayoutView:
        return await self._plan_next_step(tx, await payouts.lock(tx, _number(task)))

    async def _plan_next_step(self, tx: TenantTransaction, locked: Payout) -> PayoutView:
        return await plan_next_step(tx, locked, unclear_wait=self._unclear_wait)

    async def _wait_for_connection(self, task: DocumentCreation, error: ApplicationError) -> PayoutView:
        """The key is refused or gone: the payout waits for another one, and its workflow lives on. So it does where the
        books refuse what only a person can mend."""
        if error.type in _FOR_A_PERSON:
            return await self._block_for_person(task, error)
        if error.type != CONNECTION_UNUSABLE:
            raise error
        return await self._block_for_connection(task, mendable=mendable(error))

    async def _block_for_connection(self, task: DocumentCreation, *, mendable: bool) -> PayoutView:
        async with self._ledger.transaction(task.tenant) as tx:
            # Whoever mends it wakes the payouts that are blocked; one that is just being blocked is not among them.
            intent = await intents.get(tx, task.intent)
            if mendable and await connections.works(tx, provider=intent.provider):
                return await self._view(tx, task)
            payout = await payouts.lock(tx, _number(task))
            if payout.state in (PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN):
                await _forget_unsent(tx, task, payout)
                if mendable:
                    await wait_for_connection(tx, payout, Reason.of("connection_broken"))
                else:  # the connection stands: nothing would wake it but a person
                    await block_and_ask(tx, payout, Reason.of("connection_broken"), kind="payout_blocked")
            return await self._view(tx, task)

    async def _block_for_person(self, task: DocumentCreation, error: ApplicationError) -> PayoutView:
        async with self._ledger.transaction(task.tenant) as tx:
            payout = await payouts.lock(tx, _number(task))
            if payout.state in (PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN):
                await _forget_unsent(tx, task, payout)
                why = Reason.of(_FOR_A_PERSON[error.type or ""])
                # An approved one has no intent any more, and is cancelled as any other; a draft is ended in the books.
                unsent = payout.state is PayoutState.OUTCOME_UNKNOWN and error.type == RECIPIENT_REFUSED
                actions = ("retry", "cancel") if unsent else ("retry",)
                await block_and_ask(
                    tx, payout, why, kind="credit_note_refused", technical=error.message, actions=actions
                )
            return await self._view(tx, task)

    async def _keep(self, tx: TenantTransaction, payout: Payout, intent: Intent, document: BookedDocument) -> Payout:
        snapshot = await keep(tx, intent, document)
        await _close_questions(tx, payout.number)
        if payout.state in (PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN):
            await payouts.change_state(tx, payout, PayoutState.CREDIT_NOTE_OPEN, unblock=True)
        # A notification may have brought something newer than this GET: what is judged is the newest there is.
        return await apply_credit_note(
            tx, await payouts.get(tx, payout.number), [], JustRead(intent, snapshot, document)
        )


async def _look_at_made(tx: TenantTransaction, task: DocumentCreation) -> PayoutView:
    """Its id is known, and whatever else became of the payout: what was made is read back."""
    looked = await view_payout(tx, await payouts.get(tx, _number(task)))
    return looked.model_copy(update={"step": Step.READ_BACK, "intent": task.intent})


async def _forget_unsent(tx: TenantTransaction, task: DocumentCreation, payout: Payout) -> None:
    """Nothing was sent for an approved payout that waits now, perhaps for days: it has no intent again, so that it may
    be cancelled, and that its document is written as it is then, if that is still what was approved."""
    if payout.state is PayoutState.APPROVED and await unclear_outcomes.give_up(tx, task.intent):
        await redelivery.hand_over_parked(tx)


async def _disown(tx: TenantTransaction, task: DocumentCreation, payout: Payout, differences: tuple[str, ...]) -> None:
    """The document is not there, or not the one that was lost: what became of ours is for a person to say."""
    candidates = [payout.credit_note_id] if differences and payout.credit_note_id else []
    if not await unclear_outcomes.unmake(tx, task.intent):
        return  # another attempt, which this one was slower than, has read it back
    if payout.state is PayoutState.APPROVED:
        reason = Reason.of("created_credit_note_unknown")
        await payouts.change_state(tx, payout, PayoutState.OUTCOME_UNKNOWN, reason=reason)
    await _ask_about_lost(tx, payout.number, candidates, differences)


async def _refused(
    tx: TenantTransaction, task: DocumentCreation, payout: Payout, creation: Creation[PayoutView]
) -> None:
    """Nothing was made, and as it stands trying again is useless: the payout waits for a person.

    An approved one goes back to having no intent: it may be cancelled, and a retry writes the document anew. One whose
    outcome was unknown keeps its intent, because it can never be approved again: it is sent as it is, or cancelled.
    """
    assert creation.refusal is not None
    actions: tuple[str, ...] = ("retry", "cancel")
    if payout.state is PayoutState.APPROVED:
        await _forget_unsent(tx, task, payout)
        actions = ("retry",)
        if creation.refusal.code in WAITS_FOR_CONNECTION:
            await wait_for_connection(tx, payout, creation.refusal)
            return
    await block_and_ask(
        tx, payout, creation.refusal, kind="credit_note_refused", technical=creation.technical, actions=actions
    )


async def _ask_about_lost(
    tx: TenantTransaction,
    number: PayoutNumber,
    candidates: list[str],
    differences: tuple[str, ...] = (),
) -> None:
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind="outcome_unknown",
            subject="payout",
            subject_id=number,
            reason=Reason.of("credit_note_outcome_unclear"),
            actions=("adopt", "create_again", "cancel"),
            detail={"candidates": candidates, "differences": list(differences)},
            links={"payout": f"/api/v1/payouts/{number}"},
        ),
    )


async def _close_questions(tx: TenantTransaction, number: PayoutNumber) -> None:
    await tasks.close_questions(
        tx,
        subject="payout",
        subject_id=number,
        kinds=("outcome_unknown", *tasks.BLOCKED_BY),
        by="engine",
    )


def _number(task: DocumentCreation) -> PayoutNumber:
    assert task.number is not None, "a credit note belongs to a payout"
    return task.number
