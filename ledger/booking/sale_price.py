"""What a sale is worth while no invoice has a say: what its sources tell, whichever of them came first."""

from ledger.booking.foreign_currency import is_euro
from ledger.database import TenantTransaction
from ledger.sales import foreign_payments, provider_amounts, refunds, transactions
from ledger.sales.references import Paid
from ledger.sales.transactions import Transaction
from ledger.types import LEXOFFICE, STRIPE


async def bring_to_what_was_told(tx: TenantTransaction, sale: Transaction) -> Transaction:
    """Gross, tax and base as its sources say, unless an invoice decides; what went back is computed anew."""
    is_open = sale.provisional or (sale.invoice_id is None and sale.source not in (STRIPE, LEXOFFICE))
    paid = await provider_amounts.paid(tx, sale.id) if is_open else None
    worth = None if paid is None else _in_euros(sale, paid)
    if worth is not None and worth != (sale.gross_cents, sale.tax_cents):
        await tx.execute(
            """
            UPDATE transactions SET gross_cents = $3, tax_cents = $4, base_cents = $3::bigint - $4::bigint,
                                    refunded_cents = least(refunded_cents, $3)
             WHERE tenant_id = $1 AND id = $2
            """,
            tx.tenant.id,
            sale.id,
            *worth,
        )
    await refunds.recompute(tx, sale.id)
    return await transactions.get(tx, sale.id)


def _in_euros(sale: Transaction, paid: Paid) -> tuple[int, int] | None:
    """Gross and tax in cents; None where what was told is no euro and nobody gave a rate."""
    gross, tax = paid.units, paid.tax_units
    if not is_euro(paid.currency):
        if sale.rate is None or paid.currency != sale.original_currency:
            return None
        gross = sale.rate.euro_cents(foreign_payments.whole_units(paid.units, paid.currency))
        tax = None if tax is None else provider_amounts.in_proportion(tax, gross, paid.units)
    if tax is None:  # told before the provider's objects were kept apart
        tax = provider_amounts.in_proportion(sale.tax_cents, gross, sale.gross_cents)
    return gross, tax
