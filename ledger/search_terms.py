"""What people type to find something: amounts, numbers, names, each as the ledger keeps it for the search."""

import re
import unicodedata

from ledger.keyset import Conditions

_MOST_WORDS = 6
_GERMAN = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{1,12})(?:,(\d{1,2}))?", re.ASCII)
_ENGLISH = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d{1,2}))?", re.ASCII)
_CURRENCY = re.compile(r"€|EUR", re.IGNORECASE)
_IN_NUMBERS = str.maketrans("", "", "-_/. ")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_ACCENTS = str.maketrans("áàâãåçéèêëíìîïñóòôõøúùûýÿ", "aaaaaceeeeiiiinooooouuuyy")


def folded(words: str) -> str:
    """As the ledger keeps names for the search: „Müller“ and „Mueller“ are one, case and accents none."""
    return unicodedata.normalize("NFC", words).lower().translate(_ACCENTS).translate(_UMLAUTS)


def amount(words: str) -> int | None:
    """Cents of „1.234,56“, „1234,5 €“, „1234.56“, „1,234.56“ or „1234“; None for what is no amount.

    „1.234“ is German, a thousand and more. What begins with a needless 0 is the end of a number.
    """
    bare = _CURRENCY.sub("", words).replace(" ", "").replace("\xa0", "").replace("−", "-")
    sign = -1 if bare.startswith("-") else 1
    bare = bare.lstrip("+-")
    found = _GERMAN.fullmatch(bare) or _ENGLISH.fullmatch(bare)
    if found is None or re.match(r"0\d", bare):
        return None
    whole = int(re.sub(r"[.,]", "", found[1]))
    return sign * (whole * 100 + int((found[2] or "0").ljust(2, "0")))


def bare_number(words: str) -> str:
    """As numbers are kept for the search: „po 2026/00042“ is PO202600042."""
    return words.upper().translate(_IN_NUMBERS)


def named(where: Conditions, column: str, words: str) -> None:
    """Each word stands somewhere in the folded column, in whatever order."""
    for word in folded(words).split()[:_MOST_WORDS]:
        where.require(f"position({{}} IN {column}) > 0", word)
