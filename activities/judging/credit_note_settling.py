"""The newest fetched state of a payout's credit note, judged and applied to its payout."""

from dataclasses import dataclass
from uuid import UUID

from activities.books.documents import BookedDocument
from activities.books.registry import documents_of
from activities.judging.credit_note_judgement import VOIDED, judge_credit_note, judge_missing
from activities.judging.evidence import organization_of
from activities.judging.expectations import newest_with_reference
from activities.judging.voucher_judgement import judge_voucher
from ledger.booking import settlement
from ledger.booking.settlement import Verdict
from ledger.database import TenantTransaction
from ledger.documents import documents, intents
from ledger.documents.documents import KnownDocument
from ledger.documents.intents import Intent
from ledger.inbox import events, redelivery
from ledger.inbox.events import Event
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.provider_ids import provider_of
from ledger.types import DocumentKind, DocumentStrategy, EventId, EventState, PayoutState
from lexoffice.payments import Payments
from lexoffice.purchases import Voucher

_BEFORE_THE_DOCUMENT = (PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN)


@dataclass(frozen=True)
class JustRead:
    """What the caller has in its hands, so that it need not be read again."""

    intent: Intent
    snapshot: UUID
    document: BookedDocument
    """As `snapshot` holds it."""


async def apply_credit_note(
    tx: TenantTransaction, payout: Payout, told: list[EventId], read: JustRead | None = None
) -> Payout:
    """Apply what lexoffice last showed, and end the events that announced it. The payout must be locked.

    Applying twice changes nothing. An event about another document is not this payout's to end, whoever names it.
    """
    heard = await events.find_each(tx, told)
    # What was told about a document that has turned out not to be this payout's meanwhile is judged anew.
    await redelivery.redeliver(tx, [e.id for e in heard if e.resource_id != payout.credit_note_id])
    if payout.credit_note_id is None:
        return payout
    announced = [e for e in heard if e.resource_id == payout.credit_note_id]
    known = await documents.find(tx, UUID(payout.credit_note_id))
    if payout.state in _BEFORE_THE_DOCUMENT and not await _is_read_back(tx, payout, known):
        # It is not read back yet; when it is, the newest state there is will be judged.
        await events.finish(tx, [event.id for event in announced], EventState.PROCESSED)
        return payout
    if known is None or known.last_snapshot_id is None:
        return payout
    verdict = await _judge(tx, payout, known, announced, read)
    settled = await settlement.settle(tx, payout, verdict)
    if settled.state is not EventState.UNCHANGED:
        payout = await payouts.get(tx, payout.number)
    await events.finish(
        tx,
        [event.id for event in announced],
        settled.state,
        reason=settled.reason,
        changes=settled.changes or None,
        snapshot_id=known.last_snapshot_id,
    )
    return payout


async def _is_read_back(tx: TenantTransaction, payout: Payout, known: KnownDocument | None) -> bool:
    """The voucher of an own document that is not delivered yet is in the books already, and may be undone there."""
    if payout.strategy is not DocumentStrategy.OWN_DOCUMENT or known is None:
        return False
    intent = await intents.of_document(tx, known.resource_id)
    return intent is not None and intent.closed_at is not None


async def _judge(
    tx: TenantTransaction,
    payout: Payout,
    known: KnownDocument,
    announced: list[Event],
    read: JustRead | None,
) -> Verdict:
    if known.status == "deleted":
        return judge_missing(payout, known)
    intent = read.intent if read else await intents.of_document(tx, known.resource_id)
    assert intent is not None, "a payout's credit note answers an intent"
    assert known.last_snapshot_id is not None
    if known.kind is DocumentKind.PURCHASE_INVOICE:
        return await _judge_voucher(tx, payout, known, announced, intent)
    if read and read.snapshot == known.last_snapshot_id and known.last_payments_id is None:
        document = read.document
    else:
        document = await _shown(tx, known)
    if known.status == VOIDED:  # another document took it back, whatever it says itself
        document = document.model_copy(update={"voucher_status": VOIDED})
    newest = newest_with_reference(announced, document.voucher_status)
    return judge_credit_note(
        payout,
        intent,
        known,
        document,
        payment_reference=newest.payment_reference if newest else None,
    )


async def _shown(tx: TenantTransaction, known: KnownDocument) -> BookedDocument:
    """As it was last fetched."""
    assert known.last_snapshot_id is not None
    provider = provider_of(known.resource_id)
    bodies = await documents.bodies(tx, (known.last_snapshot_id, known.last_payments_id))
    return documents_of(provider).read(
        known.kind,
        bodies[known.last_snapshot_id],
        payments=None if known.last_payments_id is None else bodies[known.last_payments_id],
        organization=await organization_of(tx, provider),
    )


async def _judge_voucher(
    tx: TenantTransaction, payout: Payout, known: KnownDocument, announced: list[Event], intent: Intent
) -> Verdict:
    assert known.last_snapshot_id is not None
    bodies = await documents.bodies(tx, (known.last_snapshot_id, known.last_payments_id))
    voucher = Voucher.from_body(bodies[known.last_snapshot_id])
    payments = Payments.from_body(bodies[known.last_payments_id]) if known.last_payments_id is not None else None
    newest = newest_with_reference(announced, voucher.voucher_status)
    reference = newest.payment_reference if newest else None
    return judge_voucher(payout, intent, known, voucher, payments, payment_reference=reference)
