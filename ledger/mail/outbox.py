"""Mails that are to be sent: rows, written in the transaction that causes them (mostly by functions/mail.sql).

A row is announced to the engine like any other (engine.md, Three writes and one hand-over) and ended once. What a mail
says is read when it is sent; from `taken_at` on it is fixed what it speaks of.
"""

from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from ledger.audit import audit_chain
from ledger.database import Connection, Ledger, TenantTransaction
from ledger.mail.mail_kinds import GETS, MailKind
from ledger.roles import Role
from ledger.types import Frozen, PartnerId, Tenant, UserId
from ledger.vault import Vault

BUNDLED = frozenset({MailKind.APPROVAL_WAITS, MailKind.TASK_CREATED, MailKind.BANK_DETAILS_CHANGED})
"""Several of these for one person are one mail (find_mails_to_send says the same); what a partner gets is one each."""
KEPT_DAYS = 60
"""forget_old_mails() says the same."""


class ToSend(Frozen):
    """Where a row is: in a tenant, or with a person alone."""

    tenant: Tenant | None
    user: UserId | None
    id: UUID
    kind: MailKind


class Mail(Frozen):
    """A mail that is to be sent, to a user or to a partner."""

    id: UUID
    kind: MailKind
    user_id: UserId | None
    partner_id: PartnerId | None
    address: str | None
    """Of a partner: where it was to be reached when it happened."""
    about: tuple[str, ...]
    """What happened, oldest first: numbers of payouts, ids of tasks, …"""
    facts: dict[str, Any]
    link: SecretStr | None
    """Token of a one-time link."""
    created_at: datetime
    taken_at: datetime


async def to_announce(ledger: Ledger, *, older_than: timedelta, bundle: timedelta, at_most: int) -> list[ToSend]:
    """Over all tenants. `bundle` is how long one of BUNDLED waits for others to come along.

    A kind that a later release has written is left to its workers.
    """
    async with ledger.without_tenant() as db:
        rows = await db.fetch("SELECT * FROM find_mails_to_send($1, $2, $3)", older_than, bundle, at_most)
    return [
        ToSend(
            tenant=None if row["tenant_id"] is None else Tenant.from_row(row),
            user=row["user_id"],
            id=row["id"],
            kind=MailKind(row["kind"]),
        )
        for row in rows
        if row["kind"] in set(MailKind)
    ]


async def unannounced_of(ledger: Ledger, user: UserId) -> list[ToSend]:
    """What this person is to be told about the own account: links, and what became of the account."""
    async with ledger.of_person(user) as tx:
        rows = await tx.fetch(
            """
            SELECT id, kind FROM mails
             WHERE tenant_id IS NULL AND user_id = $1 AND announced_at IS NULL AND taken_at IS NULL AND ended_at IS NULL
             ORDER BY seq
            """,
            user,
        )
    return [ToSend(tenant=None, user=user, id=row["id"], kind=MailKind(row["kind"])) for row in rows]


async def mark_announced(ledger: Ledger, mail: ToSend) -> None:
    """Keeps that the engine knows of the mail; the first time counts."""
    async with entered(ledger, mail.tenant, mail.user) as db:
        await db.execute("UPDATE mails SET announced_at = COALESCE(announced_at, now()) WHERE id = $1", mail.id)


def entered(ledger: Ledger, tenant: Tenant | None, user: UserId | None) -> AbstractAsyncContextManager[Connection]:
    """A transaction that sees the mail: of its tenant, or of the person whom it is to."""
    if tenant is not None:
        return ledger.transaction(tenant, cause="mail")
    assert user is not None
    return ledger.of_person(user)


async def take(db: Connection, vault: Vault, id: UUID) -> Mail | None:
    """What this mail is to say, fixed by the first who takes it. None when it has ended, or another speaks of it.

    Raises CannotDecrypt.
    """
    row = await db.fetchrow("SELECT * FROM mails WHERE id = $1 FOR UPDATE", id)
    if row is None or row["ended_at"] is not None or row["bundled_in"] is not None:
        return None
    if row["taken_at"] is None:
        await db.execute("UPDATE mails SET taken_at = now() WHERE id = $1", id)
        if row["kind"] in BUNDLED:
            await db.execute(
                """
                UPDATE mails SET taken_at = now(), bundled_in = $1
                 WHERE tenant_id = $2 AND user_id = $3 AND kind = $4 AND taken_at IS NULL AND id <> $1
                """,
                id,
                row["tenant_id"],
                row["user_id"],
                row["kind"],
            )
    told = await db.fetch("SELECT about, taken_at FROM mails WHERE id = $1 OR bundled_in = $1 ORDER BY seq", id)
    return Mail(
        id=id,
        kind=row["kind"],
        user_id=row["user_id"],
        partner_id=row["partner_id"],
        address=row["address"],
        about=tuple(one["about"] for one in told if one["about"] is not None),
        facts=row["facts"],
        link=None if row["link_encrypted"] is None else SecretStr(vault.decrypt(row["link_encrypted"])),
        created_at=row["created_at"],
        taken_at=told[0]["taken_at"],
    )


