"""Two releases at once: a worker runs the code of the release that is deployed, whatever folder it starts in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chaos.releases import STEPS, checked_out
from sandbox.processes import StackError

CHECKOUT = Path(__file__).resolve().parents[2]


def imported_with(folder: Path) -> list[str]:
    """Whose modules a worker of that folder has, as DeployedWorker starts it: from our own checkout."""
    told = subprocess.run(
        [sys.executable, "-P", "-c", "import cli, ledger; print(cli.__file__, ledger.__file__)"],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.split()


async def test_the_code_of_a_commit_comes_before_ours(tmp_path: Path) -> None:
    async with checked_out("HEAD", tmp_path / "beside") as other:
        found = imported_with(other.folder)
        assert found == [str(other.folder / "cli.py"), str(other.folder / "ledger" / "__init__.py")]
    assert not other.folder.exists()


async def test_a_commit_that_git_does_not_know_is_said(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"git worktree add: .*no-such-commit"):
        async with checked_out("no-such-commit", tmp_path / "beside"):
            pass


def test_both_workers_end_with_our_code_after_a_step_back() -> None:
    assert [share for share, _, _ in STEPS] == sorted(share for share, _, _ in STEPS)
    last = {name: is_new for _, name, is_new in STEPS}
    assert last == {"worker 1": True, "worker 2": True}
    assert any(not is_new for _, _, is_new in STEPS)
