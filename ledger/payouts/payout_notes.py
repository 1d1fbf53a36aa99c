"""What people write down about a payout, and sending its document to the partner once more."""

from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.payouts import payouts
from ledger.refusals import NotAcceptable, NotAllowedNow, require_reason


async def write(tx: TenantTransaction, number: str, *, actor: str, note: str) -> None:
    """Add a note to a payout.

    Raises NotFound, NotAcceptable. The trail names the writer; what was written stands in the note itself.
    """
    payout = await payouts.get(tx, number)
    if not 1 <= len(note) <= 2000:
        raise NotAcceptable("note_not_acceptable")
    await tx.execute(
        "INSERT INTO payout_notes (tenant_id, payout_id, written_by, note) VALUES ($1, $2, $3, $4)",
        tx.tenant.id,
        payout.id,
        actor,
        note,
    )
    await audit.record(tx, actor=actor, action="payout.note_written", subject="payout", subject_id=number)


async def send_document_again(tx: TenantTransaction, number: str, *, actor: str, reason: str) -> None:
    """The mail about the credit note goes to the partner once more (functions/mail.sql sends the first one).

    Raises NotFound, NotAcceptable (no reason), NotAllowedNow (no document yet, no address, mails switched off).
    """
    payout = await payouts.get(tx, number)
    require_reason(reason)
    if payout.credit_note_number is None:
        raise NotAllowedNow("payout_has_no_document")
    sent = await tx.fetchval(
        """
        INSERT INTO mails (tenant_id, kind, partner_id, address, about)
        SELECT q.tenant_id, 'partner_document', q.id, q.email, $3 FROM partners q
         WHERE q.tenant_id = $1 AND q.id = $2 AND q.email IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM mails_switched_off s
                            WHERE s.tenant_id = $1 AND s.kind = 'partner_document' AND s.user_id IS NULL)
        RETURNING true
        """,
        tx.tenant.id,
        payout.partner_id,
        number,
    )
    if not sent:
        raise NotAllowedNow("partner_gets_no_mail")
    await audit.record(
        tx,
        actor=actor,
        action="payout.document_sent_again",
        subject="payout",
        subject_id=number,
        detail={"credit_note": payout.credit_note_number, "reason": reason},
    )
