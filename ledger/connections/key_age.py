"""The end of an API key: lexoffice deactivates it 24 months after it was made (lexoffice API, Auth and key life)."""

from ledger import tasks
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.types import LEXOFFICE

_LIFE = "interval '24 months'"
WARNINGS_DAYS = (60, 30, 7)


async def warn(tx: TenantTransaction) -> None:
    """Ask once at each of these days before the end for a new key; a key that was replaced needs no answer."""
    row = await tx.fetchrow(
        f"""
        SELECT ((secret_saved_at + {_LIFE}) AT TIME ZONE 'Europe/Berlin')::date AS ends_on,
               extract(epoch FROM secret_saved_at + {_LIFE} - now())::float8 / 86400 AS days
          FROM provider_connections
         WHERE tenant_id = $1 AND provider = $2 AND secret_saved_at IS NOT NULL AND NOT uses_oauth
        """,
        tx.tenant.id,
        LEXOFFICE,
    )
    if row is None:
        return
    due = [days for days in WARNINGS_DAYS if row["days"] <= days]
    others = tuple(_kind(days) for days in WARNINGS_DAYS if not due or days != due[-1])
    await tasks.close_questions(tx, subject="connection", subject_id=LEXOFFICE, kinds=others, by="engine")
    if not due:
        return
    ends_on = row["ends_on"].isoformat()
    asked = await tx.fetchval(
        """
        SELECT 1 FROM tasks
         WHERE tenant_id = $1 AND kind = $2 AND subject = 'connection' AND subject_id = $3
           AND detail ->> 'ends_on' = $4
        """,
        tx.tenant.id,
        _kind(due[-1]),
        LEXOFFICE,
        ends_on,
    )
    if not asked:
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind=_kind(due[-1]),
                subject="connection",
                subject_id=LEXOFFICE,
                reason=Reason.of("api_key_ends", on=row["ends_on"]),
                detail={"ends_on": ends_on, "days": due[-1]},
                links={"connection": "/api/v1/providers/lexoffice"},
            ),
        )


def _kind(days: int) -> str:
    return f"api_key_ends_in_{days}"
