"""Chains of a test's own: the real one, copied, with migrations and texts that the test adds or changes."""

import re
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
    later: set[str] = set()
    for migration in Chain(folder).migrations:
        if up_to is not None and migration.version > up_to:
            later |= set(re.findall(r"^CREATE TABLE (\w+)", migration.sql(), re.MULTILINE))
            # A trigger that reads a column which is not there yet cannot be made, one that writes it refuses every row.
            columns = re.findall(r"^ALTER TABLE \w+ ADD COLUMN (\w+)", migration.sql(), re.MULTILINE)
            later |= {rf"NEW\.{column}" for column in columns}
            migration.path.unlink()
    if later:
        _forget(folder / "functions", later)
    for name, sql in migrations.items():
        (folder / f"{name.removeprefix('_')}.sql").write_text(sql, encoding="utf-8")
    return Chain(folder)


def _forget(folder: Path, tables: set[str]) -> None:
    """Leave out what is about tables that are not there yet, and what calls or names that, as far as it goes."""
    blocks = [block for path in folder.glob("*.sql") for block in _blocks(path)]
    gone = set(tables)
    while (
        more := {
            name
            for block in blocks
            if _names(block, gone)
            for name in re.findall(r"CREATE OR REPLACE FUNCTION (\w+)", block)
        }
        - gone
    ):
        gone |= more
    for path in folder.glob("*.sql"):
        kept = [block for block in _blocks(path) if not _names(block, gone)]
        path.write_text("\n\n".join(kept) + "\n", encoding="utf-8")


def _blocks(path: Path) -> list[str]:
    """Texts with what belongs to them; those about one table alone stand in lines of their own."""
    text = re.sub(r"^(COMMENT ON TABLE)", r"\n\1", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [block.strip("\n") for block in re.split(r"\n{2,}", text) if block.strip()]


def _names(block: str, words: set[str]) -> bool:
    return any(re.search(rf"\b{word}(?!\w)", block) for word in words)
