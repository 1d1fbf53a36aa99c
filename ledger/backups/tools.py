"""`pg_dump` and `pg_restore`, of the server's version or newer, run for a database address.

A password is told by the environment: arguments can be read by anybody on the machine.
"""

import asyncio
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from ledger.backups.manifest import UnusableBackup

_SECRET = re.compile(r"postgres(?:ql)?://\S+")
_NAMED_OTHERWISE = {"DBNAME": "PGDATABASE", "APPLICATION_NAME": "PGAPPNAME"}


async def run(tool: str, address: str, *arguments: str, folder: Path | None = None) -> None:
    """Run one of the tools to its end. Raises UnusableBackup with what it said."""
    command = _found(tool, folder)
    try:
        process = await asyncio.create_subprocess_exec(
            command,
            *arguments,
            env=_environment(address),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise UnusableBackup(f"{command} cannot be run: {error.strerror}.") from None
    try:
        _, told = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        said = _SECRET.sub("…", told.decode(errors="replace")).strip()[-1500:]
        raise UnusableBackup(f"{tool} ended with status {process.returncode}: {said}")


def _found(tool: str, folder: Path | None) -> str:
    command = str(folder / tool) if folder is not None else shutil.which(tool)
    if command is None or not Path(command).exists():
        raise UnusableBackup(
            f"{tool} is not installed, or not in PARTNERDESK_POSTGRES_TOOLS. It belongs to PostgreSQL's client tools, "
            "and must be of the server's version or newer."
        )
    return command


def _environment(address: str) -> Mapping[str, str]:
    """The address in libpq's variables, its query included: whoever asks for `sslmode=verify-full` is not sent away
    without it."""
    parts = urlsplit(address)
    told = {
        "PGHOST": parts.hostname,
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
    }
    for name, value in parse_qsl(parts.query):
        told[_NAMED_OTHERWISE.get(name.upper(), f"PG{name.upper()}")] = value
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG") or name.startswith("PGSSL")}
    return {**kept, **{name: value for name, value in told.items() if value}}
