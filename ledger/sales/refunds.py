"""Money that went back: what payment provider and credit notes say of it, and what is left of the sale.

Reports come in any order and more than once. Each source keeps its newest word (table refunds); the sale's
`refunded_cents` is computed from all of them, so that a refund that fails later restores by the same way.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

import asyncpg

from ledger.database import TenantTransaction
from ledger.money import round_half_away
from ledger.reasons import Reason
from ledger.sales import provider_amounts
from ledger.sales.transactions import Transaction
from ledger.types import Frozen, TransactionId, TransactionState

PROVIDER_REFUND = "provider_refund"
DISPUTE_LOST = "dispute_lost"
CREDIT_NOTE = "credit_note"
INVOICE_VOIDED = "invoice_voided"
NOT_PAID = "not_paid"
SAME_PAYMENT = "same_payment"

_REASON = {
    PROVIDER_REFUND: Reason.of("refunded_by_stripe"),
    DISPUTE_LOST: Reason.of("charged_back"),
    CREDIT_NOTE: Reason.of("taken_back_by_credit_note"),
}
_CAUSE_OF = {
    "charge": PROVIDER_REFUND,
    "refund_failed": PROVIDER_REFUND,
    "dispute": DISPUTE_LOST,
    "credit_note": CREDIT_NOTE,
    "same_payment": SAME_PAYMENT,
}
_TAKEN_BACK = "refund_taken_back"


class MoneyBack(Frozen):
    """One source's newest word. Cents are gross.

    `charge`: all refunds of a charge up to `as_of`. `refund_failed`: one of them did not arrive. `dispute`: counts once
    lost. `credit_note`: of lexoffice, names the invoice; counts while it is valid. `same_payment`: the sale was another
    one's payment told twice, and all of it is taken back here.
    """

    kind: Literal["charge", "refund_failed", "dispute", "credit_note", "same_payment"]
    reference: str
    document: str | None = None
    cents: int
    of_cents: int | None = None
    counts: bool = True
    is_open: bool = False
    """A dispute that is not decided yet."""
    as_of: datetime
    is_newer: bool = False
    """It is known to be newer than what was told before, whatever its time."""
    source: str | None = None
    """Who tells it; of a credit note nobody else."""


async def record(tx: TenantTransaction, sale: Transaction, told: MoneyBack) -> bool:
    """Keep it, unless something newer is known, and bring the sale to it. True: kept. The sale must be locked."""
    fresh = await tx.fetchval(
        """
        INSERT INTO refunds AS r
               (tenant_id, transaction_id, kind, reference, document, cents, of_cents, counts, is_open, as_of, source)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $12)
        ON CONFLICT (tenant_id, kind, reference) DO UPDATE SET
               document = COALESCE(EXCLUDED.document, r.document), cents = EXCLUDED.cents,
               of_cents = COALESCE(EXCLUDED.of_cents, r.of_cents), counts = EXCLUDED.counts,
               is_open = EXCLUDED.is_open, as_of = EXCLUDED.as_of
         -- Within one second, which is as fine as the provider tells it, more was refunded and a dispute was decided.
         -- A refund fails once: told again later, it failed at the earlier time all the same.
         WHERE CASE WHEN r.kind = 'refund_failed' THEN EXCLUDED.as_of < r.as_of
                    ELSE $11 OR r.as_of < EXCLUDED.as_of
                         OR (r.as_of = EXCLUDED.as_of
                             AND (r.cents, r.counts, NOT r.is_open)
                                 < (EXCLUDED.cents, EXCLUDED.counts, NOT EXCLUDED.is_open)) END
        RETURNING true
        """,
        tx.tenant.id,
        sale.id,
        told.kind,
        told.reference,
        told.document,
        told.cents,
        told.of_cents,
        told.counts,
        told.is_open,
        told.as_of,
        told.is_newer,
        told.source,
    )
    if fresh:
        await recompute(tx, sale.id, cause=_CAUSE_OF[told.kind], document=told.document or told.reference)
    return bool(fresh)


async def sources_of(tx: TenantTransaction, sale: TransactionId) -> list[str]:
    """Who has told of money that went back of it, by name; not the books with their credit notes."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT source FROM refunds
         WHERE tenant_id = $1 AND transaction_id = $2 AND source IS NOT NULL AND counts AND cents > 0
           AND kind IN ('charge', 'dispute') ORDER BY source
        """,
        tx.tenant.id,
        sale,
    )
    return [row["source"] for row in rows]


async def set_apart(tx: TenantTransaction, sale: TransactionId) -> None:
    """What each source has told of it up to now is money of its own: all of it counts. The sale must be locked."""
    await tx.execute(
        "UPDATE refunds SET is_apart = true WHERE tenant_id = $1 AND transaction_id = $2 AND source IS NOT NULL",
        tx.tenant.id,
        sale,
    )
    await recompute(tx, sale, cause=PROVIDER_REFUND)


async def is_known(tx: TenantTransaction, kind: str, reference: str) -> bool:
    """Whether this was told before."""
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT 1 FROM refunds WHERE tenant_id = $1 AND kind = $2 AND reference = $3)",
            tx.tenant.id,
            kind,
            reference,
        )
    )


async def hand_over(tx: TenantTransaction, sale: TransactionId, *, to: TransactionId) -> None:
    """What was told of the one is told of the other; neither is computed anew here."""
    await tx.execute(
        """
        UPDATE refunds SET transaction_id = $3
         WHERE tenant_id = $1 AND transaction_id = $2 AND kind IN ('charge', 'refund_failed', 'dispute')
        """,
        tx.tenant.id,
        sale,
        to,
    )


async def is_disputed(tx: TenantTransaction, transaction_id: TransactionId) -> bool:
    """Whether a dispute about this sale is still to be decided."""
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT 1 FROM refunds WHERE tenant_id = $1 AND transaction_id = $2 AND is_open)",
            tx.tenant.id,
            transaction_id,
        )
    )


async def recompute(
    tx: TenantTransaction, transaction_id: TransactionId, *, cause: str | None = None, document: str | None = None
) -> None:
    """What went back in all, never more than the sale. `cause` and `document` are kept with it where that changes.

    Of the provider it is a share of the charge, which need not be as much as the invoice (rules.md, Money). Two
    sources, or a source and a credit note, may tell of the same money: the larger counts.
    """
    sale = await tx.fetchrow(
        "SELECT gross_cents, refunded_cents, state FROM transactions WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        transaction_id,
    )
    assert sale is not None
    rows = await tx.fetch(
        """
        SELECT kind, cents, of_cents, counts, as_of, source, is_apart
          FROM refunds WHERE tenant_id = $1 AND transaction_id = $2
        """,
        tx.tenant.id,
        transaction_id,
    )
    by_provider = _went_back_in_all(rows)
    paid = await provider_amounts.paid(tx, transaction_id) if by_provider else None
    whole = paid.units if paid else max((row["of_cents"] for row in rows if row["of_cents"]), default=0)
    credited = sum(row["cents"] for row in rows if row["kind"] == "credit_note" and row["counts"])
    refunded = min(sale["gross_cents"], max(_share(sale["gross_cents"], by_provider, whole), credited))
    if any(row["kind"] == "same_payment" for row in rows):
        refunded = sale["gross_cents"]
    if refunded == sale["refunded_cents"]:
        return
    await tx.execute(
        """
        UPDATE transactions SET refunded_cents = $3, refund_cause = COALESCE($4, refund_cause),
               refund_document = CASE WHEN $4::text IS NULL THEN refund_document ELSE $5 END
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        transaction_id,
        refunded,
        cause,
        document,
    )
    await _derive_state(tx, transaction_id, _REASON.get(cause or ""))


