"""The statements of two public projects and our own are read; docs/bank.md says what was found in each."""

import re
from pathlib import Path

import pytest
from lxml import etree
from pycamt.parser import Camt053Parser  # type: ignore[import-untyped]

from bankstatements.errors import Unreadable
from bankstatements.models import Direction, StatementKind
from bankstatements.reading import read
from tests.bankstatements.files import FIXTURES, adds_up, all_files, message, statement

DOCS = Path(__file__).resolve().parents[2] / "docs" / "bank.md"


def found_in(data: bytes) -> tuple[str, ...]:
    """One row of the table."""
    try:
        what = read(data)
    except Unreadable as refused:
        return (refused.code, "", "", "", "")
    if what.report is not None:
        payments = [payment for block in what.report.blocks for payment in block.payments]
        said = [payment.status for payment in payments] or [what.report.status]
        return (what.format, "", str(len(payments)), ", ".join(filter(None, said)), "")
    entries = [entry for one in what.statements for entry in one.entries]
    details = [detail for entry in entries for detail in entry.details]
    returns = [detail.return_code for detail in details if detail.return_code]
    sums = {adds_up(one) for one in what.statements}
    balances = "wrong" if False in sums else "right" if sums == {True} else "not told"
    return (what.format, str(len(entries)), str(len(details)), ", ".join(returns), balances)


def test_docs_say_what_is_found_in_each_file() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", DOCS.read_text(), re.MULTILINE)
    told = {name: tuple(cell.strip().strip("`") for cell in rest.split("|")) for name, rest in rows if "/" in name}
    assert told == {name: found_in(data) for name, data in all_files().items()}


@pytest.mark.parametrize("name", [name for name in all_files() if name.startswith("own/") and name.endswith(".xml")])
def test_our_own_statements_keep_the_iso_schemas(name: str) -> None:
    schema = FIXTURES / "genkgo" / f"{name.partition('.')[2].removesuffix('.xml')}.xsd"
    etree.XMLSchema(etree.parse(schema)).assertValid(etree.parse(FIXTURES / name))


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in all_files()
        if "camt053/valid_example" in name and not name.endswith(("datetime.xml", "other_id.xml"))
    ],
)
def test_a_second_reader_finds_the_same_bookings(name: str) -> None:
    theirs = [
        (round(float(one["Amount"]) * 100), one["CreditDebitIndicator"], one["BookingDate"])
        for one in Camt053Parser.from_file(FIXTURES / name).get_transactions()
    ]
    words = {Direction.CREDIT: "CRDT", Direction.DEBIT: "DBIT"}
    ours = set()
    for one in message(name).statements:
        for entry in one.entries:
            assert entry.direction is not None
            ours |= {(entry.amount_cents, words[entry.direction], str(entry.booked_on))}
            # It tells a detail's amount with the entry's day.
            ours |= {
                (detail.amount_cents, words[detail.direction or entry.direction], str(entry.booked_on))
                for detail in entry.details
            }
    assert theirs
    assert set(theirs) <= ours


def test_a_returned_transfer_is_told_with_its_reason() -> None:
    out, back, fee = statement("own/returned-credit-transfer.camt.053.001.08.xml").entries
    assert (out.direction, out.amount_cents, out.code, out.business_code) == ("debit", 23_800, "PMNT-ICDT-ESCT", "116")
    (sent,) = out.details
    assert (sent.end_to_end_id, sent.payment_information_id) == ("PO-2026-0001", "ZL-2026-0001")
    assert (sent.creditor_iban, sent.creditor_name) == ("DE89370400440532013000", "Petra Partner")
    (returned,) = back.details
    assert (back.direction, back.code, returned.return_code) == ("credit", "PMNT-ICDT-RRTN", "AC04")
    assert (returned.end_to_end_id, returned.return_text) == ("PO-2026-0002", "Konto erloschen")
    assert (fee.direction, fee.amount_cents, fee.details[0].end_to_end_id) == ("debit", 295, None)


def test_a_batch_is_told_with_its_number_and_sum() -> None:
    told = statement("own/batch-with-return.camt.054.001.08.xml")
    batch, back = told.entries
    assert told.kind is StatementKind.DETAILS
    assert batch.batch is not None
    assert (batch.batch.payment_information_id, batch.batch.number, batch.batch.total_cents) == (
        "ZL-2026-0002",
        2,
        35_700,
    )
    assert [detail.end_to_end_id for detail in batch.details] == ["PO-2026-0003", "PO-2026-0004"]
    (returned,) = back.details
    assert (back.amount_cents, returned.transfer_cents, returned.charges_cents) == (11_400, 11_900, 500)


def test_mt940_tells_the_same_of_a_transfer_and_its_return() -> None:
    told = statement("own/returned-credit-transfer.sta")
    assert (told.number, told.other_account, adds_up(told)) == (117, "12030000/0000202051", True)
    out, back = told.entries
    assert (out.direction, out.amount_cents, out.business_code, out.bank_reference) == (
        "debit",
        11_900,
        "116",
        "AB12345",
    )
    assert (out.details[0].end_to_end_id, out.details[0].creditor_iban) == ("PO-2026-0001", "DE89370400440532013000")
    assert (back.direction, back.business_code, back.details[0].return_code) == ("credit", "159", "AC04")
    assert (back.details[0].end_to_end_id, back.details[0].debtor_iban) == ("PO-2026-0001", "DE89370400440532013000")


@pytest.mark.parametrize("result", ["RCVC", "RVMC", "RVNM", "RVNA"])
def test_the_banks_check_of_a_name_is_read(result: str) -> None:
    data = all_files()["viafintech/pain002/valid_example_001.10.xml"].decode()
    checked = data.replace("<TxSts>RJCT<", f"<TxSts>{result}<").replace(
        "<Rsn>\n            <Cd>AC01</Cd>\n          </Rsn>", "<AddtlInf>Petra Partner-Lang</AddtlInf>"
    )
    report = read(checked.encode()).report
    assert report is not None
    (payment,) = report.blocks[0].payments
    assert (payment.status, payment.end_to_end_id) == (result, "OriginatorID1234")
    assert payment.name_at_bank == ("Petra Partner-Lang" if result == "RVMC" else None)
