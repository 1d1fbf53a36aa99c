"""Payouts: what one partner is paid with one document."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from ledger.database import Connection
from ledger.money import share, vat_cents
from ledger.refusals import NotFound
from ledger.types import (
    CommissionId,
    CommissionState,
    Frozen,
    PartnerId,
    PayoutId,
    PayoutNumber,
    PayoutState,
    TaxCase,
    Tenant,
)


class Payout(Frozen):
    id: PayoutId
    seq: int
    number: PayoutNumber
    partner_id: PartnerId
    partner_code: str
    state: PayoutState
    tax_case: TaxCase
    currency: str
    net_cents: int
    tax_rate: Decimal
    tax_cents: int
    gross_cents: int
    period_from: date
    period_to: date
    content_hash: str
    requested_by: str
    state_reason: str | None
    blocked_reason: str | None
    held_reason: str | None
    reopened: bool
    payment_reference: str | None
    paid_on: date | None
    run_id: UUID | None
    """Of the payout run that made it."""
    created_at: datetime
    credit_note_id: str | None
    credit_note_number: str | None
    credit_note_open_cents: int | None


class PayoutLine(Frozen):
    position: int
    commission_id: CommissionId
    transaction_id: str | None
    campaign: str | None
    month: date | None
    """Of a month's close, which has no sale."""
    level: int
    kind: str
    service_date: date
    net_cents: int
    tax_rate: Decimal
    tax_cents: int
    gross_cents: int
    released: bool


_PAYOUT = """
    SELECT p.*, q.code AS partner_code, d.resource_id::text AS credit_note_id,
           d.voucher_number AS credit_note_number, d.open_cents AS credit_note_open_cents
      FROM payouts p
      JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
      LEFT JOIN external_documents d ON d.tenant_id = p.tenant_id AND d.payout_id = p.id AND d.detached_at IS NULL
     WHERE p.tenant_id = $1
"""


async def find(db: Connection, tenant: Tenant, number: str) -> Payout:
    """Raises NotFound."""
    row = await db.fetchrow(_PAYOUT + " AND p.number = $2", tenant.id, number)
    return _payout(row)


async def lock(db: Connection, tenant: Tenant, number: str) -> Payout:
    """The payout, held until the end of the transaction: decisions, intents and documents take turns.

    Raises NotFound.
    """
    await db.execute("SELECT 1 FROM payouts WHERE tenant_id = $1 AND number = $2 FOR UPDATE", tenant.id, number)
    return await find(db, tenant, number)


async def list_payouts(
    db: Connection,
    tenant: Tenant,
    *,
    after: int | None = None,
    limit: int = 50,
    state: PayoutState | None = None,
    partner_code: str | None = None,
    run: UUID | None = None,
) -> tuple[list[Payout], int | None]:
    """Newest first; the second value is the cursor of the next page."""
    rows = await db.fetch(
        _PAYOUT
        + """
          AND ($2::bigint IS NULL OR p.seq < $2) AND ($3::text IS NULL OR p.state = $3)
          AND ($4::text IS NULL OR p.partner_id = (SELECT id FROM partners WHERE tenant_id = $1 AND code = $4))
          AND ($5::uuid IS NULL OR p.run_id = $5)
        ORDER BY p.seq DESC LIMIT $6
        """,
        tenant.id,
        after,
        state,
        partner_code,
        run,
        limit + 1,
    )
    found = [_payout(row) for row in rows[:limit]]
    return found, (found[-1].seq if len(rows) > limit else None)


async def lines(db: Connection, tenant: Tenant, payout: PayoutId) -> list[PayoutLine]:
    rows = await db.fetch(
        """
        SELECT l.position, l.commission_id, c.transaction_id::text, k.slug AS campaign, c.month, c.level, c.kind,
               c.service_date, l.net_cents, l.tax_rate, l.tax_cents, l.gross_cents,
               l.released_at IS NOT NULL AS released
          FROM payout_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
          LEFT JOIN transactions t ON t.tenant_id = c.tenant_id AND t.id = c.transaction_id
          LEFT JOIN campaigns k ON k.tenant_id = c.tenant_id AND k.id = COALESCE(t.campaign_id, c.campaign_id)
         WHERE l.tenant_id = $1 AND l.payout_id = $2
         ORDER BY l.position
        """,
        tenant.id,
        payout,
    )
    return [PayoutLine(**row) for row in rows]


