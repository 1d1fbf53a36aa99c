"""A partner who is owed money, but for whom the document table allows no document: a person must mend the data.

There is never a wrong document instead (§ 14c UStG). The question closes as soon as a document is possible.
"""

from uuid import UUID

from ledger import due, tasks
from ledger.database import Connection
from ledger.due import Reason
from ledger.types import PartnerId, Tenant

KIND = "partner_without_document"


async def ask_or_close(db: Connection, tenant: Tenant, partner_id: PartnerId) -> bool:
    """Bring the question about this partner to what is true now. True while it is open. Raises NotFound."""
    owed = await due.of_partner(db, tenant, partner_id)
    blocked = owed.waits_for(Reason.NO_DOCUMENT)
    if blocked is None:
        await tasks.close_questions(
            db, tenant, subject="partner", subject_id=str(partner_id), kinds=(KIND,), by="engine"
        )
        return False
    await tasks.ask(
        db,
        tenant,
        kind=KIND,
        subject="partner",
        subject_id=str(partner_id),
        reason=blocked.sentence,
        detail={"code": blocked.code, "net_cents": blocked.cents, "lines": blocked.lines},
        links={"partner": f"/api/v1/partners/{owed.partner_code}"},
    )
    return True


async def look_again_at(db: Connection, tenant: Tenant, partner_id: PartnerId) -> None:
    """The partner's data were changed: an open question may be answered."""
    if KIND in await tasks.open_kinds(db, tenant, subject="partner", subject_id=str(partner_id)):
        await ask_or_close(db, tenant, partner_id)


async def look_again(db: Connection, tenant: Tenant) -> None:
    """Whatever was mended meanwhile, and a year that has ended: every open question is judged anew."""
    rows = await db.fetch(
        "SELECT subject_id FROM tasks WHERE tenant_id = $1 AND kind = $2 AND state = 'open' LIMIT 500", tenant.id, KIND
    )
    for row in rows:
        await ask_or_close(db, tenant, PartnerId(UUID(row["subject_id"])))
