"""The suite on other days: `python -m tests.on_days [--sample] [arguments of pytest]`, or `script/test --on-days …`.

For each moment below the tests that need no engine run once, in a process whose clock libfaketime has moved. Python and
PostgreSQL see the same moment, and it goes on as time does; the monotonic clock, by which everybody waits, is left
alone. Tests with an engine take their days from ledger/clock.py, as the engine's own time stays real.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ledger.types import BERLIN
from sandbox.cache import cache_folder

CHECKOUT = Path(__file__).resolve().parents[1]
LIBRARY = "libfaketime.so.1"
PACKAGE = "libfaketime"
NOT_CHECKED = 3
"""The exit status where the clock cannot be moved: nothing was run, and nothing is proved."""


@dataclass(frozen=True)
class Moment:
    """When a run begins; none takes longer than it is away from the next midnight, unless that is its point."""

    name: str
    at: datetime
    in_sample: bool = False


def _berlin(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


MOMENTS = (
    Moment("the last day of a month", _berlin(2027, 4, 30, 12, 0)),
    Moment("the last evening of a year", _berlin(2027, 12, 31, 20, 0)),
    Moment("the first minute of a year in Berlin, still the old one in UTC", _berlin(2028, 1, 1, 0, 1), in_sample=True),
    Moment("29 February", _berlin(2028, 2, 29, 12, 0), in_sample=True),
    Moment("before the clocks go forward", _berlin(2027, 3, 28, 1, 40)),
    Moment("after the clocks went forward", _berlin(2027, 3, 28, 3, 1)),
    Moment("the hour that comes twice, on the last day of a month", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    Moment("the hour that comes twice, for the second time", datetime(2027, 10, 31, 1, 1, tzinfo=UTC), in_sample=True),
    Moment("before midnight in Berlin", _berlin(2027, 6, 15, 23, 30)),
    Moment("after midnight in Berlin, the day before in UTC", _berlin(2027, 6, 16, 0, 1)),
    Moment("before midnight in UTC", datetime(2027, 6, 15, 23, 30, tzinfo=UTC)),
    Moment("after midnight in UTC", datetime(2027, 6, 16, 0, 1, tzinfo=UTC)),
    Moment("over midnight in Berlin", datetime(2027, 6, 15, 21, 59, 50, tzinfo=UTC)),
)

SAMPLE = (
    "tests/ledger/test_clock.py",
    "tests/ledger/bank/test_days.py",
    "tests/money/test_due.py",
    "tests/api/v1/test_days.py",
    "tests/api/pages/payouts/test_run_pages.py",
)
"""What counts days, and takes seconds: .ci/run tries it on the moments of the sample."""


def find_library() -> Path | None:
    """Of the machine, or of a Debian package that is unpacked into the cache; None where neither can be had."""
    if named := os.environ.get("LIBFAKETIME"):
        return Path(named)
    kept = cache_folder("faketime")
    for root in (Path("/usr/lib"), Path("/lib"), kept / "usr/lib"):
        if found := next(iter(sorted(root.glob(f"**/faketime/{LIBRARY}"))), None):
            return found
    return _unpacked(kept)


def _unpacked(kept: Path) -> Path | None:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    with tempfile.TemporaryDirectory() as folder:
        fetched = subprocess.run(
            ["apt-get", "download", PACKAGE],
            cwd=folder,
            capture_output=True,
            check=False,
        )
        for package in Path(folder).glob("*.deb") if fetched.returncode == 0 else ():
            kept.mkdir(parents=True, exist_ok=True)
            subprocess.run(["dpkg-deb", "-x", str(package), str(kept)], check=True)
    return next(iter(kept.glob(f"**/faketime/{LIBRARY}")), None)


def clock(library: Path, moment: datetime) -> dict[str, str]:
    """Of the environment of a process, and of what it starts: it is `moment` now, for all of them alike."""
    ahead = moment.timestamp() - time.time() + float(os.environ.get("FAKETIME", 0))
    return {
        "LD_PRELOAD": str(library),
        # An offset, not a moment: each process would begin at that one when it starts.
        "FAKETIME": f"{ahead:+.3f}",
        # Two names, as the library has been renamed between its versions.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
        # Python compares the times of its files, and would compile all of them again.
        "NO_FAKE_STAT": "1",
    }


def _runs(moments: Sequence[Moment], library: Path, arguments: Sequence[str]) -> Iterator[tuple[Moment, int]]:
    for moment in moments:
        print(f"\nOn {moment.at:%Y-%m-%d %H:%M %Z}: {moment.name}", flush=True)
        run = subprocess.run(
            [sys.executable, "-m", "tests", "--no-engine", "-m", "not long and not cluster", "-q", *arguments],
            cwd=CHECKOUT,
            env={**os.environ, **clock(library, moment.at)},
            check=False,
        )
        yield moment, run.returncode


def main(words: Sequence[str]) -> int:
    """0: it passes on each. 1: not on all. NOT_CHECKED: the clock cannot be moved here."""
    parser = argparse.ArgumentParser(prog="script/test --on-days", description=__doc__, add_help=False)
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--only", metavar="WORDS", help="moments whose name holds these words")
    chosen, arguments = parser.parse_known_args(words)
    moments = [one for one in MOMENTS if one.in_sample or not chosen.sample]
    if chosen.only:
        moments = [one for one in MOMENTS if chosen.only in one.name]
    library = find_library()
    if library is None:
        print(
            f"NOT CHECKED: whether the suite passes on other days ({len(moments)} of them). It needs {LIBRARY} "
            f"(Debian: apt install {PACKAGE}), or its path in LIBFAKETIME.",
            file=sys.stderr,
        )
        return NOT_CHECKED
    failed = [one for one, status in _runs(moments, library, arguments or (SAMPLE if chosen.sample else ())) if status]
    for one in failed:
        print(f"FAILED on {one.at:%Y-%m-%d %H:%M %Z}: {one.name}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
