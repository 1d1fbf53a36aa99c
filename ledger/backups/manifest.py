"""What a backup says about itself, in a file beside the dump: what it must be, and what must be in it."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from ledger.types import Frozen


class UnusableBackup(Exception):
    """A backup that cannot be made, is not whole, or does not hold what it should. The text says what to do."""


class Manifest(Frozen):
    """`rows` by table, counted in the snapshot that was dumped; `taken_at` is that snapshot's moment."""

    format: Literal[1] = 1
    sha256: str
    bytes: int
    taken_at: datetime
    seconds: float
    """That the dump took."""
    version: str
    """Of the schema: its newest migration."""
    postgres: str
    rows: dict[str, int]


def place_of(dump: Path) -> Path:
    """Where the manifest of a dump lies."""
    return dump.with_name(dump.name + ".json")


def read(dump: Path) -> Manifest:
    """The manifest of a dump that is what it says. Raises UnusableBackup for one that is missing, cut or changed."""
    try:
        manifest = Manifest.model_validate_json(place_of(dump).read_bytes())
    except FileNotFoundError:
        raise UnusableBackup(
            f"{place_of(dump)} is missing: without it nobody can say whether {dump.name} is whole. A backup is the "
            "pair that `partnerdesk backup make` wrote; copy both."
        ) from None
    except ValidationError:
        raise UnusableBackup(f"{place_of(dump)} is no manifest of a backup, or of a newer release.") from None
    try:
        size = dump.stat().st_size
    except FileNotFoundError:
        raise UnusableBackup(f"{dump} is missing.") from None
    if size != manifest.bytes:
        raise UnusableBackup(
            f"{dump} has {size} bytes, and {manifest.bytes} were written: it was cut or changed. Take another backup."
        )
    if digest(dump) != manifest.sha256:
        raise UnusableBackup(f"{dump} is not what was written: its SHA-256 is another one. Take another backup.")
    return manifest


def digest(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
