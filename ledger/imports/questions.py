"""The question to a second person about what a file brought, and when nothing of it waits any more."""

from ledger import tasks
from ledger.database import TenantTransaction
from ledger.imports.standing_partners import SECONDS
from ledger.reasons import Reason

CONFIRM = "import_to_confirm"
"""The kind of the task that asks a second person to look at what a file brought."""


async def ask(tx: TenantTransaction, import_id: str, *, accounts: int, lines: int) -> None:
    """A second person is to look at so many accounts and opening balances."""
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=CONFIRM,
            subject="import",
            subject_id=import_id,
            reason=Reason.of("import_awaits_second_person", accounts=accounts, lines=lines),
            links={"import_id": import_id},
        ),
    )


async def close_done(tx: TenantTransaction, *, by: str) -> None:
    """Close those of which nothing waits: it was confirmed, refused, or replaced by what a later file or person says.

    Called wherever an account or a balance is decided.
    """
    rows = await tx.fetch(
        """
        SELECT t.subject_id FROM tasks t
         WHERE t.tenant_id = $1 AND t.kind = $2 AND t.state = 'open'
           AND NOT EXISTS (
               SELECT 1 FROM import_changes i
                 JOIN partner_bank_details b ON b.tenant_id = i.tenant_id AND b.id = i.about::uuid
                WHERE i.tenant_id = $1 AND i.import_id = t.subject_id::uuid
                  AND i.action = 'partner.bank_details_saved' AND b.state = 'pending' AND b.confirmed_at IS NULL)
           AND NOT EXISTS (
               SELECT 1 FROM import_changes i
                 JOIN manual_lines m ON m.tenant_id = i.tenant_id AND m.commission_id = i.about::uuid
                WHERE i.tenant_id = $1 AND i.import_id = t.subject_id::uuid
                  AND i.action = 'partner.opening_balance_written' AND m.decided_at IS NULL)
        """,
        tx.tenant.id,
        CONFIRM,
        timeout=SECONDS,
    )
    for row in rows:
        await tasks.close_questions(tx, subject="import", subject_id=row["subject_id"], kinds=(CONFIRM,), by=by)
