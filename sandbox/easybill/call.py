"""One call, as the functions that answer it see it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .accounts import Account
from .clock import millis
from .delivery import Courier
from .errors import Refused, invalid, not_found
from .lists import Query
from .store import Store, Thing


@dataclass(frozen=True)
class Desk:
    """One account at work: its things, and whoever must hear of what happens to them."""

    store: Store
    courier: Courier
    account: Account

    def get(self, kind: str, number: str | int) -> Thing:
        """The thing with this number. Raises Refused (404)."""
        text = str(number)
        found = self.store.get(self.account.id, kind, int(text)) if text.isascii() and text.isdigit() else None
        if found is None:
            raise not_found()
        return found

    def add(self, kind: str, thing: Thing) -> Thing:
        return self.store.add(self.account.id, kind, thing, millis())

    def tell(self, event: str, thing: Thing) -> None:
        self.courier.tell(self.account, event, thing)


@dataclass(frozen=True)
class Call:
    desk: Desk
    query: Query
    body: bytes
    number: str = ""
    list_lag_ms: int = 0

    def told(self) -> dict[str, Any]:
        """The JSON object of the body. Raises Refused (400)."""
        try:
            told = json.loads(self.body or b"{}")
        except ValueError:
            raise Refused(400, "Invalid JSON") from None
        if not isinstance(told, dict):
            raise invalid(body="an object")
        return told

    def listed(self, kind: str) -> list[Thing]:
        until = millis() - self.list_lag_ms if self.list_lag_ms else None
        return self.desk.store.all(self.desk.account.id, kind, until)
