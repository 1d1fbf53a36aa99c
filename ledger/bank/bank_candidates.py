"""Which payouts a bank run may pay now, and in plain words why the others may not.

rules.md: only an open credit note that is the approved one, and only to the account of the approval; what came back
and two persons have transferred again, to the account that they saw. The same
judgement is made when a run is drafted, when a second person approves it, and when its file is made.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from ledger.bank import further_attempts
from ledger.bank.bank_ids import country_outside_sepa, masked
from ledger.bank.bank_text import NAME_LENGTH, TEXT_LENGTH, has_words, sepa_text
from ledger.bank.return_reasons import OF_THE_ACCOUNT
from ledger.bank.sepa_area import is_in_eea, must_be_reported
from ledger.database import TenantTransaction
from ledger.payouts.payouts import DOCUMENTS, TO_TRANSFER
from ledger.reasons import Reason
from ledger.tax.document_rules import BlockedBy, PartnerFacts, TenantFacts, document_rule
from ledger.tax.tax_facts import FACTS, status_on, tenant_facts
from ledger.types import Frozen, PartnerId, PayoutId, PayoutNumber, TaxCase
from ledger.vault import CannotDecrypt, Vault

SECONDS = 15.0
"""Time of one statement here: up to 10,000 payouts are looked at together."""


WHY_NOT = {
    "not_waiting": "barred_not_waiting",
    "in_another_run": "barred_in_another_run",
    "left_already": "barred_left_already",
    "not_read_back": "barred_not_read_back",
    "reopened": "credit_note_is_draft_again",
    "not_open": "barred_not_open",
    "partly_paid": "barred_partly_paid",
    "deviates": "barred_deviates",
    "other_approval": "barred_other_approval",
    "undelivered": "barred_undelivered",
    "put_back": "payout_held",
    "objected": "barred_objected",
    "reversing": "barred_reversing",
    "blocked": "barred_blocked",
    "task_open": "barred_task_open",
    "no_account": "barred_no_account",
    "account_changed": "barred_account_changed",
    "account_pending": "barred_account_pending",
    "account_refused": "barred_account_refused",
    "payee_unlike": "barred_payee_unlike",
    "tax": "tax_case_changed",
    "cannot_decrypt": "barred_cannot_decrypt",
    "outside_sepa": "barred_outside_sepa",
    "bic_missing": "barred_bic_missing",
    "unwritable_holder": "barred_unwritable_holder",
}
"""Why no bank file may pay a payout: the word for machines, and the code of its sentence. `tax` may say more: what the
document table says."""


class Candidate(Frozen):
    """A payout with an open credit note, or a document of our own. Amounts are cents: what the document says is paid,
    its gross less what is set off."""

    payout_id: PayoutId
    number: PayoutNumber
    partner_code: str
    partner_country: str | None = None
    credit_note_number: str | None
    amount_cents: int
    account_holder: str | None
    iban_last4: str | None
    bank_details_id: UUID | None
    barred: Reason | None
    """Why no bank file may pay it; None where one may."""
    why_not: str | None
    """The word for that, of WHY_NOT."""
    outside_sepa: str | None = None
    """The country of an account that SEPA does not reach: it is paid in another way."""
    run: str | None = None
    """The run that holds it already."""
    attempt: int = 1
    """Of what came back and two persons have transferred again: the second, the third …"""

    @property
    def masked_iban(self) -> str:
        """The IBAN as pages show it: the last four characters, „????“ where there is no account."""
        return masked(self.iban_last4 or "????")

    @property
    def must_be_reported(self) -> bool:
        """Whether the payment is one to be reported to the Bundesbank (Z4)."""
        return must_be_reported(self.amount_cents, self.partner_country)

    @property
    def end_to_end_id(self) -> str:
        """What the bank's evidence names."""
        return further_attempts.end_to_end_id(self.number, self.attempt)

    @property
    def creditor(self) -> str:
        """The holder as the bank file will name it: in the characters and the length that SEPA takes."""
        return sepa_text(self.account_holder or "", NAME_LENGTH)

    @property
    def remittance(self) -> str:
        """Begins with the number of the Gutschrift, by which lexoffice and the partner know it."""
        return sepa_text(f"{self.credit_note_number} Provision {self.number}", TEXT_LENGTH)


