"""Questions to VIES about partners' VAT ids and the answers: a row first, then the engine; an answer never changes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field

from ledger import clock, tasks, tax_numbers
from ledger.audit import audit, hands
from ledger.database import Ledger, TenantTransaction
from ledger.plain_text import cleaned
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound
from ledger.tax.tax_facts import status_on
from ledger.types import Frozen, PartnerId, Submitted, TaxStatus, Tenant

TASK = "vat_id_unproven"
NUMBER_TASK = "tax_number_not_true"
RENEWED_BEFORE = timedelta(days=5)
"""So long before the last answer is too old it is asked for again."""
_MOST_SHOWN = 50


class VatAnswer(StrEnum):
    """How a question ended. `refused`: VIES does not take it; `unanswered`: nobody answered for two weeks."""

    VALID = "valid"
    INVALID = "invalid"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


class VatCheck(Frozen):
    """A question with its answer, if there is one. `request_id` is the consultation number, which proves it.

    `failure` is what VIES said last while it did not answer. `recorded_by`: who read the answer on the page of VIES.
    """

    id: UUID
    partner_id: PartnerId
    vat_id: str
    asked_by: str
    asked_at: datetime
    tries: int
    failure: str | None
    failed_at: datetime | None
    answer: VatAnswer | None
    answered_at: datetime | None
    requester: str | None
    request_id: str | None
    request_date: date | None
    asked: dict[str, Any] | None
    told: dict[str, Any] | None
    recorded_by: str | None

    @property
    def proves(self) -> bool:
        """Whether it is a yes that can be shown to an auditor."""
        return self.answer is VatAnswer.VALID and self.request_id is not None


class Question(Frozen):
    """What is asked now: the number, the tenant's own one, and what the partner is called."""

    vat_id: str
    requester: str | None
    name: str
    street: str | None
    zip: str | None
    city: str | None
    tries: int

    @property
    def sent(self) -> dict[str, Any]:
        """As the row keeps it."""
        return self.model_dump(include={"name", "street", "zip", "city"}, exclude_none=True)


class Answered(Frozen):
    """What came back, or why nothing will."""

    answer: VatAnswer
    failure: str | None = None
    request_id: str | None = None
    request_date: date | None = None
    told: dict[str, Any] | None = None


class ProofByHand(Submitted):
    """What somebody read on the page of VIES: the consultation number and its day."""

    request_id: str = Field(min_length=4, max_length=60, pattern=r"^[A-Za-z0-9_-]+$", examples=["WAPIAAAAX1YZ2345"])
    request_date: date = Field(examples=["2026-11-30"])


_COLUMNS = """id, partner_id, vat_id, asked_by, asked_at, tries, failure, failed_at, answer, answered_at, requester,
       request_id, request_date, asked, told, recorded_by"""


async def want(tx: TenantTransaction, partner: PartnerId, vat_id: str, *, by: str) -> VatCheck:
    """The open question about this number: a new one, or the one that waits already, to be asked now."""
    row = await tx.fetchrow(
        f"""
        INSERT INTO vat_checks (tenant_id, partner_id, vat_id, asked_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, partner_id, vat_id) WHERE answer IS NULL DO UPDATE SET announced_at = NULL
        RETURNING {_COLUMNS}
        """,
        tx.tenant.id,
        partner,
        vat_id,
        by,
    )
    return VatCheck.from_row(row or {})


async def want_for(tx: TenantTransaction, partner: PartnerId, *, by: str) -> VatCheck:
    """The question about the partner's VAT id in force, asked by a person. Raises NotAllowedNow where there is none."""
    vat_id = await in_force(tx, partner)
    if vat_id is None:
        raise NotAllowedNow("no_vat_id_in_force")
    check = await want(tx, partner, vat_id, by=by)
    await audit.record(
        tx,
        actor=by,
        action="partner.vat_check_wanted",
        subject="partner",
        subject_id=str(partner),
        detail={"check": str(check.id)},
    )
    return check


async def in_force(tx: TenantTransaction, partner: PartnerId) -> str | None:
    """The VAT id that VIES could know of the partner's status of today (Europe/Berlin)."""
    found = await tx.fetchval(
        f"SELECT s.vat_id FROM partners p {status_on('$3::date')} WHERE p.tenant_id = $1 AND p.id = $2",
        tx.tenant.id,
        partner,
        clock.today(),
    )
    return known_form(found)


