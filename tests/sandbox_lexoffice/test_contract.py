"""The sandbox answers in the shapes that the contract suite has last written down."""

import json
from pathlib import Path
from typing import Any

import httpx

from contract.__main__ import KEPT, keep
from contract.observing import Observed, observe
from contract.shapes import missing, shape_of, together
from sandbox.lexoffice_server import LexofficeAddresses


def newest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(max(KEPT.glob("*.json")).read_text(encoding="utf-8"))
    return found


async def observed_in(lexoffice: LexofficeAddresses, **settings: Any) -> Observed:
    async with httpx.AsyncClient(base_url=lexoffice.app_url, trust_env=False) as hooks:
        form = {"name": "Contract GmbH", "rate": 0} | settings
        made = (await hooks.post("/sandbox/organizations", json=form)).raise_for_status().json()
    headers = {"Authorization": f"Bearer {made['apiKey']}", "Accept": "application/json"}
    async with httpx.AsyncClient(base_url=lexoffice.base_url, headers=headers, trust_env=False, timeout=30) as http:
        return await observe(http, pause=0)


async def test_the_sandbox_has_the_newest_shapes(lexoffice_sandbox: LexofficeAddresses, tmp_path: Path) -> None:
    observed = await observed_in(lexoffice_sandbox)
    kept = newest()
    faults = {
        call: missing(shape, observed.shapes[call]) if call in observed.shapes else ["answered otherwise"]
        for call, shape in kept["shapes"].items()
    }
    assert {call: found for call, found in faults.items() if found} == {}
    assert json.loads(keep(observed, against="sandbox", folder=tmp_path).read_text("utf-8"))["shapes"]


async def test_open_questions_are_answered_in_plain_values(lexoffice_sandbox: LexofficeAddresses) -> None:
    found = (await observed_in(lexoffice_sandbox)).findings
    assert found["status_of_a_new_voucher"] == "open"
    assert found["same_bytes_are_one_file"]
    assert found["number_is_found_in_any_case"]
    assert found["income_category_refused"] == 406
    assert found["posting_categories"]["all"] == 231


def test_a_shape_holds_kinds_and_no_values() -> None:
    told = {
        "id": "8d0e3f8e-5f51-4ee5-9f0a-0a4f2b2f6f10",
        "at": "2026-11-30T11:00:00.000+01:00",
        "a": [{"b": 1}, {"c": None}],
    }
    assert shape_of(told) == {"a": [{"b": "number", "c": "nothing"}], "at": "time", "id": "id"}
    assert together("text", "number") == "number|text"
    assert missing({"a": "number", "b": {"c": "text"}}, {"a": "number", "b": {}, "more": "text"}) == [".b.c"]
    assert missing({"a": "number"}, {"a": "text"}) == [".a: number there, text here"]


def test_nothing_is_asked_before_somebody_says_that_this_may_write() -> None:
    import subprocess
    import sys

    ran = subprocess.run(
        [sys.executable, "-m", "contract", "--key", "x", "--base-url", "http://127.0.0.1:9"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "--i-know-this-writes" in ran.stderr
