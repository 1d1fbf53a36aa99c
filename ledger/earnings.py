"""The commissions of a sale follow it: written from its plan and chain, computed again when its base changes,
and put into the state that the sale's own state allows."""

from collections.abc import Sequence
from uuid import UUID

from ledger import payouts, tasks, transactions
from ledger.commission import Earner, Rate, commissions_of
from ledger.database import Connection
from ledger.money import euro
from ledger.transactions import Commission, Transaction
from ledger.types import BERLIN, CommissionState, PartnerId, PayoutNumber, Tenant, TransactionState

_OPEN = (CommissionState.PENDING, CommissionState.APPROVED)
_SETTLED = (CommissionState.IN_PAYOUT, CommissionState.PAID)


def state_due(sale: Transaction) -> CommissionState:
    """What a commission of this sale may be at most: a held or blocked sale releases nothing."""
    if sale.state is TransactionState.REFUNDED:
        return CommissionState.REVERSED
    if sale.state is TransactionState.APPROVED and sale.held_reason is None and sale.blocked_reason is None:
        return CommissionState.APPROVED
    return CommissionState.PENDING


async def write(
    db: Connection, tenant: Tenant, sale: Transaction, *, plan_id: UUID, rates: Sequence[Rate], chain: Sequence[Earner]
) -> None:
    """One row per earning level, pending. Levels written before under another plan or partner are rewritten.

    A level that no longer earns keeps its row with zero: rows are never deleted.
    """
    earned = commissions_of(sale.base_cents, rates, chain)
    await db.executemany(
        """
        INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, plan_id, percent, fixed_cents,
                                 base_cents, net_cents, provisional, service_date)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (tenant_id, transaction_id, level) WHERE kind = 'sale'
        DO UPDATE SET partner_id = EXCLUDED.partner_id, plan_id = EXCLUDED.plan_id, percent = EXCLUDED.percent,
                      fixed_cents = EXCLUDED.fixed_cents, base_cents = EXCLUDED.base_cents,
                      net_cents = EXCLUDED.net_cents
        """,
        [
            (
                tenant.id,
                sale.id,
                entry.partner_id,
                entry.level,
                plan_id,
                entry.percent,
                entry.fixed_cents,
                entry.base_cents,
                entry.net_cents,
                sale.provisional,
                sale.sold_at.astimezone(BERLIN).date(),
            )
            for entry in earned
        ],
    )
    await db.execute(
        """
        UPDATE commissions SET plan_id = $3, percent = 0, fixed_cents = 0, net_cents = 0
         WHERE tenant_id = $1 AND transaction_id = $2 AND kind = 'sale' AND level <> ALL ($4)
        """,
        tenant.id,
        sale.id,
        plan_id,
        [entry.level for entry in earned],
    )


async def reprice(db: Connection, tenant: Tenant, sale: Transaction) -> list[PayoutNumber]:
    """Compute anew from the sale's base, with the rates and the chain that were stored with it.

    What a payout holds is taken out of it where that is still possible; where it is not, the amount stays and a
    person is asked. Returns the payouts that lost a line.
    """
    rows = [row for row in await transactions.commissions_of(db, tenant, sale.id) if row.kind == "sale"]
    if not rows:
        return []
    at_level = {row.level: row for row in rows}
    nobody = Earner(partner_id=rows[0].partner_id, active=False)
    chain = [
        Earner(partner_id=PartnerId(at_level[level].partner_id)) if level in at_level else nobody
        for level in range(1, max(at_level) + 1)
    ]
    rates = [Rate(level=row.level, percent=row.percent, fixed_cents=row.fixed_cents) for row in rows]
    due = {entry.level: entry.net_cents for entry in commissions_of(sale.base_cents, rates, chain)}
    touched = await _take_out(db, tenant, [row for row in rows if row.net_cents != due[row.level]])
    for row in rows:
        if (row.net_cents, row.base_cents, row.provisional) == (due[row.level], sale.base_cents, sale.provisional):
            continue
        # Whether the row is still free to change is asked in WHERE: a payout may take it at this moment.
        changed = await db.fetchval(
            """
            UPDATE commissions SET net_cents = $3, base_cents = $4, provisional = $5
             WHERE tenant_id = $1 AND id = $2 AND (net_cents = $3 OR state IN ('pending', 'approved', 'reversed'))
            RETURNING true
            """,
            tenant.id,
            row.id,
            due[row.level],
            sale.base_cents,
            sale.provisional,
        )
        if not changed:
            await tasks.ask(
                db,
                tenant,
                kind="commission_differs_after_payout",
                subject="commission",
                subject_id=str(row.id),
                reason=f"Die Provision wurde mit {euro(row.net_cents)} abgerechnet, "
                f"nach der Rechnung wären es {euro(due[row.level])}.",
                links={"transaction_id": str(sale.id), "payout_number": row.payout_number},
            )
    return touched


