"""A list within a span of days is read on where the last page ended."""

from datetime import UTC, date, datetime, timedelta

import asyncpg

from ledger.database import Ledger
from ledger.inbox.event_list import EventFilter, list_events
from ledger.keyset import Conditions, Order, Position
from ledger.types import Tenant
from tests.conftest import Database
from tests.fixtures.planted_differences import superuser

_SPAN = EventFilter(received_from=date(2025, 6, 1), received_before=date(2025, 7, 1))
_MIDNIGHT = datetime(2025, 6, 30, 22, tzinfo=UTC)


async def _plant(db: "asyncpg.Connection[asyncpg.Record]", tenant: Tenant, *times: datetime) -> None:
    await db.executemany(
        "INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, received_at)"
        " VALUES ($1, 'lexoffice', 'invoice.created', $2, '{}', 'ignored', $3)",
        [(tenant.id, at.isoformat(), at) for at in times],
    )


async def test_pages_of_a_span_are_the_span_and_no_more(ledger: Ledger, tenant: Tenant, database: Database) -> None:
    within = [_MIDNIGHT - timedelta(days=5 * n, microseconds=1) for n in range(6)]
    async with superuser(database) as db:
        await _plant(db, tenant, *within, _MIDNIGHT, _MIDNIGHT, _MIDNIGHT - timedelta(days=31))
    found = []
    async with ledger.transaction(tenant) as tx:
        page, after = await list_events(tx, _SPAN, limit=2)
        while after is not None:
            found += page
            page, after = await list_events(tx, _SPAN, after=after, limit=2)
        found += page
        assert [event.received_at for event in found] == within
        # A place that somebody made up, at the span's end and behind it.
        for at in (_MIDNIGHT, _MIDNIGHT + timedelta(days=9)):
            page, _ = await list_events(tx, _SPAN, after=Position(at, 2**62), limit=9)
            assert [event.received_at for event in page] == within


def test_the_end_of_a_span_is_said_only_where_the_place_does_not_say_it() -> None:
    order = Order(("at", "seq"))

    def said(key: str, after: Position | int | None, order: Order = order) -> str:
        where = Conditions()
        order.require_before(where, "t", key, _MIDNIGHT, after)
        return str(where)

    earlier = Position(_MIDNIGHT - timedelta(microseconds=1), 1)
    assert said("at", earlier) == ""
    assert said("at", None) == said("at", Position(_MIDNIGHT, 1)) == said("at", 7) == " AND t.at < $1"
    assert said("other", earlier) == " AND t.other < $1"
    assert said("at", earlier, Order(("at", "seq"), descending=False)) == " AND t.at < $1"