async def judged(
    tx: TenantTransaction,
    vault: Vault,
    *,
    payouts: Sequence[PayoutId] | None = None,
    in_run: UUID | None = None,
    lock: bool = False,
) -> list[Candidate]:
    """All payouts with an open credit note, or these; oldest first. `in_run`: those that this run holds.

    With `lock` they stay as they are until the transaction ends: a void that arrives meanwhile waits, and then sees
    what was exported. Payouts are locked in one order everywhere here, so that two runs do not wait for each other.
    """
    if lock:
        await tx.execute(
            f"""
            SELECT 1 FROM payouts p
             WHERE p.tenant_id = $1 AND ($2::uuid[] IS NULL OR p.id = ANY ($2))
               AND ($2::uuid[] IS NOT NULL OR {further_attempts.WAITING})
             ORDER BY p.seq FOR UPDATE
            """,
            tx.tenant.id,
            payouts,
            timeout=SECONDS,
        )
    rows = await tx.fetch(_CANDIDATES, tx.tenant.id, payouts, in_run, timeout=SECONDS)
    # A document of our own is fixed: what its partner becomes later is no reason not to pay it.
    judged_by_tax = [row["payout_id"] for row in rows if row["why_not"] is None and row["strategy"] != "own_document"]
    blocked = await _blocked_by_tax(tx, judged_by_tax)
    return [_candidate(vault, row, blocked.get(row["payout_id"])) for row in rows]


