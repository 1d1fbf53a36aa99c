"""What a sale earns: written from its plan and chain, computed again when its base changes. What of it is owed, after
refunds and payouts, follows in ledger/payouts/clawbacks.py."""

from collections.abc import Sequence

from ledger.commissions import commissions
from ledger.commissions.commissions import Commission
from ledger.commissions.plan_circumstances import circumstances_of, special_circumstances
from ledger.database import TenantTransaction
from ledger.programme import plans
from ledger.programme.calculation import Calculation, Circumstances, Earned, Earner, Rate, commissions_of
from ledger.programme.plans import Plan
from ledger.sales import sale_lines
from ledger.sales.transactions import Transaction
from ledger.types import BERLIN, PartnerId


async def write(tx: TenantTransaction, sale: Transaction, *, plan: Plan, chain: Sequence[Earner]) -> None:
    """One row per earning level, pending. Levels written before under another plan or partner are rewritten.

    A level that no longer earns keeps its row with zero: rows are never deleted. A sale that was taken over earns
    nothing: its commissions were settled where it comes from.
    """
    if sale.import_id is not None:
        return
    under = await circumstances_of(tx, sale, campaign_id=plan.campaign_id, plan=plan, chain=chain)
    earned = commissions_of(sale.base_cents, plan.levels, chain, under)
    await tx.executemany(
        """
        INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, plan_id, percent, fixed_cents,
                                 base_cents, net_cents, provisional, service_date, calculation)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (tenant_id, transaction_id, level) WHERE kind = 'sale'
        DO UPDATE SET partner_id = EXCLUDED.partner_id, plan_id = EXCLUDED.plan_id, percent = EXCLUDED.percent,
                      fixed_cents = EXCLUDED.fixed_cents, base_cents = EXCLUDED.base_cents,
                      net_cents = EXCLUDED.net_cents, earned_cents = EXCLUDED.net_cents,
                      calculation = EXCLUDED.calculation
        """,
        [
            (
                tx.tenant.id,
                sale.id,
                entry.partner_id,
                entry.level,
                plan.id,
                entry.percent,
                entry.fixed_cents,
                entry.base_cents,
                entry.net_cents,
                sale.provisional,
                sale.sold_at.astimezone(BERLIN).date(),
                entry.calculation.model_dump(mode="json"),
            )
            for entry in earned
        ],
    )
    await tx.execute(
        """
        UPDATE commissions SET plan_id = $3, percent = 0, fixed_cents = 0, net_cents = 0, earned_cents = 0,
                               calculation = NULL
         WHERE tenant_id = $1 AND transaction_id = $2 AND kind = 'sale' AND level <> ALL ($4)
        """,
        tx.tenant.id,
        sale.id,
        plan.id,
        [entry.level for entry in earned],
    )


async def reprice(tx: TenantTransaction, sale: Transaction) -> None:
    """Compute anew from the sale's base and lines, with the rates and the chain that were stored with it.

    Only what was earned: what of it is owed, and what of it was settled and is answered, follows (clawbacks.follow).
    """
    rows = [row for row in await commissions.commissions_of(tx, sale.id) if row.kind == "sale"]
    if not rows:
        return
    due = _recompute(sale.base_cents, rows, await _specials(tx, sale, rows))
    await tx.executemany(
        "UPDATE commissions SET earned_cents = $3, provisional = $4, calculation = $5 WHERE tenant_id = $1 AND id = $2",
        [
            (
                tx.tenant.id,
                row.id,
                due[row.level].net_cents,
                sale.provisional,
                due[row.level].calculation.model_dump(mode="json"),
            )
            for row in rows
        ],
    )


async def _specials(tx: TenantTransaction, sale: Transaction, rows: Sequence[Commission]) -> Circumstances:
    """What the sale's own plan pays of it by rates of products, as far as it is known now what was sold."""
    sold = await sale_lines.of_sale(tx, sale.id)
    plan_id = next((row.plan_id for row in rows if row.plan_id), None)
    if not sold.lines or plan_id is None:
        return Circumstances()
    return special_circumstances(await plans.plan(tx, plan_id), sold)


def _recompute(base_cents: int, rows: Sequence[Commission], special: Circumstances) -> dict[int, Earned]:
    """By level: the stored rules of a sale's rows, applied to another base."""
    at_level = {row.level: row for row in rows}
    nobody = Earner(partner_id=rows[0].partner_id, active=False)
    chain = [
        Earner(partner_id=PartnerId(at_level[level].partner_id)) if level in at_level else nobody
        for level in range(1, max(at_level) + 1)
    ]
    stored = {row.level: Calculation.from_row(row.calculation) for row in rows if row.calculation}
    rates = [
        stored[row.level].rate
        if row.level in stored
        else Rate(level=row.level, percent=row.percent, fixed_cents=row.fixed_cents)
        for row in rows
    ]
    any_of = next(iter(stored.values()), None)
    under = Circumstances(
        plan_version=any_of and any_of.plan_version,
        tier_mode=next((found.tier_mode for found in stored.values() if found.tier_mode), None),
        revenue_before={level: found.revenue_before_cents for level, found in stored.items()},
        payment_number=any_of and any_of.payment_number,
        max_payments=any_of and any_of.max_payments,
        specials=special.specials,
        sold_units=special.sold_units,
    )
    return {entry.level: entry for entry in commissions_of(base_cents, rates, chain, under)}
