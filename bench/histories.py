"""What a payout and a notification leave in the engine, counted in real histories.

Billable actions as Temporal Cloud counts them (docs.temporal.io, Cloud, Actions): a start, each signal (a
signal-with-start is one in all), each timer, each upsert of search attributes, each attempt of an activity.
"""

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from bench.bare_engine import BareEngine
from bench.figures import aim
from bench.product import Product
from workflows.messages import document_workflow_id, payout_workflow_id

MOST_ACTIVITIES_OF_A_PAYOUT = 4
MOST_ACTIVITIES_OF_A_NOTIFICATION = 3


class Run:
    """One workflow run, as its history tells it."""

    def __init__(self, events: Sequence[HistoryEvent], history_bytes: int) -> None:
        self.events = events
        self.bytes = history_bytes
        self.kinds = Counter(EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in events)

    @property
    def signals(self) -> list[str]:
        return [
            event.workflow_execution_signaled_event_attributes.signal_name
            for event in self.events
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
        ]

    @property
    def activities(self) -> list[str]:
        return [
            event.activity_task_scheduled_event_attributes.activity_type.name
            for event in self.events
            if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
        ]

    @property
    def attempts(self) -> int:
        return sum(
            event.activity_task_started_event_attributes.attempt
            for event in self.events
            if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
        )

    def actions(self, *, started_by_signal: bool) -> int:
        return (
            (0 if started_by_signal else 1)
            + self.kinds["WORKFLOW_EXECUTION_SIGNALED"]
            + self.kinds["TIMER_STARTED"]
            + self.kinds["UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"]
            + self.attempts
        )


async def look(product: Product, bare: BareEngine, sample: int) -> dict[str, Any]:
    """The histories of some payouts of the last whole loop, and of the documents that they made."""
    bare_payouts = [run for payout, _ in bare.last_whole[:sample] for run in await _runs(bare.client, payout)]
    bare_documents = [run for _, document in bare.last_whole[:sample] for run in await _runs(bare.client, document)]
    client = product.rig.engine
    chosen = product.last_whole[:sample]
    payouts = [
        run
        for made in chosen
        for run in await _runs(client, payout_workflow_id(made.payout.tenant, made.payout.number))
    ]
    documents = [
        run
        for made in chosen
        for run in await _runs(client, document_workflow_id(made.payout.tenant, await product.credit_note_of(made)))
    ]
    notifications = sum(len(run.signals) for run in documents)
    # "notify" that come together are one matter: a run may handle several, and never more than three activities each.
    per_notification = max(len(run.activities) / len(run.signals) for run in documents)
    most_of_a_document = max(len(run.activities) for run in documents)
    return {
        "payouts": len(payouts),
        "payout": _shape(payouts, started_by_signal=False),
        "documents_runs": len(documents),
        "notifications": notifications,
        "document_run": _shape(documents, started_by_signal=True),
        "per_notification": {
            "workflows": round(len(documents) / notifications, 2),
            "activities": round(sum(len(run.activities) for run in documents) / notifications, 2),
            "history_events": round(sum(len(run.events) for run in documents) / notifications, 1),
            "history_bytes": round(sum(run.bytes for run in documents) / notifications),
            "billable_actions": round(sum(run.actions(started_by_signal=True) for run in documents) / notifications, 2),
        },
        "bare_payout": _shape(bare_payouts, started_by_signal=False),
        "bare_document_run": _shape(bare_documents, started_by_signal=True),
        "aims": [
            aim(
                "activities from approval to paid",
                max(len(run.activities) for run in payouts),
                at_most=MOST_ACTIVITIES_OF_A_PAYOUT,
            ),
            aim("workflows for each notification", len(documents) / notifications, at_most=1),
            aim("activities for each notification", per_notification, at_most=MOST_ACTIVITIES_OF_A_NOTIFICATION),
            aim("activities of one matter", most_of_a_document, at_most=MOST_ACTIVITIES_OF_A_NOTIFICATION),
        ],
    }


async def _runs(client: Client, workflow_id: str) -> list[Run]:
    runs = []
    async for found in client.list_workflows(f"WorkflowId = '{workflow_id}'"):
        handle = client.get_workflow_handle(workflow_id, run_id=found.run_id)
        described = await handle.describe()
        events = [event async for event in handle.fetch_history_events()]
        runs.append(Run(events, described.raw_description.workflow_execution_info.history_size_bytes))
    return runs


def _shape(runs: Sequence[Run], *, started_by_signal: bool) -> dict[str, Any]:
    """Of the usual run, and of the largest."""
    events = [len(run.events) for run in runs]
    actions = [run.actions(started_by_signal=started_by_signal) for run in runs]
    usual = Counter(tuple(run.activities) for run in runs).most_common(3)
    return {
        "history_events": {"median": median(events), "most": max(events)},
        "history_bytes": {"median": median(run.bytes for run in runs), "most": max(run.bytes for run in runs)},
        "billable_actions": {"median": median(actions), "most": max(actions)},
        "workflow_tasks": median(run.kinds["WORKFLOW_TASK_COMPLETED"] for run in runs),
        "upserts": median(run.kinds["UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"] for run in runs),
        "signals": median(len(run.signals) for run in runs),
        "attempts_beyond_the_first": sum(run.attempts - len(run.activities) for run in runs),
        "activities": [{"runs": count, "in_order": list(names)} for names, count in usual],
    }
