"""How long took what we promise a time for (docs/operations.md), measured where it becomes true: at the commit."""

from datetime import UTC, datetime
from functools import partial

from prometheus_client import Histogram

import traces
from ledger.database import TenantTransaction

_BUCKETS = (1, 2, 5, 10, 30, 60, 120, 300, 900, 3600, 14_400)
_HANDLED = Histogram(
    "partnerdesk_notification_to_ledger_seconds",
    "From the arrival of an event to what it changed in the ledger",
    ["provider"],
    buckets=_BUCKETS,
)
_DOCUMENTED = Histogram(
    "partnerdesk_decision_to_document_seconds",
    "From the approval of a payout to its document",
    ["strategy"],
    buckets=_BUCKETS,
)


def handled(tx: TenantTransaction, provider: str, received_at: datetime) -> None:
    """An event of this provider, which arrived then, is handled with this transaction."""
    tx.afterwards(partial(_observe, _HANDLED.labels(provider), received_at))


def documented(tx: TenantTransaction, strategy: str, approved_at: datetime) -> None:
    """A payout that was approved then has its document with this transaction."""
    tx.afterwards(partial(_observe, _DOCUMENTED.labels(strategy), approved_at))


def _observe(histogram: Histogram, began: datetime) -> None:
    seconds = (datetime.now(UTC) - began).total_seconds()
    histogram.observe(max(0.0, seconds), exemplar=traces.exemplar())
