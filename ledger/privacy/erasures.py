"""What an erasure did, what the law keeps of it and until when, and what it could not reach."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.types import Frozen

Subject = Literal["partner", "customer"]
GONE = "gelöscht"
"""Stands where a name must stand."""

VOUCHERS = ("§ 147 Abs. 1 Nr. 4, Abs. 3 AO", "§ 257 Abs. 1 Nr. 4, Abs. 4 HGB", "§ 14b Abs. 1 UStG")
"""Vouchers and invoices (Gutschriften are invoices): eight years from the end of the year."""
VOUCHER_YEARS = 8
BOOKS = ("§ 147 Abs. 1 Nr. 1, Abs. 3 AO", "§ 257 Abs. 1 Nr. 1, Abs. 4 HGB")
"""Books and accounts: ten years from the end of the year."""
BOOK_YEARS = 10

UNREACHED = (
    "unreached_backups",
    "unreached_histories",
    "unreached_lexoffice",
    "unreached_stripe",
    "unreached_mails",
    "unreached_bank",
    "unreached_answers",
    "unreached_exports",
    "unreached_trail",
)
"""Where copies may lie that no erasure of ours reaches; each is a sentence in words/."""


class Erased(Frozen):
    """`what` is a code of words/; `count` of the rows that it was in."""

    what: str
    count: int


class Kept(Frozen):
    """`what` is a code of words/, `paragraphs` say which law keeps it, `until` is the last day."""

    what: str
    count: int
    paragraphs: tuple[str, ...]
    until: date


class Erasure(Frozen):
    """`is_finished`: nothing is kept. Else the rest goes by itself after the last `until`."""

    subject: Subject
    subject_id: UUID
    erased: tuple[Erased, ...]
    kept: tuple[Kept, ...]
    not_reached: tuple[str, ...] = UNREACHED
    is_finished: bool


class PastErasure(Frozen):
    """An erasure that was carried out, newest first in lists."""

    id: UUID
    subject: Subject
    subject_id: UUID
    reason: str
    erased_by: str
    erased_at: datetime
    kept_until: date | None
    finished_at: datetime | None


def end_of_duty(day: date, years: int) -> date:
    """The time begins with the end of the year (§ 147 Abs. 4 AO, § 257 Abs. 5 HGB, § 14b Abs. 1 Satz 3 UStG)."""
    return date(day.year + years, 12, 31)


def counted(counts: Mapping[str, int]) -> tuple[Erased, ...]:
    """Codes with their counts; what was nowhere is left out."""
    return tuple(Erased(what=what, count=count) for what, count in counts.items() if count)


async def note(tx: TenantTransaction, erasure: Erasure, *, by: str, reason: str) -> None:
    """The row that tells it, and the entry in the trail. Neither names the person."""
    kept_until = max((kept.until for kept in erasure.kept), default=None)
    await tx.execute(
        """
        INSERT INTO erasures (tenant_id, subject, subject_id, reason, erased_by, outcome, kept_until, finished_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $7::date IS NULL THEN now() END)
        """,
        tx.tenant.id,
        erasure.subject,
        erasure.subject_id,
        reason,
        by,
        erasure.model_dump(mode="json", exclude={"not_reached"}),
        kept_until,
    )
    await audit.record(
        tx,
        actor=by,
        action=f"{erasure.subject}.erased",
        subject=erasure.subject,
        subject_id=str(erasure.subject_id),
        detail={"reason": reason, "kept_until": None if kept_until is None else kept_until.isoformat()},
    )


async def finish(tx: TenantTransaction, subject: Subject, subject_id: UUID) -> None:
    """What earlier ones had to keep has gone, too."""
    await tx.execute(
        """
        UPDATE erasures SET finished_at = now()
         WHERE tenant_id = $1 AND subject = $2 AND subject_id = $3 AND finished_at IS NULL
        """,
        tx.tenant.id,
        subject,
        subject_id,
    )


async def list_due(tx: TenantTransaction, today: date) -> list[tuple[Subject, UUID]]:
    """Whose duty to be kept has ended: partners first, as they are locked (docs/locks.md)."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT subject, subject_id FROM erasures
         WHERE tenant_id = $1 AND finished_at IS NULL AND kept_until < $2
         ORDER BY subject DESC LIMIT 100
        """,
        tx.tenant.id,
        today,
    )
    return [(row["subject"], row["subject_id"]) for row in rows]


async def list_past(tx: TenantTransaction, *, limit: int = 100) -> list[PastErasure]:
    """The newest first."""
    rows = await tx.fetch(
        """
        SELECT id, subject, subject_id, reason, erased_by, erased_at, kept_until, finished_at
          FROM erasures WHERE tenant_id = $1 ORDER BY erased_at DESC, id LIMIT $2
        """,
        tx.tenant.id,
        limit,
    )
    return [PastErasure.from_row(row) for row in rows]


async def forget_beside_trail(tx: TenantTransaction, subject: str, subject_id: UUID, words: list[str | None]) -> int:
    """Personal data beside entries about this subject, or that hold one of these words. Returns how many."""
    rows = await tx.fetch(
        """
        SELECT p.seq FROM audit_personal p JOIN audit_entries e ON e.tenant_id = p.tenant_id AND e.seq = p.seq
         WHERE p.tenant_id = $1 AND e.subject = $2 AND e.subject_id = $3
        """,
        tx.tenant.id,
        subject,
        str(subject_id),
        timeout=SECONDS,
    )
    found = {row["seq"] for row in rows}
    for word in words:
        if word:
            found.update(await audit.entries_about(tx, word))
    forgotten: int = await tx.fetchval("SELECT erase_audit_personal($1)", sorted(found), timeout=SECONDS)
    return forgotten


SECONDS = 60.0
"""For statements that look through what has no index: an erasure is rare, and is waited for."""
