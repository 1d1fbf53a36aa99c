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
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    # 10 s of the retry plan become 0.2 ms, all of it 2.8 s.
    with running_sandbox(tmp_path_factory.mktemp("lexoffice"), "--time-scale", "0.00002") as running:
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
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"
