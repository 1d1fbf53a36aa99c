"""The legs on the product: what people and lexoffice do, and the wait until the ledger shows what follows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from activities.models import ConcludeInput, Delivery, FetchedDocument, PayoutSignal
from activities.notifications.conclusions import ConclusionActivities
from activities.notifications.fetching import FetchActivities
from bench.clock import LegClock, until
from bench.crowd import all_of, insist
from bench.poster import fresh_notifications, send_all, signer_of
from bench.rig import Rig, Stuck
from bench.tenancy import ApprovedPayout, BenchTenant, approve_payouts
from engine import announcing
from engine.schedules import HANDOVER
from ledger.inbox import events
from ledger.inbox.events import Arrival
from ledger.payouts import decisions, payouts
from ledger.types import DecisionKind, PayoutState
from workflows.messages import payout_workflow_id

CLICKS_IN_FLIGHT = 8


@dataclass
class Product:
    """`quiet` tenants get no notifications of their documents; `notified` ones get all."""

    rig: Rig
    quiet: list[BenchTenant]
    notified: list[BenchTenant]
    last_whole: list[ApprovedPayout] = field(default_factory=list)
    """The payouts of the last whole loop, for a look at their histories."""

    async def payouts_alone(self, count: int, clock: LegClock) -> None:
        """From approval to paid, where somebody else has fetched the paid credit note."""
        made = await approve_payouts(self.rig.ledger, self.quiet, count)
        ids = await self._ids(made)
        with clock.running():
            await all_of(self._start_and_approve(payout) for payout in made)
            await self._reached(PayoutState.CREDIT_NOTE_OPEN, ids)
        signals: list[tuple[ApprovedPayout, PayoutSignal]] = []
        await all_of((self._settle_unnoticed(payout, signals) for payout in made), CLICKS_IN_FLIGHT)
        with clock.running():
            await all_of(self._signal_payout(payout, signal) for payout, signal in signals)
            await self._reached(PayoutState.PAID, ids)

    async def whole_loop(self, count: int, clock: LegClock) -> None:
        """From approval to paid with all notifications: of the creation, and of the click that settles."""
        made = self.last_whole = await approve_payouts(self.rig.ledger, self.notified, count)
        ids = await self._ids(made)
        with clock.running():
            await all_of(self._start_and_approve(payout) for payout in made)
            await self._reached(PayoutState.CREDIT_NOTE_OPEN, ids)
            await self._handled(ids, 1)
        documents = await self.rig.watcher.fetch(
            "SELECT resource_id::text FROM external_documents WHERE payout_id = ANY ($1)", ids
        )
        with clock.running():
            await all_of((self._mark_paid(row["resource_id"]) for row in documents), CLICKS_IN_FLIGHT)
            await self._reached(PayoutState.PAID, ids)
            await self._handled(ids, 3)

    async def webhooks(self, count: int, in_flight: int, clock: LegClock) -> None:
        """Signed notifications of unknown documents, at the public address, until the engine has been told of each."""
        parcels = fresh_notifications(self.notified, count, signer_of(self.rig.stack.addresses.state / "lexoffice"))
        with clock.running():
            answers = await send_all(self.rig.stack.addresses.api_url, parcels, in_flight)
            await until(self._all_announced, f"{count} announced notifications")
        if refused := [answer for answer in answers if answer.status != 200 or b"accepted" not in answer.body]:
            raise Stuck(f"{len(refused)} of {count} notifications were not accepted, such as: {refused[0]}")

    async def fetch_papers(self) -> None:
        """Have the PDF of every credit note fetched now; else the hand-over has it done amid the legs that follow."""
        for of in (*self.quiet, *self.notified):
            async with self.rig.ledger.transaction(of.tenant) as tx:
                await tx.execute("UPDATE papers_wanted SET next_try_at = next_try_at - interval '1 hour'")
        await self.rig.engine.get_schedule_handle(HANDOVER).trigger()

        async def all_kept() -> bool:
            return not await self.rig.watcher.fetchval("SELECT EXISTS (SELECT FROM papers_wanted)")

        await until(all_kept, "the PDF of every credit note")

    async def credit_note_of(self, made: ApprovedPayout) -> str:
        async with self.rig.ledger.transaction(made.payout.tenant) as tx:
            found = (await payouts.get(tx, made.payout.number)).credit_note_id
        assert found is not None, "it has been created"
        return found

    async def _start_and_approve(self, made: ApprovedPayout) -> None:
        """As the API announces, with the marks that keep the hand-over from doing so again."""
        engine, payout = self.rig.engine, made.payout
        await insist(lambda: announcing.announce_payout(engine, payout))
        async with self.rig.ledger.transaction(payout.tenant) as tx:
            await payouts.mark_started(tx, payout.number)
        await insist(lambda: announcing.announce_decision(engine, payout, DecisionKind.APPROVE, made.decision))
        async with self.rig.ledger.transaction(payout.tenant) as tx:
            await decisions.mark_delivered(tx, made.decision)
            await payouts.mark_started(tx, payout.number)

    async def _mark_paid(self, credit_note: str) -> None:
        answer = await self.rig.hooks.post(f"/sandbox/documents/{credit_note}/mark-paid", json={})
        answer.raise_for_status()

    async def _settle_unnoticed(self, made: ApprovedPayout, signals: list[tuple[ApprovedPayout, PayoutSignal]]) -> None:
        """Paid in lexoffice, fetched and concluded by the product's own activities, in this process and unmeasured."""
        tenant, ledger = made.payout.tenant, self.rig.ledger
        credit_note = await self.credit_note_of(made)
        await self._mark_paid(credit_note)
        arrival = Arrival(
            provider="lexoffice",
            organization_id=str(made.of.organization),
            event_type="credit-note.status.changed",
            resource_id=credit_note,
            event_date=datetime.now(UTC),
            body=b"{}",
        )
        taken = await events.take_in(ledger, tenant, arrival)
        delivery = Delivery(event=taken.id, number=taken.delivery)
        fetched = FetchedDocument(tenant=tenant, resource_id=UUID(credit_note), deliveries=(delivery,))
        fetching = FetchActivities(ledger, self.rig.door)
        fetched = await fetching.fetch_payments(await fetching.fetch_document(fetched))
        concluded = await ConclusionActivities(ledger).conclude(ConcludeInput(gathered=fetched, last_look=True))
        signals += [(made, signal) for signal in concluded.tell]

    async def _signal_payout(self, made: ApprovedPayout, signal: PayoutSignal) -> None:
        handle = self.rig.engine.get_workflow_handle(payout_workflow_id(made.payout.tenant, made.payout.number))
        await insist(lambda: handle.signal(signal.signal, {"event": signal.event}))

    async def _ids(self, made: Sequence[ApprovedPayout]) -> list[UUID]:
        rows = await self.rig.watcher.fetch(
            "SELECT p.id FROM payouts p JOIN unnest($1::uuid[], $2::text[]) AS m (tenant, number)"
            " ON p.tenant_id = m.tenant AND p.number = m.number",
            [payout.payout.tenant.id for payout in made],
            [payout.payout.number for payout in made],
        )
        return [row["id"] for row in rows]

    async def _reached(self, state: PayoutState, ids: list[UUID]) -> None:
        async def all_there() -> bool:
            query = "SELECT count(*) FROM payouts WHERE id = ANY ($1) AND state = $2"
            return bool(await self.rig.watcher.fetchval(query, ids, state.value) == len(ids))

        await until(all_there, f"{len(ids)} payouts {state.value}")

    async def _all_announced(self) -> bool:
        return not await self.rig.watcher.fetchval(
            "SELECT EXISTS (SELECT FROM events WHERE state = 'received' AND handed_over_at IS NULL)"
        )

    async def _handled(self, ids: list[UUID], notifications: int) -> None:
        """So many notifications of each payout's credit note have come, and their handling has ended."""

        async def all_done() -> bool:
            handled = await self.rig.watcher.fetchval(
                """
                SELECT count(*) FROM external_documents d
                  JOIN events e ON e.tenant_id = d.tenant_id AND e.resource_id = d.resource_id::text
                 WHERE d.payout_id = ANY ($1) AND e.handled_at IS NOT NULL
                """,
                ids,
            )
            return bool(handled >= notifications * len(ids))

        await until(all_done, f"{notifications} handled notifications of each of {len(ids)} payouts")
