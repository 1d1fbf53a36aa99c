"""Writes grafana/*.json: `script/dashboards`. One line a panel; what a dashboard without data lacks stands in it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "grafana"
WITHOUT_DATA = "Nothing to show. The row “What is missing” says whether it is scraped."

Panel = tuple[str, str, str, str]
"""Title, unit, what its lines are called, query."""

MISSING = (
    ("No API is scraped", 'absent(up{job="partnerdesk-api"})'),
    ("No worker is scraped", 'absent(up{job="partnerdesk-worker"})'),
    ("No figures of Temporal's SDK: set PARTNERDESK_ENGINE_METRICS, scrape its port", "absent(temporal_num_pollers)"),
    ("The API does not tell the ledger's figures", "absent(partnerdesk_database_up)"),
    ("The database does not answer the API", "max(partnerdesk_database_up) == 0"),
    ("The engine does not answer the API", "max(partnerdesk_engine_up) == 0"),
    ("The rules of service levels are not loaded", "absent(partnerdesk:slo_objective:ratio)"),
)

BOARDS: dict[str, dict[str, list[Panel]]] = {
    "partnerdesk": {
        "Doors": [
            ("Requests", "reqps", "{{status}}", "sum by (status) (rate(partnerdesk_http_requests_total[5m]))"),
            (
                "Slowest of a hundred",
                "s",
                "{{route}}",
                "topk(5, histogram_quantile(0.99, sum by (le, route) "
                "(rate(partnerdesk_http_request_seconds_bucket[5m]))))",
            ),
            (
                "Webhooks, by answer",
                "reqps",
                "{{provider}} {{status}}",
                "sum by (provider, status) (rate(partnerdesk_webhook_answers_total[5m]))",
            ),
            (
                "Webhooks: time to the answer",
                "s",
                "99 %",
                "histogram_quantile(0.99, sum by (le) "
                '(rate(partnerdesk_http_request_seconds_bucket{route=~"/api/webhooks/.*"}[5m])))',
            ),
        ],
        "Promises": [
            ("Error budget that is left", "percentunit", "{{slo}}", "partnerdesk:slo_budget_left:ratio"),
            ("How fast it goes (1 is just right)", "none", "{{slo}}", "partnerdesk:slo_burn:ratio_rate1h"),
            (
                "From notification to ledger",
                "s",
                "{{provider}}",
                "histogram_quantile(0.99, sum by (le, provider) "
                "(rate(partnerdesk_notification_to_ledger_seconds_bucket[15m])))",
            ),
            (
                "From decision to document",
                "s",
                "{{strategy}}",
                "histogram_quantile(0.95, sum by (le, strategy) "
                "(rate(partnerdesk_decision_to_document_seconds_bucket[1h])))",
            ),
        ],
        "Backlog": [
            ("Payouts under way", "none", "{{state}}", "max by (state) (partnerdesk_payouts)"),
            ("Longest in its state", "s", "{{state}}", "max by (state) (partnerdesk_payout_age_seconds)"),
            ("Unhandled events, by tenant", "none", "{{tenant}}", "max by (tenant) (partnerdesk_unhandled_events)"),
            ("Oldest unhandled event", "s", "age", "max(partnerdesk_unhandled_event_age_seconds)"),
            ("Not told to the engine", "s", "{{kind}}", "max by (kind) (partnerdesk_handover_lag_seconds)"),
            ("Oldest sweep", "s", "age", "max(partnerdesk_sweep_age_seconds)"),
            ("Payment runs that wait", "none", "{{state}}", "max by (state) (partnerdesk_bank_files)"),
            ("Events out that are due", "none", "due", "max(partnerdesk_events_out_due)"),
            ("Open questions", "none", "open", "max(partnerdesk_open_tasks)"),
            ("Tables without their next month", "none", "tables", "max(partnerdesk_months_missing)"),
        ],
        "Providers": [
            (
                "Requests, by outcome",
                "reqps",
                "{{provider}} {{outcome}}",
                "sum by (provider, outcome) (rate(partnerdesk_provider_requests_total[5m]))",
            ),
            (
                "Time to the answer",
                "s",
                "{{provider}}",
                "histogram_quantile(0.95, sum by (le, provider) "
                "(rate(partnerdesk_provider_request_seconds_bucket[5m])))",
            ),
            (
                "Refused for speed (429)",
                "reqps",
                "{{provider}}",
                'sum by (provider) (rate(partnerdesk_provider_requests_total{outcome="429"}[5m]))',
            ),
            (
                "Budget: booked ahead (3 s is full)",
                "s",
                "{{provider}}",
                "max by (provider) (partnerdesk_budget_booked_seconds)",
            ),
            (
                "Put off for want of a slot",
                "reqps",
                "{{provider}}",
                "sum by (provider) (rate(partnerdesk_budget_exhausted_total[5m]))",
            ),
            ("Keys refused", "none", "{{provider}}", "max by (provider) (partnerdesk_connections_broken)"),
            ("Subscriptions that fail", "none", "tenants", "max(partnerdesk_subscriptions_failing)"),
        ],
    },
    "partnerdesk-engine": {
        "Workers": [
            ("Workers", "none", "heard of", "max(partnerdesk_workers)"),
            (
                "Pollers",
                "none",
                "{{task_queue}} {{poller_type}}",
                "sum by (task_queue, poller_type) (temporal_num_pollers)",
            ),
            (
                "Free slots",
                "none",
                "{{task_queue}} {{worker_type}}",
                "min by (task_queue, worker_type) (temporal_worker_task_slots_available)",
            ),
            (
                "Schedule-to-start of workflow tasks",
                "s",
                "{{task_queue}}",
                "histogram_quantile(0.99, sum by (le, task_queue) "
                "(rate(temporal_workflow_task_schedule_to_start_latency_seconds_bucket[5m])))",
            ),
            (
                "Schedule-to-start of activities",
                "s",
                "{{task_queue}}",
                "histogram_quantile(0.99, sum by (le, task_queue) "
                "(rate(temporal_activity_schedule_to_start_latency_seconds_bucket[5m])))",
            ),
            (
                "Workflow tasks that failed",
                "ops",
                "{{workflow_type}} {{failure_reason}}",
                "sum by (workflow_type, failure_reason) (rate(temporal_workflow_task_execution_failed_total[5m]))",
            ),
            (
                "Cache misses",
                "percentunit",
                "missed",
                "sum(rate(temporal_sticky_cache_miss_total[5m])) / "
                "(sum(rate(temporal_sticky_cache_miss_total[5m])) + sum(rate(temporal_sticky_cache_hit_total[5m])))",
            ),
            (
                "Requests that the engine refused",
                "ops",
                "{{operation}} {{status_code}}",
                "sum by (operation, status_code) (rate(temporal_request_failure_total[5m]))",
            ),
        ],
        "Activities": [
            (
                "Attempts, by outcome",
                "ops",
                "{{activity}} {{outcome}}",
                "sum by (activity, outcome) (rate(partnerdesk_activities_total[5m]))",
            ),
            (
                "Time of an attempt",
                "s",
                "{{activity}}",
                "topk(8, histogram_quantile(0.95, sum by (le, activity) "
                "(rate(partnerdesk_activity_seconds_bucket[5m]))))",
            ),
        ],
    },
}
TITLES = {"partnerdesk": "PartnerDesk", "partnerdesk-engine": "PartnerDesk: workers and engine"}


def board(name: str) -> dict[str, Any]:
    """One dashboard, as Grafana imports it."""
    return {
        "uid": name,
        "title": TITLES[name],
        "tags": ["partnerdesk"],
        "timezone": "browser",
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [{"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}]
        },
        "panels": list(_numbered(name)),
    }


def _numbered(name: str) -> Iterator[dict[str, Any]]:
    for number, panel in enumerate(_panels(name), start=1):
        yield {"id": number, **panel}


def _panels(name: str) -> Iterator[dict[str, Any]]:
    yield _row("What is missing", 0)
    yield _missing(1)
    top = 6
    for title, panels in BOARDS[name].items():
        yield _row(title, top)
        for place, (heading, unit, lines, query) in enumerate(panels):
            at = {"h": 7, "w": 8, "x": place % 3 * 8, "y": top + 1 + place // 3 * 7}
            yield _graph(heading, unit, at, [(query, lines)])
        top += 1 + -(-len(panels) // 3) * 7


def _row(title: str, y: int) -> dict[str, Any]:
    return {
        "type": "row",
        "title": title,
        "collapsed": False,
        "gridPos": {"h": 1, "w": 24, "x": 0, "y": y},
        "panels": [],
    }


def _graph(title: str, unit: str, at: dict[str, int], lines: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "type": "timeseries",
        "title": title,
        "gridPos": at,
        "datasource": {"type": "prometheus", "uid": "${source}"},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0, "noValue": WITHOUT_DATA}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
        "targets": [
            {"refId": chr(65 + place), "expr": query, "legendFormat": legend, "exemplar": "_bucket" in query}
            for place, (query, legend) in enumerate(lines)
        ],
    }


def _missing(y: int) -> dict[str, Any]:
    """Each sentence is shown while its query finds something."""
    graph = _graph("", "none", {"h": 5, "w": 24, "x": 0, "y": y}, [(query, sentence) for sentence, query in MISSING])
    graph["type"] = "stat"
    graph["fieldConfig"]["defaults"] |= {
        "noValue": "Nothing is missing.",
        "color": {"mode": "fixed", "fixedColor": "red"},
    }
    graph["options"] = {"textMode": "name", "colorMode": "background", "reduceOptions": {"calcs": ["lastNotNull"]}}
    for target in graph["targets"]:
        target |= {"instant": True, "exemplar": False}
    return graph


def text(name: str) -> str:
    """The file of a dashboard."""
    return json.dumps(board(name), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for each in BOARDS:
        (FOLDER / f"{each}.json").write_text(text(each))
