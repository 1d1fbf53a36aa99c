from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .account import Account
from .receiver import Receiver
from .running_sandbox import RunningSandbox, running_sandbox

OpenAccount = Callable[..., Account]


@pytest.fixture(scope="session")
def sandbox(stack_state: Path) -> Iterator[RunningSandbox]:
    # 10 s of the retry plan become 0.2 ms, all of it 2.8 s.
    with running_sandbox(stack_state / "own-lexoffice", "--time-scale", "0.00002") as running:
        yield running


@pytest.fixture
def open_account(sandbox: RunningSandbox) -> OpenAccount:
    def opened(**settings: Any) -> Account:
        answer = sandbox.http.post("/sandbox/organizations", json={"name": "Muster GmbH", "rate": 0, **settings})
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return Account(sandbox.http, made["organizationId"], made["apiKey"], made["connectionId"])

    return opened


@pytest.fixture
def account(open_account: OpenAccount) -> Account:
    return open_account()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def state(tmp_path: Path, stack_state: Path) -> Path:
    """For a sandbox of the test's own; `stack_state`, as that is a server."""
    return tmp_path / "state"
