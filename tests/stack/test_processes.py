"""What starts and stops the parts of the stack keeps its word."""

import asyncio
import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.processes import Command, PortBusy, Process, ProcessFailed, Service, StackError, free_port, run_to_end
from sandbox.stack import Ports, Stack, only_one
from sandbox.temporal_cli import TemporalCliMissing, find_cli
from sandbox.waiting import Patience, announced

CHECKOUT = Path(__file__).resolve().parents[2]
SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
]
BUSY = [sys.executable, "-c", "while True: pass"]
WORKS_FOR_A_WHILE = """
import time
end = time.monotonic() + 4
while time.monotonic() < end:
    pass
print('up', flush=True)
time.sleep(600)
"""
BUSY_THEN_UP = [sys.executable, "-c", WORKS_FOR_A_WHILE]
PARENT = """
import sys, time
from pathlib import Path
from sandbox.processes import Command, Process
child = Process(Command("child", [sys.executable, "-c", "import time; time.sleep(600)"], Path(sys.argv[1])))
print(child.pid, flush=True)
time.sleep(600)
"""


def says_up(log: Path) -> "asyncio.Future[bool]":
    answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    answer.set_result(log.exists() and "up" in log.read_text())
    return answer


def is_running(pid: int) -> bool:
    try:
        # A zombie that nobody has waited for yet has ended as well.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="only the Linux kernel ends children of a killed parent")
