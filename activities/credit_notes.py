"""The credit note of a payout in lexoffice: created once, read back, and searched for when an answer was lost."""

from datetime import timedelta
from uuid import UUID

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.creating import Creation, DocumentCreator, Outcome
from activities.credit_note_judgement import differences_from_approval, totals
from activities.credit_note_settling import apply_credit_note
from activities.evidence import body_of
from activities.lexoffice_door import CONNECTION_UNUSABLE, LexofficeDoor
from activities.models import DocumentCreation, Look
from activities.payout_look import BLOCKED_BY, SEARCHES_BEFORE_ANOTHER_POST, block_and_ask, what_next
from activities.search_models import Searched
from ledger import documents, events, four_eyes, intents, lost_answers, payouts, tasks
from ledger.database import Connection, Ledger
from ledger.documents import Observed
from ledger.intents import Intent
from ledger.payouts import Payout
from ledger.types import DocumentKind, PayoutNumber, PayoutState, Tenant
from lexoffice.documents import CreditNote
from lexoffice.errors import NotFound

NUMBER_LAGS = 5
"""lexoffice may name the voucher number some seconds after a create: look so often, then go on without it."""


class CreditNoteActivities:
    def __init__(
        self, ledger: Ledger, door: LexofficeDoor, creator: DocumentCreator, *, unclear_wait: timedelta
    ) -> None:
        self._ledger = ledger
        self._door = door
        self._creator = creator
        self._unclear_wait = unclear_wait

    @activity.defn
    async def create_credit_note(self, task: DocumentCreation) -> Look:
        """POST the credit note once. Only a proof that nothing was made allows another POST."""
        creation = await self._creator.create(task.tenant, task.intent)
        async with self._ledger.transaction(task.tenant, cause=f"intent:{task.intent}") as db:
            payout = await payouts.lock(db, task.tenant, _number(task))
            if creation.outcome is Outcome.MADE:
                return await self._what_next(db, task.tenant, payout)
            if creation.outcome is Outcome.REFUSED:
                await _refused(db, task, payout, creation)
            elif creation.outcome is Outcome.UNCLEAR and payout.state is PayoutState.APPROVED:
                await payouts.change_state(
                    db,
                    task.tenant,
                    payout,
                    PayoutState.OUTCOME_UNKNOWN,
                    reason="lexoffice hat nicht eindeutig geantwortet; die Gutschrift kann entstanden sein.",
                )
            return await self._look(db, task)

    @activity.defn
    async def read_back_credit_note(self, task: DocumentCreation) -> Look:
        """GET what was created, keep its number and totals, and judge it as a notification would be judged."""
        async with self._ledger.transaction(task.tenant) as db:
            intent = await intents.find(db, task.tenant, task.intent)
        if intent.resource_id is None or intent.closed_at is not None:
            async with self._ledger.transaction(task.tenant) as db:
                return await self._look(db, task)
        document: CreditNote | None
        try:
            document = await self._fetch(task.tenant, intent.resource_id)
        except ApplicationError as error:
            return await self._wait_for_connection(task, error)
        async with self._ledger.transaction(task.tenant, cause=f"intent:{intent.id}") as db:
            payout = await payouts.lock(db, task.tenant, _number(task))
            wrong = _not_the_lost_one(payout, intent, document)
            if document is None or wrong:
                await _disown(db, task, payout, wrong)
                return await self._look(db, task)
            return await self._what_next(db, task.tenant, await self._keep(db, task.tenant, payout, intent, document))

    @activity.defn
    async def search_credit_note(self, task: DocumentCreation) -> Look:
        """A whole search in one activity: for those that began before activities/searching.py was there."""
        async with self._ledger.transaction(task.tenant) as db:
            intent = await intents.find(db, task.tenant, task.intent)
        marked: list[CreditNote] = []
        if intent.is_unclear:
            try:
                marked = [d for d in await self._creator.search(task.tenant, intent) if isinstance(d, CreditNote)]
            except ApplicationError as error:
                return await self._wait_for_connection(task, error)
        async with self._ledger.transaction(task.tenant, cause=f"intent:{intent.id}") as db:
            payout = await payouts.lock(db, task.tenant, _number(task))
            if (await intents.find(db, task.tenant, task.intent)).is_unclear:
                await _judge_search(db, task.tenant, payout, intent, marked)
            return await self._look(db, task)

    @activity.defn
    async def judge_credit_note_search(self, searched: Searched) -> Look:
        """Adopt the lost credit note if it is the only one with the marker, and as approved.

        None three times, after the waiting time, proves that it was not made.
        """
        task = searched.creation
        if searched.unusable:
            return await self._block_for_connection(task)
        async with self._ledger.transaction(task.tenant, cause=f"intent:{task.intent}") as db:
            payout = await payouts.lock(db, task.tenant, _number(task))
            intent = await intents.find(db, task.tenant, task.intent)
            if intent.is_unclear:
                marked = [CreditNote.from_body(await body_of(db, task.tenant, kept)) for kept in searched.marked]
                await _judge_search(db, task.tenant, payout, intent, marked)
            return await self._look(db, task)

    async def _look(self, db: Connection, task: DocumentCreation) -> Look:
        return await self._what_next(db, task.tenant, await payouts.lock(db, task.tenant, _number(task)))

    async def _what_next(self, db: Connection, tenant: Tenant, locked: Payout) -> Look:
        return await what_next(db, tenant, locked, unclear_wait=self._unclear_wait)

    async def _fetch(self, tenant: Tenant, resource_id: UUID) -> CreditNote | None:
        """None where lexoffice does not know it, after some patience: right after a POST a GET may lag."""
        lags = activity.info().attempt <= NUMBER_LAGS
        async with self._door.failures_explained(tenant), self._door.reading(tenant) as client:
            try:
                document = await client.credit_note(resource_id)
            except NotFound:
                if lags:
                    raise look_again("the document is not there yet") from None
                return None
        if document.voucher_number is None and lags:
            raise look_again("the voucher number is not there yet")
        return document

    async def _wait_for_connection(self, task: DocumentCreation, error: ApplicationError) -> Look:
        """The key is refused or gone: the payout waits for another one, and its workflow lives on."""
        if error.type != CONNECTION_UNUSABLE:
            raise error
        return await self._block_for_connection(task)

    async def _block_for_connection(self, task: DocumentCreation) -> Look:
        async with self._ledger.transaction(task.tenant) as db:
            payout = await payouts.lock(db, task.tenant, _number(task))
            if payout.state in (PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN):
                sentence = "Die Verbindung zu lexoffice ist gestört."
                await block_and_ask(db, task.tenant, payout, kind="payout_blocked", sentence=sentence)
            return await self._look(db, task)

    async def _keep(
        self, db: Connection, tenant: Tenant, payout: Payout, intent: Intent, document: CreditNote
    ) -> Payout:
        await observe_credit_note(db, tenant, document)
        await documents.keep_created_totals(db, tenant, document.id, totals(document))
        await intents.close(db, tenant, intent.id)
        await _close_questions(db, tenant, payout.number)
        if payout.state in (PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN):
            await payouts.change_state(db, tenant, payout, PayoutState.CREDIT_NOTE_OPEN, blocked_reason=None)
        # A notification may have brought something newer than this GET: what is judged is the newest there is.
        return await apply_credit_note(db, tenant, await payouts.find(db, tenant, payout.number), [])


