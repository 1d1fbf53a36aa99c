"""One booking compared with what our files ordered, and what it proves written down (rules.md, Bank).

A short transaction for each booking: it locks the own account, then the payouts in their order.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from ledger.audit import audit
from ledger.bank import booking_questions, matching, proposals
from ledger.bank.matching import Account, Batch, Outcome, Payment, Transfer, Verdict
from ledger.database import TenantTransaction
from ledger.payouts.payouts import DOCUMENTS, TO_TRANSFER
from ledger.reasons import Reason
from ledger.types import Frozen, PayoutId, PayoutNumber, PayoutState


class Entry(Frozen):
    """A booking that may be about payouts."""

    id: UUID
    account_id: UUID
    booked_on: date | None
    amount_cents: int | None
    currency: str | None
    direction: str | None
    reversal: bool
    code: str | None
    business_code: str | None
    state: str
    bank_reference: str | None
    batch_reference: str | None
    batch_number: int | None
    brought_by: str

    @property
    def sure_direction(self) -> str | None:
        """None without a day, too: evidence has one, and none is guessed."""
        return None if self.booked_on is None else self.direction


class Matched(Frozen):
    """What became of one booking; no outcome where it was decided meanwhile. `payouts` got new evidence."""

    outcome: Outcome | None
    why: Reason | None
    payouts: tuple[PayoutNumber, ...]


class _Ordered(Frozen):
    """A payment of ours under a reference that the bank names."""

    end_to_end_id: str
    run_line_id: UUID | None
    run_number: str | None
    run_state: str | None
    payout_id: PayoutId
    payout: PayoutNumber
    state: PayoutState
    amount_cents: int
    rejected: bool
    """By the bank, before it booked."""
    iban_hmac: bytes | None
    from_this_account: bool
    open_debits: list[int]
    debits: int

    @property
    def payment(self) -> Payment:
        return Payment(
            amount_cents=self.amount_cents,
            state=self.state,
            in_a_file=self.run_line_id is not None,
            run_cancelled=self.run_state == "cancelled",
            from_this_account=self.from_this_account,
            open_debits=tuple(self.open_debits),
            debits=self.debits,
        )


async def list_waiting(tx: TenantTransaction, *, limit: int) -> list[UUID]:
    """Booked entries that nobody has compared yet, in the order in which they were told."""
    rows = await tx.fetch(
        """
        SELECT id FROM bank_entries
         WHERE tenant_id = $1 AND state = 'waiting' AND booked_by IS NOT NULL ORDER BY booked_on, seq LIMIT $2
        """,
        tx.tenant.id,
        limit,
    )
    return [row["id"] for row in rows]


async def match(tx: TenantTransaction, entry_id: UUID) -> Matched:
    """Compare one booking, and write down what it proves. Doing it again changes nothing. Locks account and payouts."""
    entry = await _lock(tx, entry_id)
    if entry.state != "waiting":
        return Matched(outcome=None, why=None, payouts=())
    details = await tx.fetch(
        "SELECT * FROM bank_entry_details WHERE tenant_id = $1 AND entry_id = $2 ORDER BY position",
        tx.tenant.id,
        entry.id,
    )
    named = [detail for detail in details if detail["end_to_end_id"]]
    if entry.batch_reference and (not named or len(named) < len(details)):
        verdicts, touched = await _match_batch(tx, entry)
    else:
        verdicts, touched = await _match_each(tx, entry, named or details)
    outcome, why = _of_all(verdicts)
    await tx.execute(
        """
        UPDATE bank_entries SET state = $3, outcome_code = $4, outcome_params = $5, decided_by = 'engine',
                                decided_at = now()
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        entry.id,
        _STATE_OF[outcome],
        why and why.code,
        None if why is None else why.params,
    )
    if outcome is Outcome.UNRESOLVED and why is not None:
        await booking_questions.ask(tx, entry.id, why)
    else:
        await booking_questions.close(tx, entry.id, by="engine")
    return Matched(outcome=outcome, why=why, payouts=tuple(touched))


