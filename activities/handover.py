"""Announcing what was committed and not announced: payouts, decisions, payout runs, statements, invoices, events,
mails, PDFs that are due (engine.md, hand-over). Bank details whose quarantine is over come into force, and schedules
that are wanted are set.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import partial
from typing import Protocol
from uuid import UUID

import structlog
from temporalio import activity
from temporalio.client import Client

from activities.heartbeats import heartbeats
from activities.models import (
    CONNECTION_REVOKED,
    DocumentCreation,
    EndpointInput,
    EventAnnouncement,
    MailInput,
    OwnDocumentInput,
    Pace,
    PayoutInput,
    Surroundings,
    VatCheckInput,
)
from activities.schedule_setting import ScheduleSetter
from activities.turns import Due, Turns
from ledger.audit import unannounced, webhook_endpoints
from ledger.bank import partner_accounts
from ledger.connections import wanted_schedules
from ledger.database import Ledger, TenantTransaction
from ledger.documents import intents, papers
from ledger.inbox import events, sweep_findings
from ledger.mail import outbox
from ledger.mail.outbox import ToSend
from ledger.payouts import decisions, own_reversal_rows, payout_runs, payouts
from ledger.payouts.payout_runs import PayoutRun
from ledger.tax import vat_checks
from ledger.types import DecisionId, DecisionKind, EventId, IntentId, Tenant

BATCH = 500
PASS_SECONDS = 25.0
OF_EACH = 25
"""Of one tenant in a round."""
ROUND = 250
"""Of all of them: a round is short, so that a new decision waits for few others."""
log = structlog.get_logger()


class Announcer(Protocol):
    """engine/announcing.py, handed in by the worker: activities do not know the workflows."""

    async def announce_payout(self, client: Client, payout: PayoutInput) -> None: ...

    async def announce_recheck(self, client: Client, payout: PayoutInput) -> None: ...

    async def announce_decision(
        self, client: Client, payout: PayoutInput, kind: DecisionKind, decision: DecisionId
    ) -> None: ...

    async def announce_payout_run(self, client: Client, tenant: Tenant, run: PayoutRun) -> None: ...

    async def announce_invoice(self, client: Client, creation: DocumentCreation) -> None: ...

    async def announce_own_document(self, client: Client, about: OwnDocumentInput) -> None: ...

    async def announce_mail(self, client: Client, mail: MailInput) -> None: ...

    async def announce_event(
        self, client: Client, tenant: Tenant, announced: EventAnnouncement, pace: Pace
    ) -> None: ...

    async def announce_papers(self, client: Client, tenant: Tenant) -> None: ...

    async def announce_vat_check(self, client: Client, task: VatCheckInput) -> None: ...

    async def announce_statement(self, client: Client, tenant: Tenant, file: UUID) -> None: ...

    async def announce_events_out(self, client: Client, to: EndpointInput) -> None: ...


class HandoverActivities:
    """Says to the engine what nobody said, of everything that `around` lets leave."""

    def __init__(
        self,
        ledger: Ledger,
        announcer: Announcer,
        *,
        older_than: timedelta,
        pace: Pace,
        schedules: ScheduleSetter,
        around: Surroundings,
    ) -> None:
        self._ledger = ledger
        self._announcer = announcer
        self._schedules = schedules
        self._older_than = older_than
        self._pace = pace
        self._around = around
        self.statements: Callable[[], Awaitable[int]] | None = None
        """Takes in what lies in the watched folder, where there is one."""

    @activity.defn(name="announce_what_nobody_announced")
    async def announce_missed(self) -> int:
        """One pass over all tenants, in turns. Each announcement is safe to repeat; one that fails waits for the next.

        Returns how many were announced. A row or a tenant that fails holds up no other one.
        """
        await self._activate_accounts()
        await self._take_in_statements()
        turns = Turns(PASS_SECONDS, alive=activity.heartbeat)
        while not turns.is_over and await turns.tell(await self._round(turns)):
            pass  # asked anew: a decision that has come meanwhile goes before what is left
        await self._set_schedules()
        return turns.announced

    async def _round(self, turns: Turns) -> list[Due]:
        rows = await unannounced.list_in_turns(
            self._ledger, older_than=self._older_than, of_each=OF_EACH, at_most=ROUND, but=turns.tried
        )
        return [
            *(
                Due(row.key, row.kind, row.tenant.slug, partial(self._announce, row.tenant, row.kind, row.id))
                for row in rows
            ),
            *await self._mails(),
            *await self._events_out(),
            *await self._papers(),
            *await self._vat_checks(),
        ]

    async def _mails(self) -> list[Due]:
        bundle = self._around.bundle_mails
        if bundle is None:
            return []
        waiting = await outbox.to_announce(self._ledger, older_than=self._older_than, bundle=bundle, at_most=ROUND)
        return [
            Due(
                f"mail/{row.id}", "mail", row.tenant.slug if row.tenant else "person", partial(self._announce_mail, row)
            )
            for row in waiting
        ]

    async def _events_out(self) -> list[Due]:
        """Endpoints at which something waits. It stays due until it was told, or has another time."""
        return [
            Due(
                f"events_out/{endpoint}",
                "events_out",
                tenant.slug,
                partial(
                    self._announcer.announce_events_out,
                    activity.client(),
                    EndpointInput(tenant=tenant, endpoint=endpoint),
                ),
            )
            for tenant, endpoint in await webhook_endpoints.list_due(self._ledger, older_than=self._older_than)
        ]

    async def _papers(self) -> list[Due]:
        """Tenants for whose credit notes PDFs are to be fetched. What is due stays due until it is there or put off."""
        return [
            Due(
                f"papers/{tenant.id}",
                "papers",
                tenant.slug,
                partial(self._announcer.announce_papers, activity.client(), tenant),
            )
            for tenant in await papers.list_waiting(self._ledger)
        ]

    async def _vat_checks(self) -> list[Due]:
        """Behind everything else: nobody is paid sooner by them."""
        if not self._around.asks_vies:
            return []
        waiting = await vat_checks.list_to_announce(self._ledger, older_than=self._older_than, at_most=ROUND)
        return [
            Due(f"vat_check/{check}", "vat_check", tenant.slug, partial(self._announce_vat_check, tenant, check))
            for tenant, check in waiting
        ]

    async def _announce_vat_check(self, tenant: Tenant, check: UUID) -> None:
        await self._announcer.announce_vat_check(activity.client(), VatCheckInput(tenant=tenant, check=check))
        async with self._marks(tenant) as tx:
            await vat_checks.mark_announced(tx, check)

    def _marks(self, tenant: Tenant) -> AbstractAsyncContextManager[TenantTransaction]:
        """For what says that something was announced: forgotten, it is announced once more, which changes nothing."""
        return self._ledger.transaction(tenant, may_be_lost=True)

    async def _announce_mail(self, mail: ToSend) -> None:
        told = MailInput(tenant=mail.tenant, user=mail.user, mail=mail.id, kind=mail.kind)
        await self._announcer.announce_mail(activity.client(), told)
        await outbox.mark_announced(self._ledger, mail)

    async def _set_schedules(self) -> None:
        for tenant, kind in await wanted_schedules.list_wishes(
            self._ledger, older_than=self._older_than, at_most=BATCH
        ):
            activity.heartbeat()
            try:
                await self._schedules.set(activity.client(), tenant, kind)
            except Exception as error:
                log.warning("schedule not set", tenant=tenant.slug, kind=kind, error=type(error).__name__)

    async def _take_in_statements(self) -> None:
        """What lies in the watched folder; its files are announced like any other."""
        if self.statements is not None:
            try:
                async with heartbeats():
                    await self.statements()
            except Exception as error:
                log.warning("statement folder not read", error=type(error).__name__)

    async def _activate_accounts(self) -> None:
        """Confirmed accounts whose quarantine is over; the payouts that they change are announced like any other."""
        for tenant, partner in await partner_accounts.list_due(self._ledger, at_most=BATCH):
            activity.heartbeat()
            try:
                async with self._ledger.transaction(tenant, cause="quarantine") as tx:
                    await partner_accounts.activate_pending(tx, partner)
            except Exception as error:
                log.warning("account not in force", tenant=tenant.slug, error=type(error).__name__)

    async def _announce(self, tenant: Tenant, kind: str, id: str) -> None:
        match kind:
            case "payout":
                await self._announce_payout(tenant, id)
            case "decision":
                await self._announce_decision(tenant, DecisionId(UUID(id)))
            case "payout_run":
                await self._announce_payout_run(tenant, UUID(id))
            case "statement":
                await self._announcer.announce_statement(activity.client(), tenant, UUID(id))
            case "own_reversal":
                await self._announce_own_document(tenant, UUID(id))
            case "invoice":
                await self._announce_invoice(tenant, IntentId(UUID(id)))
            case "event":
                await self._announce_event(tenant, EventId(int(id)))
            case _:
                raise ValueError(f"find_unannounced of a newer version: {kind}")

    async def _announce_payout(self, tenant: Tenant, number: str) -> None:
        async with self._ledger.transaction(tenant) as tx:
            payout = await payouts.get(tx, number)
            wanted = await payouts.recheck_wanted(tx, payout.id)
        told = PayoutInput.of(tenant, payout)
        client = activity.client()
        if wanted:
            await self._announcer.announce_recheck(client, told)
        else:
            await self._announcer.announce_payout(client, told)
        async with self._marks(tenant) as tx:
            await payouts.mark_started(tx, number)
            if wanted:
                await payouts.mark_rechecked(tx, number, wanted)

    async def _announce_decision(self, tenant: Tenant, id: DecisionId) -> None:
        async with self._ledger.transaction(tenant) as tx:
            decision = await decisions.find(tx, id)
            if decision is None:
                return
            payout = await payouts.get(tx, decision.number)
        await self._announcer.announce_decision(
            activity.client(), PayoutInput.of(tenant, payout), decision.kind, decision.id
        )
        async with self._marks(tenant) as tx:
            await payouts.mark_started(tx, decision.number)
            await decisions.mark_delivered(tx, id)

    async def _announce_payout_run(self, tenant: Tenant, id: UUID) -> None:
        """Its first activity marks it: until then another announcement of it changes nothing."""
        async with self._ledger.transaction(tenant) as tx:
            run = await payout_runs.get(tx, id)
        await self._announcer.announce_payout_run(activity.client(), tenant, run)

    async def _announce_invoice(self, tenant: Tenant, id: IntentId) -> None:
        async with self._ledger.transaction(tenant) as tx:
            intent = await intents.get(tx, id)
        await self._announcer.announce_invoice(
            activity.client(), DocumentCreation(tenant=tenant, intent=id, transaction_id=intent.transaction_id)
        )
        async with self._marks(tenant) as tx:
            await intents.mark_announced(tx, id)

    async def _announce_own_document(self, tenant: Tenant, id: UUID) -> None:
        async with self._ledger.transaction(tenant) as tx:
            wanted = await own_reversal_rows.announcement_wanted(tx, id)
        await self._announcer.announce_own_document(activity.client(), OwnDocumentInput(tenant=tenant, reversal=id))
        async with self._marks(tenant) as tx:
            await own_reversal_rows.mark_announced(tx, id, wanted)

    async def _announce_event(self, tenant: Tenant, id: EventId) -> None:
        async with self._ledger.transaction(tenant) as tx:
            found = await events.find_each(tx, [id])
            known = await sweep_findings.held(tx, [UUID(event.resource_id) for event in found])
        for event in found:
            resource_id = UUID(event.resource_id)
            await self._announcer.announce_event(
                activity.client(),
                tenant,
                EventAnnouncement(
                    resource_id=resource_id,
                    event=event.id,
                    delivery=event.delivery,
                    known=resource_id in known or event.event_type == CONNECTION_REVOKED,
                ),
                self._pace,
            )
            await events.mark_announced(self._ledger, tenant, {event.id: event.delivery})