async def content_hash(db: Connection, tenant: Tenant, payout: PayoutId) -> str:
    """SHA-256 over what an approval stands for, as it is now: partner, amounts, lines, bank details, tax case.

    rules.md, Approval: an approval names the hash that the person saw; any change of what is hashed voids it.
    """
    found = await content_hashes(db, tenant, [payout])
    if payout not in found:
        raise NotFound("Auszahlung")
    return found[payout]


async def content_hashes(db: Connection, tenant: Tenant, wanted: Sequence[PayoutId]) -> dict[PayoutId, str]:
    rows = await db.fetch(
        """
        SELECT p.id, p.number, p.tax_case, p.currency, p.net_cents, p.tax_rate::text, p.tax_cents, p.gross_cents,
               q.code, q.name, q.supplement, q.street, q.zip, q.city, q.country_code, q.lexoffice_contact_id::text,
               encode(b.iban_hmac, 'hex') AS iban, b.account_holder,
               (SELECT json_agg(json_build_array(l.commission_id, l.net_cents) ORDER BY l.position)::text
                  FROM payout_lines l
                 WHERE l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL) AS lines,
               (SELECT json_agg(json_build_array(s.status, s.valid_from, s.vat_id, s.tax_number)
                                ORDER BY s.valid_from, s.id)::text
                  FROM partner_tax_statuses s
                 WHERE s.tenant_id = p.tenant_id AND s.partner_id = p.partner_id
                   AND s.valid_from <= p.period_to AND (s.valid_until IS NULL OR s.valid_until > p.period_from)) AS tax
          FROM payouts p
          JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
          LEFT JOIN partner_bank_details b
                 ON b.tenant_id = p.tenant_id AND b.partner_id = p.partner_id AND b.state = 'active'
         WHERE p.tenant_id = $1 AND p.id = ANY ($2)
        """,
        tenant.id,
        wanted,
    )
    return {PayoutId(row["id"]): _hash_of({name: value for name, value in row.items() if name != "id"}) for row in rows}


