"""„Neu buchen": a document whose voucher was undone in lexoffice is booked once more, at a person's word.

Each time is a new intent with a decision row of its own (engine.md, Own documents).
"""

from datetime import date

from activities.payouts.voucher_document import VoucherFor, open_booking
from ledger.booking import voucher_ends
from ledger.database import TenantTransaction
from ledger.documents.intents import Intent
from ledger.documents.own import issuing
from ledger.payouts import own_reversal_rows
from ledger.payouts.payouts import Payout


async def open_booking_again(tx: TenantTransaction, payout: Payout) -> Intent | None:
    """The booking that a person has ordered and that was not begun yet; None where there is no such word, or a Storno.

    The payout is locked, and no intent of it is open. Raises what open_booking raises.
    """
    ordered = await voucher_ends.find_order(tx, payout.id)
    document = await issuing.find_of_payout(tx, payout.id)
    if ordered is None or document is None or await own_reversal_rows.find_live(tx, document.id) is not None:
        return None  # nobody ordered it, or the document is being taken back
    booked_on = date.fromisoformat(ordered.booked_on) if ordered.booked_on else None
    about = VoucherFor(partner=payout.partner_id, tax_case=payout.tax_case, payout=payout)
    return await open_booking(tx, document, about, booked_on=booked_on, decision=ordered.decision)
