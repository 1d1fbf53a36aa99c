"""The check of the payee's name before a file is released (Verification of Payee, EU 2024/886)."""

import re
import unicodedata
from difflib import SequenceMatcher

from .books import Check, Payee, Payment

_CLOSE = 0.75
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def check(payment: Payment, payee: Payee | None) -> Check:
    """What the payee's bank answers. An account that nobody made unusual belongs to whoever is named."""
    if payee is not None and not payee.checkable:
        return "RVNA"
    if payee is None or payee.holder is None:
        return "RCVC"
    told, held = _letters(payment.name), _letters(payee.holder)
    if told == held:
        return "RCVC"
    return "RVMC" if SequenceMatcher(None, told, held).ratio() >= _CLOSE else "RVNM"


def _letters(name: str) -> str:
    spelled = name.lower().translate(_SPELLED)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain)
