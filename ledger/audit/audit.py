"""Who did what: one entry for each decision and each setting, in the transaction that makes it true.

An entry never changes; its link in the chain is written when the transaction commits (functions/audit.sql), and
audit_chain.py verifies it. Personal data lie beside the chain, behind a salted commitment.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from ledger.audit import hands
from ledger.database import TenantTransaction
from ledger.keyset import Conditions
from ledger.types import Frozen


class Origin(Frozen):
    """Where something came from. Door and id are kept in the entry, the address beside it."""

    door: Literal["page", "api", "webhook", "cli", "engine"] | None = None
    request_id: str | None = None
    """Of a request; of the engine the id of the workflow."""
    address: str | None = None

    @property
    def words(self) -> str | None:
        """`page:3f2a…`, `engine:payout/acme/PO-2026-0001`, `cli`."""
        return ":".join(part for part in (self.door, self.request_id) if part) or None


_AROUND = timedelta(hours=1)
_SEQ_OF_NUMBER = "SELECT seq FROM audit_chain WHERE tenant_id = $1"
_SEQ = "SELECT seq FROM audit_entries WHERE tenant_id = $1"
_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)
_act: ContextVar["list[Part] | None"] = ContextVar("act", default=None)


class Part(NamedTuple):
    """What would be an entry of its own, of an act that has one entry for all it does. No values: names alone."""

    action: str
    subject: str
    subject_id: str
    about: str | None
    """What it recorded: an account, a tax status, a line."""
    fields: tuple[str, ...]


@contextmanager
def as_one_act() -> Iterator[list[Part]]:
    """What is recorded inside becomes a part of one act, whose own entry the caller writes afterwards.

    Hands are left all the same.
    """
    parts: list[Part] = []
    token = _act.set(parts)
    try:
        yield parts
    finally:
        _act.reset(token)


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """Entries that are recorded inside name this origin."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


class AuditEntry(Frozen):
    """One entry of the trail; `seq` says the order in which they were written, over all tenants: it is not shown."""

    seq: int
    number: int | None
    """In the tenant's own chain; None until its transaction has ended."""
    at: datetime
    actor: str
    action: str
    subject: str
    subject_id: str
    detail: dict[str, Any]
    origin: str | None
    personal: dict[str, Any] | None
    """None where there never was any, or it was erased."""


class Apart(NamedTuple):
    """Fields split for `record`: what stays for ever (`detail`) and what may be erased (`personal`)."""

    detail: dict[str, Any]
    personal: Mapping[str, Any] = MappingProxyType({})


async def record(
    tx: TenantTransaction,
    *,
    actor: str,
    action: str,
    subject: str,
    subject_id: str,
    detail: dict[str, Any] | Apart | None = None,
) -> None:
    """Append an entry. `detail` holds before and after; no secret and no bank detail (rules.md, Words and content).

    What tells who somebody is (mail address, network address) belongs into the `personal` of an `Apart`: it can be
    erased later.
    """
    told = detail if isinstance(detail, Apart) else Apart(detail=detail or {})
    await _append(tx, actor, action, subject, [(subject_id, told.detail)], told.personal)


async def record_each(
    tx: TenantTransaction, *, actor: str, action: str, subject: str, entries: Sequence[tuple[str, dict[str, Any]]]
) -> None:
    """The same action for many: an entry for each id with its detail, in this order, in one statement."""
    await _append(tx, actor, action, subject, entries, {})


async def _append(
    tx: TenantTransaction,
    actor: str,
    action: str,
    subject: str,
    entries: Sequence[tuple[str, dict[str, Any]]],
    personal: Mapping[str, Any],
) -> None:
    if (act := _act.get()) is not None:
        act += [
            Part(action, subject, id, _recorded(detail), tuple(sorted({*detail, *personal}))) for id, detail in entries
        ]
        await hands.note(tx, actor=actor, action=action, subject=subject, entries=entries, apart=tuple(personal))
        return
    come_from = _origin.get() or Origin()
    beside = {**personal, **({"address": come_from.address} if come_from.address else {})}
    data = json.dumps(beside, ensure_ascii=False, sort_keys=True, default=str)
    salts = [secrets.token_bytes(16) for _ in entries]
    commitments = [commitment(salt, data) if beside else None for salt in salts]
    rows = await tx.fetch(
        """
        INSERT INTO audit_entries (tenant_id, actor, action, subject, subject_id, detail, origin, commitment)
        SELECT $1, $2, $3, $4, subject_id, detail, $5, commitment
          FROM unnest($6::text[], $7::jsonb[], $8::bytea[]) WITH ORDINALITY
               AS e (subject_id, detail, commitment, position)
         ORDER BY position RETURNING seq, commitment
        """,
        tx.tenant.id,
        actor,
        action,
        subject,
        come_from.words,
        [id for id, _ in entries],
        [detail for _, detail in entries],
        commitments,
    )
    if beside:
        seq_of = {row["commitment"]: row["seq"] for row in rows}
        await tx.executemany(
            "INSERT INTO audit_personal (tenant_id, seq, salt, data) VALUES ($1, $2, $3, $4)",
            [(tx.tenant.id, seq_of[made], salt, data) for made, salt in zip(commitments, salts, strict=True)],
        )
    await hands.note(tx, actor=actor, action=action, subject=subject, entries=entries, apart=tuple(personal))


