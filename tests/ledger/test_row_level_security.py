"""Row-level security on every table: enumerated from the catalogue, so that a new one cannot be forgotten."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from ledger.access import users
from ledger.audit import audit
from ledger.database import Ledger
from ledger.types import Tenant, TenantId, UserId
from tests.conftest import Database

WITHOUT_A_TENANT = {
    "monthly_tables": "which tables are cut into months, and how long one is kept",
    "providers": "who keeps books and who tells of sales, the same for all",
    "running_workers": "which processes take work, by process id and host",
    "schema_history": "what was done to the schema, for /readyz",
    "sentences_before_codes": "German sentences of the release before, which are the same for all",
    "state_arrows": "which state may follow which",
}
"""Readable by the application whoever asks; nothing of anybody's is in them."""


@pytest.fixture
async def app(database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.app_url)
    yield connection
    await connection.close()


async def tables(connection: asyncpg.Connection) -> dict[str, asyncpg.Record]:
    rows = await connection.fetch(
        """
        SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, r.rolname AS owner,
               EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id'
                          AND NOT a.attisdropped) AS of_a_tenant,
               has_table_privilege('partnerdesk_app', c.oid, 'SELECT') AS readable
          FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        """
    )
    return {row["relname"]: row for row in rows}


async def test_every_table_is_protected_and_owned_by_somebody_else(app: asyncpg.Connection) -> None:
    found = await tables(app)
    assert len(found) > 30
    for name, table in found.items():
        assert table["owner"] == "partnerdesk_owner", name
        if name not in WITHOUT_A_TENANT:
            assert (table["relrowsecurity"], table["relforcerowsecurity"]) == (True, True), name
            assert table["of_a_tenant"] or name in (
                "tenants",
                "users",
                "user_secrets",
                "one_time_links",
                "login_attempts",
                "api_key_minutes",
            )


async def test_the_application_is_no_superuser_and_passes_no_policy(app: asyncpg.Connection) -> None:
    role = await app.fetchrow("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
    assert role is not None
    assert list(role) == [False, False, False]
    assert await app.fetchval("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == 0


@pytest.mark.parametrize("setting", [None, "", "00000000-0000-0000-0000-000000000000"])
async def test_with_a_wrong_or_missing_tenant_every_table_is_empty(
    app: asyncpg.Connection, ledger: Ledger, tenant: Tenant, setting: str | None
) -> None:
    async with ledger.transaction(tenant) as tx:
        await audit.record(
            tx, actor="x", action="y", subject="z", subject_id="1", detail=audit.Apart({}, {"email": "e"})
        )
    person, _ = await users.add(ledger, f"{uuid4().hex}@acme.example")
    async with ledger.of_person(person) as tx:
        assert await tx.fetchval("SELECT count(*) FROM users") == 1
    for name, table in (await tables(app)).items():
        if name in WITHOUT_A_TENANT or not table["readable"]:
            continue
        async with app.transaction():
            if setting is not None:
                await app.execute(
                    "SELECT set_config('app.tenant', $1, true), set_config('app.person', $1, true)", setting
                )
            assert await app.fetchval(f"SELECT count(*) FROM {name}") == 0, name


async def test_a_tenant_writes_into_no_other(app: asyncpg.Connection, tenant: Tenant, ledger: Ledger) -> None:
    for name, table in (await tables(app)).items():
        if not table["of_a_tenant"] or name in WITHOUT_A_TENANT:
            continue
        for right, statement in (
            ("UPDATE", f"UPDATE {name} SET tenant_id = tenant_id"),
            ("DELETE", f"DELETE FROM {name}"),
        ):
            if not await app.fetchval("SELECT has_table_privilege('partnerdesk_app', $1, $2)", name, right):
                continue
            async with app.transaction():
                await app.execute("SELECT set_config('app.tenant', $1, true)", str(uuid4()))
                assert await app.execute(statement) == f"{right} 0", name
    async with ledger.transaction(Tenant(id=TenantId(uuid4()), slug="other")) as tx:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with tx.savepoint():
                await tx.execute(
                    "INSERT INTO audit_entries (tenant_id, actor, action, subject, subject_id)"
                    " VALUES ($1, 'x', 'y', 'z', '1')",
                    tenant.id,
                )


async def test_a_persons_secrets_open_for_that_person_alone(ledger: Ledger, tenant: Tenant) -> None:
    one, _ = await users.add(ledger, f"{uuid4().hex}@acme.example")
    two, _ = await users.add(ledger, f"{uuid4().hex}@acme.example")
    for user in (one, two):
        async with ledger.transaction(tenant, person=user) as tx:
            await tx.execute(
                "INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'admin')", tenant.id, user
            )
    async with ledger.transaction(tenant, person=one) as tx:
        assert await tx.fetchval("SELECT count(*) FROM user_secrets") == 1
        # Colleagues are seen by name, and changed by nobody but themselves and the commands of operators.
        assert await tx.fetchval("SELECT count(*) FROM users") == 2
        assert await tx.execute("UPDATE users SET disabled_at = now() WHERE id = $1", two) == "UPDATE 0"
    async with ledger.transaction(tenant, person=UserId(uuid4())) as tx:
        assert await tx.fetchval("SELECT count(*) FROM user_secrets") == 0


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM login_attempts", "DELETE FROM users", "INSERT INTO users (email) VALUES ('a@b')"]
)
async def test_what_only_functions_do_the_application_cannot(app: asyncpg.Connection, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute(statement)


async def test_every_function_that_works_as_the_owner_has_a_fixed_search_path(app: asyncpg.Connection) -> None:
    # pg_temp is named, and last: not named it comes first, and a temporary table could stand in for one of ours.
    loose = await app.fetch(
        """
        SELECT proname FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace AND prosecdef
           AND NOT COALESCE('search_path=public, pg_temp' = ANY (proconfig), false)
        """
    )
    assert loose == []
    open_to_all = await app.fetch(
        """
        SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND prosecdef
           AND EXISTS (SELECT 1 FROM aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) a
                        WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE')
        """
    )
    assert open_to_all == []
