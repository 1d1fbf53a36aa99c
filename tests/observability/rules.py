"""What deploy/observability/ says, read for tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / "deploy/observability"
RUNBOOK = CHECKOUT / "docs/operations.md"
_METRIC = re.compile(r"\b(?:partnerdesk|temporal)[_:][a-z0-9_:]+\b")
_SPAN = re.compile(r"(\d+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True)
class Fault:
    """A row of the table of faults in docs/operations.md."""

    name: str
    alert: str
    consequences: frozenset[str]


def rule_files() -> list[Path]:
    return sorted((FOLDER / "rules").glob("*.yml"))


def rules() -> Iterator[dict[str, Any]]:
    for file in rule_files():
        for group in yaml.safe_load(file.read_text())["groups"]:
            yield from group["rules"]


def alerts() -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def inhibitions() -> list[tuple[str, frozenset[str]]]:
    """Whose alert silences which others, as deploy/observability/alertmanager.yml has it."""
    found = []
    for rule in yaml.safe_load((FOLDER / "alertmanager.yml").read_text())["inhibit_rules"]:
        (source,) = re.findall(r'^alertname="(\w+)"$', rule["source_matchers"][0])
        (targets,) = re.findall(r'^alertname=~"([\w|]+)"$', rule["target_matchers"][0])
        assert set(rule) == {"source_matchers", "target_matchers"}, "no label has to be equal"
        found.append((source, frozenset(targets.split("|"))))
    return found


def inhibited(firing: set[str]) -> set[str]:
    """Those of whom Alertmanager tells nobody, while all of these fire."""
    return {name for source, targets in inhibitions() if source in firing for name in targets & firing}


def metrics_of(query: str) -> set[str]:
    """Names of figures, ours and the SDK's, and of recorded ones (with a colon)."""
    return set(_METRIC.findall(query))


def quickly(factor: float) -> dict[str, Any]:
    """All rules in one file, with every `for` that many times shorter."""
    groups = [group for file in rule_files() for group in yaml.safe_load(file.read_text())["groups"]]
    for group in groups:
        for rule in group["rules"]:
            if "for" in rule:
                seconds = sum(int(number) * _SECONDS[unit] for number, unit in _SPAN.findall(rule["for"]))
                rule["for"] = f"{int(seconds * factor)}s"
    return {"groups": groups}


def faults() -> list[Fault]:
    """The table, in its order."""
    text = RUNBOOK.read_text()
    table = text.split("### Twelve faults", 1)[1].split("\n## ", 1)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| ")
    ]
    return [
        Fault(name=row[0], alert=row[1].strip("`"), consequences=frozenset(re.findall(r"`(\w+)`", row[2])))
        for row in rows[1:]
        if not row[0].startswith("---")
    ]
