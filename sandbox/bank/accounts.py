"""Account numbers: whether an IBAN can be one (ISO 13616)."""

import re


def plain(text: str) -> str:
    """Without blanks, in capitals."""
    return re.sub(r"\s", "", text).upper()


def is_iban(text: str) -> bool:
    """By its form and its two check digits; of a German one the length too."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}", text) or (text[:2] == "DE" and len(text) != 22):
        return False
    figures = "".join(str(int(letter, 36)) for letter in text[4:] + text[:4])
    return int(figures) % 97 == 1
