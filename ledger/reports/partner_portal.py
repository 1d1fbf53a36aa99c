"""What a partner sees of its payouts: no customers, no other partners, no whole IBAN."""

from datetime import date, datetime
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.payouts.objections import QUESTION, SUBJECT
from ledger.types import Frozen, PartnerId, PayoutNumber, PayoutState


class OwnPayout(Frozen):
    """Cents. `answer` is what a person said to the objection; None while it waits."""

    seq: int
    number: PayoutNumber
    state: PayoutState
    held: bool
    net_cents: int
    tax_cents: int
    gross_cents: int
    set_off_cents: int
    """What of it is not transferred, but set off against claims."""
    period_from: date
    period_to: date
    created_at: datetime
    paid_on: date | None
    credit_note_number: str | None
    has_paper: bool
    own_document: UUID | None
    """Of a document of ours that has left the house."""
    objected_at: datetime | None
    objection_reason: str | None
    answered: bool
    answer: str | None
    question: str | None
    question_answered: bool
    question_answer: str | None


class Recipient(Frozen):
    """Who the partner is, and who pays it."""

    code: str
    name: str
    firm: str
    minimum_payout_cents: int


async def payouts_of(
    tx: TenantTransaction, partner_id: PartnerId, *, after: int | None = None, limit: int = 25
) -> tuple[list[OwnPayout], int | None]:
    """Newest first; the second value is after which number the next page begins."""
    rows = await tx.fetch(
        """
        SELECT o.seq, o.number, o.state, o.open_holds IS NOT NULL AS held, o.net_cents,
               -- The document wins a cent of VAT, and the bank pays its gross (rules.md, Money).
               CASE WHEN d.net_cents = o.net_cents AND abs(d.tax_cents - o.tax_cents) <= 1
                    THEN d.tax_cents ELSE o.tax_cents END AS tax_cents,
               CASE WHEN d.net_cents = o.net_cents AND abs(d.tax_cents - o.tax_cents) <= 1
                    THEN d.gross_cents ELSE o.gross_cents END AS gross_cents,
               o.set_off_cents, o.period_from, o.period_to, o.created_at, o.paid_on, own.id AS own_document,
               -- The voucher of a document of our own is the tenant's business; the partner sees what is out.
               CASE WHEN o.strategy = 'own_document' THEN own.number ELSE d.voucher_number END AS credit_note_number,
               EXISTS (SELECT 1 FROM credit_note_papers c
                        WHERE c.tenant_id = o.tenant_id AND c.payout_id = o.id) AS has_paper,
               o.objected_at, o.objection_reason, t.id IS NOT NULL AS answered, t.resolution ->> 'reason' AS answer,
               f.detail ->> 'question' AS question, COALESCE(f.state = 'resolved', false) AS question_answered,
               f.resolution ->> 'reason' AS question_answer
          FROM payouts o
          LEFT JOIN external_documents d ON d.tenant_id = o.tenant_id AND d.payout_id = o.id AND d.detached_at IS NULL
          LEFT JOIN own_documents own ON own.tenant_id = o.tenant_id AND own.payout_id = o.id
                AND own.handed_out_at IS NOT NULL AND own.kind IN ('self_billed', 'commission_statement')
          LEFT JOIN LATERAL (
               SELECT t.id, t.resolution FROM tasks t
                WHERE o.objected_at IS NOT NULL AND t.tenant_id = o.tenant_id AND t.state = 'resolved'
                  AND t.subject = $5 AND t.subject_id = o.number
                ORDER BY t.seq DESC LIMIT 1) t ON true
          LEFT JOIN LATERAL (
               SELECT detail, state, resolution FROM tasks q
                WHERE q.tenant_id = o.tenant_id AND q.subject = $6 AND q.subject_id = o.number
                ORDER BY q.seq DESC LIMIT 1) f ON true
         WHERE o.tenant_id = $1 AND o.partner_id = $2 AND ($3::bigint IS NULL OR o.seq < $3)
         ORDER BY o.seq DESC LIMIT $4
        """,
        tx.tenant.id,
        partner_id,
        after,
        limit + 1,
        SUBJECT,
        QUESTION,
    )
    found = [OwnPayout.from_row(row) for row in rows[:limit]]
    return found, (found[-1].seq if len(rows) > limit else None)


async def recipient(tx: TenantTransaction, partner_id: PartnerId) -> Recipient:
    """Who the partner is, and who pays it; the minimum is net cents."""
    row = await tx.fetchrow(
        """
        SELECT p.code, p.name, t.name AS firm,
               COALESCE(p.minimum_payout_cents, t.minimum_payout_cents) AS minimum_payout_cents
          FROM partners p JOIN tenants t ON t.id = p.tenant_id WHERE p.tenant_id = $1 AND p.id = $2
        """,
        tx.tenant.id,
        partner_id,
    )
    assert row is not None, "a link belongs to a partner"
    return Recipient.from_row(row)


async def is_own(tx: TenantTransaction, partner_id: PartnerId, number: str) -> bool:
    """Whether there is a payout of this number, and it is this partner's."""
    return bool(
        await tx.fetchval(
            "SELECT true FROM payouts WHERE tenant_id = $1 AND partner_id = $2 AND number = $3",
            tx.tenant.id,
            partner_id,
            number,
        )
    )
