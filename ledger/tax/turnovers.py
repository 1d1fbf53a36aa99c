"""Until when a regular partner may get a credit note of lexoffice, which is no e-invoice (§ 27 Abs. 38 UStG).

For services of 2027 the tenant's turnover of the year before decides (over 800,000 € it may no longer), asked each
January; from 2028 on an admin must say why. [K] whose turnover counts for a Gutschrift: we take the issuer's.
Up to 250 € gross (§ 33 UStDV) neither holds.
"""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import Field

from ledger import clock, tasks
from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, require_reason
from ledger.tax.document_rules import BlockedBy
from ledger.tax.strategies import strategies
from ledger.types import DocumentStrategy, Frozen, TaxCase

LIMIT_CENTS = 80_000_000
TASK = "turnover_unanswered"
SMALL_AMOUNT_CENTS = 25_000
_FIRST_YEAR, _FOR_ALL = 2027, 2028


class Answer(Frozen):
    """Whether the turnover of `year` was above the limit."""

    year: int
    above_limit: bool
    answered_by: str
    answered_at: datetime


class Turnovers(Frozen):
    """What is answered, by the year of the turnover, and why a credit note may be written from 2028 on."""

    above_limit: dict[int, bool] = Field(default_factory=dict)
    confirmed: bool = False


async def turnovers(tx: TenantTransaction) -> Turnovers:
    """What the tenant has answered."""
    rows = await tx.fetch("SELECT year, above_limit FROM turnover_answers WHERE tenant_id = $1", tx.tenant.id)
    confirmed = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM credit_note_confirmations WHERE tenant_id = $1)", tx.tenant.id
    )
    return Turnovers(above_limit={row["year"]: row["above_limit"] for row in rows}, confirmed=confirmed)


async def list_answers(tx: TenantTransaction) -> list[Answer]:
    """All answers, the latest year first."""
    rows = await tx.fetch(
        """
        SELECT year, above_limit, answered_by, answered_at FROM turnover_answers WHERE tenant_id = $1 ORDER BY year DESC
        """,
        tx.tenant.id,
    )
    return [Answer.from_row(row) for row in rows]


def bar(case: TaxCase, days: Sequence[date], gross_cents: int, known: Turnovers) -> BlockedBy | None:
    """Why lexoffice may write no credit note over services of these days any more, or None."""
    if case is not TaxCase.REGULAR or gross_cents <= SMALL_AMOUNT_CENTS or not days:
        return None
    if max(days).year >= _FOR_ALL and not known.confirmed:
        return BlockedBy.of("e_invoice_from_2028")
    if any(day.year == _FIRST_YEAR for day in days) and known.above_limit.get(_FIRST_YEAR - 1):
        return BlockedBy.of("e_invoice_from_2027", year=_FIRST_YEAR - 1)
    return None


def question(
    case: TaxCase, strategy: DocumentStrategy, days: Sequence[date], gross_cents: int, known: Turnovers
) -> int | None:
    """The year whose turnover decides about services of these days and is not answered; None: nothing is open."""
    of_lexoffice = strategy is DocumentStrategy.LEXOFFICE_CREDIT_NOTE
    if case is not TaxCase.REGULAR or not of_lexoffice or gross_cents <= SMALL_AMOUNT_CENTS:
        return None
    years = {day.year - 1 for day in days if day.year == _FIRST_YEAR}
    return next((year for year in sorted(years) if year not in known.above_limit), None)


async def answer(tx: TenantTransaction, year: int, *, above_limit: bool, by: str) -> None:
    """The answer for a year; a later one takes its place. Raises NotAcceptable for a year to come."""
    if not 2020 <= year <= clock.today().year:
        raise NotAcceptable("turnover_of_a_year_to_come")
    await tx.execute(
        """
        INSERT INTO turnover_answers (tenant_id, year, above_limit, answered_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, year) DO UPDATE SET above_limit = $3, answered_by = $4, answered_at = now()
        """,
        tx.tenant.id,
        year,
        above_limit,
        by,
    )
    await audit.record(
        tx,
        actor=by,
        action="documents.turnover_answered",
        subject="tenant",
        subject_id=str(tx.tenant.id),
        detail={"year": year, "above_limit": above_limit},
    )
    await tasks.close_questions(tx, subject="tenant", subject_id=str(year), kinds=(TASK,), by=by)


async def confirm_credit_notes(tx: TenantTransaction, *, reason: str, by: str) -> None:
    """An admin says why regular partners may still get credit notes of lexoffice from 2028 on. Raises NotAcceptable."""
    require_reason(reason := reason.strip())
    await tx.execute(
        """
        INSERT INTO credit_note_confirmations (tenant_id, reason, confirmed_by) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id) DO UPDATE SET reason = $2, confirmed_by = $3, confirmed_at = now()
        """,
        tx.tenant.id,
        reason,
        by,
    )
    await audit.record(
        tx,
        actor=by,
        action="documents.credit_notes_confirmed",
        subject="tenant",
        subject_id=str(tx.tenant.id),
        detail={"reason": reason},
    )


async def ask_or_close(tx: TenantTransaction) -> None:
    """From January on the question about the year before, while lexoffice writes what regular partners get."""
    today = clock.today()
    if today.year < _FIRST_YEAR:
        return
    year, known = today.year - 1, await turnovers(tx)
    asked = (await strategies(tx))[TaxCase.REGULAR] is DocumentStrategy.LEXOFFICE_CREDIT_NOTE
    if not asked or year in known.above_limit:
        await tasks.close_questions(tx, subject="tenant", subject_id=str(year), kinds=(TASK,), by="engine")
        return
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=TASK,
            subject="tenant",
            subject_id=str(year),
            reason=Reason.of("turnover_unanswered", year=year),
        ),
    )
