"""Telling the engine what a request has committed. A failure here is no failure of the request: the row stands, and
the hand-over announces it later (engine.md, Three writes and one hand-over)."""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from temporalio.client import Client

from activities.engine_away import AWAY
from activities.models import DocumentCreation, EventAnnouncement, Surroundings
from activities.schedule_setting import ScheduleSetter
from engine import announcing, schedules
from engine.breaker import Breaker
from engine.call_limit import call_limit
from ledger.connections.wanted_schedules import ScheduleKind
from ledger.database import Ledger, TenantTransaction
from ledger.documents import intents
from ledger.inbox import events
from ledger.inbox.events import Event
from ledger.mail import outbox
from ledger.mail.outbox import ToSend
from ledger.payouts import decisions, own_reversal_rows, payouts
from ledger.payouts.decisions import Decision
from ledger.payouts.payout_runs import PayoutRun
from ledger.payouts.payouts import Payout
from ledger.tax import vat_checks
from ledger.types import EventId, IntentId, Tenant, TenantId, TransactionId, UserId
from logs import where
from workflows.messages import (
    MailInput,
    OwnDocumentInput,
    Pace,
    PayoutInput,
    VatCheckInput,
    document_workflow_id,
    invoice_workflow_id,
    mail_workflow_id,
    own_document_workflow_id,
    payout_workflow_id,
    statement_workflow_id,
    subscriptions_workflow_id,
    vat_check_workflow_id,
)

log = structlog.get_logger("announce")

# Handed over is written a moment later, many at once: an announcement repeated because of that changes nothing.
FLUSH_EVERY_S = 0.1
BRIEFLY_S = 0.3
"""What a webhook waits for its announcement (engine.md)."""
_MOST_BEHIND = 200
_MOST_REMEMBERED = 10_000
_MOST_PUT_OFF = 5_000
_CATCHING_UP_ABREAST = 4
"""A slow engine has just become quick: few calls at once, so that it stays so."""


