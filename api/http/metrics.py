"""What /metrics of the API shows. One registry per application, so that two in one process do not collide.

Labels are bounded: routes are templates, methods and statuses are those of HTTP, tenants are the twenty where most
waits. What one process counts is its own; ages, backlogs and what is broken come from the ledger, the same from every
API (`max` over them).
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from ledger.reports.figures import Figure


class _Shown(NamedTuple):
    """How a figure of the ledger is shown: `partnerdesk_…`, with the name of its label where it has one."""

    about: str
    label: str | None = None


_OF_THE_LEDGER = {
    "inbox_age_seconds": _Shown("How long the oldest event has been waiting to be announced"),
    "sweep_age_seconds": _Shown(
        "How long ago the last complete sweep ended, of the connected tenant where it is longest ago"
    ),
    "unhandled_events": _Shown("Events that are not handled yet, of the tenants where they are most", "tenant"),
    "unhandled_event_age_seconds": _Shown("How long the oldest event has been waiting to be handled"),
    "payouts": _Shown("Payouts that are under way", "state"),
    "payout_age_seconds": _Shown(
        "How long the payout that stands longest has been in its state; approved ones that wait for nobody", "state"
    ),
    "handover_lag_seconds": _Shown("How long the oldest row has been waiting to be told to the engine", "kind"),
    "open_tasks": _Shown("Questions that wait for a person"),
    "open_task_age_seconds": _Shown("How long the oldest of them has been waiting"),
    "events_out_due": _Shown("Events that endpoints of tenants have not taken yet"),
    "event_out_age_seconds": _Shown("How long the oldest of them has been waiting"),
    "endpoints_off": _Shown("Endpoints that were switched off because they took nothing"),
    "bank_files": _Shown(
        "Payment runs that wait: approved for the file, exported for the bank's confirmation", "state"
    ),
    "bank_file_age_seconds": _Shown("How long the oldest of them has been waiting", "state"),
    "statement_age_seconds": _Shown("How long the oldest file of the bank has been waiting to be compared"),
    "connections_broken": _Shown("Tenants whose key is refused", "provider"),
    "subscriptions_failing": _Shown("Connected tenants whom lexoffice does not tell what happens"),
    "months_missing": _Shown("Tables without a part for the next month, or with rows that no month takes"),
    "budget_booked_seconds": _Shown(
        "How far ahead the next free request lies, of the account where it is furthest; 3 is full", "provider"
    ),
    "documents_of_the_year": _Shown("Documents created this year, of the account with the most", "provider"),
    "workers": _Shown("Worker processes that have been heard of within a minute"),
}


class Metrics:
    """Counted by this process, and shown for the ledger."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "partnerdesk_http_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "partnerdesk_http_request_seconds",
            "How long an answer took",
            ["route"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 5),
            registry=self.registry,
        )
        self.webhooks = Counter(
            "partnerdesk_webhook_answers", "Webhooks answered", ["provider", "status"], registry=self.registry
        )
        self.requests_unlogged = Counter(
            "partnerdesk_api_requests_unlogged",
            "Requests of the JSON API that its log lost, because too many waited to be written",
            registry=self.registry,
        )
        self.announcements_failed = Counter(
            "partnerdesk_announcements_failed",
            "Rows that could not be announced to the engine at once; the hand-over does it",
            ["kind"],
            registry=self.registry,
        )
        self.database_up = Gauge(
            "partnerdesk_database_up",
            "Whether the database told the figures within two seconds",
            registry=self.registry,
        )
        self.engine_up = Gauge(
            "partnerdesk_engine_up",
            "Whether the engine answers, and knows our search attributes",
            registry=self.registry,
        )
        self._of_the_ledger = {
            figure: Gauge(
                f"partnerdesk_{figure}",
                shown.about,
                [] if shown.label is None else [shown.label],
                registry=self.registry,
            )
            for figure, shown in _OF_THE_LEDGER.items()
        }

    def show(self, found: Iterable[Figure]) -> None:
        """The ledger's figures in place of what was shown before; what is not among them is unknown, which is not 0."""
        for figure, gauge in self._of_the_ledger.items():
            if _OF_THE_LEDGER[figure].label is None:
                gauge.set(math.nan)
            else:
                gauge.clear()
        for one in found:
            if one.figure in _OF_THE_LEDGER:  # others are of a newer release
                gauge = self._of_the_ledger[one.figure]
                (gauge if _OF_THE_LEDGER[one.figure].label is None else gauge.labels(one.label)).set(one.value)
