"""Statements of SWIFT (MT940) in the flavour of a German bank: `:86:` with a GVC and fields of 27 characters."""

from collections.abc import Sequence

from .books import Account, Booking, Line, Statement
from .camt import BIC, business_code

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
_FIELD, _TEXT_FIELDS, _LINE = 27, 10, 65


def statement(account: Account, one: Statement, bookings: Sequence[Booking], closing_cents: int) -> str:
    """The bookings under their number."""
    lines = [
        ":20:STARTUMS",
        f":25:{account.iban[4:12]}/{account.iban[12:]}" if account.iban[:2] == "DE" else f":25:{account.iban}",
        f":28C:{one.number:05}/001",
        f":60F:{_balance(one, one.opening_cents)}",
    ]
    for booking in bookings:
        lines += _entry(booking)
    lines += [f":62F:{_balance(one, closing_cents)}", "-", ""]
    return "\r\n".join(lines)


def _balance(one: Statement, cents: int) -> str:
    return f"{'D' if cents < 0 else 'C'}{one.day:%y%m%d}EUR{_euros(cents)}"


def _euros(cents: int) -> str:
    return f"{abs(cents) // 100},{abs(cents) % 100:02}"


def _entry(booking: Booking) -> list[str]:
    code, word = business_code(booking)
    type, _, number = code.partition("+")
    # A debit that is taken back is written as RD.
    side = "RD" if booking.kind == "reversal" else "D" if booking.cents < 0 else "C"
    line = booking.lines[0]
    told = f":61:{booking.day:%y%m%d}{booking.day:%m%d}{side}{_euros(booking.cents)}{type}NONREF//{booking.reference}"
    fields = [f"?00{word}", *_purpose(booking, line), f"?30{BIC}"]
    if booking.kind != "batch":
        fields += [f"?31{line.iban}"] if line.iban else []
        fields += [f"?32{_spoken(line.name)[:_FIELD]}"]
    text = f":86:{number}" + "".join(map(_spoken, fields))
    return [told, *(text[at : at + _LINE] for at in range(0, len(text), _LINE))]


def _purpose(booking: Booking, line: Line) -> list[str]:
    """SEPA's references and the text, cut where a field ends."""
    batch = booking.kind == "batch"
    words = [
        f"EREF+{line.end_to_end_id}" if line.end_to_end_id and not batch else "",
        f"KREF+{line.block_id}" if line.block_id else "",
        f"SVWZ+{'SAMMELUEBERWEISUNG' if batch else _returned(line) + line.text}",
    ]
    pieces = [word[at : at + _FIELD] for word in map(_spoken, words) for at in range(0, len(word), _FIELD) if word]
    return [f"?{20 + place}{piece}" for place, piece in enumerate(pieces[:_TEXT_FIELDS])]


def _returned(line: Line) -> str:
    return f"RUECKUEBERWEISUNG {line.reason} " if line.reason else ""


def _spoken(text: str) -> str:
    return text.translate(_UMLAUTS)
