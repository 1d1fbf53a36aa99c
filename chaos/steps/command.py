"""`script/chaos --every-step`: prints one JSON object; status 0 only with zero differences and the lists as kept."""

import argparse
import asyncio
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from chaos.steps.every_step import LOOPS, Report, listed, run
from chaos.steps.points import Point, Step
from sandbox.memory import memory_folder
from sandbox.processes import StackError

KEPT = Path(__file__).resolve().parents[2] / "docs" / "steps"


def kept(loop: str) -> list[str]:
    """The steps of a loop as they stand in docs/steps."""
    return (KEPT / f"{loop}.txt").read_text().splitlines()


def changes(loop: str, steps: Sequence[Step]) -> list[str]:
    """What the loop takes and the list does not have (+), and what it takes no more (-)."""
    now, before = set(listed(steps)), set(kept(loop))
    return [*(f"+ {name}" for name in sorted(now - before)), *(f"- {name}" for name in sorted(before - now))]


async def _run(options: argparse.Namespace) -> int:
    state = Path(tempfile.mkdtemp(prefix="partnerdesk-steps-", dir=memory_folder()))
    try:
        report = await run(options.loop or LOOPS, lambda _, points: _chosen(options, points), state, _say)
    except StackError as error:
        _say(f"{error}\nThe logs are in {state}.")
        return 2
    changed = _compare_lists(report, write=options.write)
    print(json.dumps({**report.printable(), "changed_steps": changed}, ensure_ascii=False, indent=1), flush=True)
    if report.is_good:
        shutil.rmtree(state, ignore_errors=True)
    else:
        _say(f"The state and its logs are kept in {state}.")
    return 0 if report.is_good and not changed else 1


def _chosen(options: argparse.Namespace, points: Sequence[Point]) -> list[Point]:
    """First those of a name that was not there yet: a run that is ended early has seen most."""
    wanted = sorted((one for one in points if options.only in str(one)), key=lambda one: one.step.nth)
    if options.sample is not None:
        wanted = [one for one in wanted if one.step.nth == 1]  # which every loop comes to
        dice = random.Random(f"steps/{options.seed}")  # noqa: S311 - repeatable on purpose
        return dice.sample(wanted, min(options.sample, len(wanted)))
    part, parts = options.part
    return wanted[part - 1 :: parts]


def _compare_lists(report: Report, *, write: bool) -> dict[str, list[str]]:
    if write:
        KEPT.mkdir(exist_ok=True)
        for loop, steps in report.steps.items():
            (KEPT / f"{loop}.txt").write_text("\n".join(listed(steps)) + "\n")
    return {loop: found for loop, steps in report.steps.items() if (found := changes(loop, steps))}


def _part(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise argparse.ArgumentTypeError(f"{text} is no part; 2/8 is the second of eight")
    return int(part), int(parts)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="script/chaos --every-step",
        description="Count each commit, each request to a provider, each call of the engine and each file in the loop "
        "from the sale to the paid payout; then run the loop once for each of them, with the process gone right "
        "before it, right after it, and with its answer lost. Afterwards the books, the ledger and the workflows are "
        "compared.",
    )
    parser.add_argument(
        "--loop", choices=LOOPS, action="append", help="strategy and books; may be given more than once"
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="points that have this in their name")
    parser.add_argument("--part", type=_part, default=(1, 1), metavar="K/N", help="the K-th of N parts of the points")
    parser.add_argument("--sample", type=int, help="so many points of each loop, drawn by --seed")
    parser.add_argument("--seed", default="1", help="of the sample (%(default)s)")
    parser.add_argument("--write", action="store_true", help="write the steps to docs/steps")
    return asyncio.run(_run(parser.parse_args(arguments)))
