"""Documents of our own, compared: each number once and none left out, one voucher each, with one file, as issued."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import asyncpg

_OUT = ("credit_note_open", "paid", "returned", "settled_manually")


def check_numbers(documents: Sequence[asyncpg.Record], counters: Sequence[asyncpg.Record]) -> tuple[int, list[str]]:
    """How many numbers stand twice, and what else is wrong with them."""
    wrong = []
    given: dict[tuple[str, int], list[int]] = defaultdict(list)
    for document in documents:
        given[(document["pattern"], document["year"])].append(document["place"])
    numbers = [document["number"] for document in documents]
    for counter in counters:
        places = sorted(given[(counter["pattern"], counter["year"])])
        if places != list(range(1, counter["last"] + 1)):
            wrong.append(f"numbers of {counter['pattern']} up to {counter['last']} are {places}")
    for document in documents:
        if document["closed_at"] is not None and not document["closed_reason"]:
            wrong.append(f"{document['number']} is closed without a reason")
        if document["closed_at"] is not None and document["handed_out_at"] is not None:
            wrong.append(f"{document['number']} is closed and was handed out")
    return len(numbers) - len(set(numbers)), wrong


def check_vouchers(
    documents: Sequence[asyncpg.Record], payouts: Mapping[str, asyncpg.Record], vouchers: Sequence[dict[str, Any]]
) -> tuple[int, list[str]]:
    """How many vouchers are one too many, and what else is wrong with them. What people voided counts no more."""
    by_number: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for voucher in vouchers:
        if voucher["voucherStatus"] != "voided":
            by_number[str(voucher["voucherNumber"])].append(voucher)
    double = sum(len(found) - 1 for found in by_number.values())
    wrong = [f"{number} has {len(found)} vouchers" for number, found in by_number.items() if len(found) > 1]
    known = {document["number"]: document for document in documents}
    wrong += [f"voucher {number} is of no document" for number in by_number.keys() - known.keys()]
    states = {payout["id"]: payout["state"] for payout in payouts.values()}
    for number, document in known.items():
        found = by_number.get(number, [])
        if document["closed_at"] is not None:
            wrong += [f"{number} was not issued and has a voucher"] if found else []
            continue
        state = states.get(document["payout_id"])
        if state in _OUT and document["handed_out_at"] is None:
            wrong.append(f"{number} is of a payout that is {state}, and was not handed out")
        if state in ("credit_note_open", "paid") and not found:
            wrong.append(f"{number} is of a payout that is {state}, and has no voucher")
        for voucher in found:
            wrong += _differences(number, document, voucher)
    return double, wrong


def _differences(number: str, document: asyncpg.Record, voucher: dict[str, Any]) -> list[str]:
    wrong = []
    if len(voucher["files"]) != 1:
        wrong.append(f"voucher {number} has {len(voucher['files'])} files")
    gross = int(Decimal(str(voucher["totalGrossAmount"])) * 100)
    if gross != document["gross_cents"]:
        wrong.append(f"voucher {number} is over {gross}, the document over {document['gross_cents']}")
    return wrong
