"""A payment file (pain.001.001.09) as the bank reads it, and what it checks before anything else."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import sepaxml  # type: ignore[import-untyped]
import xmlschema

from .accounts import is_iban
from .books import Order, Payment

MESSAGE = "pain.001.001.09"
LARGEST = 20 * 1024 * 1024
_MOST_LATE, _MOST_AHEAD = 366, 60
"""Days: what is late is executed on the next day, as banks do; and here time may have been moved."""
_NAMESPACE = {"p": f"urn:iso:std:iso:20022:tech:xsd:{MESSAGE}"}
_SAYABLE = re.compile(r"[A-Za-z0-9/\-?:().,'+ ÄÖÜäöüß&*$%]*")
"""SEPA's characters and the German ones that the banks here agreed on (DFÜ-Abkommen, Anlage 3)."""


class NotTaken(ValueError):
    """The bank's computer does not take the file at all; the text says why, in German."""


@dataclass(frozen=True)
class Initiation:
    """What a file orders. `block_count` and `block_sum` are what the block says of itself, where it does."""

    message_id: str
    count: int
    total_cents: int | None
    block_id: str
    block_count: int | None
    block_cents: int | None
    account: str
    execute_on: date
    batch: bool
    instant: bool
    payments: tuple[Payment, ...]
    blocks: int = 1


def read(content: bytes) -> Initiation:
    """What a payment file orders. Raises NotTaken."""
    if len(content) > LARGEST:
        raise NotTaken("Die Datei ist zu groß.")
    if b"<!DOCTYPE" in content[:2000]:
        raise NotTaken("Die Datei enthält eine Dokumenttypangabe.")
    try:
        root = ET.fromstring(content)  # noqa: S314 - a DOCTYPE was refused
    except ET.ParseError as error:
        raise NotTaken(f"Die Datei ist kein XML: {error}") from error
    if root.tag != f"{{{_NAMESPACE['p']}}}Document":
        raise NotTaken(f"Die Datei ist keine Überweisung nach {MESSAGE}.")
    if (wrong := next(_schema().iter_errors(content.decode("utf-8", "replace")), None)) is not None:
        raise NotTaken(f"Die Datei hält das Schema {MESSAGE} nicht ein: {wrong.path}: {wrong.reason}")
    return _initiation(root)


def fault_of(file: Initiation, orders: list[Order], today: date) -> str | None:
    """Why the whole file is rejected: ISO's code, or None."""
    sums = sum(payment.cents for payment in file.payments)
    number = len(file.payments)
    texts = [text for one in file.payments for text in (one.name, one.text, one.end_to_end_id)]
    checks = {
        "FF01": file.blocks != 1 or not all(map(_SAYABLE.fullmatch, texts)),
        "DU01": any(_is_again(file, order) for order in orders),
        "AM18": file.count != number or file.block_count not in (None, number),
        "AM10": file.total_cents not in (None, sums) or file.block_cents not in (None, sums),
        "DT01": not -_MOST_LATE <= (file.execute_on - today).days <= _MOST_AHEAD,
    }
    return next((code for code, wrong in checks.items() if wrong), None)


def _is_again(file: Initiation, order: Order) -> bool:
    """The same message of the same customer; another customer numbers as he likes."""
    return (order.message_id, order.account) == (file.message_id, file.account) and order.state != "rejected"


def fault_of_payment(payment: Payment) -> str | None:
    """Why one transfer is rejected by what it says."""
    if not is_iban(payment.iban):
        return "AC01"
    return "AM01" if payment.cents <= 0 else None


@lru_cache(maxsize=1)
def _schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(Path(sepaxml.__file__).parent / "schemas" / f"{MESSAGE}.xsd"))


def _initiation(root: ET.Element) -> Initiation:
    header = root.find("p:CstmrCdtTrfInitn/p:GrpHdr", _NAMESPACE)
    blocks = root.findall("p:CstmrCdtTrfInitn/p:PmtInf", _NAMESPACE)
    assert header is not None, "the schema has it"
    first = blocks[0]
    total, block_total, block_count = _text(header, "CtrlSum"), _text(first, "CtrlSum"), _text(first, "NbOfTxs")
    return Initiation(
        message_id=_text(header, "MsgId") or "",
        count=int(_text(header, "NbOfTxs") or 0),
        total_cents=None if total is None else _cents(total),
        block_id=_text(first, "PmtInfId") or "",
        block_count=None if block_count is None else int(block_count),
        block_cents=None if block_total is None else _cents(block_total),
        account=_text(first, "DbtrAcct", "Id", "IBAN") or "",
        execute_on=date.fromisoformat((_text(first, "ReqdExctnDt", "Dt") or "")[:10]),
        batch=_text(first, "BtchBookg") in (None, "true", "1"),
        instant=_text(first, "PmtTpInf", "LclInstrm", "Cd") == "INST",
        payments=tuple(map(_payment, first.findall("p:CdtTrfTxInf", _NAMESPACE))),
        blocks=len(blocks),
    )


def _payment(node: ET.Element) -> Payment:
    return Payment(
        end_to_end_id=_text(node, "PmtId", "EndToEndId") or "",
        cents=_cents(_text(node, "Amt", "InstdAmt") or "0"),
        name=_text(node, "Cdtr", "Nm") or "",
        iban=_text(node, "CdtrAcct", "Id", "IBAN") or "",
        text=_text(node, "RmtInf", "Ustrd") or "",
    )


def _cents(text: str) -> int:
    return int(Decimal(text) * 100)


def _text(node: ET.Element, *names: str) -> str | None:
    found = node.find("/".join(f"p:{name}" for name in names), _NAMESPACE)
    return None if found is None or found.text is None else found.text.strip()
