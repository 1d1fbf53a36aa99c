"""The pair of tokens of a connection that was granted by OAuth (lexoffice API, OAuth2).

A connection has exactly one valid pair, and each refresh replaces it. So one process at a time refreshes, under a lock
on the pair's row; whoever waited finds another generation and takes it; the new pair is committed before it is used.
What can be lost is the answer between lexoffice and our commit: the next refresh then tells (`GrantEnded`, or a pair).
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from ledger import tasks
from ledger.connections import connecting, connection_health, connections
from ledger.database import Ledger, TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow
from ledger.types import LEXOFFICE, Frozen, Tenant
from ledger.vault import Vault

CONSENT_MINUTES = 10

GRANT_ENDED = Reason.of("grant_ended")
CLIENT_REFUSED = Reason.of("oauth_client_rejected")
NOT_SET_UP = Reason.of("oauth_not_set_up")

_LEEWAY = timedelta(minutes=2)
"""An access token is renewed so long before its end, or in the last tenth of a short life."""
_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=5)
"""The authorization server blocks whoever hammers (lexoffice API, Rate limits): pauses double up to this."""


class TokenPair(Frozen):
    """What the token endpoint has answered."""

    access_token: SecretStr
    refresh_token: SecretStr
    lives_seconds: int
    """Of the access token."""
    scopes: str | None


class GrantEnded(Frozen):
    """lexoffice will answer this refresh token with no pair again."""

    reason: Reason = GRANT_ENDED


class NoAnswer(Frozen):
    """Nobody answered, or not now. Whether the token was used up is not known."""


Renewal = TokenPair | GrantEnded | NoAnswer
AskForPair = Callable[[SecretStr], Awaitable[Renewal]]


class HeldAccess(Frozen):
    """An access token, and which pair it belongs to."""

    token: SecretStr
    generation: int
    is_near_its_end: bool


class GrantLost(NotAllowedNow):
    """lexoffice has ended it. The connection has been marked as broken if it was used, with a task."""


class RenewalPaused(NotAllowedNow):
    """The authorization server does not answer; the next refresh waits a little."""

    def __init__(self) -> None:
        super().__init__("oauth_server_away")


class NotConnectedByOAuth(NotAllowedNow):
    """The connection has no pair of tokens: it was made with an API key, or not at all."""

    def __init__(self) -> None:
        super().__init__("not_connected_by_oauth")


class Returned(Frozen):
    """A person has come back from the consent page that this session was sent to."""

    verifier: SecretStr


async def current(ledger: Ledger, tenant: Tenant, vault: Vault) -> HeldAccess:
    """The stored access token. Raises NotConnectedByOAuth, CannotDecrypt."""
    async with ledger.transaction(tenant) as tx:
        return _access(await _row(tx), vault)


async def renewed(ledger: Ledger, tenant: Tenant, vault: Vault, *, seen: int, ask: AskForPair) -> HeldAccess:
    """The access token after generation `seen`: another process's if there is a newer one, else by one refresh.

    `ask` must not use this pool: those who wait for the lock may hold all of its connections.
    Raises GrantLost (the connection is marked as broken), RenewalPaused, NotConnectedByOAuth.
    """
    async with ledger.transaction(tenant) as tx:
        row = await _row(tx, lock=True)
        if row["generation"] != seen:
            return _access(row, vault)
        if row["is_paused"]:
            raise RenewalPaused
        answer = await ask(SecretStr(vault.decrypt(row["refresh_token_encrypted"])))
        if isinstance(answer, TokenPair):
            return await keep_pair(tx, vault, answer)
        if isinstance(answer, GrantEnded):
            await _ended(tx, answer.reason)
        else:
            await _pause(tx, failures=row["failures"])
    # Raised out here, so that what was written stands.
    raise GrantLost(answer.reason.code, **answer.reason.params) if isinstance(answer, GrantEnded) else RenewalPaused()


async def keep_pair(tx: TenantTransaction, vault: Vault, pair: TokenPair) -> HeldAccess:
    """Store a pair in place of the one before."""
    await tx.execute(
        """
        INSERT INTO oauth_tokens AS t (tenant_id, provider, refresh_token_encrypted, access_token_encrypted,
                                       access_expires_at)
        VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 second')
        ON CONFLICT (tenant_id, provider) DO UPDATE SET
               generation = EXCLUDED.generation, refresh_token_encrypted = EXCLUDED.refresh_token_encrypted,
               access_token_encrypted = EXCLUDED.access_token_encrypted, obtained_at = EXCLUDED.obtained_at,
               access_expires_at = EXCLUDED.access_expires_at, failures = 0, not_before = NULL
        """,
        tx.tenant.id,
        LEXOFFICE,
        vault.encrypt(pair.refresh_token.get_secret_value()),
        vault.encrypt(pair.access_token.get_secret_value()),
        pair.lives_seconds,
    )
    return _access(await _row(tx), vault)


async def refresh_token(tx: TenantTransaction, vault: Vault) -> SecretStr | None:
    """For revoking it. Waits for a refresh that is under way, and keeps others out. None where there is no pair.

    Whoever changes the connection takes this lock first and that of provider_connections second, as a refresh does
    that ends in a broken connection.
    """
    try:
        row = await _row(tx, lock=True)
    except NotConnectedByOAuth:
        return None
    return SecretStr(vault.decrypt(row["refresh_token_encrypted"]))


async def lock(tx: TenantTransaction) -> None:
    """Keep refreshes out until the end of the transaction."""
    await tx.execute(
        "SELECT 1 FROM oauth_tokens WHERE tenant_id = $1 AND provider = $2 FOR UPDATE", tx.tenant.id, LEXOFFICE
    )


async def forget_pair(tx: TenantTransaction) -> None:
    """Deletes the stored pair of tokens; none stored is no error."""
    await tx.execute("DELETE FROM oauth_tokens WHERE tenant_id = $1 AND provider = $2", tx.tenant.id, LEXOFFICE)


async def send_out(
    tx: TenantTransaction, vault: Vault, *, state: SecretStr, verifier: SecretStr, session: UUID
) -> None:
    """Remember whom we send to lexoffice's consent page."""
    await tx.execute(
        "DELETE FROM oauth_consents WHERE tenant_id = $1 AND started_at < now() - interval '1 day'", tx.tenant.id
    )
    await tx.execute(
        """
        INSERT INTO oauth_consents (tenant_id, state_hmac, session_id, verifier_encrypted) VALUES ($1, $2, $3, $4)
        """,
        tx.tenant.id,
        vault.recognise(state.get_secret_value()),
        session,
        vault.encrypt(verifier.get_secret_value()),
    )