async def _judge_search(
    db: Connection, tenant: Tenant, payout: Payout, intent: Intent, marked: list[CreditNote]
) -> None:
    if len(marked) == 1 and not differences_from_approval(payout, intent, None, marked[0]):
        await intents.made(db, tenant, intent.id, marked[0].id)
        await events.hand_over_parked(db, tenant)
    elif marked:
        await lost_answers.stop_searching(db, tenant, intent.id, after=SEARCHES_BEFORE_ANOTHER_POST)
        await _ask_about_lost(db, tenant, payout.number, [str(document.id) for document in marked])
    elif await lost_answers.count_empty_search(db, tenant, intent.id) >= SEARCHES_BEFORE_ANOTHER_POST:
        # Counted as for an approval: many small payouts to one partner are a large one.
        if (await four_eyes.of_payout(db, tenant, payout)).above_limit:
            await _ask_about_lost(db, tenant, payout.number, [])
        else:
            await intents.refuse(db, tenant, intent.id, "not found in three searches", attempt=intent.attempt)


def _not_the_lost_one(payout: Payout, intent: Intent, document: CreditNote | None) -> tuple[str, ...]:
    """A lost document is adopted only if marker, net, recipient and organisation agree, whoever names it (rules.md)."""
    if document is None or payout.state is not PayoutState.OUTCOME_UNKNOWN:
        return ()
    return differences_from_approval(payout, intent, None, document)


