"""What passes between a payout run's workflow and its activities. No I/O is imported here."""

from datetime import datetime
from uuid import UUID

from ledger.types import Frozen, PartnerId, Tenant


class RunWanted(Frozen):
    """What a workflow was started with. Only the id counts: who asked, when and up to when stand in the run's row.

    `named`: the start named `run`; else it was made by the workflow, which may be the calendar's.
    """

    tenant: Tenant
    run: UUID
    named: bool = False
    cut_off: datetime | None = None
    rehearsal: bool = False
    requested_by: str | None = None
    asked_at: datetime
    """The start of the workflow, so that beginning again finds the same month."""

    @property
    def may_be_calendars(self) -> bool:
        """Whether it claims nothing, as a start by the calendar does."""
        return not (self.named or self.rehearsal or self.cut_off or self.requested_by)


class RunBegun(Frozen):
    """`period` is None where the run does not take place: it has ended, or has no row and is none of the calendar's."""

    period: str | None
    rehearsal: bool = False


class BatchWanted(Frozen):
    tenant: Tenant
    run: UUID
    after: PartnerId | None


class RunOver(Frozen):
    """`done` is False for a cancelled run."""

    done: bool
    payouts: int
    net_cents: int


class Batch(Frozen):
    """What one batch did. `last` is where the next one goes on; None where no partner is left or the run has ended."""

    partners: int
    payouts: int
    last: PartnerId | None
