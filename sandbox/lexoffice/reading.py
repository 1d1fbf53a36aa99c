"""Takes members out of a sent body, one by one, and remembers everything that is wrong with them.

`violation` words beyond NOTNULL and NOTEMPTY are our guess: the API sheet has seen no others (§1.4).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .clock import NotALexofficeDate, read_wire
from .errors import Detail

LARGEST = Decimal(10) ** 10
ABSENT: Mapping[str, Any] = {}  # told apart by identity from an empty object that was sent


@dataclass
class Findings:
    details: list[Detail] = field(default_factory=list)

    def add(self, where: str, message: str, violation: str = "INVALID") -> None:
        self.details.append(Detail(where, violation, message))

    def missing(self, where: str) -> None:
        self.add(where, "darf nicht leer sein", "NOTNULL")


class Reader:
    """Takes members out of a body; what is wrong goes to the findings and reads as absent."""

    def __init__(self, found: Findings) -> None:
        self.found = found

    def part(self, body: Mapping[str, Any], key: str, *, required: bool = True) -> Mapping[str, Any]:
        value = body.get(key)
        if isinstance(value, dict):
            return value
        if value is not None:
            self.found.add(key, "muss ein Objekt sein")
        elif required:
            self.found.missing(key)
        return ABSENT

    def text(
        self, body: Mapping[str, Any], key: str, longest: int, *, where: str = "", required: bool = False
    ) -> str | None:
        value = body.get(key)
        if value is None or (required and value == ""):
            if required:
                self.found.add(where + key, "darf nicht leer sein", "NOTNULL" if value is None else "NOTEMPTY")
            return None
        if not isinstance(value, str):
            self.found.add(where + key, "muss ein Text sein")
            return None
        if len(value) > longest:
            self.found.add(where + key, f"Länge muss zwischen 0 und {longest} sein", "SIZE")
        return value

    def amount(
        self, body: Mapping[str, Any], key: str, places: int, where: str = "", *, required: bool = False
    ) -> Decimal | None:
        value = body.get(key)
        if value is None:
            if required:
                self.found.missing(where + key)
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.found.add(where + key, "muss eine Zahl sein")
            return None
        exact = Decimal(value)
        if abs(exact) >= LARGEST:
            self.found.add(where + key, "ist zu groß")
            return None
        if exact != exact.quantize(Decimal(1).scaleb(-places)):
            self.found.add(where + key, f"höchstens {places} Nachkommastellen", "DIGITS")
            return None
        return exact

    def instant(self, body: Mapping[str, Any], key: str, where: str = "", *, required: bool = False) -> datetime | None:
        value = body.get(key)
        if value is None:
            if required:
                self.found.missing(where + key)
            return None
        try:
            return read_wire(value)
        except NotALexofficeDate:
            self.found.add(where + key, "Datum muss dem Format yyyy-MM-dd'T'HH:mm:ss.SSSXXX entsprechen", "PATTERN")
            return None

    def choice(self, body: Mapping[str, Any], key: str, allowed: tuple[str, ...], where: str = "") -> str | None:
        value = body.get(key)
        if value is not None and value not in allowed:
            self.found.add(where + key, f"muss eines sein von: {', '.join(allowed)}")
            return None
        return value

    def identifier(self, body: Mapping[str, Any], key: str, where: str = "") -> str | None:
        value = body.get(key)
        if value is None:
            return None
        try:
            return str(uuid.UUID(value))
        except (ValueError, AttributeError, TypeError):
            self.found.add(where + key, "ist keine gültige Id")
            return None
