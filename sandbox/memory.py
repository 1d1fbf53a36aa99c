"""A place in memory for the state of servers that nobody needs afterwards."""

import os
import shutil

_MEMORY = "/dev/shm"  # noqa: S108 - whoever uses it makes a folder of its own there
_ROOM = 2 * 1024**3
"""Bytes: what a long run leaves, several times over."""


def memory_folder() -> str | None:
    """Where the machine offers it, else None: the usual place for temporary files.

    Processes are killed there, not the machine, and a killed process has lost nothing of what it wrote. The engine's
    development server flushes several times for each step, which on a slow or busy disk is all that a run waits for.
    """
    has_room = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    return _MEMORY if has_room else None
