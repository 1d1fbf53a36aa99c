"""Whether a provider answers to what is stored: broken, whole again, or refusing documents; a person is asked."""

from ledger import tasks
from ledger.connections import connections
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.types import LEXOFFICE


async def mark_broken(tx: TenantTransaction, reason: Reason, *, provider: str = LEXOFFICE) -> None:
    """The provider refuses the key or has revoked it.

    A connection without a key is not broken, and stays as it is.
    """
    broken = await tx.fetchval(
        """
        UPDATE provider_connections SET state = 'broken', state_reason_code = $3, state_reason_params = $4,
                                        checked_at = now()
         WHERE tenant_id = $1 AND provider = $2 AND has_credential
        RETURNING true
        """,
        tx.tenant.id,
        provider,
        reason.code,
        reason.params,
    )
    if broken:
        await tasks.ask(tx, _connection_task(reason, provider))


async def ask_for_connection(tx: TenantTransaction, reason: Reason, *, provider: str = LEXOFFICE) -> None:
    """One question for all that waits for the connection; one that is open already keeps its own reason."""
    open_already = await tx.fetchval(
        """
        SELECT EXISTS (SELECT 1 FROM tasks WHERE tenant_id = $1 AND state = 'open' AND kind = 'connection_broken'
                                            AND subject = 'connection' AND subject_id = $2)
        """,
        tx.tenant.id,
        provider,
    )
    if not open_already:
        await tasks.ask(tx, _connection_task(reason, provider))


def _connection_task(reason: Reason, provider: str) -> tasks.NewTask:
    return tasks.NewTask(
        kind="connection_broken",
        subject="connection",
        subject_id=provider,
        reason=reason,
        actions=("done",),
        links={"connection": f"/api/v1/providers/{provider}"},
    )


async def ask_about_access(tx: TenantTransaction, *, provider: str = LEXOFFICE) -> None:
    """The connection stands, and lexoffice refuses documents to it all the same (402, 403).

    A broken one has its task already.
    """
    if (await connections.get(tx, provider)).state == "connected":
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind="access_refused",
                subject="connection",
                subject_id=provider,
                reason=Reason.of("access_refused"),
                links={"connection": f"/api/v1/providers/{provider}"},
            ),
        )


async def mark_connected(tx: TenantTransaction, *, provider: str = LEXOFFICE) -> None:
    """lexoffice has answered to what is stored: what was broken is whole."""
    await tx.execute(
        """
        UPDATE provider_connections SET state = 'connected', state_reason_code = NULL, state_reason_params = NULL,
                                        checked_at = now()
         WHERE tenant_id = $1 AND provider = $2 AND has_credential
        """,
        tx.tenant.id,
        provider,
    )
    await close_broken(tx, by="engine", provider=provider)


async def close_broken(tx: TenantTransaction, *, by: str, provider: str = LEXOFFICE) -> None:
    """Whoever connected anew has answered the question."""
    await tasks.close_questions(
        tx, subject="connection", subject_id=provider, kinds=("connection_broken", "access_refused"), by=by
    )
