"""Programs that are made with `go install`, where Go is at hand: slow, once, and kept by the caller."""

import os
import shutil
import tempfile
from pathlib import Path

from sandbox.processes import Command, ProcessFailed, run_to_end
from sandbox.waiting import Emit, Patience

_BUILD_TIMEOUT_S = 1800.0


async def go_install(package: str, target: Path, emit: Emit, about: str) -> bool:
    """Make the program of a package (`module/path@version`) and put it at `target`; False where that cannot be done.

    `about`: what is made and how long it takes, for people.
    """
    go = shutil.which("go")
    if go is None:
        return False
    emit(f"Building {about} ({target}) …")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        command = [go, "install", package]
        log = target.with_suffix(".build.log")
        try:
            await run_to_end(
                Command("go install", command, log, env={**os.environ, "GOBIN": folder}),
                patience=Patience(_BUILD_TIMEOUT_S, idle_s=_BUILD_TIMEOUT_S),
            )
        except ProcessFailed as error:
            emit(str(error))
            return False
        _keep(Path(folder), target)
    return True


def _keep(folder: Path, target: Path) -> None:
    (made,) = folder.iterdir()
    made.replace(target)
