"""Events from before 1.0, whose numbers count over all tenants: through the migrations, and what comes after."""

from typing import Any
from uuid import uuid4

from sandbox.postgres import PostgresAddresses
from tests.ledger.old_shape import OldDatabase, old_database


async def _arrives(old: OldDatabase, tenant: object) -> Any:
    return await old.admin.fetchval(
        """
        INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state)
        VALUES ($1, 'lexoffice', 'invoice.changed', $2, '', 'skipped') RETURNING id
        """,
        tenant,
        str(uuid4()),
    )


async def test_what_has_a_number_keeps_it_and_the_next_is_the_tenants_own(postgres: PostgresAddresses) -> None:
    async with old_database(postgres, version="0094") as old:
        first, second = await old.new_tenant("acme"), await old.new_tenant("other")
        for tenant in (first, second, second, second, first):
            last = await _arrives(old, tenant)
        assert last == 5, "one count over all tenants"
        await old.migrate()
        new = await old.new_tenant("new")
        told = [await _arrives(old, tenant) for tenant in (second, first, new, first, new)]
        assert told == [5, 6, 1, 7, 2]
        rows = await old.admin.fetch("SELECT id FROM events WHERE tenant_id = $1 ORDER BY id", second)
        assert [row["id"] for row in rows] == [2, 3, 4, 5]


async def test_a_number_that_is_taken_is_passed_over(postgres: PostgresAddresses) -> None:
    """Rows that came back without their sequence."""
    async with old_database(postgres, version="0094") as old:
        tenant = await old.new_tenant("acme")
        await old.migrate()
        assert [await _arrives(old, tenant) for _ in range(3)] == [1, 2, 3]
        await old.admin.execute(f"ALTER SEQUENCE events_of_{tenant.hex} RESTART 1")
        assert await _arrives(old, tenant) == 4
