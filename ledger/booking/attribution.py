"""Who brought a sale, what its campaign pays, and whether the buyer is the partner itself."""

from ledger import tasks
from ledger.commissions import earnings
from ledger.database import TenantTransaction
from ledger.programme import campaigns, partners
from ledger.reasons import Reason
from ledger.sales import sale_holds, transactions
from ledger.sales.sale_holds import SaleHold
from ledger.sales.transactions import Transaction
from ledger.types import CampaignId, PartnerId


async def bind(
    tx: TenantTransaction, sale: Transaction, *, partner_id: PartnerId, campaign_id: CampaignId | None, by: str | None
) -> Transaction:
    """Give the sale its partner and write its commissions: tree, status and plan are those of the instant of the sale.

    `campaign_id` is the one that document or sale name; else the partner's of that instant, else the tenant's default.
    `by`: how it is known, `name`, `person`, `subscription` or `customer`.
    """
    chain = await partners.chain_at(tx, partner_id, sale.sold_at)
    campaign_id = campaign_id or chain[0].campaign_id or await _default_campaign(tx)
    plan = await campaigns.plan_at(tx, campaign_id, sale.sold_at) if campaign_id else None
    await tx.execute(
        """
        UPDATE transactions SET partner_id = $3, campaign_id = $4, plan_id = $5, partner_by = $6
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        sale.id,
        partner_id,
        campaign_id,
        plan and plan.id,
        by,
    )
    if plan is not None:
        await earnings.write(tx, sale, plan=plan, chain=[standing.earner for standing in chain])
    return await transactions.get(tx, sale.id)


async def note_how(tx: TenantTransaction, sale: Transaction, by: str | None) -> Transaction:
    """It is the partner's already, and this is how that is known now."""
    if sale.partner_by == by:
        return sale
    await tx.execute(
        "UPDATE transactions SET partner_by = $3 WHERE tenant_id = $1 AND id = $2", tx.tenant.id, sale.id, by
    )
    return sale.model_copy(update={"partner_by": by})


async def name_campaign(tx: TenantTransaction, sale: Transaction, campaign_id: CampaignId) -> Transaction:
    """The campaign of a sale that has no partner yet."""
    await tx.execute(
        "UPDATE transactions SET campaign_id = $3 WHERE tenant_id = $1 AND id = $2 AND campaign_id IS NULL",
        tx.tenant.id,
        sale.id,
        campaign_id,
    )
    return await transactions.get(tx, sale.id)


async def hold_own_purchase(tx: TenantTransaction, before: Transaction | None, sale: Transaction) -> bool:
    """Hold a sale whose customer has the mail address of its partner (rules.md, The connection). True: held now.

    Judged only when partner or mail become known, so that what a person released stays released.
    """
    if before is not None and (before.partner_id, before.customer_email) == (sale.partner_id, sale.customer_email):
        return False
    own = await tx.fetchval(
        "SELECT lower(trim(email)) = lower(trim($3)) FROM partners WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        sale.partner_id,
        sale.customer_email,
    )
    if not own:
        return False
    await sale_holds.hold(tx, sale.id, SaleHold.OWN_PURCHASE)
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind="own_purchase",
            subject="transaction",
            subject_id=str(sale.id),
            reason=Reason.of("own_purchase_held"),
            actions=("release", "keep_held"),
            links={"transaction_id": str(sale.id)},
        ),
    )
    return True


async def _default_campaign(tx: TenantTransaction) -> CampaignId | None:
    found = await tx.fetchval("SELECT default_campaign_id FROM tenants WHERE id = $1", tx.tenant.id)
    return None if found is None else CampaignId(found)
