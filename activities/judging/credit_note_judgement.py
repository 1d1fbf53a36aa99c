"""Whether a fetched credit note is the one that was approved, and what its state means.

One function judges the GET after our own POST and the fetch after a notification alike (engine.md).
rules.md: paid only if organisation, marker, recipient and currency are those of the approval, the net is exactly the
approved one, and the totals are those stored at creation (tax ± 1 cent against the approval).
"""

from datetime import date, datetime
from typing import Any

from activities.books.documents import SETTLED, BookedDocument
from activities.judging.document_identity import identity
from activities.judging.expectations import ShownDocument
from ledger.booking.settlement import Meaning, Verdict
from ledger.documents.documents import KnownDocument
from ledger.documents.intents import Intent
from ledger.payouts.payouts import Payout
from ledger.types import BERLIN, PayoutState

_DRAFT, VOIDED = "draft", "voided"
_ORGANIZATION = "organization"
"""Of another one not even the end of a document counts."""


def judge_credit_note(
    payout: Payout,
    intent: Intent,
    known: KnownDocument | None,
    document: BookedDocument,
    *,
    payment_reference: str | None = None,
) -> Verdict:
    """`known` is what the ledger held before this fetch; its open amount tells whether money may have left."""
    payments = document.payments
    differences = differences_from_approval(payout, intent, known, document)
    if document.voucher_status == VOIDED and _ORGANIZATION not in differences:
        return Verdict(meaning=Meaning.VOIDED, money_may_have_left=_may_be_paid_out(payout, known))
    if differences:
        return Verdict(
            meaning=Meaning.DEVIATES,
            differences=differences,
            versions={"approved": _approved(payout, intent), "fetched": _fetched(document)},
        )
    if document.voucher_status in SETTLED:
        if document.related_ids:
            return Verdict(meaning=Meaning.SETTLED_BY_RELATED)
        return Verdict(
            meaning=Meaning.PAID,
            payment_reference=payment_reference or (payments.reference if payments else None),
            voucher_number=document.voucher_number,
            paid_on=_berlin(payments.paid_date if payments and payments.paid_date else document.updated_date),
        )
    if document.voucher_status == _DRAFT:
        return Verdict(meaning=Meaning.REOPENED)
    if payments is not None and payments.open_cents < document.total_gross_cents:
        return Verdict(meaning=Meaning.PARTLY_PAID)
    return Verdict(meaning=Meaning.OPEN)


def judge_missing(payout: Payout, known: KnownDocument | None) -> Verdict:
    """The credit note is gone: only said once its deletion was announced, or after two sweeps (rules.md)."""
    return Verdict(meaning=Meaning.DELETED, money_may_have_left=_may_be_paid_out(payout, known))


def differences_from_approval(
    payout: Payout, intent: Intent, known: KnownDocument | None, document: BookedDocument
) -> tuple[str, ...]:
    """Names of what is not as approved; empty when the document is the approved one."""
    stored = known.created_totals if known else None
    checks = {
        **identity(document, intent),
        "currency": document.currency == payout.currency,
        "net": document.total_net_cents == payout.net_cents,
        "tax": abs(document.total_tax_cents - payout.tax_cents) <= 1,
        "totals": stored is None or stored == totals(document),
    }
    return tuple(name for name, fits in checks.items() if not fits)


def totals(document: ShownDocument) -> dict[str, int]:
    return {
        "net_cents": document.total_net_cents,
        "tax_cents": document.total_tax_cents,
        "gross_cents": document.total_gross_cents,
    }


def _may_be_paid_out(payout: Payout, known: KnownDocument | None) -> bool:
    """Its last known open amount was not the whole gross. For bank files: ledger/booking/settlement.py."""
    if known is None or known.open_cents is None:
        return payout.state is PayoutState.PAID
    return known.open_cents != (known.gross_cents if known.gross_cents is not None else payout.gross_cents)


def _approved(payout: Payout, intent: Intent) -> dict[str, Any]:
    return {
        "net_cents": payout.net_cents,
        "tax_cents": payout.tax_cents,
        "gross_cents": payout.gross_cents,
        "currency": payout.currency,
        "organization": str(intent.organization_id),
        "marker": intent.marker,
    }


def _fetched(document: BookedDocument) -> dict[str, Any]:
    return {
        **totals(document),
        "currency": document.currency,
        "organization": str(document.organization_id),
        "version": document.version,
        "status": document.voucher_status,
    }


def _berlin(moment: datetime) -> date:
    return moment.astimezone(BERLIN).date()