async def end(db: Connection, id: UUID, outcome: str) -> str | None:
    """Sent, or never to be. The address and the link are forgotten. The first word stands.

    Returns what the mail is about; None where it had ended before.
    """
    rows = await db.fetch(
        """
        UPDATE mails SET ended_at = now(), outcome = $2, address = NULL, link_encrypted = NULL
         WHERE (id = $1 OR bundled_in = $1) AND ended_at IS NULL RETURNING id, about
        """,
        id,
        outcome,
    )
    return next((row["about"] for row in rows if row["id"] == id), None)


async def write_link(db: Connection, vault: Vault, user: UserId, *, purpose: str, token: str) -> None:
    """The one-time link that is being made, to the person whom it lets in. Earlier ones that were not sent end."""
    await db.execute(
        """
        UPDATE mails SET ended_at = now(), outcome = 'over', link_encrypted = NULL,
                         announced_at = COALESCE(announced_at, now()), taken_at = COALESCE(taken_at, now())
         WHERE tenant_id IS NULL AND user_id = $1 AND link_encrypted IS NOT NULL AND ended_at IS NULL
        """,
        user,
    )
    await db.execute(
        "INSERT INTO mails (kind, user_id, link_encrypted) VALUES ($1, $2, $3)",
        MailKind.INVITATION if purpose == "invite" else MailKind.RESET_LINK,
        user,
        vault.encrypt(token),
    )


async def write_daily(tx: TenantTransaction, day: date) -> int:
    """The day's mail to each member who gets one; again on the same day changes nothing. Returns how many are new.

    Admins are told the head of the audit trail: what somebody else keeps is what `audit verify --anchor` needs.
    """
    head = await audit_chain.head(tx)
    rows = await tx.fetch(
        """
        INSERT INTO mails (tenant_id, kind, user_id, about, facts)
        SELECT $1, 'daily', m.user_id, $2,
               jsonb_build_object('digest', s.kind IS NULL)
               || CASE WHEN m.role = $4 THEN jsonb_build_object('head', $5::text, 'links', $6::bigint) ELSE '{}' END
          FROM memberships m
          LEFT JOIN LATERAL (SELECT kind FROM mails_switched_off o
                              WHERE o.tenant_id = $1 AND o.kind = 'daily'
                                AND (o.user_id IS NULL OR o.user_id = m.user_id) LIMIT 1) s ON true
         WHERE m.tenant_id = $1 AND m.disabled_at IS NULL AND m.role = ANY ($3)
           AND (s.kind IS NULL OR m.role = $4)
        ON CONFLICT (tenant_id, user_id, about) WHERE kind = 'daily' DO NOTHING
        RETURNING 1
        """,
        tx.tenant.id,
        day.isoformat(),
        list(GETS[MailKind.DAILY]),
        Role.ADMIN,
        head.hash,
        head.number,
    )
    return len(rows)


async def daily_before(tx: TenantTransaction, mail: Mail) -> tuple[datetime | None, str | None]:
    """When this person's day before began, and the head that stood in that mail."""
    row = await tx.fetchrow(
        """
        SELECT created_at, facts->>'head' AS head FROM mails
         WHERE tenant_id = $1 AND user_id = $2 AND kind = 'daily' AND created_at < $3 AND outcome IN ('sent', 'idle')
         ORDER BY created_at DESC LIMIT 1
        """,
        tx.tenant.id,
        mail.user_id,
        mail.created_at,
    )
    return (None, None) if row is None else (row["created_at"], row["head"])


async def forget_old(ledger: Ledger) -> int:
    """What is older than KEPT_DAYS, in all tenants."""
    async with ledger.without_tenant() as db:
        forgotten: int = await db.fetchval("SELECT forget_old_mails()")
    return forgotten
