"""`python -m bench NAME`: run one bench over a temporary stack on free ports, and print its figures as JSON."""

import argparse
import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import budget, documents, loop, pages, payout_run, sizing, start
from bench.machine import describe
from bench.rig import say
from sandbox.memory import memory_folder
from sandbox.processes import StackError

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Bench:
    """`run` gets the chosen options and a folder for the states of its stacks; what it returns is printed."""

    about: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Path], Awaitable[Figures]]


BENCHES = {
    "budget": Bench(budget.ABOUT, budget.add_options, budget.run),
    "documents": Bench(documents.ABOUT, documents.add_options, documents.run),
    "loop": Bench(loop.ABOUT, loop.add_options, loop.run),
    "pages": Bench(pages.ABOUT, pages.add_options, pages.run),
    "run": Bench(payout_run.ABOUT, payout_run.add_options, payout_run.run),
    "sizing": Bench(sizing.ABOUT, sizing.add_options, sizing.run),
    "start": Bench(start.ABOUT, start.add_options, start.run),
}


async def _run(options: argparse.Namespace) -> Figures:
    running = asyncio.current_task()
    assert running is not None
    for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(signal_number, running.cancel)
    before = describe()
    figures = await BENCHES[options.bench].run(options, options.state)
    return {"bench": options.bench, "quick": options.quick, "machine": before, **figures}


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    chosen = parser.add_subparsers(dest="bench", required=True, metavar="NAME")
    for name, bench in BENCHES.items():
        options = chosen.add_parser(name, help=bench.about, description=bench.about)
        options.add_argument("--quick", action="store_true", help="about a minute: shows that it runs, not how fast")
        bench.add_options(options)
    wanted = parser.parse_args()
    wanted.state = Path(tempfile.mkdtemp(prefix="partnerdesk-bench-", dir=memory_folder() if wanted.quick else None))
    # PostgreSQL may run as another user, and must be able to pass through here.
    wanted.state.chmod(0o711)
    status = 0
    try:
        print(json.dumps(asyncio.run(_run(wanted)), indent=2, ensure_ascii=False))
    except StackError as error:
        say(str(error))
        status = 1
    except (asyncio.CancelledError, KeyboardInterrupt):
        say("Stopped.")
        status = 130
    if status:
        say(f"The logs are in {wanted.state}.")
    else:
        shutil.rmtree(wanted.state, ignore_errors=True)
    sys.stdout.flush()
    sys.stderr.flush()
    # The Temporal SDK can crash at shutdown (sdk-python issue 300); the figures are printed.
    os._exit(status)


if __name__ == "__main__":
    main()
