"""Find the `temporal` command, or get it.

In this order: TEMPORAL_CLI; PATH; what an earlier run put into the cache folder; the download of the Temporal
SDK; `go install`, which compiles the newest version that can be had this way.
"""

import asyncio
import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from sandbox.cache import cache_folder, locked
from sandbox.go_tools import go_install
from sandbox.processes import Command, ProcessFailed, StackError, run_to_end
from sandbox.waiting import Emit, Patience

OLDEST_SERVER = (1, 29)
_GO_PACKAGE = "github.com/temporalio/cli/cmd/temporal@v1.5.1"
_DOWNLOAD_ADDRESS = ("temporal.download", 443)
_DOWNLOAD_TIMEOUT_S = 120.0

# Starting a dev server is how the SDK is made to download; it prints nothing and is stopped at once.
_DOWNLOAD_BY_SDK = """
import asyncio, os, sys
from temporalio.testing import WorkflowEnvironment

async def main():
    environment = await WorkflowEnvironment.start_local(download_dest_dir=sys.argv[1])
    await environment.shutdown()

asyncio.run(main())
os._exit(0)
"""


class TemporalCliMissing(StackError):
    """There is no `temporal` command and none can be had; the text names the ways out."""


async def find_cli(emit: Emit) -> Path:
    """The path of a `temporal` command whose dev server is 1.29 or newer. Raises TemporalCliMissing."""
    if named := os.environ.get("TEMPORAL_CLI"):
        if (version := _server_version(Path(named))) is None or version < OLDEST_SERVER:
            raise TemporalCliMissing(f"TEMPORAL_CLI={named} is no temporal command with a server ≥ 1.29.")
        return Path(named)
    if on_path := shutil.which("temporal"):
        if (version := _server_version(Path(on_path))) is not None and version >= OLDEST_SERVER:
            return Path(on_path)
        emit(f"{on_path} is no temporal command with a server ≥ 1.29; looking for another.")
    cached = cache_folder("temporal-cli") / "temporal"
    if _server_version(cached) is not None:
        return cached
    cached.parent.mkdir(parents=True, exist_ok=True)
    # Two scripts on a new machine would build it twice, each for ten minutes: the second waits, and finds it there.
    other_script = partial(emit, "Another script is getting the Temporal command-line tool; waiting for it …")
    async with locked(cached.with_suffix(".lock"), waiting=other_script):
        if _server_version(cached) is not None or await _download(cached, emit) or await _build(cached, emit):
            return cached
    raise TemporalCliMissing(
        "The Temporal command-line tool is missing. Any one of these helps:\n"
        "  - install it (https://docs.temporal.io/cli) and have `temporal` on PATH\n"
        "  - put its path into TEMPORAL_CLI\n"
        f"  - copy it to {cached}\n"
        "  - allow a connection to temporal.download: the SDK then downloads it\n"
        f"  - install Go ≥ 1.24: it is then built with `go install {_GO_PACKAGE}`"
    )


def _server_version(cli: Path) -> tuple[int, int] | None:
    try:
        answer = subprocess.run(  # noqa: S603 - asked for its version only
            [cli, "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"Server (\d+)\.(\d+)", answer)
    return (int(found[1]), int(found[2])) if found else None


async def _download(target: Path, emit: Emit) -> bool:
    if not await asyncio.to_thread(_download_host_answers):
        return False
    emit("Downloading the Temporal command-line tool (about 50 MB, once) …")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        command = [sys.executable, "-c", _DOWNLOAD_BY_SDK, folder]
        log = target.parent / "download.log"
        with contextlib.suppress(ProcessFailed):
            await run_to_end(
                Command("The SDK's download", command, log, env=dict(os.environ)),
                patience=Patience(_DOWNLOAD_TIMEOUT_S, idle_s=_DOWNLOAD_TIMEOUT_S),
            )
        return _keep_first_cli(Path(folder), target)


def _download_host_answers() -> bool:
    """Offline the SDK would try for minutes. Behind a proxy only the SDK itself can tell."""
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        return True
    try:
        socket.create_connection(_DOWNLOAD_ADDRESS, timeout=3).close()
    except OSError:
        return False
    return True


async def _build(target: Path, emit: Emit) -> bool:
    about = "the Temporal command-line tool with Go; this takes about five minutes, once"
    return await go_install(_GO_PACKAGE, target, emit, about) and _server_version(target) is not None


def _keep_first_cli(folder: Path, target: Path) -> bool:
    for candidate in folder.rglob("*"):
        if candidate.is_file() and os.access(candidate, os.X_OK) and _server_version(candidate) is not None:
            candidate.replace(target)
            return True
    return False


def main() -> None:
    """Print the path of the tool; progress goes to standard error, as scripts read the path."""
    try:
        print(asyncio.run(find_cli(lambda text: print(text, file=sys.stderr, flush=True))))
    except StackError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
