"""Handing a document out, and what is known of its way to the partner.

A document counts from its delivery on (rules.md): opened on the partner's page, handed over by a person, or accepted by
the partner's mail server and not bounced within 24 hours. Until then no bank file pays it (own_document_effective_at).
"""

from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from ledger import tasks
from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.documents.own import issuing
from ledger.documents.own.issuing import OwnDocumentRow
from ledger.mail.mail_kinds import MailKind
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow, NotFound, require_reason
from ledger.types import BERLIN, Frozen

UNDELIVERED = "own_document_undelivered"
LATE = "own_document_late"
SUBJECT = "own_document"
"""Of questions and of the trail; no 'payout': answering one is no decision about the payout."""
_ACTIONS = {UNDELIVERED: ("send_again", "handed_over"), LATE: ("done",)}

_OUTCOMES = {"sent": "accepted", "refused": "refused", "no_address": "no_address", "given_up": "given_up"}
_WHY = {
    "refused": "own_document_refused",
    "no_address": "own_document_without_address",
    "given_up": "own_document_given_up",
}


class _Told(NamedTuple):
    how: str
    outcome: str
    by: str
    mail: UUID | None = None
    note: str | None = None


class Delivery(Frozen):
    """One attempt, or what a person said. `bounced_at`: the mail came back after it had been accepted."""

    id: UUID
    how: Literal["mail", "page", "hand"]
    outcome: Literal["accepted", "refused", "no_address", "given_up", "opened", "handed_over"]
    at: datetime
    told_by: str
    note: str | None
    bounced_at: datetime | None
    bounced_by: str | None
    bounce: str | None


async def hand_out(tx: TenantTransaction, document: OwnDocumentRow) -> OwnDocumentRow:
    """Note that the document leaves the house, and write its mail: both committed before the first byte is sent.

    The caller holds the payout, so that a `cancel` comes before or after. Handed out already: changes nothing. A
    partner without a mail address: a question to a person. Raises NotAllowedNow (closed).
    """
    row = await tx.fetchrow(
        f"""
        UPDATE own_documents SET handed_out_at = now()
         WHERE tenant_id = $1 AND id = $2 AND handed_out_at IS NULL AND closed_at IS NULL RETURNING {issuing.COLUMNS}
        """,
        tx.tenant.id,
        document.id,
    )
    if row is None:
        known = await issuing.get(tx, document.id)
        if known.closed_at is not None:
            raise NotAllowedNow("own_document_is_out")
        return known
    handed_out = OwnDocumentRow.from_row(row)
    if not await _write_mail(tx, handed_out):
        await _note(tx, handed_out, _Told("mail", "no_address", "engine"))
        await _ask(tx, UNDELIVERED, handed_out, Reason.of(_WHY["no_address"], number=handed_out.number))
    return handed_out


async def send_again(tx: TenantTransaction, number: str, *, by: str, reason: str) -> OwnDocumentRow:
    """Write the mail once more, to the address of now.

    Raises NotFound, NotAcceptable (no reason), NotAllowedNow (not handed out yet, no address).
    """
    document = await issuing.get_by_number(tx, number)
    await _send_again(tx, document, by=by, reason=reason)
    await _close_question(tx, document, by=by)
    return document


async def answer(tx: TenantTransaction, number: str, action: str, *, by: str, reason: str) -> None:
    """What a person says to UNDELIVERED, which the caller ends. Raises as send_again and mark_delivered."""
    document = await issuing.get_by_number(tx, number)
    if action == "send_again":
        await _send_again(tx, document, by=by, reason=reason)
    else:
        await _reach(tx, document, "hand", by=by, note=reason)


async def _send_again(tx: TenantTransaction, document: OwnDocumentRow, *, by: str, reason: str) -> None:
    require_reason(reason)
    _require_out(document)
    if not await _write_mail(tx, document):
        raise NotAllowedNow("partner_gets_no_mail")
    await _record(tx, document, "own_document.sent_again", by=by, detail={"reason": reason})


async def note_mail_end(tx: TenantTransaction, mail: UUID, number: str, outcome: str) -> None:
    """How the mail with this document ended (outbox.end). What did not arrive is a question to a person."""
    if outcome not in _OUTCOMES:
        return
    document = await issuing.get_by_number(tx, number)
    if not await _note(tx, document, _Told("mail", _OUTCOMES[outcome], "engine", mail)):
        return
    if outcome == "sent":
        await _close_question(tx, document, by="engine")
    elif not await has_reached_somebody(tx, document.id):
        await _ask(tx, UNDELIVERED, document, Reason.of(_WHY[outcome], number=document.number))


