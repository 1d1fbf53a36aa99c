"""What a question is about, locked before the question itself (docs/locks.md): whoever ends both locks it first too."""

from uuid import UUID

from ledger.audit import hands
from ledger.bank import further_attempts
from ledger.booking import naming, sale_decisions, sales_told_twice, voucher_ends
from ledger.database import TenantTransaction
from ledger.documents import intents
from ledger.payouts import claim_write_offs, claims, objections, own_reversal_rows, own_reversals, payouts, rechecks
from ledger.sales import transactions
from ledger.sales.references import hold_references
from ledger.types import IntentId, PayoutNumber, TaskId, TransactionId

_DECIDED_BY_HANDS = (voucher_ends.GONE, further_attempts.RETURNED, further_attempts.TASK)
"""About a payout: taking its document back, and transferring it again."""


async def hold_four_eyes(tx: TenantTransaction, *, subject: str, subject_id: str, kind: str) -> None:
    """Where the answer leaves a hand: in what several partners earn, or in one payout. Before any references are held.

    Raises NotFound.
    """
    if subject != "payout" and kind != "invoice_outcome_unknown":
        await hands.hold_tenant(tx)
    elif subject == "payout" and kind in _DECIDED_BY_HANDS:
        await hands.hold_partner(tx, (await payouts.get(tx, subject_id)).partner_id)


async def hold_subject(tx: TenantTransaction, task: TaskId, *, chosen: TransactionId | None = None) -> None:
    """Until the end of the transaction. `chosen`: the sale that the answer names, if any. A question that is not there,
    or is about nothing that is locked, holds nothing. Raises NotFound (no such sale)."""
    row = await tx.fetchrow(
        "SELECT subject, subject_id, kind, detail FROM tasks WHERE tenant_id = $1 AND id = $2", tx.tenant.id, task
    )
    if row is None:
        return
    await hold_four_eyes(tx, subject=row["subject"], subject_id=row["subject_id"], kind=row["kind"])
    match row["subject"], row["kind"]:
        case "payout", _:
            payout = await payouts.lock(tx, PayoutNumber(row["subject_id"]))
            if (intent := await intents.open_of_payout(tx, payout.id)) is not None:
                await intents.lock(tx, intent.id)
        case "transaction", "invoice_outcome_unknown":
            await intents.lock(tx, IntentId(UUID(row["detail"]["intent"])))
        case "transaction", sales_told_twice.KIND if chosen is not None:
            both = (TransactionId(UUID(row["subject_id"])), chosen)
            await sales_told_twice.hold(tx, *both)
            for one in both:
                await rechecks.want_for_sale(tx, await transactions.get(tx, one))
        case "transaction", _:
            sale = await sale_decisions.lock_with_payer(tx, TransactionId(UUID(row["subject_id"])))
            await rechecks.want_for_sale(tx, sale)  # the answer leaves a hand, and its payouts come before the question
        case objections.SUBJECT, _:
            await payouts.lock(tx, PayoutNumber(row["subject_id"]))
        case claim_write_offs.SUBJECT, _:
            await claims.hold(tx, UUID(row["subject_id"]))
        case own_reversals.SUBJECT, _:
            await own_reversal_rows.hold(tx, UUID(row["subject_id"]))
        case "introduction", _:
            payer = await naming.hold_introduced(tx, row["detail"])
            await rechecks.want_for_payer(tx, *payer)
        case "document", _:
            await hold_references(tx, [row["subject_id"]])
            if chosen is not None:
                await rechecks.want_for_sale(tx, await transactions.lock(tx, chosen))