async def follow_invoice(
    tx: TenantTransaction, transaction_id: TransactionId, state: TransactionState, reason: Reason | None
) -> None:
    """The invoice says so. What the provider gave back wholly stays refunded: lexoffice does not know of it."""
    await tx.execute(
        """
        UPDATE transactions SET invoice_state = $3,
               state = CASE WHEN gross_cents > 0 AND refunded_cents >= gross_cents THEN 'refunded' ELSE $3 END,
               state_reason_code = CASE WHEN gross_cents > 0 AND refunded_cents >= gross_cents AND state = 'refunded'
                                        THEN state_reason_code ELSE $4 END,
               state_reason_params = CASE WHEN gross_cents > 0 AND refunded_cents >= gross_cents AND state = 'refunded'
                                          THEN state_reason_params ELSE $5 END
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        transaction_id,
        state,
        reason and reason.code,
        reason and reason.params,
    )


async def note_cause(tx: TenantTransaction, transaction_id: TransactionId, *, cause: str, document: str | None) -> None:
    """What a claw-back that follows now will name."""
    await tx.execute(
        "UPDATE transactions SET refund_cause = $3, refund_document = $4 WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        transaction_id,
        cause,
        document,
    )


def _went_back_in_all(rows: Sequence[asyncpg.Record]) -> int:
    """What is money of its own adds up, as does what was told before sources were kept; of the rest the larger counts.

    A refund that failed is taken off where its source's refunds count, though it is told after these were set apart.
    """
    charged = {(row["source"], row["is_apart"]) for row in rows if row["kind"] == "charge"}
    told: dict[tuple[str | None, bool], list[asyncpg.Record]] = {}
    for row in rows:
        place = (row["source"], row["is_apart"])
        if row["kind"] == "refund_failed" and place not in charged:
            beside = (row["source"], True)
            place = beside if beside in charged else (None, False)
        told.setdefault(place, []).append(row)
    apart = sum(_went_back(of_it) for (source, is_apart), of_it in told.items() if is_apart or source is None)
    return apart + max(
        (_went_back(of_it) for (source, is_apart), of_it in told.items() if source and not is_apart), default=0
    )


def _went_back(rows: Sequence[asyncpg.Record]) -> int:
    """Of one source: what its refunds and lost disputes took, without refunds that failed."""
    charges = [row for row in rows if row["kind"] == "charge"]
    returned = sum(
        row["cents"]
        for row in rows
        # A later look at the charge has a failed refund taken off already.
        if row["kind"] == "refund_failed" and all(row["as_of"] >= charge["as_of"] for charge in charges)
    )
    disputed = sum(row["cents"] for row in rows if row["kind"] == "dispute" and row["counts"])
    refunded: int = max(0, sum(row["cents"] for row in charges) - returned)
    return refunded + int(disputed)


def _share(gross_cents: int, back: int, whole: int) -> int:
    """Of the sale, what of its charge went back; without a known charge what went back is the sale's own money."""
    if whole <= 0:
        return back
    return gross_cents if back >= whole else round_half_away(Decimal(gross_cents) * back / whole)


async def _derive_state(tx: TenantTransaction, transaction_id: TransactionId, reason: Reason | None) -> None:
    """Refunded while everything went back; else what the invoice says, and pending before there is one."""
    await tx.execute(
        """
        UPDATE transactions t SET state = due.state,
               state_reason_code = CASE WHEN due.state = t.state THEN t.state_reason_code
                                        WHEN due.state = 'refunded' THEN $3 ELSE $5 END,
               state_reason_params = CASE WHEN due.state = t.state THEN t.state_reason_params
                                          WHEN due.state = 'refunded' THEN $4 ELSE '{}' END
          FROM (SELECT CASE WHEN gross_cents > 0 AND refunded_cents >= gross_cents THEN 'refunded'
                            ELSE COALESCE(invoice_state, 'pending') END AS state
                  FROM transactions WHERE tenant_id = $1 AND id = $2) due
         WHERE t.tenant_id = $1 AND t.id = $2
        """,
        tx.tenant.id,
        transaction_id,
        reason and reason.code,
        reason and reason.params,
        _TAKEN_BACK,
    )
