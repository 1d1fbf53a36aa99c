"""What the engine knows by name is registered under that name: open workflows would wait for ever for another one.

A function may be renamed; `name=` keeps what it is registered as.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from cryptography.fernet import Fernet
from temporalio import activity, workflow

import worker
from ledger.types import EASYBILL
from settings import Settings
from tests.conftest import Database
from tests.record_histories.stored import HISTORIES
from workflows.messages import EVENTS_OUT, LEXOFFICE, MAIL, PAYOUTS, VIES
from workflows.registered import WORKFLOWS

QUERIES = {"PayoutWorkflow": {"status"}, "OwnDocumentWorkflow": {"status"}}
"""A query leaves nothing in a history; callers outside the product may know it."""
NEVER_RECORDED = {
    "conclude_unfetched",
    "give_up_vat_check",
    "read_posting_categories",
}
"""Of no scene was a document recorded that stayed unfetched to the end of all its tries, nor VIES away for two weeks;
categories are read once a day."""


@cache
def events() -> tuple[tuple[str, dict[str, Any]], ...]:
    """(type of the workflow, event) of every stored history."""

    def all_of_them() -> Iterator[tuple[str, dict[str, Any]]]:
        for file in sorted(HISTORIES.rglob("*/*.json")):
            told = json.loads(file.read_text())["history"]["events"]
            kind = told[0]["workflowExecutionStartedEventAttributes"]["workflowType"]["name"]
            yield from ((kind, event) for event in told)

    return tuple(all_of_them())


def named(attributes: str, *path: str) -> set[tuple[str, str]]:
    """(type of the workflow, name) of what stands at this path in the events of a kind."""
    found = set()
    for kind, event in events():
        value: Any = event.get(attributes)
        for step in path:
            value = None if value is None else value.get(step)
        if value is not None:
            found.add((kind, str(value)))
    return found


def definitions() -> dict[str, workflow._Definition]:
    return {found.name or "": found for kind in WORKFLOWS for found in [workflow._Definition.must_from_class(kind)]}


def test_workflows_signals_and_queries_keep_their_names() -> None:
    known = definitions()
    begun = {kind for kind, _ in events()}
    children = {
        name for _, name in named("startChildWorkflowExecutionInitiatedEventAttributes", "workflowType", "name")
    }
    continued = {name for _, name in named("workflowExecutionContinuedAsNewEventAttributes", "workflowType", "name")}
    assert begun | children | continued == known.keys()
    heard = named("workflowExecutionSignaledEventAttributes", "signalName")
    assert {(kind, str(name)) for kind, found in known.items() for name in found.signals} == heard
    sent = {name for _, name in named("signalExternalWorkflowExecutionInitiatedEventAttributes", "signalName")}
    assert sent <= {name for _, name in heard}
    assert {kind: set(found.queries) for kind, found in known.items() if found.queries} == QUERIES
    assert not any(found.updates for found in known.values())


async def test_activities_keep_their_names_and_queues(database: Database) -> None:
    settings = Settings(
        database_url=database.app_url,
        secret_key=Fernet.generate_key().decode(),
        public_url="http://partnerdesk.test",
        lexoffice_base_url="http://127.0.0.1:1",
        lexoffice_app_url="http://127.0.0.1:1",
    )
    async with worker.hands_of(settings) as hands:
        registered = {
            queue: {str(activity._Definition.must_from_callable(function).name) for function in functions}
            for queue, functions in (
                (PAYOUTS, hands.ledger_activities()),
                (LEXOFFICE, hands.of_lexoffice()),
                (MAIL, hands.of_mail()),
                (VIES, hands.of_vies()),
                (EVENTS_OUT, hands.of_events_out()),
            )
        }
        of_easybill = {activity._Definition.must_from_callable(function).name for function in hands.of_books(EASYBILL)}
    # Documents of easybill go the way of lexoffice's, on a queue of their own; a pass has one call of its own there.
    assert of_easybill - registered[LEXOFFICE] == {"sweep_awaited_credits"}
    recorded: dict[str, set[str]] = {queue: set() for queue in registered}
    for _, event in events():
        if scheduled := event.get("activityTaskScheduledEventAttributes"):
            recorded[scheduled["taskQueue"]["name"]].add(scheduled["activityType"]["name"])
    assert {queue: names - NEVER_RECORDED for queue, names in registered.items()} == recorded