_OF_THE_ACCOUNT = "ARRAY[" + ", ".join(f"'{code}'" for code in sorted(OF_THE_ACCOUNT)) + "]"
_CANDIDATES = f"""
    SELECT p.id AS payout_id, p.number, q.code AS partner_code, q.country_code AS partner_country,
           COALESCE(o.number, d.voucher_number) AS credit_note_number,
           {TO_TRANSFER} AS amount_cents,
           b.account_holder, b.iban_last4, b.iban_encrypted, b.bic,
           COALESCE(t.bank_details_id, p.bank_details_id) AS bank_details_id, p.strategy, r.number AS run,
           COALESCE(t.attempt, 1) AS attempt,
           CASE
             WHEN p.state <> 'credit_note_open' AND t.id IS NULL THEN 'not_waiting'
             WHEN r.id IS NOT NULL AND r.id IS DISTINCT FROM $3 THEN 'in_another_run'
             WHEN EXISTS (SELECT FROM payment_evidence e
                            WHERE e.tenant_id = $1 AND e.payout_id = p.id AND e.kind = 'debit'
                              AND NOT EXISTS (SELECT FROM payment_evidence c
                                               WHERE c.tenant_id = $1 AND c.cancels = e.id))
                  -- A debit with our reference that nobody has assigned or set aside yet, as of a cancelled run.
                  OR p.number IN (SELECT regexp_replace(upper(x.end_to_end_id), '^(PO-[0-9]+-[0-9]+)-[0-9]+$', '\\1')
                                    FROM bank_entries y
                                    JOIN bank_entry_details x ON x.tenant_id = y.tenant_id AND x.entry_id = y.id
                                   WHERE y.tenant_id = $1 AND y.state IN ('waiting', 'unresolved')
                                     AND y.booked_by IS NOT NULL
                                     AND COALESCE(x.direction, y.direction) IS DISTINCT FROM 'credit')
                  -- What somebody typed at the bank, as it seems: it names the account and the amount alone.
                  OR p.number IN (SELECT y.outcome_params->>'payout' FROM bank_entries y
                                   WHERE y.tenant_id = $1 AND y.state = 'unresolved'
                                     AND y.outcome_code = 'looks_like_a_transfer')
                  OR p.id IN (SELECT z.payout_id
                                FROM bank_entries y
                                JOIN bank_runs w ON w.tenant_id = y.tenant_id AND w.number = y.batch_reference
                                JOIN bank_run_lines z ON z.tenant_id = w.tenant_id AND z.run_id = w.id
                                 AND (stood_in_file(z) OR z.released_code = 'bank_run_was_cancelled')
                               WHERE y.tenant_id = $1 AND y.state IN ('waiting', 'unresolved')
                                 AND y.booked_by IS NOT NULL AND y.direction IS DISTINCT FROM 'credit'
                                 AND w.file_sha256 IS NOT NULL)
               THEN 'left_already'
             WHEN p.books <> 'none' AND (d.id IS NULL OR d.voucher_number IS NULL OR d.created_totals IS NULL)
               THEN 'not_read_back'
             WHEN p.reopened OR d.status = 'draft' THEN 'reopened'
             -- What came back may still be paid in the books.
             WHEN d.status <> 'open' AND (t.id IS NULL OR d.status NOT IN ('paid', 'paidoff')) THEN 'not_open'
             WHEN d.open_cents IS DISTINCT FROM d.gross_cents AND t.id IS NULL THEN 'partly_paid'
             WHEN CASE WHEN p.strategy = 'own_document'
                       -- The voucher equals the document to the cent; who may deduct no VAT books gross as net.
                       THEN o.net_cents <> p.net_cents OR o.gross_cents <> p.gross_cents
                            OR d.gross_cents <> o.gross_cents
                       ELSE d.net_cents <> p.net_cents OR abs(d.tax_cents - p.tax_cents) > 1 END
                  OR (d.created_totals->>'gross_cents')::bigint <> d.gross_cents
                  OR EXISTS (SELECT 1 FROM tasks t
                              WHERE t.tenant_id = p.tenant_id AND t.subject = 'payout' AND t.subject_id = p.number
                                AND t.state = 'open' AND t.kind = 'document_deviates')
               THEN 'deviates'
             WHEN a.content_hash IS NULL OR p.books <> 'none' AND i.content_hash IS DISTINCT FROM a.content_hash
               THEN 'other_approval'
             WHEN p.strategy = 'own_document' AND (o.id IS NULL OR own_document_effective_at(o.tenant_id, o.id) IS NULL)
               THEN 'undelivered'
             WHEN p.open_holds IS NOT NULL THEN 'put_back'
             WHEN p.objected_at IS NOT NULL
                  AND (NOT EXISTS (SELECT 1 FROM tasks t
                                    WHERE t.tenant_id = p.tenant_id AND t.subject = 'objection'
                                      AND t.subject_id = p.number AND t.state = 'resolved')
                       -- Ended by its Storno: whatever became of that, the document is not paid.
                       OR EXISTS (SELECT 1 FROM objection_endings e
                                   WHERE e.tenant_id = p.tenant_id AND e.payout_id = p.id
                                     AND e.ending <> 'own_invoice'))
               THEN 'objected'
             WHEN EXISTS (SELECT 1 FROM own_reversals v
                           WHERE v.tenant_id = p.tenant_id AND v.payout_id = p.id AND v.kind = 'reversal'
                             AND v.confirmed IS NOT FALSE AND v.withdrawn_at IS NULL)
               THEN 'reversing'
             WHEN p.blocked_code IS NOT NULL THEN 'blocked'
             WHEN EXISTS (SELECT 1 FROM tasks t
                           WHERE t.tenant_id = p.tenant_id AND t.subject = 'payout' AND t.subject_id = p.number
                             AND t.state = 'open' AND t.kind <> 'signal_refused')
               THEN 'task_open'
             WHEN b.id IS NULL THEN 'no_account'
             WHEN b.state <> 'active' THEN 'account_changed'
             WHEN EXISTS (SELECT 1 FROM partner_bank_details w
                           WHERE w.tenant_id = p.tenant_id AND w.partner_id = p.partner_id AND w.state = 'pending')
               THEN 'account_pending'
             WHEN b.id IN (SELECT y.bank_details_id
                             FROM payment_evidence e
                             JOIN bank_run_lines y ON y.tenant_id = e.tenant_id AND y.id = e.run_line_id
                            WHERE e.tenant_id = $1 AND e.kind = 'return' AND e.reason_code = ANY ({_OF_THE_ACCOUNT})
                              -- Replaced it is another row; confirmed, two persons sent to it again; proved, it took
                              -- a payment since.
                              AND NOT EXISTS (SELECT FROM payment_attempts m
                                               WHERE m.tenant_id = $1 AND m.bank_details_id = y.bank_details_id
                                                 AND m.confirmed_at > e.recorded_at)
                              AND NOT EXISTS (SELECT FROM bank_run_lines z
                                                JOIN payment_evidence f ON f.tenant_id = $1 AND f.run_line_id = z.id
                                               WHERE z.tenant_id = $1 AND z.bank_details_id = y.bank_details_id
                                                 AND f.payout_id = z.payout_id AND f.kind = 'debit'
                                                 AND (f.booked_on, f.seq) > (e.booked_on, e.seq)
                                                 AND NOT EXISTS (SELECT FROM payment_evidence c
                                                                  WHERE c.tenant_id = $1 AND c.cancels = f.id)))
               THEN 'account_refused'
             WHEN (SELECT k.result = 'none' AND k.confirmed_at IS NULL FROM payee_check_that_counts($1, b.id) k)
               THEN 'payee_unlike'
           END AS why_not
      FROM payouts p
      JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
      {DOCUMENTS}
      {further_attempts.CONFIRMED}
      LEFT JOIN partner_bank_details b
             ON b.tenant_id = p.tenant_id AND b.id = COALESCE(t.bank_details_id, p.bank_details_id)
      LEFT JOIN bank_run_lines l ON l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL
      LEFT JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
      LEFT JOIN LATERAL (SELECT content_hash FROM decisions
                          WHERE tenant_id = p.tenant_id AND payout_id = p.id AND kind = 'approve'
                          ORDER BY decided_at DESC LIMIT 1) a ON true
      LEFT JOIN LATERAL (SELECT content_hash FROM creation_intents
                          WHERE tenant_id = p.tenant_id AND payout_id = p.id AND resource_id = d.resource_id
                          ORDER BY created_at DESC LIMIT 1) i ON true
     WHERE p.tenant_id = $1
       AND CASE WHEN $3::uuid IS NOT NULL THEN r.id = $3
                WHEN $2::uuid[] IS NOT NULL THEN p.id = ANY ($2)
                ELSE {further_attempts.WAITING} END
     ORDER BY p.seq
"""