async def mark_delivered(
    tx: TenantTransaction, document: OwnDocumentRow, how: Literal["page", "hand"], *, by: str, note: str | None = None
) -> None:
    """The partner has it: opened on its page (the first time counts), or handed over in another way, as `note` says.

    Raises NotAcceptable (no note of a person), NotAllowedNow (not handed out yet).
    """
    if await _reach(tx, document, how, by=by, note=note):
        await _close_question(tx, document, by=by)


async def _reach(
    tx: TenantTransaction, document: OwnDocumentRow, how: Literal["page", "hand"], *, by: str, note: str | None
) -> bool:
    _require_out(document)
    if how == "hand":
        require_reason(note or "")
    outcome = "opened" if how == "page" else "handed_over"
    if not await _note(tx, document, _Told(how, outcome, by, note=note or None)):
        return False
    await tx.execute(
        "UPDATE own_documents SET delivered_at = now() WHERE tenant_id = $1 AND id = $2 AND delivered_at IS NULL",
        tx.tenant.id,
        document.id,
    )
    action = "own_document.opened" if how == "page" else "own_document.handed_over"
    await _record(tx, document, action, by=by, detail={"note": note} if note else {})
    return True


async def note_bounce(
    tx: TenantTransaction, *, number: str | None = None, mail: UUID | None = None, by: str, why: str | None = None
) -> OwnDocumentRow:
    """A mail that the server had taken came back: the newest of this document, or the one of this id. Again: nothing.

    Raises NotFound (no such document or mail), NotAllowedNow (no mail of it was accepted).
    """
    row = await tx.fetchrow(
        """
        SELECT d.id AS document_id, v.id, v.bounced_at
          FROM own_documents d
          LEFT JOIN own_document_deliveries v ON v.tenant_id = d.tenant_id AND v.document_id = d.id
                                             AND v.outcome = 'accepted' AND ($3::uuid IS NULL OR v.mail_id = $3)
         WHERE d.tenant_id = $1 AND ($2::text IS NULL OR d.number = $2) AND ($3::uuid IS NULL OR v.mail_id = $3)
         ORDER BY v.seq DESC NULLS LAST LIMIT 1
        """,
        tx.tenant.id,
        number,
        mail,
    )
    if row is None:
        raise NotFound("own_document_not_found")
    document = await issuing.get(tx, row["document_id"])
    if row["id"] is None:
        raise NotAllowedNow("own_document_not_mailed")
    done = await tx.execute(
        """
        UPDATE own_document_deliveries SET bounced_at = now(), bounced_by = $3, bounce = $4
         WHERE tenant_id = $1 AND id = $2 AND bounced_at IS NULL
        """,
        tx.tenant.id,
        row["id"],
        by,
        (why or "").strip()[:500] or None,
    )
    if done.endswith(" 0"):
        return document
    await _record(tx, document, "own_document.bounced", by=by, detail={})
    if not await has_reached_somebody(tx, document.id):
        await _ask(tx, UNDELIVERED, document, Reason.of("own_document_bounced", number=document.number))
    return document


async def is_effective(tx: TenantTransaction, document: UUID) -> datetime | None:
    """Since when the document counts as delivered; None while nobody can know."""
    found: datetime | None = await tx.fetchval("SELECT own_document_effective_at($1, $2)", tx.tenant.id, document)
    return found


async def has_reached_somebody(tx: TenantTransaction, document: UUID) -> bool:
    """Whether the partner has seen it, or a person says so: then no bounce undoes it."""
    return bool(
        await tx.fetchval(
            """
            SELECT true FROM own_document_deliveries
             WHERE tenant_id = $1 AND document_id = $2 AND outcome IN ('opened', 'handed_over') LIMIT 1
            """,
            tx.tenant.id,
            document,
        )
    )


async def list_deliveries(tx: TenantTransaction, document: UUID) -> list[Delivery]:
    """All that is known of its way, the oldest first."""
    rows = await tx.fetch(
        """
        SELECT id, how, outcome, at, told_by, note, bounced_at, bounced_by, bounce FROM own_document_deliveries
         WHERE tenant_id = $1 AND document_id = $2 ORDER BY seq
        """,
        tx.tenant.id,
        document,
    )
    return [Delivery.from_row(row) for row in rows]


