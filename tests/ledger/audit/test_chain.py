"""The audit trail: appended by anybody, changed by nobody unnoticed, and whole when personal data are erased."""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable
from uuid import uuid4

import asyncpg
import pytest

from ledger.access import tenants
from ledger.audit import audit, audit_chain
from ledger.audit.audit import AuditFilter, Origin
from ledger.audit.audit_chain import AuditBroken, Verified
from ledger.database import Ledger
from ledger.programme import partners
from ledger.programme.partners import NewPartner, PartnerChange
from ledger.types import Tenant

Tamper = Callable[[asyncpg.Connection, Tenant], Awaitable[object]]


async def write(ledger: Ledger, tenant: Tenant, *, entries: int = 5, **members: object) -> None:
    for number in range(entries):
        async with ledger.transaction(tenant) as tx:
            await audit.record(
                tx,
                actor="user:1",
                action="payout.approve",
                subject="payout",
                subject_id=f"PO-2026-{number:04}",
                detail=audit.Apart(
                    {"grund": "Größe „é“ 𝄞", "cents": number, "nested": {"b": [1, 2.5, None], "a": True}},
                    {"email": f"anna{number}@acme.example"},
                ),
                **members,
            )


async def verify(ledger: Ledger, tenant: Tenant, anchor: str | None = None) -> Verified:
    async with ledger.transaction(tenant) as tx:
        return await audit_chain.verify(tx, anchor=anchor)


async def test_an_untouched_trail_holds_and_its_head_is_an_anchor(ledger: Ledger, audited: Tenant) -> None:
    empty = await verify(ledger, audited)
    await write(ledger, audited)
    async with ledger.transaction(audited) as tx:
        head = await audit_chain.head(tx)
    await write(ledger, audited, entries=2)
    verified = await verify(ledger, audited, head.hash)
    assert (verified.entries, verified.anchored_at, head.number) == (empty.entries + 7, head.number, empty.entries + 5)
    assert verified.head != head.hash


async def test_entries_written_side_by_side_make_one_chain(ledger: Ledger, audited: Tenant) -> None:
    await asyncio.gather(*(write(ledger, audited, entries=4) for _ in range(6)))
    assert (await verify(ledger, audited)).entries == 25


