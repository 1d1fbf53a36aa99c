"""`script/bench start`: what API, worker and command cost before they can be used, in CPU time.

CPU and not time on the clock: a start on a busy machine takes longer, and costs the same.
"""

import argparse
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from bench.figures import aim, spread
from bench.machine import cpu_seconds
from bench.rig import Rig, running, say
from sandbox.stack import Partnerdesk, partnerdesk_command

ABOUT = "CPU seconds until the API and the worker are ready, and of `partnerdesk --help`."

READY_S = 3.0
HELP_S = 0.5


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--starts", type=int, help="of each (7)")


async def run(options: argparse.Namespace, state: Path) -> Mapping[str, Any]:
    starts = options.starts or (2 if options.quick else 7)
    async with running(state, key_bits=2048) as rig:
        say(f"Starting the API, the worker and the command {starts} times each …")
        api = [await _until_ready(rig.stack.api) for _ in range(starts)]
        worker = [await _until_ready(rig.stack.worker) for _ in range(starts)]
        asked_for_help = [_help(rig) for _ in range(starts)]
    return {
        "settings": {"starts": starts},
        "api_ready_cpu_s": spread(api, 2),
        "worker_ready_cpu_s": spread(worker, 2),
        "help_cpu_s": spread(asked_for_help, 2),
        "aims": [
            aim("CPU seconds until the API is ready", median(api), at_most=READY_S),
            aim("CPU seconds until the worker is ready", median(worker), at_most=READY_S),
            aim("CPU seconds of partnerdesk --help", median(asked_for_help), at_most=HELP_S),
        ],
    }


async def _until_ready(part: Partnerdesk) -> float:
    await part.stop()
    await part.restart()
    return cpu_seconds({"part": part.process.pid})["part"]


def _help(rig: Rig) -> float:
    asking = subprocess.Popen(
        [partnerdesk_command(), "--help"],
        env=dict(rig.stack.addresses.environment),
        stdout=subprocess.DEVNULL,
    )
    # Its own use alone: getrusage tells that of all children together.
    _, status, usage = os.wait4(asking.pid, 0)
    asking.returncode = os.waitstatus_to_exitcode(status)
    assert asking.returncode == 0
    return usage.ru_utime + usage.ru_stime
