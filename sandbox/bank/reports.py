"""Status reports (pain.002.001.10): what the bank says of a file before it books it, checks of names among it."""

from datetime import date

from .books import Check, Order, Payment
from .initiation import MESSAGE
from .xml import Element, amount, document

REPORT = "pain.002.001.10"


def of_order(id: str, order: Order, made_on: date) -> str:
    """Accepted, partly rejected (PART), or rejected."""
    rejected = [payment for payment in order.payments if payment.state == "rejected"]
    if order.state == "rejected":
        return _report(id, order, made_on, "RJCT", order.reason, [])
    return _report(id, order, made_on, "PART" if rejected else "ACCP", None, [_status(one, "RJCT") for one in rejected])


def of_names(id: str, order: Order, made_on: date) -> str:
    """The four results; the file says RVCM as soon as one name is not the holder's (EPC288-23)."""
    whole = "RCVC" if all(payment.check == "RCVC" for payment in order.payments) else "RVCM"
    return _report(id, order, made_on, whole, None, [_status(one, one.check or "RVNA") for one in order.payments])


def rejected_file(id: str, message_id: str, made_on: date, reason: str) -> str:
    """Of a file that became no order."""
    return document(REPORT, Element("CstmrPmtStsRpt", _header(id, made_on), _group(message_id, "RJCT", reason)))


def _report(id: str, order: Order, made_on: date, status: str, reason: str | None, each: list[Element]) -> str:
    block = Element(
        "OrgnlPmtInfAndSts",
        Element("OrgnlPmtInfId", order.block_id),
        Element("OrgnlNbOfTxs", str(len(order.payments))),
        Element("PmtInfSts", status),
        _reason(reason),
        *each,
    )
    root = Element("CstmrPmtStsRpt", _header(id, made_on), _group(order.message_id, status, reason), block)
    return document(REPORT, root)


def _header(id: str, made_on: date) -> Element:
    return Element("GrpHdr", Element("MsgId", id), Element("CreDtTm", f"{made_on}T10:00:00"))


def _group(message_id: str, status: str, reason: str | None) -> Element:
    return Element(
        "OrgnlGrpInfAndSts",
        Element("OrgnlMsgId", message_id),
        Element("OrgnlMsgNmId", MESSAGE),
        Element("GrpSts", status),
        _reason(reason),
    )


def _status(payment: Payment, status: Check | str) -> Element:
    named = payment.held_by if status == "RVMC" else None
    transaction = Element(
        "OrgnlTxRef",
        Element("Amt", amount("InstdAmt", payment.cents)),
        Element("Cdtr", Element("Pty", Element("Nm", payment.name))),
        Element("CdtrAcct", Element("Id", Element("IBAN", payment.iban))),
    )
    return Element(
        "TxInfAndSts",
        Element("OrgnlEndToEndId", payment.end_to_end_id),
        Element("TxSts", status),
        _reason(payment.reason if status == "RJCT" else None, named),
        transaction,
    )


def _reason(code: str | None, text: str | None = None) -> Element | None:
    if code is None and text is None:
        return None
    return Element(
        "StsRsnInf",
        None if code is None else Element("Rsn", Element("Cd", code)),
        None if text is None else Element("AddtlInf", text[:105]),
    )
