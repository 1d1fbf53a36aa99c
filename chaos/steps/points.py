"""Steps and points: what a process has taken, and where it is to fall. Both stand in files, for they outlive it."""

import json
import os
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class Fate(StrEnum):
    """What happens at a step."""

    BEFORE = "before"
    """The process is gone right before it."""
    AFTER = "after"
    """The process is gone right after it, and has not heard the answer."""
    LOST = "lost"
    """It is done and the connection is cut before the answer; the process goes on."""


@dataclass(frozen=True, order=True)
class Step:
    """One thing that becomes true outside of the process (`worker`, `api`). `nth`: of its name, in one loop."""

    process: str
    name: str
    nth: int

    def __str__(self) -> str:
        return f"{self.process}: {self.name}" + (f" ({self.nth})" if self.nth > 1 else "")


@dataclass(frozen=True)
class Point:
    """Where a loop is disturbed."""

    step: Step
    fate: Fate

    def __str__(self) -> str:
        return f"{self.fate} {self.step}"


@dataclass(frozen=True)
class Now:
    """The loop that goes on. `point`: as long as nobody has come to it."""

    loop: int
    is_disturbed: bool
    point: Point | None


class Folder:
    """What the harness and the processes tell each other. `loop` numbers the loops; each has a list of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._now = folder / "now"

    def begin(self, loop: int, point: Point | None) -> None:
        """From now on what is taken belongs to this loop, and the first process that comes to the point falls there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        at = None if point is None else asdict(point)
        self._tell(loop, point is not None, at)

    def passed(self, loop: int) -> None:
        """Somebody has come to the point of this loop: whoever comes after goes past."""
        self._tell(loop, True, None)

    def _tell(self, loop: int, is_disturbed: bool, point: dict[str, Any] | None) -> None:
        told = self._folder / f"now.{os.getpid()}"
        told.write_text(json.dumps({"loop": loop, "is_disturbed": is_disturbed, "point": point}))
        told.replace(self._now)

    def now(self) -> Now | None:
        """What is going on; None before the first loop."""
        try:
            told = json.loads(self._now.read_text())
        except FileNotFoundError:
            return None
        at = told["point"]
        point = None if at is None else Point(Step(**at["step"]), Fate(at["fate"]))
        return Now(told["loop"], told["is_disturbed"], point)

    def taken(self, loop: int) -> list[Step]:
        """The steps of this loop, in the order in which they began."""
        try:
            lines = self._list(loop).read_text().splitlines()
        except FileNotFoundError:
            return []
        return [Step(**json.loads(line)) for line in lines]

    def note(self, loop: int, step: Step) -> None:
        with self._list(loop).open("a") as file:
            file.write(json.dumps(asdict(step), ensure_ascii=False) + "\n")

    def _list(self, loop: int) -> Path:
        return self._folder / f"{loop}.steps"


class Steps:
    """Those of one process."""

    def __init__(self, folder: Folder, process: str) -> None:
        self.process = process
        self._folder = folder
        self._loop: int | None = None
        self._counts: Counter[str] = Counter()

    @property
    def are_disturbed(self) -> bool:
        """The loop that goes on has a point, or had one."""
        now = self._folder.now()
        return now is not None and now.is_disturbed

    def begin(self, name: str) -> Fate | None:
        """A step begins: whether this is the point of the loop, and what is to happen. The process may be gone."""
        now = self._folder.now()
        if now is None:
            return None
        if now.loop != self._loop:
            self._loop, self._counts = now.loop, Counter()
        self._counts[name] += 1
        step = Step(self.process, name, self._counts[name])
        self._folder.note(now.loop, step)
        point = now.point
        if point is None or point.step != step:
            return None
        self._folder.passed(now.loop)
        if point.fate is Fate.BEFORE:
            fall()
        return point.fate

    async def take(
        self, name: str, act: Callable[[], Awaitable[Answer]], cut: Callable[[Answer], Awaitable[Answer]]
    ) -> Answer:
        """The step, with what is to happen to it. `cut` gives what is seen when the answer is lost; it may raise."""
        fate = self.begin(name)
        answer = await act()
        if fate is Fate.AFTER:
            fall()
        return await cut(answer) if fate is Fate.LOST else answer


def fall() -> None:
    """As a crash of the machine is to the process: nothing is finished, closed or flushed."""
    os.kill(os.getpid(), signal.SIGKILL)
