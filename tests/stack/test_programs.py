"""What tests start ends with them, however they end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fixtures.programs import program

CHECKOUT = Path(__file__).resolve().parents[2]
SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
LEAVES_AN_ORPHAN = f"""
import subprocess, sys
from tests.fixtures.programs import adopt_orphans, end_children
adopt_orphans()
start = "subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdout=subprocess.DEVNULL)"
between = f"import subprocess, sys; print({{start}}.pid)"
print(subprocess.run([sys.executable, "-c", between, {SLEEPER!r}], stdout=subprocess.PIPE, text=True).stdout)
print(end_children(grace_s=0), end_children(grace_s=0))
"""
STARTS_ONE = f"""
import asyncio, sys
from tests.fixtures.programs import program
async def main():
    async with program(sys.executable, "-c", {SLEEPER!r}) as process:
        print(process.pid, flush=True)
        await process.wait()
asyncio.run(main())
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux ends children and tells of them")


async def test_a_program_ends_with_its_block_also_where_the_test_fails() -> None:
    with pytest.raises(ZeroDivisionError):
        async with program(sys.executable, "-c", SLEEPER) as process:
            raise ZeroDivisionError
    assert process.returncode == -signal.SIGKILL


def test_a_program_ends_with_a_run_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTS_ONE], stdout=subprocess.PIPE, cwd=CHECKOUT) as run:
        assert run.stdout is not None
        child = int(run.stdout.readline())
        assert _runs(child)
        run.kill()
    deadline = time.monotonic() + 60
    while _runs(child):
        assert time.monotonic() < deadline


def test_what_is_left_running_all_the_same_is_ended_and_told_at_the_end_of_a_run() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LEAVES_AN_ORPHAN], stdout=subprocess.PIPE, text=True, check=True, cwd=CHECKOUT
    )
    orphan, told = ended.stdout.split(None, 1)
    assert SLEEPER in told
    assert told.rstrip().endswith(" []")
    assert not _runs(int(orphan))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        # A zombie that nobody has waited for yet has ended as well.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
