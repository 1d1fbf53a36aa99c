"""Issuing and delivering what takes a document back; its booking is in activities/creation."""

from datetime import timedelta

from temporalio import activity

from activities.gateway.calls import not_checked
from activities.models import OwnDocumentInput, OwnDocumentView
from activities.payouts.reversal_steps import keep_and_ask, plan_reversal_step
from ledger.connections import recovery
from ledger.database import Ledger, TenantTransaction
from ledger.documents.own import delivery, issuing
from ledger.documents.own.issuing import FatalFinding
from ledger.payouts import own_reversal_rows
from ledger.payouts.own_reversal_rows import OwnReversal
from ledger.refusals import NotAcceptable


class ReversalActivities:
    def __init__(self, ledger: Ledger, *, unclear_wait: timedelta, recovery: str | None = None) -> None:
        self._ledger = ledger
        self._unclear_wait = unclear_wait
        self._recovery = recovery

    @activity.defn
    async def look_at_reversal(self, about: OwnDocumentInput) -> OwnDocumentView:
        """What the row permits next: somebody decided, a delivery was told, or time has passed."""
        async with self._ledger.transaction(about.tenant, cause=f"own_reversal:{about.reversal}") as tx:
            return await self._plan(tx, await own_reversal_rows.hold(tx, about.reversal))

    @activity.defn
    async def issue_reversal(self, about: OwnDocumentInput) -> OwnDocumentView:
        """Number, day and files in one transaction; a finding of the gate gives the number back and asks a person.

        After a restore no number is given until those that are in use were compared (as issue_own_document).
        """
        try:
            async with self._ledger.transaction(about.tenant, cause=f"own_reversal:{about.reversal}") as tx:
                if self._recovery and not await recovery.may_create(tx, self._recovery):
                    raise not_checked()
                return await self._plan(tx, await own_reversal_rows.issue(tx, about.reversal))
        except (FatalFinding, NotAcceptable) as refused:
            async with self._ledger.transaction(about.tenant, cause=f"own_reversal:{about.reversal}") as tx:
                held = await own_reversal_rows.hold(tx, about.reversal)
                if held.is_open and held.document_id is None:
                    await keep_and_ask(tx, held, refused.reason)
                return await self._plan(tx, await own_reversal_rows.get(tx, held.id))

    @activity.defn
    async def deliver_reversal(self, about: OwnDocumentInput) -> OwnDocumentView:
        """Hand it out: from this commit on it is not withdrawn any more. The mail is a workflow of its own."""
        async with self._ledger.transaction(about.tenant, cause=f"own_reversal:{about.reversal}") as tx:
            held = await own_reversal_rows.hold(tx, about.reversal)
            if held.is_open and held.document_id is not None and held.blocked is None:
                await delivery.hand_out(tx, await issuing.get(tx, held.document_id))
            return await self._plan(tx, held)

    async def _plan(self, tx: TenantTransaction, held: OwnReversal) -> OwnDocumentView:
        return await plan_reversal_step(tx, held, unclear_wait=self._unclear_wait)