async def settle(tx: TenantTransaction, *, today: date) -> int:
    """Once a day: keep the instant of delivery where it is certain by now, and ask about what was not delivered by the
    end of the month of its date, as input VAT then belongs to a later one. Returns how many questions are new."""
    await tx.execute(
        """
        UPDATE own_documents d SET delivered_at = e.at
          FROM (SELECT id, own_document_effective_at(tenant_id, id) AS at FROM own_documents
                 WHERE tenant_id = $1 AND handed_out_at IS NOT NULL AND delivered_at IS NULL) e
         WHERE d.tenant_id = $1 AND d.id = e.id AND e.at IS NOT NULL
        """,
        tx.tenant.id,
    )
    month = today.replace(day=1)
    rows = await tx.fetch(
        f"""
        SELECT {issuing.COLUMNS} FROM own_documents d
         WHERE d.tenant_id = $1 AND d.closed_at IS NULL AND d.tax_cents <> 0 AND d.erased_at IS NULL
           AND d.issued_on < $2 AND d.issued_on >= $2 - interval '13 months'
           AND NOT EXISTS (SELECT FROM own_document_deliveries v
                            WHERE v.tenant_id = d.tenant_id AND v.document_id = d.id
                              AND v.at < date_trunc('month', d.issued_on + interval '1 month')
                                         AT TIME ZONE 'Europe/Berlin'
                              AND (v.outcome IN ('opened', 'handed_over')
                                   OR v.outcome = 'accepted'
                                      AND (v.bounced_at IS NULL OR v.bounced_at > v.at + interval '24 hours')))
           AND NOT EXISTS (SELECT FROM tasks t WHERE t.tenant_id = d.tenant_id AND t.kind = $3
                                                 AND t.subject = $4 AND t.subject_id = d.number)
         ORDER BY d.seq LIMIT 500
        """,
        tx.tenant.id,
        month,
        LATE,
        SUBJECT,
    )
    for row in rows:
        document = OwnDocumentRow.from_row(row)
        reason = Reason.of(
            "own_document_late",
            number=document.number,
            month=document.issued_on.isoformat()[:7],
            earliest=await _month_of_delivery(tx, document, month),
        )
        await _ask(tx, LATE, document, reason)
    return len(rows)


async def _month_of_delivery(tx: TenantTransaction, document: OwnDocumentRow, month: date) -> str:
    effective = await is_effective(tx, document.id)
    return (effective.astimezone(BERLIN).date() if effective else month).isoformat()[:7]


def _require_out(document: OwnDocumentRow) -> None:
    if document.handed_out_at is None:
        raise NotAllowedNow("own_document_not_handed_out")


async def _write_mail(tx: TenantTransaction, document: OwnDocumentRow) -> bool:
    """False where there is nobody to write to. No setting switches this mail off: it delivers the document."""
    return bool(
        await tx.fetchval(
            """
            INSERT INTO mails (tenant_id, kind, partner_id, address, about)
            SELECT q.tenant_id, $3, q.id, q.email, d.number
              FROM own_documents d JOIN partners q ON q.tenant_id = d.tenant_id AND q.id = d.partner_id
             WHERE d.tenant_id = $1 AND d.id = $2 AND q.email IS NOT NULL
            RETURNING true
            """,
            tx.tenant.id,
            document.id,
            MailKind.OWN_DOCUMENT,
        )
    )


async def _note(tx: TenantTransaction, document: OwnDocumentRow, told: _Told) -> bool:
    """False where it stands there already: the same mail's end, a second opening."""
    return bool(
        await tx.fetchval(
            """
            INSERT INTO own_document_deliveries (tenant_id, document_id, how, outcome, told_by, mail_id, note)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING true
            """,
            tx.tenant.id,
            document.id,
            *told,
        )
    )


async def _ask(tx: TenantTransaction, kind: str, document: OwnDocumentRow, reason: Reason) -> None:
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=kind,
            subject=SUBJECT,
            subject_id=document.number,
            reason=reason,
            actions=_ACTIONS[kind],
            links={"own_document": f"/api/v1/own-documents/{document.id}"},
        ),
    )


async def _close_question(tx: TenantTransaction, document: OwnDocumentRow, *, by: str) -> None:
    await tasks.close_questions(tx, subject=SUBJECT, subject_id=document.number, kinds=(UNDELIVERED,), by=by)


async def _record(tx: TenantTransaction, document: OwnDocumentRow, action: str, *, by: str, detail: Any) -> None:
    await audit.record(
        tx,
        actor=by,
        action=action,
        subject=SUBJECT,
        subject_id=str(document.id),
        detail={"number": document.number, **detail},
    )
