"""„Erneut überweisen": what came back goes into one further file, on the same document (rules.md, States and Bank).

Two persons decide it, at the account that is in force by then; nothing is ever transferred again by itself. The payout
stays `returned` until the bank's evidence, the books or a person say that it is paid. Locks: the partner's hands, then
the payout.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from ledger import tasks
from ledger.access import four_eyes
from ledger.audit import audit, hands
from ledger.bank import partner_accounts, payment_evidence, payout_evidence
from ledger.bank.bank_ids import masked
from ledger.database import TenantTransaction
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow, require_reason
from ledger.types import Frozen, PayoutId, PayoutState

RETURNED = "returned"
"""The question what becomes of a payout that came back."""
TASK = "transfer_again_asked"
"""The question to the second person."""
ACTION = "transfer_again"
WAYS_ON = (ACTION, "paid", "cancelled", "settled_manually")
"""What a person may answer to `RETURNED`."""

TRANSFERRED_AGAIN = "transferred_again"
"""Why a payment is no longer held by its run: it came back, and another file may send it."""

_GONE = ("voided", "deleted", "draft")
_PAID_IN_THE_BOOKS = ("paid", "paidoff")
Ending = Literal["refused", "withdrawn", "paid", "returned", "cancelled"]


class FurtherAttempt(Frozen):
    """The second transfer of a payout, or a later one; `attempt` is its number."""

    id: UUID
    payout_id: PayoutId
    attempt: int
    bank_details_id: UUID
    iban_last4: str = Field(exclude=True)
    reason: str
    in_the_books: str | None
    """What the books said of the document when it was asked for."""
    requested_by: str
    requested_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    confirmed_alone: bool
    ended_by: str | None
    ended_at: datetime | None
    ended_how: Ending | None

    @property
    def is_told_by_the_books(self) -> bool:
        """Whether `paid` in the books can mean it: a document that was paid all along says nothing of it."""
        return self.confirmed_at is not None and self.in_the_books not in _PAID_IN_THE_BOOKS

    @property
    def masked_iban(self) -> str:
        """The IBAN as pages show it: the last four characters."""
        return masked(self.iban_last4)


def end_to_end_id(number: str, attempt: int) -> str:
    """What the bank's evidence names: the payout's number, from the second attempt on with the attempt's."""
    return number if attempt == 1 else f"{number}-{attempt}"


CONFIRMED = """
    LEFT JOIN payment_attempts t ON t.tenant_id = p.tenant_id AND t.payout_id = p.id AND t.ended_at IS NULL
         AND t.confirmed_at IS NOT NULL AND p.state = 'returned'
"""
"""Join of a query over `payouts p`: the attempt that a file may carry out."""
WAITING = """(p.state = 'credit_note_open' OR p.id = ANY (ARRAY(
    SELECT a.payout_id FROM payment_attempts a JOIN payouts b ON b.tenant_id = a.tenant_id AND b.id = a.payout_id
     WHERE a.tenant_id = $1 AND a.ended_at IS NULL AND a.confirmed_at IS NOT NULL AND b.state = 'returned')))"""
"""Condition on `payouts p`: that it is to be transferred. An array, so that an index finds both."""


async def ask(tx: TenantTransaction, number: str, *, by: str, reason: str) -> FurtherAttempt:
    """A person wants it transferred again, to the account now in force; a second one is asked.

    The hands of its partner are held. Raises NotFound, NotAcceptable (no reason), NotAllowedNow: nothing came back,
    it is still out, its document is gone or taken back, there is no account, it is asked for already.
    """
    require_reason(reason)
    payout = await payouts.lock(tx, number)
    if payout.state is not PayoutState.RETURNED:
        raise NotAllowedNow("not_returned")
    if await find_open(tx, payout.id) is not None:
        raise NotAllowedNow("transfer_again_asked_before")
    in_the_books = await _document(tx, payout)
    if (await payment_evidence.sum_up(tx, payout.id)).open_cents > 0:
        raise NotAllowedNow("transfer_again_still_out")
    account = await partner_accounts.bank_details_of(tx, payout.partner_id)
    if account is None:
        raise NotAllowedNow("transfer_again_without_account")
    await tx.execute(
        """
        INSERT INTO payment_attempts (tenant_id, payout_id, attempt, bank_details_id, reason, in_the_books,
                                      requested_by)
        VALUES ($1, $2, 1 + (SELECT COALESCE(max(attempt), 1) FROM payment_attempts
                              WHERE tenant_id = $1 AND payout_id = $2 AND confirmed_at IS NOT NULL), $3, $4, $5, $6)
        """,
        tx.tenant.id,
        payout.id,
        account.id,
        reason,
        in_the_books,
        by,
    )
    asked = await _require_open(tx, payout)
    await _note(tx, by, "asked", payout, asked, asked=str(asked.id), reason=reason)
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=TASK,
            subject="payout",
            subject_id=payout.number,
            reason=Reason.of("transfer_again_awaits_second_person", n=asked.attempt),
            actions=("confirm", "refuse"),
            detail={"requested_by": by, "reason": reason},
            links={"payout": f"/api/v1/payouts/{payout.number}"},
        ),
    )
    return asked


