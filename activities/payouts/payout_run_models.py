"""What passes between a payout run's workflow and its activities. No I/O is imported here."""

from datetime import datetime
from uuid import UUID

from ledger.types import Frozen, PartnerId, Tenant


class RunWanted(Frozen):
    """`cut_off` and `requested_by` are None for a run by the calendar: up to the end of the month before."""

    tenant: Tenant
    run: UUID
    cut_off: datetime | None = None
    rehearsal: bool = False
    requested_by: str | None = None
    asked_at: datetime
    """The start of the workflow, so that beginning again finds the same month."""


class RunBegun(Frozen):
    """`period` is None where the run does not take place: another one has the period, or the calendar was changed."""

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