def known_form(vat_id: str | None) -> str | None:
    """As VIES takes it; None for what is no VAT id, as in rows of before they were checked."""
    if not vat_id:
        return None
    try:
        return tax_numbers.vat_id(vat_id)
    except NotAcceptable:
        return None


async def get_question(tx: TenantTransaction, check: UUID) -> Question | None:
    """What is to be sent. None where it has ended. Raises NotFound."""
    row = await tx.fetchrow(
        """
        SELECT c.vat_id, c.tries, c.answer, t.vat_id AS requester, p.name, p.street, p.zip, p.city
          FROM vat_checks c JOIN tenants t ON t.id = c.tenant_id
          JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
         WHERE c.tenant_id = $1 AND c.id = $2
        """,
        tx.tenant.id,
        check,
    )
    if row is None:
        raise NotFound("vat_check_not_found")
    if row["answer"] is not None:
        return None
    return Question.from_row(row, requester=known_form(row["requester"]))


async def note_failure(tx: TenantTransaction, check: UUID, code: str) -> None:
    """Nobody answered, by VIES's word or ours; the question goes on to wait."""
    await tx.execute(
        """
        UPDATE vat_checks SET tries = tries + 1, failure = $3, failed_at = now()
         WHERE tenant_id = $1 AND id = $2 AND answer IS NULL
        """,
        tx.tenant.id,
        check,
        code,
    )


async def answer(tx: TenantTransaction, check: UUID, question: Question | None, answered: Answered) -> VatCheck | None:
    """Keep the answer, once; a no and a refusal are tasks, a yes closes them. None where another one stands already."""
    row = await tx.fetchrow(
        f"""
        UPDATE vat_checks SET answer = $3, answered_at = now(), requester = $4, request_id = $5, request_date = $6,
               asked = $7, told = $8, tries = tries + 1, failure = COALESCE($9, failure),
               failed_at = CASE WHEN $9 IS NULL THEN failed_at ELSE now() END
         WHERE tenant_id = $1 AND id = $2 AND answer IS NULL RETURNING {_COLUMNS}
        """,
        tx.tenant.id,
        check,
        answered.answer,
        question and question.requester,
        answered.request_id,
        answered.request_date,
        question and question.sent,
        answered.told,
        answered.failure,
    )
    if row is None:
        return None
    kept = VatCheck.from_row(row)
    await _tell(tx, kept)
    return kept


async def record_by_hand(tx: TenantTransaction, partner: PartnerId, proof: ProofByHand, *, by: str) -> VatCheck:
    """A yes that somebody read on the page of VIES; it leaves a hand on the partner.

    Raises NotAcceptable (a day to come), NotAllowedNow (no number).
    """
    if proof.request_date > clock.today():
        raise NotAcceptable("day_in_future")
    await hands.hold_partner(tx, partner)
    open_check = await want_for(tx, partner, by=by)
    row = await tx.fetchrow(
        f"""
        UPDATE vat_checks SET answer = 'valid', answered_at = now(), request_id = $3, request_date = $4,
               recorded_by = $5
         WHERE tenant_id = $1 AND id = $2 RETURNING {_COLUMNS}
        """,
        tx.tenant.id,
        open_check.id,
        cleaned(proof.request_id),
        proof.request_date,
        by,
    )
    kept = VatCheck.from_row(row or {})
    await audit.record(
        tx,
        actor=by,
        action="partner.vat_proof_recorded",
        subject="partner",
        subject_id=str(partner),
        detail={"check": str(kept.id), "request_id": kept.request_id, "request_date": proof.request_date.isoformat()},
    )
    await _tell(tx, kept)
    return kept


