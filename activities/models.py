"""What crosses between workflows and activities. No I/O is imported here; a history holds ids, states and amounts."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Self
from uuid import UUID

from temporalio.exceptions import ActivityError, ApplicationError

from ledger.types import (
    LEXOFFICE,
    DocumentKind,
    EventId,
    Frozen,
    IntentId,
    PayoutNumber,
    PayoutState,
    Tenant,
    TransactionId,
)

if TYPE_CHECKING:
    from ledger.payouts.payouts import Payout

CONNECTION_REVOKED = "token.revoked"
"""The event by which lexoffice says that a key or a grant has ended."""
CONNECTION_UNUSABLE = "ConnectionUnusable"
"""Type of the ApplicationError with which an activity says that no retry helps before there is another key."""


NOT_ALLOWED = ("Forbidden", "ContractDoesNotInclude")
"""What such an error names where the key works, and may not do this."""


def mendable(error: BaseException | None) -> bool:
    """Whether such an error was about the key itself: by now there may be another one."""
    return isinstance(error, ApplicationError) and not set(error.details) & set(NOT_ALLOWED)


NOT_UNDERSTOOD = "NotUnderstood"
"""Type of the ApplicationError with which a fetch says that asking again brings the same odd answer."""


def is_not_understood(error: ActivityError) -> bool:
    return isinstance(error.cause, ApplicationError) and error.cause.type == NOT_UNDERSTOOD


def is_unusable(error: ActivityError) -> bool:
    """Whether an activity failed because the key is missing, refused or not allowed to."""
    return isinstance(error.cause, ApplicationError) and error.cause.type == CONNECTION_UNUSABLE


class PayoutInput(Frozen):
    """One payout. Ids and amounts only: no name, address or bank detail enters a history."""

    tenant: Tenant
    number: PayoutNumber
    partner: str
    """Code of the partner."""
    gross_cents: int

    @classmethod
    def of(cls, tenant: Tenant, payout: "Payout") -> Self:
        return cls(tenant=tenant, number=payout.number, partner=payout.partner_code, gross_cents=payout.gross_cents)


class Pace(Frozen):
    """How long to wait while notifications about one document come in. Seconds."""

    quiet: float = 1.5
    """One click in lexoffice sends two or three notifications: fetch after this much silence."""
    look_again: tuple[float, ...] = (10.0, 120.0)
    """lexoffice lags: a fetch that does not show what was announced is repeated after these times."""


class EventAnnouncement(Frozen):
    """One handing on of an event to the workflow of its document. `known`: the ledger has the document."""

    resource_id: UUID
    event: EventId
    delivery: int
    known: bool = True


class ReceivedSignal(Frozen):
    """A signal as it came: its name and whatever was sent with it. An activity validates it."""

    signal: str
    value: Any = None


class AdvanceInput(Frozen):
    """Look at these signals about a payout, and at what its row now allows."""

    tenant: Tenant
    number: PayoutNumber
    notes: tuple[ReceivedSignal, ...]


class Step(StrEnum):
    """What the ledger lets a payout, a document of our own, or an invoice that we write, do next."""

    WAIT = "wait"
    CREATE = "create"
    READ_BACK = "read_back"
    SEARCH = "search"
    END = "end"
    # Of a document of our own, and of its voucher in the books.
    ISSUE = "issue"
    BOOK = "book"
    ATTACH = "attach"
    READ_VOUCHER = "read_voucher"
    SEARCH_VOUCHER = "search_voucher"
    DELIVER = "deliver"

    @classmethod
    def _missing_(cls, value: object) -> "Step":
        """A later release's step: whoever does not know it leaves it to those who do (engine.md, Versions)."""
        return cls.WAIT


class PayoutView(Frozen):
    """What the ledger holds about a payout."""

    state: PayoutState
    step: Step = Step.WAIT
    intent: IntentId | None = None
    search_in_seconds: float = 0.0
    blocked: bool = False
    reopened: bool = False
    credit_note_number: str | None = None
    open_tasks: tuple[str, ...] = ()
    """Kinds of the questions about this payout that wait for a person."""
    document_stage: str | None = None
    """Of a document of our own: issued, booked, delivered."""
    cancel_wanted: bool = False
    """Somebody cancelled it while its voucher was under way: it is settled, then undone, and not delivered."""
    books: str = LEXOFFICE
    """Whose queue its calls are made from; until there were others than lexoffice no history said so."""


