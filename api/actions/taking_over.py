"""Taking a file over, for pages, JSON API and command alike: read beside the event loop, judged, taken over.

Two requests at a time work on files, on connections of their own: a file of 50,000 rows takes its time, and its room.
Each keeps its connection while it reads, so that no third one holds a file meanwhile.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from api.actions.sources import many_sales
from ledger.audit import audit
from ledger.csv_reading import CsvFile
from ledger.database import Ledger, TenantTransaction
from ledger.imports import exports, files, taking_over
from ledger.imports.columns import COLUMNS, Kind
from ledger.imports.files import Brought, Import
from ledger.imports.rows import RowProblem
from ledger.imports.taking_over import Preview, Wish
from ledger.reasons import InWords, Reason
from ledger.refusals import NotAcceptable
from ledger.types import PayoutNumber, Tenant
from ledger.vault import Vault


class Room(NamedTuple):
    """Where a file is worked on."""

    ledger: Ledger
    vault: Vault
    tenant: Tenant


class Looked(NamedTuple):
    """A file with what it would do; without a preview once it is ended, or where `wrong` says what is to be mended."""

    file: Import
    preview: Preview | None
    wrong: Reason | None = None


class Taken(NamedTuple):
    """`refused`: sales that were not booked when their turn came, by their line; then the file stays to be mended."""

    file: Import
    payouts: Sequence[PayoutNumber] = ()
    refused: Sequence[RowProblem] = ()


async def bring(room: Room, brought: Brought) -> Import:
    """Keep a file. Raises NotAcceptable for what is no CSV file, or nobody knows what of."""
    read = await asyncio.to_thread(files.read, brought.content)
    async with room.ledger.transaction(room.tenant, cause=brought.by) as tx:
        return await files.bring(tx, room.vault, brought, read)


async def look(room: Room, import_id: UUID) -> Looked:
    """What taking it over would do. Raises NotFound."""
    async with room.ledger.transaction(room.tenant) as tx:
        found = await files.get(tx, import_id)
        if found.state != "draft":
            return Looked(found, None)
        read = await _read(tx, room, import_id)
        try:
            return Looked(found, await taking_over.preview(tx, room.vault, found, read))
        except NotAcceptable as refused:
            return Looked(found, None, refused.reason)


async def take_over(room: Room, import_id: UUID, wish: Wish) -> Taken:
    """All of it at once; sales that earn here one by one. Raises as taking_over.take_over."""
    async with room.ledger.transaction(room.tenant, cause=wish.by) as tx:
        found = await files.get(tx, import_id)
        read = await _read(tx, room, import_id)
        if found.kind is not Kind.SALES:
            done = await taking_over.take_over(tx, room.vault, import_id, read, wish)
            return Taken(done.file, done.payouts)
        judgement = await taking_over.judged(tx, room.vault, found, read)
    counts = taking_over.require_fit(found, judgement, wish)
    told = [one for one in judgement.rows if one.outcome != "same"]
    results = await many_sales.tell(room.ledger, room.tenant, [one.plan for one in told], by=wish.by)
    payouts = [payout for result in results for payout in result.payouts]
    refused = [
        RowProblem(line=one.line, code=result.reason.code, params=result.reason.params)
        for one, result in zip(told, results, strict=True)
        if result.outcome == "refused" and result.reason
    ]
    if refused:
        return Taken(found, payouts, refused)
    async with room.ledger.transaction(room.tenant, cause=wish.by) as tx:
        await files.lock(tx, import_id)
        await audit.record(
            tx,
            actor=wish.by,
            action="import.taken_over",
            subject="import",
            subject_id=str(import_id),
            detail={"kind": found.kind, "sha256": found.sha256, "rows": found.row_count, **counts},
        )
        return Taken(await files.end(tx, import_id, counts, by=wish.by), payouts)


async def wrong_rows(room: Room, import_id: UUID, language: exports.Language, in_words: InWords) -> bytes:
    """The rows that cannot be taken over, to be mended and brought again. Raises NotFound, NotAllowedNow."""
    async with room.ledger.transaction(room.tenant) as tx:
        found = await files.get(tx, import_id)
        read = await _read(tx, room, import_id)
        problems = (await taking_over.judged(tx, room.vault, found, read)).problems
    headings = {one.name: one.heading(language) for one in COLUMNS[found.kind]}
    told: dict[int, str] = {}
    for one in problems:
        where = f"{headings[one.column]}: " if one.column in headings else ""
        said = where + in_words(Reason(code=one.code, params=one.params))
        told[one.line] = f"{told[one.line]} {said}" if one.line in told else said
    return exports.wrong_rows(read, problems, told, "Fehler" if language == "de" else "Problem")


async def _read(tx: TenantTransaction, room: Room, import_id: UUID) -> CsvFile:
    return await asyncio.to_thread(files.read, await files.content(tx, room.vault, import_id))
