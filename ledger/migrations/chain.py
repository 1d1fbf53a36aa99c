"""Which migrations and texts there are: read from the folder, no driver imported, so that a health check may ask."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ledger.migrations.texts import Text, digest, read_texts

FOLDER = Path(__file__).parent
_CONTRACTS = re.compile(r"^-- contracts: (\d{4})$", re.MULTILINE)


@dataclass(frozen=True)
class Migration:
    """One numbered SQL file; one transaction."""

    version: str
    """Four digits, compared as text: '0087'."""
    path: Path

    @property
    def name(self) -> str:
        """The file's name without its suffix: '0101_hands'."""
        return self.path.stem

    def sql(self) -> str:
        """Its statements."""
        return self.path.read_text(encoding="utf-8")

    @property
    def contracts(self) -> str | None:
        """The version that code must know to live with this one: it takes away what older code still uses.

        None for one that only expands. A line of the file says so: `-- contracts: 0384`.
        """
        found = _CONTRACTS.search(self.sql())
        return found[1] if found else None

    def sha256(self) -> str:
        """Of the file."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Chain:
    """All that makes a schema: what came before 1.0, the baseline and what follows it, functions and triggers."""

    folder: Path = FOLDER

    @cached_property
    def before(self) -> tuple[Migration, ...]:
        """The chain of the versions before 1.0, for databases that stand somewhere in it."""
        return _numbered(self.folder / "before_1_0")

    @cached_property
    def migrations(self) -> tuple[Migration, ...]:
        """The baseline and what follows."""
        return _numbered(self.folder)

    @property
    def baseline(self) -> Migration:
        """What an empty database begins with; a database at the end of `before` is marked as having it."""
        return self.migrations[0]

    @property
    def newest(self) -> str:
        """The version that this code needs."""
        return self.migrations[-1].version

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Functions, triggers and comments of tables, in the order in which they are applied."""
        return read_texts(self.folder / "functions")

    @property
    def texts_digest(self) -> str:
        """What a database is asked for beside its version: whether these texts were applied to it."""
        return digest(self.texts)

    def texts_of_baseline(self) -> dict[str, str]:
        """Name and hash of each text that is the same at the end of `before`, so that a take-over leaves it alone."""
        lines = (self.folder / "before_1_0" / "texts.txt").read_text(encoding="utf-8").splitlines()
        return {name: sha256 for sha256, _, name in (line.partition(" ") for line in lines)}

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
