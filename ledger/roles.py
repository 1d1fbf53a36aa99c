"""What a role allows. One table for pages and tests; scopes_of_role() says the same of keys."""

from enum import StrEnum


class Role(StrEnum):
    """Of a person in a tenant."""

    VIEWER = "viewer"
    EDITOR = "editor"
    APPROVER = "approver"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a person may do; roles are sets of these."""

    READ = "read"
    SEE_BANK = "see_bank"
    """The end of an IBAN; nobody sees more of it on a page."""
    WRITE = "write"
    APPROVE = "approve"
    """Approve, reject and cancel payouts, and answer tasks about them."""
    CONFIRM_BANK = "confirm_bank"
    """Be the second person for a partner's new account."""
    BANK = "bank"
    """Record a partner's account; export bank files."""
    STATEMENTS = "statements"
    """Bring statements of the bank, and say what an unclear booking is."""
    SETTINGS = "settings"
    USERS = "users"
    KEYS = "keys"
    AUDIT = "audit"
    TENANTS = "tenants"
    """Make tenants and enter them. Of platform admins only, and of no role."""


_VIEWER = frozenset({Permission.READ, Permission.SEE_BANK})
_ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.EDITOR: _VIEWER | {Permission.WRITE, Permission.STATEMENTS},
    # Who approves does not write: the same cut as between the scopes of keys.
    Role.APPROVER: _VIEWER | {Permission.APPROVE, Permission.CONFIRM_BANK, Permission.AUDIT},
    # A small firm has one person for everything; what that person may not do alone, four eyes decide per payout.
    Role.ADMIN: frozenset(Permission) - {Permission.TENANTS},
}
# Neither approves nor reads bank data (issue 5), and invites nobody who could. The trail without what lies beside it.
_PLATFORM = frozenset({Permission.READ, Permission.AUDIT, Permission.TENANTS})

DANGEROUS = frozenset(
    {
        Permission.CONFIRM_BANK,
        Permission.BANK,
        Permission.SETTINGS,
        Permission.USERS,
        Permission.KEYS,
        Permission.TENANTS,
    }
)
"""Need a fresh second factor. An approval needs one above the four-eyes limit."""

NEEDS_SECOND_FACTOR = frozenset({Role.APPROVER, Role.ADMIN})
"""Roles that get nowhere without one (issue 5). Platform admins need one, too."""


def permissions(role: Role | None, *, platform_admin: bool = False) -> frozenset[Permission]:
    """A platform admin who is a member of the tenant, too, is that member there and nothing more of it."""
    own = _ALLOWED[role] if role is not None else frozenset[Permission]()
    return own | (_PLATFORM if platform_admin else frozenset())


_SCOPES = (Permission.READ, Permission.WRITE, Permission.APPROVE, Permission.BANK, Permission.STATEMENTS)


def scopes(role: Role) -> frozenset[str]:
    """Scopes that a key made by a person of this role can have."""
    allowed = _ALLOWED[role]
    return frozenset(permission.value for permission in _SCOPES if permission in allowed)
