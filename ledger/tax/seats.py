"""Where a seat lies for VAT, and where a VAT number is from: Germany, another EU state, or a third country. Pure.

The territories are data of ours (territories.toml, with source and date).
"""

import tomllib
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from ledger.tax_numbers import EU_STATES
from ledger.types import Frozen

_HOME = "DE"


class Area(StrEnum):
    """What a place is for German VAT (§ 1 Abs. 2 and 2a UStG)."""

    GERMANY = "germany"
    EU = "eu"
    THIRD_COUNTRY = "third_country"


class Outside(Frozen):
    """Addresses inside a member state that are no part of its territory for VAT: beginnings of their postcodes."""

    name: str
    country: str
    postcodes: tuple[str, ...]
    place: str = ""


class _Territories(Frozen):
    eu: frozenset[str]
    part_of: dict[str, str]
    outside: tuple[Outside, ...]


@lru_cache(maxsize=1)
def _territories() -> _Territories:
    path = Path(__file__).with_name("territories.toml")
    return _Territories.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def area_of(country: str, postcode: str, place: str = "") -> Area:
    """Of an address. Northern Ireland is third country for services, whatever its number begins with."""
    known = _territories()
    state = known.part_of.get(country, country)
    if state != _HOME and state not in known.eu:
        return Area.THIRD_COUNTRY
    postcode = postcode.upper().replace(" ", "").removeprefix(f"{country}-")
    for one in known.outside:
        within = one.country == country and postcode.startswith(one.postcodes)
        if within and place.strip().casefold().startswith(one.place):
            return Area.THIRD_COUNTRY
    return Area.GERMANY if state == _HOME else Area.EU


def state_of(country: str) -> Area:
    """Of a whole country, as a person names it."""
    return area_of(country, "")


def registered_in(vat_id: str) -> Area:
    """Where a VAT number is from, by its prefix; XI and numbers of third countries are from there."""
    prefix = vat_id.strip()[:2].upper()
    if prefix == _HOME:
        return Area.GERMANY
    return Area.EU if prefix in EU_STATES else Area.THIRD_COUNTRY


def is_of_small_business(number: str | None) -> bool:
    """Whether it is the number of the special scheme for small businesses of the EU (suffix EX, § 19a UStG)."""
    return bool(number) and number.strip().upper().endswith("EX")  # type: ignore[union-attr]
