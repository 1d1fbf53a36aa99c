"""A partner who is owed money, but for whom the document table allows no document: a person must mend the data.

There is never a wrong document instead (§ 14c UStG). The question closes as soon as a document is possible. Where a
status is corrected for days that were settled already, the documents of then are wrong now: that is a question, too.
"""

from uuid import UUID

from ledger import tasks
from ledger.database import TenantTransaction
from ledger.payouts import due
from ledger.reasons import Reason
from ledger.tax.tax_facts import status_on
from ledger.types import PartnerId

KIND = "partner_without_document"
OTHER_CASE = "documents_of_another_tax_case"
_MOST_NAMED = 50


async def ask_or_close(tx: TenantTransaction, partner_id: PartnerId) -> bool:
    """Bring the question about this partner to what is true now. True while it is open. Raises NotFound."""
    owed = await due.of_partner(tx, partner_id)
    blocked = owed.waits_for(due.NotDue.NO_DOCUMENT)
    if blocked is None:
        await tasks.close_questions(tx, subject="partner", subject_id=str(partner_id), kinds=(KIND,), by="engine")
        return False
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=KIND,
            subject="partner",
            subject_id=str(partner_id),
            reason=blocked.why,
            detail={"code": blocked.code, "net_cents": blocked.cents, "lines": blocked.lines},
            links={"partner": f"/api/v1/partners/{owed.partner_code}"},
        ),
    )
    return True


async def reexamine(tx: TenantTransaction, partner_id: PartnerId) -> None:
    """The partner's data were changed: an open question may be answered."""
    if KIND in await tasks.open_kinds(tx, subject="partner", subject_id=str(partner_id)):
        await ask_or_close(tx, partner_id)


async def look_again(tx: TenantTransaction) -> None:
    """Whatever was mended meanwhile, and a year that has ended: every open question is judged anew."""
    rows = await tx.fetch(
        "SELECT subject_id FROM tasks WHERE tenant_id = $1 AND kind = $2 AND state = 'open' LIMIT 500",
        tx.tenant.id,
        KIND,
    )
    for row in rows:
        await ask_or_close(tx, PartnerId(UUID(row["subject_id"])))


async def ask_about_documents(tx: TenantTransaction, partner_id: PartnerId) -> None:
    """Credit notes that exist and, by what is recorded now, would be of another tax case (§ 14c UStG: a VAT that is
    shown wrongly is owed until the document is corrected). The question closes when there are none."""
    rows = await tx.fetch(
        f"""
        SELECT DISTINCT o.seq, o.number
          FROM commissions c
          JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
          JOIN payout_lines l ON l.tenant_id = c.tenant_id AND l.commission_id = c.id AND l.released_at IS NULL
          JOIN payouts o ON o.tenant_id = l.tenant_id AND o.id = l.payout_id
          {status_on("c.service_date")}
         WHERE c.tenant_id = $1 AND c.partner_id = $2 AND c.state IN ('in_payout', 'paid') AND c.tax_case IS NULL
           AND o.state IN ('outcome_unknown', 'credit_note_open', 'paid')
           AND o.tax_case IS DISTINCT FROM
               CASE WHEN s.status = 'small_business' AND s.confirmed_year <> extract(year FROM c.service_date) THEN NULL
                    ELSE s.status END
         ORDER BY o.seq LIMIT $3
        """,
        tx.tenant.id,
        partner_id,
        _MOST_NAMED,
    )
    if not rows:
        await tasks.close_questions(tx, subject="partner", subject_id=str(partner_id), kinds=(OTHER_CASE,), by="engine")
        return
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=OTHER_CASE,
            subject="partner",
            subject_id=str(partner_id),
            reason=Reason.of("tax_case_of_documents_changed"),
            detail={"payouts": [row["number"] for row in rows]},
        ),
    )
