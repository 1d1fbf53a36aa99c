"""What the hand-over announces next: in turns, decisions first (engine.md, Fairness of the hand-over)."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from ledger import clock
from ledger.audit import unannounced
from ledger.audit.unannounced import Unannounced
from ledger.database import Ledger
from ledger.inbox import events
from ledger.inbox.events import Arrival
from ledger.payouts import decisions, payout_run_starts, payout_runs
from ledger.payouts.decisions import Shown
from ledger.types import LEXOFFICE, Tenant
from tests.fixtures.ledger_shop import NewTenant, Shop
from tests.fixtures.payable import ask_for


async def notified(ledger: Ledger, tenant: Tenant, count: int) -> None:
    async with ledger.transaction(tenant, cause="test") as tx:
        await tx.execute(
            """
            UPDATE provider_connections SET secret_encrypted = '\\x00', secret_last4 = 'last', secret_saved_at = now()
             WHERE provider = 'lexoffice'
            """
        )
    for _ in range(count):
        document = uuid4()
        arrival = Arrival(
            provider=LEXOFFICE,
            organization_id=None,
            event_type="invoice.status.changed",
            resource_id=str(document),
            event_date=datetime.now(UTC),
            body=b"{}",
            document=document,
        )
        await events.take_in(ledger, tenant, arrival)


async def due(ledger: Ledger, *tenants: Tenant, of_each: int = 25, but: tuple[str, ...] = ()) -> list[Unannounced]:
    """Of these tenants; other tests leave rows as well."""
    rows = await unannounced.list_in_turns(ledger, older_than=timedelta(0), of_each=of_each, at_most=100_000, but=but)
    return [row for row in rows if row.tenant.id in {tenant.id for tenant in tenants}]


async def test_a_decision_goes_before_payouts_these_before_runs_and_these_before_events(shop: Shop) -> None:
    await notified(shop.ledger, shop.tenant, 3)
    payout = await ask_for(shop)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await decisions.approve(
            tx, payout.number, actor="key:chief", seen_hash=payout.content_hash, shown=Shown(by_hand=True)
        )
        cut_off = payout_runs.last_month(clock.now())
        await payout_run_starts.request(tx, cut_off=cut_off, rehearsal=False, by="key:chief")
    rows = await due(shop.ledger, shop.tenant)
    assert [row.kind for row in rows] == ["decision", "payout", "payout_run", "event", "event", "event"]


async def test_nobodys_second_goes_before_anothers_first(ledger: Ledger, new_tenant: NewTenant) -> None:
    many, few = await new_tenant(), await new_tenant()
    await notified(ledger, many, 40)
    await notified(ledger, few, 2)
    rows = await due(ledger, many, few)
    assert [row.tenant for row in rows[:4]] == [many, few, many, few]
    assert [row.tenant for row in rows].count(many) == 25, "so many of one in a round"
    assert [int(row.id) for row in rows if row.tenant == many] == sorted(
        int(row.id) for row in rows if row.tenant == many
    )


async def test_what_was_tried_makes_room_for_the_next(ledger: Ledger, tenant: Tenant) -> None:
    await notified(ledger, tenant, 5)
    first = await due(ledger, tenant, of_each=3)
    second = await due(ledger, tenant, of_each=3, but=tuple(row.key for row in first))
    assert (len(first), len(second)) == (3, 2)
    assert {row.key for row in first}.isdisjoint(row.key for row in second)
