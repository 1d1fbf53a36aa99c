"""What is kept between runs and checkouts, and locks for those who make it, use it or throw it away."""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import IO


def cache_folder(kind: str) -> Path:
    """Where things of a kind are kept. Nothing in it is missed: what is deleted is made again."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "partnerdesk" / kind


@contextlib.asynccontextmanager
async def locked(
    file: Path, *, shared: bool = False, waiting: Callable[[], None] = lambda: None, poll_s: float = 0.05
) -> AsyncIterator[None]:
    """One process at a time, or several that share. `waiting` is called once, when somebody else has the lock.

    The lock ends with the process that holds it, however that ends. Whoever holds it alone may delete the file.
    """
    told = False
    while True:
        with file.open("a") as lock:
            if not _taken(lock, shared):
                if not told:
                    waiting()
                told = True
                await asyncio.sleep(poll_s)
            elif _is_still_there(lock, file):
                yield
                return


def try_lock(file: Path) -> IO[str] | None:
    """The lock, alone, until what is returned is closed; None while anybody else has it."""
    lock = file.open("a")
    if _taken(lock, shared=False) and _is_still_there(lock, file):
        return lock
    lock.close()
    return None


def _taken(lock: IO[str], shared: bool) -> bool:
    try:
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still_there(lock: IO[str], file: Path) -> bool:
    """Whoever had it before may have deleted the file: then others lock another one of the same name."""
    try:
        return os.path.samestat(os.fstat(lock.fileno()), file.stat())
    except FileNotFoundError:
        return False