def _hash_of(content: dict[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


async def renew_content_hash(db: Connection, tenant: Tenant, payout: PayoutId, *, held: str | None = None) -> str:
    """Recompute the hash and keep it on the row, for the next person who looks. The payout must be locked.

    `held`: the row's hash where the caller has just read it; the same again is not written.
    """
    fresh = await content_hash(db, tenant, payout)
    if fresh == held:
        return fresh
    await db.execute(
        """
        UPDATE payouts SET content_hash = $3, updated_at = now()
         WHERE tenant_id = $1 AND id = $2 AND content_hash <> $3
        """,
        tenant.id,
        payout,
        fresh,
    )
    return fresh


async def change_state(
    db: Connection, tenant: Tenant, payout: Payout, to: PayoutState, *, reason: str | None = None, **columns: Any
) -> bool:
    """One conditional UPDATE with the expected state in WHERE; False when the payout is no longer in it.

    The arrows themselves are kept by PostgreSQL. `columns` are written with it (payment_reference, paid_on, …).
    """
    assignments = "".join(f", {name} = ${index}" for index, name in enumerate(columns, start=6))
    done = await db.fetchval(
        f"""
        UPDATE payouts SET state = $4, state_reason = $5, updated_at = now() {assignments}
         WHERE tenant_id = $1 AND id = $2 AND state = $3 RETURNING true
        """,
        tenant.id,
        payout.id,
        payout.state,
        to,
        reason,
        *columns.values(),
    )
    return bool(done)


async def release_lines(db: Connection, tenant: Tenant, payout: PayoutId) -> None:
    """Give every commission of a payout back: a rejected or cancelled payout holds nothing."""
    released = await db.fetch(
        """
        UPDATE payout_lines SET released_at = now()
         WHERE tenant_id = $1 AND payout_id = $2 AND released_at IS NULL RETURNING commission_id
        """,
        tenant.id,
        payout,
    )
    await _back_to_approved(db, tenant, [row["commission_id"] for row in released])


async def reissue_paid(db: Connection, tenant: Tenant, payout: PayoutId) -> None:
    """A payout that was paid came back and is cancelled: its commissions stay paid, equal new ones are owed.

    What stands in for the line of a month's close is no close of its own: the month was settled once. A debt is as old
    as it was.
    """
    await db.execute(
        """
        INSERT INTO commissions (tenant_id, kind, transaction_id, partner_id, level, plan_id, percent, fixed_cents,
                                 base_cents, net_cents, state, provisional, service_date, origin_id, reissued_of,
                                 cause, cause_document, tax_case, campaign_id, month, month_part, free_from,
                                 calculation, created_at)
        SELECT c.tenant_id, k.kind, c.transaction_id, c.partner_id, c.level, c.plan_id, c.percent, c.fixed_cents,
               c.base_cents, c.net_cents,
               CASE WHEN k.kind = 'reissue' AND ((t.state = 'pending' AND t.invoice_state = 'pending')
                                                 OR t.held_reason IS NOT NULL OR t.blocked_reason IS NOT NULL)
                    THEN 'pending' ELSE 'approved' END,
               false, c.service_date,
               CASE WHEN k.kind IN ('clawback', 'reissue') THEN COALESCE(c.origin_id, c.id) END, c.id,
               c.cause, c.cause_document, c.tax_case, c.campaign_id, c.month, c.month_part, c.free_from, c.calculation,
               CASE WHEN c.net_cents < 0 THEN c.created_at ELSE now() END
          FROM payout_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
          LEFT JOIN transactions t ON t.tenant_id = c.tenant_id AND t.id = c.transaction_id
         CROSS JOIN LATERAL (SELECT CASE WHEN c.kind = 'month_close' AND c.net_cents < 0 THEN 'correction'
                                         WHEN c.kind IN ('sale', 'month_close') THEN 'reissue'
                                         ELSE c.kind END AS kind) k
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND c.state = 'paid'
           AND NOT EXISTS (SELECT 1 FROM commissions r WHERE r.tenant_id = c.tenant_id AND r.reissued_of = c.id)
        """,
        tenant.id,
        payout,
    )


async def pay_lines(db: Connection, tenant: Tenant, payout: PayoutId) -> None:
    """Every commission of this payout is paid, which is final."""
    await db.execute(
        """
        UPDATE commissions SET state = 'paid'
         WHERE tenant_id = $1 AND state = 'in_payout'
           AND id IN (SELECT commission_id FROM payout_lines
                       WHERE tenant_id = $1 AND payout_id = $2 AND released_at IS NULL)
        """,
        tenant.id,
        payout,
    )


async def take_out(db: Connection, tenant: Tenant, commission: CommissionId) -> bool:
    """Remove one commission from the payout that holds it, if no document can exist yet.

    True: the line is gone, the approval void, the commission `approved` again, and a payout whose net fell to 0 or
    below is cancelled. False: a creation intent exists or the payout has gone on; the line stays (rules.md, States).
    """
    number = await db.fetchval(
        """
        SELECT p.number FROM payout_lines l JOIN payouts p ON p.tenant_id = l.tenant_id AND p.id = l.payout_id
         WHERE l.tenant_id = $1 AND l.commission_id = $2 AND l.released_at IS NULL
        """,
        tenant.id,
        commission,
    )
    if number is None:
        return False
    payout = await lock(db, tenant, number)
    # The same lock is taken to insert the intent, so either it is visible here or it will see the new content.
    if payout.state not in (PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED):
        return False
    if await db.fetchval(
        "SELECT 1 FROM creation_intents WHERE tenant_id = $1 AND payout_id = $2 AND closed_at IS NULL",
        tenant.id,
        payout.id,
    ):
        return False
    if payout.state is PayoutState.APPROVED:
        await change_state(
            db,
            tenant,
            payout,
            PayoutState.AWAITING_APPROVAL,
            reason="Eine Provision entfiel; die Freigabe ist hinfällig.",
            blocked_reason=None,
        )
    await db.execute(
        """
        UPDATE payout_lines SET released_at = now()
         WHERE tenant_id = $1 AND commission_id = $2 AND released_at IS NULL
        """,
        tenant.id,
        commission,
    )
    await _back_to_approved(db, tenant, [commission])
    await _compute_anew(db, tenant, payout)
    await want_recheck(db, tenant, payout.id)
    return True


async def want_recheck(db: Connection, tenant: Tenant, payout: PayoutId) -> None:
    """Its workflow must look again; the hand-over tells it if nobody does before."""
    await db.execute("UPDATE payouts SET recheck_wanted_at = now() WHERE tenant_id = $1 AND id = $2", tenant.id, payout)


async def want_recheck_of_blocked(db: Connection, tenant: Tenant) -> None:
    """The connection works again: payouts that waited for it go on."""
    await db.execute(
        """
        UPDATE payouts SET recheck_wanted_at = now()
         WHERE tenant_id = $1 AND state IN ('approved', 'outcome_unknown') AND blocked_reason IS NOT NULL
        """,
        tenant.id,
    )


async def block(db: Connection, tenant: Tenant, payout: PayoutId, reason: str | None) -> None:
    await db.execute(
        "UPDATE payouts SET blocked_reason = $3, updated_at = now() WHERE tenant_id = $1 AND id = $2",
        tenant.id,
        payout,
        reason,
    )


async def mark_started(db: Connection, tenant: Tenant, *numbers: str) -> None:
    """Their workflows were announced to the engine."""
    await db.execute(
        """
        UPDATE payouts SET workflow_started_at = COALESCE(workflow_started_at, now())
         WHERE tenant_id = $1 AND number = ANY ($2)
        """,
        tenant.id,
        numbers,
    )


async def recheck_wanted(db: Connection, tenant: Tenant, payout: PayoutId) -> datetime | None:
    """Since when its workflow is to look again; None when nothing is to be told."""
    found: datetime | None = await db.fetchval(
        "SELECT recheck_wanted_at FROM payouts WHERE tenant_id = $1 AND id = $2", tenant.id, payout
    )
    return found


async def mark_rechecked(db: Connection, tenant: Tenant, number: str, seen: datetime) -> None:
    """The recheck wanted at `seen` was announced; a later wish stands."""
    await db.execute(
        """
        UPDATE payouts SET recheck_wanted_at = NULL
         WHERE tenant_id = $1 AND number = $2 AND recheck_wanted_at <= $3
        """,
        tenant.id,
        number,
        seen,
    )


async def _compute_anew(db: Connection, tenant: Tenant, payout: Payout) -> None:
    """Amounts, shares of the tax, period and hash from the lines that are left."""
    rows = await db.fetch(
        """
        SELECT l.id, l.net_cents, c.service_date FROM payout_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND l.released_at IS NULL ORDER BY l.position
        """,
        tenant.id,
        payout.id,
    )
    net = sum(row["net_cents"] for row in rows)
    if net <= 0:
        now = await find(db, tenant, payout.number)
        await change_state(db, tenant, now, PayoutState.CANCELLED, reason="Es ist nichts mehr auszuzahlen.")
        await release_lines(db, tenant, payout.id)
        return
    tax = vat_cents(net, payout.tax_rate)
    shares = share(tax, [row["net_cents"] for row in rows])
    await db.executemany(
        "UPDATE payout_lines SET tax_cents = $3, gross_cents = net_cents + $3 WHERE tenant_id = $1 AND id = $2",
        [(tenant.id, row["id"], part) for row, part in zip(rows, shares, strict=True)],
    )
    await db.execute(
        """
        UPDATE payouts SET net_cents = $3, tax_cents = $4, gross_cents = $3::bigint + $4::bigint,
                           period_from = $5, period_to = $6
         WHERE tenant_id = $1 AND id = $2
        """,
        tenant.id,
        payout.id,
        net,
        tax,
        min(row["service_date"] for row in rows),
        max(row["service_date"] for row in rows),
    )
    await renew_content_hash(db, tenant, payout.id)


async def _back_to_approved(db: Connection, tenant: Tenant, commissions: list[CommissionId]) -> None:
    await db.execute(
        "UPDATE commissions SET state = $3 WHERE tenant_id = $1 AND id = ANY ($2) AND state = 'in_payout'",
        tenant.id,
        commissions,
        CommissionState.APPROVED,
    )
    # The sale may have been held, blocked or un-paid while a document kept its commission in the payout.
    await db.execute(
        """
        UPDATE commissions c SET state = 'pending'
          FROM transactions t
         WHERE c.tenant_id = $1 AND c.id = ANY ($2) AND c.state = 'approved' AND c.kind IN ('sale', 'reissue')
           AND t.tenant_id = c.tenant_id AND t.id = c.transaction_id
           AND ((t.state = 'pending' AND t.invoice_state = 'pending')
                OR t.held_reason IS NOT NULL OR t.blocked_reason IS NOT NULL)
        """,
        tenant.id,
        commissions,
    )


def _payout(row: asyncpg.Record | None) -> Payout:
    if row is None:
        raise NotFound("Auszahlung")
    return Payout(**{name: row[name] for name in Payout.model_fields})
