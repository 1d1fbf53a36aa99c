"""The event subscriptions that we made at lexoffice: their tokens, and whether they stand.

lexoffice can send no header of ours, so each subscription's address carries a token of its own. The token is in
lexoffice's list and nowhere here: it is recognised by its HMAC.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from asyncpg import Record
from pydantic import SecretStr

from ledger import tasks
from ledger.connections import connections, webhook_tokens
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.types import LEXOFFICE, Frozen
from ledger.vault import Vault

AFTERLIFE = timedelta(hours=1)
"""What lexoffice has sent before a subscription was removed may still arrive, and be repeated for some minutes."""

_LONGEST_SET_UP = timedelta(minutes=30)
"""Twice what the next sweep takes to begin it; whatever has not ended by then does not run."""

KIND: Final = "subscription"
TASK = "subscriptions_failing"


class Subscribed(Frozen):
    """One subscription as people see it: never its token."""

    event_type: str
    subscription_id: UUID
    since: datetime
    seen_at: datetime | None


class Health(Frozen):
    """`state`: unknown, healthy or failing; `reason`: what is wrong; `pending`: a set-up was asked for and runs.

    One that failed does not run, though the next sweep tries it again; nor does one that nobody can make without a key.
    """

    state: str
    reason: Reason | None
    checked_at: datetime | None
    pending: bool
    subscriptions: tuple[Subscribed, ...]


async def mint(tx: TenantTransaction, vault: Vault, *, event_type: str, address: str) -> SecretStr:
    """A token for one subscription that is about to be registered. It is stored before lexoffice learns of it."""
    token = await webhook_tokens.create(tx, vault, use=webhook_tokens.TokenUse(kind=KIND), actor="engine")
    await tx.execute(
        """
        INSERT INTO event_subscriptions (tenant_id, token_id, event_type, address)
        SELECT tenant_id, id, $3, $4 FROM webhook_tokens WHERE tenant_id = $1 AND token_hmac = $2
        """,
        tx.tenant.id,
        vault.recognise(token.get_secret_value()),
        event_type,
        address,
    )
    return token


async def registered(tx: TenantTransaction, vault: Vault, token: SecretStr, subscription_id: UUID | None) -> None:
    """lexoffice named the subscription that carries this token; None: it has refused it, and the token ends."""
    await tx.execute(
        """
        UPDATE event_subscriptions s
           SET subscription_id = $3, seen_at = CASE WHEN $3::uuid IS NOT NULL THEN now() END,
               ended_at = CASE WHEN $3::uuid IS NULL THEN now() END
          FROM webhook_tokens t
         WHERE s.tenant_id = $1 AND t.tenant_id = $1 AND t.id = s.token_id AND t.token_hmac = $2
        """,
        tx.tenant.id,
        vault.recognise(token.get_secret_value()),
        subscription_id,
    )
    if subscription_id is None:
        await _end_tokens(tx)


async def recognise(tx: TenantTransaction, vault: Vault, listed: dict[UUID, str]) -> dict[UUID, tuple[UUID, datetime]]:
    """Which of these subscriptions (id: token in its address) carry a token that we minted and that still works.

    Returns token id and age by subscription. They are noted as seen; one whose answer was lost gets its id here.
    """
    marks = {mark: id for id, token in listed.items() for mark in vault.recognise_under_all_keys(token)}
    rows = await tx.fetch(
        """
        UPDATE event_subscriptions s SET subscription_id = l.id, seen_at = now(), ended_at = NULL
          FROM webhook_tokens t, unnest($2::bytea[], $3::uuid[]) AS l (mark, id)
         WHERE s.tenant_id = $1 AND t.tenant_id = $1 AND t.id = s.token_id AND t.token_hmac = l.mark
           AND t.kind = $4 AND (t.expires_at IS NULL OR t.expires_at > now() + $5)
        RETURNING l.id, s.token_id, s.created_at
        """,
        tx.tenant.id,
        list(marks),
        list(marks.values()),
        KIND,
        AFTERLIFE,
    )
    return {row["id"]: (row["token_id"], row["created_at"]) for row in rows}


async def removed(tx: TenantTransaction, subscription_id: UUID) -> None:
    """The subscription is gone at lexoffice: its token ends when nothing it sent can still arrive."""
    await tx.execute(
        """
        UPDATE event_subscriptions SET ended_at = COALESCE(ended_at, now())
         WHERE tenant_id = $1 AND subscription_id = $2
        """,
        tx.tenant.id,
        subscription_id,
    )
    await _end_tokens(tx)


async def end_unlisted(tx: TenantTransaction, listed: Sequence[UUID]) -> None:
    """lexoffice lists these and no others: the rest of ours is gone, deleted there or never made."""
    await tx.execute(
        """
        UPDATE event_subscriptions SET ended_at = now()
         WHERE tenant_id = $1 AND ended_at IS NULL
           AND (subscription_id <> ALL ($2) OR (subscription_id IS NULL AND created_at < now() - $3::interval))
        """,
        tx.tenant.id,
        list(listed),
        AFTERLIFE,
    )
    await _end_tokens(tx)


async def conclude(tx: TenantTransaction, *, problem: Reason | None, asked_at: datetime | None) -> None:
    """Remember how the upkeep ended; a problem is asked about, once.

    Only the wish of `asked_at` has ended: who asked later may know of something that was not seen, such as a new key.
    """
    await tx.execute(
        """
        INSERT INTO sweep_states (tenant_id, provider, subscriptions_state, subscriptions_code, subscriptions_params,
                                  subscriptions_checked_at)
        VALUES ($1, $2, $3, $4, $5, now())
        ON CONFLICT (tenant_id, provider) DO UPDATE SET
               subscriptions_state = EXCLUDED.subscriptions_state, subscriptions_code = EXCLUDED.subscriptions_code,
               subscriptions_params = EXCLUDED.subscriptions_params,
               subscriptions_checked_at = EXCLUDED.subscriptions_checked_at,
               subscriptions_wanted_at = NULLIF(sweep_states.subscriptions_wanted_at, $6)
        """,
        tx.tenant.id,
        LEXOFFICE,
        "failing" if problem else "healthy",
        problem and problem.code,
        problem and problem.params,
        asked_at,
    )
    if problem:
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind=TASK,
                subject="connection",
                subject_id=LEXOFFICE,
                reason=problem,
                links={"subscriptions": "/api/v1/providers/lexoffice/subscriptions"},
            ),
        )
    else:
        await tasks.close_questions(tx, subject="connection", subject_id=LEXOFFICE, kinds=(TASK,), by="engine")


async def want_set_up(tx: TenantTransaction) -> None:
    """A person asks for it: the next sweep does it if the engine cannot be told now."""
    await tx.execute(
        """
        INSERT INTO sweep_states (tenant_id, provider, subscriptions_wanted_at) VALUES ($1, $2, now())
        ON CONFLICT (tenant_id, provider) DO UPDATE SET subscriptions_wanted_at = now()
        """,
        tx.tenant.id,
        LEXOFFICE,
    )


async def wanted_since(tx: TenantTransaction) -> datetime | None:
    """When the last person asked for a set-up that has not ended."""
    asked_at: datetime | None = await tx.fetchval(
        "SELECT subscriptions_wanted_at FROM sweep_states WHERE tenant_id = $1 AND provider = $2",
        tx.tenant.id,
        LEXOFFICE,
    )
    return asked_at


async def health(tx: TenantTransaction) -> Health:
    """What the last check found; no call of lexoffice."""
    state = await tx.fetchrow(
        """
        SELECT subscriptions_state, subscriptions_code, subscriptions_params, subscriptions_checked_at,
               subscriptions_wanted_at
          FROM sweep_states WHERE tenant_id = $1 AND provider = $2
        """,
        tx.tenant.id,
        LEXOFFICE,
    )
    rows = await tx.fetch(
        """
        SELECT event_type, subscription_id, created_at AS since, seen_at FROM event_subscriptions
         WHERE tenant_id = $1 AND ended_at IS NULL AND subscription_id IS NOT NULL ORDER BY event_type
        """,
        tx.tenant.id,
    )
    return Health(
        state=state["subscriptions_state"] if state else "unknown",
        reason=Reason.read(state["subscriptions_code"], state["subscriptions_params"]) if state else None,
        checked_at=state["subscriptions_checked_at"] if state else None,
        pending=bool(state and _is_under_way(state)) and (await connections.get(tx, LEXOFFICE)).has_secret,
        subscriptions=tuple(Subscribed.from_row(row) for row in rows),
    )


def _is_under_way(state: Record) -> bool:
    wanted, checked = state["subscriptions_wanted_at"], state["subscriptions_checked_at"]
    if wanted is None or datetime.now(UTC) >= wanted + _LONGEST_SET_UP:
        return False
    # One that was under way when this was wanted ends after it, and does not fulfil it.
    failed = state["subscriptions_state"] == "failing" and checked is not None and checked >= wanted
    return not failed


async def _end_tokens(tx: TenantTransaction) -> None:
    await tx.execute(
        """
        UPDATE webhook_tokens t SET expires_at = now() + $2
          FROM event_subscriptions s
         WHERE t.tenant_id = $1 AND s.tenant_id = $1 AND s.token_id = t.id AND s.ended_at IS NOT NULL
           AND t.expires_at IS NULL
        """,
        tx.tenant.id,
        AFTERLIFE,
    )
