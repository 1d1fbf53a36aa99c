"""IBAN and BIC as the registries know them. Errors never repeat what was entered.

The registries of banks and countries are read with the first number that is asked about, not with the start.
"""

import re
from typing import TYPE_CHECKING

from ledger.bank.sepa_area import country_of, is_in_eea, is_in_sepa
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
    """The BIC as banks write it. Raises NotAcceptable."""
    from schwifty import BIC
    from schwifty.exceptions import SchwiftyException

    try:
        return BIC(bic)
    except SchwiftyException:
        raise NotAcceptable("bic_invalid") from None


def payees_bic(bic: str | None, iban: "IBAN") -> "BIC | None":
    """As a person gives it: beyond the EEA banks ask for it, inside nobody guesses one. Raises NotAcceptable."""
    if bic:
        return checked_bic(bic)
    if is_in_sepa(iban.compact) and not is_in_eea(iban.compact):
        raise NotAcceptable("bic_needed_beyond_eea", country=country_of(iban.compact))
    return None


def country_outside_sepa(iban: str) -> str | None:
    """The country of an account that no SEPA transfer reaches, else None."""
    return None if is_in_sepa(iban) else country_of(iban)


def masked(last4: str) -> str:
    """The end of an IBAN with dots before it, as pages and logs may show it."""
    return f"•••• {last4}"


def iban_of_german_account(told: str) -> str | None:
    """The IBAN of an account told as bank code and number, as MT940 does: `12030000/202051EUR`; None for any other."""
    from schwifty import IBAN
    from schwifty.exceptions import SchwiftyException

    parts = re.fullmatch(r"(\d{8})/(\d{1,10})(?:[A-Z]{3})?", told.strip(), re.ASCII)
    if parts is None:
        return None
    try:
        return IBAN.generate("DE", bank_code=parts[1], account_code=parts[2].zfill(10)).compact
    except (SchwiftyException, ValueError):
        return None
