"""A sandbox lexoffice as a process of its own, started and stopped as a user would."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.fixtures.programs import text_program
from tests.fixtures.unhurried import ANSWER_S


@dataclass(frozen=True)
class RunningSandbox:
    process: subprocess.Popen[str]
    url: str
    http: httpx.Client


@contextmanager
def running_sandbox(state: Path, *options: str) -> Iterator[RunningSandbox]:
    argv = [sys.executable, "-m", "sandbox.lexoffice", "--port", "0", "--state", str(state), "--key-bits", "2048"]
    with text_program(*argv, *options) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready["ready"] is True
        with httpx.Client(base_url=ready["url"], timeout=ANSWER_S) as http:
            yield RunningSandbox(process, ready["url"], http)
