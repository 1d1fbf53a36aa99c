"""What mails tell, read from the rows of many rooms."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from ledger.bank.further_attempts import WAITING
from ledger.database import TenantTransaction
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.types import Frozen


class News(Frozen):
    """What waits, and what has changed since an instant. Cents are gross."""

    tasks: int
    accounts: int
    requested: int
    sales: int
    failed: int
    to_pay: int
    to_pay_cents: int
    paid: int
    paid_cents: int


class OpenTask(Frozen):
    """A question that still waits for a person."""

    subject: str
    """A partner's code, a payout's number, else the kind of the question."""
    reason: Reason


class DocumentFacts(Frozen):
    """Whose document a mail is about, and its amount."""

    partner: str
    gross_cents: int
    """Of the document in the books where there is one: it may differ from the payout by a cent."""


class AccountFacts(Frozen):
    """A partner's new account as it is now. People of this tenant are named."""

    partner_code: str
    partner: str
    last4: str
    state: str
    recorder: str | None
    """Who recorded it, as the audit trail names it; `confirmer` likewise."""
    recorded_by: str | None
    recorded_at: datetime
    usable_from: datetime
    """End of the quarantine; of a first account the moment it was recorded."""
    confirmer: str | None
    confirmed_by: str | None
    confirmed_at: datetime | None


class RefusedAccount(Frozen):
    """A payout that came back because of the account that it went to."""

    payout: str
    partner: str
    amount_cents: int
    """That was ordered; what came back may be less."""
    booked_on: date
    """Of the return."""
    last4: str
    reason_code: str
    abroad: bool


async def since(tx: TenantTransaction, instant: datetime) -> News:
    """What happened after the instant, and what is open now. Sums in gross cents."""
    row = await tx.fetchrow(
        f"""
        SELECT (SELECT count(*) FROM tasks WHERE tenant_id = $1 AND state = 'open') AS tasks,
               (SELECT count(*) FROM partner_bank_details
                 WHERE tenant_id = $1 AND state = 'pending' AND confirmed_at IS NULL) AS accounts,
               (SELECT count(*) FROM payouts WHERE tenant_id = $1 AND created_at > $2) AS requested,
               (SELECT count(*) FROM transactions WHERE tenant_id = $1 AND created_at > $2) AS sales,
               (SELECT count(*) FROM events
                 WHERE tenant_id = $1 AND state = 'failed' AND received_at > $2) AS failed,
               sums.*
          FROM (SELECT count(*) FILTER (WHERE state <> 'paid') AS to_pay,
                       COALESCE(sum(gross_cents) FILTER (WHERE state <> 'paid'), 0)::bigint AS to_pay_cents,
                       count(*) FILTER (WHERE state = 'paid') AS paid,
                       COALESCE(sum(gross_cents) FILTER (WHERE state = 'paid'), 0)::bigint AS paid_cents
                  FROM payouts p
                 WHERE tenant_id = $1
                   AND (state = 'paid' AND updated_at > $2
                        -- As on the page Heute: what is in a bank file that has left the house is transferred.
                        OR {WAITING} AND NOT EXISTS (
                           SELECT FROM bank_run_lines l
                             JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
                            WHERE l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL
                              AND r.state IN ('exported', 'confirmed')))) sums
        """,
        tx.tenant.id,
        instant,
    )
    assert row is not None
    return News.from_row(row)


async def open_tasks(tx: TenantTransaction, tasks: Sequence[UUID]) -> list[OpenTask]:
    """Those of these that still wait for a person, the oldest first."""
    rows = await tx.fetch(
        """
        SELECT COALESCE(p.code, CASE WHEN t.subject IN ('payout', 'partner') THEN t.subject_id ELSE t.kind END)
               AS subject, t.reason_code, t.reason_params
          FROM tasks t
          LEFT JOIN partners p ON p.tenant_id = t.tenant_id AND t.subject = 'partner' AND p.id::text = t.subject_id
         WHERE t.tenant_id = $1 AND t.id = ANY ($2) AND t.state = 'open' ORDER BY t.seq
        """,
        tx.tenant.id,
        list(tasks),
    )
    return [
        OpenTask(subject=row["subject"], reason=Reason(code=row["reason_code"], params=row["reason_params"]))
        for row in rows
    ]


