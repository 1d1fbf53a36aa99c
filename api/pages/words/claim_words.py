"""Claims in words: of what they came, and what has come of them."""

from api.pages.frame.languages import N_, _
from ledger.payouts.claims import Claim, ClaimCause

CAUSES = {
    ClaimCause.CORRECTION: N_("Korrigierender Beleg"),
    ClaimCause.OVERPAID: N_("Zu viel gezahlt"),
}
HOW = {
    "bank": N_("laut Kontoauszug bezahlt"),
    "hand": N_("von Hand als bezahlt vermerkt"),
    "written_off": N_("ausgebucht"),
}


def name(claim: Claim) -> str:
    """The document or the payout that it is about."""
    return claim.document_number or claim.payout_number or _("ohne Beleg")