async def take_back(tx: TenantTransaction, vault: Vault, *, state: str, session: UUID) -> Returned | None:
    """Once, in the session that was sent out, within ten minutes; None for everybody else."""
    stored = await tx.fetchval(
        """
        UPDATE oauth_consents SET used_at = now()
         WHERE tenant_id = $1 AND state_hmac = ANY ($2) AND session_id = $3 AND used_at IS NULL
           AND started_at > now() - $4 * interval '1 minute'
        RETURNING verifier_encrypted
        """,
        tx.tenant.id,
        vault.recognise_under_all_keys(state),
        session,
        CONSENT_MINUTES,
    )
    return None if stored is None else Returned(verifier=SecretStr(vault.decrypt(stored)))


async def _ended(tx: TenantTransaction, reason: Reason) -> None:
    """A grant that is used breaks the connection; one beside an API key that is used is forgotten, and said."""
    if (await connections.get(tx, LEXOFFICE)).uses_oauth:
        await connection_health.mark_broken(tx, reason)
        return
    await forget_pair(tx)
    await connecting.forget_grant(tx)
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind="oauth_grant_ended",
            subject="connection",
            subject_id=LEXOFFICE,
            reason=Reason.of("grant_ended_key_used"),
            links={"connection": "/api/v1/providers/lexoffice"},
        ),
    )


async def _pause(tx: TenantTransaction, *, failures: int) -> None:
    await tx.execute(
        """
        UPDATE oauth_tokens SET failures = failures + 1, not_before = clock_timestamp() + $3
         WHERE tenant_id = $1 AND provider = $2
        """,
        tx.tenant.id,
        LEXOFFICE,
        min(_FIRST_PAUSE * 2 ** min(failures, 10), _LONGEST_PAUSE),
    )


async def _row(tx: TenantTransaction, *, lock: bool = False) -> Any:
    row = await tx.fetchrow(
        f"""
        SELECT generation, refresh_token_encrypted, access_token_encrypted, failures,
               COALESCE(not_before > clock_timestamp(), false) AS is_paused,
               access_expires_at - LEAST($3, (access_expires_at - obtained_at) / 10) < clock_timestamp()
                   AS is_near_its_end
          FROM oauth_tokens WHERE tenant_id = $1 AND provider = $2 {"FOR UPDATE" if lock else ""}
        """,
        tx.tenant.id,
        LEXOFFICE,
        _LEEWAY,
    )
    if row is None:
        raise NotConnectedByOAuth
    return row


def _access(row: Any, vault: Vault) -> HeldAccess:
    return HeldAccess(
        token=SecretStr(vault.decrypt(row["access_token_encrypted"])),
        generation=row["generation"],
        is_near_its_end=row["is_near_its_end"],
    )
