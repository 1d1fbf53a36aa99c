"""The whole OpenAPI document, attacked by schemathesis with a real key: no answer from 500 on, and each as described.

Boundary values of every parameter first, then generated requests that fit the document, and such that do not. Half of
the addresses name real objects, so that requests get past the look-up.
"""

import asyncio
import copy
import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events

from sandbox.lexoffice_server import LexofficeAddresses
from sandbox.temporal_server import TemporalAddresses
from tests.conftest import Database
from tests.fixtures.premises import NO_OBJECTS, Premises, object_of, premises
from tests.fixtures.samples import SEED, cases
from tests.security.operations import NEEDS, Operation, described
from tests.security.serving import Served, served

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(1800)]

EXAMPLES = cases(12, sample=4)
"""Per operation and mode. Together with the boundary values some thousand requests."""
_ENABLED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
_NOT_ASKED = (
    # Whether a request is good is for the ledger to say; and access has tests of its own (test_access.py).
    "positive_data_acceptance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
    "use_after_free",
    "ensure_resource_availability",
    "allow_header_conformance",
)
SCOPE_OF = {name: min(need.scopes) if len(need.scopes) < 4 else "read" for name, need in NEEDS.items()}
"""Each operation is attacked once, with one of the keys that open it; what no key opens, with the reader's."""


@pytest.fixture(scope="module")
async def served_app(
    database: Database, temporal: TemporalAddresses, lexoffice_sandbox: LexofficeAddresses, easybill_sandbox: str
) -> AsyncIterator[Served]:
    patch = pytest.MonkeyPatch()
    patch.setenv("TEMPORAL_ADDRESS", temporal.address)
    patch.setenv("TEMPORAL_NAMESPACE", temporal.namespace)
    books = {"easybill_base_url": easybill_sandbox, "easybill_pace": 100}
    async with served(database, lexoffice_sandbox, trusted_proxies=0, **books) as running:
        yield running
    patch.undo()


def attack(document: dict[str, Any], url: str, key: str, names: dict[str, str]) -> tuple[Counter[int], list[str]]:
    """Returns how often which status was answered, and what was wrong."""
    config = SchemathesisConfig.from_dict(
        {
            "base-url": url,
            "seed": SEED,
            "headers": {"X-API-Key": key},
            "continue-on-failure": True,
            "request-timeout": 60,
            "phases": {"stateful": {"enabled": False}},
            "generation": {
                "max-examples": EXAMPLES,
                "database": "none",
                "no-shrink": True,
                "with-security-parameters": False,
            },
            "checks": {check: {"enabled": check in _ENABLED} for check in (*_ENABLED, *_NOT_ASKED)},
        }
    )
    schema = schemathesis.openapi.from_dict(document, config=config)
    dice = random.Random(SEED)

    @schema.hook
    def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        """Every second time the address of something that is there."""
        if not path_parameters or dice.random() < 0.5:
            return path_parameters
        path = context.operation.path
        return {name: names.get(object_of(path, name), value) for name, value in path_parameters.items()}

    statuses: Counter[int] = Counter()
    wrong: dict[tuple[str, str], str] = {}
    for event in engine.from_schema(schema).execute():
        match event:
            case events.ScenarioFinished():
                for interaction in event.recorder.interactions.values():
                    if interaction.response is not None:
                        statuses[interaction.response.status_code] += 1
                for failure in _failures(event):
                    # The same on another example is the same finding.
                    wrong.setdefault(
                        (event.recorder.label, str(failure.failure)[:60]), f"{failure.failure}\n{failure.code_sample}"
                    )
            case events.NonFatalError() | events.FatalError():
                wrong[("schemathesis itself", "")] = str(event)
    return statuses, [f"{label}: {text}" for (label, _), text in wrong.items()]


def _failures(event: events.ScenarioFinished) -> list[Any]:
    nodes = [node for nodes in event.recorder.checks.values() for node in nodes]
    return [node.failure_info for node in nodes if node.failure_info is not None]


def part_of(document: dict[str, Any], operations: list[Operation], names: dict[str, str]) -> dict[str, Any]:
    """Those operations of the document, with objects that are there as examples of what addresses name."""
    whole = copy.deepcopy(document)
    chosen: dict[str, Any] = {}
    for operation in operations:
        described_so = whole["paths"][operation.path][operation.method.lower()]
        for parameter in described_so.get("parameters", []):
            if parameter["in"] == "path" and parameter["name"] not in NO_OBJECTS:
                parameter["schema"]["examples"] = [names[object_of(operation.path, parameter["name"])]]
        chosen.setdefault(operation.path, {})[operation.method.lower()] = described_so
    return whole | {"paths": chosen}


@pytest.mark.parametrize("scope", ["read", "write", "approve", "bank"])
async def test_nothing_that_a_key_can_send_is_answered_with_a_fault_of_ours(served_app: Served, scope: str) -> None:
    own: Premises = await premises(served_app.started)
    document = served_app.app.openapi()
    reached = [one for one in described(served_app.app) if SCOPE_OF.get(one.id, "read") == scope]
    key = await own.door.new_key(scope)
    statuses, wrong = await asyncio.to_thread(
        attack, part_of(document, reached, own.names), served_app.url, key, own.names
    )
    print(f"{scope}: {len(reached)} operations, {sum(statuses.values())} requests, {dict(statuses)}")
    assert wrong == [], "\n\n".join(wrong[:12])
    assert sum(statuses.values()) > 10 * len(reached)
    assert any(status < 300 for status in statuses)
