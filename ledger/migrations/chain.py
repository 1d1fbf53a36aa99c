"""Which migrations there are: read from the folder, nothing else imported, so that a health check may ask."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Migration:
    """One numbered SQL file; one transaction."""

    version: str
    """Four digits, compared as text: '0087'."""
    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    def sql(self) -> str:
        return self.path.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Chain:
    """All migrations in their order."""

    folder: Path = FOLDER

    @cached_property
    def migrations(self) -> tuple[Migration, ...]:
        return _numbered(self.folder / "versions")

    @property
    def newest(self) -> str:
        """The version that this code needs."""
        return self.migrations[-1].version

    def digest(self) -> str:
        """A hash of everything that decides what the schema is: two checkouts with one digest make one schema."""
        whole = hashlib.sha256()
        for path in sorted(self.folder.rglob("*.sql")):
            whole.update(path.relative_to(self.folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
        return whole.hexdigest()


def _numbered(folder: Path) -> tuple[Migration, ...]:
    return tuple(
        Migration(version=path.name.partition("_")[0], path=path)
        for path in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    )
