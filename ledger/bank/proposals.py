"""What a transfer without a reference of ours may be: proposed to a person, never assumed (rules.md, Bank)."""

from typing import Any

from ledger.bank import matching
from ledger.bank.matching import Outcome, Transfer, Verdict
from ledger.database import TenantTransaction
from ledger.payouts import claims
from ledger.payouts.payouts import DOCUMENTS, TO_TRANSFER
from ledger.reasons import Reason
from ledger.types import PayoutNumber


async def without_reference(tx: TenantTransaction, detail: Any, told: Transfer) -> Verdict:
    """A transfer to or from a partner's account: of a payout's amount, or a credit that may repay a claim.

    What fits to the cent goes first; a claim may be repaid in parts.
    """
    if told.amount_cents is None or told.direction is None or told.currency != "EUR":
        return matching.judge(told, None)
    claim = None
    if told.direction == "credit" and not told.reversal:
        claim = await claims.find_repaid(tx, detail["other_iban_hmac"], told.amount_cents)
    payout = await _payout_of(tx, detail, told.amount_cents)
    if claim is not None and (payout is None or claim.open_cents == told.amount_cents):
        return _proposed("looks_like_repayment", claim=str(claim.id), partner=claim.partner_code)
    if payout is None:
        return Verdict(outcome=Outcome.UNRELATED)
    return _proposed("looks_like_a_transfer" if told.direction == "debit" else "looks_like_money_back", payout=payout)


def _proposed(code: str, **params: str) -> Verdict:
    return Verdict(outcome=Outcome.PROPOSED, why=Reason(code=code, params=params))


async def _payout_of(tx: TenantTransaction, detail: Any, cents: int) -> PayoutNumber | None:
    found: PayoutNumber | None = await tx.fetchval(
        f"""
        SELECT p.number FROM payouts p
          JOIN partner_bank_details b ON b.tenant_id = p.tenant_id AND b.id = p.bank_details_id
          {DOCUMENTS}
         WHERE p.tenant_id = $1 AND b.iban_hmac = $2 AND {TO_TRANSFER} = $3
           AND p.state IN ('credit_note_open', 'paid', 'returned')
         ORDER BY position(upper(p.number) IN upper(COALESCE($4, ''))) = 0, p.state <> 'credit_note_open', p.seq LIMIT 1
        """,
        tx.tenant.id,
        detail["other_iban_hmac"],
        cents,
        detail["text"],
    )
    return found