def _recorded(detail: Mapping[str, Any]) -> str | None:
    return next((str(detail[name]) for name in ("account", "record", "commission") if detail.get(name)), None)


_PERSONAL = frozenset(
    {"name", "email", "phone", "external_id", "supplement", "street", "zip", "city"}
    | {"vat_id", "tax_number", "business_id", "coupon"}
)
"""Fields of partners and customers that tell who somebody is (a sole trader's tax number and a coupon may, too)."""


def apart(fields: dict[str, Any]) -> Apart:
    """Fields of a partner or customer as `record` takes them: what may be erased later beside what stays."""
    return Apart(
        detail={name: value for name, value in fields.items() if name not in _PERSONAL},
        personal={name: value for name, value in fields.items() if name in _PERSONAL},
    )


def commitment(salt: bytes, data: str) -> bytes:
    """What the chain holds in place of personal data: without the salt nobody can try names against it."""
    return hashlib.sha256(salt + data.encode()).digest()


class AuditFilter(Frozen):
    """Which entries are wanted; None: all. Instants from `since` on until before `before`."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    before: datetime | None = None


_ALL = AuditFilter()


async def list_entries(
    tx: TenantTransaction,
    wanted: AuditFilter = _ALL,
    *,
    after: int | None = None,
    limit: int = 50,
) -> tuple[list[AuditEntry], int | None]:
    """Newest first; the second value is the cursor of the next page, a number of this tenant's chain."""
    where = Conditions(tx.tenant.id)
    equal = {
        "e.subject": wanted.subject,
        "e.subject_id": wanted.subject_id,
        "e.actor": wanted.actor,
        "e.action": wanted.action,
    }
    for column, value in equal.items():
        if value is not None:
            where.require(f"{column} = {{}}", value)
    if after is not None:
        where.require(f"e.seq < ({_SEQ_OF_NUMBER} AND number = {{}})", after)
    # Numbers and times rise together, but for entries written at once: an hour around is surely enough, and keeps the
    # list in the order of one index.
    if wanted.since is not None:
        where.require("e.at >= {}", wanted.since)
        where.require(f"e.seq >= ({_SEQ} AND at >= {{}} ORDER BY at LIMIT 1)", wanted.since - _AROUND)
    if wanted.before is not None:
        where.require("e.at < {}", wanted.before)
        where.require(f"e.seq <= ({_SEQ} AND at < {{}} ORDER BY at DESC LIMIT 1)", wanted.before + _AROUND)
    rows = await tx.fetch(
        f"""
        SELECT e.seq, c.number, e.at, e.actor, e.action, e.subject, e.subject_id, e.detail, e.origin, p.data AS personal
          FROM audit_entries e
          LEFT JOIN audit_chain c ON c.tenant_id = e.tenant_id AND c.seq = e.seq
          LEFT JOIN audit_personal p ON p.tenant_id = e.tenant_id AND p.seq = e.seq
         WHERE e.tenant_id = $1 {where} ORDER BY e.seq DESC LIMIT {where.parameter(limit + 1)}
        """,
        *where.parameters,
    )
    found = [_entry(row) for row in rows[:limit]]
    return found, (found[-1].number if len(rows) > limit else None)


async def known(tx: TenantTransaction, what: Literal["actor", "action", "subject"]) -> list[str]:
    """All actors, actions or kinds of object that the trail names, in order: one step in the index for each."""
    rows = await tx.fetch(
        f"""
        WITH RECURSIVE step AS (
            (SELECT {what} AS named FROM audit_entries WHERE tenant_id = $1 ORDER BY {what} LIMIT 1)
            UNION ALL
            SELECT (SELECT {what} FROM audit_entries WHERE tenant_id = $1 AND {what} > step.named
                     ORDER BY {what} LIMIT 1)
              FROM step WHERE step.named IS NOT NULL)
        SELECT named FROM step WHERE named IS NOT NULL LIMIT 500
        """,
        tx.tenant.id,
    )
    return [row["named"] for row in rows]


async def erase_personal(tx: TenantTransaction, seqs: Sequence[int], *, actor: str, reason: str) -> int:
    """Erase what lies beside these entries (GDPR, Art. 17). The entries and their chain stay. Returns how many."""
    erased: int = await tx.fetchval("SELECT erase_audit_personal($1)", list(seqs))
    await record(
        tx,
        actor=actor,
        action="audit.personal_data_erased",
        subject="audit",
        subject_id=tx.tenant.slug,
        detail={"entries": sorted(seqs)[:1000], "erased": erased, "reason": reason},
    )
    return erased


async def entries_about(tx: TenantTransaction, word: str) -> list[int]:
    """Entries beside which this value lies (a mail address, a name): what a wish to be erased is about."""
    rows = await tx.fetch(
        """
        SELECT p.seq FROM audit_personal p
         WHERE p.tenant_id = $1
           AND EXISTS (SELECT 1 FROM jsonb_path_query(p.data::jsonb, '$.**') v WHERE v #>> '{}' = $2)
         ORDER BY p.seq
        """,
        tx.tenant.id,
        word,
    )
    return [row["seq"] for row in rows]


def _entry(row: Any) -> AuditEntry:
    members = dict(row)
    personal = members.pop("personal")
    return AuditEntry(**members, personal=None if personal is None else json.loads(personal))
