"""Whether a run may begin: the server, the roles, and nobody else at work."""

from collections.abc import Callable

import asyncpg

from ledger.migrations.errors import LockNotHad, WrongDatabase

Connection = asyncpg.Connection  # generic in asyncpg's stubs only

# The same key as before version 1.0, so that a run of the release before takes turns with ours as well.
_KEY = "hashtextextended('partnerdesk-migrate', 0)"
_LEAST_SERVER = 150000


async def require_roles(db: "Connection") -> None:
    """Nothing, if the database has the roles that migrations need.

    Raises WrongDatabase, and says what to do, before anything is changed.
    """
    if db.get_server_version() < (_LEAST_SERVER // 10000, 0):
        raise WrongDatabase(f"PostgreSQL {db.get_server_version().major} is too old: 15 or newer is needed.")
    role = await db.fetchrow(
        """
        SELECT r.rolname, r.rolsuper OR r.rolbypassrls AS mighty, a.rolname IS NOT NULL AS has_application,
               a.rolsuper OR a.rolbypassrls AS mighty_application
          FROM pg_roles r LEFT JOIN pg_roles a ON a.rolname = 'partnerdesk_app'
         WHERE r.rolname = current_user
        """
    )
    assert role is not None
    if not role["has_application"]:
        raise WrongDatabase(
            "The role partnerdesk_app does not exist on this server. Run ledger/roles.sql as a superuser first."
        )
    if role["mighty_application"]:
        raise WrongDatabase(
            "The role partnerdesk_app passes row-level security, so every tenant would see every other. "
            "Run ledger/roles.sql as a superuser, which takes that from it."
        )
    if role["rolname"] == "partnerdesk_app" or role["mighty"]:
        raise WrongDatabase(
            f"PARTNERDESK_OWNER_DATABASE_URL connects as {role['rolname']}, which must not own the tables. "
            "Name the role partnerdesk_owner there."
        )


async def take_turns(db: "Connection", *, within_s: float, say: Callable[[str], None]) -> None:
    """Take the advisory lock of all runs, for as long as `db` is connected. Raises LockNotHad."""
    if await db.fetchval(f"SELECT pg_try_advisory_lock({_KEY})"):
        return
    say(f"Another `partnerdesk migrate` is at work in this database ({await _other_run(db)}); waiting for its end …")
    await db.execute(f"SET lock_timeout = {round(within_s * 1000)}")
    try:
        await db.execute(f"SELECT pg_advisory_lock({_KEY})")
    except asyncpg.LockNotAvailableError:
        raise LockNotHad(
            f"Another `partnerdesk migrate` has been at work for {within_s:.0f} s ({await _other_run(db)}). "
            "Nothing was changed. Run this again when it has ended."
        ) from None
    finally:
        await db.execute("RESET lock_timeout")


async def _other_run(db: "Connection") -> str:
    pid = await db.fetchval(
        f"""
        SELECT pid FROM pg_locks
         WHERE locktype = 'advisory' AND granted AND objsubid = 1
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND ((classid::bigint << 32) | objid::bigint) = {_KEY}
        """
    )
    return f"process {pid} of the database server" if pid else "which has ended this moment"
