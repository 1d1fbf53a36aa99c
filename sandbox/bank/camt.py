"""Statements (camt.053.001.08) and details of batches (camt.054.001.08) in the flavour of a German bank."""

from collections.abc import Sequence
from datetime import date

from .books import Account, Booking, Line, Statement
from .xml import Element, amount, document, side

STATEMENT, DETAILS = "camt.053.001.08", "camt.054.001.08"
BIC = "COBADEFFXXX"

_CODES: dict[str, tuple[str, str, str, str, str]] = {
    # Domain, family, sub-family; the German code; what the statement calls it.
    "transfer": ("PMNT", "ICDT", "ESCT", "NTRF+116", "SEPA-Überweisung"),
    "typed": ("PMNT", "ICDT", "ESCT", "NTRF+116", "Online-Überweisung"),
    "salary": ("PMNT", "ICDT", "ESCT", "NTRF+153", "Lohn, Gehalt"),
    "batch": ("PMNT", "ICDT", "ESCT", "NTRF+191", "Sammelüberweisung"),
    "return": ("PMNT", "ICDT", "RRTN", "NRTI+159", "Retoure SEPA-Überweisung"),
    "reversal": ("PMNT", "ICDT", "ESCT", "NTRF+116", "Storno"),
    "direct_debit": ("PMNT", "RDDT", "ESDD", "NDDT+105", "SEPA-Basislastschrift"),
    "standing_order": ("PMNT", "ICDT", "STDO", "NSTO+117", "Dauerauftrag"),
    "incoming": ("PMNT", "RCDT", "ESCT", "NTRF+166", "SEPA-Gutschrift"),
    "fee": ("ACMT", "MDOP", "CHRG", "NCHG+808", "Entgelte"),
}


def business_code(booking: Booking) -> tuple[str, str]:
    """SWIFT's type and GVC, and the bank's word."""
    *_, german, word = _CODES[booking.kind]
    return german, word


def statement(account: Account, one: Statement, bookings: Sequence[Booking], closing_cents: int, id: str) -> str:
    """The bookings under their number; closing is what the bank says, right or wrong."""
    inside = Element(
        "Stmt",
        Element("Id", one.id),
        Element("StmtPgntn", Element("PgNb", "1"), Element("LastPgInd", "true")),
        Element("ElctrncSeqNb", str(one.number)),
        Element("CreDtTm", f"{one.day}T20:00:00"),
        _account(account),
        _balance("OPBD", one.opening_cents, one.day),
        _balance("CLBD", closing_cents, one.day),
        *(_entry(account, booking, with_details=booking.kind != "batch") for booking in bookings),
    )
    return document(STATEMENT, Element("BkToCstmrStmt", _header(id, one.day), inside))


def details(account: Account, booking: Booking, id: str) -> str:
    """What a batch consists of; the statement has its sum."""
    inside = Element(
        "Ntfctn",
        Element("Id", booking.reference),
        Element("CreDtTm", f"{booking.day}T20:00:00"),
        _account(account),
        _entry(account, booking, with_details=True),
    )
    return document(DETAILS, Element("BkToCstmrDbtCdtNtfctn", _header(id, booking.day), inside))


def _header(id: str, day: date) -> Element:
    return Element("GrpHdr", Element("MsgId", id), Element("CreDtTm", f"{day}T20:00:00"))


def _account(account: Account) -> Element:
    return Element(
        "Acct",
        Element("Id", Element("IBAN", account.iban)),
        Element("Ccy", "EUR"),
        Element("Ownr", Element("Nm", account.holder)),
        Element("Svcr", Element("FinInstnId", Element("BICFI", BIC))),
    )


def _balance(kind: str, cents: int, day: date) -> Element:
    return Element(
        "Bal",
        Element("Tp", Element("CdOrPrtry", Element("Cd", kind))),
        amount("Amt", cents),
        side(cents),
        Element("Dt", Element("Dt", str(day))),
    )


def _entry(account: Account, booking: Booking, *, with_details: bool) -> Element:
    code, word = _code(booking), _CODES[booking.kind][4]
    batch = None
    if booking.kind == "batch":
        batch = Element(
            "Btch",
            Element("PmtInfId", booking.lines[0].block_id),
            Element("NbOfTxs", str(len(booking.lines))),
            amount("TtlAmt", booking.cents),
            side(booking.cents),
        )
    lines = [_line(account, booking, line) for line in booking.lines] if with_details else []
    return Element(
        "Ntry",
        amount("Amt", booking.cents),
        side(booking.cents),
        Element("RvslInd", "true") if booking.kind == "reversal" else None,
        Element("Sts", Element("Cd", "BOOK")),
        Element("BookgDt", Element("Dt", str(booking.day))),
        Element("ValDt", Element("Dt", str(booking.day))),
        Element("AcctSvcrRef", booking.reference),
        code,
        Element("NtryDtls", batch, *lines) if batch or lines else None,
        Element("AddtlNtryInf", word),
    )


def _code(booking: Booking) -> Element:
    domain, family, sub, german, _ = _CODES[booking.kind]
    return Element(
        "BkTxCd",
        Element("Domn", Element("Cd", domain), Element("Fmly", Element("Cd", family), Element("SubFmlyCd", sub))),
        Element("Prtry", Element("Cd", german), Element("Issr", "DK")),
    )


def _line(account: Account, booking: Booking, line: Line) -> Element:
    pays = booking.kind not in ("incoming",) and (booking.cents < 0 or booking.kind in ("return", "reversal"))
    us = (account.holder, account.iban)
    them = (line.name, line.iban)
    if booking.kind == "direct_debit":
        pays = True
    debtor, creditor = (us, them) if pays else (them, us)
    # What its bank keeps of a return is told beside what was sent.
    amounts = None
    if line.fee_cents:
        amounts = Element(
            "AmtDtls",
            Element("InstdAmt", amount("Amt", abs(line.cents) + line.fee_cents)),
            Element("TxAmt", amount("Amt", line.cents)),
        )
    charges = Element("Chrgs", amount("TtlChrgsAndTaxAmt", line.fee_cents)) if line.fee_cents else None
    returned = None
    if line.reason is not None:
        returned = Element("RtrInf", Element("Rsn", Element("Cd", line.reason)))
    return Element(
        "TxDtls",
        Element(
            "Refs",
            Element("AcctSvcrRef", booking.reference),
            Element("PmtInfId", line.block_id) if line.block_id else None,
            Element("EndToEndId", line.end_to_end_id or "NOTPROVIDED"),
        ),
        amount("Amt", line.cents),
        side(booking.cents),
        amounts,
        _code(booking),
        charges,
        Element(
            "RltdPties",
            _party("Dbtr", debtor[0]),
            _own_account("DbtrAcct", debtor[1]),
            _party("Cdtr", creditor[0]),
            _own_account("CdtrAcct", creditor[1]),
        ),
        Element("RmtInf", Element("Ustrd", line.text[:140])) if line.text else None,
        returned,
    )


def _party(name: str, of: str) -> Element:
    return Element(name, Element("Pty", Element("Nm", of[:140])))


def _own_account(name: str, iban: str | None) -> Element | None:
    return Element(name, Element("Id", Element("IBAN", iban))) if iban else None