async def document_of(tx: TenantTransaction, payout: Payout) -> DocumentFacts:
    """The facts of the payout's document; its amount is the payout's where no document is known."""
    row = await tx.fetchrow(
        """
        SELECT p.name AS partner,
               COALESCE((SELECT d.gross_cents FROM external_documents d
                          WHERE d.tenant_id = $1 AND d.payout_id = $3 AND d.detached_at IS NULL AND d.net_cents = $4),
                        $5::bigint) AS gross_cents
          FROM partners p WHERE p.tenant_id = $1 AND p.id = $2
        """,
        tx.tenant.id,
        payout.partner_id,
        payout.id,
        payout.net_cents,
        payout.gross_cents,
    )
    assert row is not None
    return DocumentFacts.from_row(row)


async def accounts(tx: TenantTransaction, recorded: Sequence[UUID]) -> list[AccountFacts]:
    """The facts of these accounts of partners, the oldest first."""
    rows = await tx.fetch(
        f"""
        SELECT p.code AS partner_code, p.name AS partner, b.iban_last4 AS last4, b.state, b.recorded_by AS recorder,
               {_called("b.recorded_by")} AS recorded_by, b.recorded_at, b.usable_from,
               b.confirmed_by AS confirmer,
               {_called("b.confirmed_by")} AS confirmed_by, b.confirmed_at
          FROM partner_bank_details b JOIN partners p ON p.tenant_id = b.tenant_id AND p.id = b.partner_id
         WHERE b.tenant_id = $1 AND b.id = ANY ($2) ORDER BY b.recorded_at, b.id
        """,
        tx.tenant.id,
        list(recorded),
    )
    return [AccountFacts.from_row(row) for row in rows]


async def refused_account(tx: TenantTransaction, evidence: UUID) -> RefusedAccount | None:
    """What this return says of the partner's account. None where the account is in force no more, another one waits,
    or something left to it since and stayed."""
    row = await tx.fetchrow(
        """
        SELECT p.number AS payout, q.name AS partner, COALESCE(l.amount_cents, e.amount_cents) AS amount_cents,
               e.booked_on, b.iban_last4 AS last4, e.reason_code, COALESCE(q.country_code <> 'DE', false) AS abroad
          FROM payment_evidence e
          JOIN payouts p ON p.tenant_id = e.tenant_id AND p.id = e.payout_id
          JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
          LEFT JOIN bank_run_lines l ON l.tenant_id = e.tenant_id AND l.id = e.run_line_id
          JOIN partner_bank_details b
            ON b.tenant_id = e.tenant_id AND b.id = COALESCE(l.bank_details_id, p.bank_details_id)
         WHERE e.tenant_id = $1 AND e.id = $2 AND b.state = 'active'
           AND NOT EXISTS (SELECT FROM partner_bank_details n
                            WHERE n.tenant_id = $1 AND n.partner_id = p.partner_id AND n.state = 'pending')
           AND NOT EXISTS (SELECT FROM bank_run_lines m
                             JOIN payment_evidence d
                               ON d.tenant_id = $1 AND d.run_line_id = m.id AND d.kind = 'debit'
                            WHERE m.tenant_id = $1 AND m.bank_details_id = b.id
                              AND (d.booked_on, d.seq) > (e.booked_on, e.seq)
                              AND NOT EXISTS (SELECT FROM payment_evidence c
                                               WHERE c.tenant_id = $1 AND c.cancels = d.id))
        """,
        tx.tenant.id,
        evidence,
    )
    return None if row is None else RefusedAccount.from_row(row)


def _called(actor: str) -> str:
    """SQL for the name of a member; for everybody else the actor as it stands."""
    return f"""COALESCE((SELECT COALESCE(u.name, u.email) FROM users u JOIN memberships m ON m.user_id = u.id
                          WHERE m.tenant_id = $1 AND 'user:' || u.id = {actor}), {actor})"""
