"""Texts as a bank file may hold them: the character set that every SEPA bank must take.

EPC217-08, SEPA Requirements for an Extended Character Set: a–z, A–Z, 0–9, space and / - ? : ( ) . , ' +; the umlauts
as two letters, as German banks show them. A reference does not begin or end with a slash and has no two in a row.
"""

import re
import unicodedata
from functools import lru_cache

from text_unidecode import unidecode  # type: ignore[import-untyped]

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"})
_OTHERS = str.maketrans({"&": "+", "€": "EUR", "@": "(at)", "_": "-", "§": "Par."})
_NOT_SEPA = re.compile(r"[^a-zA-Z0-9/\-?:().,'+ ]")
_ALLOWED = re.compile(r"[a-zA-Z0-9/\-?:().,'+ ]*")
_LETTER = re.compile(r"[a-zA-Z0-9]")
NAME_LENGTH = 70
TEXT_LENGTH = 140


def sepa_text(text: str, longest: int = TEXT_LENGTH) -> str:
    """The text in SEPA's characters, at most this long; what has no like is a full stop. May be empty.

    The same again changes nothing.
    """
    # NFC: an umlaut that is written as a letter and its dots becomes one character.
    plain = "".join(map(_one, unicodedata.normalize("NFC", text)))
    plain = re.sub(r"/{2,}", "/", " ".join(plain.split()))
    return plain[:longest].strip("/ ")


def is_sepa_text(text: str) -> bool:
    """Whether all characters of the text may stand in a bank file."""
    return _ALLOWED.fullmatch(text) is not None


def has_words(text: str) -> bool:
    """Whether anything of a name is left."""
    return _LETTER.search(text) is not None


# A run asks for a million characters of a hundred kinds.
@lru_cache(maxsize=4096)
def _one(character: str) -> str:
    if character.isspace():
        return " "
    known = character.translate(_GERMAN).translate(_OTHERS)
    if known.isascii():
        return _NOT_SEPA.sub(".", known)
    alike = unidecode(known).translate(_OTHERS)
    return _NOT_SEPA.sub(".", alike) if alike else "."
