"""What the payment provider says was paid for a sale, whichever of its objects told it, in whatever order."""

from collections.abc import Sequence
from decimal import Decimal

import asyncpg

from ledger.database import TenantTransaction
from ledger.money import round_half_away
from ledger.sales.references import Paid
from ledger.sales.sale_reports import SaleReport
from ledger.types import STRIPE, TransactionId

_SESSION = "checkout_session"
"""It tells what was to be paid. Every other kind with an amount tells of the money itself; several of one kind are its
parts."""
KINDS_OF_STRIPE = (_SESSION, "payment_intent", "provider_invoice", "invoice_payment", "charge")
"""The kinds of the other sources begin with the source's name (api/actions/sources)."""


async def paid(tx: TenantTransaction, sale: TransactionId) -> Paid | None:
    """What was paid in all; None where no report told an amount. Tax in proportion, where any report has it."""
    rows = await tx.fetch(
        """
        SELECT kind, currency, sum(paid_units)::bigint AS units, sum(tax_units)::bigint AS tax_units,
               sum(paid_units) FILTER (WHERE tax_units IS NOT NULL)::bigint AS taxed_units
          FROM sale_references WHERE tenant_id = $1 AND transaction_id = $2 AND paid_units IS NOT NULL
         GROUP BY kind, currency ORDER BY kind, currency
        """,
        tx.tenant.id,
        sale,
    )
    if not rows:
        return None
    # An object that names another currency than the payment itself tells of another thing.
    currency = min(rows, key=lambda row: (row["kind"] == _SESSION, row["kind"] != "payment_intent"))["currency"]
    rows = [row for row in rows if row["currency"] == currency]
    payments = [row["units"] for row in rows if row["kind"] != _SESSION]
    units = max(payments) if payments else max(row["units"] for row in rows)
    return Paid(currency=currency, units=units, tax_units=_tax(rows, units))


async def told_before(tx: TenantTransaction, sale: TransactionId, report: SaleReport) -> int | None:
    """What was told of the same thing already, in the report's currency: by the source itself where it tells it again,
    else by another source, of all of it. None: nothing. An object of Stripe may be told again with more."""
    if report.source != STRIPE:
        own = await tx.fetchval(
            """
            SELECT paid_units FROM sale_references
             WHERE tenant_id = $1 AND kind = $2 AND reference = $3 AND transaction_id = $4 AND currency = $5
            """,
            tx.tenant.id,
            report.references[0].kind,
            report.references[0].reference,
            sale,
            report.currency.upper(),
        )
        if own is not None:
            return int(own)
    found = await tx.fetchval(
        """
        SELECT sum(paid_units)::bigint FROM sale_references
         WHERE tenant_id = $1 AND transaction_id = $2 AND paid_units IS NOT NULL AND currency = $4
           AND kind <> ALL ($3) AND NOT starts_with(kind, $5)
         GROUP BY kind ORDER BY 1 DESC LIMIT 1
        """,
        tx.tenant.id,
        sale,
        KINDS_OF_STRIPE if report.source == STRIPE else (_SESSION,),
        report.currency.upper(),
        report.source,
    )
    return None if found is None else int(found)


def _tax(rows: Sequence[asyncpg.Record], units: int) -> int | None:
    """By the invoice, else by the session: their tax, in proportion to what was paid."""
    taxed = {row["kind"]: (row["tax_units"], row["taxed_units"]) for row in rows if row["taxed_units"]}
    for kind in ("provider_invoice", _SESSION, *sorted(taxed)):
        if kind in taxed:
            return in_proportion(taxed[kind][0], units, taxed[kind][1])
    return None


def in_proportion(tax: int, of: int, whole: int) -> int:
    """The tax of a part of an amount whose whole has this tax; never more than the part."""
    return 0 if whole <= 0 else min(of, round_half_away(Decimal(tax) * of / whole))
