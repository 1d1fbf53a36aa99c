"""Who works in a tenant, and as what. Nobody changes the own role; PostgreSQL says so, too."""

from datetime import datetime
from uuid import UUID

from ledger.access import tenants, users
from ledger.database import Ledger, TenantTransaction
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound
from ledger.roles import Permission, Role, permissions
from ledger.types import Frozen, Tenant, UserId

_ANYBODY_WHO_APPROVES = [role for role in Role if "approve" in permissions(role)]


class Member(Frozen):
    """A user in one tenant. `disabled_at` is of the membership, not of the user."""

    user_id: UserId
    email: str
    name: str | None
    role: Role
    disabled_at: datetime | None
    created_at: datetime

    @property
    def is_active(self) -> bool:
        """Whether the member may work in this tenant now."""
        return self.disabled_at is None


class Home(Frozen):
    """A tenant that a person works in."""

    tenant: Tenant
    name: str
    role: Role | None


async def add(tx: TenantTransaction, user: UserId, role: Role, *, by: UserId | None, actor: str) -> None:
    """Make a person a member. Raises NotAllowedNow for one who is."""
    made = await tx.fetchval(
        """
        INSERT INTO memberships (tenant_id, user_id, role, changed_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, user_id) DO NOTHING RETURNING true
        """,
        tx.tenant.id,
        user,
        role,
        by,
    )
    if not made:
        raise NotAllowedNow("member_already")
    await users.note(tx, user, "member.added", actor=actor, role=role.value)


async def change_role(tx: TenantTransaction, user: UserId, role: Role, *, by: UserId | None, actor: str) -> Member:
    """This person's sessions here end.

    Raises NotFound, NotAcceptable for the own role, NotAllowedNow for who may no more.
    """
    _refuse_oneself(user, by)
    await _still_may(tx, by)
    before = await lock(tx, user)
    await tx.execute(
        """
        UPDATE memberships SET role = $3, changed_by = $4, changed_at = now() WHERE tenant_id = $1 AND user_id = $2
        """,
        tx.tenant.id,
        user,
        role,
        by,
    )
    await users.note(tx, user, "member.role_changed", actor=actor, before=before.role.value, after=role.value)
    return await get(tx, user)


async def set_disabled(tx: TenantTransaction, user: UserId, *, disabled: bool, by: UserId | None, actor: str) -> Member:
    """In this tenant. Sessions end, keys that this person made stop.

    Raises NotFound, NotAcceptable for oneself, NotAllowedNow for who may no more.
    """
    _refuse_oneself(user, by)
    await _still_may(tx, by)
    await lock(tx, user)
    await tx.execute(
        """
        UPDATE memberships SET disabled_at = CASE WHEN $3 THEN COALESCE(disabled_at, now()) END, changed_by = $4,
                               changed_at = now()
         WHERE tenant_id = $1 AND user_id = $2
        """,
        tx.tenant.id,
        user,
        disabled,
        by,
    )
    await users.note(tx, user, "member.disabled" if disabled else "member.enabled", actor=actor)
    return await get(tx, user)


async def log_out_everywhere(tx: TenantTransaction, user: UserId, *, actor: str) -> int:
    """Returns how many sessions ended. Raises NotFound."""
    await get(tx, user)
    ended: int = await tx.fetchval("SELECT end_sessions_in($1, $2)", tx.tenant.id, user)
    await users.note(tx, user, "member.logged_out", actor=actor, sessions=ended)
    return ended


async def may_give_access(tx: TenantTransaction, user: UserId) -> bool:
    """Whether an admin of this tenant may make a link for this person.

    Somebody who works elsewhere, too, would lose that other tenant to whoever holds the link.
    """
    return bool(await tx.fetchval("SELECT is_at_home_only_in($1, $2)", tx.tenant.id, user))


async def refuse_people_of_others(tx: TenantTransaction, user: UserId) -> None:
    """Nothing, if this tenant may change the account.

    Raises NotAllowedNow for an account that works elsewhere, or for the platform.

    Whoever made that account may hold its password, because nobody proves an address. Whether it is the person whom
    both mean, the operator finds out.
    """
    # Two tenants that invite one new person at once would each not see the other.
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('home:' || $1::text, 0))", str(user))
    if await tx.fetchval("SELECT is_at_home_elsewhere($1, $2)", tx.tenant.id, user):
        raise NotAllowedNow("has_account_elsewhere")