async def follow(db: Connection, tenant: Tenant, sale: Transaction) -> list[PayoutNumber]:
    """Bring every commission of the sale to the state it is due. Returns the payouts that lost a line.

    A refund of what a document already promises or what is paid becomes a negative commission at once, once only;
    a refund taken back takes that one back, or gives a new commission where it was settled already.
    """
    due = state_due(sale)
    touched: list[PayoutNumber] = []
    # A payout may take an approved commission between our look and our write; then look again. Each round ends with
    # at least one commission further on its way to paid, so this ends.
    while True:
        rows = await transactions.commissions_of(db, tenant, sale.id)
        touched += await _take_out(db, tenant, _to_be_taken_out(rows, sale, due))
        if await _follow_once(db, tenant, await transactions.commissions_of(db, tenant, sale.id), due):
            return list(dict.fromkeys(touched))


def _to_be_taken_out(rows: Sequence[Commission], sale: Transaction, due: CommissionState) -> list[Commission]:
    if due is CommissionState.REVERSED:
        return [row for row in rows if row.kind != "clawback"]
    restored = [row for row in rows if row.kind == "clawback"]
    on_hold = sale.state is TransactionState.PENDING or sale.held_reason is not None or sale.blocked_reason is not None
    return restored + ([row for row in rows if row.kind != "clawback"] if on_hold else [])


async def _take_out(db: Connection, tenant: Tenant, rows: Sequence[Commission]) -> list[PayoutNumber]:
    """Payouts are locked in the order of their numbers, before any commission is: pay_lines locks them that way too."""
    return [
        PayoutNumber(row.payout_number)
        for row in sorted(rows, key=lambda row: row.payout_number or "")
        if row.state is CommissionState.IN_PAYOUT and row.payout_number and await payouts.take_out(db, tenant, row.id)
    ]


async def _follow_once(db: Connection, tenant: Tenant, rows: Sequence[Commission], due: CommissionState) -> bool:
    """False when a row was no longer what we had seen."""
    clawed = {
        row.origin_id: row for row in rows if row.kind == "clawback" and row.state is not CommissionState.REVERSED
    }
    reissued = {row.origin_id for row in rows if row.kind == "reissue"}
    for row in rows:
        # A reissue stands in for the commission it answers.
        if row.kind in ("sale", "reissue") and row.id not in reissued:
            step = _reverse if due is CommissionState.REVERSED else _restore
            if not await step(db, tenant, row, clawed.get(row.id), due):
                return False
    return True


async def _reverse(
    db: Connection, tenant: Tenant, row: Commission, clawback: Commission | None, due: CommissionState
) -> bool:
    if row.state in _OPEN:
        if clawback is None:
            return await _move(db, tenant, row, due)
        # It came back out of a payout: the two cancel out, unless the clawback is already being settled.
        return clawback.state in _SETTLED or (
            await _move(db, tenant, clawback, due) and await _move(db, tenant, row, due)
        )
    if row.state in _SETTLED and clawback is None and row.net_cents > 0:
        await _answer(db, tenant, row, kind="clawback", net_cents=-row.net_cents, state=CommissionState.APPROVED)
    return True


async def _restore(
    db: Connection, tenant: Tenant, row: Commission, clawback: Commission | None, due: CommissionState
) -> bool:
    if clawback is not None:
        if clawback.state in _SETTLED:
            await _answer(db, tenant, row, kind="reissue", net_cents=row.net_cents, state=due)
            return True
        if not await _move(db, tenant, clawback, CommissionState.REVERSED):
            return False
    return row.state in _SETTLED or await _move(db, tenant, row, due)


async def _move(db: Connection, tenant: Tenant, row: Commission, to: CommissionState) -> bool:
    if row.state is to:
        return True
    return bool(
        await db.fetchval(
            "UPDATE commissions SET state = $4 WHERE tenant_id = $1 AND id = $2 AND state = $3 RETURNING true",
            tenant.id,
            row.id,
            row.state,
            to,
        )
    )


async def _answer(
    db: Connection, tenant: Tenant, row: Commission, *, kind: str, net_cents: int, state: CommissionState
) -> None:
    """The service date stays, so that the answer falls into the tax case of what it answers."""
    await db.execute(
        """
        INSERT INTO commissions (tenant_id, kind, origin_id, transaction_id, partner_id, level, plan_id, percent,
                                 fixed_cents, base_cents, net_cents, state, provisional, service_date)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, false, $13)
        """,
        tenant.id,
        kind,
        row.id,
        row.transaction_id,
        row.partner_id,
        row.level,
        row.plan_id,
        row.percent,
        row.fixed_cents,
        row.base_cents,
        net_cents,
        state,
        row.service_date,
    )
