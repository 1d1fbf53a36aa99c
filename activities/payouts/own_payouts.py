"""Issuing and delivering the document of our own of a payout (engine.md, Own documents)."""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from temporalio import activity

from activities.gateway.calls import not_checked
from activities.heartbeats import heartbeats
from activities.judging.credit_note_settling import apply_credit_note
from activities.models import OwnPayout, PayoutView, Step
from activities.payouts.own_steps import plan_own_step, voucher_of
from activities.payouts.payout_blocks import block_for
from activities.payouts.voucher_document import open_booking
from ledger import clock
from ledger.booking import settlement
from ledger.books import books_named
from ledger.connections import recovery
from ledger.database import Ledger, TenantTransaction
from ledger.documents.own import delivery, issuing
from ledger.documents.own.issuing import FatalFinding
from ledger.payouts import own_content, own_stages, payouts
from ledger.payouts.own_content import Draft
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAllowedNow, Refused
from ledger.types import DocumentStage, PayoutState

_BLOCKED = "own_document_blocked"


class OwnPayoutActivities:
    def __init__(self, ledger: Ledger, *, unclear_wait: timedelta, recovery: str | None = None) -> None:
        self._ledger = ledger
        self._unclear_wait = unclear_wait
        self._recovery = recovery

    @activity.defn
    async def issue_own_document(self, task: OwnPayout) -> PayoutView:
        """Number, day, files and what books it, in one transaction: a worker that dies before it leaves nothing.

        A finding of the gate, or what cannot be written or booked, blocks the payout with a question; no number is
        taken. Where the document need not be an e-invoice a finding only leaves out the XML (issuing.render).

        After a restore (PARTNERDESK_RECOVERY) the counter may have forgotten numbers that stand on documents: until
        they were compared none is given, and the activity is tried again.
        """
        async with heartbeats():
            try:
                return await self._issue(task)
            except Refused as refused:
                return await self._block(task, refused)

    @activity.defn
    async def deliver_own_document(self, task: OwnPayout) -> PayoutView:
        """Hand the document out: noted under the payout's lock before anything of it leaves the house.

        Its mail is a workflow of its own. What lexoffice told of the voucher meanwhile is judged now.
        """
        async with self._transaction(task) as tx:
            payout = await payouts.lock(tx, task.number)
            planned = await self._plan(tx, payout)
            if planned.step is not Step.DELIVER:
                return planned
            document = await issuing.find_of_payout(tx, payout.id)
            if document is None:
                raise NotAllowedNow("own_document_not_found")
            await delivery.hand_out(tx, document)
            await own_stages.mark_delivered(tx, payout)
            payout = await payouts.get(tx, task.number)
            if books_named(payout.books).takes_vouchers:
                payout = await apply_credit_note(tx, payout, [])
            if document.transfer_cents == 0 and payout.state is PayoutState.CREDIT_NOTE_OPEN:
                # All of it is set off: nobody transfers anything, so its document alone settles it.
                await settlement.mark_paid(tx, payout, document.number, clock.today())
                payout = await payouts.get(tx, task.number)
            return await self._plan(tx, payout)

    async def _issue(self, task: OwnPayout) -> PayoutView:
        if (draft := await self._draft(task)) is not None:
            # Outside: what fails here fails without anybody waiting for the counter's row.
            await asyncio.to_thread(issuing.render, draft.document, must_be_e_invoice=draft.must_be_e_invoice)
        async with self._transaction(task) as tx:
            payout = await payouts.lock(tx, task.number)
            planned = await self._plan(tx, payout)
            if planned.step is not Step.ISSUE:
                return planned
            await _issue(tx, payout)
            return await self._plan(tx, await payouts.get(tx, task.number))

    async def _draft(self, task: OwnPayout) -> Draft | None:
        async with self._ledger.transaction(task.tenant) as tx:
            if self._recovery and not await recovery.may_create(tx, self._recovery):
                raise not_checked()
            payout = await payouts.get(tx, task.number)
            return await own_content.gather(tx, payout) if payout.document_stage is None else None

    async def _plan(self, tx: TenantTransaction, payout: Payout) -> PayoutView:
        return await plan_own_step(tx, payout, unclear_wait=self._unclear_wait)

    async def _block(self, task: OwnPayout, refused: Refused) -> PayoutView:
        async with self._transaction(task) as tx:
            payout = await payouts.lock(tx, task.number)
            if payout.document_stage is None and payout.state is PayoutState.APPROVED:
                technical = _findings(refused) if isinstance(refused, FatalFinding) else None
                await block_for(tx, payout, refused.reason, kind=_BLOCKED, technical=technical)
                payout = await payouts.get(tx, task.number)
            return await self._plan(tx, payout)

    def _transaction(self, task: OwnPayout) -> AbstractAsyncContextManager[TenantTransaction]:
        return self._ledger.transaction(task.tenant, cause=f"payout:{task.number}")


async def _issue(tx: TenantTransaction, payout: Payout) -> None:
    """The document, and the intent that books it. Raises Refused: then nothing was issued and no number taken."""
    draft = await own_content.gather(tx, payout)
    document = await issuing.issue(
        tx, draft.document, payout=payout.id, must_be_e_invoice=draft.must_be_e_invoice, by="engine"
    )
    if books_named(payout.books).takes_vouchers:
        await open_booking(tx, document, voucher_of(payout))
    await own_stages.mark(tx, payout, DocumentStage.ISSUED)


def _findings(refused: FatalFinding) -> str:
    """For ops: where each rule is broken. No name or amount, which messages may hold."""
    return ", ".join(f"{one.rule} ({one.where or '-'})" for one in refused.report.findings if one.severity == "fatal")
