"""A process starts with what it needs to start: libraries that take long to load come with the first use of them."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
LOADED = "import sys, {module}; print(*sorted(set(name.partition('.')[0] for name in sys.modules)))"

OF_A_PAGE_A_FILE_OR_A_LETTER = {
    "babel",  # how amounts and days are written for people
    "fontTools",
    "fpdf",  # statements as PDF
    "holidays",  # the days on which banks are closed, with the calendars of all countries
    "PIL",
    "schwifty",  # the registries of banks
    "segno",  # QR codes
    "xmlschema",  # the check of a file for the bank
}
OF_A_NEIGHBOUR = {"authlib", "requests", "stripe", "urllib3"}
OF_A_TEST = {"hypothesis", "playwright", "pytest", "sandbox", "tests"}
OF_A_SERVER = {"fastapi", "httpx", "jinja2", "structlog", "temporalio", "uvicorn"}


@pytest.mark.parametrize("module", ["api.app", "worker"])
def test_neither_api_nor_worker_loads_what_only_a_few_of_its_requests_need(module: str) -> None:
    assert _loaded_by(module) & (OF_A_PAGE_A_FILE_OR_A_LETTER | OF_A_NEIGHBOUR | OF_A_TEST) == set()


@pytest.mark.parametrize("module", ["api.app", "worker"])
def test_what_makes_traces_is_not_loaded_while_they_are_off(module: str) -> None:
    """FastAPI loads the names of OpenTelemetry, which do nothing by themselves."""
    say = f"import sys, {module}; print(*(name for name in sys.modules if name.startswith('opentelemetry.')))"
    loaded = subprocess.run(
        [sys.executable, "-c", say], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = ("opentelemetry.sdk", "opentelemetry.instrumentation", "opentelemetry.exporter", "opentelemetry.proto")
    assert [name for name in loaded if name.startswith(heavy)] == []


def test_the_command_tells_its_options_without_loading_a_server_or_the_engine() -> None:
    unwanted = OF_A_PAGE_A_FILE_OR_A_LETTER | OF_A_NEIGHBOUR | OF_A_TEST | OF_A_SERVER
    assert _loaded_by("cli") & (unwanted | {"api", "engine", "activities", "workflows", "worker"}) == set()


def _loaded_by(module: str) -> set[str]:
    """The top-level packages that importing it brings into a fresh process."""
    command = [sys.executable, "-c", LOADED.format(module=module)]
    return set(subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.split())
