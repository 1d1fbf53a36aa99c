"""`python -m chaos.steps.process worker|api --folder F --port N`: a process of the product with the seams around it.

It is forked from one that has everything imported and runs nothing, and again each time it falls: a start from nothing
takes seconds of the processor, and there are hundreds.
"""

import argparse
import ctypes
import os
import signal
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

import temporalio.worker

import cli
import worker
from api.app import create_app
from chaos.steps import engine_seams, seams
from chaos.steps.points import Folder, Steps

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_STICKY = timedelta(seconds=1)
"""How long the engine waits for the worker that has the workflow in its memory before it asks any other."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m chaos.steps.process")
    parser.add_argument("what", choices=("worker", "api"))
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--beside", type=Path, required=True)
    parser.add_argument("--port", required=True)
    options = parser.parse_args()
    assert create_app is not None  # imported for its own sake: what is forked has it already
    while True:
        child = os.fork()
        if child == 0:
            _work(options)
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, lambda number, _, child=child: os.kill(child, number))  # type: ignore[misc]
        _, status = os.waitpid(child, 0)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _work(options: argparse.Namespace) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, signal.SIG_DFL)
    steps = Steps(Folder(options.folder), options.what)
    line = engine_seams.Line(os.environ["TEMPORAL_ADDRESS"])
    os.environ["TEMPORAL_ADDRESS"] = line.address
    seams.commits(steps)
    seams.requests(steps)
    seams.files(steps, beside=options.beside)
    engine_seams.calls(steps, line)
    engine_seams.tasks(steps, line)
    sticky = partial(temporalio.worker.Worker, sticky_queue_schedule_to_start_timeout=_STICKY)
    setattr(worker, "Worker", sticky)  # noqa: B010 - it is replaced, not implemented
    port = "--health-port" if options.what == "worker" else "--port"
    sys.argv = ["partnerdesk", options.what, port, options.port]
    try:
        cli.main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
