"""Two releases at once: workers that are deployed, rolled back and deployed again while the run goes on.

The code of the other release is a work tree of git, run with our environment: between two releases dependencies change
rarely, and a worker that does not start says so. The database is that of our own code, as in a real deploy.
"""

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from chaos.monkey import Monkey
from sandbox.processes import LOOPBACK, Command, Service, StackError, free_port, http_answers
from sandbox.stack import Stack

_CHECKOUT = Path(__file__).resolve().parent.parent

STEPS = ((0.25, "worker 1", True), (0.45, "worker 2", True), (0.6, "worker 1", False), (0.75, "worker 1", True))
"""At this share of the time this worker runs our code (True) or that of the release before: a rolling deploy, one step
back, and its end. Both begin with the release before."""


@dataclass(frozen=True)
class OtherRelease:
    """The code of a commit."""

    commit: str
    folder: Path


@contextlib.asynccontextmanager
async def checked_out(commit: str, folder: Path) -> AsyncIterator[OtherRelease]:
    """Its code in `folder`, removed at the end. Raises StackError for what git does not know."""
    await asyncio.to_thread(_git, "worktree", "add", "--detach", "--force", str(folder), commit)
    try:
        yield OtherRelease(commit, folder)
    finally:
        await asyncio.to_thread(_git, "worktree", "remove", "--force", str(folder))


class DeployedWorker(Service):
    """A worker of one release or the other."""

    grace_s = 40.0

    def __init__(self, stack: Stack, number: int, other: OtherRelease) -> None:
        self.name = f"worker {number}"
        self.is_new = False
        self._other = other
        self._port = free_port()
        self._log = stack.addresses.state / f"deployed-{number}.log"
        self._environment: Mapping[str, str] = stack.addresses.environment

    def command(self) -> Command:
        code = _CHECKOUT if self.is_new else self._other.folder
        # -P: not the folder that we run in, which would come first.
        argv = [sys.executable, "-P", "-m", "cli", "worker", "--health-port", str(self._port)]
        return Command(self.name, argv, self._log, env={**self._environment, "PYTHONPATH": str(code)})

    async def is_ready(self) -> bool:
        return await http_answers(f"http://{LOOPBACK}:{self._port}/readyz")


async def deploy(workers: Mapping[str, DeployedWorker], monkey: Monkey, began: float, seconds: float) -> None:
    """The steps, each at its time: the worker ends as an orchestrator ends it, and comes back with the other code."""
    for share, name, is_new in STEPS:
        await asyncio.sleep(max(0.0, began + share * seconds - time.monotonic()))
        workers[name].is_new = is_new
        await monkey.restart(name)


def _git(*words: str) -> None:
    git = ["git", "-C", str(_CHECKOUT), *words]
    done = subprocess.run(git, capture_output=True, text=True, check=False)  # noqa: S603 - a commit that we were told
    if done.returncode:
        raise StackError(f"git {words[0]} {words[1]}: {done.stderr.strip()}")
