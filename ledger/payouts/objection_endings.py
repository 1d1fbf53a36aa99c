"""How an objection to a document of our own ends: by a Storno and a new document, by the partner's own invoice, or by a
new document after the partner took it back in writing. Never by two of them (rules.md, Objection)."""

from datetime import date
from typing import Any

from ledger import clock
from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.documents.own import issuing
from ledger.payouts import own_reversal_rows
from ledger.payouts.own_reversal_rows import OwnReversal
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.types import BERLIN, Frozen, PayoutId

ACTIONS = ("reversed", "own_invoice", "withdrawn")


class ObjectionEnding(Frozen):
    """What ended it."""

    ending: str
    invoice_number: str | None
    invoice_date: date | None
    withdrawn_on: date | None
    ended_by: str


async def of_payout(tx: TenantTransaction, payout: PayoutId) -> ObjectionEnding | None:
    """How the objection to this payout's document ended; None while it has not, or there is none."""
    row = await tx.fetchrow(
        """
        SELECT ending, invoice_number, invoice_date, withdrawn_on, ended_by FROM objection_endings
         WHERE tenant_id = $1 AND payout_id = $2
        """,
        tx.tenant.id,
        payout,
    )
    return None if row is None else ObjectionEnding.from_row(row)


async def end(tx: TenantTransaction, payout: Payout, action: str, detail: dict[str, Any], *, by: str) -> None:
    """Keep how it ended. The payout is locked.

    A Storno ends it once the partner has it: until then it may be refused or withdrawn, and nothing would bar the
    payout. Raises NotAllowedNow (no such Storno where one must be; one was asked for, where the partner's own invoice
    is to stand), NotAcceptable (number or day missing).
    """
    document = await issuing.find_of_payout(tx, payout.id)
    live = None if document is None else await own_reversal_rows.find_live(tx, document.id)
    number, day = str(detail.get("invoice_number") or "").strip(), _day(detail.get("objection_day"))
    if action == "own_invoice":
        if live is not None:
            raise NotAllowedNow("objection_has_reversal")
        if not 1 <= len(number) <= 100 or day is None:
            raise NotAcceptable("own_invoice_missing")
    else:
        if live is None:
            raise NotAllowedNow("objection_needs_reversal")
        if not await _is_final(tx, live):
            raise NotAllowedNow("objection_waits_for_reversal", number=live.original_number)
        if action == "withdrawn" and day is None:
            raise NotAcceptable("withdrawal_day_missing")
    await tx.execute(
        """
        INSERT INTO objection_endings (tenant_id, payout_id, ending, reversal_id, invoice_number, invoice_date,
                                       withdrawn_on, ended_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        tx.tenant.id,
        payout.id,
        action,
        None if live is None else live.id,
        number if action == "own_invoice" else None,
        day if action == "own_invoice" else None,
        day if action == "withdrawn" else None,
        by,
    )
    await audit.record(
        tx,
        actor=by,
        action="payout.objection_ended",
        subject="payout",
        subject_id=payout.number,
        detail={"ending": action, "invoice_number": number or None},
    )


async def _is_final(tx: TenantTransaction, reversal: OwnReversal) -> bool:
    """Whether nobody takes the Storno back any more: it was handed out, or is effective without."""
    if reversal.is_effective or reversal.document_id is None:
        return reversal.is_effective
    return (await issuing.get(tx, reversal.document_id)).handed_out_at is not None


def _day(said: Any) -> date | None:
    """As a form or the API names it; of today or before."""
    if said is None or not str(said).strip():
        return None
    try:
        day = date.fromisoformat(str(said).strip())
    except ValueError:
        raise NotAcceptable("paid_on_unreadable") from None
    if day > clock.today():
        raise NotAcceptable("day_in_future")
    return day


async def month_of_lost_tax(tx: TenantTransaction, payout: PayoutId) -> str:
    """The month (2026-11) in which the objection arrived: from it on input VAT of the document is lost."""
    objected = await tx.fetchval(
        "SELECT objected_at FROM payouts WHERE tenant_id = $1 AND id = $2", tx.tenant.id, payout
    )
    day: date = objected.astimezone(BERLIN).date()
    return day.isoformat()[:7]
