"""Many sales at once, each for itself: one that is refused holds up no other, and told again nothing changes."""

from collections.abc import Sequence

from api.actions.sources import own_report
from ledger.database import Ledger
from ledger.reasons import Reason
from ledger.refusals import Refused, translating_refusals
from ledger.sales.told_sales import NewSale
from ledger.types import Frozen, PayoutNumber, Tenant, TransactionId


class Told(Frozen):
    """What became of one of them: its outcome, or why it was refused."""

    external_id: str
    outcome: str
    transaction_id: TransactionId | None = None
    reason: Reason | None = None
    payouts: tuple[PayoutNumber, ...] = ()


async def tell(ledger: Ledger, tenant: Tenant, sales: Sequence[NewSale], *, by: str) -> list[Told]:
    """Record them one after the other. A transaction each: it locks all that its sale is called by at once
    (docs/locks.md)."""
    found = []
    for sale in sales:
        try:
            with translating_refusals():
                async with ledger.transaction(tenant, cause=by) as tx:
                    recorded = await own_report.record_sale(tx, sale, by=by)
        except Refused as refused:
            found.append(Told(external_id=sale.external_id, outcome="refused", reason=refused.reason))
            continue
        found.append(
            Told(
                external_id=sale.external_id,
                outcome=recorded.outcome,
                transaction_id=recorded.transaction_id,
                reason=recorded.result.reason,
                payouts=recorded.result.payouts,
            )
        )
    return found
