"""The question what a booking is that names us and proves nothing: asked when it is told, closed when it is decided."""

from uuid import UUID

from ledger import tasks
from ledger.database import TenantTransaction
from ledger.reasons import Reason

SUBJECT = "statement"
_KIND = "bank_booking_unclear"


async def ask(tx: TenantTransaction, entry: UUID, why: Reason) -> None:
    """Somebody must look: money may have left, or come back, otherwise than we know."""
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=_KIND,
            subject=SUBJECT,
            subject_id=str(entry),
            reason=why,
            links={"bank_entries": "/api/v1/bank-entries"},
        ),
    )


async def close(tx: TenantTransaction, entry: UUID, *, by: str) -> None:
    """It is compared anew, assigned or set aside."""
    await tasks.close_questions(tx, subject=SUBJECT, subject_id=str(entry), kinds=(_KIND,), by=by)