_STATE_OF = {
    Outcome.TRANSFER: "matched",
    Outcome.RETURN: "matched",
    Outcome.REVERSAL: "matched",
    Outcome.PROPOSED: "unresolved",
    Outcome.UNRESOLVED: "unresolved",
    Outcome.UNRELATED: "unrelated",
}


def _of_all(verdicts: Sequence[Verdict]) -> tuple[Outcome, Reason | None]:
    """Of a booking with several transfers: what a person must look at goes before what is proved."""
    order = [Outcome.UNRESOLVED, Outcome.PROPOSED, Outcome.RETURN, Outcome.REVERSAL, Outcome.TRANSFER]
    for outcome in order:
        found = next((verdict for verdict in verdicts if verdict.outcome is outcome), None)
        if found is not None:
            return outcome, found.why
    return Outcome.UNRELATED, None


async def _lock(tx: TenantTransaction, entry: UUID) -> Entry:
    account = await tx.fetchval(
        "SELECT account_id FROM bank_entries WHERE tenant_id = $1 AND id = $2", tx.tenant.id, entry
    )
    await tx.execute(
        "SELECT 1 FROM tenant_bank_accounts WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE", tx.tenant.id, account
    )
    row = await tx.fetchrow(
        """
        SELECT e.*, f.brought_by,
               (SELECT value FROM jsonb_each_text(e.bank_references) WHERE value IS NOT NULL ORDER BY key LIMIT 1)
                 AS bank_reference
          FROM bank_entries e
          JOIN bank_statements s ON s.tenant_id = e.tenant_id AND s.id = COALESCE(e.booked_by, e.statement_id)
          JOIN statement_files f ON f.tenant_id = s.tenant_id AND f.id = s.file_id
         WHERE e.tenant_id = $1 AND e.id = $2
        """,
        tx.tenant.id,
        entry,
    )
    assert row is not None, "bookings are never deleted"
    return Entry.from_row(row)


async def _match_each(
    tx: TenantTransaction, entry: Entry, details: Sequence[Any]
) -> tuple[list[Verdict], list[PayoutNumber]]:
    told_cents = sum(detail["amount_cents"] or 0 for detail in details)
    if entry.direction == "debit" and entry.amount_cents is not None and told_cents > entry.amount_cents:
        why = Reason.of("details_exceed_booking", told=told_cents, booked=entry.amount_cents)
        return [Verdict(outcome=Outcome.UNRESOLVED, why=why)], []
    references = sorted({detail["end_to_end_id"].upper() for detail in details if detail["end_to_end_id"]})
    ordered = {one.end_to_end_id.upper(): one for one in await _ordered(tx, entry, references=references)}
    verdicts: list[Verdict] = []
    proved: dict[tuple[str, Outcome], tuple[_Ordered, Verdict, Transfer]] = {}
    cents: Counter[tuple[str, Outcome]] = Counter()
    for detail in details:
        found = ordered.get((detail["end_to_end_id"] or "").upper())
        told = _told(entry, detail, found, alone=len(details) == 1)
        verdict = matching.judge(told, found.payment if found else None)
        if found is None:
            verdict = await proposals.without_reference(tx, detail, told)
        elif verdict.outcome is Outcome.PROPOSED and verdict.why is not None:
            why = verdict.why.model_copy(update={"params": verdict.why.params | {"payout": found.payout}})
            verdict = verdict.model_copy(update={"why": why})
        verdicts.append(verdict)
        if found is not None and told.amount_cents:
            # A booking is evidence of a payout once: its transfers to the same one add up.
            proved[found.end_to_end_id, verdict.outcome] = found, verdict, told
            cents[found.end_to_end_id, verdict.outcome] += told.amount_cents
    touched = []
    for key, (found, verdict, told) in proved.items():
        if await _write(tx, entry, found, verdict, told.model_copy(update={"amount_cents": cents[key]})):
            touched.append(found.payout)
    return verdicts, touched


