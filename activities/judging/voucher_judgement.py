"""Whether a fetched voucher is the one that was booked for a document of ours.

No cent of tolerance: the voucher equals the document (rules.md, strategy B).
"""

from datetime import date
from typing import Any
from uuid import UUID

from activities.books.lexoffice.voucher_content import VoucherContent, voucher_of
from ledger.booking.settlement import Meaning, Verdict
from ledger.documents.documents import KnownDocument
from ledger.documents.intents import Intent
from ledger.payouts.payouts import Payout
from ledger.types import BERLIN, PayoutState
from lexoffice.documents import SETTLED
from lexoffice.errors import FractionOfACent
from lexoffice.payments import Payments
from lexoffice.purchases import Voucher

VOIDED = "voided"


def same_number(one: str | None, other: str) -> bool:
    """lexoffice finds numbers whole, in any case."""
    return (one or "").strip().casefold() == other.strip().casefold()


def differences_from_booking(
    intent: Intent, voucher: Voucher, *, contact: UUID | None = None, with_file: bool = False
) -> tuple[str, ...]:
    """Names of what is not as it was sent; empty where it is the voucher that was meant.

    `contact`: whom it must name, where the intent does not say so yet. `with_file`: its file must be attached.
    """
    content = voucher_of(intent)
    wanted = contact or content.contact_id
    checks = {
        "organization": voucher.organization_id == intent.organization_id,
        "type": voucher.type == content.type,
        "number": same_number(voucher.voucher_number, content.number),
        "gross": _cents(voucher, "gross") == content.gross_cents,
        "tax": _cents(voucher, "tax") == content.tax_cents,
        "contact": wanted is not None and voucher.contact_id == wanted and not voucher.use_collective_contact,
        "date": _day(voucher) == content.voucher_date,
        "file": not with_file or _has_file(intent, voucher),
    }
    return tuple(name for name, fits in checks.items() if not fits)


def versions_of(intent: Intent, voucher: Voucher) -> dict[str, Any]:
    """Both versions, for the person who is asked. No names."""
    content: VoucherContent = voucher_of(intent)
    return {
        "approved": {
            "gross_cents": content.gross_cents,
            "tax_cents": content.tax_cents,
            "date": content.voucher_date.isoformat(),
            "number": content.number,
            "organization": str(intent.organization_id),
        },
        "fetched": {
            "gross_cents": _cents(voucher, "gross"),
            "tax_cents": _cents(voucher, "tax"),
            "date": _day(voucher).isoformat(),
            "number": voucher.voucher_number,
            "organization": str(voucher.organization_id),
            "status": voucher.voucher_status,
            "version": voucher.version,
        },
    }


def totals_of(voucher: Voucher) -> dict[str, int]:
    """Net, tax and gross in cents. Raises FractionOfACent."""
    return {
        "net_cents": voucher.gross_cents - voucher.tax_cents,
        "tax_cents": voucher.tax_cents,
        "gross_cents": voucher.gross_cents,
    }


def judge_voucher(
    payout: Payout,
    intent: Intent,
    known: KnownDocument | None,
    voucher: Voucher,
    payments: Payments | None = None,
    *,
    payment_reference: str | None = None,
) -> Verdict:
    """What the voucher of a payout's own document says about it. `known` is what the ledger held before this fetch."""
    differences = differences_from_booking(intent, voucher, with_file=intent.attached_file is not None)
    if voucher.voucher_status == VOIDED and "organization" not in differences:
        return Verdict(meaning=Meaning.VOIDED, money_may_have_left=may_have_left(payout, known))
    if differences:
        return Verdict(meaning=Meaning.DEVIATES, differences=differences, versions=versions_of(intent, voucher))
    match voucher.voucher_status:
        case status if status in SETTLED:
            paid = payments.paid_date if payments and payments.paid_date else voucher.updated_date
            return Verdict(
                meaning=Meaning.PAID,
                payment_reference=payment_reference,
                voucher_number=voucher.voucher_number,
                paid_on=paid.astimezone(BERLIN).date(),
            )
        case "transferred":
            return Verdict(meaning=Meaning.TRANSFERRED)
        case "open":
            partly = payments is not None and payments.open_cents < voucher.gross_cents
            return Verdict(meaning=Meaning.PARTLY_PAID if partly else Meaning.OPEN)
        case _:  # unchecked, sepadebit, blank: nothing that a purchase of ours should be
            return Verdict(meaning=Meaning.UNCHECKED)


def may_have_left(payout: Payout, known: KnownDocument | None) -> bool:
    """It was handed to the bank, or its last known open amount was not the whole gross."""
    if known is None or known.open_cents is None:
        return payout.state is PayoutState.PAID
    return known.status == "transferred" or known.open_cents != known.gross_cents


def _has_file(intent: Intent, voucher: Voucher) -> bool:
    """Ours; or any, where lexoffice has lost ours and somebody attached it by hand."""
    return intent.attached_file in voucher.files or (intent.files_sent > 1 and bool(voucher.files))


def _cents(voucher: Voucher, what: str) -> int | None:
    try:
        return voucher.gross_cents if what == "gross" else voucher.tax_cents
    except FractionOfACent:
        return None  # no amount of ours


def _day(voucher: Voucher) -> date:
    return voucher.voucher_date.astimezone(BERLIN).date()
