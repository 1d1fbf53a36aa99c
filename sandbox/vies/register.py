"""Who is in the register, what goes wrong next, and what was asked: in memory, gone with the process."""

from __future__ import annotations

import itertools
import re
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

ERRORS = {
    "INVALID_INPUT": 400,
    "INVALID_REQUESTER_INFO": 400,
    "VAT_BLOCKED": 403,
    "IP_BLOCKED": 403,
    "SERVICE_UNAVAILABLE": 503,
    "MS_UNAVAILABLE": 200,  # this one and those below come with 200 at the real one
    "TIMEOUT": 200,
    "GLOBAL_MAX_CONCURRENT_REQ": 200,
    "GLOBAL_MAX_CONCURRENT_REQ_TIME": 200,
    "MS_MAX_CONCURRENT_REQ": 200,
    "MS_MAX_CONCURRENT_REQ_TIME": 200,
}
TRANSPORT = ("hang", "reset", "garbage", "html_502")
FAULTS = (*ERRORS, *TRANSPORT)
_STATES = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI"
STATES = frozenset(_STATES.split())
BY_NUMBER = {
    "100": None, "200": None, "201": "INVALID_INPUT", "202": "INVALID_REQUESTER_INFO", "300": "SERVICE_UNAVAILABLE",
    "301": "MS_UNAVAILABLE", "302": "TIMEOUT", "400": "VAT_BLOCKED", "401": "IP_BLOCKED",
    "500": "GLOBAL_MAX_CONCURRENT_REQ", "501": "GLOBAL_MAX_CONCURRENT_REQ_TIME", "600": "MS_MAX_CONCURRENT_REQ",
    "601": "MS_MAX_CONCURRENT_REQ_TIME",
}  # fmt: skip
"""What the test service answers to which number."""
MOST_KEPT = 500


@dataclass
class Trader:
    """A number that was registered by hand; every other one of a state's form is valid and says nothing of itself."""

    vat_id: str
    valid: bool = True
    name: str = "---"
    address: str = "---"


@dataclass
class Fault:
    """`country` empty: of every state. Without `times` it lasts until it is deleted."""

    kind: str
    country: str = ""
    times: int | None = None


@dataclass
class Register:
    traders: dict[str, Trader] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    asked: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    _consultations: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def strike(self, country: str) -> str | None:
        """The first fault that hits this question."""
        for fault in self.faults:
            if fault.country in ("", country):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.faults.remove(fault)
                return fault.kind
        return None

    def answer(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body of an answer to a question of the right form; else the error."""
        country, number = str(asked.get("countryCode", "")), str(asked.get("vatNumber", ""))
        if country not in STATES or not re.fullmatch(r"[0-9A-Z+*.]{2,12}", number, re.ASCII):
            return error("INVALID_INPUT")
        requester = str(asked.get("requesterNumber") or "")
        if requester and str(asked.get("requesterMemberStateCode", "")) not in STATES:
            return error("INVALID_REQUESTER_INFO")
        trader = self.traders.get(country + number, Trader(country + number))
        number_of_consultation = f"WAPI{next(self._consultations):012}" if requester and trader.valid else ""
        matches = {
            f"trader{what}Match": _matched(asked.get(f"trader{what}"), trader.name if what == "Name" else None)
            for what in ("Name", "Street", "PostalCode", "City", "CompanyType")
        }
        return 200, {
            "countryCode": country,
            "vatNumber": number,
            "requestDate": datetime.now(UTC).isoformat(),
            "valid": trader.valid,
            "requestIdentifier": number_of_consultation,
            "name": trader.name if trader.valid else "---",
            "address": trader.address if trader.valid else "---",
            **{
                f"trader{what}": asked.get(f"trader{what}") or "---"
                for what in ("Name", "Street", "PostalCode", "City")
            },
            **matches,
        }


def error(code: str) -> tuple[int, dict[str, Any]]:
    return ERRORS[code], {"actionSucceed": False, "errorWrappers": [{"error": code}]}


def _matched(said: Any, known: str | None) -> str:
    if not said or known in (None, "---"):
        return "NOT_PROCESSED"
    return "VALID" if str(said).casefold() == str(known).casefold() else "INVALID"
