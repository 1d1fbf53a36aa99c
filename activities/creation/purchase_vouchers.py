"""The voucher of a payout's own document in lexoffice: the four steps of voucher_booking.py, for a payout."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from temporalio import activity

from activities.creation.creating import DocumentCreator
from activities.creation.voucher_booking import VoucherBooking
from activities.gateway.lexoffice_gateway import LexofficeDoor
from activities.models import DocumentCreation, PayoutView, Step
from activities.payouts.next_step import plan_next_step
from activities.payouts.payout_blocks import view_payout, wait_for_connection
from ledger import tasks
from ledger.booking import voucher_ends
from ledger.database import Ledger, TenantTransaction
from ledger.payouts import approval_rule, own_stages, payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.types import DocumentStage, PayoutNumber, PayoutState

_NOT_ISSUED = ("voucher_refused", "voucher_number_taken")
"""Answered by „nicht ausgegeben" as well, while nothing of the document is in the books or in anybody's hands."""


class PayoutVouchers:
    """A payout as the owner of its document's voucher. `_unclear_wait`: until a lost one may be created again."""

    def __init__(self, *, unclear_wait: timedelta) -> None:
        self._unclear_wait = unclear_wait

    async def hold(self, tx: TenantTransaction, task: DocumentCreation) -> None:
        await payouts.lock(tx, _number(task))

    async def view(self, tx: TenantTransaction, task: DocumentCreation) -> PayoutView:
        return await plan_next_step(tx, await _payout(tx, task), unclear_wait=self._unclear_wait)

    async def view_made(self, tx: TenantTransaction, task: DocumentCreation) -> PayoutView:
        looked = await view_payout(tx, await _payout(tx, task))
        return looked.model_copy(update={"step": Step.ATTACH, "intent": task.intent})

    async def note_unclear(self, tx: TenantTransaction, task: DocumentCreation) -> None:
        payout = await _payout(tx, task)
        if payout.state is PayoutState.APPROVED:
            reason = Reason.of("answer_not_clear")
            await payouts.change_state(tx, payout, PayoutState.OUTCOME_UNKNOWN, reason=reason)

    async def needs_person(self, tx: TenantTransaction, task: DocumentCreation) -> bool:
        # Counted as for an approval: many small payouts to one partner are a large one.
        return (await approval_rule.of_payout(tx, await _payout(tx, task))).above_limit

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
        payout = await _payout(tx, task)
        undelivered = payout.document_stage in (None, DocumentStage.ISSUED)
        # A period that is closed in the books: the document's day stays, a person chooses that of the booking.
        on_a_day = ("book_on",) if why.code == "voucher_date_refused" and undelivered else ()
        actions = (*on_a_day, "retry", *(("not_issued",) if kind in _NOT_ISSUED and undelivered else ()))
        await payouts.block(tx, payout.id, why)
        more = (detail or {}) | ({"technical": technical} if technical else {})
        await _ask(tx, payout, kind, why, actions=actions, detail=more)

    async def wait_for_connection(self, tx: TenantTransaction, task: DocumentCreation, why: Reason) -> None:
        await wait_for_connection(tx, await _payout(tx, task), why)

    async def ask_about_lost(
        self, tx: TenantTransaction, task: DocumentCreation, candidates: Sequence[UUID], differences: Sequence[str]
    ) -> None:
        detail = {"candidates": [str(id) for id in candidates], "differences": list(differences)}
        why = Reason.of("voucher_outcome_unclear")
        await _ask(
            tx, await _payout(tx, task), "outcome_unknown", why, actions=("adopt", "create_again"), detail=detail
        )

    async def note_booked(self, tx: TenantTransaction, task: DocumentCreation) -> None:
        payout = await _payout(tx, task)
        await own_stages.mark_booked(tx, payout)
        await tasks.close_questions(
            tx,
            subject="payout",
            subject_id=payout.number,
            kinds=("outcome_unknown", *voucher_ends.ABOUT_THE_VOUCHER, *tasks.BLOCKED_BY),
            by="engine",
        )
        if payout.blocked is not None:
            await payouts.block(tx, payout.id, None)

    async def note_gone(self, tx: TenantTransaction, task: DocumentCreation, why: Reason) -> None:
        payout = await _payout(tx, task)
        if payout.cancel_wanted_at is None:  # else it is what was wanted, and undone with the next step
            await voucher_ends.ask_about_gone(tx, payout, why)


class PurchaseVoucherActivities:
    """Each can be repeated, whoever died in the middle of it."""

    def __init__(
        self, ledger: Ledger, door: LexofficeDoor, creator: DocumentCreator, *, unclear_wait: timedelta
    ) -> None:
        self._booking = VoucherBooking(ledger, door, creator, PayoutVouchers(unclear_wait=unclear_wait))

    @activity.defn
    async def book_voucher(self, task: DocumentCreation) -> PayoutView:
        """Adopt the voucher under our number if it is ours, else POST it once."""
        return await self._booking.book(task)

    @activity.defn
    async def attach_voucher_file(self, task: DocumentCreation) -> PayoutView:
        """The stored PDF; the same bytes again are the same file."""
        return await self._booking.attach(task)

    @activity.defn
    async def read_back_voucher(self, task: DocumentCreation) -> PayoutView:
        """GET what was booked, and compare it to the cent."""
        return await self._booking.read_back(task)

    @activity.defn
    async def search_voucher(self, task: DocumentCreation) -> PayoutView:
        """After an answer that was lost."""
        return await self._booking.search(task)


async def _payout(tx: TenantTransaction, task: DocumentCreation) -> Payout:
    return await payouts.get(tx, _number(task))


def _number(task: DocumentCreation) -> PayoutNumber:
    assert task.number is not None, "this voucher belongs to a payout"
    return task.number


async def _ask(
    tx: TenantTransaction,
    payout: Payout,
    kind: str,
    why: Reason,
    *,
    actions: tuple[str, ...],
    detail: dict[str, Any],
) -> None:
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=kind,
            subject="payout",
            subject_id=payout.number,
            reason=why,
            actions=actions,
            detail=detail,
            links={"payout": f"/api/v1/payouts/{payout.number}", "credit_note": payout.credit_note_id},
        ),
    )
