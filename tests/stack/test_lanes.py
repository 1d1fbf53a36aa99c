"""What a run starts is what its tests ask for."""

import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PURE = "tests/lexoffice_client/test_notifications.py"
WITH_A_DATABASE = "tests/ledger/test_kept_answers.py"
WITH_THE_ENGINE = "tests/stack/test_fairness.py"


def test_pure_are_the_tests_that_ask_for_no_server_by_whatever_fixture() -> None:
    chosen = _run("--pure", "--collect-only", "-q", PURE, WITH_A_DATABASE, WITH_THE_ENGINE).stdout
    assert f"{PURE}::" in chosen
    assert WITH_A_DATABASE not in chosen
    assert WITH_THE_ENGINE not in chosen


def test_the_engine_is_looked_for_only_if_a_chosen_test_asks_for_it() -> None:
    assert _run("-q", PURE).returncode == 0
    assert _run("-q", WITH_A_DATABASE).returncode == 0
    refused = _run("-q", WITH_THE_ENGINE)
    assert refused.returncode == 4  # pytest's usage error, before any test
    assert "TEMPORAL_CLI=/no/such/temporal is no temporal command" in refused.stderr


def _run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tests", *words],
        cwd=CHECKOUT,
        env={**os.environ, "TEMPORAL_CLI": "/no/such/temporal"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_without_an_engine_are_pure_tests_and_those_with_a_database() -> None:
    chosen = _run("--no-engine", "--collect-only", "-q", PURE, WITH_A_DATABASE, WITH_THE_ENGINE).stdout
    assert f"{PURE}::" in chosen
    assert f"{WITH_A_DATABASE}::" in chosen
    assert WITH_THE_ENGINE not in chosen
