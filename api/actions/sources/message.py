"""What a source of sales sends, once it is verified and read: who says it, which object it is about, and what is to be
booked for it.
"""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from ledger.reasons import Reason
from ledger.sales.sale_reports import DisputeReport, RefundReport, SaleReport

Report = SaleReport | RefundReport | DisputeReport


class Ignored(NamedTuple):
    """Nothing is booked, and why."""

    because: Reason


class Terms(NamedTuple):
    """How the tenant takes what a source says."""

    is_demo: bool
    awaits_invoice: bool
    """A sale waits for its invoice in the books; else what the source says is final, and paid."""
    takes_affiliate_sales: bool
    """Sales that the source pays its own affiliates for earn commissions here as well."""


class Message(NamedTuple):
    kind: str
    id: str
    """Of the object that it is about. A repeat is known by account, kind, id and time together."""
    at: datetime
    account: str
    """At the source; `self` where it names none."""
    report: Report | Ignored | None
    """None for what contradicts itself."""


class NotAMessage(ValueError):
    """Signed, but without the members that every message of this source has."""


Reader = Callable[[bytes, Terms], Message]
"""Reads a whole body. Pure. Raises NotAMessage."""

NOT_HANDLED = Ignored(Reason.of("event_type_not_handled"))
NO_AMOUNT = Ignored(Reason.of("source_names_no_amount"))
TEST_MESSAGE = Ignored(Reason.of("source_test_message"))
OWN_AFFILIATE = Ignored(Reason.of("source_pays_own_affiliate"))


def object_of(body: bytes) -> dict[str, Any]:
    """The JSON object that a body is, with its fractions as they are written. Raises NotAMessage."""
    try:
        told = json.loads(body, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):  # a number beyond Decimal's exponents
        raise NotAMessage from None
    if not isinstance(told, dict):
        raise NotAMessage
    return told
