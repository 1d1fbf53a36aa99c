"""Whether a fetched voucher is the one that was booked for a document of ours.

No cent of tolerance: the voucher equals the document (rules.md, strategy B).
"""

from datetime import date
from typing import Any
from uuid import UUID

from activities.judging.voucher_content import VoucherContent, voucher_of
from ledger.documents.intents import Intent
from ledger.types import BERLIN
from lexoffice.errors import FractionOfACent
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
        "file": not with_file or intent.attached_file in voucher.files,
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


def _cents(voucher: Voucher, what: str) -> int | None:
    try:
        return voucher.gross_cents if what == "gross" else voucher.tax_cents
    except FractionOfACent:
        return None  # no amount of ours


def _day(voucher: Voucher) -> date:
    return voucher.voucher_date.astimezone(BERLIN).date()
