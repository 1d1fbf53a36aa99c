"""Whether the audit trail is still the one that was written.

Each entry's hash covers the one before it, so a row that was changed, taken out or put in between breaks the chain.
What was cut off at the end shows only against an anchor: a head that somebody else has kept (the daily mail).
"""

import hashlib
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any

from ledger.audit.audit import commitment
from ledger.csv_writing import csv_lines
from ledger.database import TenantTransaction
from ledger.types import BERLIN, Frozen, Tenant

_BATCH = 1000


class Head(Frozen):
    """The newest link: what an anchor is made of."""

    number: int
    hash: str
    at: datetime | None


class Verified(Frozen):
    """A chain found whole: how many entries it has, and the hash it ends in (hex)."""

    entries: int
    head: str
    anchored_at: int | None
    """Number of the entry that the anchor names."""
    erased: int
    """Entries whose personal data were erased."""


class AuditBroken(Exception):
    """The trail is not the one that was written. `number` is the first link that does not hold; 0: the whole."""

    def __init__(self, number: int, what: str) -> None:
        super().__init__(f"link {number}: {what}")
        self.number = number
        self.what = what


async def head(tx: TenantTransaction) -> Head:
    """The newest link. Sent to the tenant's admins once a day, it is the anchor of a later verification."""
    row = await tx.fetchrow(
        """
        SELECT c.number, encode(c.hash, 'hex') AS hash, e.at
          FROM audit_chain c JOIN audit_entries e ON e.tenant_id = c.tenant_id AND e.seq = c.seq
         WHERE c.tenant_id = $1 ORDER BY c.number DESC LIMIT 1
        """,
        tx.tenant.id,
    )
    if row is None:
        return Head(number=0, hash=_first(tx.tenant).hex(), at=None)
    return Head.from_row(row)


async def verify(tx: TenantTransaction, *, anchor: str | None = None) -> Verified:
    """Walk the whole chain. `anchor` is a head's hash, in hex. Raises AuditBroken."""
    loose = await tx.fetchval(
        """
        SELECT count(*) FROM audit_entries e WHERE e.tenant_id = $1
           AND NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.tenant_id = e.tenant_id AND c.seq = e.seq)
        """,
        tx.tenant.id,
    )
    if loose:
        raise AuditBroken(0, f"{loose} entries have no link")
    previous, number, erased, anchored_at = _first(tx.tenant), 0, 0, None
    async for row in _links(tx):
        number += 1
        if row["number"] != number:
            raise AuditBroken(number, "a link is missing")
        if row["entry"] is None:
            raise AuditBroken(number, "its entry is missing")
        previous = _hash(tx.tenant, row, previous)
        if previous != row["hash"]:
            raise AuditBroken(number, "the entry is not the one that was written")
        if row["salt"] is None:
            erased += row["commitment"] is not None
        elif commitment(row["salt"], row["data"]) != row["commitment"]:
            raise AuditBroken(number, "the personal data are not the ones that were written")
        if previous.hex() == anchor:
            anchored_at = number
    if anchor is not None and anchored_at is None:
        raise AuditBroken(0, "the anchor is no head of this trail")
    return Verified(entries=number, head=previous.hex(), anchored_at=anchored_at, erased=erased)


async def export(tx: TenantTransaction) -> AsyncIterator[bytes]:
    """The trail as CSV, oldest first, with the hash of each link."""
    yield csv_lines(
        [("Nr.", "Zeitpunkt", "Wer", "Aktion", "Was", "Kennung", "Einzelheiten", "Personenbezogen", "Anfrage", "Hash")],
        first=True,
    )
    lines: list[tuple[Any, ...]] = []
    async for row in _links(tx):
        lines.append(
            (
                row["number"],
                row["at"].astimezone(BERLIN),
                row["actor"],
                row["action"],
                row["subject"],
                row["subject_id"],
                row["detail"],
                row["data"],
                row["origin"],
                row["hash"].hex(),
            )
        )
        if len(lines) == _BATCH:
            yield csv_lines(lines)
            lines = []
    if lines:
        yield csv_lines(lines)


async def _links(tx: TenantTransaction) -> AsyncIterator[Any]:
    after = 0
    while True:
        rows = await tx.fetch(
            """
            SELECT c.number, c.hash, c.seq, e.seq AS entry, e.at,
                   ((extract(epoch FROM e.at) * 1000000)::bigint)::text AS instant,
                   e.actor, e.action, e.subject, e.subject_id, e.detail::text AS detail, e.origin, e.commitment,
                   p.salt, p.data
              FROM audit_chain c
              LEFT JOIN audit_entries e ON e.tenant_id = c.tenant_id AND e.seq = c.seq
              LEFT JOIN audit_personal p ON p.tenant_id = c.tenant_id AND p.seq = c.seq
             WHERE c.tenant_id = $1 AND c.number > $2 ORDER BY c.number LIMIT $3
            """,
            tx.tenant.id,
            after,
            _BATCH,
        )
        for row in rows:
            yield row
        if len(rows) < _BATCH:
            return
        after = rows[-1]["number"]


def _first(tenant: Tenant) -> bytes:
    return hashlib.sha256(str(tenant.id).encode()).digest()


def _hash(tenant: Tenant, row: Any, previous: bytes) -> bytes:
    """The same bytes as audit_link() in functions/audit.sql."""
    parts: Iterable[str | None] = (
        str(tenant.id),
        str(row["number"]),
        str(row["seq"]),
        row["instant"],
        row["actor"],
        row["action"],
        row["subject"],
        row["subject_id"],
        row["detail"],
        row["origin"],
        None if row["commitment"] is None else row["commitment"].hex(),
    )
    return hashlib.sha256(previous + b"".join(_part(part) for part in parts)).digest()


def _part(part: str | None) -> bytes:
    text = (part or "").encode()
    return str(len(text)).encode() + b":" + text
