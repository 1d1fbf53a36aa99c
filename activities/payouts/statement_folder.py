"""A folder into which a tenant's EBICS client drops what it fetched from the bank: FOLDER/<tenant>/….

A file that was taken in is moved to `taken/`, one that was refused to `refused/` with the reason beside it. Nothing is
deleted, and what is still being written (changed within the last seconds) is left for the next pass. One that fails
stays, is told in the log, and is tried again after those that wait behind it.
"""

import asyncio
import hashlib
import os
import time
from collections import Counter
from pathlib import Path

import structlog

from bankstatements.archives import LARGEST_ARCHIVE
from bankstatements.values import printable
from ledger.access import tenants
from ledger.bank import statement_files
from ledger.bank.statement_files import Handed
from ledger.database import Ledger
from ledger.types import Tenant
from ledger.vault import Vault
from words import sentence

_QUIET_SECONDS = 10.0
_AT_ONCE = 5
"""Files of one tenant in a pass."""
_NAME_KEPT = 50
"""Characters of a name, its end: with the hash before them they fit into the 255 bytes of a file system."""
log = structlog.get_logger()


class StatementFolder:
    def __init__(self, ledger: Ledger, vault: Vault, folder: Path, *, quiet_seconds: float = _QUIET_SECONDS) -> None:
        self._ledger = ledger
        self._vault = vault
        self._folder = folder
        self._quiet_seconds = quiet_seconds
        self._failures: Counter[Path] = Counter()

    async def take_in(self) -> int:
        """How many files were dealt with. A tenant whose folder cannot be read holds up no other, nor does a file."""
        done = 0
        for tenant in await tenants.list_all(self._ledger):
            try:
                waiting = await asyncio.to_thread(self._waiting, tenant)
            except OSError as error:
                log.warning("statement folder not usable", tenant=tenant.slug, error=type(error).__name__)
                continue
            for file in waiting:
                done += await self._try(tenant, file)
        return done

    async def _try(self, tenant: Tenant, file: Path) -> bool:
        """Whether it was dealt with. Whatever it fails by, it stays: the database may be away for a minute."""
        try:
            await self._take(tenant, file)
        except Exception as error:
            self._failures[file] += 1
            log.warning(
                "statement not taken in",
                tenant=tenant.slug,
                file=_shown(file),
                attempt=self._failures[file],
                error=type(error).__name__,
            )
            return False
        self._failures.pop(file, None)
        return True

    def _waiting(self, tenant: Tenant) -> list[Path]:
        own = self._folder / tenant.slug
        if not own.is_dir():
            return []
        settled = time.time() - self._quiet_seconds
        found = [
            file
            for file in sorted(own.iterdir())
            # A link could lead to any file of this machine.
            if file.is_file() and not file.is_symlink() and file.name[0] != "." and file.stat().st_mtime <= settled
        ]
        # A few that fail each time must not keep out all that come after them by name.
        return sorted(found, key=self._failures.__getitem__)[:_AT_ONCE]

    async def _take(self, tenant: Tenant, file: Path) -> None:
        content = await asyncio.to_thread(_read, file)
        handed = Handed(name=_shown(file), content=content, by="folder", how="folder")
        outcomes = await statement_files.bring(self._ledger, self._vault, tenant, [handed])
        refused = [
            f"{one.name}: {sentence(one.refused.code, one.refused.params, language)}"
            for one in outcomes
            if one.refused
            for language in ("de", "en")
        ]
        await asyncio.to_thread(_put_away, file, content, refused)


def _shown(file: Path) -> str:
    """Its name as text: on disk it may hold bytes that no encoding knows."""
    return printable(file.name, 200) or "?"


def _read(file: Path) -> bytes:
    """At most so much that a larger file is refused as too large, and never held whole."""
    with file.open("rb") as opened:
        return opened.read(LARGEST_ARCHIVE + 1)


def _put_away(file: Path, content: bytes, refused: list[str]) -> None:
    to = file.parent / ("refused" if refused else "taken")
    to.mkdir(exist_ok=True)
    # The same name may come every day; the same content may come again, and then replaces itself.
    target = to / f"{hashlib.sha256(content).hexdigest()[:12]}-{file.name[-_NAME_KEPT:]}"
    if refused:
        target.with_name(target.name + ".txt").write_text("\n".join(refused) + "\n", encoding="utf-8")
    os.replace(file, target)
