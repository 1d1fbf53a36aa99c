"""One search over what people have in their hands: a number or its end, a piece of a name or address, an amount.

Names are read through, each word anywhere in them; numbers and amounts are looked up in indexes (`number_sought`).
"""

from datetime import datetime
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.keyset import Conditions
from ledger.sales import references
from ledger.search_terms import amount, bare_number, named
from ledger.types import (
    CustomerId,
    Frozen,
    PartnerId,
    PayoutNumber,
    PayoutState,
    TransactionId,
    TransactionState,
)

SHORTEST = 2
_SHORTEST_END = 3
"""Of a number: two digits end one document in a hundred."""
_EACH = 10
# The end of a range of words with the same beginning, in the order of code points.
_LAST = "\U0010ffff"


class FoundPayout(Frozen):
    """A payout among what was found. Gross cents."""

    number: PayoutNumber
    state: PayoutState
    partner_code: str
    gross_cents: int
    created_at: datetime
    credit_note_number: str | None


class FoundSale(Frozen):
    """A sale among what was found. Gross cents."""

    id: TransactionId
    state: TransactionState
    sold_at: datetime
    gross_cents: int
    partner_code: str | None
    order_reference: str | None
    invoice_number: str | None


class FoundPartner(Frozen):
    """A partner among what was found."""

    id: PartnerId
    code: str
    name: str
    city: str | None


class FoundCustomer(Frozen):
    """A customer among what was found."""

    id: CustomerId
    name: str | None
    email: str | None
    external_id: str | None
    assigned_partner_code: str | None


class FoundDocument(Frozen):
    """A document that belongs to neither a payout nor a sale."""

    kind: str
    resource_id: UUID
    voucher_number: str | None
    gross_cents: int | None
    status: str | None