async def _disown(db: Connection, task: DocumentCreation, payout: Payout, differences: tuple[str, ...]) -> None:
    """The document is not there, or not the one that was lost: what became of ours is for a person to say."""
    candidates = [payout.credit_note_id] if differences and payout.credit_note_id else []
    await lost_answers.unmake(db, task.tenant, task.intent, after=SEARCHES_BEFORE_ANOTHER_POST)
    if payout.state is PayoutState.APPROVED:
        reason = "lexoffice kennt die angelegte Gutschrift nicht."
        await payouts.change_state(db, task.tenant, payout, PayoutState.OUTCOME_UNKNOWN, reason=reason)
    await _ask_about_lost(db, task.tenant, payout.number, candidates, differences)


def look_again(why: str) -> ApplicationError:
    return ApplicationError(why, type="Lags", next_retry_delay=timedelta(seconds=1))


async def observe_credit_note(db: Connection, tenant: Tenant, document: CreditNote) -> UUID:
    """Keep a fetched credit note as evidence and as what the ledger last knew of it."""
    kept = await documents.keep_snapshot(
        db, tenant, resource=DocumentKind.CREDIT_NOTE, resource_id=document.id, body=document.raw
    )
    await documents.observe(
        db,
        tenant,
        Observed(
            kind=DocumentKind.CREDIT_NOTE,
            organization_id=document.organization_id,
            resource_id=document.id,
            voucher_number=document.voucher_number,
            status=document.voucher_status,
            version=document.version,
            updated_at=document.updated_date,
            snapshot_id=kept,
            **totals(document),
        ),
    )
    return kept


async def _refused(db: Connection, task: DocumentCreation, payout: Payout, creation: Creation) -> None:
    """Nothing was made, and as it stands trying again is useless: the payout waits for a person.

    An approved one goes back to having no intent: it may be cancelled, and a retry writes the document anew. One whose
    outcome was unknown keeps its intent, because it can never be approved again: it is sent as it is, or cancelled.
    """
    actions: tuple[str, ...] = ("retry", "cancel")
    if payout.state is PayoutState.APPROVED:
        await lost_answers.give_up(db, task.tenant, task.intent)
        await events.hand_over_parked(db, task.tenant)
        actions = ("retry",)
    await block_and_ask(
        db,
        task.tenant,
        payout,
        kind="credit_note_refused",
        sentence=creation.sentence,
        technical=creation.technical,
        actions=actions,
    )


async def _ask_about_lost(
    db: Connection,
    tenant: Tenant,
    number: PayoutNumber,
    candidates: list[str],
    differences: tuple[str, ...] = (),
) -> None:
    await tasks.ask(
        db,
        tenant,
        kind="outcome_unknown",
        subject="payout",
        subject_id=number,
        reason="Ob die Gutschrift in lexoffice angelegt wurde, ist unklar.",
        actions=("adopt", "create_again", "cancel"),
        detail={"candidates": candidates, "differences": list(differences)},
        links={"payout": f"/api/v1/payouts/{number}"},
    )


async def _close_questions(db: Connection, tenant: Tenant, number: PayoutNumber) -> None:
    await tasks.close_questions(
        db,
        tenant,
        subject="payout",
        subject_id=number,
        kinds=("outcome_unknown", *BLOCKED_BY),
        by="engine",
    )


def _number(task: DocumentCreation) -> PayoutNumber:
    assert task.number is not None, "a credit note belongs to a payout"
    return task.number
