"""Ids, states and small values of the ledger. No I/O: workflows import this module too.

States and arrows: rules.md, States; PostgreSQL keeps them (table state_arrows).
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, NewType, Protocol, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, Strict

TenantId = NewType("TenantId", UUID)
UserId = NewType("UserId", UUID)
PartnerId = NewType("PartnerId", UUID)
CustomerId = NewType("CustomerId", UUID)
CampaignId = NewType("CampaignId", UUID)
TransactionId = NewType("TransactionId", UUID)
CommissionId = NewType("CommissionId", UUID)
PayoutId = NewType("PayoutId", UUID)
PayoutNumber = NewType("PayoutNumber", str)
DecisionId = NewType("DecisionId", UUID)
IntentId = NewType("IntentId", UUID)
TaskId = NewType("TaskId", UUID)
EventId = NewType("EventId", int)

# Providers, as rows name them.
LEXOFFICE = "lexoffice"
EASYBILL = "easybill"
STRIPE = "stripe"
CUSTOM = "custom"
DIGISTORE24 = "digistore24"
COPECART = "copecart"
API = "api"

BERLIN = ZoneInfo("Europe/Berlin")
"""Business dates are Europe/Berlin (rules.md, Money)."""


_FIRST_DAY, _DAY_AFTER = date(2000, 1, 1), date(2200, 1, 1)

BusinessDay = Annotated[date, Field(ge=_FIRST_DAY, lt=_DAY_AFTER)]
"""The ends of the calendar are infinite to asyncpg, and no page can show them in Berlin."""
BusinessTime = Annotated[
    AwareDatetime,
    Field(ge=datetime.combine(_FIRST_DAY, time(), UTC), lt=datetime.combine(_DAY_AFTER, time(), UTC)),
]


def _plain_decimal(given: Any) -> Any:
    """„12.5“ as text or number; what else Decimal would take (1e1, 1_0, other digits, true) nobody means."""
    if isinstance(given, bool) or (isinstance(given, str) and not _PLAIN.fullmatch(given)):
        raise ValueError("no plain decimal")
    return given


_PLAIN = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)

Cents = Annotated[int, Strict()]
"""Of a caller: a whole number, not what can be taken for one."""
Percent = Annotated[Decimal, BeforeValidator(_plain_decimal)]


def business_day(text: str) -> date:
    """A day as people and forms write it. Raises ValueError for what is none, or is too far away."""
    day = date.fromisoformat(text)
    if not _FIRST_DAY <= day < _DAY_AFTER:
        raise ValueError("not between 2000 and 2199")
    return day


def midnight(day: date) -> datetime:
    """The beginning of a business day."""
    return datetime.combine(day, time(), BERLIN)


def month_after(month: date) -> date:
    """The first day of the next month; `month` is the first day of one."""
    return (month + timedelta(days=31)).replace(day=1)


class Row(Protocol):
    """A record of asyncpg, or a dict."""

    def keys(self) -> Iterable[str]:
        """The names of the columns."""

    def __getitem__(self, name: str, /) -> Any: ...


class Frozen(BaseModel):
    """A value that crosses a border: signal, activity, HTTP, SQL row."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def from_row(cls, row: Row, **more: Any) -> Self:
        """From a row of the database that has the fields' names; columns that are no field are left out."""
        # Also where a part of it is Submitted: rows are ours, and a later version's may say more.
        return cls.model_validate({**row, **more}, extra="ignore")


class Submitted(Frozen):
    """What somebody hands in: a member that we do not know is refused, where a misspelt one would be dropped."""

    model_config = ConfigDict(extra="forbid")


class Tenant(Frozen):
    """Which tenant: the id keeps rows apart, the slug is for people, addresses and workflow ids."""

    id: TenantId
    slug: str

    @classmethod
    def from_row(cls, row: Row, **more: Any) -> Self:
        """From a row with `tenant_id` and `slug`."""
        return cls(id=row["tenant_id"], slug=row["slug"])


class PaidBy(StrEnum):
    """Who says that a payout is paid: the tenant's choice."""

    LEXOFFICE = "lexoffice"
    BANK = "bank"
    BOTH = "both"


class TransactionState(StrEnum):
    """The states of a sale."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUNDED = "refunded"


class CommissionState(StrEnum):
    """The states of a commission."""

    PENDING = "pending"
    APPROVED = "approved"
    IN_PAYOUT = "in_payout"
    PAID = "paid"
    REVERSED = "reversed"


class PayoutState(StrEnum):
    """The states of a payout."""

    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    REJECTED = "rejected"
    OUTCOME_UNKNOWN = "outcome_unknown"
    CREDIT_NOTE_OPEN = "credit_note_open"
    PAID = "paid"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    SETTLED_MANUALLY = "settled_manually"

    @property
    def ends_the_workflow(self) -> bool:
        """engine.md: it ends with paid, cancelled, rejected and on entering returned."""
        return self in _ENDS


_ENDS = frozenset(
    {
        PayoutState.PAID,
        PayoutState.CANCELLED,
        PayoutState.REJECTED,
        PayoutState.RETURNED,
        PayoutState.SETTLED_MANUALLY,
    }
)


class DecisionKind(StrEnum):
    """What a person can decide about a payout."""

    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    RESOLVE = "resolve"


class EventState(StrEnum):
    """received: to be handled; waiting: for our own document's id, or for the sweep; the others say how it ended."""

    RECEIVED = "received"
    WAITING = "waiting"
    SKIPPED = "skipped"
    IGNORED = "ignored"
    PROCESSED = "processed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class TaxStatus(StrEnum):
    """What a partner is for German VAT (rules.md, The document)."""

    REGULAR = "regular"
    SMALL_BUSINESS = "small_business"
    PRIVATE = "private"
    EU_BUSINESS = "eu_business"
    THIRD_COUNTRY = "third_country"
    SMALL_BUSINESS_EU = "small_business_eu"
    """Of another EU state, with a number that ends in EX (§ 19 Abs. 4, § 19a UStG)."""


class TaxCase(StrEnum):
    """What one document can hold: one case per payout. The last three are told by a document of our own only."""

    REGULAR = "regular"
    SMALL_BUSINESS = "small_business"
    PRIVATE = "private"
    EU_BUSINESS = "eu_business"
    THIRD_COUNTRY = "third_country"
    SMALL_BUSINESS_EU = "small_business_eu"


class DocumentStrategy(StrEnum):
    """Who writes the document of a tax case (rules.md, The document). A payout is never `blocked`: it is not made."""

    LEXOFFICE_CREDIT_NOTE = "lexoffice_credit_note"
    """The books write it, whichever these are; the word is from when there were no others."""
    OWN_DOCUMENT = "own_document"
    BLOCKED = "blocked"


class DocumentStage(StrEnum):
    """How far a payout's own document is; without books none is ever `booked`."""

    ISSUED = "issued"
    BOOKED = "booked"
    DELIVERED = "delivered"


class WithoutBankDetails(StrEnum):
    """A tenant's rule for what is due to a partner without bank details in force."""

    HOLD = "hold"
    """It waits until there are some."""
    BY_HAND = "by_hand"
    """A payout is made; whoever approves it confirms that the money is transferred by hand."""


class DocumentKind(StrEnum):
    """Kinds of documents in the books, spelled as in the paths of the provider's API."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"
    PURCHASE_INVOICE = "purchaseinvoice"
    """The voucher of a payout's own document; this and the next are spelled as the type of a voucher."""
    PURCHASE_CREDIT_NOTE = "purchasecreditnote"
    """That of a Storno or a correction."""
