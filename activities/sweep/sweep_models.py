"""What crosses between the sweep, the upkeep of subscriptions, and their activities. No I/O is imported here."""

from datetime import date, datetime
from uuid import UUID

from ledger.types import Frozen, Tenant
from lexoffice.vouchers import VoucherStatus, VoucherType

SALES_DOCUMENTS: tuple[VoucherType, ...] = ("invoice", "creditnote")
STATUSES: tuple[VoucherStatus, ...] = ("open", "draft", "paid", "paidoff", "voided")


class Slice(Frozen):
    """One list of lexoffice's to be paged through. Types and statuses as the voucherlist names them.

    `updated_since` is a German day. `of_open`: what is awaited and not in this list has changed.
    """

    types: tuple[VoucherType, ...] = SALES_DOCUMENTS
    statuses: tuple[VoucherStatus, ...] = ("any",)
    updated_since: date | None = None
    of_open: bool = False

    @property
    def narrower(self) -> tuple["Slice", ...]:
        """The same rows in several lists, for a list that is longer than lexoffice pages through (10,000)."""
        statuses = STATUSES if self.statuses == ("any",) else self.statuses
        if len(self.types) * len(statuses) == 1:
            return ()
        return tuple(
            self.model_copy(update={"types": (type,), "statuses": (status,)})
            for type in self.types
            for status in statuses
        )


class SweepPlan(Frozen):
    """What one pass compares. No slices: the tenant is not connected to lexoffice."""

    slices: tuple[Slice, ...] = ()
    began_at: datetime
    swept_until: datetime | None = None
    open_swept_at: datetime | None = None
    """As the plan found them: who wants to look further back meanwhile is answered by the next pass."""
    compares_open: bool = False
    checks_subscriptions: bool = False
    reads_profile: bool = False
    reads_categories: bool = False
    other_books: tuple[str, ...] = ()
    """Of which credit notes are awaited and compared (Books.is_swept); each has its queue, called as it is."""


class SweepProgress(Frozen):
    """How far a pass has come; it goes on from here in a new run when its history grows long."""

    plan: SweepPlan
    page: int = 0
    found: int = 0
    left_out: bool = False
    """A list was too long, and its end could not be compared."""


class SweepInput(Frozen):
    tenant: Tenant
    progress: SweepProgress | None = None


class PageOfSlice(Frozen):
    tenant: Tenant
    slice: Slice
    page: int


class SweptPage(Frozen):
    """`found`: documents handed over. `too_long`: nothing was compared, the list must be cut into narrower ones."""

    found: int = 0
    is_last: bool = False
    too_long: bool = False
    left_out: bool = False


class EndOfPass(Frozen):
    tenant: Tenant
    plan: SweepPlan
    found: int
    left_out: bool


class SubscriptionPlan(Frozen):
    """What is to be done so that lexoffice notifies us. `problem`: the code of a reason, then nothing can be done.

    `asked_at`: the wish for a set-up that stood before lexoffice was asked.
    """

    problem: str | None = None
    asked_at: datetime | None = None
    register_types: tuple[str, ...] = ()
    remove: tuple[UUID, ...] = ()


class OneSubscription(Frozen):
    """Register one type of event, or remove one subscription."""

    tenant: Tenant
    event_type: str | None = None
    subscription_id: UUID | None = None


class SubscriptionsEnd(Frozen):
    """`asked_at`: the wish that is fulfilled, or found impossible. None: there was none, or nothing was looked at."""

    tenant: Tenant
    problem: str | None = None
    asked_at: datetime | None = None
