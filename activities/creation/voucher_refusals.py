"""What lexoffice has against a voucher, as a sentence that a person can act on. By names of members only."""

from ledger.reasons import Reason

_SENTENCES = (
    ("invalid_taxrate", "voucher_rate_refused"),
    ("taxRatePercent", "voucher_rate_refused"),
    ("categoryId", "voucher_category_refused"),
    ("contactId", "voucher_contact_refused"),
    ("voucherDate", "voucher_date_refused"),
)


def sentence_of(technical: str | None) -> Reason | None:
    """None where lexoffice names nothing that we know."""
    for name, code in _SENTENCES:
        if technical and name in technical:
            return Reason.of(code)
    return None
