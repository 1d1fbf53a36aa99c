"""The credit note of a payout in lexoffice: created once, read back, and searched for when an answer was lost."""

from datetime import timedelta
from uuid import UUID

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.creating import DocumentCreator, Outcome
from activities.credit_note_judgement import differences_from_approval, judge_credit_note, totals
from activities.lexoffice_door import LexofficeDoor
from activities.models import DocumentCreation, Look
from activities.payout_look import SEARCHES_BEFORE_ANOTHER_POST, block_and_ask, what_next
from ledger import documents, events, intents, payouts, settlement, tasks, tenants
from ledger.database import Connection, Ledger
from ledger.documents import Observed
from ledger.intents import Intent
from ledger.payouts import Payout
from ledger.types import DocumentKind, PayoutNumber, PayoutState, Tenant
from lexoffice.documents import CreditNote

NUMBER_LAGS = 5
"""lexoffice may name the voucher number some seconds after a create: look so often, then go on without it."""


class CreditNoteActivities:
    def __init__(self, ledger: Ledger, door: LexofficeDoor, *, unclear_wait: timedelta) -> None:
        self._ledger = ledger
        self._door = door
        self._creator = DocumentCreator(ledger, door)
        self._unclear_wait = unclear_wait

    @activity.defn
    async def create_credit_note(self, task: DocumentCreation) -> Look:
        """POST the credit note once. Only a proof that nothing was made allows another POST."""
        creation = await self._creator.create(task.tenant, task.intent)
        async with self._ledger.transaction(task.tenant, cause=f"intent:{task.intent}") as db:
            payout = await payouts.lock(db, task.tenant, _number(task))
            if creation.outcome is Outcome.REFUSED:
                await _refused(db, task.tenant, payout, creation.sentence, creation.technical)
            elif creation.outcome is Outcome.UNCLEAR and payout.state is PayoutState.APPROVED:
                await payouts.change_state(
                    db,
                    task.tenant,
                    payout,
                    PayoutState.OUTCOME_UNKNOWN,
                    reason="lexoffice hat nicht eindeutig geantwortet; die Gutschrift kann entstanden sein.",
                )
            payout = await payouts.lock(db, task.tenant, payout.number)
            return await what_next(db, task.tenant, payout, unclear_wait=self._unclear_wait)

    @activity.defn
    async def read_back_credit_note(self, task: DocumentCreation) -> Look:
        """GET what was created, keep its number and totals, and judge it as a notification would be judged."""
        async with self._ledger.transaction(task.tenant) as db:
            intent = await intents.find(db, task.tenant, task.intent)
        assert intent.resource_id is not None
        async with self._door.failures_explained(task.tenant), self._door.reading(task.tenant) as client:
            document = await client.credit_note(intent.resource_id)
        if document.voucher_number is None and activity.info().attempt <= NUMBER_LAGS:
            raise ApplicationError(
                "the voucher number is not there yet", type="NumberLags", next_retry_delay=timedelta(seconds=1)
            )
        async with self._ledger.transaction(task.tenant, cause=f"intent:{intent.id}") as db:
            payout = await payouts.lock(db, task.tenant, _number(task))
            known = await documents.find(db, task.tenant, intent.resource_id)
            verdict = judge_credit_note(payout, intent, known, document)
            await observe_credit_note(db, task.tenant, document)
            await documents.keep_created_totals(db, task.tenant, intent.resource_id, totals(document))
            await intents.close(db, task.tenant, intent.id)
            await _close_questions(db, task.tenant, payout.number)
            await payouts.change_state(db, task.tenant, payout, PayoutState.CREDIT_NOTE_OPEN, blocked_reason=None)
            payout = await payouts.lock(db, task.tenant, payout.number)
            await settlement.settle(db, task.tenant, payout, verdict)
            payout = await payouts.lock(db, task.tenant, payout.number)
            return await what_next(db, task.tenant, payout, unclear_wait=self._unclear_wait)

    @activity.defn
    async def search_credit_note(self, task: DocumentCreation) -> Look:
        """Look a lost credit note up by its marker, and adopt it if it is the only one and as approved.

        None three times, after the waiting time, proves that it was not made.
        """
        async with self._ledger.transaction(task.tenant) as db:
            intent = await intents.find(db, task.tenant, task.intent)
        marked: list[CreditNote] = []
        if intent.is_unclear:
            marked = [d for d in await self._creator.search(task.tenant, intent) if isinstance(d, CreditNote)]
        async with self._ledger.transaction(task.tenant, cause=f"intent:{intent.id}") as db:
            payout = await payouts.lock(db, task.tenant, _number(task))
            if (await intents.find(db, task.tenant, task.intent)).is_unclear:
                await self._judge_search(db, task.tenant, payout, intent, marked)
            return await what_next(db, task.tenant, payout, unclear_wait=self._unclear_wait)

    async def _judge_search(
        self, db: Connection, tenant: Tenant, payout: Payout, intent: Intent, marked: list[CreditNote]
    ) -> None:
        if len(marked) == 1 and not differences_from_approval(payout, intent, None, marked[0]):
            await intents.made(db, tenant, intent.id, marked[0].id)
            await events.hand_over_parked(db, tenant)
        elif marked:
            await intents.stop_searching(db, tenant, intent.id, after=SEARCHES_BEFORE_ANOTHER_POST)
            await _ask_about_lost(db, tenant, payout.number, [str(document.id) for document in marked])
        elif await intents.count_empty_search(db, tenant, intent.id) >= SEARCHES_BEFORE_ANOTHER_POST:
            limit = (await tenants.load(db, tenant)).four_eyes_limit_cents
            if limit is not None and intent.gross_cents > limit:
                await _ask_about_lost(db, tenant, payout.number, [])
            else:
                await intents.refuse(db, tenant, intent.id, "not found in three searches")


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


async def _refused(db: Connection, tenant: Tenant, payout: Payout, sentence: str, technical: str | None) -> None:
    """Nothing was made, and as it stands trying again is useless: an approved payout waits for a person."""
    if payout.state is PayoutState.APPROVED:
        await block_and_ask(db, tenant, payout, kind="credit_note_refused", sentence=sentence, technical=technical)
    else:
        await _ask_about_lost(db, tenant, payout.number, [])


async def _ask_about_lost(db: Connection, tenant: Tenant, number: PayoutNumber, candidates: list[str]) -> None:
    await tasks.ask(
        db,
        tenant,
        kind="outcome_unknown",
        subject="payout",
        subject_id=number,
        reason="Ob die Gutschrift in lexoffice angelegt wurde, ist unklar.",
        actions=("adopt", "create_again", "cancel"),
        detail={"candidates": candidates},
        links={"payout": f"/api/v1/payouts/{number}"},
    )


async def _close_questions(db: Connection, tenant: Tenant, number: PayoutNumber) -> None:
    await tasks.close_questions(
        db,
        tenant,
        subject="payout",
        subject_id=number,
        kinds=("outcome_unknown", "credit_note_refused", "payout_blocked"),
        by="engine",
    )


def _number(task: DocumentCreation) -> PayoutNumber:
    assert task.number is not None, "a credit note belongs to a payout"
    return task.number
