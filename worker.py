"""The worker process: workflows and activities, wired and started, until SIGTERM.

Task queues in one process (design.md): `payouts` for workflows and the ledger's short activities, one for all calls of
each provider of books, called as the provider, `mail` for the activity that talks to a mail server, `events-out` for
the one that calls tenants' endpoints, `vies` for the one that asks VIES.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
import structlog
from temporalio.client import Client
from temporalio.worker import Worker

import words
from activities.books import registry
from activities.books.calls import BooksCalls
from activities.books.hands import BooksHands
from activities.books.lexoffice.calls import LexofficeCalls
from activities.creation.creating import DocumentCreator
from activities.creation.invoices import InvoiceActivities
from activities.creation.making import Making
from activities.creation.papers import PaperActivities
from activities.creation.purchase_vouchers import PurchaseVoucherActivities
from activities.creation.reversal_booking import ReversalBookingActivities
from activities.engine_away import AWAY
from activities.events_out.delivering import EventsOutActivities
from activities.events_out.posting import EndpointCaller
from activities.gateway.lexoffice_gateway import LexofficeDoor
from activities.handover import HandoverActivities
from activities.mail.mailing import MailActivities
from activities.models import EventAnnouncement
from activities.notifications.conclusions import ConclusionActivities
from activities.notifications.fetching import FetchActivities
from activities.payouts.own_payouts import OwnPayoutActivities
from activities.payouts.payout_runs import PayoutRunActivities
from activities.payouts.payouts import PayoutActivities
from activities.payouts.reversals import ReversalActivities
from activities.payouts.statement_folder import StatementFolder
from activities.payouts.statements import StatementActivities
from activities.proofs.vat_checking import VatCheckActivities
from activities.schedule_setting import ScheduleSetter
from activities.sweep.subscriptions import SubscriptionActivities
from activities.sweep.sweeping import SweepActivities
from api.actions.authorization import oauth_access
from api.health import readiness
from api.http.exposition import Exposition, exposition
from api.operator_doors import doors_for_operators, listen, serve_doors
from engine import announcing, schedules
from engine.connect import missing_search_attributes, open_client, require_engine
from engine.outside import post_of, surroundings
from engine.schedules import ensure_payout_run, ensure_sweeps, restore_schedules
from engine.versions import Introduction, warn_while_unrouted, worker_options
from ledger.audit.events_out import RetryPlan
from ledger.connections import running_workers
from ledger.database import Ledger
from ledger.inbox import sweeps
from ledger.migrations.needed import needed_schema, require_schema
from ledger.payouts import payout_runs
from ledger.types import Tenant
from settings import Settings
from vies.client import ViesClient
from workflows.messages import EVENTS_OUT, LEXOFFICE, MAIL, PAYOUTS, VIES, Pace
from workflows.registered import WORKFLOWS

GRACE = timedelta(seconds=25)
"""After SIGTERM an activity may end what it has begun; below the 30 s after which orchestrators kill."""

log = structlog.get_logger()


class NotRegistered(Exception):
    """The engine lacks our search attributes; workflow tasks would fail for ever. Run `partnerdesk migrate`."""


@dataclass(frozen=True)
class Hands:
    """The activities, made of what they work with."""

    ledger: Ledger
    door: LexofficeDoor
    books: Mapping[str, BooksHands]
    """Of the providers beside lexoffice, by their names."""
    settings: Settings
    endpoints: EndpointCaller
    vies: ViesClient | None = None

    def ledger_activities(self) -> Sequence[Callable[..., Any]]:
        payouts = PayoutActivities(
            self.ledger,
            unclear_wait=self.settings.unclear_outcome,
            trust_engine_signals=self.settings.trust_engine_signals,
        )
        own_payouts = OwnPayoutActivities(
            self.ledger, unclear_wait=self.settings.unclear_outcome, recovery=self.settings.recovery
        )
        conclusions = ConclusionActivities(self.ledger)
        handover = HandoverActivities(
            self.ledger,
            announcing,
            older_than=timedelta(seconds=self.settings.handover_after_seconds),
            pace=self._pace,
            schedules=ScheduleSetter(
                self.ledger, schedules, sweep_every=timedelta(seconds=self.settings.sweep_every_seconds)
            ),
            around=surroundings(self.settings),
        )
        if self.settings.statement_folder is not None:
            handover.statements = StatementFolder(
                self.ledger, self.settings.vault(), self.settings.statement_folder
            ).take_in
        reversals = ReversalActivities(
            self.ledger, unclear_wait=self.settings.unclear_outcome, recovery=self.settings.recovery
        )
        runs = PayoutRunActivities(self.ledger, announcing.announce_payout)
        return [
            payouts.advance,
            payouts.settle_ended_payout,
            own_payouts.issue_own_document,
            own_payouts.deliver_own_document,
            conclusions.conclude,
            conclusions.conclude_unfetched,
            conclusions.look_at_replacement_window,
            StatementActivities(self.ledger, announcing.announce_recheck).match_statement,
            runs.begin_payout_run,
            runs.close_months,
            runs.take_partners,
            runs.end_payout_run,
            handover.announce_missed,
            reversals.look_at_reversal,
            reversals.issue_reversal,
            reversals.deliver_reversal,
            self._invoices.look_at_invoice,
            self._invoices.judge_invoice_search,
            self._making(self._lexoffice_calls).credit_notes.judge_credit_note_search,
            self._papers.record_missed_paper,
            self._sweeping.plan_sweep,
            self._sweeping.end_pass,
            self._subscriptions.conclude_subscriptions,
            self._mailing.give_up_mail,
            self._mailing.write_daily_mails,
            self._vat_checking.give_up_vat_check,
            self._vat_checking.renew_vat_checks,
        ]

    def of_lexoffice(self) -> Sequence[Callable[..., Any]]:
        fetching = FetchActivities(self.ledger, self.door)
        making = self._making(self._lexoffice_calls)
        vouchers = PurchaseVoucherActivities(
            self.ledger, self.door, making.creator, unclear_wait=self.settings.unclear_outcome
        )
        reversals = ReversalBookingActivities(
            self.ledger, self.door, making.creator, unclear_wait=self.settings.unclear_outcome
        )
        return [
            self._sweeping.sweep_page,
            self._sweeping.read_profile,
            self._sweeping.read_posting_categories,
            self._subscriptions.check_subscriptions,
            self._subscriptions.register_subscription,
            self._subscriptions.remove_subscription,
            fetching.fetch_document,
            fetching.fetch_payments,
            fetching.fetch_contact,
            fetching.check_connection,
            self._papers.fetch_next_paper,
            self._papers.fetch_paper,
            *making.activities(),
            making.credit_notes.search_credit_note,
            vouchers.book_voucher,
            vouchers.attach_voucher_file,
            vouchers.read_back_voucher,
            vouchers.search_voucher,
            self._invoices.create_invoice,
            self._invoices.read_back_invoice,
            self._invoices.search_invoice,
            reversals.book_reversal,
            reversals.attach_reversal_file,
            reversals.read_reversal_back,
            reversals.search_reversal_voucher,
        ]

    def of_books(self, provider: str) -> Sequence[Callable[..., Any]]:
        hands = self.books[provider]
        return [*hands.fetching, *hands.sweeping, *self._making(hands.calls).activities()]

    def of_mail(self) -> Sequence[Callable[..., Any]]:
        return [self._mailing.send_mail]

    def of_events_out(self) -> Sequence[Callable[..., Any]]:
        events_out = EventsOutActivities(
            self.ledger,
            self.settings.vault(),
            self.endpoints,
            plan=RetryPlan(
                waits=self.settings.events_out_waits_seconds,
                warn_after=self.settings.events_out_warn_seconds,
                off_after=self.settings.events_out_off_seconds,
            ),
            public_url=self.settings.public_url,
        )
        return [events_out.deliver_events]

    def of_vies(self) -> Sequence[Callable[..., Any]]:
        return [self._vat_checking.check_vat_number]

    @property
    def _vat_checking(self) -> VatCheckActivities:
        return VatCheckActivities(self.ledger, self.vies)

    @property
    def _pace(self) -> Pace:
        return Pace(quiet=self.settings.quiet_seconds, look_again=self.settings.look_again_seconds)

    @property
    def _lexoffice_calls(self) -> LexofficeCalls:
        return LexofficeCalls(self.door)

    def _making(self, calls: BooksCalls) -> Making:
        creator = DocumentCreator(
            self.ledger,
            calls,
            answer_within=timedelta(seconds=self.settings.create_seconds),
            certain_after=timedelta(seconds=self.settings.certain_seconds),
            vouchers_count=self.settings.lexoffice_vouchers_count,
        )
        return Making(self.ledger, calls, creator, self.settings.unclear_outcome)

    @property
    def _papers(self) -> PaperActivities:
        return PaperActivities(self.ledger, self._lexoffice_calls, *(hands.calls for hands in self.books.values()))

    @property
    def _invoices(self) -> InvoiceActivities:
        making = self._making(self._lexoffice_calls)
        return InvoiceActivities(self.ledger, making.calls, making.creator, unclear_wait=making.unclear_wait)

    @property
    def _mailing(self) -> MailActivities:
        return MailActivities(
            self.ledger, self.settings.vault(), post_of(self.settings), public_url=self.settings.public_url
        )

    async def _announce_event(self, client: Client, tenant: Tenant, announced: EventAnnouncement) -> None:
        await announcing.announce_event(client, tenant, announced, self._pace)

    @property
    def _sweeping(self) -> SweepActivities:
        return SweepActivities(
            self.ledger,
            self.door,
            self._announce_event,
            compare_open_every=timedelta(seconds=self.settings.sweep_open_every_seconds),
        )

    @property
    def _subscriptions(self) -> SubscriptionActivities:
        return SubscriptionActivities(
            self.ledger, self.door, self.settings.vault(), public_url=self.settings.public_url
        )


def workers(client: Client, hands: Hands) -> list[Worker]:
    """One worker a queue, all in this process. What they tell log and metrics the client's plugin brings."""
    versioned = worker_options(hands.settings.deployment_name, hands.settings.build_id)

    def worker(queue: str, activities: Sequence[Callable[..., Any]], at_once: int, **more: Any) -> Worker:
        return Worker(
            client,
            task_queue=queue,
            activities=activities,
            graceful_shutdown_timeout=GRACE,
            max_concurrent_activities=at_once,
            **versioned,
            **more,
        )

    # An eager activity would go round the queue, and with it fairness and rate (engine.md, The budget).
    queued: dict[str, Any] = {"disable_eager_activity_execution": True}
    taken: dict[str, Callable[[], Worker]] = {
        PAYOUTS: lambda: worker(PAYOUTS, hands.ledger_activities(), 20, workflows=WORKFLOWS),
        # A slot is held for one request and at most 3 s of waiting for the budget.
        LEXOFFICE: lambda: worker(LEXOFFICE, hands.of_lexoffice(), 50, **queued),
        **{name: partial(worker, name, hands.of_books(name), 50, **queued) for name in hands.books},
        MAIL: lambda: worker(MAIL, hands.of_mail(), 4),
        # A slot is one endpoint's for a batch; most of the time it waits for an answer.
        EVENTS_OUT: lambda: worker(EVENTS_OUT, hands.of_events_out(), 40, **queued),
    }
    if hands.vies is not None:
        # Without an address nobody takes from this queue: what is in it waits until there is one. The pace is the
        # queue's own, over all workers.
        pace = {"max_task_queue_activities_per_second": hands.settings.vies_pace}
        taken[VIES] = lambda: worker(VIES, hands.of_vies(), 4, **queued, **pace)
    return [made() for queue, made in taken.items() if queue in (hands.settings.queues or taken)]


