"""Text as people mean it: what cannot be seen is taken out, what is written alike is compared alike. Pure.

Every door that reads a partner's code, an order or a name of somebody comes through here (rules.md, What a fetched
document means; Words and content).
"""

import re
import unicodedata
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from ledger.refusals import NotAcceptable

# Default_Ignorable_Code_Point of Unicode (DerivedCoreProperties.txt) as far as Python calls them printable, and the
# empty Braille cell: letters, marks and symbols that nobody sees.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)

_PHONE = re.compile(r"[0-9+()/ .-]{3,50}")


def cleaned(text: str, longest: int | None = None) -> str:
    """One line without what is invisible: NFKC, blanks and breaks of any kind as one blank, trimmed. May be empty.

    What is longer than `longest` characters is cut. The same again changes nothing.
    """
    whole = _seen(unicodedata.normalize("NFKC", text))
    while (again := _seen(unicodedata.normalize("NFKC", whole))) != whole:
        whole = again  # what stood on both sides of something invisible may go together
    return whole if longest is None else whole[:longest].rstrip()


def code_of(text: str) -> str:
    """A partner's code as it is kept and compared, whatever of it is a code."""
    return cleaned(text).upper()


def order_of(text: str) -> str:
    """An order's number as it is kept and compared: „#1001“ and „1001“ are one."""
    return cleaned(text).lstrip("#").lstrip()


def line(text: str) -> str:
    """A line of an address, as it was written: trimmed, with plain blanks. Raises NotAcceptable."""
    written = "".join(" " if unicodedata.category(one) == "Zs" else one for one in unicodedata.normalize("NFC", text))
    if not written.isprintable() or _UNSEEN.search(written):
        raise NotAcceptable("text_not_printable")
    return written.strip()


def name(text: str) -> str:
    """A name as documents print it: one printable line with at least one letter. Raises NotAcceptable."""
    written = line(text)
    if not any(one.isalpha() for one in written):
        raise NotAcceptable("name_without_letter")
    return written


def phone(text: str) -> str:
    """A phone number as it was written, with three digits at least (BR-DE-27). Raises NotAcceptable."""
    written = line(text)
    if not _PHONE.fullmatch(written) or sum(one.isdigit() for one in written) < 3:
        raise NotAcceptable("phone_not_acceptable")
    return written


def optional_line(text: str | None) -> str | None:
    """As `line`; what is left out stays out, and so does what is empty."""
    return None if text is None else line(text) or None


def _code(given: Any) -> Any:
    return cleaned(given) if isinstance(given, str) else given


# What models of a request take: a refusal goes through pydantic as it is, with its own sentence.
PrintedName = Annotated[str, AfterValidator(name)]
PrintedLine = Annotated[str, AfterValidator(line)]
Phone = Annotated[str, AfterValidator(line), AfterValidator(phone)]
WrittenCode = Annotated[str, BeforeValidator(_code)]
"""A code without what nobody sees; its form is checked afterwards."""


def _seen(text: str) -> str:
    return " ".join("".join(map(_one, text)).split())


@lru_cache(maxsize=4096)
def _one(character: str) -> str:
    if character.isspace():
        return " "
    return "" if not character.isprintable() or _UNSEEN.match(character) else character
