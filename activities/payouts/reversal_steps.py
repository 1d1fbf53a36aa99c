"""What the ledger lets the document of a Storno or a correction do next. Called in a transaction that holds it."""

from datetime import timedelta
from typing import Any

from activities.models import OwnDocumentView, Step
from activities.payouts.payout_blocks import WAITS_FOR_CONNECTION
from activities.payouts.voucher_document import VoucherFor, open_booking
from activities.payouts.voucher_steps import voucher_step
from ledger import clock, tasks
from ledger.booking import reversed_payouts, voucher_ends
from ledger.books import books_named
from ledger.connections import connection_health
from ledger.database import TenantTransaction
from ledger.documents import intents
from ledger.documents.intents import Intent
from ledger.documents.own import delivery, issuing
from ledger.payouts import own_reversal_rows
from ledger.payouts.own_reversal_rows import Ground, OwnReversal
from ledger.payouts.own_reversals import SUBJECT
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow
from ledger.types import DocumentStage

BLOCKED = "own_reversal_blocked"
_CERTAIN_AFTER = timedelta(hours=24, minutes=1)
"""So long may an accepted mail still bounce (own_document_effective_at)."""
_LOOK_AT_LEAST_S = 1.0


async def plan_reversal_step(
    tx: TenantTransaction, reversal: OwnReversal, *, unclear_wait: timedelta
) -> OwnDocumentView:
    """The one step, and commits to booking where that is due; where the document is effective by now, its effect on the
    payout is written first."""
    step, look_in = await _next_step(tx, reversal, unclear_wait)
    reversal = await own_reversal_rows.get(tx, reversal.id)
    if not reversal.is_open:
        step = Step.END
    intent = None
    if reversal.document_id is not None and reversal.is_open:
        intent = await intents.open_of_document(tx, reversal.document_id)
    return OwnDocumentView(
        step=step,
        intent=intent.id if intent else None,
        number=reversal.document_number,
        stage=reversal.stage,
        look_in_seconds=look_in,
        blocked=reversal.blocked is not None,
        withdrawn=reversal.withdrawn_at is not None,
    )


async def _next_step(tx: TenantTransaction, reversal: OwnReversal, unclear_wait: timedelta) -> tuple[Step, float]:
    if not reversal.is_open or reversal.blocked is not None:
        return Step.WAIT, 0.0
    if reversal.document_id is None:
        return Step.ISSUE, 0.0
    if reversal.stage is DocumentStage.ISSUED and books_named(reversal.books).takes_vouchers:
        intent = await intents.open_of_document(tx, reversal.document_id)
        if intent is None and not await _has_left_the_books(tx, reversal):
            intent = await _commit_to_booking(tx, reversal)
            if intent is None:
                return Step.WAIT, 0.0
        if intent is not None:
            return await voucher_step(tx, intent, unclear_wait)
    document = await issuing.get(tx, reversal.document_id)
    if document.handed_out_at is not None:
        return await _wait_for_its_effect(tx, reversal)
    if await _is_to_be_delivered(tx, reversal):
        return Step.DELIVER, 0.0
    await reversed_payouts.conclude(tx, reversal)
    return Step.END, 0.0


async def _has_left_the_books(tx: TenantTransaction, reversal: OwnReversal) -> bool:
    """The original's voucher was voided or deleted there: a credit note against it would take it back twice."""
    return reversal.payout_id is not None and await voucher_ends.is_undone(tx, reversal.payout_id)


async def _commit_to_booking(tx: TenantTransaction, reversal: OwnReversal) -> Intent | None:
    """One intent, which alone permits the POST; or why there is none, on the row and to a person."""
    assert reversal.document_id is not None
    document = await issuing.get(tx, reversal.document_id)
    try:
        about = VoucherFor(
            partner=reversal.partner_id,
            tax_case=reversal.tax_case,
            counts_in=None if reversal.ground is Ground.ERROR else reversal.counts_in,
        )
        return await open_booking(tx, document, about)
    except NotAllowedNow as refused:
        if refused.code in WAITS_FOR_CONNECTION:
            await own_reversal_rows.block(tx, reversal.id, refused.reason)
            await connection_health.ask_for_connection(tx, refused.reason)
        else:
            await keep_and_ask(tx, reversal, refused.reason)
        return None


async def _is_to_be_delivered(tx: TenantTransaction, reversal: OwnReversal) -> bool:
    """What takes back a document that nobody was given stays in the books alone."""
    if reversal.original_id is None:
        return True
    return (await issuing.get(tx, reversal.original_id)).handed_out_at is not None


async def _wait_for_its_effect(tx: TenantTransaction, reversal: OwnReversal) -> tuple[Step, float]:
    assert reversal.document_id is not None
    await own_reversal_rows.note_deliveries_seen(tx, reversal.id)
    if await delivery.is_effective(tx, reversal.document_id):
        await reversed_payouts.conclude(tx, reversal)
        return Step.END, 0.0
    accepted = [
        told.at
        for told in await delivery.list_deliveries(tx, reversal.document_id)
        if told.outcome == "accepted" and told.bounced_at is None
    ]
    if not accepted:
        return Step.WAIT, 0.0  # what is told of its delivery wakes it
    certain = min(accepted) + _CERTAIN_AFTER
    return Step.WAIT, max((certain - clock.now()).total_seconds(), _LOOK_AT_LEAST_S)


async def keep_and_ask(
    tx: TenantTransaction, reversal: OwnReversal, why: Reason, *, detail: dict[str, Any] | None = None
) -> None:
    """Keep the document where it is, with the reason on its row and a question to a person."""
    await own_reversal_rows.block(tx, reversal.id, why)
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=BLOCKED,
            subject=SUBJECT,
            subject_id=str(reversal.id),
            reason=why,
            actions=("retry",),
            detail={"partner_code": reversal.partner_code, **(detail or {})},
            links={"payout": f"/api/v1/payouts/{reversal.payout_number}"} if reversal.payout_number else None,
        ),
    )
