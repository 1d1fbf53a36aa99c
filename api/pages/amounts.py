"""Amounts as people type them."""

from api.pages.languages import N_
from ledger.refusals import NotAcceptable
from ledger.search_terms import amount


def cents_of(written: str) -> int:
    """Cents of „1.234,56“. Raises NotAcceptable."""
    cents = amount(written)
    if cents is None:
        raise NotAcceptable(N_("Bitte nennen Sie einen Betrag, etwa 1.234,56."), code="amount_not_acceptable")
    return cents