def test_a_part_does_not_survive_a_parent_that_is_killed_hard(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-c", PARENT, str(tmp_path / "child.log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
    deadline = time.monotonic() + 10
    while is_running(child):
        assert time.monotonic() < deadline, "the child still runs"


async def test_a_part_that_ignores_the_request_to_end_is_killed_after_the_grace(tmp_path: Path) -> None:
    log = tmp_path / "stubborn.log"
    process = Process(Command("stubborn", STUBBORN, log))
    await process.ready(lambda: says_up(log))
    assert await process.stop(grace_s=0.2) == -signal.SIGKILL


async def test_a_part_that_ends_at_once_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    class Broken(Service):
        name = "Broken part"

        def command(self) -> Command:
            return Command(self.name, [sys.executable, "-c", "raise SystemExit('no such database')"], tmp_path / "log")

        async def is_ready(self) -> bool:
            return False

    with pytest.raises(ProcessFailed, match=r"Broken part ended with status 1.*\n.*no such database"):
        await Broken().serve()


class Mute(Service):
    """Never ready, and says so once."""

    name = "Mute part"

    def __init__(self, argv: list[str], log: Path, patience: Patience) -> None:
        self._argv = argv
        self._log = log
        self.patience = patience

    def command(self) -> Command:
        return Command(self.name, self._argv, self._log)

    async def is_ready(self) -> bool:
        return False


async def test_a_part_that_does_nothing_and_is_not_ready_is_given_up_and_stopped(tmp_path: Path) -> None:
    part = Mute(SLEEPER, tmp_path / "log", Patience(in_all_s=60, idle_s=1.5))
    with pytest.raises(ProcessFailed, match=r"Mute part is not ready: it has done nothing for 2 s"):
        await part.serve()
    assert part.has_ended


async def test_a_part_that_works_is_waited_for_but_not_for_ever(tmp_path: Path) -> None:
    part = Mute(BUSY, tmp_path / "log", Patience(in_all_s=4, idle_s=1.5))
    with pytest.raises(ProcessFailed, match=r"Mute part is not ready: it was given 4 s"):
        await part.serve()
    assert part.has_ended


async def test_a_part_that_is_slow_to_begin_is_ready_when_it_is(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = Process(Command("slow", BUSY_THEN_UP, log))
    try:
        await process.ready(lambda: says_up(log), patience=Patience(in_all_s=60, idle_s=2))
    finally:
        await process.kill()


async def test_of_a_log_that_earlier_starts_have_filled_only_this_one_is_quoted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("FATAL: of yesterday\n")
    with pytest.raises(ProcessFailed) as failed:
        await run_to_end(Command("Broken part", [sys.executable, "-c", "raise SystemExit('of today')"], log))
    assert "of today" in str(failed.value)
    assert "of yesterday" not in str(failed.value)


async def test_who_waits_long_is_told_for_what_and_where_its_log_is(tmp_path: Path) -> None:
    told: list[str] = []
    log = tmp_path / "log"
    async with announced("Starting …", told.append, after_s=0.1, again_after_s=0.1):
        process = Process(Command("slow part", BUSY_THEN_UP, log))
        try:
            await process.ready(lambda: says_up(log))
        finally:
            await process.kill()
    assert told[0] == "Starting …"
    assert re.fullmatch(rf"Still waiting for slow part \(\d+ s; {re.escape(str(log))}\)\.", told[1])


async def test_a_program_that_does_not_exist_is_named(tmp_path: Path) -> None:
    process = Process(Command("missing", ["/no/such/program"], tmp_path / "log"))
    assert await process.ended(timeout_s=10) == 1
    assert "cannot run /no/such/program" in (tmp_path / "log").read_text()


async def test_a_busy_port_names_itself_and_the_variable_that_changes_it(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        busy = listener.getsockname()[1]
        ports = Ports(**{**vars(Ports.free()), "lexoffice": busy})
        with pytest.raises(PortBusy, match=rf"{busy}.*lexoffice.*PARTNERDESK_DEV_LEXOFFICE_PORT"):
            async with Stack(tmp_path, ports, emit=print):
                pass


async def test_a_second_stack_over_the_same_state_is_refused(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(StackError, match=rf"running already \(process {os.getpid()}\)"):
        async with Stack(tmp_path, Ports.free(), emit=print):
            pass


async def test_a_temporal_cli_that_is_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TEMPORAL_CLI", str(tmp_path / "nothing"))
    with pytest.raises(TemporalCliMissing, match=r"TEMPORAL_CLI=.*nothing"):
        await find_cli(print)


async def test_without_any_temporal_cli_the_ways_out_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TEMPORAL_CLI", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for proxy in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(proxy, raising=False)
    # Nobody listens there: a machine without a network.
    monkeypatch.setattr("sandbox.temporal_cli._DOWNLOAD_ADDRESS", ("127.0.0.1", free_port()))
    with pytest.raises(TemporalCliMissing, match=r"(?s)TEMPORAL_CLI.*temporal\.download.*go install"):
        await find_cli(print)


async def test_a_cached_temporal_cli_is_taken_before_anything_is_fetched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cached = _cache_of_a_machine_without_temporal(monkeypatch, tmp_path)
    _put_a_cli(cached)
    assert await find_cli(print) == cached


async def test_a_temporal_cli_that_another_script_is_building_is_waited_for_and_not_built_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cached = _cache_of_a_machine_without_temporal(monkeypatch, tmp_path)
    told: list[str] = []

    def hear(text: str) -> None:
        """The other script ends just when this one says that it waits."""
        told.append(text)
        _put_a_cli(cached)
        fcntl.flock(building, fcntl.LOCK_UN)

    with cached.with_suffix(".lock").open("w") as building:
        fcntl.flock(building, fcntl.LOCK_EX)
        assert await find_cli(hear) == cached
    assert len(told) == 1
    assert "waiting" in told[0]


def _cache_of_a_machine_without_temporal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    cached = tmp_path / "partnerdesk" / "temporal-cli" / "temporal"
    cached.parent.mkdir(parents=True)
    monkeypatch.delenv("TEMPORAL_CLI", raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return cached


def _put_a_cli(at: Path) -> None:
    at.write_text("#!/bin/sh\necho 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)'\n")
    at.chmod(0o755)


def test_a_free_port_is_none_that_an_outgoing_connection_is_given() -> None:
    ports = [free_port() for _ in range(50)]
    assert len(set(ports)) == 50
    assert all(1024 < port < 32_768 for port in ports)
