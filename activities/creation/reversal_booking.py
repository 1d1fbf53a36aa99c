"""Booking what takes a document back as a purchase credit note, by the steps of voucher_booking.py."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from temporalio import activity

from activities.creation.creating import DocumentCreator
from activities.creation.voucher_booking import VoucherBooking
from activities.gateway.lexoffice_gateway import LexofficeDoor
from activities.models import DocumentCreation, OwnDocumentView, Step
from activities.payouts import reversal_steps
from ledger import tasks
from ledger.connections import connection_health
from ledger.database import Ledger, TenantTransaction
from ledger.documents import intents
from ledger.payouts import approval_rule, own_reversal_rows
from ledger.payouts.own_reversal_rows import OwnReversal
from ledger.payouts.own_reversals import SUBJECT
from ledger.reasons import Reason
from ledger.types import DocumentStage

LOST = "own_reversal_outcome_unknown"


class _Owner:
    """The decision that a voucher belongs to, as voucher_booking.VoucherOwner asks for it."""

    def __init__(self, unclear_wait: timedelta) -> None:
        self._unclear_wait = unclear_wait

    async def hold(self, tx: TenantTransaction, task: DocumentCreation) -> None:
        await own_reversal_rows.hold(tx, (await self._found(tx, task)).id)

    async def view(self, tx: TenantTransaction, task: DocumentCreation) -> OwnDocumentView:
        found = await self._found(tx, task)
        return await reversal_steps.plan_reversal_step(tx, found, unclear_wait=self._unclear_wait)

    async def view_made(self, tx: TenantTransaction, task: DocumentCreation) -> OwnDocumentView:
        found = await self._found(tx, task)
        return OwnDocumentView(step=Step.ATTACH, number=found.document_number, stage=found.stage, intent=task.intent)

    async def note_unclear(self, tx: TenantTransaction, task: DocumentCreation) -> None:
        """The intent says it: an own document has no state for that."""

    async def needs_person(self, tx: TenantTransaction, task: DocumentCreation) -> bool:
        found = await self._found(tx, task)
        return -found.gross_cents > await approval_rule.limit_cents(tx)

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
        told = {**(detail or {}), "cause": kind, **({"technical": technical} if technical else {})}
        await reversal_steps.keep_and_ask(tx, await self._found(tx, task), why, detail=told)

    async def wait_for_connection(self, tx: TenantTransaction, task: DocumentCreation, why: Reason) -> None:
        await own_reversal_rows.block(tx, (await self._found(tx, task)).id, why)
        await connection_health.ask_for_connection(tx, why)

    async def ask_about_lost(
        self, tx: TenantTransaction, task: DocumentCreation, candidates: Sequence[UUID], differences: Sequence[str]
    ) -> None:
        found = await self._found(tx, task)
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind=LOST,
                subject=SUBJECT,
                subject_id=str(found.id),
                reason=Reason.of("reversal_outcome_unclear", number=found.document_number),
                actions=("adopt", "create_again"),
                detail={
                    "candidates": [str(one) for one in candidates],
                    "differences": list(differences),
                    "intent": str(task.intent),
                },
                links={"payout": f"/api/v1/payouts/{found.payout_number}"} if found.payout_number else None,
            ),
        )

    async def note_booked(self, tx: TenantTransaction, task: DocumentCreation) -> None:
        found = await self._found(tx, task)
        if found.stage is DocumentStage.ISSUED:
            await own_reversal_rows.note_stage(tx, found.id, DocumentStage.BOOKED)
        await tasks.close_questions(
            tx,
            subject=SUBJECT,
            subject_id=str(found.id),
            kinds=(LOST, reversal_steps.BLOCKED),
            by="engine",
        )

    async def note_gone(self, tx: TenantTransaction, task: DocumentCreation, why: Reason) -> None:
        await reversal_steps.keep_and_ask(tx, await self._found(tx, task), why)

    async def _found(self, tx: TenantTransaction, task: DocumentCreation) -> OwnReversal:
        intent = await intents.get(tx, task.intent)
        assert intent.own_document_id is not None, "a voucher is of a document"
        return await own_reversal_rows.of_document(tx, intent.own_document_id)


class ReversalBookingActivities:
    def __init__(
        self, ledger: Ledger, door: LexofficeDoor, creator: DocumentCreator, *, unclear_wait: timedelta
    ) -> None:
        self._booking = VoucherBooking[OwnDocumentView](ledger, door, creator, _Owner(unclear_wait))

    @activity.defn
    async def book_reversal(self, task: DocumentCreation) -> OwnDocumentView:
        """Adopt what stands under its number, or POST it once."""
        return await self._booking.book(task)

    @activity.defn
    async def attach_reversal_file(self, task: DocumentCreation) -> OwnDocumentView:
        """The same bytes again are the same file."""
        return await self._booking.attach(task)

    @activity.defn
    async def read_reversal_back(self, task: DocumentCreation) -> OwnDocumentView:
        """What lexoffice holds must be what was sent."""
        return await self._booking.read_back(task)

    @activity.defn
    async def search_reversal_voucher(self, task: DocumentCreation) -> OwnDocumentView:
        """After an answer that was lost."""
        return await self._booking.search(task)
