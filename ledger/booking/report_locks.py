"""What recording a payment provider's report locks before its commissions (docs/locks.md)."""

from collections.abc import Sequence

from ledger.booking import naming, same_sale
from ledger.database import TenantTransaction
from ledger.sales import customers, references, transactions
from ledger.sales.sale_reports import DisputeReport, RefundReport, SaleReport


async def hold_reports(tx: TenantTransaction, reports: Sequence[SaleReport | RefundReport | DisputeReport]) -> None:
    """All that recording these one after the other locks: for whoever takes a later lock before he does."""
    sales = [report for report in reports if isinstance(report, SaleReport)]
    payers = [await customers.find_by_names(tx, sale.customer) for sale in sales]
    known = [await customers.keys_of_payer(tx, None, payer.id) for payer in payers if payer is not None]
    await same_sale.hold(
        tx,
        [
            *(one.reference for report in reports for one in report.certain),
            *(sale.order_reference for sale in sales if sale.order_reference),
        ],
        [
            *(key for sale in sales for key in customers.keys(sale.customer, sale.subscription)),
            *(key for keys in known for key in keys),
        ],
    )
    for sale in sales:
        await hold_later(tx, sale)
    for report in reports:
        await same_sale.lock_named(tx, [one.reference for one in report.certain])


async def hold_later(tx: TenantTransaction, report: SaleReport) -> None:
    """The payments that may turn out to be somebody's by this one. Its references are held."""
    named = [*(one.reference for one in report.certain), *([report.order_reference] if report.order_reference else [])]
    known = await references.sales_with_reference(tx, named)
    customer = await customers.find_by_names(tx, report.customer)
    await naming.hold_later(
        tx,
        subscription=report.subscription,
        customer_id=customer.id if customer else None,
        since=report.sold_at,
        known=[await transactions.get(tx, sale) for sale in known],
    )
