"""What each release was, one file each: what its processes expect of the database, and the commit that it was made of.

Written by `script/release`; the last one is what migrations are judged by, and what runs beside us in chaos.
"""

import re
from pathlib import Path

from tests.migrations.release_before import Release

FOLDER = Path(__file__).parent


def last_release() -> Release:
    """The newest of all."""
    return Release.read(max(FOLDER.glob("*.json"), key=lambda file: order_of(file.stem)))


def order_of(version: str) -> tuple[int, int, int, bool, int]:
    """By which releases are sorted: 1.0.0-rc.1 comes before 1.0.0. Raises ValueError for what is no version."""
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)(?:-rc\.(\d+))?", version)
    if found is None:
        raise ValueError(f"{version} is no version: 1.2.0, or 1.2.0-rc.1 for a candidate")
    major, minor, patch, candidate = found.groups()
    return int(major), int(minor), int(patch), candidate is None, int(candidate or 0)
