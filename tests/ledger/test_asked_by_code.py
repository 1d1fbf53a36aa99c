"""Questions about an IBAN of two partners named the partner's code before 1.0: through the migrations."""

from sandbox.postgres import PostgresAddresses
from tests.ledger.old_shape import OldDatabase, old_database

_KIND = "iban_on_two_partners"


async def _ask(old: OldDatabase, tenant: object, named: str, *, state: str = "open") -> None:
    await old.admin.execute(
        """
        INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions, state,
                           resolved_at, resolved_by, resolution)
        VALUES ($1, $2, 'partner', $3, 'Die neue IBAN dieses Partners gehört auch einem anderen Partner.',
                '{acknowledge}', $4, CASE WHEN $4 = 'resolved' THEN now() END,
                CASE WHEN $4 = 'resolved' THEN 'ledger' END, CASE WHEN $4 = 'resolved' THEN '{}'::jsonb END)
        """,
        tenant,
        _KIND,
        named,
        state,
    )


async def test_a_question_by_code_asks_by_id_and_only_in_its_tenant(postgres: PostgresAddresses) -> None:
    async with old_database(postgres, version="0094") as old:
        ids = {}
        for slug in ("acme", "other"):
            tenant = await old.new_tenant(slug)
            ids[slug] = await old.admin.fetchval(
                "INSERT INTO partners (tenant_id, code, name) VALUES ($1, 'ANNA', 'Anna') RETURNING id::text", tenant
            )
            await _ask(old, tenant, "ANNA")
            await _ask(old, tenant, "ANNA", state="resolved")
            await _ask(old, tenant, "GONE")
        await old.migrate()
        rows = await old.admin.fetch(
            "SELECT t.slug, q.state, q.subject_id FROM tasks q JOIN tenants t ON t.id = q.tenant_id ORDER BY 1, 2, 3"
        )
    named = {tuple(row) for row in rows}
    assert named == {
        (slug, state, named)
        for slug in ids
        for state, named in (("open", ids[slug]), ("resolved", ids[slug]), ("open", "GONE"))
    }


async def test_where_the_id_is_asked_about_already_nothing_is_asked_twice(postgres: PostgresAddresses) -> None:
    async with old_database(postgres, version="0094") as old:
        tenant = await old.new_tenant("acme")
        anna = await old.admin.fetchval(
            "INSERT INTO partners (tenant_id, code, name) VALUES ($1, 'ANNA', 'Anna') RETURNING id::text", tenant
        )
        await _ask(old, tenant, anna)
        await _ask(old, tenant, "ANNA")
        await old.migrate()
        assert {row["subject_id"] for row in await old.admin.fetch("SELECT subject_id FROM tasks")} == {anna, "ANNA"}