@asynccontextmanager
async def hands_of(settings: Settings) -> AsyncIterator[Hands]:
    """The database and the books, as the settings say, closed at the end."""
    async with AsyncExitStack() as stack:
        ledger = await Ledger.open(
            settings.database_url.get_secret_value(), most_connections=settings.database_connections
        )
        stack.push_async_callback(ledger.close)
        door = LexofficeDoor(
            ledger,
            settings.vault(),
            base_url=settings.lexoffice_base_url,
            pace_per_second=settings.lexoffice_pace,
            recovery=settings.recovery,
            oauth=oauth_access(settings, ledger),
        )
        stack.push_async_callback(door.close)
        books = {
            name: await stack.enter_async_context(provider.hands(ledger, settings))
            for name, provider in registry.PROVIDERS.items()
            if provider.hands is not None
        }
        vies = ViesClient(base_url=settings.vies_base_url) if settings.vies_base_url else None
        if vies is not None:
            stack.push_async_callback(vies.aclose)
        endpoints = EndpointCaller(loopback=settings.events_out_loopback)
        stack.callback(endpoints.close)
        yield Hands(ledger=ledger, door=door, books=books, settings=settings, endpoints=endpoints, vies=vies)


async def run(settings: Settings, *, health_host: str, health_port: int) -> None:
    """Work until SIGTERM or SIGINT. Raises NotRegistered, NotMigrated, EngineTooOld and EngineAway before any
    work is taken."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    words.load()  # no workflow task waits for a disk
    client = await open_client(shows_metrics=True)
    await require_engine(client)
    if missing := await missing_search_attributes(client):
        raise NotRegistered(f"{NotRegistered.__doc__} Missing: {', '.join(missing)}.")
    needed = needed_schema()
    async with AsyncExitStack() as stack:
        hands = await stack.enter_async_context(hands_of(settings))
        async with hands.ledger.without_tenant() as db:
            await require_schema(db, needed)
        taking = workers(client, hands)
        for worker in taking:
            await stack.enter_async_context(worker)
        saying = asyncio.create_task(running_workers.say_while_running(hands.ledger, client.identity))
        stack.push_async_callback(_ended, saying)
        warning = asyncio.create_task(warn_while_unrouted(client, settings.deployment_name, settings.build_id))
        stack.push_async_callback(_ended, warning)
        queues = [worker.task_queue for worker in taking]
        introduced = Introduction(client, settings.deployment_name, settings.build_id, queues)
        doors = doors_for_operators(
            ready=lambda: readiness(hands.ledger, client, needed, missing_there=introduced.missing), figures=_figures
        )
        await stack.enter_async_context(serve_doors(doors, settings, listen(health_host, health_port)))
        await _ensure_schedules(client, hands)
        log.info("worker ready", queues=queues, build=settings.build_id, pid=os.getpid())
        await stop.wait()
        log.info("worker stopping", grace_seconds=GRACE.total_seconds())


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _figures(accept: str) -> Exposition:
    return exposition(accept)


async def _ensure_schedules(client: Client, hands: Hands) -> None:
    """Best effort: the API and `partnerdesk migrate` make them too."""
    try:
        await restore_schedules(client)
        tenants = await sweeps.list_swept(hands.ledger)
        await ensure_sweeps(client, tenants, every=timedelta(seconds=hands.settings.sweep_every_seconds))
        for of in await payout_runs.run_days(hands.ledger):
            await ensure_payout_run(client, of.tenant, day=of.day, hour=of.hour)
    except (*AWAY, asyncpg.PostgresError) as error:
        log.warning("schedules not scheduled", error=type(error).__name__)


def main(settings: Settings, *, health_host: str, health_port: int) -> None:
    asyncio.run(run(settings, health_host=health_host, health_port=health_port))


if __name__ == "__main__":
    sys.exit("Start it with: partnerdesk worker")
