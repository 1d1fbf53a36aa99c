"""Whose the later payments of a subscription or a customer are (rules.md: they belong to its partner, or a person is
asked).

A sale that names its partner tells it, and so does a checkout that cost nothing, as that of a trial. What a person says
about the customer counts from then on.
"""

from datetime import datetime, timedelta
from typing import Literal

from ledger.database import TenantTransaction
from ledger.types import CampaignId, CustomerId, Frozen, PartnerId, TransactionId

_TOLD_TOGETHER = timedelta(days=1)
"""The events of one purchase are minutes apart, and the payment's may be the earlier one."""


class Whose(Frozen):
    """Nobody is known, or one, or several so that a person must say."""

    partner_id: PartnerId | None = None
    campaign_id: CampaignId | None = None
    """Of a subscription: its payments are counted together."""
    by: Literal["subscription", "customer"] = "customer"
    unclear: bool = False


async def whose(
    tx: TenantTransaction,
    *,
    subscription: str | None,
    customer_id: CustomerId | None,
    at: datetime,
    but: TransactionId | None = None,
) -> Whose:
    """Whose a payment of this instant is that names nobody itself. `but`: the payment."""
    origin = await _of_subscription(tx, subscription, at, but) if subscription else None
    if customer_id is None:
        return origin.whose if origin else Whose()
    said = await tx.fetchrow(
        """
        SELECT assigned_partner_id, COALESCE(assigned_at, created_at) AS at FROM customers
         WHERE tenant_id = $1 AND id = $2 AND (assigned_partner_id IS NOT NULL OR assigned_at IS NOT NULL)
        """,
        tx.tenant.id,
        customer_id,
    )
    if said is not None and (origin is None or said["at"] > origin.at):
        return Whose(partner_id=said["assigned_partner_id"])
    if origin is not None:
        return origin.whose
    rows = await tx.fetch(
        """
        SELECT partner_id FROM transactions
         WHERE tenant_id = $1 AND customer_id = $2 AND sold_at <= $3 AND id IS DISTINCT FROM $4
           AND partner_id IS NOT NULL AND COALESCE(partner_by, 'name') IN ('name', 'person')
        UNION
        SELECT partner_id FROM introductions WHERE tenant_id = $1 AND customer_id = $2 AND told_at <= $3
        """,
        tx.tenant.id,
        customer_id,
        at,
        but,
    )
    if len(rows) > 1:
        return Whose(unclear=True)
    return Whose(partner_id=rows[0]["partner_id"]) if rows else Whose()


class Introduction(Frozen):
    """Whom a checkout named that has no payment yet. `reference` is the checkout's."""

    reference: str
    subscription: str | None
    customer_id: CustomerId | None
    partner_id: PartnerId
    campaign_id: CampaignId | None
    told_at: datetime


async def introduce(
    tx: TenantTransaction,
    new: Introduction,
) -> bool:
    """Keep whom a checkout without a payment named. False where that is known already."""
    return bool(
        await tx.fetchval(
            """
            INSERT INTO introductions AS i (tenant_id, reference, subscription, customer_id, partner_id, campaign_id,
                                            told_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (tenant_id, reference) DO UPDATE
               SET subscription = COALESCE(EXCLUDED.subscription, i.subscription),
                   customer_id = COALESCE(EXCLUDED.customer_id, i.customer_id),
                   partner_id = EXCLUDED.partner_id, campaign_id = EXCLUDED.campaign_id
             WHERE (i.partner_id, i.campaign_id) IS DISTINCT FROM (EXCLUDED.partner_id, EXCLUDED.campaign_id)
                OR (i.subscription IS NULL AND EXCLUDED.subscription IS NOT NULL)
                OR (i.customer_id IS NULL AND EXCLUDED.customer_id IS NOT NULL)
            RETURNING true
            """,
            tx.tenant.id,
            new.reference,
            new.subscription,
            new.customer_id,
            new.partner_id,
            new.campaign_id,
            new.told_at,
        )
    )


class Payers(Frozen):
    """Who may turn out to be somebody's, and from when on their payments would follow."""

    subscriptions: tuple[str, ...]
    customers: tuple[CustomerId, ...]
    since: datetime


async def hold_of_nobody(tx: TenantTransaction, payers: Payers) -> None:
    """Lock the payments that `of_nobody` may find. Comes before anything that a sale's lock comes before."""
    if not payers.subscriptions and not payers.customers:
        return
    await tx.execute(
        """
        SELECT 1 FROM transactions
         WHERE tenant_id = $1 AND partner_id IS NULL AND sold_at >= $4::timestamptz - $5::interval
           AND (subscription = ANY ($2) OR customer_id = ANY ($3))
         ORDER BY seq FOR UPDATE
        """,
        tx.tenant.id,
        payers.subscriptions,
        payers.customers,
        payers.since,
        _TOLD_TOGETHER,
    )


async def of_nobody(
    tx: TenantTransaction,
    *,
    subscription: str | None,
    customer_id: CustomerId | None,
    since: datetime,
    but: TransactionId | None = None,
) -> list[TransactionId]:
    """Payments from `since` on that belong to nobody, though nobody said so; the first one first. The caller holds
    them (hold_of_nobody)."""
    rows = await tx.fetch(
        """
        SELECT id FROM transactions t
         WHERE tenant_id = $1 AND partner_id IS NULL AND id IS DISTINCT FROM $5
           AND (subscription = $2 AND sold_at >= $4::timestamptz - $6::interval OR customer_id = $3 AND sold_at >= $4)
           AND NOT EXISTS (SELECT 1 FROM tasks q WHERE q.tenant_id = $1 AND q.kind = 'unknown_partner_code'
                              AND q.subject = 'transaction' AND q.subject_id = t.id::text)
         ORDER BY seq
        """,
        tx.tenant.id,
        subscription,
        customer_id,
        since,
        but,
        _TOLD_TOGETHER,
    )
    return [TransactionId(row["id"]) for row in rows]


class _Origin(Frozen):
    whose: Whose
    at: datetime


async def _of_subscription(
    tx: TenantTransaction, subscription: str, at: datetime, but: TransactionId | None
) -> _Origin | None:
    row = await tx.fetchrow(
        """
        SELECT partner_id, campaign_id, at
          FROM (SELECT partner_id, campaign_id, sold_at AS at FROM transactions
                 WHERE tenant_id = $1 AND subscription = $2 AND id IS DISTINCT FROM $3 AND partner_id IS NOT NULL
                UNION ALL
                SELECT partner_id, campaign_id, told_at FROM introductions
                 WHERE tenant_id = $1 AND subscription = $2) AS told
         WHERE at <= $4::timestamptz + $5::interval
         ORDER BY at LIMIT 1
        """,
        tx.tenant.id,
        subscription,
        but,
        at,
        _TOLD_TOGETHER,
    )
    if row is None:
        return None
    found = Whose(partner_id=row["partner_id"], campaign_id=row["campaign_id"], by="subscription")
    return _Origin(whose=found, at=row["at"])
