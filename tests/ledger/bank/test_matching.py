"""What a booking proves: the table of docs/bank.md, row by row."""

import re
from pathlib import Path

import pytest

from ledger.bank.matching import Account, Batch, Outcome, Payment, Transfer, judge, judge_batch
from ledger.types import PayoutState

DOCS = (Path(__file__).resolve().parents[3] / "docs" / "bank.md").read_text()
_TABLE = re.search(r"<!-- worked: matching -->\n\|.*\n\|[-|]+\n((?:\|.*\n)+)", DOCS)
assert _TABLE is not None
ROWS = [tuple(cell.strip().strip("`") for cell in row[1:-1].split("|")) for row in _TABLE[1].splitlines()]
OPEN = PayoutState.CREDIT_NOTE_OPEN
PAYMENTS = {
    "none": None,
    "in a file": Payment(amount_cents=11_900, state=OPEN, in_a_file=True),
    "in a file, sent": Payment(amount_cents=11_900, state=OPEN, in_a_file=True, open_debits=(11_900,), debits=1),
    "in a file, sent and returned": Payment(amount_cents=11_900, state=OPEN, in_a_file=True, debits=1),
    "in a file of another account": Payment(amount_cents=11_900, state=OPEN, in_a_file=True, from_this_account=False),
    "in a cancelled file": Payment(amount_cents=11_900, state=OPEN, in_a_file=True, run_cancelled=True),
    "in no file, open": Payment(amount_cents=11_900, state=OPEN, in_a_file=False),
    "in no file, approved": Payment(amount_cents=11_900, state=PayoutState.APPROVED, in_a_file=False),
}


@pytest.mark.parametrize("row", ROWS, ids=[" ".join(row[:5]) for row in ROWS])
def test_the_table_holds(row: tuple[str, ...]) -> None:
    booking, amount, account, marks, payment, follows, reason = row
    told = Transfer(
        direction=None if booking == "unclear" else booking,
        amount_cents=None if amount == "unclear" else int(amount.replace(",", "")),
        currency="USD" if marks == "USD" else "EUR",
        account=Account(account),
        reversal=marks == "reversal",
        return_code=marks if re.fullmatch("AC04|FOCR|MD07", marks) else None,
        code="PMNT-ICDT-RRTN" if marks == "RRTN" else "PMNT-ICDT-ESCT",
        business_code="159" if marks == "159" else None,
    )
    verdict = judge(told, PAYMENTS[payment])
    assert (verdict.outcome, verdict.why.code if verdict.why else "") == (Outcome(follows), reason)


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        (Batch(total_cents=35_700, number=2), Outcome.TRANSFER),
        (Batch(total_cents=35_700, number=None), Outcome.TRANSFER),
        (Batch(total_cents=35_700, number=3), Outcome.UNRESOLVED),
        (Batch(total_cents=35_699, number=2), Outcome.UNRESOLVED),
        (Batch(total_cents=None, number=2), Outcome.UNRESOLVED),
    ],
)
def test_a_batch_is_its_file_by_sum_and_number(told: Batch, outcome: Outcome) -> None:
    assert judge_batch(told, Batch(total_cents=35_700, number=2)).outcome is outcome
