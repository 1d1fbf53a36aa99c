"""Alerts, recorded rules, dashboards: well formed, about figures that exist, each alert with its runbook."""

import importlib
import json
import re
import subprocess
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import temporalio.bridge
from prometheus_client import REGISTRY

from api.http.metrics import Metrics
from tests.fixtures.prometheus_tools import tool
from tests.observability.rules import FOLDER, RUNBOOK, alerts, faults, inhibitions, metrics_of, rule_files, rules

_OF_A_HISTOGRAM = re.compile(r"_(?:bucket|count|sum)$")


def exported() -> set[str]:
    """The figures that API and worker have, as they are scraped."""
    importlib.import_module("worker")
    families = [*Metrics().registry.collect(), *REGISTRY.collect()]
    names = set()
    for family in families:
        names.add(f"{family.name}_total" if family.type == "counter" else family.name)
    return names


def is_of_the_sdk(name: str) -> bool:
    """Whether Temporal's SDK, as it is installed, knows a figure of this name."""
    plain = re.sub(r"(?:_total|_seconds)$", "", name.removeprefix("temporal_"))
    return plain.encode() in _sdk_code()


@cache
def _sdk_code() -> bytes:
    (library,) = Path(temporalio.bridge.__path__[0]).glob("temporal_sdk_bridge*.so")
    return library.read_bytes()


def test_rules_and_configurations_are_well_formed() -> None:
    for arguments in (["check", "rules", *map(str, rule_files())], ["check", "config", str(FOLDER / "prometheus.yml")]):
        checked = subprocess.run(
            [str(tool("promtool")), *arguments], capture_output=True, text=True, timeout=60, check=False
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_alertmanager_takes_its_configuration() -> None:
    command = [str(tool("amtool")), "check-config", str(FOLDER / "alertmanager.yml")]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_rules_do_what_their_examples_say() -> None:
    tested = subprocess.run(
        [str(tool("promtool")), "test", "rules", str(Path(__file__).parent / "rules.test.yml")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_each_figure_that_a_rule_or_a_dashboard_names_exists() -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    queries = [str(rule["expr"]) for rule in rules()]
    for file in (FOLDER / "grafana").glob("*.json"):
        queries += [
            target["expr"] for panel in json.loads(file.read_text())["panels"] for target in panel.get("targets", ())
        ]
    known = exported() | recorded
    named = {_OF_A_HISTOGRAM.sub("", name) for query in queries for name in metrics_of(query)}
    unknown = {
        name for name in named if name not in known and not (name.startswith("temporal_") and is_of_the_sdk(name))
    }
    assert unknown == set()
    assert not is_of_the_sdk("temporal_no_such_figure")


def test_each_alert_has_its_runbook_and_says_whom_it_wakes() -> None:
    headings = {
        line.removeprefix("### ").strip() for line in RUNBOOK.read_text().splitlines() if line.startswith("### ")
    }
    for name, rule in alerts().items():
        assert rule["annotations"]["runbook_url"] == f"docs/operations.md#{name.lower()}"
        assert name in headings, f"docs/operations.md lacks a section ### {name}"
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert {"summary", "description"} <= rule["annotations"].keys()


def test_inhibitions_name_alerts_that_exist_and_none_silences_its_own_cause() -> None:
    known = set(alerts())
    for source, targets in inhibitions():
        assert {source, *targets} <= known
        assert source not in targets
    pairs = {(source, target) for source, targets in inhibitions() for target in targets}
    assert not any((target, source) in pairs for source, target in pairs)


def test_what_wakes_nobody_silences_nothing_that_wakes_somebody() -> None:
    wakes = {name for name, rule in alerts().items() if rule["labels"]["severity"] == "page"}
    silenced = {(source, target) for source, targets in inhibitions() for target in targets & wakes}
    assert {pair for pair in silenced if pair[0] not in wakes} == {
        ("BudgetUsedUp", "PayoutsStuck"),
        ("BudgetUsedUp", "ServiceLevelBurns"),
    }, "one tenant's trouble may last for weeks; these two end with the run"


def test_the_table_of_faults_names_twelve_with_an_alert_each() -> None:
    found = faults()
    assert len(found) == 12
    assert len({fault.alert for fault in found}) == 12
    assert {fault.alert for fault in found}.union(*(fault.consequences for fault in found)) <= set(alerts())


def test_dashboards_are_what_their_source_writes() -> None:
    source = _dashboards()
    for name in source.BOARDS:
        assert (FOLDER / "grafana" / f"{name}.json").read_text() == source.text(name), "run script/dashboards"


def test_a_dashboard_without_data_says_what_is_missing() -> None:
    source = _dashboards()
    for name in source.BOARDS:
        panels: list[dict[str, Any]] = source.board(name)["panels"]
        assert panels[0]["title"] == "What is missing"
        told = {target["legendFormat"] for target in panels[1]["targets"]}
        assert "No worker is scraped" in told
        for panel in panels:
            if panel["type"] == "timeseries":
                assert "What is missing" in panel["fieldConfig"]["defaults"]["noValue"]


def _dashboards() -> ModuleType:
    spec = spec_from_file_location("dashboards", FOLDER / "dashboards.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
