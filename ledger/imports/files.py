"""Files from which something is taken over: kept, encrypted, until that is done; and how their columns are read.

Who brings a file with the same headings again finds the columns as they were chosen last.
"""

import asyncio
import base64
import hashlib
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from ledger import csv_reading
from ledger.audit import audit
from ledger.csv_reading import CsvFile
from ledger.database import TenantTransaction
from ledger.imports import rows
from ledger.imports.cells import plain_word
from ledger.imports.columns import Kind, guess, likely_kind
from ledger.imports.rows import Mapping
from ledger.imports.standing_partners import SECONDS
from ledger.keyset import RECORDED, Conditions, Place, changed_since
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound
from ledger.types import Frozen
from ledger.vault import Vault

LONGEST_NAME = 200


class Import(Frozen):
    """A file, how it is read, and, once it is taken over, how many rows did what."""

    id: UUID
    seq: int
    kind: Kind
    name: str
    sha256: str
    encoding: str
    header: tuple[str, ...]
    row_count: int
    mapping: Mapping
    state: Literal["draft", "taken", "discarded"]
    brought_by: str
    brought_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    created: int
    changed: int
    unchanged: int
    left_out: int


class Brought(Frozen):
    """A file as somebody hands it over. `kind` is None where its headings shall tell it."""

    name: str
    content: bytes
    kind: Kind | None = None
    by: str


_COLUMNS = """
    id, seq, kind, name, encode(sha256, 'hex') AS sha256, encoding, header, row_count, mapping, state, brought_by,
    brought_at, ended_by, ended_at, created, changed, unchanged, left_out
"""


async def bring(tx: TenantTransaction, vault: Vault, brought: Brought, file: CsvFile) -> Import:
    """Keep a file that was read. Nothing is taken over yet. Raises NotAcceptable where nobody can tell what it is."""
    kind = brought.kind or likely_kind(file.header)
    if kind is None:
        raise NotAcceptable("file_kind_unclear")
    remembered = await tx.fetchval(
        """
        SELECT mapping FROM import_mappings WHERE tenant_id = $1 AND kind = $2 AND headings_sha256 = $3
        """,
        tx.tenant.id,
        kind,
        _headings(file.header),
    )
    mapping = Mapping(columns=guess(kind, file.header)) if remembered is None else Mapping.from_row(remembered)
    made = await tx.fetchval(
        """
        INSERT INTO imports (tenant_id, kind, name, sha256, content_encrypted, encoding, header, row_count, mapping,
                             brought_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id
        """,
        tx.tenant.id,
        kind,
        brought.name[:LONGEST_NAME] or "?",
        hashlib.sha256(brought.content).digest(),
        await asyncio.to_thread(_kept, vault, brought.content),
        file.encoding,
        list(file.header),
        len(file.rows) + len(file.broken),
        mapping.model_dump(mode="json"),
        brought.by,
        timeout=SECONDS,
    )
    return await get(tx, made)


async def get(tx: TenantTransaction, import_id: UUID) -> Import:
    """A file. Raises NotFound."""
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM imports WHERE tenant_id = $1 AND id = $2", tx.tenant.id, import_id)
    if row is None:
        raise NotFound("import_not_found")
    return Import.from_row(row)