async def lock(tx: TenantTransaction, user: UserId) -> Member:
    """For change, until the transaction ends. Raises NotFound."""
    await tx.execute("SELECT 1 FROM memberships WHERE tenant_id = $1 AND user_id = $2 FOR UPDATE", tx.tenant.id, user)
    return await get(tx, user)


async def get(tx: TenantTransaction, user: UserId) -> Member:
    """The membership of a user in this tenant. Raises NotFound."""
    row = await tx.fetchrow(_MEMBER + " AND m.user_id = $2", tx.tenant.id, user)
    if row is None:
        raise NotFound("user_not_found")
    return Member.from_row(row)


async def list_members(tx: TenantTransaction) -> list[Member]:
    """Everybody who is or was a member: active ones first, by address."""
    rows = await tx.fetch(_MEMBER + " ORDER BY m.disabled_at NULLS FIRST, u.email", tx.tenant.id)
    return [Member.from_row(row) for row in rows]


async def is_member(tx: TenantTransaction, user: UserId) -> bool:
    """Whether this person works here, and still may."""
    return bool(
        await tx.fetchval(
            "SELECT 1 FROM memberships WHERE tenant_id = $1 AND user_id = $2 AND disabled_at IS NULL",
            tx.tenant.id,
            user,
        )
    )


async def may(tx: TenantTransaction, user: UserId, permission: Permission) -> bool:
    """Whether the role of this person here allows it."""
    role = await tx.fetchval(
        "SELECT role FROM memberships WHERE tenant_id = $1 AND user_id = $2 AND disabled_at IS NULL", tx.tenant.id, user
    )
    return role is not None and permission in permissions(Role(role))


async def approvers(tx: TenantTransaction) -> int:
    """How many people may approve here. Keys are not counted: each belongs to somebody."""
    found: int = await tx.fetchval(
        """
        SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id
         WHERE m.tenant_id = $1 AND m.disabled_at IS NULL AND u.disabled_at IS NULL AND m.role = ANY ($2)
        """,
        tx.tenant.id,
        _ANYBODY_WHO_APPROVES,
    )
    return found


async def list_approvers(tx: TenantTransaction) -> list[UserId]:
    """The people who may approve here."""
    rows = await tx.fetch(
        """
        SELECT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id
         WHERE m.tenant_id = $1 AND m.disabled_at IS NULL AND u.disabled_at IS NULL AND m.role = ANY ($2)
         ORDER BY m.user_id
        """,
        tx.tenant.id,
        _ANYBODY_WHO_APPROVES,
    )
    return [UserId(row["user_id"]) for row in rows]


async def actor_named(tx: TenantTransaction, name: str) -> str:
    """For commands in somebody's name: the member with this mail address, else the name as it was given."""
    found = await tx.fetchval(
        """
        SELECT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id
         WHERE m.tenant_id = $1 AND u.email = lower($2)
        """,
        tx.tenant.id,
        name,
    )
    return f"user:{found or name}"


async def homes(ledger: Ledger, user: UserId) -> list[Home]:
    """Tenants that this person may enter, by name."""
    async with ledger.of_person(user) as tx:
        mine: dict[UUID, str] = {
            row["tenant_id"]: row["role"]
            for row in await tx.fetch(
                "SELECT tenant_id, role FROM memberships WHERE user_id = $1 AND disabled_at IS NULL", user
            )
        }
    found = []
    for tenant in await tenants.list_all(ledger):
        if tenant.id in mine:
            async with ledger.transaction(tenant) as tx:
                name: str = await tx.fetchval("SELECT name FROM tenants WHERE id = $1", tenant.id)
            found.append(Home(tenant=tenant, name=name, role=Role(mine[tenant.id])))
    return sorted(found, key=lambda home: home.name)


async def _still_may(tx: TenantTransaction, by: UserId | None) -> None:
    """Two admins who take each other's role at once take turns; the second is none any more. `by` None: an operator."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('members:' || $1::text, 0))", str(tx.tenant.id))
    if by is not None and not await may(tx, by, Permission.USERS):
        raise NotAllowedNow("role_changed")


def _refuse_oneself(user: UserId, by: UserId | None) -> None:
    if user == by:
        raise NotAcceptable("own_role")


_MEMBER = """
    SELECT m.user_id, u.email, u.name, m.role, m.disabled_at, m.created_at
      FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.tenant_id = $1
"""
