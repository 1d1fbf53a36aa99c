"""Chains of a test's own: the real one, copied, with migrations and texts that the test adds or changes."""

import shutil
from pathlib import Path

from ledger.migrations.chain import FOLDER, Chain


def copied_migrations(state: Path) -> Path:
    """A copy of the folder of migrations, below `state`."""
    folder = state / "migrations"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    return folder


def chain_with(state: Path, *, up_to: str | None = None, **migrations: str) -> Chain:
    """The chain up to a version (None: all of it), and these: `chain_with(path, _0900_more="CREATE …")`."""
    folder = copied_migrations(state) if not (state / "migrations").exists() else state / "migrations"
    for migration in Chain(folder).migrations:
        if up_to is not None and migration.version > up_to:
            migration.path.unlink()
    for name, sql in migrations.items():
        (folder / f"{name.removeprefix('_')}.sql").write_text(sql, encoding="utf-8")
    return Chain(folder)
