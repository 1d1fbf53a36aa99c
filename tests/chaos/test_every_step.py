"""script/chaos --every-step, a sample of the day: the loop takes what is kept, and a crash at a step does no harm."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chaos.steps.every_step import LOOPS, all_points
from chaos.steps.points import Fate, Folder, Point, Step, Steps
from tests.fixtures.programs import leashed
from tests.fixtures.samples import SEED

_CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.long
@pytest.mark.usefixtures("stack_state", "temporal_cli")
@pytest.mark.timeout(900)
def test_the_steps_of_the_loop_are_those_in_docs_and_a_crash_at_one_of_today_loses_nothing() -> None:
    ended = subprocess.run(
        leashed(sys.executable, "-m", "chaos", "--every-step", "--sample", "1", "--seed", str(SEED)),
        cwd=_CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(_CHECKOUT)},
        stdout=subprocess.PIPE,
        timeout=880,
        check=False,
    )
    report = json.loads(ended.stdout)
    assert report["changed_steps"] == {}, "script/chaos --every-step --write --sample 0 writes docs/steps anew"
    assert report["differences"] == []
    assert ended.returncode == 0
    assert sum(report["disturbed"].values()) == len(LOOPS)
    assert set(report["payouts_by_state"]) == {"paid"}


async def test_a_point_is_carried_out_once_and_by_the_step_that_it_names(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    steps = Steps(folder, "worker")
    folder.begin(1, Point(Step("worker", "commit", 2), Fate.LOST))

    async def act() -> str:
        return "answer"

    async def cut(answer: str) -> str:
        return f"no {answer}"

    assert [await steps.take("commit", act, cut) for _ in range(3)] == ["answer", "no answer", "answer"]
    assert folder.taken(1) == [Step("worker", "commit", nth) for nth in (1, 2, 3)]
    folder.begin(2, None)
    assert await steps.take("commit", act, cut) == "answer"
    assert folder.taken(2) == [Step("worker", "commit", 1)]


def test_what_is_taken_from_the_engine_can_only_be_lost_by_a_crash_after_it() -> None:
    points = all_points([Step("worker", "engine: advance taken", 1), Step("worker", "commit: advance", 1)])
    assert [(point.fate, point.step.name) for point in points] == [
        (Fate.AFTER, "engine: advance taken"),
        (Fate.BEFORE, "commit: advance"),
        (Fate.AFTER, "commit: advance"),
        (Fate.LOST, "commit: advance"),
    ]