def _told(entry: Entry, detail: Any, found: _Ordered | None, *, alone: bool) -> Transfer:
    hmac = detail["other_iban_hmac"]
    account = Account.UNTOLD
    if hmac is not None and found is not None and found.iban_hmac is not None:
        account = Account.SAME if hmac == found.iban_hmac else Account.OTHER
    amount = detail["amount_cents"]
    return Transfer(
        direction=entry.sure_direction and (detail["direction"] or entry.direction),
        amount_cents=None if entry.amount_cents is None else entry.amount_cents if amount is None and alone else amount,
        currency=detail["currency"] or entry.currency,
        account=account,
        reversal=entry.reversal,
        return_code=detail["return_code"],
        code=detail["code"] or entry.code,
        business_code=detail["business_code"] or entry.business_code,
    )


async def _match_batch(tx: TenantTransaction, entry: Entry) -> tuple[list[Verdict], list[PayoutNumber]]:
    ordered = await _ordered(tx, entry, run=entry.batch_reference)
    if not ordered:
        return [Verdict(outcome=Outcome.UNRESOLVED, why=Reason.of("batch_of_no_run"))], []
    told = Batch(total_cents=entry.amount_cents, number=entry.batch_number)
    file = Batch(total_cents=sum(one.amount_cents for one in ordered), number=len(ordered))
    whole = matching.judge_batch(told, file)
    if whole.outcome is not Outcome.TRANSFER and (taken := [one for one in ordered if not one.rejected]):
        # What the bank rejected is not in its sum.
        file = Batch(total_cents=sum(one.amount_cents for one in taken), number=len(taken))
        whole, ordered = matching.judge_batch(told, file), taken
    if whole.outcome is not Outcome.TRANSFER:
        return [whole], []
    verdicts, touched = [], []
    for one in ordered:
        each = Transfer(
            direction=entry.sure_direction,
            amount_cents=one.amount_cents,
            currency=entry.currency,
            account=Account.UNTOLD,
            reversal=entry.reversal,
            code=entry.code,
            business_code=None,
        )
        verdict = matching.judge(each, one.payment)
        verdicts.append(verdict)
        if await _write(tx, entry, one, verdict, each):
            touched.append(one.payout)
    return verdicts, touched


async def _ordered(
    tx: TenantTransaction, entry: Entry, *, references: Sequence[str] = (), run: str | None = None
) -> list[_Ordered]:
    """What these references, or a whole run, ordered; their payouts are locked in their order."""
    await tx.execute(
        """
        SELECT 1 FROM payouts p
         WHERE p.tenant_id = $1
           AND (p.number = ANY ($2) OR p.id IN (
                SELECT l.payout_id FROM bank_run_lines l
                  JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
                 WHERE l.tenant_id = $1 AND (upper(l.end_to_end_id) = ANY ($2) OR r.number = $3)))
         ORDER BY p.seq FOR UPDATE
        """,
        tx.tenant.id,
        list(references),
        run,
    )
    rows = await tx.fetch(
        f"""
        WITH named AS (
             SELECT l.end_to_end_id, l.id AS run_line_id, r.number AS run_number, r.state AS run_state, l.payout_id,
                    l.amount_cents, l.bank_details_id, r.account_id, r.file_made_at
               FROM bank_run_lines l JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
              WHERE l.tenant_id = $1 AND r.file_sha256 IS NOT NULL
                -- What dropped out of a draft is in no file.
                AND (stood_in_file(l) OR l.released_code = 'bank_run_was_cancelled')
                AND (upper(l.end_to_end_id) = ANY ($2) OR r.number = $3)
             UNION ALL
             SELECT p.number, NULL, NULL, NULL, p.id, {TO_TRANSFER},
                    p.bank_details_id, NULL, NULL
               FROM payouts p {DOCUMENTS}
              WHERE p.tenant_id = $1 AND p.number = ANY ($2))
        SELECT DISTINCT ON (n.end_to_end_id)
               n.end_to_end_id, n.run_line_id, n.run_number, n.run_state, n.payout_id, p.number AS payout, p.state,
               n.amount_cents, b.iban_hmac,
               EXISTS (SELECT FROM bank_rejections j WHERE j.tenant_id = $1 AND j.run_line_id = n.run_line_id)
                 AS rejected,
               n.account_id IS NULL OR a.iban_hmac = own.iban_hmac AS from_this_account,
               COALESCE(d.open, '{{}}') AS open_debits, COALESCE(d.number, 0) AS debits
          FROM named n
          JOIN payouts p ON p.tenant_id = $1 AND p.id = n.payout_id
          JOIN tenant_bank_accounts own ON own.tenant_id = $1 AND own.id = $4
          LEFT JOIN tenant_bank_accounts a ON a.tenant_id = $1 AND a.id = n.account_id
          LEFT JOIN partner_bank_details b ON b.tenant_id = $1 AND b.id = n.bank_details_id
          LEFT JOIN LATERAL (
               SELECT count(*) AS number, array_agg(amount_cents) FILTER (WHERE NOT EXISTS (
                        SELECT FROM payment_evidence c WHERE c.tenant_id = e.tenant_id AND c.cancels = e.id)) AS open
                 FROM payment_evidence e
                WHERE e.tenant_id = $1 AND e.payout_id = n.payout_id AND e.kind = 'debit'
                  AND e.end_to_end_id = n.end_to_end_id AND e.entry_id <> $5) d ON true
         -- The file that counts goes before one that was cancelled, and that before a payout in no file.
         ORDER BY n.end_to_end_id, n.run_line_id IS NULL, n.run_state = 'cancelled', n.file_made_at DESC
        """,
        tx.tenant.id,
        list(references),
        run,
        entry.account_id,
        entry.id,
    )
    return [_Ordered.from_row(row) for row in rows]


