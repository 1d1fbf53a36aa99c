"""Booking a document of ours in lexoffice: look for its number, create, attach the file, read back and compare.

engine.md, Own documents. It works for whatever the document belongs to, a payout or what takes a payout's document
back: its owner says how that is held, what comes next, and where a person is asked. No PUT, ever: it may lose the file.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.books.lexoffice.voucher_content import voucher_of
from activities.creation.creating import Creation, DocumentCreator, Outcome
from activities.creation.voucher_contacts import CONTACT_GONE, CONTACT_REFUSED, settled_contact
from activities.creation.voucher_refusals import sentence_of
from activities.creation.voucher_search import Look, look_by_number
from activities.gateway.lexoffice_gateway import LexofficeDoor
from activities.heartbeats import with_heartbeats
from activities.judging.evidence import observed
from activities.judging.voucher_judgement import VOIDED, differences_from_booking, totals_of, versions_of
from activities.models import CONNECTION_UNUSABLE, DocumentCreation, mendable
from activities.payouts.payout_blocks import WAITS_FOR_CONNECTION
from httpcalls.errors import NotFound, ValidationFailed
from ledger.connections import connections
from ledger.database import Ledger, TenantTransaction
from ledger.documents import documents, intents, unclear_outcomes
from ledger.documents.intents import Intent
from ledger.documents.own import issuing
from ledger.inbox import redelivery
from ledger.reasons import Reason
from lexoffice.errors import FractionOfACent
from lexoffice.purchases import Voucher

V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)

PATIENCE = 5
"""Right after a POST a GET of the voucher may be a 404, and its file may not be shown: look so often, then believe."""


class VoucherOwner(Protocol[V_co]):
    """What a document belongs to. All but `hold` and `view_made` are called after `hold`, in its transaction."""

    async def hold(self, tx: TenantTransaction, task: DocumentCreation) -> None:
        """Lock it; it comes before intents (docs/locks.md)."""

    async def view(self, tx: TenantTransaction, task: DocumentCreation) -> V_co:
        """What it may do next, and commits to that."""

    async def view_made(self, tx: TenantTransaction, task: DocumentCreation) -> V_co:
        """Its voucher has an id: the next step is ATTACH. Reads only, and waits for nothing."""

    async def note_unclear(self, tx: TenantTransaction, task: DocumentCreation) -> None:
        """The voucher may exist."""

    async def needs_person(self, tx: TenantTransaction, task: DocumentCreation) -> bool:
        """Whether only a person may conclude that a lost voucher was not made."""

    async def block(
        self,
        tx: TenantTransaction,
        task: DocumentCreation,
        why: Reason,
        *,
        kind: str,
        technical: str | None = None,
        detail: dict[str, Any] | None = None,
    ) -> None:
        """Keep it where it is, and ask a person."""

    async def wait_for_connection(self, tx: TenantTransaction, task: DocumentCreation, why: Reason) -> None:
        """Keep it where it is until lexoffice can be called again, which wakes it."""

    async def ask_about_lost(
        self, tx: TenantTransaction, task: DocumentCreation, candidates: Sequence[UUID], differences: Sequence[str]
    ) -> None:
        """Whether the voucher was made, and which it is, is for a person to say."""

    async def note_booked(self, tx: TenantTransaction, task: DocumentCreation) -> None:
        """It was read back, as it was written."""

    async def note_gone(self, tx: TenantTransaction, task: DocumentCreation, why: Reason) -> None:
        """Its voucher was undone in lexoffice before it was read back. The booking is closed."""


class VoucherBooking(Generic[V]):
    """The four steps of a booking, each safe to repeat, whoever died in the middle of it."""

    def __init__(self, ledger: Ledger, door: LexofficeDoor, creator: DocumentCreator, owner: VoucherOwner[V]) -> None:
        self._ledger = ledger
        self._door = door
        self._creator = creator
        self._owner = owner

    @with_heartbeats
    async def book(self, task: DocumentCreation) -> V:
        """Adopt what stands under our number, if it is ours; else POST the voucher, if its row permits it."""
        intent = await self._intent(task)
        if intent.resource_id is not None or intent.closed_at is not None:
            return await self._view(task)
        if intent.is_unclear:
            return await self._unclear(task)
        try:
            async with self._door.failures_explained(task.tenant):
                contact = await self._contact(task, intent)
                found = await look_by_number(self._ledger, self._door, task.tenant, intent, contact)
        except ApplicationError as error:
            return await self._without_answer(task, error)
        if found.ours is not None:
            return await self._adopt(task, found.ours)
        if found.others:
            return await self._taken(task, intent, found)
        creation = await self._creator.create(
            task.tenant, task.intent, lambda tx: self._owner.view_made(tx, task), voucher=True
        )
        if creation.view is not None:
            return creation.view
        match creation.outcome:
            case Outcome.REFUSED:
                return await self._refused(task, creation)
            case Outcome.UNCLEAR:
                return await self._unclear(task)
            case _:
                return await self._view(task)

    @with_heartbeats
    async def search(self, task: DocumentCreation) -> V:
        """After an answer that was lost: the list again. Three complete empty looks allow another POST."""
        intent = await self._intent(task)
        contact = voucher_of(intent).contact_id
        if not intent.is_unclear or contact is None:
            return await self._view(task)
        try:
            async with self._door.failures_explained(task.tenant):
                found = await look_by_number(self._ledger, self._door, task.tenant, intent, contact)
        except ApplicationError as error:
            return await self._without_answer(task, error)
        if found.ours is not None:
            return await self._adopt(task, found.ours)
        async with self._transaction(task) as tx:
            await self._owner.hold(tx, task)
            intent = await intents.get(tx, task.intent)
            if intent.is_unclear and intent.empty_searches < unclear_outcomes.ENOUGH_SEARCHES:
                await self._judge_empty_look(tx, task, intent, found)
            return await self._owner.view(tx, task)

    @with_heartbeats
    async def attach(self, task: DocumentCreation) -> V:
        """The stored PDF, byte for byte: the same bytes again are the same file."""
        intent = await self._intent(task)
        if intent.resource_id is None or intent.closed_at is not None:
            return await self._view(task)
        assert intent.own_document_id is not None
        async with self._ledger.transaction(task.tenant) as tx:
            pdf = await issuing.get_pdf(tx, intent.own_document_id)
        try:
            async with self._door.failures_explained(task.tenant), self._door.reading(task.tenant) as client:
                if intent.adopted:
                    # One that was found, or named by somebody, gets our file only if it is as it was sent.
                    voucher = await client.voucher(intent.resource_id)
                    if differences := differences_from_booking(intent, voucher):
                        return await self._disown(task, intent, differences)
                file = await client.attach_file(
                    intent.resource_id, pdf, name=issuing.file_name(voucher_of(intent).number)
                )
        except ApplicationError as error:
            if error.type == NotFound.__name__:
                return await self._not_there(task)
            if error.type == ValidationFailed.__name__:
                return await self._block(task, Reason.of("voucher_file_refused"), "voucher_refused", error.message)
            return await self._without_answer(task, error)
        async with self._transaction(task) as tx:
            await self._owner.hold(tx, task)
            await intents.note_file(tx, task.intent, file)
            return await self._owner.view(tx, task)

    @with_heartbeats
    async def read_back(self, task: DocumentCreation) -> V:
        """GET it: number, totals, contact, day and file must be what was sent, or a person is asked."""
        intent = await self._intent(task)
        if intent.resource_id is None or intent.closed_at is not None:
            return await self._view(task)
        try:
            async with self._door.failures_explained(task.tenant), self._door.reading(task.tenant) as client:
                voucher = await client.voucher(intent.resource_id)
                totals_of(voucher)
        except ApplicationError as error:
            if error.type == NotFound.__name__:
                return await self._not_there(task)
            if error.type == FractionOfACent.__name__:
                return await self._block(task, Reason.of("voucher_differs"), "voucher_differs", error.message)
            return await self._without_answer(task, error)
        differences = differences_from_booking(intent, voucher, with_file=True)
        if differences == ("file",) and activity.info().attempt <= PATIENCE:
            raise _look_again("its file is not shown yet")
        async with self._transaction(task) as tx:
            await self._owner.hold(tx, task)
            await self._judge_read(tx, task, intent, voucher, differences)
            return await self._owner.view(tx, task)

    async def _judge_read(
        self,
        tx: TenantTransaction,
        task: DocumentCreation,
        intent: Intent,
        voucher: Voucher,
        differences: tuple[str, ...],
    ) -> None:
        kept = await documents.keep_snapshot(tx, resource=intent.kind.value, resource_id=voucher.id, body=voucher.raw)
        await documents.observe(tx, observed(intent.kind, voucher, totals_of(voucher), snapshot=kept))
        if voucher.voucher_status == VOIDED:
            await intents.close(tx, intent.id)
            await self._owner.note_gone(tx, task, Reason.of("voucher_voided"))
        elif differences == ("file",) and intent.files_sent == 1:
            # It was lost, as a PUT by somebody else may do: the same bytes once more.
            await intents.note_file(tx, intent.id, None)
        elif differences == ("file",):
            await self._owner.block(tx, task, Reason.of("voucher_file_lost"), kind="voucher_differs")
        elif differences:
            await self._owner.block(
                tx,
                task,
                Reason.of("voucher_differs"),
                kind="voucher_differs",
                detail={"differences": list(differences), **versions_of(intent, voucher)},
            )
        else:
            await documents.keep_created_totals(tx, voucher.id, totals_of(voucher))
            await intents.close(tx, intent.id)
            await self._owner.note_booked(tx, task)

    async def _judge_empty_look(
        self, tx: TenantTransaction, task: DocumentCreation, intent: Intent, found: Look
    ) -> None:
        if found.others:
            await unclear_outcomes.stop_searching(tx, intent.id)
            await self._owner.ask_about_lost(tx, task, found.others, found.differences)
        elif await unclear_outcomes.count_empty_search(tx, intent.id) >= unclear_outcomes.ENOUGH_SEARCHES:
            if await self._owner.needs_person(tx, task):
                await self._owner.ask_about_lost(tx, task, (), ())
            else:
                await intents.refuse(tx, intent.id, "not found in three looks", attempt=intent.attempt)

    async def _adopt(self, task: DocumentCreation, voucher: UUID) -> V:
        async with self._transaction(task) as tx:
            await self._owner.hold(tx, task)
            await intents.made(tx, task.intent, voucher, adopted=True)
            await redelivery.hand_over_parked(tx)
            return await self._owner.view(tx, task)

    async def _disown(self, task: DocumentCreation, intent: Intent, differences: tuple[str, ...]) -> V:
        """What was named is not what was sent: it gets no file, and a person decides."""
        assert intent.resource_id is not None
        async with self._transaction(task) as tx:
            await self._owner.hold(tx, task)
            if await unclear_outcomes.unmake(tx, intent.id):
                await self._owner.note_unclear(tx, task)
                await self._owner.ask_about_lost(tx, task, (intent.resource_id,), differences)
            return await self._owner.view(tx, task)

    async def _taken(self, task: DocumentCreation, intent: Intent, found: Look) -> V:
        detail = {"candidates": [str(id) for id in found.others], "differences": list(found.differences)}
        async with self._transaction(task) as tx:
            await self._owner.hold(tx, task)
            why = Reason.of("voucher_number_taken", number=voucher_of(intent).number)
            await self._owner.block(tx, task, why, kind="voucher_number_taken", detail=detail)
            return await self._owner.view(tx, task)

    async def _refused(self, task: DocumentCreation, creation: Creation[V]) -> V:
        """Nothing was made, and as it stands trying again is useless: the booking is closed, a retry writes it anew."""
        assert creation.refusal is not None
        async with self._transaction(task) as tx:
            if creation.unconnected and await connections.works(tx):
                await self._owner.hold(tx, task)
                return await self._owner.view(tx, task)
            await self._owner.hold(tx, task)
            await unclear_outcomes.give_up(tx, task.intent)
            await redelivery.hand_over_parked(tx)
            if creation.refusal.code in WAITS_FOR_CONNECTION:
                await self._owner.wait_for_connection(tx, task, creation.refusal)
            else:
                why = sentence_of(creation.technical) if creation.refusal.code == "document_rejected" else None
                await self._owner.block(
                    tx, task, why or creation.refusal, kind="voucher_refused", technical=creation.technical
                )
            return await self._owner.view(tx, task)

    async def _unclear(self, task: DocumentCreation) -> V:
        async with self._transaction(task) as tx:
            await self._owner.hold(tx, task)
            if (await intents.get(tx, task.intent)).is_unclear:
                await self._owner.note_unclear(tx, task)
            return await self._owner.view(tx, task)

    async def _not_there(self, task: DocumentCreation) -> V:
        """A 404 right after the POST may lag; later somebody has deleted it, which no notification has told yet."""
        if activity.info().attempt <= PATIENCE:
            raise _look_again("the voucher is not there yet")
        async with self._transaction(task) as tx:
            await self._owner.hold(tx, task)
            intent = await intents.get(tx, task.intent)
            if intent.closed_at is None:
                await intents.close(tx, task.intent)
                await self._owner.note_gone(tx, task, Reason.of("voucher_not_there"))
            return await self._owner.view(tx, task)

    async def _without_answer(self, task: DocumentCreation, error: ApplicationError) -> V:
        """The key is refused or gone: it waits for another one. What the partner's contact lacks, a person mends."""
        match error.type:
            case type if type == CONNECTION_UNUSABLE:
                async with self._transaction(task) as tx:
                    await self._owner.hold(tx, task)
                    if not (mendable(error) and await connections.works(tx)):
                        why = Reason.of("connection_broken")
                        if mendable(error):
                            await self._owner.wait_for_connection(tx, task, why)
                        else:  # the connection stands: nothing would wake it but a person
                            await self._owner.block(tx, task, why, kind="voucher_refused")
                    return await self._owner.view(tx, task)
            case type if type in (CONTACT_GONE, CONTACT_REFUSED):
                code = "voucher_contact_gone" if type == CONTACT_GONE else "voucher_contact_refused"
                return await self._block(task, Reason.of(code), "voucher_refused", error.message)
        raise error

    async def _block(self, task: DocumentCreation, why: Reason, kind: str, technical: str | None) -> V:
        async with self._transaction(task) as tx:
            await self._owner.hold(tx, task)
            await self._owner.block(tx, task, why, kind=kind, technical=technical)
            return await self._owner.view(tx, task)

    async def _contact(self, task: DocumentCreation, intent: Intent) -> UUID:
        """Whom the voucher names; it stands in the intent from here on, also for a search."""
        content = voucher_of(intent)
        assert intent.own_document_id is not None
        async with self._ledger.transaction(task.tenant) as tx:
            document = await issuing.get_content(tx, intent.own_document_id)
        contact = await settled_contact(self._ledger, self._door, task.tenant, content.partner, document)
        if contact != content.contact_id:
            named = content.model_copy(update={"contact_id": contact})
            async with self._ledger.transaction(task.tenant) as tx:
                await intents.write_content(tx, intent.id, named.model_dump(mode="json"))
        return contact

    async def _intent(self, task: DocumentCreation) -> Intent:
        async with self._ledger.transaction(task.tenant) as tx:
            return await intents.get(tx, task.intent)

    async def _view(self, task: DocumentCreation) -> V:
        async with self._transaction(task) as tx:
            await self._owner.hold(tx, task)
            return await self._owner.view(tx, task)

    def _transaction(self, task: DocumentCreation) -> Any:
        return self._ledger.transaction(task.tenant, cause=f"intent:{task.intent}")


def _look_again(why: str) -> ApplicationError:
    return ApplicationError(why, type="Lags", next_retry_delay=timedelta(seconds=1))
