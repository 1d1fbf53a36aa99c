"""The file for the bank: pain.001.001.09 (SEPA credit transfer, ISO 20022 customer credit transfer initiation).

Pure but for the clock: it is made once and kept. One payment block for one execution day and service level. Beyond the
EEA it names the payer's address (structured: unstructured ones end in November 2026) and the payee's BIC,
inside neither.
"""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import Field
from sepaxml import SepaTransfer  # type: ignore[import-untyped]

from ledger import clock
from ledger.bank.bank_text import is_sepa_text, sepa_text
from ledger.bank.sepa_area import is_in_eea
from ledger.types import Frozen

SCHEMA = "pain.001.001.09"


class Address(Frozen):
    """Of the payer; a bank beyond the EEA must be told town and country at least."""

    street: str | None = None
    postcode: str | None = None
    town: str
    country: str


class Debtor(Frozen):
    """The account that pays, and whether the bank is asked for instant transfers from it (INST)."""

    holder: str
    iban: str
    bic: str
    address: Address | None = None
    instant: bool = False


class Payment(Frozen):
    """One transfer; texts are in SEPA's characters already."""

    creditor: str = Field(min_length=1, max_length=70)
    iban: str
    bic: str | None
    amount_cents: int = Field(gt=0, le=99_999_999_999)
    end_to_end_id: str = Field(min_length=1, max_length=35)
    remittance: str = Field(min_length=1, max_length=140)


class NotSepaText(ValueError):
    """A text of a payment holds characters that a bank need not take."""


def write_bank_file(
    number: str,
    debtor: Debtor,
    payments: Sequence[Payment],
    *,
    execution_date: date,
    batch_booking: bool,
    validate: bool = True,
) -> bytes:
    """The XML of one run. 10,000 payments take seconds, most of them for checking them against the ISO schema.

    `number` becomes the id of the message and of its payment block. Raises NotSepaText, ValueError without payments, or
    without address or BIC where a payment needs them, sepaxml's ValidationError.
    """
    if not payments:
        raise ValueError("a file needs a payment")
    for payment in payments:
        if not all(map(is_sepa_text, (payment.creditor, payment.end_to_end_id, payment.remittance))):
            raise NotSepaText(NotSepaText.__doc__)
    beyond_eea = [payment for payment in payments if not is_in_eea(payment.iban)]
    if beyond_eea and (debtor.address is None or any(payment.bic is None for payment in beyond_eea)):
        raise ValueError("beyond the EEA the payer's address and the payee's BIC are needed")
    config: dict[str, Any] = {
        "name": sepa_text(debtor.holder, 70),
        "IBAN": debtor.iban,
        "BIC": debtor.bic,
        "batch": True,  # one payment block; how the bank books it is said in there
        "currency": "EUR",
    }
    if beyond_eea and debtor.address is not None:
        config["address"] = _address(debtor.address)
    transfer = _Numbered(number, config, batch_booking=batch_booking, instant=debtor.instant)
    for payment in payments:
        transfer.add_payment(_entry(payment, execution_date))
    written: bytes = transfer.export(validate=validate)
    return written


def control_sum_cents(file: bytes) -> tuple[int, int]:
    """Number of payments and their sum as the file's header tells the bank."""
    header = ET.fromstring(file).find("{*}CstmrCdtTrfInitn/{*}GrpHdr")  # noqa: S314 (our own file)
    assert header is not None
    count, total = header.findtext("{*}NbOfTxs"), header.findtext("{*}CtrlSum")
    assert count is not None
    assert total is not None
    return int(count), int(total.replace(".", ""))


class _Numbered(SepaTransfer):  # type: ignore[misc]
    """The library's transfer under our message id: the bank refuses the same id twice, and so the same file."""

    def __init__(self, number: str, config: dict[str, Any], *, batch_booking: bool, instant: bool) -> None:
        self._number = number
        self._batch_booking = batch_booking
        self._instant = instant
        super().__init__(config, schema=SCHEMA, clean=False)

    def _create_header(self) -> None:
        self.msg_id = self._number
        super()._create_header()
        made_at = self._xml.find("CstmrCdtTrfInitn/GrpHdr/CreDtTm")
        # Without a zone: banks in Germany read it as their own time.
        made_at.text = clock.now().strftime("%Y-%m-%dT%H:%M:%S")

    def _finalize_batch(self) -> None:
        super()._finalize_batch()
        (block,) = self._xml.findall("CstmrCdtTrfInitn/PmtInf")
        # What a report of the bank names (pain.002), known before the file is sent.
        block.find("PmtInfId").text = self._number
        block.find("BtchBookg").text = "true" if self._batch_booking else "false"
        if self._instant:
            ET.SubElement(ET.SubElement(block.find("PmtTpInf"), "LclInstrm"), "Cd").text = "INST"


def _address(address: Address) -> dict[str, str]:
    told = {"street_name": address.street, "postcode": address.postcode, "town": address.town}
    lengths = {"street_name": 70, "postcode": 16, "town": 35}
    written = {name: sepa_text(text, lengths[name]) for name, text in told.items() if text}
    return {**{name: text for name, text in written.items() if text}, "country": address.country}


def _entry(payment: Payment, execution_date: date) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": payment.creditor,
        "IBAN": payment.iban,
        "amount": payment.amount_cents,
        "description": payment.remittance,
        "execution_date": execution_date,
        "endtoend_id": payment.end_to_end_id,
    }
    if payment.bic is not None and not is_in_eea(payment.iban):
        entry["BIC"] = payment.bic
    return entry
