"""What /metrics shows. One registry per application, so that two in one process do not collide."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
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
        self.announcements_failed = Counter(
            "partnerdesk_announcements_failed",
            "Rows that could not be announced to the engine at once; the hand-over does it",
            ["kind"],
            registry=self.registry,
        )
        self.inbox_age = Gauge(
            "partnerdesk_inbox_age_seconds",
            "How long the oldest event has been waiting to be announced",
            registry=self.registry,
        )
        self.sweep_age = Gauge(
            "partnerdesk_sweep_age_seconds",
            "How long ago the last complete sweep ended, of the connected tenant where it is longest ago",
            registry=self.registry,
        )
