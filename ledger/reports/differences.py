"""What the doctor says of a difference, and the commands that mend one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ledger.types import Frozen, PayoutNumber, Tenant


class Difference(Frozen):
    """Something that is not as it must be. `check` is for machines; `says` and `mend` are for operators.

    `bars_creating`: a document may exist that the ledger does not know, so after a restore nothing is created.
    """

    check: str
    subject: str
    subject_id: str
    says: str
    mend: str
    bars_creating: bool = False


Row = dict[str, Any]
Check = tuple[str, Callable[[Row], Difference], Callable[[timedelta], tuple[Any, ...]]]
"""SQL with the tenant as $1, what is said of a row (`tenant` in it is the Tenant), and the parameters from $2 on."""


def no_more(_: timedelta) -> tuple[Any, ...]:
    """A check without parameters of its own."""
    return ()


def by_hand(tenant_id: Any, sql: str) -> str:
    """A correction by the owner of the tables; without the tenant, row-level security makes it `UPDATE 0`."""
    return f'psql "$PARTNERDESK_OWNER_DATABASE_URL" -c "SET app.tenant = \'{tenant_id}\'" -c "{sql}"'


def recheck_command(tenant_id: Any, number: PayoutNumber) -> str:
    """Lets a payout's workflow look again."""
    return by_hand(tenant_id, f"UPDATE payouts SET recheck_wanted_at = now() WHERE number = '{number}'")


def look_again(tenant: Tenant, number: PayoutNumber) -> str:
    """Has a payout's workflow read the ledger anew and go on from there."""
    return f"temporal workflow signal --name recheck --workflow-id 'payout/{tenant.slug}/{number}'"