class Found(Frozen):
    """At most ten of each kind."""

    payouts: tuple[FoundPayout, ...] = ()
    sales: tuple[FoundSale, ...] = ()
    partners: tuple[FoundPartner, ...] = ()
    customers: tuple[FoundCustomer, ...] = ()
    documents: tuple[FoundDocument, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether nothing was found at all."""
        return not (self.payouts or self.sales or self.partners or self.customers or self.documents)


async def search(tx: TenantTransaction, words: str) -> Found:
    """What the words may mean, a few of each kind; words that are too short find nothing."""
    words = words.strip()
    if len(words) < SHORTEST:
        return Found()
    cents, number = amount(words), bare_number(words)
    payouts, sales, documents = await _by_number(tx, number)
    return Found(
        payouts=await _payouts(tx, payouts, number, cents),
        sales=await _sales(tx, words, sales, cents),
        partners=await _partners(tx, words),
        customers=await _customers(tx, words),
        documents=await _documents(tx, documents, cents),
    )


async def _by_number(tx: TenantTransaction, number: str) -> tuple[list[UUID], list[UUID], list[UUID]]:
    """Payouts, sales and other documents of which a document's number begins or ends so; the newest numbers first."""
    rows = await tx.fetch(
        """
        WITH hits AS (
            (SELECT id FROM external_documents WHERE tenant_id = $1 AND number_sought >= $2 AND number_sought < $3
              ORDER BY number_sought DESC LIMIT $6)
            UNION
            (SELECT id FROM external_documents WHERE tenant_id = $1 AND number_backwards >= $4 AND number_backwards < $5
              ORDER BY number_sought DESC LIMIT $6))
        SELECT d.id, d.payout_id, d.transaction_id
          FROM hits h JOIN external_documents d ON d.tenant_id = $1 AND d.id = h.id
         ORDER BY d.number_sought <> $2, d.number_sought DESC
        """,
        tx.tenant.id,
        *_both_ends(number),
        3 * _EACH,
    )
    return (
        [row["payout_id"] for row in rows if row["payout_id"]],
        [row["transaction_id"] for row in rows if row["transaction_id"]],
        [row["id"] for row in rows if not (row["payout_id"] or row["transaction_id"])],
    )


def _both_ends(number: str) -> tuple[str, str, str, str]:
    """The ranges of what begins with it, and of what ends with it, read backwards; empty where it is too short."""
    end = number[::-1] if len(number) >= _SHORTEST_END else ""
    return number, number and number + _LAST, end, end and end + _LAST


async def _payouts(
    tx: TenantTransaction, documented: list[UUID], number: str, cents: int | None
) -> tuple[FoundPayout, ...]:
    rows = await tx.fetch(
        """
        WITH hits AS (
            SELECT unnest($6::uuid[]) AS id
            UNION
            (SELECT id FROM payouts WHERE tenant_id = $1 AND number_sought >= $2 AND number_sought < $3
              ORDER BY number_sought DESC LIMIT $8)
            UNION
            (SELECT id FROM payouts WHERE tenant_id = $1 AND number_backwards >= $4 AND number_backwards < $5
              ORDER BY number_sought DESC LIMIT $8)
            UNION
            (SELECT payout_id FROM own_documents
              WHERE tenant_id = $1 AND payout_id IS NOT NULL
                AND translate(upper(number), '-_/. ', '') COLLATE "C" >= $2
                AND translate(upper(number), '-_/. ', '') COLLATE "C" < $3 LIMIT $8)
            UNION
            (SELECT payout_id FROM own_documents
              WHERE tenant_id = $1 AND payout_id IS NOT NULL
                AND reverse(translate(upper(number), '-_/. ', '')) COLLATE "C" >= $4
                AND reverse(translate(upper(number), '-_/. ', '')) COLLATE "C" < $5 LIMIT $8)
            UNION
            (SELECT id FROM payouts WHERE tenant_id = $1 AND gross_cents = $7 ORDER BY seq DESC LIMIT $8))
        SELECT o.number, o.state, p.code AS partner_code, o.gross_cents, o.created_at,
               COALESCE(own.number, d.voucher_number) AS credit_note_number
          FROM hits h JOIN payouts o ON o.tenant_id = $1 AND o.id = h.id
          JOIN partners p ON p.tenant_id = o.tenant_id AND p.id = o.partner_id
          LEFT JOIN external_documents d ON d.tenant_id = o.tenant_id AND d.payout_id = o.id AND d.detached_at IS NULL
          LEFT JOIN own_documents own ON own.tenant_id = o.tenant_id AND own.payout_id = o.id AND own.closed_at IS NULL
                AND own.kind IN ('self_billed', 'commission_statement')
         ORDER BY o.number_sought <> $2 AND d.number_sought IS DISTINCT FROM $2, o.seq DESC LIMIT $8
        """,
        tx.tenant.id,
        *_both_ends(number),
        documented,
        cents,
        _EACH,
    )
    return tuple(FoundPayout.from_row(row) for row in rows)


async def _sales(tx: TenantTransaction, words: str, invoiced: list[UUID], cents: int | None) -> tuple[FoundSale, ...]:
    """By references, which are long and read by machines, as a whole; by the invoice's number and by the amount."""
    rows = await tx.fetch(
        """
        WITH hits AS (
            SELECT unnest($2::uuid[]) AS id
            UNION
            (SELECT id FROM transactions WHERE tenant_id = $1 AND gross_cents = $3 ORDER BY seq DESC LIMIT $4))
        SELECT t.id, t.state, t.sold_at, t.gross_cents, p.code AS partner_code,
               COALESCE(t.order_reference, t.payment_intent) AS order_reference, d.voucher_number AS invoice_number
          FROM hits h JOIN transactions t ON t.tenant_id = $1 AND t.id = h.id
          LEFT JOIN partners p ON p.tenant_id = t.tenant_id AND p.id = t.partner_id
          LEFT JOIN external_documents d ON d.tenant_id = t.tenant_id AND d.transaction_id = t.id
                                        AND d.detached_at IS NULL
         ORDER BY t.id = ANY ($5::uuid[]) OR d.number_sought IS NOT DISTINCT FROM $6 DESC, t.sold_at DESC LIMIT $4
        """,
        tx.tenant.id,
        [*(known := await references.sales_with_reference(tx, [words])), *invoiced],
        cents,
        _EACH,
        known,
        bare_number(words),
    )
    return tuple(FoundSale.from_row(row) for row in rows)


async def _partners(tx: TenantTransaction, words: str) -> tuple[FoundPartner, ...]:
    where = Conditions(tx.tenant.id, words.upper(), _EACH)
    named(where, "sought", words)
    rows = await tx.fetch(
        f"""
        SELECT id, code, name, city FROM partners WHERE tenant_id = $1 {where} ORDER BY code <> $2, code LIMIT $3
        """,
        *where.parameters,
    )
    return tuple(FoundPartner.from_row(row) for row in rows)


async def _customers(tx: TenantTransaction, words: str) -> tuple[FoundCustomer, ...]:
    where = Conditions(tx.tenant.id, _EACH)
    named(where, "c.sought", words)
    rows = await tx.fetch(
        f"""
        SELECT c.id, c.name, c.email, c.external_id, p.code AS assigned_partner_code
          FROM (SELECT * FROM customers c WHERE c.tenant_id = $1 {where} LIMIT $2) c
          LEFT JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.assigned_partner_id
         ORDER BY c.name, c.email
        """,
        *where.parameters,
    )
    return tuple(FoundCustomer.from_row(row) for row in rows)


async def _documents(tx: TenantTransaction, numbered: list[UUID], cents: int | None) -> tuple[FoundDocument, ...]:
    rows = await tx.fetch(
        """
        WITH hits AS (
            SELECT unnest($2::uuid[]) AS id
            UNION
            (SELECT id FROM external_documents WHERE tenant_id = $1 AND gross_cents = $3 LIMIT $4))
        SELECT d.kind, d.resource_id, d.voucher_number, d.gross_cents, d.status
          FROM hits h JOIN external_documents d ON d.tenant_id = $1 AND d.id = h.id
         WHERE d.payout_id IS NULL AND d.transaction_id IS NULL
         ORDER BY d.voucher_number DESC LIMIT $4
        """,
        tx.tenant.id,
        numbered,
        cents,
        _EACH,
    )
    return tuple(FoundDocument.from_row(row) for row in rows)
