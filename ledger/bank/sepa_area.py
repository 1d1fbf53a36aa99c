"""Where SEPA reaches, what banks ask for beyond the European Economic Area, and what must be reported.

The countries are data of ours (sepa_area.toml, with source and date): libraries follow years later.
"""

import tomllib
from functools import lru_cache
from pathlib import Path

from ledger.types import Frozen

_REPORTED_OVER_CENTS = 5_000_000
_HOME = "DE"


class SepaArea(Frozen):
    """Countries by the code that begins their IBANs."""

    eea: frozenset[str]
    beyond_eea: frozenset[str]


@lru_cache(maxsize=1)
def _area() -> SepaArea:
    return SepaArea.model_validate(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")))


def country_of(iban: str) -> str:
    """Of a compact IBAN."""
    return iban[:2]


def is_in_sepa(iban: str) -> bool:
    """Whether a SEPA transfer reaches this account."""
    return is_in_eea(iban) or country_of(iban) in _area().beyond_eea


def is_in_eea(iban: str) -> bool:
    """Whether the account lies in the European Economic Area."""
    return country_of(iban) in _area().eea


def must_be_reported(amount_cents: int, payee_country: str | None) -> bool:
    """Z4: a single payment to a non-resident over 50,000 € is reported to the Bundesbank (§ 67 AWV)."""
    return amount_cents > _REPORTED_OVER_CENTS and payee_country not in (None, _HOME)