async def decide(tx: TenantTransaction, number: str, *, confirmed: bool, by: str, reason: str | None) -> FurtherAttempt:
    """A second person says yes, and the next file may pay it; or no, and it is asked again what becomes of it.

    Who asked, who assigned what came back, and who recorded the account are the first pair of eyes. The hands of the
    partner are held. Raises NotFound, NotAllowedNow (decided, another account meanwhile, money that is out after all, a
    run that holds it and has no file yet), NotAcceptable (refused without a reason), SecondPersonNeeded.
    """
    payout = await payouts.lock(tx, number)
    asked = await _require_open(tx, payout)
    if asked.confirmed_at is not None:
        raise NotAllowedNow("transfer_again_decided")
    if not confirmed:
        require_reason(reason or "")
        await _end(tx, payout, asked, "refused", by=by)
        await _note(tx, by, "refused", payout, asked, reason=reason)
        await ask_what_becomes_of_it(tx, payout)
        return await _get(tx, asked.id)
    account = await partner_accounts.bank_details_of(tx, payout.partner_id)
    if account is None or account.id != asked.bank_details_id:
        raise NotAllowedNow("transfer_again_other_account")
    await _document(tx, payout)
    if (await payment_evidence.sum_up(tx, payout.id)).open_cents > 0:
        raise NotAllowedNow("transfer_again_still_out")
    if run := await _held_without_a_file(tx, payout):
        # Released here it would stay in the number and the sum that two persons approve, and not be in the file.
        raise NotAllowedNow("transfer_again_in_a_run", run=run)
    first = [asked.requested_by, account.recorded_by, *await payout_evidence.list_makers(tx, payout.id)]
    alone = await four_eyes.require_second_person(tx, by, made_by=first)
    await tx.execute(
        """
        UPDATE payment_attempts SET confirmed_by = $3, confirmed_at = now(), confirmed_alone = $4
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        asked.id,
        by,
        alone,
    )
    # What it was sent by stays in that run, and bars it from no other.
    await tx.execute(
        """
        UPDATE bank_run_lines SET released_at = now(), released_code = $3, released_params = '{}'
         WHERE tenant_id = $1 AND payout_id = $2 AND released_at IS NULL
        """,
        tx.tenant.id,
        payout.id,
        TRANSFERRED_AGAIN,
    )
    if not alone:
        await hands.confirm(tx, "payout", payout.number, about=asked.id, by=by)
    await _note(tx, by, "confirmed", payout, asked, alone=alone)
    return await _get(tx, asked.id)


async def withdraw(tx: TenantTransaction, number: str, *, by: str, reason: str) -> FurtherAttempt:
    """It is not to be transferred again after all, while it stands in no file: one person is enough, it only bars.

    Locks the payout. Raises NotFound, NotAcceptable (no reason), NotAllowedNow.
    """
    require_reason(reason)
    payout = await payouts.lock(tx, number)
    asked = await _require_open(tx, payout)
    run = await tx.fetchval(
        """
        SELECT r.number FROM bank_run_lines l JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND l.released_at IS NULL AND $3
        """,
        tx.tenant.id,
        payout.id,
        asked.confirmed_at is not None,
    )
    if run is not None:
        raise NotAllowedNow("transfer_again_in_a_run", run=run)
    await _end(tx, payout, asked, "withdrawn", by=by)
    await _note(tx, by, "withdrawn", payout, asked, reason=reason)
    await ask_what_becomes_of_it(tx, payout)
    return await _get(tx, asked.id)


async def end_returned(tx: TenantTransaction, payout: Payout) -> bool:
    """Whether the attempt on its way came back as well; it has ended then. The payout is locked. What else ends it is
    that the payout is no longer `returned` (trigger attempts_end_with_their_payout)."""
    found = await find_open(tx, payout.id)
    if found is None or found.confirmed_at is None:
        return False
    came_back = await tx.fetchval(
        """
        SELECT EXISTS (SELECT FROM payment_evidence b
                         LEFT JOIN payment_evidence d ON d.tenant_id = b.tenant_id AND d.id = b.cancels
                        WHERE b.tenant_id = $1 AND b.payout_id = $2 AND b.kind <> 'debit'
                          AND COALESCE(d.end_to_end_id, b.end_to_end_id) = $3)
        """,
        tx.tenant.id,
        payout.id,
        end_to_end_id(payout.number, found.attempt),
    )
    if came_back:
        await _end(tx, payout, found, "returned", by="engine")
    return bool(came_back)


async def note_open_in_the_books(tx: TenantTransaction, payout: PayoutId) -> None:
    """From now on `paid` in the books can mean the attempt."""
    await tx.execute(
        """
        UPDATE payment_attempts SET in_the_books = 'open'
         WHERE tenant_id = $1 AND payout_id = $2 AND ended_at IS NULL AND in_the_books <> 'open'
        """,
        tx.tenant.id,
        payout,
    )


async def find_open(tx: TenantTransaction, payout: PayoutId) -> FurtherAttempt | None:
    """The attempt that is asked for, waits for a file, or is on its way."""
    row = await tx.fetchrow(_SELECT + " AND a.payout_id = $2 AND a.ended_at IS NULL", tx.tenant.id, payout)
    return None if row is None else FurtherAttempt.from_row(row)


async def list_of(tx: TenantTransaction, payout: PayoutId) -> Sequence[FurtherAttempt]:
    """All of a payout, the oldest first."""
    rows = await tx.fetch(_SELECT + " AND a.payout_id = $2 ORDER BY a.seq", tx.tenant.id, payout)
    return [FurtherAttempt.from_row(row) for row in rows]


_SELECT = """
    SELECT a.*, b.iban_last4 FROM payment_attempts a
      JOIN partner_bank_details b ON b.tenant_id = a.tenant_id AND b.id = a.bank_details_id
     WHERE a.tenant_id = $1
"""


async def _get(tx: TenantTransaction, id: UUID) -> FurtherAttempt:
    row = await tx.fetchrow(_SELECT + " AND a.id = $2", tx.tenant.id, id)
    assert row is not None, "attempts are never deleted"
    return FurtherAttempt.from_row(row)


async def _require_open(tx: TenantTransaction, payout: Payout) -> FurtherAttempt:
    found = await find_open(tx, payout.id)
    if found is None:
        raise NotAllowedNow("transfer_again_not_asked")
    return found


async def _document(tx: TenantTransaction, payout: Payout) -> str | None:
    """What the books say of the document. Raises NotAllowedNow where it is not there to be paid."""
    row = await tx.fetchrow(
        """
        SELECT (SELECT status FROM external_documents
                 WHERE tenant_id = $1 AND payout_id = $2 AND detached_at IS NULL) AS status,
               EXISTS (SELECT FROM own_reversals
                        WHERE tenant_id = $1 AND payout_id = $2 AND kind = 'reversal' AND confirmed IS NOT FALSE
                          AND withdrawn_at IS NULL) AS reversed
        """,
        tx.tenant.id,
        payout.id,
    )
    assert row is not None, "it always has a row"
    if row["reversed"]:
        raise NotAllowedNow("own_document_is_reversed")
    if row["status"] in _GONE:
        raise NotAllowedNow("transfer_again_document_gone")
    return str(row["status"]) if row["status"] else None


async def _held_without_a_file(tx: TenantTransaction, payout: Payout) -> str | None:
    """The run that holds it since before it was `returned`, and of which no file was made."""
    found: str | None = await tx.fetchval(
        """
        SELECT r.number FROM bank_run_lines l JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND l.released_at IS NULL AND r.file_sha256 IS NULL
        """,
        tx.tenant.id,
        payout.id,
    )
    return found


async def _end(tx: TenantTransaction, payout: Payout, attempt: FurtherAttempt, how: Ending, *, by: str) -> None:
    await tx.execute(
        """
        UPDATE payment_attempts SET ended_by = $3, ended_at = now(), ended_how = $4
         WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL
        """,
        tx.tenant.id,
        attempt.id,
        by,
        how,
    )
    await tasks.close_questions(tx, subject="payout", subject_id=payout.number, kinds=(TASK,), by=by)


async def ask_what_becomes_of_it(tx: TenantTransaction, payout: Payout, why: Reason | None = None) -> None:
    """The question to a person; `why` where it is not what the payout says itself."""
    said = why or payout.why
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=RETURNED,
            subject="payout",
            subject_id=payout.number,
            reason=said if isinstance(said, Reason) else Reason.of("undone_was_it_paid"),
            actions=WAYS_ON,
            links={"payout": f"/api/v1/payouts/{payout.number}", "credit_note": payout.credit_note_id},
        ),
    )


async def _note(
    tx: TenantTransaction, by: str, what: str, payout: Payout, attempt: FurtherAttempt, **more: object
) -> None:
    await audit.record(
        tx,
        actor=by,
        action=f"payout.transfer_again_{what}",
        subject="payout",
        subject_id=payout.number,
        detail={"attempt": attempt.attempt, "account": str(attempt.bank_details_id), **more},
    )
