"""Sessions of people. The token is in the browser's cookie only; the ledger keeps its HMAC.

A session ends after 12 hours, after an hour without a request, at logout, and when role, password or second factor of
its person change (triggers of functions/access.sql). It is asked for anew on each request, so its end is felt at once.
"""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import SecretStr

from ledger.database import Ledger
from ledger.roles import NEEDS_SECOND_FACTOR, Permission, Role, permissions
from ledger.types import Frozen, Tenant, UserId
from ledger.vault import Vault

LONGEST = timedelta(hours=12)
IDLE = timedelta(hours=1)
FRESH = timedelta(minutes=10)
"""How long a second factor stands for dangerous acts (ASVS 7.5.3)."""
_SEEN_EVERY = timedelta(minutes=1)


class Person(Frozen):
    """Who is logged in, where, and what has been proved."""

    session_id: UUID
    user_id: UserId
    email: str
    platform_admin: bool
    tenant: Tenant | None
    """The tenant that was entered; None before one is chosen."""
    tenant_name: str | None
    role: Role | None
    """In that tenant; None for a platform admin who only entered it."""
    enrolled: bool
    """Has a second factor."""
    second_factor_at: datetime | None
    """When the last code was right, in this session."""

    @property
    def actor(self) -> str:
        """As decisions and the audit trail name it."""
        return f"user:{self.user_id}"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the person may do here: by the role in the tenant, outside of any without reading a tenant's data."""
        if self.tenant is None:
            return permissions(None, platform_admin=self.platform_admin) - {Permission.READ}
        return permissions(self.role, platform_admin=self.platform_admin)

    def may(self, permission: Permission) -> bool:
        """Whether the person has this permission here."""
        return permission in self.permissions

    @property
    def owes_second_factor(self) -> bool:
        """Has one, or must have one, and has not shown it in this session."""
        must = self.enrolled or self.platform_admin or self.role in NEEDS_SECOND_FACTOR
        return must and self.second_factor_at is None

    @property
    def is_fresh(self) -> bool:
        """Whether the second factor was given so lately that a delicate step needs none again."""
        return self.second_factor_at is not None and self.second_factor_at > datetime.now(UTC) - FRESH


async def begin(
    ledger: Ledger,
    vault: Vault,
    user: UserId,
    *,
    tenant: Tenant | None = None,
    second_factor_at: datetime | None = None,
) -> SecretStr:
    """Returns the token for the cookie, seen only now."""
    token = secrets.token_urlsafe(32)
    async with ledger.of_person(user) as tx:
        await tx.execute("DELETE FROM sessions WHERE user_id = $1 AND expires_at < now()", user)
        await tx.execute(
            """
            INSERT INTO sessions (token_hmac, user_id, tenant_id, expires_at, second_factor_at)
            VALUES ($1, $2, $3, now() + $4, $5)
            """,
            vault.recognise(token),
            user,
            None if tenant is None else tenant.id,
            LONGEST,
            second_factor_at,
        )
    return SecretStr(token)


async def recognise(ledger: Ledger, vault: Vault, token: str) -> Person | None:
    """Whose session this is; None for one that is unknown or over."""
    async with ledger.without_tenant() as db:
        row = await db.fetchrow("SELECT * FROM find_session($1, $2)", vault.recognise_under_all_keys(token[:200]), IDLE)
    if row is None:
        return None
    entered = row["tenant_id"] is not None and (row["role"] is not None or row["platform_admin"])
    person = Person(
        session_id=row["session_id"],
        user_id=UserId(row["user_id"]),
        email=row["email"],
        platform_admin=row["platform_admin"],
        tenant=Tenant.from_row(row) if entered else None,
        tenant_name=row["tenant_name"] if entered else None,
        role=Role(row["role"]) if entered and row["role"] else None,
        enrolled=row["enrolled"],
        second_factor_at=row["second_factor_at"],
    )
    if row["last_seen_at"] < datetime.now(UTC) - _SEEN_EVERY:
        async with ledger.of_person(person.user_id) as tx:
            await tx.execute("UPDATE sessions SET last_seen_at = now() WHERE id = $1", person.session_id)
    return person


async def enter(ledger: Ledger, person: Person, tenant: Tenant) -> None:
    """From now on this session works in that tenant. Whether it may is asked before."""
    async with ledger.of_person(person.user_id) as tx:
        await tx.execute("UPDATE sessions SET tenant_id = $2 WHERE id = $1", person.session_id, tenant.id)


async def show_second_factor(ledger: Ledger, vault: Vault, person: Person) -> SecretStr | None:
    """The code was right. The session gets a new token: who knew the old one knows nothing that was proved since.

    None when the session ended meanwhile.
    """
    token = secrets.token_urlsafe(32)
    async with ledger.of_person(person.user_id) as tx:
        renewed = await tx.fetchval(
            "UPDATE sessions SET second_factor_at = now(), token_hmac = $2 WHERE id = $1 RETURNING true",
            person.session_id,
            vault.recognise(token),
        )
    return SecretStr(token) if renewed else None


async def end(ledger: Ledger, person: Person) -> None:
    """Deletes the session of this person; one that is gone already is no error."""
    async with ledger.of_person(person.user_id) as tx:
        await tx.execute("DELETE FROM sessions WHERE id = $1", person.session_id)


async def end_all(ledger: Ledger, user: UserId) -> int:
    """Log out everywhere. Returns how many sessions ended."""
    async with ledger.of_person(user) as tx:
        rows = await tx.fetch("DELETE FROM sessions WHERE user_id = $1 RETURNING 1", user)
    return len(rows)
