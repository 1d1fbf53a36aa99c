"""Forward migrations of the ledger: hand-written SQL files, run in order by Alembic as the owner's role."""

import threading
from pathlib import Path

from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

_MIGRATIONS = Path(__file__).parent / "migrations"

# Two `partnerdesk migrate` at once (two machines of one deployment) take turns.
_ONE_AT_A_TIME = text("SELECT pg_advisory_lock(hashtextextended('partnerdesk-migrate', 0))")


# Alembic keeps its context in globals of its modules.
_ONE_THREAD_AT_A_TIME = threading.Lock()


class RolesMissing(Exception):
    """The roles of ledger/roles.sql do not exist on this server. Run that file as a superuser first."""


def migrate(owner_url: str) -> str:
    """Bring the database to the newest version and return that version.

    owner_url names the role partnerdesk_owner. Raises RolesMissing before anything is changed; each migration is
    one transaction, so a failing one leaves the database at the version before it. A database that a newer version
    of the code has migrated is left as it is.
    """
    engine = create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = 'partnerdesk_app'")):
                raise RolesMissing(RolesMissing.__doc__)
            connection.execute(_ONE_AT_A_TIME)
            connection.commit()
            version = current_version(connection)
            connection.commit()
            if version is not None and version > newest_version():
                return version
            config = _config()
            config.attributes["connection"] = connection
            with _ONE_THREAD_AT_A_TIME:
                command.upgrade(config, "head")
            connection.commit()
            return current_version(connection) or ""
    finally:
        engine.dispose()


def newest_version() -> str:
    """The version that this code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current_version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def run_sql_beside(migration: str) -> None:
    """Run the SQL file that lies beside a migration and shares its name. For migrations only."""
    statements = Path(migration).with_suffix(".sql").read_text(encoding="utf-8")
    cursor = op.get_bind().connection.cursor()
    cursor.execute(statements)


def version_before(migration: str) -> str:
    """The version of the file that lies before this one. For migrations only."""
    files = sorted(path.name for path in Path(migration).parent.glob("[0-9]*.sql"))
    return files[files.index(Path(migration).with_suffix(".sql").name) - 1].partition("_")[0]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
