"""IBAN and BIC as the registries know them. Errors never repeat what was entered.

The registries of banks and countries are read with the first number that is asked about, not with the start.
"""

from typing import TYPE_CHECKING

from ledger.refusals import NotAcceptable

if TYPE_CHECKING:
    from schwifty import BIC, IBAN


def checked_iban(iban: str) -> "IBAN":
    """Length, country and check digits. Raises NotAcceptable."""
    from schwifty import IBAN
    from schwifty.exceptions import SchwiftyException

    try:
        return IBAN(iban)
    except SchwiftyException:
        raise NotAcceptable("iban_invalid") from None


def checked_bic(bic: str) -> "BIC":
    """Raises NotAcceptable."""
    from schwifty import BIC
    from schwifty.exceptions import SchwiftyException

    try:
        return BIC(bic)
    except SchwiftyException:
        raise NotAcceptable("bic_invalid") from None


def country_outside_sepa(iban: str) -> str | None:
    """The country of an account that no SEPA transfer reaches, else None."""
    from schwifty import IBAN

    known = IBAN(iban, allow_invalid=True)
    return None if known.in_sepa_zone else known.country_code


def masked(last4: str) -> str:
    """The end of an IBAN with dots before it, as pages and logs may show it."""
    return f"•••• {last4}"
