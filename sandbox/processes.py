"""Start, check and stop the programs of one machine's stack, each by its process id.

Only `subprocess.Popen` is used, not asyncio's processes: a `Process` belongs to no event loop, so a test may
kill and restart it from any. Start processes from the main thread: on Linux they end with the thread that
started them.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.waiting import PATIENCE, Patience, Wait

LOOPBACK = "127.0.0.1"
_LEASH = Path(__file__).with_name("leash.py")
_LOG_KEPT_BYTES = 5_000_000
_POLL_S = 0.05
_FIRST_PORT, _PORTS = 20_000, 12_000
_handed_out_ports: set[int] = set()

# The longest answer that still counts: a busy machine answers late, and is asked again either way.
_ANSWER_S = 10.0

Check = Callable[[], Awaitable[bool]]


class StackError(Exception):
    """Something of the local stack does not run; the text says what to do about it."""


class PortBusy(StackError):
    """Another program listens on a port that we need."""

    def __init__(self, port: int, part: str, setting: str) -> None:
        super().__init__(f"Port {port} for {part} is in use. Stop what listens there, or set {setting} to another.")
        self.port = port


class ProcessFailed(StackError):
    """A program ended, or was not ready in time; the end of what it wrote since it was started is in the text."""

    def __init__(self, process: "Process", what: str) -> None:
        super().__init__(f"{process.name} {what}. {process.last_words()}")
        self.name = process.name


@dataclass(frozen=True)
class Identity:
    """The user a program runs as, when it is not ours."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Command:
    """What to run. `stop_signal` asks it to end, `death_signal` is sent by the kernel when we die."""

    name: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    identity: Identity | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL


