"""A folder into which a tenant's EBICS client drops what it fetched from the bank: FOLDER/<tenant>/….

A file that was taken in is moved to `taken/`, one that was refused to `refused/` with the reason beside it. Nothing is
deleted, and what is still being written (changed within the last seconds) is left for the next pass.
"""

import asyncio
import hashlib
import os
import time
from pathlib import Path

import structlog

from bankstatements.archives import LARGEST_ARCHIVE
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
log = structlog.get_logger()


class StatementFolder:
    def __init__(self, ledger: Ledger, vault: Vault, folder: Path, *, quiet_seconds: float = _QUIET_SECONDS) -> None:
        self._ledger = ledger
        self._vault = vault
        self._folder = folder
        self._quiet_seconds = quiet_seconds

    async def take_in(self) -> int:
        """How many files were dealt with. A tenant whose folder cannot be read holds up no other."""
        done = 0
        for tenant in await tenants.list_all(self._ledger):
            try:
                for file in await asyncio.to_thread(self._waiting, tenant):
                    await self._take(tenant, file)
                    done += 1
            except OSError as error:
                log.warning("statement folder not usable", tenant=tenant.slug, error=type(error).__name__)
        return done

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
        return found[:_AT_ONCE]

    async def _take(self, tenant: Tenant, file: Path) -> None:
        content = await asyncio.to_thread(_read, file)
        handed = Handed(name=file.name, content=content, by="folder", how="folder")
        outcomes = await statement_files.bring(self._ledger, self._vault, tenant, [handed])
        refused = [
            f"{one.name}: {sentence(one.refused.code, one.refused.params, language)}"
            for one in outcomes
            if one.refused
            for language in ("de", "en")
        ]
        await asyncio.to_thread(_put_away, file, content, refused)


def _read(file: Path) -> bytes:
    """At most so much that a larger file is refused as too large, and never held whole."""
    with file.open("rb") as opened:
        return opened.read(LARGEST_ARCHIVE + 1)


def _put_away(file: Path, content: bytes, refused: list[str]) -> None:
    to = file.parent / ("refused" if refused else "taken")
    to.mkdir(exist_ok=True)
    # The same name may come every day; the same content may come again, and then replaces itself.
    target = to / f"{hashlib.sha256(content).hexdigest()[:12]}-{file.name}"
    if refused:
        target.with_name(target.name + ".txt").write_text("\n".join(refused) + "\n", encoding="utf-8")
    os.replace(file, target)
