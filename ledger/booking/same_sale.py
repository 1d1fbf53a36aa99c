"""Which sale a report is about, and what becomes of two that turn out to be one (rules.md, Money: one payment is one
sale).

A payment provider tells of one purchase in several events, each of which names other references, in any order. The
first makes a sale; one that names the references of two sales shows that they are one.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from ledger import tasks
from ledger.audit import audit
from ledger.booking import invoice_sales
from ledger.booking.outcome import SaleState, read_state
from ledger.commissions import commissions
from ledger.database import TenantTransaction
from ledger.payouts import clawbacks
from ledger.reasons import Reason
from ledger.sales import customers, references, refunds, transactions
from ledger.sales.references import ORDER, Reference, sales_with_reference
from ledger.sales.refunds import MoneyBack
from ledger.sales.transactions import Transaction
from ledger.types import CommissionState, Frozen, PayoutNumber

TWO_INVOICES = "payment_with_two_invoices"


class Found(Frozen):
    """`before`: the sale as it was; `sale`: as it is, locked; `others`: what was found to be the same and is part of
    it.
    """

    before: SaleState = SaleState(sale=None)
    sale: Transaction | None = None
    others: tuple[Transaction, ...] = ()
    payouts: tuple[PayoutNumber, ...] = ()
    """They lost a line of one of the others."""


async def find(tx: TenantTransaction, certain: Sequence[Reference], order: str | None = None) -> Found:
    """The one sale that has these references. The caller holds them (hold_references).

    `order` is the shop's own number: who pays it again has made another sale, so it joins only what nothing speaks
    against.
    """
    sales = await lock_named(tx, [reference.reference for reference in certain])
    if not sales and order is not None:
        sales = await _of_order(tx, certain, order)
    if not sales:
        return Found()
    settled = {sale.id: len(sales) > 1 and await _is_settled(tx, sale) for sale in sales}
    # What earned elsewhere keeps the others from earning here. What has an invoice or something settled is hardest to
    # move.
    kept, *others = sorted(
        sales,
        key=lambda sale: (
            sale.import_id is None,
            sale.invoice_id is None,
            not settled[sale.id],
            sale.partner_id is None,
            sale.seq,
        ),
    )
    before = await read_state(tx, kept.id)
    held: frozenset[PayoutNumber] = frozenset()
    if any(settled[other.id] for other in others):
        held = await clawbacks.hold(tx, *(sale.id for sale in sales))
    absorbed: list[Transaction] = []
    touched: list[PayoutNumber] = []
    for other in others:
        if await _has_two_invoices(tx, kept, other):
            continue
        if settled[other.id]:
            touched += await _take_back(tx, kept, other, held)
        else:
            await _absorb(tx, kept, other)
        absorbed.append(other)
    sale = await transactions.get(tx, kept.id) if absorbed else kept
    return Found(before=before, sale=sale, others=tuple(absorbed), payouts=tuple(touched))


async def hold(tx: TenantTransaction, named: Sequence[str], payer: Sequence[str] = ()) -> None:
    """Whoever tells of the same purchase, or of another payment of the same subscription or customer, waits until we
    are done. `payer`: as customers.keys says. All at once (hold_references); what the sale knows of its payer is held
    too.
    """
    known = []
    for sale in await sales_with_reference(tx, named):
        found = await transactions.get(tx, sale)
        known += await customers.keys_of_payer(tx, found.subscription, found.customer_id)
    await references.hold_references(tx, [*named, *payer, *known])


async def lock_named(tx: TenantTransaction, named: Sequence[str]) -> list[Transaction]:
    """All that have one of them, each under its lock. While we waited for one it may have become part of another."""
    found = await sales_with_reference(tx, named)
    while found:
        if len(found) > 1:
            # Whoever locks several sales beside each other does so alone, and in the order of their numbers.
            await tx.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('one-sale:' || $1::text, 0))", str(tx.tenant.id)
            )
        await tx.execute(
            "SELECT 1 FROM transactions WHERE tenant_id = $1 AND id = ANY ($2) ORDER BY seq FOR UPDATE",
            tx.tenant.id,
            found,
        )
        again = await sales_with_reference(tx, named)
        if again == found:
            break
        found = again
    return [await transactions.get(tx, sale) for sale in found]


async def _of_order(tx: TenantTransaction, certain: Sequence[Reference], order: str) -> list[Transaction]:
    """The first whose own payment, session and invoice are not others than ours."""
    told = {reference.kind: reference.reference for reference in certain}
    for sale in await lock_named(tx, [order]):
        known = await references.of_sale(tx, sale.id)
        if all(told.get(one.kind) in (None, one.reference) for one in known if one.kind != ORDER):
            return [sale]
    return []


async def _is_settled(tx: TenantTransaction, sale: Transaction) -> bool:
    """Whether anything of it was ever in a payout, or written by a person."""
    rows = await commissions.commissions_of(tx, sale.id)
    return any(
        row.kind != "sale" or row.state in (CommissionState.IN_PAYOUT, CommissionState.PAID) for row in rows
    ) or bool(
        await tx.fetchval(
            """
            SELECT EXISTS (SELECT 1 FROM payout_lines l JOIN commissions c
                              ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
                            WHERE c.tenant_id = $1 AND c.transaction_id = $2)
            """,
            tx.tenant.id,
            sale.id,
        )
    )


async def _has_two_invoices(tx: TenantTransaction, kept: Transaction, other: Transaction) -> bool:
    """Two valid invoices say that they are two sales, one payment that they are one: a person is asked."""
    if await invoice_sales.live_invoice_of(tx, kept) is None:
        return False
    if await invoice_sales.live_invoice_of(tx, other) is None:
        return False
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=TWO_INVOICES,
            subject="transaction",
            subject_id=str(kept.id),
            reason=Reason.of("payment_with_two_invoices"),
            detail={"invoices": [kept.invoice_number, other.invoice_number]},
            links={"transaction_id": str(kept.id), "other_transaction_id": str(other.id)},
        ),
    )
    return True


async def _absorb(tx: TenantTransaction, kept: Transaction, other: Transaction) -> None:
    """Nothing of the other was settled: it is part of the kept one, as if it had never been recorded apart."""
    rows = await commissions.commissions_of(tx, other.id)
    named = await references.of_sale(tx, other.id)
    await tasks.move_questions(tx, subject="transaction", subject_id=str(other.id), to=str(kept.id), by="event")
    await tx.execute("SELECT absorb_sale($1, $2)", kept.id, other.id)
    await refunds.recompute(tx, kept.id)
    await audit.record(
        tx,
        actor="engine",
        action="transaction.merged",
        subject="transaction",
        subject_id=str(kept.id),
        detail={
            "merged": str(other.id),
            "references": [one.reference for one in named],
            "gross_cents": other.gross_cents,
            "partner": other.partner_code,
            "commissions_cents": sum(row.net_cents for row in rows),
        },
    )


async def _take_back(
    tx: TenantTransaction, kept: Transaction, other: Transaction, held: frozenset[PayoutNumber]
) -> list[PayoutNumber]:
    """Both were settled, so that both stay; what the other one earned is taken back like a refund of all of it."""
    await references.hand_over(tx, other.id, to=kept.id)
    await refunds.hand_over(tx, other.id, to=kept.id)
    await refunds.record(
        tx,
        other,
        MoneyBack(
            kind="same_payment",
            reference=str(other.id),
            document=kept.invoice_number or kept.payment_intent,
            cents=other.gross_cents,
            of_cents=other.gross_cents,
            as_of=datetime.now(UTC),
        ),
    )
    await refunds.recompute(tx, kept.id)
    await audit.record(
        tx,
        actor="engine",
        action="transaction.merged",
        subject="transaction",
        subject_id=str(kept.id),
        detail={"taken_back": str(other.id), "gross_cents": other.gross_cents, "partner": other.partner_code},
    )
    return await clawbacks.follow(tx, await transactions.get(tx, other.id), held)