async def lock(tx: TenantTransaction, import_id: UUID) -> Import:
    """A file that is not taken over yet, held first of all. Raises NotFound, NotAllowedNow."""
    await tx.execute("SELECT 1 FROM imports WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tx.tenant.id, import_id)
    found = await get(tx, import_id)
    if found.state != "draft":
        raise NotAllowedNow("import_ended")
    return found


async def content(tx: TenantTransaction, vault: Vault, import_id: UUID) -> bytes:
    """What it holds. Raises NotAllowedNow once it is taken over, set aside or forgotten."""
    stored = await tx.fetchval(
        "SELECT content_encrypted FROM imports WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        import_id,
        timeout=SECONDS,
    )
    if not stored:
        raise NotAllowedNow("import_ended")
    return await asyncio.to_thread(lambda: zlib.decompress(base64.b64decode(vault.decrypt(stored))))


def read(held: bytes) -> CsvFile:
    """The file, as it was read when it was brought."""
    return csv_reading.read(held)


async def choose_columns(tx: TenantTransaction, import_id: UUID, mapping: Mapping, *, by: str) -> Import:
    """How it is read from now on, and the next file with these headings too. Raises as `lock` and rows.check."""
    found = await lock(tx, import_id)
    rows.check(found.kind, found.header, mapping)
    told = mapping.model_dump(mode="json")
    await tx.execute("UPDATE imports SET mapping = $3 WHERE tenant_id = $1 AND id = $2", tx.tenant.id, import_id, told)
    await tx.execute(
        """
        INSERT INTO import_mappings (tenant_id, kind, headings_sha256, mapping, chosen_by) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant_id, kind, headings_sha256)
        DO UPDATE SET mapping = EXCLUDED.mapping, chosen_by = EXCLUDED.chosen_by, chosen_at = now()
        """,
        tx.tenant.id,
        found.kind,
        _headings(found.header),
        told,
        by,
    )
    return await get(tx, import_id)


async def discard(tx: TenantTransaction, import_id: UUID, *, by: str) -> Import:
    """Nothing of it is taken over, and its content is forgotten. Raises NotFound, NotAllowedNow."""
    found = await lock(tx, import_id)
    await tx.execute(
        """
        UPDATE imports SET state = 'discarded', ended_by = $3, ended_at = now(), content_encrypted = ''
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        import_id,
        by,
    )
    await audit.record(
        tx,
        actor=by,
        action="import.discarded",
        subject="import",
        subject_id=str(import_id),
        detail={"kind": found.kind, "rows": found.row_count, "sha256": found.sha256},
    )
    return await get(tx, import_id)


async def end(tx: TenantTransaction, import_id: UUID, counts: dict[str, int], *, by: str) -> Import:
    """It is taken over; the caller holds it."""
    await tx.execute(
        """
        UPDATE imports SET state = 'taken', ended_by = $3, ended_at = now(), content_encrypted = '', created = $4,
                           changed = $5, unchanged = $6, left_out = $7
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        import_id,
        by,
        counts["new"],
        counts["changed"],
        counts["same"],
        counts["wrong"],
    )
    return await get(tx, import_id)


async def keep_changes(tx: TenantTransaction, import_id: UUID, parts: Sequence[audit.Part]) -> None:
    """What the act did, in the order in which it was done."""
    await tx.execute(
        """
        INSERT INTO import_changes (tenant_id, import_id, position, action, subject, subject_id, about, fields)
        SELECT $1, $2, position, action, subject, subject_id, about, string_to_array(fields, ' ')
          FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY
               AS c (action, subject, subject_id, about, fields, position)
        """,
        tx.tenant.id,
        import_id,
        *(list(told) for told in zip(*((*part[:4], " ".join(part.fields)) for part in parts), strict=True)),
        timeout=SECONDS,
    )


async def list_imports(
    tx: TenantTransaction, *, updated_since: datetime | None = None, after: Place | None = None, limit: int = 50
) -> tuple[list[Import], Place | None]:
    """Newest first; the second value is where the next page begins."""
    where = Conditions(tx.tenant.id, limit + 1)
    changed_since(where, "i", updated_since)
    RECORDED.begin(where, "i", after)
    found = await tx.fetch(
        f"SELECT {_COLUMNS} FROM imports i WHERE i.tenant_id = $1 {where} ORDER BY {RECORDED.by('i')} LIMIT $2",
        *where.parameters,
    )
    return RECORDED.cut([Import.from_row(row) for row in found], limit)


def _kept(vault: Vault, content: bytes) -> bytes:
    return vault.encrypt(base64.b64encode(zlib.compress(content)).decode())


def _headings(header: Sequence[str]) -> bytes:
    return hashlib.sha256("\n".join(plain_word(one) for one in header).encode()).digest()
