"""Correcting documents („Korrektur"): a partner's negative balance in one tax case, where nothing is earned any more.

Decided like a Storno (own_reversals.py) and carried by the same workflow, without a payout. Its lines are held from the
question on; once it is effective it is a claim (claims.py). Locks: the partner, its hands, its open commissions.
"""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from ledger import clock
from ledger.audit import hands
from ledger.commissions.debts import OLD_DEBT
from ledger.database import TenantTransaction
from ledger.documents.own import issuing
from ledger.documents.own.content import Original, OwnDocument, OwnLine
from ledger.documents.own.reversal import correction_over
from ledger.payouts import correction_lines, document_lines, due, own_reversals, payout_requests
from ledger.payouts.document_lines import DocumentLine
from ledger.payouts.due_documents import DueLine
from ledger.payouts.own_reversal_rows import Ground, OwnReversal
from ledger.payouts.own_reversals import NewReversal
from ledger.programme import partners
from ledger.refusals import NotAllowedNow, NotFound, require_reason
from ledger.types import PartnerId, TaxCase


class Correction(NamedTuple):
    """What would be issued: the document without number and day, the one document that it corrects, or None where it
    corrects several, and its lines."""

    draft: OwnDocument
    original_id: UUID | None
    lines: tuple[DueLine, ...]


async def ask(tx: TenantTransaction, partner_code: str, tax_case: TaxCase, *, reason: str, by: str) -> OwnReversal:
    """A person wants the partner's negative balance in this tax case documented. Below the four-eyes limit that
    decides it.

    Raises NotFound, NotAcceptable (no reason), NotAllowedNow as `of_partner`.
    """
    require_reason(reason)
    partner = await partners.find_by_code(tx, partner_code)
    if partner is None:
        raise NotFound("partner_not_found")
    await payout_requests.hold_partners(tx, [partner.id])
    await hands.hold_partner(tx, partner.id)
    await payout_requests.hold_open_commissions(tx, [partner.id])
    found = await of_partner(tx, partner.id, tax_case)
    asked = await own_reversals.insert(
        tx,
        NewReversal(
            kind="correction",
            partner_id=partner.id,
            tax_case=tax_case,
            original_id=found.original_id,
            ground=Ground.CHANGE,
            counts_in=clock.today().replace(day=1),
            reason=reason,
            draft=found.draft,
        ),
        by=by,
    )
    await correction_lines.hold(tx, asked.id, found.lines)
    return asked


async def of_partner(tx: TenantTransaction, partner: PartnerId, tax_case: TaxCase) -> Correction:
    """The correcting document over all that is open in this tax case.

    Raises NotAllowedNow: the balance is not below zero, the next payout nets it, something may still be earned in this
    case and the debt is not old, or no document of our own was ever handed out in it.
    """
    owed = await due.of_partner(tx, partner)
    groups = [group for group in owed.groups if group.tax_case is tax_case]
    lines = tuple(line for group in groups for line in group.every_line)
    if sum(line.whole_cents for line in lines) >= 0:
        raise NotAllowedNow("balance_not_negative")
    if any(group.carried is None for group in groups):
        raise NotAllowedNow("balance_is_netted")
    may_earn = not owed.leaving and any(group.may_earn for group in groups)
    if may_earn and not await _is_old(tx, lines):
        raise NotAllowedNow("balance_may_be_earned", days=OLD_DEBT.days)
    like = await _newest_document(tx, partner, tax_case)
    printed = await document_lines.of_commissions(tx, [line.commission_id for line in lines])
    corrected = await _only_one(tx, printed)
    draft = correction_over(
        like,
        [OwnLine(text=text.title, note=text.note, net_cents=text.net_cents) for text in _texts(printed, like)],
        original=corrected and corrected.original,
        period=_period_of(printed),
    )
    return Correction(draft, corrected and corrected.id, lines)


def _texts(lines: list[DocumentLine], like: OwnDocument) -> list[document_lines.LineText]:
    return document_lines.texts_of(lines, english=bool(like.sentences_english))


def _period_of(lines: list[DocumentLine]) -> tuple[date, date]:
    days = [line.service_date for line in lines]
    return min(days), max(days)


async def _is_old(tx: TenantTransaction, lines: tuple[DueLine, ...]) -> bool:
    """Whether a person is asked about the debt by now (debts.ask_about_old_debts)."""
    return bool(
        await tx.fetchval(
            """
            SELECT min(created_at) < now() - $3::interval FROM commissions
             WHERE tenant_id = $1 AND id = ANY ($2) AND net_cents < 0
            """,
            tx.tenant.id,
            [line.commission_id for line in lines],
            OLD_DEBT,
        )
    )


async def _newest_document(tx: TenantTransaction, partner: PartnerId, tax_case: TaxCase) -> OwnDocument:
    """Parties, rate and sentences stay those of the documents that are corrected (rules.md, Storno)."""
    newest = await tx.fetchval(
        """
        SELECT d.id FROM own_documents d JOIN payouts p ON p.tenant_id = d.tenant_id AND p.id = d.payout_id
         WHERE d.tenant_id = $1 AND d.partner_id = $2 AND p.tax_case = $3 AND d.handed_out_at IS NOT NULL
           AND d.kind IN ('self_billed', 'commission_statement') AND d.erased_at IS NULL
         ORDER BY d.seq DESC LIMIT 1
        """,
        tx.tenant.id,
        partner,
        tax_case,
    )
    if newest is None:
        raise NotAllowedNow("correction_needs_own_document")
    return await issuing.get_content(tx, newest)


class _Corrected(NamedTuple):
    id: UUID
    original: Original


async def _only_one(tx: TenantTransaction, lines: list[DocumentLine]) -> _Corrected | None:
    """The document that all of these lines correct, where it is one of ours. Not one that may still be closed as „nicht
    ausgegeben": then nobody would have heard of what is corrected."""
    numbers = {line.corrects for line in lines}
    if len(numbers) != 1 or None in numbers:
        return None
    row = await tx.fetchrow(
        """
        SELECT id, number, issued_on FROM own_documents
         WHERE tenant_id = $1 AND number = $2 AND handed_out_at IS NOT NULL AND closed_at IS NULL
        """,
        tx.tenant.id,
        *numbers,
    )
    return None if row is None else _Corrected(row["id"], Original(number=row["number"], issued_on=row["issued_on"]))