async def _write(tx: TenantTransaction, entry: Entry, found: _Ordered, verdict: Verdict, told: Transfer) -> bool:
    """Whether this is new evidence for the payout."""
    kind = {Outcome.TRANSFER: "debit", Outcome.RETURN: "return", Outcome.REVERSAL: "reversal"}.get(verdict.outcome)
    if kind is None or entry.booked_on is None:
        return False
    id = await tx.fetchval(
        """
        INSERT INTO payment_evidence (tenant_id, payout_id, entry_id, run_line_id, kind, end_to_end_id, amount_cents,
                                      booked_on, bank_reference, reason_code, cancels)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
                CASE WHEN $5 <> 'debit' THEN (
                     SELECT e.id FROM payment_evidence e
                      WHERE e.tenant_id = $1 AND e.payout_id = $2 AND e.kind = 'debit' AND e.end_to_end_id = $6
                        AND NOT EXISTS (SELECT FROM payment_evidence c WHERE c.tenant_id = $1 AND c.cancels = e.id)
                      ORDER BY e.amount_cents <> $7, e.seq DESC LIMIT 1) END)
        ON CONFLICT (tenant_id, entry_id, payout_id, kind) DO NOTHING RETURNING id
        """,
        tx.tenant.id,
        found.payout_id,
        entry.id,
        found.run_line_id,
        kind,
        found.end_to_end_id,
        told.amount_cents,
        entry.booked_on,
        entry.bank_reference,
        told.return_code,
    )
    if id is None:
        return False
    if kind == "debit":
        # What takes it back may have been told before.
        await tx.execute(
            """
            UPDATE payment_evidence SET cancels = $4
             WHERE tenant_id = $1 AND id = (
                   SELECT id FROM payment_evidence
                    WHERE tenant_id = $1 AND payout_id = $2 AND end_to_end_id = $3 AND kind <> 'debit'
                      AND cancels IS NULL AND (kind = 'return' OR amount_cents = $5)
                    ORDER BY amount_cents <> $5, seq LIMIT 1)
            """,
            tx.tenant.id,
            found.payout_id,
            found.end_to_end_id,
            id,
            told.amount_cents,
        )
    await audit.record(
        tx,
        actor=entry.brought_by,
        action=f"payout.bank_{kind}",
        subject="payout",
        subject_id=found.payout,
        detail={"amount_cents": told.amount_cents, "booked_on": entry.booked_on.isoformat(), "entry": str(entry.id)},
    )
    return True