class Process:
    """One running program, known by its id."""

    def __init__(self, command: Command) -> None:
        self.command = command
        log = command.log
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > _LOG_KEPT_BYTES:
            log.replace(log.with_suffix(log.suffix + ".1"))
        identity = f"{command.identity.uid}:{command.identity.gid}" if command.identity else "-"
        leash = [
            sys.executable,
            "-I",
            "-S",
            str(_LEASH),
            str(os.getpid()),
            str(int(command.death_signal)),
            identity,
        ]
        with log.open("ab") as output:
            self._log_begins = output.tell()
            self._popen = subprocess.Popen(  # noqa: S603 - our own command lines
                [*leash, *command.argv],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(command.env) or None,
                # A root that drops its rights may not reach our current directory.
                cwd="/" if command.identity else None,
                # Ctrl-C in the terminal must reach us alone: we stop the parts in their order.
                start_new_session=True,
            )

    @property
    def name(self) -> str:
        return self.command.name

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def exit_status(self) -> int | None:
        """None while it runs; negative is the signal that ended it."""
        return self._popen.poll()

    async def ready(self, check: Check, *, patience: Patience = PATIENCE) -> None:
        """Wait until `check` is true. Raises ProcessFailed when the program ends before, or patience does."""
        with Wait(self, patience) as wait:
            while True:
                if self.exit_status is not None:
                    raise ProcessFailed(self, f"ended with status {self.exit_status}")
                if await check():
                    return
                if why := wait.over():
                    raise ProcessFailed(self, f"is not ready: {why}")
                await wait.pause()

    async def succeeded(self, *, patience: Patience = PATIENCE) -> None:
        """Wait until it has ended by itself. Raises ProcessFailed unless its status is 0, and when patience ends."""
        with Wait(self, patience) as wait:
            while self.exit_status is None:
                if why := wait.over():
                    raise ProcessFailed(self, f"does not end: {why}")
                await wait.pause()
        if self.exit_status != 0:
            raise ProcessFailed(self, f"ended with status {self.exit_status}")

    def last_words(self) -> str:
        """The end of its log, without what earlier starts have written there."""
        return f"What {self.command.log} says since then:\n{_tail(self.command.log, since=self._log_begins)}"

    def work(self) -> object:
        """Changes while it does something: uses the processor, with its children, or writes into its log."""
        if sys.platform != "linux":
            return object()  # nobody can tell, so it gets the whole time
        used = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # that one has ended meanwhile
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[3]) == self.pid:  # it leads a session of its own
                    used += int(fields[11]) + int(fields[12])
        return used, self.command.log.stat().st_size

    async def ended(self, *, timeout_s: float | None = None) -> int:
        """The exit status. Raises TimeoutError."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while (status := self.exit_status) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutError(f"{self.name} (process {self.pid}) still runs")
            await asyncio.sleep(_POLL_S)
        return status

    async def stop(self, *, grace_s: float = 10.0) -> int:
        """Ask it to end, and kill it when it does not within the grace. Returns the exit status."""
        if self.exit_status is None:
            self._popen.send_signal(self.command.stop_signal)
        try:
            return await self.ended(timeout_s=grace_s)
        except TimeoutError:
            return await self.kill()

    async def kill(self) -> int:
        """SIGKILL, as a crash would be."""
        if self.exit_status is None:
            self._popen.kill()
        return await self.ended(timeout_s=10)


class Service:
    """A program that serves until it is stopped. Subclasses say what to run, and how to see that it is ready."""

    name: str
    patience = PATIENCE
    grace_s = 10.0
    _process: Process | None = None

    def command(self) -> Command:
        raise NotImplementedError

    async def is_ready(self) -> bool:
        raise NotImplementedError

    @property
    def process(self) -> Process:
        """The running program. Raises StackError when it was never started."""
        if self._process is None:
            raise StackError(f"{self.name} has not been started.")
        return self._process

    @property
    def has_ended(self) -> bool:
        """It was started, and runs no longer."""
        return self._process is not None and self._process.exit_status is not None

    async def serve(self) -> None:
        """Run the program and wait until it is ready. Raises ProcessFailed, and then nothing is left running."""
        self._process = Process(self.command())
        try:
            await self._process.ready(self.is_ready, patience=self.patience)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        if self._process is not None:
            await self._process.stop(grace_s=self.grace_s)

    async def kill(self) -> None:
        """SIGKILL, as a crash would be; `restart` continues from what was stored."""
        await self.process.kill()

    async def restart(self) -> None:
        """Serve again, on the same port and state, after `stop` or `kill`."""
        await self.serve()


async def run_to_end(command: Command, *, patience: Patience = PATIENCE) -> None:
    """Run a program that ends by itself. Raises ProcessFailed unless its status is 0; nothing is left running."""
    process = Process(command)
    try:
        await process.succeeded(patience=patience)
    finally:
        if process.exit_status is None:
            await process.kill()


async def http_answers(url: str) -> bool:
    """Whether a GET is answered with success."""
    import httpx  # 0.1 s that PostgreSQL and Temporal need not wait for

    try:
        # Without certificates, which take longer to read than the answer.
        async with httpx.AsyncClient(timeout=_ANSWER_S, trust_env=False, verify=False) as client:  # noqa: S501 - http
            return (await client.get(url)).is_success
    except httpx.HTTPError:
        return False


async def tcp_answers(port: int) -> bool:
    """Whether somebody accepts connections on the loopback port."""
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


def free_port() -> int:
    """A port nobody listens on now, and that this process has not handed out before.

    Below those that Linux gives to outgoing connections: until the server listens, seconds later, one of these could
    have taken it.
    """
    while True:
        port = _FIRST_PORT + secrets.randbelow(_PORTS)
        if port in _handed_out_ports:
            continue
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((LOOPBACK, port))
            _handed_out_ports.add(port)
            return port


def require_free(port: int, part: str, setting: str) -> None:
    """Nothing, if the port is free. Raises PortBusy when somebody listens on the port."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still in TIME_WAIT can be had.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            raise PortBusy(port, part, setting) from None


def _tail(log: Path, lines: int = 15, *, since: int = 0) -> str:
    try:
        with log.open("rb") as file:
            file.seek(since)
            text = file.read().decode(errors="replace")
    except OSError as error:
        return f"  (no log: {error.strerror})"
    return "\n".join("  " + line for line in text.splitlines()[-lines:]) or "  (nothing)"
