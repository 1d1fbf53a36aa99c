"""Compares the bank's own books with the ledger: what left, what came back, and what a payout is because of it.

Pure: rows of the ledger and the bank's books go in, differences come out. It computes with nothing of the product.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

_IN_FILES = """
    SELECT r.number, r.state, l.end_to_end_id, l.amount_cents FROM bank_runs r
      JOIN bank_run_lines l ON l.tenant_id = r.tenant_id AND l.run_id = r.id
     WHERE r.file_sha256 IS NOT NULL AND (l.released_at IS NULL OR l.released_code = 'transferred_again')
"""
_EVIDENCE = "SELECT end_to_end_id, kind, amount_cents FROM payment_evidence"
_LEFT = "SELECT count(*) FROM bank_entries WHERE state IN ('waiting', 'unresolved')"


@dataclass
class BankBooks:
    """What ledger and bank have of one firm."""

    ordered: Sequence[Mapping[str, Any]]
    evidence: Sequence[Mapping[str, Any]]
    unsettled: int
    """Bookings that nobody has made sense of."""
    bookings: Sequence[Mapping[str, Any]]


@dataclass
class Money:
    """What became of the firm's money."""

    differences: list[str] = field(default_factory=list)
    double_payments: int = 0
    unexplained_cents: int = 0
    returned: int = 0


async def read(ledger: asyncpg.Connection, account: str, books: Mapping[str, Any]) -> BankBooks:
    """Within a transaction of the tenant."""
    return BankBooks(
        ordered=[dict(row) for row in await ledger.fetch(_IN_FILES)],
        evidence=[dict(row) for row in await ledger.fetch(_EVIDENCE)],
        unsettled=await ledger.fetchval(_LEFT),
        bookings=[one for one in books["bookings"] if one["account"] == account],
    )


def compare(found: BankBooks, states: Mapping[str, str]) -> Money:
    """`states`: of each payout by its number; an EndToEndId is the number, from the second attempt with `-2`."""
    money = Money()
    out: dict[str, int] = defaultdict(int)
    for booking in found.bookings:
        for line in booking["lines"]:
            sign = 1 if booking["kind"] in ("transfer", "batch") else -1
            out[line["end_to_end_id"]] += sign * line["cents"]
            money.returned += booking["kind"] == "return"
    proved: dict[str, int] = defaultdict(int)
    for row in found.evidence:
        proved[row["end_to_end_id"]] += row["amount_cents"] * (1 if row["kind"] == "debit" else -1)
    ordered = {row["end_to_end_id"]: row["amount_cents"] for row in found.ordered}
    for name in sorted({*out, *proved}):
        money.unexplained_cents += abs(out[name] - proved[name])
        if name not in ordered:
            money.differences.append(f"the bank paid {name}, which is in no file")
        elif out[name] > ordered[name]:
            money.double_payments += 1
            money.differences.append(f"{name} left with {out[name]} cents, ordered were {ordered[name]}")
    money.differences += _states(states, out, ordered)
    if money.unexplained_cents:
        money.differences.append(f"{money.unexplained_cents} cents of the bank's bookings are not explained")
    if found.unsettled:
        money.differences.append(f"{found.unsettled} bookings are not settled")
    return money


def _states(states: Mapping[str, str], out: Mapping[str, int], ordered: Mapping[str, int]) -> list[str]:
    """The bank says paid: so nothing else than its books makes a payout paid, and what is out is paid."""
    sent: dict[str, int] = defaultdict(int)
    due: dict[str, int] = {}
    for name, cents in ordered.items():
        number = "-".join(name.split("-")[:3])
        sent[number] += out.get(name, 0)
        due[number] = cents
    wrong = []
    for number, state in states.items():
        is_out = number in due and sent[number] >= due[number]
        if (state == "paid") != is_out:
            wrong.append(f"{number} is {state}, {sent[number]} cents of {due.get(number, 0)} are out at the bank")
    return wrong
