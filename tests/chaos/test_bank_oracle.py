"""The oracle that reads the bank's books says nothing of what is right, and names each thing that is not."""

from typing import Any

import pytest

from chaos.bank_oracle import BankBooks, compare

ORDERED = [{"end_to_end_id": "PO-2026-0001", "amount_cents": 100}]


def booking(kind: str = "transfer", name: str = "PO-2026-0001", cents: int = 100) -> dict[str, Any]:
    return {"kind": kind, "lines": [{"end_to_end_id": name, "cents": cents}]}


def proof(kind: str = "debit", name: str = "PO-2026-0001", cents: int = 100) -> dict[str, Any]:
    return {"kind": kind, "end_to_end_id": name, "amount_cents": cents}


def books(bookings: list[dict[str, Any]], evidence: list[dict[str, Any]], unsettled: int = 0) -> BankBooks:
    return BankBooks(ordered=ORDERED, evidence=evidence, unsettled=unsettled, bookings=bookings)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (books([], []), "credit_note_open"),
        (books([booking()], [proof()]), "paid"),
        (books([booking(), booking("return")], [proof(), proof("return")]), "returned"),
    ],
)
def test_nothing_is_said_of_what_is_right(found: BankBooks, state: str) -> None:
    money = compare(found, {"PO-2026-0001": state})
    assert (money.differences, money.double_payments, money.unexplained_cents) == ([], 0, 0)


@pytest.mark.parametrize(
    ("found", "state", "said"),
    [
        (books([], []), "paid", "PO-2026-0001 is paid, 0 cents of 100 are out"),
        (books([booking()], [proof()]), "credit_note_open", "PO-2026-0001 is credit_note_open, 100 cents of 100"),
        (books([booking()] * 2, [proof()] * 2), "paid", "left with 200 cents, ordered were 100"),
        (books([booking(name="PO-2026-0009")], []), "credit_note_open", "PO-2026-0009, which is in no file"),
        (books([booking()], [proof(cents=99)]), "paid", "1 cents of the bank's bookings are not explained"),
        (books([booking()], [proof()], unsettled=1), "paid", "1 bookings are not settled"),
    ],
)
def test_each_thing_that_is_wrong_is_named(found: BankBooks, state: str, said: str) -> None:
    assert said in " | ".join(compare(found, {"PO-2026-0001": state}).differences)
