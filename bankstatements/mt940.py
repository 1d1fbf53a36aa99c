"""Statements of SWIFT (MT940) in the flavour of German banks: `:86:` with a GVC and fields `?20` to `?34`.

The library splits the statement into its tags; what a bank writes within `:86:` is read here, because banks put the
payee's IBAN and name, and SEPA's references, into fields of their own.
"""

import re
from datetime import date, datetime
from typing import Any

import mt940 as library

from bankstatements import values
from bankstatements.errors import Unreadable
from bankstatements.models import MOST_STATEMENTS, Balance, Detail, Direction, Entry, Statement, StatementKind

FORMAT = "MT940"
_BEGINS = re.compile(r"^:20:", re.MULTILINE)
_FIELD = re.compile(r"\?([0-9]{2})")
_KEYWORD = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+")
# Fields are joined without a blank, so a code may touch the next word („AC04KONTO AUFGELOEST").
_RETURN = re.compile(
    r"(?<![A-Z0-9])(AC0[1346]|AC1[34]|AG0[12]|AM0[45]|BE0[1-8]|FF01|MD0[67]|MS0[23]|RC01|RR0[1-4]"
    r"|(?:CNOR|CUST|DNOR|FOCR|NARR|TECH)(?![A-Z]))(?![0-9])"
)
_RETURN_CODES = frozenset({"159", "108", "109", "181", "184"})
_MOST_ENTRIES = 50_000
_RAW: Any = {"pre_transaction_details": [], "post_transaction_details": []}


def looks_like(text: str) -> bool:
    """Whether it has the tags that every statement has."""
    return _BEGINS.search(text) is not None and re.search(r"^:(?:25|28C?):", text, re.MULTILINE) is not None


def statements(text: str) -> tuple[Statement, ...]:
    """All statements of a file. Raises Unreadable."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(re.findall(r"^:61:", plain, re.MULTILINE)) > _MOST_ENTRIES:
        raise Unreadable("statement_too_many_parts", most=_MOST_ENTRIES)
    begins = [found.start() for found in _BEGINS.finditer(plain)]
    if len(begins) > MOST_STATEMENTS:
        raise Unreadable("statement_too_many_parts", most=MOST_STATEMENTS)
    return tuple(_statement(plain[start:end]) for start, end in zip(begins, [*begins[1:], len(plain)], strict=True))


def _statement(block: str) -> Statement:
    try:
        parsed = library.parse(block, processors=_RAW)
    except Exception:
        # The library has no type of its own for text that it cannot take apart.
        raise Unreadable("statement_mt940_damaged") from None
    data: dict[str, Any] = parsed.data
    # The library keeps the transactions that it understands. One that it drops would be lost without a word.
    if len(parsed) != len(re.findall(r"^:61:", block, re.MULTILINE)):
        raise Unreadable("statement_mt940_damaged")
    account = values.printable(str(data.get("account_identification") or ""), 70)
    if account is None:
        raise Unreadable("statement_account_missing")
    iban = values.iban(re.sub(r"[A-Z]{3}$", "", account)) or values.iban(account)
    balances = [
        _balance("OPBD" if "final" in name else "ITBD", data.get(name))
        for name in ("final_opening_balance", "intermediate_opening_balance")
    ] + [
        _balance("CLBD" if "final" in name else "ITBD", data.get(name))
        for name in ("final_closing_balance", "intermediate_closing_balance")
    ]
    known = tuple(balance for balance in balances if balance is not None)
    return Statement(
        format=FORMAT,
        kind=StatementKind.STATEMENT,
        message_id=values.reference(str(data.get("transaction_reference") or "")),
        number=values.number(str(data.get("statement_number") or "")) or None,
        page=values.number(str(data.get("sequence_number") or "")),
        iban=iban,
        other_account=None if iban else account,
        currency=known[0].currency if known else None,
        balances=known,
        entries=tuple(_entry(position, one.data) for position, one in enumerate(parsed)),
    )


def _balance(kind: str, found: Any) -> Balance | None:
    if found is None or found.amount is None or found.amount.amount is None:
        return None
    amount = found.amount.amount
    known = values.cents(str(abs(amount)))
    if known is None:
        return None
    return Balance(
        kind=kind,
        cents=-known if amount < 0 else known,
        currency=values.currency(found.amount.currency),
        day=_day(found.date),
    )


def _entry(position: int, data: dict[str, Any]) -> Entry:
    status = str(data.get("status") or "")
    amount = data.get("amount")
    number = getattr(amount, "amount", None)
    cents = None if number is None else values.cents(str(abs(number)))
    currency = values.currency(getattr(amount, "currency", None))
    # RC takes back a credit, and so is a debit; RD the other way round.
    side = {"C": Direction.CREDIT, "D": Direction.DEBIT, "RC": Direction.DEBIT, "RD": Direction.CREDIT}.get(status)
    code, fields = _fields(str(data.get("transaction_details") or ""))
    text = "".join(fields.get(f"{number:02}", "") for number in [*range(20, 30), *range(60, 64)])
    words = _words(text)
    other_iban = values.iban(words.get("IBAN")) or values.iban(fields.get("31"))
    other_name = values.printable(fields.get("32", "") + fields.get("33", ""), 140)
    outgoing = side is Direction.DEBIT
    returned = code in _RETURN_CODES and _RETURN.search(text + " " + fields.get("00", ""))
    return Entry(
        position=position,
        amount_cents=cents,
        currency=currency,
        direction=side,
        reversal=status in ("RC", "RD"),
        status="BOOK",
        # SWIFT, field 61: the entry date is written where it differs from the value date.
        booked_on=_day(data.get("entry_date")) or _day(data.get("date")),
        valued_on=_day(data.get("date")),
        bank_reference=values.reference(str(data.get("bank_reference") or "")),
        business_code=code,
        text=values.printable(fields.get("00"), 500),
        details=(
            Detail(
                end_to_end_id=values.reference(words.get("EREF")),
                payment_information_id=values.reference(words.get("KREF")),
                mandate_id=values.reference(words.get("MREF")),
                amount_cents=cents,
                currency=currency,
                creditor_name=other_name if outgoing else None,
                creditor_iban=other_iban if outgoing else None,
                debtor_name=None if outgoing else other_name,
                debtor_iban=None if outgoing else other_iban,
                return_code=returned.group(1) if returned else None,
                remittance=values.printable(words.get("SVWZ", words.get("", "")), 500),
            ),
        ),
    )


def _fields(details: str) -> tuple[str | None, dict[str, str]]:
    """The GVC and the fields of a `:86:`; without either the whole is its text."""
    joined = details.replace("\n", "")
    code = re.match(r"[0-9]{3}(?=\?|$)", joined, re.ASCII)
    pieces = _FIELD.split(joined)
    if code is None or len(pieces) < 3:
        return None, {"20": joined}
    return code.group(), dict(zip(pieces[1::2], pieces[2::2], strict=True))


def _words(text: str) -> dict[str, str]:
    """The parts of a purpose by SEPA's keywords; what stands before the first one is under ""."""
    pieces = _KEYWORD.split(text)
    return {"": pieces[0], **dict(zip(pieces[1::2], pieces[2::2], strict=True))}


def _day(found: Any) -> date | None:
    if isinstance(found, datetime):
        return found.date()
    return date(found.year, found.month, found.day) if isinstance(found, date) else None
