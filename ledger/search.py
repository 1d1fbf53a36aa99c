"""One search over what people have in their hands: a number, a name, a mail address, an amount.

Each kind is looked up in an index by itself. Partners, of whom there are thousands and not millions, are also found by
what stands in the middle of their name.
"""

import re
from datetime import datetime
from uuid import UUID

from ledger import references
from ledger.database import Connection
from ledger.types import (
    CustomerId,
    Frozen,
    PartnerId,
    PayoutNumber,
    PayoutState,
    Tenant,
    TransactionId,
    TransactionState,
)

SHORTEST = 2
_EACH = 10
_AMOUNT = re.compile(r"(-?)(\d{1,3}(?:\.\d{3})+|\d{1,12})(?:,(\d{1,2}))?\s*(?:€|EUR)?", re.ASCII | re.IGNORECASE)
# The end of a range of words with the same beginning, in the order of code points.
_LAST = "\U0010ffff"


class FoundPayout(Frozen):
    number: PayoutNumber
    state: PayoutState
    partner_code: str
    gross_cents: int
    created_at: datetime
    credit_note_number: str | None


class FoundSale(Frozen):
    id: TransactionId
    state: TransactionState
    sold_at: datetime
    gross_cents: int
    partner_code: str | None
    order_reference: str | None
    invoice_number: str | None


class FoundPartner(Frozen):
    id: PartnerId
    code: str
    name: str
    city: str | None


class FoundCustomer(Frozen):
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
        return not (self.payouts or self.sales or self.partners or self.customers or self.documents)


def amount(words: str) -> int | None:
    """Cents of „1.234,56“, „1234,5 €“ or „1234“; None for what is no amount."""
    found = _AMOUNT.fullmatch(words.strip())
    if found is None:
        return None
    cents = int(found[2].replace(".", "")) * 100 + int((found[3] or "0").ljust(2, "0"))
    return -cents if found[1] else cents


async def search(db: Connection, tenant: Tenant, words: str) -> Found:
    words = words.strip()
    if len(words) < SHORTEST:
        return Found()
    cents = amount(words)
    return Found(
        payouts=await _payouts(db, tenant, words, cents),
        sales=await _sales(db, tenant, words, cents),
        partners=await _partners(db, tenant, words),
        customers=await _customers(db, tenant, words),
        documents=await _documents(db, tenant, words, cents),
    )


async def _payouts(db: Connection, tenant: Tenant, words: str, cents: int | None) -> tuple[FoundPayout, ...]:
    rows = await db.fetch(
        """
        WITH hits AS (
            (SELECT id FROM payouts WHERE tenant_id = $1 AND number COLLATE "C" >= $2 AND number COLLATE "C" < $3
              ORDER BY number COLLATE "C" DESC LIMIT $5)
            UNION
            (SELECT payout_id FROM external_documents
              WHERE tenant_id = $1 AND voucher_number COLLATE "C" >= $2 AND voucher_number COLLATE "C" < $3
                AND payout_id IS NOT NULL
              ORDER BY voucher_number COLLATE "C" DESC LIMIT $5)
            UNION
            (SELECT id FROM payouts WHERE tenant_id = $1 AND gross_cents = $4 ORDER BY seq DESC LIMIT $5))
        SELECT o.number, o.state, p.code AS partner_code, o.gross_cents, o.created_at,
               d.voucher_number AS credit_note_number
          FROM hits h JOIN payouts o ON o.tenant_id = $1 AND o.id = h.id
          JOIN partners p ON p.tenant_id = o.tenant_id AND p.id = o.partner_id
          LEFT JOIN external_documents d ON d.tenant_id = o.tenant_id AND d.payout_id = o.id AND d.detached_at IS NULL
         ORDER BY o.seq DESC LIMIT $5
        """,
        tenant.id,
        words.upper(),
        words.upper() + _LAST,
        cents,
        _EACH,
    )
    return tuple(FoundPayout(**row) for row in rows)