async def _blocked_by_tax(tx: TenantTransaction, payouts: list[UUID]) -> dict[UUID, Reason]:
    """Payouts whose document the table would refuse today, judged together (see ledger/payouts/payout_requests.py)."""
    if not payouts:
        return {}
    rows = await tx.fetch(
        f"""
        WITH days AS (
            SELECT DISTINCT p.id AS payout_id, p.books, p.partner_id, p.tax_case, c.service_date
              FROM payouts p
              JOIN payout_lines l ON l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL
              JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
             -- A claw-back keeps the tax case of the line that it answers: it is of the payout's case already.
             WHERE p.tenant_id = $1 AND p.id = ANY ($2) AND c.tax_case IS NULL)
        SELECT days.*, {FACTS}
          FROM days JOIN partners p ON p.tenant_id = $1 AND p.id = days.partner_id
          {status_on("days.service_date")}
        """,
        tx.tenant.id,
        payouts,
        timeout=SECONDS,
    )
    # By the books that each was made with, whatever the tenant has now.
    facts = {books: await tenant_facts(tx, books) for books in {row["books"] for row in rows}}
    verdicts: dict[tuple[str, PartnerId, date], tuple[Reason | None, TaxCase | None]] = {}
    blocked: dict[UUID, Reason] = {}
    for row in rows:
        key = (row["books"], row["partner_id"], row["service_date"])
        if key not in verdicts:
            verdicts[key] = _verdict(facts[row["books"]], row)
        reason, tax_case = verdicts[key]
        if reason is None and tax_case is not TaxCase(row["tax_case"]):
            reason = Reason.of(WHY_NOT["tax"])
        if reason is not None:
            blocked.setdefault(row["payout_id"], reason)
    return blocked


def _verdict(facts: TenantFacts, row: Any) -> tuple[Reason | None, TaxCase | None]:
    partner = PartnerFacts.from_row(row)
    rule = document_rule(partner, facts, row["service_date"])
    return (rule, None) if isinstance(rule, BlockedBy) else (None, rule.tax_case)


def _candidate(vault: Vault, row: Any, blocked: Reason | None) -> Candidate:
    members = {name: row[name] for name in Candidate.model_fields if name not in ("barred", "why_not", "outside_sepa")}
    why_not, outside = row["why_not"] or ("tax" if blocked else None), None
    if why_not is None:
        try:
            iban = vault.decrypt(row["iban_encrypted"])
            outside = country_outside_sepa(iban)
            why_not = None if outside else _missing_beyond_eea(row, iban)
        except CannotDecrypt:
            why_not = "cannot_decrypt"
        if outside is not None:
            why_not = "outside_sepa"
        elif why_not is None and not has_words(sepa_text(row["account_holder"], NAME_LENGTH)):
            why_not = "unwritable_holder"
    barred = blocked if why_not == "tax" else Reason.of(WHY_NOT[why_not]) if why_not else None
    return Candidate(**members, barred=barred, why_not=why_not, outside_sepa=outside)


def _missing_beyond_eea(row: Any, iban: str) -> str | None:
    """What banks there ask for and nobody has told. The payer's address is on the document: `tax` bars without one."""
    return "bic_missing" if row["bic"] is None and not is_in_eea(iban) else None


LOOKED_AT = 50
"""Each is judged by its lines, and drafting judges all of them anyway."""


class Preview(Frozen):
    """Open credit notes that are in no bank run: all of them, and the oldest few as they were judged."""

    payouts: int
    gross_cents: int
    judged: tuple[Candidate, ...]

    @property
    def is_whole(self) -> bool:
        """Whether all payouts were looked at; only the first ones are when there are very many."""
        return self.payouts <= len(self.judged)


_FREE = f"""
  SELECT count(*) AS payouts,
         COALESCE(sum({TO_TRANSFER}), 0)::bigint AS gross_cents,
         (array_agg(p.id ORDER BY p.created_at, p.seq))[1:$2::integer] AS oldest
    FROM payouts p {DOCUMENTS}
   WHERE p.tenant_id = $1 AND {further_attempts.WAITING}
     AND (SELECT l.id FROM bank_run_lines l
           WHERE l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL LIMIT 1) IS NULL
"""


async def preview(tx: TenantTransaction, vault: Vault) -> Preview:
    """What waits for a bank run: the oldest open credit notes, judged, and the sum of all."""
    row = await tx.fetchrow(_FREE, tx.tenant.id, LOOKED_AT)
    assert row is not None  # an aggregate answers with one row
    found = await judged(tx, vault, payouts=row["oldest"]) if row["oldest"] else []
    return Preview(payouts=row["payouts"], gross_cents=row["gross_cents"], judged=tuple(found))