class OwnPayout(Frozen):
    """A payout whose document we write ourselves."""

    tenant: Tenant
    number: PayoutNumber


class StatementInput(Frozen):
    """A file of the bank. `compared`: bookings of it and others, by earlier runs, whose histories had grown long."""

    tenant: Tenant
    file: UUID
    compared: int = 0


class DocumentCreation(Frozen):
    """One document to create, by the intent that stands in the ledger."""

    tenant: Tenant
    intent: IntentId
    number: PayoutNumber | None = None
    transaction_id: TransactionId | None = None


class OwnDocumentInput(Frozen):
    """A Storno or a correction, by the decision that stands in the ledger."""

    tenant: Tenant
    reversal: UUID


class OwnDocumentView(Frozen):
    """What the ledger holds about the document of such a decision."""

    step: Step
    number: str | None = None
    stage: str | None = None
    """issued, booked, delivered; None while it has no number."""
    intent: IntentId | None = None
    look_in_seconds: float = 0.0
    """When there may be something new without anybody telling: a search is due, or a mail can bounce no more."""
    blocked: bool = False
    withdrawn: bool = False


class InvoiceView(Frozen):
    """What the ledger holds about an invoice that we write."""

    step: Step
    made: bool = False
    number: str | None = None
    search_in_seconds: float = 0.0


class Delivery(Frozen):
    """One event handed over once. A replay of it has a higher number."""

    event: EventId
    number: int
    unknown: bool = False
    """The ledger did not know the document when this was announced: it is fetched after everything else."""


class FetchedDocument(Frozen):
    """What was fetched about one document so far, by ids of stored snapshots, and what is still missing."""

    tenant: Tenant
    resource_id: UUID
    deliveries: tuple[Delivery, ...]
    kind: DocumentKind | Literal["connection"] | None = None
    missing: Literal["document", "payments", "contact", "connection"] | None = "document"
    document: UUID | None = None
    payments: UUID | None = None
    contact: UUID | None = None
    gone: bool = False
    """lexoffice does not know the document (404)."""
    status: str | None = None

    @property
    def events(self) -> list[EventId]:
        return [delivery.event for delivery in self.deliveries]


class FetchFailure(Frozen):
    """Fetching was given up: the connection does not work, lexoffice did not answer in all that time, or what it
    answers is not what the API promises."""

    gathered: FetchedDocument
    because: Literal["connection", "gave_up", "not_understood"]
    since: datetime | None = None
    """When fetching began: a key that was saved later has not been tried."""


class PayoutSignal(Frozen):
    """A payout that must hear of this document."""

    number: PayoutNumber
    signal: Literal["credit_note_paid", "credit_note_voided", "recheck"]
    event: EventId | None = None


class Conclusion(Frozen):
    """What came of it. `look_again`: the fetch does not show yet what was announced."""

    outcome: str
    look_again: bool = False
    tell: tuple[PayoutSignal, ...] = ()
    replacement_in_seconds: float = 0.0
    """The invoice was voided: so long may another one take its place."""
    found_invoice: IntentId | None = None
    """An invoice of our own whose creation was unclear: its workflow need not search any longer."""


class VoidedInvoice(Frozen):
    """An invoice whose replacement window is waited for."""

    tenant: Tenant
    resource_id: UUID


class ConcludeInput(Frozen):
    gathered: FetchedDocument
    last_look: bool
    """The fetched document wins now, whatever the events announced."""


class Surroundings(Frozen):
    """What there is besides engine, ledger and books; what is not there is not announced."""

    bundle_mails: timedelta | None = None
    """How long an approval or a task waits for others to be told with it; None: no mail is sent."""
    asks_vies: bool = False


class EndpointInput(Frozen):
    """An endpoint that hears events out. `told`: by earlier runs, whose histories had grown long."""

    tenant: Tenant
    endpoint: UUID
    told: int = 0


class EndpointView(Frozen):
    """What became of what was due. `wait_seconds`: until more may go, None where nothing waits."""

    tried: int
    wait_seconds: float | None = None


class VatCheckInput(Frozen):
    """A question to VIES, by its row. Neither number nor name enters a history."""

    tenant: Tenant
    check: UUID


class VatCheckView(Frozen):
    """What became of a try. `wait_seconds`: until the next one, where nobody has answered."""

    ended: bool
    wait_seconds: float = 0.0


class MailInput(Frozen):
    """One mail, by its row: of a tenant, or of a person alone. No address enters a history."""

    tenant: Tenant | None
    user: UUID | None
    mail: UUID
    kind: str