async def _sales(db: Connection, tenant: Tenant, words: str, cents: int | None) -> tuple[FoundSale, ...]:
    rows = await db.fetch(
        """
        WITH hits AS (
            SELECT unnest($5::uuid[]) AS id
            UNION
            (SELECT transaction_id FROM external_documents
              WHERE tenant_id = $1 AND voucher_number COLLATE "C" >= $2 AND voucher_number COLLATE "C" < $3
                AND transaction_id IS NOT NULL
              ORDER BY voucher_number COLLATE "C" DESC LIMIT $6)
            UNION
            (SELECT id FROM transactions WHERE tenant_id = $1 AND gross_cents = $4 ORDER BY seq DESC LIMIT $6))
        SELECT t.id, t.state, t.sold_at, t.gross_cents, p.code AS partner_code,
               COALESCE(t.order_reference, t.payment_intent) AS order_reference, d.voucher_number AS invoice_number
          FROM hits h JOIN transactions t ON t.tenant_id = $1 AND t.id = h.id
          LEFT JOIN partners p ON p.tenant_id = t.tenant_id AND p.id = t.partner_id
          LEFT JOIN external_documents d ON d.tenant_id = t.tenant_id AND d.transaction_id = t.id
                                        AND d.detached_at IS NULL
         ORDER BY t.sold_at DESC LIMIT $6
        """,
        tenant.id,
        words.upper(),
        words.upper() + _LAST,
        cents,
        await references.sales_with_reference(db, tenant, [words]),
        _EACH,
    )
    return tuple(FoundSale(**row) for row in rows)


async def _partners(db: Connection, tenant: Tenant, words: str) -> tuple[FoundPartner, ...]:
    rows = await db.fetch(
        """
        SELECT id, code, name, city FROM partners
         WHERE tenant_id = $1
           AND (code = upper($2) OR position(upper($2) IN code) > 0 OR position(lower($2) IN lower(name)) > 0
                OR lower(email) = lower($2))
         ORDER BY code <> upper($2), code LIMIT $3
        """,
        tenant.id,
        words,
        _EACH,
    )
    return tuple(FoundPartner(**row) for row in rows)


async def _customers(db: Connection, tenant: Tenant, words: str) -> tuple[FoundCustomer, ...]:
    rows = await db.fetch(
        """
        WITH hits AS (
            (SELECT id FROM customers WHERE tenant_id = $1 AND email_sought >= $2 AND email_sought < $3
              ORDER BY email_sought LIMIT $5)
            UNION
            (SELECT id FROM customers WHERE tenant_id = $1 AND name_sought >= $2 AND name_sought < $3
              ORDER BY name_sought LIMIT $5)
            UNION
            SELECT id FROM customers WHERE tenant_id = $1 AND external_id = $4)
        SELECT c.id, c.name, c.email, c.external_id, p.code AS assigned_partner_code
          FROM hits h JOIN customers c ON c.tenant_id = $1 AND c.id = h.id
          LEFT JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.assigned_partner_id
         ORDER BY c.name, c.email LIMIT $5
        """,
        tenant.id,
        words.lower(),
        words.lower() + _LAST,
        words,
        _EACH,
    )
    return tuple(FoundCustomer(**row) for row in rows)


async def _documents(db: Connection, tenant: Tenant, words: str, cents: int | None) -> tuple[FoundDocument, ...]:
    rows = await db.fetch(
        """
        WITH hits AS (
            (SELECT id FROM external_documents
              WHERE tenant_id = $1 AND voucher_number COLLATE "C" >= $2 AND voucher_number COLLATE "C" < $3
              ORDER BY voucher_number COLLATE "C" DESC LIMIT $5)
            UNION
            (SELECT id FROM external_documents WHERE tenant_id = $1 AND gross_cents = $4 LIMIT $5))
        SELECT d.kind, d.resource_id, d.voucher_number, d.gross_cents, d.status
          FROM hits h JOIN external_documents d ON d.tenant_id = $1 AND d.id = h.id
         WHERE d.payout_id IS NULL AND d.transaction_id IS NULL
         ORDER BY d.voucher_number DESC LIMIT $5
        """,
        tenant.id,
        words.upper(),
        words.upper() + _LAST,
        cents,
        _EACH,
    )
    return tuple(FoundDocument(**row) for row in rows)
