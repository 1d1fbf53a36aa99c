"""People: one account each, whichever tenants they work for. Their secrets open for themselves only."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from ledger import mail_addresses
from ledger.access import passwords, totp
from ledger.audit import audit
from ledger.database import Connection, Ledger, TenantTransaction
from ledger.mail import outbox
from ledger.refusals import NotAcceptable, NotFound
from ledger.types import Frozen, UserId
from ledger.vault import Vault

LINK_MINUTES = 30


class User(Frozen):
    """A person's account, without its secrets."""

    id: UserId
    email: str
    name: str | None
    language: str | None
    """In which pages and mails speak; None: not chosen."""
    platform_admin: bool
    disabled_at: datetime | None


class Link(Frozen):
    """What a one-time link opens."""

    id: UUID
    user_id: UserId
    purpose: str


class WrongCode(NotAcceptable):
    """The code of the second factor is none that counts now."""

    def __init__(self) -> None:
        super().__init__("wrong_code")


async def add(ledger: Ledger, email: str, *, name: str | None = None) -> tuple[UserId, bool]:
    """The account of this address, and whether it is new. Raises NotAcceptable."""
    address = mail_addresses.address(email).lower()
    async with ledger.without_tenant() as db:
        row = await db.fetchrow("SELECT * FROM add_user($1, $2)", address, name or None)
    assert row is not None
    return UserId(row["id"]), row["is_new"]


async def set_language(ledger: Ledger, user: UserId, language: str) -> None:
    """In which pages and mails speak to this person."""
    async with ledger.of_person(user) as tx:
        await tx.execute("UPDATE users SET language = $2 WHERE id = $1", user, language)


async def language(ledger: Ledger, user: UserId) -> str | None:
    """None: not chosen."""
    async with ledger.of_person(user) as tx:
        chosen: str | None = await tx.fetchval("SELECT language FROM users WHERE id = $1", user)
    return chosen


async def get_by_email(ledger: Ledger, email: str) -> UserId:
    """The user of a mail address. Raises NotFound."""
    async with ledger.without_tenant() as db:
        found = await db.fetchval("SELECT find_user($1)", email.strip())
    if found is None:
        raise NotFound("user_not_found")
    return UserId(found)


async def get(db: Connection, user: UserId) -> User:
    """In a transaction of this person, or of a tenant where it works. Raises NotFound."""
    row = await db.fetchrow(
        "SELECT id, email, name, language, platform_admin, disabled_at FROM users WHERE id = $1", user
    )
    if row is None:
        raise NotFound("user_not_found")
    return User.from_row(row)


async def set_disabled(ledger: Ledger, user: UserId, *, disabled: bool) -> None:
    """The whole account, in all tenants: its sessions end, its keys stop. By operators only."""
    async with ledger.of_person(user) as tx:
        await tx.execute(
            "UPDATE users SET disabled_at = CASE WHEN $2 THEN COALESCE(disabled_at, now()) END WHERE id = $1",
            user,
            disabled,
        )


async def set_platform_admin(ledger: Ledger, user: UserId, *, platform_admin: bool) -> None:
    """By operators only."""
    async with ledger.of_person(user) as tx:
        await tx.execute("UPDATE users SET platform_admin = $2 WHERE id = $1", user, platform_admin)


# Passwords


async def with_password(ledger: Ledger, email: str, password: str) -> UserId | None:
    """Who logs in; None for an unknown, disabled or uninvited one and for a wrong password, after equal work."""
    async with ledger.without_tenant() as db:
        found = await db.fetchval("SELECT find_user($1)", email.strip()[:300])
    # Nobody's id is asked like anybody's: the same two questions, the same work.
    user = UserId(found or UUID(int=0))
    async with ledger.of_person(user) as tx:
        row = await tx.fetchrow(
            """
            SELECT s.password_hash, u.disabled_at IS NOT NULL AS disabled
              FROM user_secrets s JOIN users u ON u.id = s.user_id WHERE s.user_id = $1
            """,
            user,
        )
    stored = None if row is None else row["password_hash"]
    if not await passwords.matches(stored, password) or row is None or row["disabled"]:
        return None
    if passwords.needs_new_hash(row["password_hash"]):
        await _keep_hash(ledger, user, await passwords.hashed(password), renewed=False)
    return user


async def set_password(ledger: Ledger, user: UserId, password: str) -> None:
    """All sessions of this person end (a trigger sees to it). Raises NotAcceptable for a weak one."""
    async with ledger.of_person(user) as tx:
        known = await get(tx, user)
    passwords.refuse_weak(password, email=known.email)
    await _keep_hash(ledger, user, await passwords.hashed(password), renewed=True)


async def has_password(ledger: Ledger, user: UserId) -> bool:
    """Whether the person has ever set a password; False until the invitation is taken up."""
    async with ledger.of_person(user) as tx:
        return bool(await tx.fetchval("SELECT password_hash IS NOT NULL FROM user_secrets WHERE user_id = $1", user))


