"""The engine's own PostgreSQL: Debian's, because its visibility schema needs `btree_gin`, which the wheel lacks.

docker-compose.yml keeps ledger and engine in one server; here each has its own, as in most firms of some size.
"""

from collections.abc import Mapping
from pathlib import Path

from sandbox.postgres import PostgresServer
from sandbox.processes import LOOPBACK, StackError

ROLES_SQL = Path(__file__).resolve().parent.parent / "deploy" / "postgres" / "temporal.sql"
_INSTALLED = Path("/usr/lib/postgresql")
_EXTENSIONS = Path("/usr/share/postgresql")


class EngineDatabase(PostgresServer):
    """One server with the databases `temporal` and `temporal_visibility`, owned by the role `temporal`."""

    name = "PostgreSQL of the engine"
    roles_sql = ROLES_SQL

    def __init__(self, state: Path, port: int, *, durable: bool = True) -> None:
        super().__init__(state, port, durable=durable)
        self.version = _newest_version()
        # The provider `builtin` came with 17.
        self.locale = ("--locale=C.UTF-8",)

    @property
    def password(self) -> str:
        """Of the role `temporal`."""
        return self._passwords.owner

    def tool_environment(self) -> Mapping[str, str]:
        """As deploy/temporal/setup-schema.sh reads it."""
        return {
            "SQL_HOST": LOOPBACK,
            "SQL_PORT": str(self._port),
            "SQL_USER": "temporal",
            "SQL_PASSWORD": self.password,
        }

    def _find_binaries(self) -> Path:
        return _INSTALLED / self.version / "bin"

    def _passwords_of_roles(self) -> Mapping[str, str]:
        return {"TEMPORAL_DB_PASSWORD": self.password}


def _newest_version() -> str:
    """Of those that are installed with btree_gin. Raises StackError where none is."""
    versions = sorted(
        (
            int(folder.name)
            for folder in _INSTALLED.glob("[0-9]*")
            if (folder / "bin" / "postgres").exists()
            and (_EXTENSIONS / folder.name / "extension" / "btree_gin.control").exists()
        ),
        reverse=True,
    )
    if not versions or versions[0] < 12:
        raise StackError("A cluster needs a PostgreSQL with btree_gin for its engine: apt install postgresql.")
    return str(versions[0])
