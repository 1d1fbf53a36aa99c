"""The benches run, and what no slow machine excuses holds: the budget, and the shape of the histories."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.programs import ended

CHECKOUT = Path(__file__).resolve().parents[2]

# Each starts stacks of its own, on a machine that may be busy with other tests.
pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800),
    pytest.mark.usefixtures("stack_state", "temporal_cli"),
]


async def figures_of(*words: str) -> dict[str, Any]:
    bench = await ended(sys.executable, "-m", "bench", *words, cwd=CHECKOUT)
    assert bench.status == 0, bench.err.decode()
    printed: dict[str, Any] = json.loads(bench.out)
    return printed


def missed(figures: dict[str, Any], *names: str) -> list[dict[str, Any]]:
    aims = {aim["name"]: aim for aim in figures["aims"]}
    return [aims[name] for name in names if not aims[name]["met"]]


async def test_each_tenant_gets_its_whole_budget_and_no_429_beside_a_busy_one() -> None:
    figures = await figures_of("budget", "--quick")
    assert not missed(figures, "share of the pace used by each tenant", "answers 429", "fastest ÷ slowest tenant"), (
        figures["share_of_the_pace_used"]
    )


async def test_a_payout_costs_four_activities_and_a_notification_one_workflow_and_three_activities() -> None:
    figures = await figures_of("loop", "--quick", "--only", "payouts")
    assert not missed(
        figures,
        "activities from approval to paid",
        "workflows for each notification",
        "activities for each notification",
    ), figures["histories"]
    assert figures["payout_alone"]["ratio"]["median"] > 0
    assert figures["whole_loop"]["ratio"]["median"] > 0


async def test_webhooks_memory_and_recovery_are_measured() -> None:
    figures = await figures_of(
        "loop", "--quick", *(f"--only={part}" for part in ("webhooks", "slow_engine", "memory", "recovery"))
    )
    assert figures["webhooks"]["ratio"]["median"] > 0
    assert figures["webhooks"]["answer_at_half_load"]["p50_ms"] > 0
    beside = figures["webhooks_beside_a_slow_engine"]["table"]
    assert [row["engine"] for row in beside if 0 < row["p50_ms"] <= row["p99_ms"]] == ["quiet", "slow"]
    assert len(figures["worker_memory"]["resident_mib_by_open_payouts"]) == 3
    assert set(figures["first_payout_after_sigkill"]) == {"worker", "temporal", "postgres"}


async def test_every_page_is_measured_over_filled_books() -> None:
    figures = await figures_of("pages", "--quick")
    assert figures["books"]["payouts"] >= 1_000
    assert all(page["median_ms"] > 0 for page in figures["pages"].values())
    assert not [one for one in figures["whole_books"] if one["status"] != 200]