async def _keep_hash(ledger: Ledger, user: UserId, hashed: str, *, renewed: bool) -> None:
    async with ledger.of_person(user) as tx:
        await tx.execute(
            """
            UPDATE user_secrets SET password_hash = $2,
                   password_changed_at = CASE WHEN $3 THEN clock_timestamp() ELSE password_changed_at END
             WHERE user_id = $1
            """,
            user,
            hashed,
            renewed,
        )


# One-time links


async def make_link(ledger: Ledger, vault: Vault, user: UserId, *, purpose: str, actor: str) -> SecretStr:
    """A token that sets a password once, within 30 minutes; it is mailed, too. Older ones of this person end."""
    token = secrets.token_urlsafe(32)
    async with ledger.of_person(user) as tx:
        await tx.execute(
            "UPDATE one_time_links SET used_at = now() WHERE user_id = $1 AND used_at IS NULL AND expires_at > now()",
            user,
        )
        await tx.execute(
            "INSERT INTO one_time_links (token_hmac, user_id, purpose, created_by) VALUES ($1, $2, $3, $4)",
            vault.recognise(token),
            user,
            purpose,
            actor,
        )
        await outbox.write_link(tx, vault, user, purpose=purpose, token=token)
    return SecretStr(token)


async def find_link(ledger: Ledger, vault: Vault, token: str) -> Link | None:
    """None for one that is unknown, used or over."""
    async with ledger.without_tenant() as db:
        row = await db.fetchrow("SELECT * FROM find_one_time_link($1)", vault.recognise_under_all_keys(token[:200]))
    return None if row is None else Link.from_row(row)


async def use_link(ledger: Ledger, link: Link, password: str) -> bool:
    """Set the password that the link stands for. False when it was used meanwhile. Raises NotAcceptable.

    A weak password leaves the link as it is.
    """
    async with ledger.of_person(link.user_id) as tx:
        known = await get(tx, link.user_id)
    passwords.refuse_weak(password, email=known.email)
    hashed = await passwords.hashed(password)
    async with ledger.of_person(link.user_id) as tx:
        # Of two that use it at once the second finds it used.
        taken = await tx.fetchval(
            """
            UPDATE one_time_links SET used_at = now()
             WHERE id = $1 AND used_at IS NULL AND expires_at > now() RETURNING true
            """,
            link.id,
        )
        if not taken:
            return False
        await tx.execute(
            "UPDATE user_secrets SET password_hash = $2, password_changed_at = clock_timestamp() WHERE user_id = $1",
            link.user_id,
            hashed,
        )
    return True


# The second factor


async def totp_secret(ledger: Ledger, vault: Vault, user: UserId) -> SecretStr:
    """The secret to enrol with: made at the first asking, the same until its first code is confirmed.

    Raises NotAcceptable once it is: a confirmed secret is never shown again.
    """
    async with ledger.of_person(user) as tx:
        row = await _secret_row(tx, user)
        if row["totp_confirmed_at"] is not None:
            raise NotAcceptable("already_enrolled")
        if row["totp_secret_encrypted"] is not None:
            return SecretStr(vault.decrypt(row["totp_secret_encrypted"]))
        secret = totp.new_secret()
        await tx.execute(
            "UPDATE user_secrets SET totp_secret_encrypted = $2 WHERE user_id = $1", user, vault.encrypt(secret)
        )
    return SecretStr(secret)


async def check_code(ledger: Ledger, vault: Vault, user: UserId, code: str) -> None:
    """A right code counts once; the first one confirms the enrolment. Raises WrongCode."""
    async with ledger.of_person(user) as tx:
        row = await _secret_row(tx, user)
        if row["totp_secret_encrypted"] is None:
            raise WrongCode
        step = totp.step_of(vault.decrypt(row["totp_secret_encrypted"]), code)
        if step is None:
            raise WrongCode
        # A replay, be it side by side, finds the step taken.
        taken = await tx.fetchval(
            """
            UPDATE user_secrets SET totp_last_step = $2, totp_confirmed_at = COALESCE(totp_confirmed_at, now())
             WHERE user_id = $1 AND totp_last_step < $2 RETURNING true
            """,
            user,
            step,
        )
        if not taken:
            raise WrongCode


async def remove_second_factor(ledger: Ledger, user: UserId) -> None:
    """The phone is lost: the next login enrols anew. All sessions end."""
    async with ledger.of_person(user) as tx:
        await tx.execute(
            """
            UPDATE user_secrets SET totp_secret_encrypted = NULL, totp_confirmed_at = NULL, totp_last_step = 0
             WHERE user_id = $1
            """,
            user,
        )


async def note(tx: TenantTransaction, user: UserId, action: str, *, actor: str, **detail: Any) -> None:
    """An audit entry about a person: the id in the chain, the address beside it."""
    known = await get(tx, user)
    await audit.record(
        tx,
        actor=actor,
        action=action,
        subject="user",
        subject_id=str(user),
        detail=audit.Apart(detail, personal={"email": known.email}),
    )


async def _secret_row(db: Connection, user: UserId) -> Any:
    row = await db.fetchrow(
        "SELECT totp_secret_encrypted, totp_confirmed_at FROM user_secrets WHERE user_id = $1 FOR UPDATE", user
    )
    if row is None:
        raise NotFound("user_not_found")
    return row
