"""Sales as the ledger holds them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.reasons import Hold, Reason
from ledger.refusals import NotFound
from ledger.sales import sale_holds
from ledger.sales.foreign_payments import Rate
from ledger.sales.sale_holds import SaleHold
from ledger.types import (
    CampaignId,
    CustomerId,
    Frozen,
    PartnerId,
    TransactionId,
    TransactionState,
)


class Transaction(Frozen):
    """A sale. Amounts are cents; the base is what commissions are computed from, net once it is final."""

    id: TransactionId
    seq: int
    source: str
    state: TransactionState
    payment_intent: str | None
    checkout_session: str | None
    provider_invoice: str | None
    """Of the payment provider; the invoice in the books is `invoice_id`."""
    order_reference: str | None
    customer_id: CustomerId | None
    customer_contact_id: UUID | None
    customer_email: str | None
    partner_id: PartnerId | None
    partner_code: str | None
    partner_by: str | None
    """How it got its partner: by a `name` in an event or document, a `person`, its `subscription` or its `customer`."""
    campaign_id: CampaignId | None
    campaign_slug: str | None
    plan_id: UUID | None
    currency: str
    original_currency: str | None
    """What was paid, where that was no euro; the amounts are computed from it."""
    original_amount: Decimal | None
    """In whole units, tax included."""
    exchange_rate: Decimal | None
    """So many units of it were one euro."""
    rate_day: date | None
    rate_source: str | None
    base_cents: int
    tax_cents: int
    gross_cents: int
    provisional: bool
    paid_cents: int
    refunded_cents: int
    """What went back in all, gross, whoever told of it."""
    credited_cents: int
    """What of the invoice was settled by credit notes, gross; it is off the base already."""
    written_off_cents: int
    """What of it is off the base and was never paid, gross: written off, or a discount that lowers the base."""
    sold_at: datetime
    paid_at: datetime | None
    address: dict[str, Any] | None
    line_items: list[Any] | None
    state_reason_code: str | None
    state_reason_params: dict[str, Any] | None
    holds: tuple[Hold, ...]
    """Oldest first. While there is one, nothing that it earns is paid."""
    replacement_until: datetime | None
    """The invoice was voided; until then another one may take its place."""
    refund_cause: str | None
    refund_document: str | None
    subscription: str | None
    payment_number: int | None
    """Which payment of its subscription or customer it is; a plan may pay the first twelve only."""
    created_at: datetime
    import_id: UUID | None
    """The file that it was taken over from: it earns nothing here."""
    invoice_id: UUID | None
    invoice_number: str | None

    @property
    def why(self) -> Reason | None:
        """Why it is in its state."""
        return Reason.read(self.state_reason_code, self.state_reason_params)

    @property
    def rate(self) -> Rate | None:
        """At which its euro amounts were computed."""
        if self.exchange_rate is None or self.rate_day is None or self.rate_source is None:
            return None
        return Rate(rate=self.exchange_rate, rate_day=self.rate_day, rate_source=self.rate_source)

    @property
    def held(self) -> tuple[Hold, ...]:
        """What a person may release, or somebody else's word does."""
        return tuple(hold for hold in self.holds if hold.code != SaleHold.INVOICE_VOIDED)


COLUMNS = f"""
    t.*, {sale_holds.SHOWN}, p.code AS partner_code, c.slug AS campaign_slug, d.resource_id AS invoice_id,
    d.voucher_number AS invoice_number
"""
BESIDE = """
      LEFT JOIN partners p ON p.tenant_id = t.tenant_id AND p.id = t.partner_id
      LEFT JOIN campaigns c ON c.tenant_id = t.tenant_id AND c.id = t.campaign_id
      LEFT JOIN external_documents d ON d.tenant_id = t.tenant_id AND d.transaction_id = t.id
                                    AND d.detached_at IS NULL
"""
"""Columns and joins of a query over `transactions t`."""
_TRANSACTION = f"SELECT {COLUMNS} FROM transactions t {BESIDE} WHERE t.tenant_id = $1"


async def get(tx: TenantTransaction, transaction_id: TransactionId) -> Transaction:
    """A sale. Raises NotFound. The id of a sale that turned out to be part of another finds that one."""
    row = await tx.fetchrow(_TRANSACTION + " AND t.id = $2", tx.tenant.id, transaction_id)
    if row is None:
        row = await tx.fetchrow(
            _TRANSACTION
            + """
              AND t.id = (SELECT transaction_id FROM sale_references
                           WHERE tenant_id = $1 AND kind = 'sale' AND reference = $2::uuid::text)
            """,
            tx.tenant.id,
            transaction_id,
        )
    if row is None:
        raise NotFound("transaction_not_found")
    return Transaction.from_row(row)


async def lock(tx: TenantTransaction, transaction_id: TransactionId) -> Transaction:
    """Hold the sale until the end of the transaction: who judges it judges alone. Raises NotFound.

    Order of locks, everywhere: references of the sale, its document, the sale, payouts, commissions.
    """
    await tx.execute(
        "SELECT 1 FROM transactions WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tx.tenant.id, transaction_id
    )
    sale = await get(tx, transaction_id)
    return sale if sale.id == transaction_id else await lock(tx, sale.id)