async def _tell(tx: TenantTransaction, check: VatCheck) -> None:
    about = str(check.partner_id)
    match check.answer:
        case VatAnswer.VALID:
            await tasks.close_questions(tx, subject="partner", subject_id=about, kinds=(TASK,), by="engine")
            return
        case VatAnswer.INVALID:
            why = Reason.of("vat_id_not_valid", vat_id=check.vat_id)
        case VatAnswer.REFUSED:
            why = Reason.of("vat_check_refused", vat_id=check.vat_id, said=check.failure or "?")
        case _:
            why = Reason.of("vat_check_unanswered", vat_id=check.vat_id)
    await tasks.ask(
        tx,
        tasks.NewTask(kind=TASK, subject="partner", subject_id=about, reason=why, detail={"check": str(check.id)}),
    )


async def list_of_partner(tx: TenantTransaction, partner: PartnerId) -> list[VatCheck]:
    """The newest first, at most 50."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM vat_checks WHERE tenant_id = $1 AND partner_id = $2 ORDER BY seq DESC LIMIT $3",
        tx.tenant.id,
        partner,
        _MOST_SHOWN,
    )
    return [VatCheck.from_row(row) for row in rows]


async def want_due(tx: TenantTransaction, *, at_most: int) -> int:
    """Ask anew about active partners whose number has no answer, or one that will be too old soon. How many."""
    rows = await tx.fetch(
        f"""
        SELECT p.id, s.vat_id FROM tenants t JOIN partners p ON p.tenant_id = t.id {status_on("$2::date")}
         WHERE t.id = $1 AND p.status = 'active' AND s.vat_id IS NOT NULL
           AND NOT EXISTS (SELECT FROM vat_checks c
                            WHERE c.tenant_id = t.id AND c.partner_id = p.id AND c.vat_id = s.vat_id
                              AND (c.answer IS NULL
                                   OR c.answered_at > now() - make_interval(days => t.vat_proof_days) + $3::interval))
         ORDER BY p.seq LIMIT $4
        """,
        tx.tenant.id,
        clock.today(),
        RENEWED_BEFORE,
        at_most,
    )
    wanted = [(row["id"], vat_id) for row in rows if (vat_id := known_form(row["vat_id"])) is not None]
    for partner, vat_id in wanted:
        await want(tx, partner, vat_id, by="engine")
    return len(wanted)


async def ask_about_numbers(tx: TenantTransaction, partners: Sequence[PartnerId] | None = None) -> int:
    """A task for each active partner whose numbers of today could not be handed in any more; those mended are closed.

    Returns how many are wrong. `partners`: only these.
    """
    rows = await tx.fetch(
        f"""
        SELECT p.id, p.country_code, s.status, s.vat_id, s.tax_number FROM partners p {status_on("$2::date")}
         WHERE p.tenant_id = $1 AND p.status = 'active' AND s.status IS NOT NULL
           AND ($3::uuid[] IS NULL OR p.id = ANY ($3))
        """,
        tx.tenant.id,
        clock.today(),
        partners,
    )
    asked = {
        row["subject_id"]
        for row in await tx.fetch(
            "SELECT subject_id FROM tasks WHERE tenant_id = $1 AND kind = $2 AND state = 'open'",
            tx.tenant.id,
            NUMBER_TASK,
        )
    }
    wrong = 0
    for row in rows:
        about = str(row["id"])
        why = tax_numbers.why_not(TaxStatus(row["status"]), row["vat_id"], row["tax_number"], row["country_code"])
        if why is not None:
            wrong += 1
            await tasks.ask(tx, tasks.NewTask(kind=NUMBER_TASK, subject="partner", subject_id=about, reason=why.reason))
        elif about in asked:
            await tasks.close_questions(tx, subject="partner", subject_id=about, kinds=(NUMBER_TASK,), by="engine")
    return wrong


async def list_to_announce(ledger: Ledger, *, older_than: timedelta, at_most: int) -> list[tuple[Tenant, UUID]]:
    """Questions that the engine has still to be told of, over all tenants, the oldest first."""
    async with ledger.without_tenant() as db:
        rows = await db.fetch("SELECT * FROM find_vat_checks_to_announce($1, $2)", older_than, at_most)
    return [(Tenant.from_row(row), row["id"]) for row in rows]


async def mark_announced(tx: TenantTransaction, check: UUID) -> None:
    """Keeps that the engine knows of it."""
    await tx.execute(
        "UPDATE vat_checks SET announced_at = now() WHERE tenant_id = $1 AND id = $2 AND answer IS NULL",
        tx.tenant.id,
        check,
    )
