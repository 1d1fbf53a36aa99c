"""Money of one sale that two sources say went back: it may be the same. The larger counts, and a person is asked."""

from ledger import tasks
from ledger.audit import audit, hands
from ledger.booking.outcome import Outcome, read_state, settled
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.sales import refunds, transactions
from ledger.types import TransactionId, TransactionState

KIND = "refund_told_twice"
BOTH_COUNT = "both_count"


async def ask(tx: TenantTransaction, sale: TransactionId) -> None:
    """After something new was told of it. Of a sale that went back wholly there is nothing to ask."""
    sources = await refunds.sources_of(tx, sale)
    if len(sources) < 2 or (await transactions.get(tx, sale)).state is TransactionState.REFUNDED:
        await tasks.close_questions(tx, subject="transaction", subject_id=str(sale), kinds=(KIND,), by="event")
        return
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=KIND,
            subject="transaction",
            subject_id=str(sale),
            reason=Reason.of("refund_told_twice", sources=", ".join(sources)),
            actions=(BOTH_COUNT, "done"),
            links={"transaction_id": str(sale)},
        ),
    )


async def count_both(tx: TenantTransaction, sale: TransactionId, *, by: str) -> Outcome:
    """A person says that each told of money of its own. The caller holds the sale."""
    await hands.hold_tenant(tx)
    before = await read_state(tx, sale)
    await refunds.set_apart(tx, sale)
    await audit.record(
        tx, actor=by, action="transaction.refunds_added", subject="transaction", subject_id=str(sale), detail={}
    )
    return await settled(tx, before, sale)
