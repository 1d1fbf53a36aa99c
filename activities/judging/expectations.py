"""What an event's name promises about its document, and whether a fetch may simply be too early.

lexoffice lags: a GET right after a notification may show the state before it. Then it is fetched again, with back-off;
if it still contradicts, the fetched document wins (design.md, Events).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from activities.books.documents import SETTLED
from ledger.documents.documents import KnownDocument
from ledger.inbox.events import Event


class ShownDocument(Protocol):
    """What every document shows, a voucher as well as an invoice or a credit note, whatever the books."""

    @property
    def voucher_status(self) -> str: ...

    @property
    def version(self) -> int | None: ...

    @property
    def updated_date(self) -> datetime: ...

    @property
    def total_net_cents(self) -> int: ...

    @property
    def total_tax_cents(self) -> int: ...

    @property
    def total_gross_cents(self) -> int: ...


class ShownPayments(Protocol):
    """What was paid on it."""

    @property
    def open_cents(self) -> int: ...

    @property
    def voucher_status(self) -> str: ...


_PROMISED: dict[str, frozenset[str]] = {
    "invoice.status.paid": frozenset({"paid"}),
    "invoice.status.voided": frozenset({"voided"}),
    "invoice.status.cancelled": frozenset({"voided"}),
    "invoice.deleted": frozenset(),
    "credit-note.status.paid": SETTLED,
    "credit-note.status.voided": frozenset({"voided"}),
    "credit-note.deleted": frozenset(),
    "voucher.deleted": frozenset(),
}
"""The chapter's names say a state; a deleted document has none."""

_SAYS_ONLY_THAT = ".changed"
"""lexoffice's own names say that something changed, not what."""

_SAME_INSTANT = timedelta(seconds=2)
"""An event and the document's `updatedDate` come from two clocks of one change."""


def contradicts(told: Sequence[Event], status: str) -> bool:
    """Whether events promise another state and none of them explains this one."""
    promises = [_PROMISED[event.event_type] for event in told if event.event_type in _PROMISED]
    return bool(promises) and all(status not in promised for promised in promises)


def newest_with_reference(told: Sequence[Event], status: str) -> Event | None:
    """Of several payment references the newest that agrees with the document counts (rules.md)."""
    agreeing = [event for event in told if event.payment_reference and not contradicts([event], status)]
    return max(agreeing, key=lambda event: (event.event_date or event.received_at, event.id), default=None)


def is_confirmed(told: Sequence[Event], status: str) -> bool:
    """Whether some event promised just this state: then an older one that did not is merely overtaken."""
    return any(status in _PROMISED.get(event.event_type, ()) for event in told)


def is_outdated(document: ShownDocument, known: KnownDocument | None) -> bool:
    """The ledger has seen a newer state. A higher version is never older, whatever its dates say (rules.md)."""
    if known is None or known.document_updated_at is None:
        return False
    if known.version is not None and document.version is not None and document.version != known.version:
        return document.version < known.version
    return document.updated_date < known.document_updated_at


def is_certainly_older(document: ShownDocument, known: KnownDocument) -> bool:
    """Version and date agree that it is the state before: this answer came from a part of lexoffice that lags."""
    return (
        known.version is not None
        and document.version is not None
        and known.document_updated_at is not None
        and document.version < known.version
        and document.updated_date <= known.document_updated_at
    )


def has_other_content(document: ShownDocument, known: KnownDocument, payments: ShownPayments | None) -> bool:
    """Whether applying it would change what the ledger holds: status, amounts, what is open."""
    return (
        known.status != document.voucher_status
        or (known.net_cents, known.tax_cents, known.gross_cents)
        != (document.total_net_cents, document.total_tax_cents, document.total_gross_cents)
        or (payments is not None and known.open_cents not in (None, payments.open_cents))
    )


def is_torn(document: ShownDocument, payments: ShownPayments) -> bool:
    """Document and payments, fetched one after the other, show the document before and after it was settled."""
    return (document.voucher_status in SETTLED) != (payments.voucher_status in SETTLED)


def payments_lag(
    told: Sequence[Event], document: ShownDocument, known: KnownDocument | None, payments: ShownPayments | None
) -> bool:
    """A payment was told of that the ledger cannot know yet, and the open amount is what it was.

    Document and payments are fetched one after the other: the document may show the new state by its `updatedDate`
    while its payments still show the one before.
    """
    if known is None or payments is None or known.document_updated_at is None:
        return False
    was_open = known.gross_cents if known.open_cents is None else known.open_cents
    if known.status != document.voucher_status or payments.open_cents != was_open:
        return False
    known_at = known.document_updated_at + _SAME_INSTANT
    return any(
        event.event_type == "payment.changed" and event.event_date is not None and event.event_date > known_at
        for event in told
    )


def may_lag(
    told: Sequence[Event], document: ShownDocument, known: KnownDocument | None, payments: ShownPayments | None
) -> bool:
    """Nothing new is shown, and an event is younger than what is shown: look again.

    An event that is not younger than the document's `updatedDate` is explained by what was fetched, as is the
    notification of our own document.
    """
    if known is None or not _same(document, known, payments):
        return False
    return any(
        event.event_type.endswith(_SAYS_ONLY_THAT)
        and (event.event_date is None or event.event_date > document.updated_date + _SAME_INSTANT)
        for event in told
    )


def _same(document: ShownDocument, known: KnownDocument, payments: ShownPayments | None) -> bool:
    """Status, open amount, version and updatedDate are those that the ledger holds (engine.md, DocumentWorkflow)."""
    return (
        known.status == document.voucher_status
        and known.version == document.version
        and known.document_updated_at == document.updated_date
        and (payments is None or known.open_cents == payments.open_cents)
    )
