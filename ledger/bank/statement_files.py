"""Files of the bank, by whichever door they come: unpacked, read beside the event loop, taken in one by one."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bankstatements.archives import Member
from bankstatements.errors import Unreadable
from bankstatements.reading import read, unpack
from ledger.bank import statement_intake
from ledger.bank.statement_intake import Brought, How, TakenIn
from ledger.database import Ledger, TenantTransaction
from ledger.keyset import RECORDED, Conditions, Place, changed_since
from ledger.reasons import Reason
from ledger.refusals import AlreadyExists, NotAcceptable
from ledger.types import Frozen, Tenant
from ledger.vault import Vault


class Handed(Frozen):
    """What somebody hands over: a file or an archive."""

    name: str
    content: bytes
    by: str
    how: How


class Outcome(Frozen):
    """What became of one file: taken in, or refused with a reason. An archive has one for each of its members."""

    name: str
    taken: TakenIn | None = None
    refused: Reason | None = None


class StatementFile(Frozen):
    """A file that was taken in."""

    id: UUID
    seq: int
    name: str
    format: str
    size_bytes: int
    brought_by: str
    brought_how: str
    brought_at: datetime
    matched_at: datetime | None
    """When all that it tells was compared with the payouts; None while that is under way."""
    sha256: str
    statements: int
    entries: int
    new_entries: int


async def bring(ledger: Ledger, vault: Vault, tenant: Tenant, handed: Sequence[Handed]) -> list[Outcome]:
    """Take in these files, each in a transaction of its own: one that is refused keeps no other from being taken in."""
    outcomes = []
    for file in handed:
        try:
            members = await asyncio.to_thread(unpack, file.content, file.name)
        except Unreadable as unreadable:
            outcomes.append(Outcome(name=file.name, refused=Reason.of(unreadable.code, **unreadable.params)))
            continue
        outcomes += [await _bring_one(ledger, vault, tenant, file, member) for member in members]
    return outcomes


async def _bring_one(ledger: Ledger, vault: Vault, tenant: Tenant, file: Handed, member: Member) -> Outcome:
    name = member.name
    try:
        message = await asyncio.to_thread(read, member.content)
        brought = Brought(name=name, content=member.content, message=message, by=file.by, how=file.how)
        async with ledger.transaction(tenant, cause=file.by) as tx:
            return Outcome(name=name, taken=await statement_intake.take_in(tx, vault, brought))
    except Unreadable as unreadable:
        return Outcome(name=name, refused=Reason.of(unreadable.code, **unreadable.params))
    except (NotAcceptable, AlreadyExists) as refused:
        return Outcome(name=name, refused=refused.reason)


async def mark_matched(tx: TenantTransaction, file: UUID) -> None:
    """All that it tells was compared with the payouts."""
    await tx.execute(
        "UPDATE statement_files SET matched_at = now() WHERE tenant_id = $1 AND id = $2 AND matched_at IS NULL",
        tx.tenant.id,
        file,
    )


async def list_files(
    tx: TenantTransaction, *, updated_since: datetime | None = None, after: Place | None = None, limit: int = 50
) -> tuple[list[StatementFile], Place | None]:
    """Newest first; the second value is where the next page begins."""
    where = Conditions(tx.tenant.id, limit + 1)
    changed_since(where, "f", updated_since)
    RECORDED.begin(where, "f", after)
    rows = await tx.fetch(
        f"""
        SELECT f.id, f.seq, f.name, f.format, f.size_bytes, f.brought_by, f.brought_how, f.brought_at, f.matched_at,
               encode(f.sha256, 'hex') AS sha256, s.statements, s.entries, s.new_entries
          FROM statement_files f
         CROSS JOIN LATERAL (SELECT count(*) AS statements, COALESCE(sum(entries), 0)::bigint AS entries,
                                    COALESCE(sum(new_entries), 0)::bigint AS new_entries
                               FROM bank_statements
                              WHERE tenant_id = f.tenant_id AND file_id = f.id) s
         WHERE f.tenant_id = $1 {where} ORDER BY {RECORDED.by("f")} LIMIT $2
        """,
        *where.parameters,
    )
    return RECORDED.cut([StatementFile.from_row(row) for row in rows], limit)