class Announcer:
    """Announces committed rows to the engine, once each; what fails is left to the hand-over and counted."""

    def __init__(
        self,
        engine: Client,
        ledger: Ledger,
        pace: Pace,
        *,
        count_failed: Callable[[str], None] = lambda kind: None,
        sweep_every: timedelta = timedelta(minutes=15),
        around: Surroundings | None = None,
    ) -> None:
        """`count_failed` is called with the kind of each announcement that is left to the hand-over."""
        self._engine = engine
        self._breaker = Breaker(engine, on_close=self._catch_up)
        self._put_off = deque[Callable[[], Awaitable[object]]](maxlen=_MOST_PUT_OFF)
        """What was not told because the engine was not asked; the oldest falls out, and the hand-over has them all."""
        self._behind: set[asyncio.Task[Any]] = set()
        self._around = around or Surroundings()
        self._ledger = ledger
        self._count_failed = count_failed
        self._pace = pace
        self._schedules = ScheduleSetter(ledger, schedules, sweep_every=sweep_every)
        self._outcomes: OrderedDict[tuple[TenantId, EventId, int], bool] = OrderedDict()
        self._to_mark: dict[Tenant, dict[EventId, int]] = {}
        self._flushing: asyncio.Task[None] | None = None

    def outcome(self, tenant: Tenant, event: EventId, delivery: int) -> bool | None:
        """Whether this process has announced this delivery (True) or could not (False); None: it has not ended yet,
        or another process, or an earlier life of this one, had to."""
        return self._outcomes.get((tenant.id, event, delivery))

    async def briefly(self, telling: Coroutine[Any, Any, object]) -> None:
        """Wait a moment for what is told to the engine; then it goes on behind, so that who told us has an answer.

        Where too many are behind, it is left to the hand-over.
        """
        if len(self._behind) >= _MOST_BEHIND:
            telling.close()
            return
        task = asyncio.create_task(telling)
        self._behind.add(task)
        task.add_done_callback(self._let_go)
        await asyncio.wait({task}, timeout=BRIEFLY_S)

    def _let_go(self, task: "asyncio.Task[Any]") -> None:
        self._behind.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("not_announced", kind="behind", **where(error))

    async def event(
        self, tenant: Tenant, resource_id: UUID, event: EventId, delivery: int, *, known: bool = True
    ) -> bool:
        """False when the engine is away; the event stays to be handed over. `known`: the ledger has the document."""
        told = await self._attempt(
            "event",
            document_workflow_id(tenant, resource_id),
            lambda: announcing.announce_event(
                self._engine,
                tenant,
                EventAnnouncement(resource_id=resource_id, event=event, delivery=delivery, known=known),
                self._pace,
            ),
            again=partial(self.event, tenant, resource_id, event, delivery, known=known),
        )
        if told:
            self._to_mark.setdefault(tenant, {})[event] = delivery
            if self._flushing is None or self._flushing.done():
                self._flushing = asyncio.create_task(self._flush_soon())
        self._outcomes[(tenant.id, event, delivery)] = told
        while len(self._outcomes) > _MOST_REMEMBERED:
            self._outcomes.popitem(last=False)
        return told

    async def events(self, tenant: Tenant, taken_up: Sequence[Event]) -> None:
        """Several at once, such as what was skipped until a key came. What fails is left to the hand-over."""
        for event in taken_up:
            if events.is_uuid(event.resource_id) and not await self.event(
                tenant, UUID(event.resource_id), event.id, event.delivery
            ):
                return

    async def payout(self, tenant: Tenant, payout: Payout) -> bool:
        """Whether the engine has the payout's workflow now; if so, the row is marked as started."""
        told = await self._attempt(
            "payout",
            payout_workflow_id(tenant, payout.number),
            lambda: announcing.announce_payout(self._engine, PayoutInput.of(tenant, payout)),
            again=partial(self.payout, tenant, payout),
        )
        if told:
            with leave_to_handover("payout"):
                async with self._marks(tenant) as tx:
                    await payouts.mark_started(tx, payout.number)
        return told

    async def decision(self, tenant: Tenant, payout: Payout, decision: Decision) -> bool:
        """Whether the payout's workflow has the decision now; if so, the row is marked as delivered."""
        told = await self._attempt(
            "decision",
            payout_workflow_id(tenant, payout.number),
            lambda: announcing.announce_decision(
                self._engine, PayoutInput.of(tenant, payout), decision.kind, decision.id
            ),
            again=partial(self.decision, tenant, payout, decision),
        )
        if told:
            with leave_to_handover("decision"):
                async with self._marks(tenant) as tx:
                    await payouts.mark_started(tx, payout.number)
                    await decisions.mark_delivered(tx, decision.id)
        return told

    async def payout_run(self, tenant: Tenant, run: PayoutRun) -> bool:
        """Whether the engine has the run's workflow now, which marks the row as begun when it reads it."""
        return await self._attempt(
            "payout_run",
            announcing.payout_run_workflow_id(tenant, run),
            lambda: announcing.announce_payout_run(self._engine, tenant, run),
        )

    async def statement(self, tenant: Tenant, file: UUID) -> bool:
        """Whether the engine has the file's workflow now, which marks the row when all of it is compared."""
        return await self._attempt(
            "statement",
            statement_workflow_id(tenant, file),
            lambda: announcing.announce_statement(self._engine, tenant, file),
        )

    async def invoice(self, tenant: Tenant, intent: IntentId, transaction: TransactionId | None) -> bool:
        """An invoice that we are to write for a sale, or a person's word about what became of it."""
        creation = DocumentCreation(tenant=tenant, intent=intent, transaction_id=transaction)
        told = await self._attempt(
            "invoice",
            invoice_workflow_id(tenant, intent),
            lambda: announcing.announce_invoice(self._engine, creation),
        )
        if told:
            with leave_to_handover("invoice"):
                async with self._marks(tenant) as tx:
                    await intents.mark_announced(tx, intent)
        return told

    async def own_document(self, tenant: Tenant, reversal: UUID) -> bool:
        """A Storno or a correction that was decided, or about whose document there is news. Undecided: nothing yet."""
        wanted: datetime | None = None
        with leave_to_handover("own_document"):
            async with self._ledger.transaction(tenant) as tx:
                wanted = await own_reversal_rows.announcement_wanted(tx, reversal)
        if wanted is None:
            return False
        about = OwnDocumentInput(tenant=tenant, reversal=reversal)
        told = await self._attempt(
            "own_document",
            own_document_workflow_id(about),
            lambda: announcing.announce_own_document(self._engine, about),
        )
        if told:
            with leave_to_handover("own_document"):
                async with self._marks(tenant) as tx:
                    await own_reversal_rows.mark_announced(tx, reversal, wanted)
        return told

    async def recheck(self, tenant: Tenant, payout: Payout) -> bool:
        """Lines, bank data or state of a payout changed outside its workflow."""
        wanted: datetime | None = None
        with leave_to_handover("recheck"):
            async with self._ledger.transaction(tenant) as tx:
                wanted = await payouts.recheck_wanted(tx, payout.id)
        told = await self._attempt(
            "recheck",
            payout_workflow_id(tenant, payout.number),
            lambda: announcing.announce_recheck(self._engine, PayoutInput.of(tenant, payout)),
        )
        if told and wanted:
            with leave_to_handover("recheck"):
                async with self._marks(tenant) as tx:
                    await payouts.mark_started(tx, payout.number)
                    await payouts.mark_rechecked(tx, payout.number, wanted)
        return told

    async def mails_to(self, user: UserId) -> None:
        """What was just written to a person about the own account: somebody waits for such a mail."""
        if self._around.bundle_mails is None:
            return
        written: list[ToSend] = []
        with leave_to_handover("mail"):
            written = await outbox.unannounced_of(self._ledger, user)
        for mail in written:
            told = MailInput(tenant=None, user=user, mail=mail.id, kind=mail.kind)
            if not await self._attempt(
                "mail", mail_workflow_id(told), partial(announcing.announce_mail, self._engine, told)
            ):
                return
            with leave_to_handover("mail"):
                await outbox.mark_announced(self._ledger, mail)

    async def vat_check(self, tenant: Tenant, check: UUID) -> bool:
        """A person wants a VAT id looked up now. Where VIES is switched off the row waits."""
        if not self._around.asks_vies:
            return False
        task = VatCheckInput(tenant=tenant, check=check)
        told = await self._attempt(
            "vat_check", vat_check_workflow_id(task), lambda: announcing.announce_vat_check(self._engine, task)
        )
        if told:
            with leave_to_handover("vat_check"):
                async with self._marks(tenant) as tx:
                    await vat_checks.mark_announced(tx, check)
        return told

    async def subscriptions(self, tenant: Tenant) -> bool:
        """A person wants lexoffice's notifications set up; what fails here the next sweep does."""
        return await self._attempt(
            "subscriptions",
            subscriptions_workflow_id(tenant),
            lambda: announcing.set_up_subscriptions(self._engine, tenant),
        )

    async def sweep(self, tenant: Tenant) -> bool:
        """A person waits for what a pass reads. What fails here the next one does."""
        with leave_to_handover("sweep"):
            return await self._attempt("sweep", "sweep", lambda: schedules.sweep_now(self._engine, tenant))
        return False

    async def schedule(self, tenant: Tenant, kind: ScheduleKind) -> bool:
        """A tenant was connected, or its monthly run was set to another day. What fails here the hand-over does."""
        with leave_to_handover("schedule"):
            return await self._attempt("schedule", kind, lambda: self._schedules.set(self._engine, tenant, kind))
        return False

    def _marks(self, tenant: Tenant) -> AbstractAsyncContextManager[TenantTransaction]:
        """For what says that something was announced: forgotten, it is announced once more, which changes nothing."""
        return self._ledger.transaction(tenant, may_be_lost=True)

    async def close(self) -> None:
        """Let what is under way end, and write what is still to be marked."""
        self._put_off.clear()
        if self._behind:
            await asyncio.wait(self._behind, timeout=call_limit(self._engine).total_seconds())
        await self._breaker.close()
        if self._flushing is not None:
            self._flushing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._flushing
        await self._flush()

    async def _attempt(
        self,
        kind: str,
        workflow: str,
        tell: Callable[[], Awaitable[None]],
        *,
        again: Callable[[], Awaitable[object]] | None = None,
    ) -> bool:
        """`again`: what this process does once the engine is asked again, such that little waits for the hand-over."""
        try:
            await self._breaker.call(lambda: self._within_limit(tell))
        except AWAY as error:
            self._count_failed(kind)
            log.warning("not_announced", kind=kind, workflow_id=workflow, **where(error))
            if again is not None and self._breaker.is_open:
                self._put_off.append(again)
            return False
        return True

    def _catch_up(self) -> None:
        for _ in range(min(_CATCHING_UP_ABREAST, len(self._put_off))):
            task = asyncio.create_task(self._tell_what_was_put_off())
            self._behind.add(task)
            task.add_done_callback(self._let_go)

    async def _tell_what_was_put_off(self) -> None:
        while self._put_off and not self._breaker.is_open:
            try:
                await self._put_off.popleft()()
            except Exception as error:
                log.warning("not_announced", kind="put_off", **where(error))

    async def _within_limit(self, tell: Callable[[], Awaitable[None]]) -> None:
        # Also bounds the connecting of a lazy client, of which the RPC's own time-out knows nothing.
        async with asyncio.timeout(call_limit(self._engine).total_seconds()):
            await tell()

    async def _flush_soon(self) -> None:
        while self._to_mark:
            await asyncio.sleep(FLUSH_EVERY_S)
            await self._flush()

    async def _flush(self) -> None:
        waiting, self._to_mark = self._to_mark, {}
        for tenant, deliveries in waiting.items():
            with leave_to_handover("event"):
                await events.mark_announced(self._ledger, tenant, deliveries)


@contextlib.contextmanager
def leave_to_handover(kind: str) -> Iterator[None]:
    """What is read or noted about an announcement may fail: the request's own rows stand, and telling twice what is
    not noted as told changes nothing."""
    try:
        yield
    except Exception as error:
        log.warning("not_noted", kind=kind, **where(error))
