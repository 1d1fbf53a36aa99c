"""A deploy cannot break payouts that have waited for weeks: stored histories replay against the code as it is now.

Recorded by tests/record_histories; how to change a workflow all the same stands in docs/upgrades.md.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from activities.models import PayoutInput
from engine.plugin import plugin
from ledger.types import PayoutState
from tests.record_histories.stored import HISTORIES, read_manifest
from workflows.registered import WORKFLOWS

STORED = sorted(HISTORIES.rglob("*/*.json"))
NAMES = [str(file.relative_to(HISTORIES)) for file in STORED]

RETIRED: dict[str, str] = {}
"""Histories that need not replay any more, by name, and why: nothing that began so is open anywhere. They stay stored
(docs/upgrades.md, A worked example)."""

REPLAYED = [name for name in NAMES if name not in RETIRED]


def history_of(file: Path) -> WorkflowHistory:
    told = json.loads(file.read_text())
    return WorkflowHistory.from_json(told["workflow_id"], told["history"])


def type_of(file: Path) -> str:
    first = json.loads(file.read_text())["history"]["events"][0]
    name: str = first["workflowExecutionStartedEventAttributes"]["workflowType"]["name"]
    return name


@pytest.mark.parametrize("name", REPLAYED)
async def test_a_stored_history_replays(name: str) -> None:
    replayer = Replayer(workflows=WORKFLOWS, plugins=[plugin()])
    await replayer.replay_workflow(history_of(HISTORIES / name))


def test_what_is_retired_is_stored_and_has_a_reason() -> None:
    assert set(RETIRED) <= set(NAMES)
    assert all(RETIRED.values())


def test_what_is_stored_is_neither_changed_nor_removed() -> None:
    found = {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in zip(NAMES, STORED, strict=True)}
    assert found == read_manifest()


def test_there_is_a_history_of_every_workflow_and_of_every_state_of_a_payout() -> None:
    assert {type_of(file) for file in STORED} >= {kind.__name__ for kind in WORKFLOWS}
    seen = {file.stem.removeprefix("payout-").partition("-")[0] for file in STORED if file.stem.startswith("payout-")}
    # What a person makes of a returned payout is written without a workflow.
    assert seen == {state.value for state in PayoutState} - {PayoutState.SETTLED_MANUALLY}


@workflow.defn(name="PayoutWorkflow", sandboxed=False)
class Hasty:
    """What somebody might make of it: it sleeps before it listens."""

    @workflow.run
    async def run(self, payout: PayoutInput) -> str:
        await workflow.sleep(timedelta(days=1))
        return "paid"


async def test_a_workflow_that_decides_otherwise_is_noticed() -> None:
    file = next(file for file in STORED if file.stem == "payout-paid")
    replayer = Replayer(workflows=[Hasty], plugins=[plugin()])
    with pytest.raises(workflow.NondeterminismError):
        await replayer.replay_workflow(history_of(file))


def texts(told: Any) -> Iterator[str]:
    """Every text of a history, payloads decoded."""
    if isinstance(told, dict):
        for key, value in told.items():
            if key == "data" and isinstance(value, str):
                yield base64.b64decode(value).decode(errors="replace")
            else:
                yield from texts(value)
    elif isinstance(told, list):
        for one in told:
            yield from texts(one)
    elif isinstance(told, str):
        yield told


# What the recorder's tenants, partners and customers are called, where they live, and what opens their doors.
SECRET = re.compile(
    r"Firma t-|Kunde|Lindenweg|Marktplatz|Hamburg|Berlin|Potsdam|Weg 2|Bonn"
    r"|\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b|DE\d{9}|@|pdk_|whsec_|Bearer|token=|postgres(ql)?://|/root/|/home/"
)


@pytest.mark.parametrize("file", STORED, ids=NAMES)
def test_a_history_holds_no_name_no_account_and_no_secret(file: Path) -> None:
    found = [text[:80] for text in texts(json.loads(file.read_text())) if SECRET.search(text)]
    assert found == []


# Two sentences that activities were given before there were codes; what is in flight is shown as it is.
KNOWN_SENTENCES = {
    "lexoffice hat unsere Adresse nicht erreicht oder ihr Zertifikat nicht angenommen (PARTNERDESK_PUBLIC_URL).",
    "lexoffice gibt zu diesem Beleg kein PDF aus.",
}
SENTENCE = re.compile(r"[A-Za-zÄÖÜäöüß„]+ [a-zäöüß]+ .*[.!?]|[äöüßÄÖÜ„]")


def test_payloads_hold_codes_and_no_sentences() -> None:
    """Summaries are for people and not compared; what a workflow decides by is told in codes (docs/upgrades.md)."""
    found = set()
    for file in STORED:
        told = json.loads(file.read_text())["history"]["events"]
        for event in told:
            event.pop("userMetadata", None)
            found |= {leaf for text in texts(event) for leaf in _leaves(text) if SENTENCE.search(leaf)}
    assert found == KNOWN_SENTENCES


def _leaves(text: str) -> Iterator[str]:
    """A payload is JSON, most times; its texts one by one."""
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    yield from texts(told) if isinstance(told, dict | list) else [told if isinstance(told, str) else text]


def test_a_history_says_nothing_about_where_it_was_recorded() -> None:
    identities = set()
    for file in STORED:
        identities |= set(re.findall(r'"identity": "([^"]*)"', file.read_text()))
    assert identities == {"recorder"}