async def test_two_entries_of_one_transaction_and_one_rolled_back_leave_no_gap(ledger: Ledger, audited: Tenant) -> None:
    async def lost() -> None:
        async with ledger.transaction(audited) as tx:
            await audit.record(tx, actor="x", action="lost", subject="s", subject_id="1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await lost()
    async with ledger.transaction(audited) as tx:
        for _ in range(2):
            await audit.record(tx, actor="x", action="kept", subject="s", subject_id="1")
    assert (await verify(ledger, audited)).entries == 3


def _sql(statement: str) -> Tamper:
    async def run(superuser: asyncpg.Connection, tenant: Tenant) -> None:
        await superuser.execute(statement, tenant.id)

    return run


_THIRD = "(SELECT seq FROM audit_chain WHERE tenant_id = $1 AND number = 3)"


@pytest.mark.parametrize(
    ("tamper", "link"),
    [
        (_sql(f"UPDATE audit_entries SET detail = '{{}}' WHERE tenant_id = $1 AND seq = {_THIRD}"), 3),
        (_sql(f"UPDATE audit_entries SET actor = 'user:2' WHERE tenant_id = $1 AND seq = {_THIRD}"), 3),
        (_sql(f"UPDATE audit_entries SET origin = 'x' WHERE tenant_id = $1 AND seq = {_THIRD}"), 3),
        (
            _sql(
                f"UPDATE audit_entries SET at = at + interval '1 microsecond' WHERE tenant_id = $1 AND seq = {_THIRD}"
            ),
            3,
        ),
        (_sql(f"UPDATE audit_entries SET commitment = NULL WHERE tenant_id = $1 AND seq = {_THIRD}"), 3),
        (_sql(f"UPDATE audit_personal SET data = '{{}}' WHERE tenant_id = $1 AND seq = {_THIRD}"), 3),
        (_sql(f"UPDATE audit_personal SET salt = salt || '\\x00' WHERE tenant_id = $1 AND seq = {_THIRD}"), 3),
        (_sql("UPDATE audit_chain SET hash = sha256('x') WHERE tenant_id = $1 AND number = 3"), 3),
        (_sql("DELETE FROM audit_chain WHERE tenant_id = $1 AND number = 3"), 0),
        (
            _sql(
                "WITH link AS (DELETE FROM audit_chain WHERE tenant_id = $1 AND number = 3 RETURNING seq),"
                " beside AS (DELETE FROM audit_personal p USING link WHERE p.tenant_id = $1 AND p.seq = link.seq)"
                " DELETE FROM audit_entries e USING link WHERE e.tenant_id = $1 AND e.seq = link.seq"
            ),
            3,
        ),
    ],
)
async def test_what_even_a_superuser_changes_is_found_at_its_link(
    ledger: Ledger, audited: Tenant, superuser: asyncpg.Connection, tamper: Tamper, link: int
) -> None:
    await write(ledger, audited)
    await superuser.execute("SET session_replication_role = replica")  # triggers and foreign keys look away
    await tamper(superuser, audited)
    with pytest.raises(AuditBroken) as broken:
        await verify(ledger, audited)
    assert broken.value.number == link


async def test_an_entry_that_was_put_in_beside_the_chain_is_found(
    ledger: Ledger, audited: Tenant, superuser: asyncpg.Connection
) -> None:
    await write(ledger, audited)
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute(
        "INSERT INTO audit_entries (tenant_id, actor, action, subject, subject_id) VALUES ($1, 'x', 'y', 'z', '1')",
        audited.id,
    )
    with pytest.raises(AuditBroken, match="no link"):
        await verify(ledger, audited)


async def test_a_trail_that_was_cut_off_shows_against_an_anchor(
    ledger: Ledger, audited: Tenant, superuser: asyncpg.Connection
) -> None:
    await write(ledger, audited)
    anchor = (await verify(ledger, audited)).head
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("DELETE FROM audit_personal WHERE tenant_id = $1", audited.id)
    for table, condition in (
        ("audit_entries", "seq IN (SELECT seq FROM audit_chain WHERE tenant_id = $1 AND number > 3)"),
        ("audit_chain", "number > 3"),
    ):
        await superuser.execute(f"DELETE FROM {table} WHERE tenant_id = $1 AND {condition}", audited.id)
    assert (await verify(ledger, audited)).entries == 3
    with pytest.raises(AuditBroken, match="anchor"):
        await verify(ledger, audited, anchor)


async def test_erasing_personal_data_leaves_the_chain_whole(ledger: Ledger, audited: Tenant) -> None:
    await write(ledger, audited)
    anchor = (await verify(ledger, audited)).head
    async with ledger.transaction(audited) as tx:
        about = await audit.entries_about(tx, "anna2@acme.example")
        assert len(about) == 1
        assert await audit.erase_personal(tx, about, actor="user:1", reason="Art. 17") == 1
    verified = await verify(ledger, audited, anchor)
    assert verified.erased == 1
    async with ledger.transaction(audited) as tx:
        assert await tx.fetchval("SELECT count(*) FROM audit_personal WHERE data LIKE '%anna2@%'") == 0
        entries, _ = await audit.list_entries(tx)
    assert [entry.personal for entry in entries if entry.seq in about] == [None]
    assert entries[0].action == "audit.personal_data_erased"
    assert "anna2" not in str(entries[0].detail)


async def test_who_a_partner_is_lies_beside_the_chain(ledger: Ledger, audited: Tenant) -> None:
    async with ledger.transaction(audited) as tx:
        new = NewPartner(code="ANNA", name="Anna Beispiel", email="anna@p.example", street="Weg 1", city="Bonn")
        partner = await partners.create(tx, new, by="key:x")
        change = PartnerChange(name="Anna Anders", status="inactive")
        await partners.change(tx, partner.id, change, by="key:x")
        trail = [row["entry"] for row in await tx.fetch("SELECT e::text AS entry FROM audit_entries e")]
        assert not [entry for entry in trail if "Beispiel" in entry or "anna@" in entry or "Weg 1" in entry]
        entries, _ = await audit.list_entries(tx, AuditFilter(subject="partner"))
        assert entries[0].detail == {"status": ["active", "inactive"]}
        assert (entries[0].personal or {})["name"] == ["Anna Beispiel", "Anna Anders"]
        assert len(await audit.entries_about(tx, "Anna Beispiel")) == 2


async def test_nothing_is_erased_in_another_tenant(
    ledger: Ledger, audited: Tenant, superuser: asyncpg.Connection
) -> None:
    await write(ledger, audited)
    seqs = [
        row["seq"] for row in await superuser.fetch("SELECT seq FROM audit_personal WHERE tenant_id = $1", audited.id)
    ]
    other = await tenants.create(ledger, f"t-{uuid4().hex[:12]}", "Test", actor="test")
    async with ledger.transaction(other) as tx:
        assert await audit.erase_personal(tx, seqs, actor="x", reason="y") == 0
    assert (await verify(ledger, audited)).erased == 0


@pytest.mark.parametrize("table", ["audit_entries", "audit_chain", "audit_personal"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET tenant_id = tenant_id", "TRUNCATE {}"])
async def test_the_application_may_append_and_read_and_nothing_else(
    ledger: Ledger, audited: Tenant, table: str, statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with ledger.transaction(audited) as tx:
            await tx.execute(statement.format(table))


async def test_the_application_cannot_write_a_link_of_its_own(ledger: Ledger, audited: Tenant) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with ledger.transaction(audited) as tx:
            await tx.execute(
                "INSERT INTO audit_chain (tenant_id, number, seq, hash) VALUES ($1, 99, 1, sha256('x'))", audited.id
            )


async def test_an_entry_says_from_where_and_the_address_can_be_erased(ledger: Ledger, audited: Tenant) -> None:
    with audit.coming_from(Origin(door="api", request_id="abcdef0123456789", address="203.0.113.9")):
        await write(ledger, audited, entries=1)
    async with ledger.transaction(audited) as tx:
        [entry] = (await audit.list_entries(tx, AuditFilter(subject="payout")))[0]
        assert await tx.fetchval("SELECT count(*) FROM audit_entries e WHERE e::text LIKE '%203.0.113.9%'") == 0
    assert (entry.origin, (entry.personal or {})["address"]) == ("api:abcdef0123456789", "203.0.113.9")


async def test_the_export_is_a_table_for_german_spreadsheets_without_formulas(ledger: Ledger, audited: Tenant) -> None:
    evil_too = ("\n=1", "＝1", "＋1", "－1", "＠x", "\u200b=1", " =1", "\u3000＝1")
    async with ledger.transaction(audited) as tx:
        for evil in ("=1+1", "+49", "-1", "@SUM(A1)", "\tx", "\rx", 'a;"b"\nc', *evil_too):
            await audit.record(tx, actor=evil, action="a", subject="s", subject_id="1")
    async with ledger.transaction(audited) as tx:
        written = b"".join([lines async for lines in audit_chain.export(tx)])
        head = await audit_chain.head(tx)
    assert written.startswith(b"\xef\xbb\xbfNr.;Zeitpunkt;")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";"))
    plain = ["'=1+1", "'+49", "'-1", "'@SUM(A1)", "'\tx", "'\rx", 'a;"b"\nc']
    assert [row[2] for row in rows[2:]] == [*plain, *(f"'{evil}" for evil in evil_too)]
    assert rows[-1][9] == head.hash
