"""Which mails there are, who gets them, and which of them somebody does not want.

Who gets what when is decided where it happens: by the triggers of functions/mail.sql.
"""

from enum import StrEnum

from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.refusals import NotAcceptable
from ledger.roles import Role
from ledger.types import Frozen, UserId


class MailKind(StrEnum):
    """The kinds of mail; the value stands in rows and in the engine's payloads."""

    APPROVAL_WAITS = "approval_waits"
    TASK_CREATED = "task_created"
    PARTNER_DOCUMENT = "partner_document"
    OWN_DOCUMENT = "own_document"
    BANK_DETAILS_CHANGED = "bank_details_changed"
    BANK_DETAILS_WANTED = "bank_details_wanted"
    COMMISSION_STATEMENT = "commission_statement"
    CONNECTION_BROKEN = "connection_broken"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of mail
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    RESET_LINK = "reset_link"
    INVITATION = "invitation"
    DAILY = "daily"


RECIPIENTS: dict[MailKind, frozenset[Role]] = {
    MailKind.APPROVAL_WAITS: frozenset({Role.APPROVER, Role.ADMIN}),
    MailKind.TASK_CREATED: frozenset({Role.EDITOR, Role.APPROVER, Role.ADMIN}),
    MailKind.CONNECTION_BROKEN: frozenset({Role.ADMIN}),
    MailKind.BANK_DETAILS_CHANGED: frozenset({Role.APPROVER, Role.ADMIN}),
    MailKind.DAILY: frozenset({Role.EDITOR, Role.APPROVER, Role.ADMIN}),
}
"""Roles whose members get it. The triggers name them again; a test compares (tests/ledger/test_said_twice.py)."""

GETS = {kind: roles for kind, roles in RECIPIENTS.items() if kind is not MailKind.BANK_DETAILS_CHANGED}
"""What each person may switch off, and the roles that get it."""

OF_THE_TENANT = frozenset({*GETS, MailKind.PARTNER_DOCUMENT, MailKind.BANK_DETAILS_WANTED})
"""What a whole tenant may switch off. All others are about security, deliver a document, or are owed by law where
partners are Handelsvertreter (a setting of the tenant), and are always sent; so is the head of the audit trail, which
goes to the admins once a day even where the daily mail itself is switched off."""


class Choices(Frozen):
    """What is switched off."""

    by_tenant: frozenset[MailKind]
    by_person: frozenset[MailKind]


async def choices(tx: TenantTransaction, user: UserId | None) -> Choices:
    """Of the tenant, and of this person there."""
    rows = await tx.fetch(
        "SELECT user_id, kind FROM mails_switched_off WHERE tenant_id = $1 AND (user_id IS NULL OR user_id = $2)",
        tx.tenant.id,
        user,
    )
    return Choices(
        by_tenant=frozenset(MailKind(row["kind"]) for row in rows if row["user_id"] is None),
        by_person=frozenset(MailKind(row["kind"]) for row in rows if row["user_id"] is not None),
    )


async def switch(tx: TenantTransaction, user: UserId | None, off: frozenset[MailKind], *, actor: str) -> Choices:
    """From now on exactly these are off: for this person, or for the whole tenant. Raises NotAcceptable."""
    if not off <= (OF_THE_TENANT if user is None else GETS.keys()):
        raise NotAcceptable("mail_always_sent")
    before = await choices(tx, user)
    was = before.by_tenant if user is None else before.by_person
    await tx.execute(
        """
        DELETE FROM mails_switched_off
         WHERE tenant_id = $1 AND user_id IS NOT DISTINCT FROM $2 AND kind <> ALL ($3)
        """,
        tx.tenant.id,
        user,
        list(off),
    )
    await tx.execute(
        """
        INSERT INTO mails_switched_off (tenant_id, user_id, kind) SELECT $1, $2, unnest($3::text[])
        ON CONFLICT DO NOTHING
        """,
        tx.tenant.id,
        user,
        list(off),
    )
    if was != off:
        await audit.record(
            tx,
            actor=actor,
            action="notifications.switched",
            subject="tenant" if user is None else "user",
            subject_id=tx.tenant.slug if user is None else str(user),
            detail={"off": [sorted(was), sorted(off)]},
        )
    return await choices(tx, user)
