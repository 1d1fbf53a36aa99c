"""Accounts: a plan, a key, and how this account behaves where the documentation is silent."""

from __future__ import annotations

import secrets
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .clock import millis
from .store import Store

REQUESTS_A_MINUTE = {"PLUS": 10, "BUSINESS": 60}


class Settings(BaseModel):
    """What may be asked of a new account, and changed later."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field("Muster GmbH", min_length=1, max_length=200)
    plan: Literal["PLUS", "BUSINESS"] = "BUSINESS"
    requests_a_minute: int | None = Field(None, ge=0)  # instead of the plan's; 0 is unlimited
    # Not documented, so both are to be had:
    credit_amounts: Literal["negative", "positive"] = "negative"
    cancel_id_on_credits: bool = False  # "Only for document type INVOICE" (Model/Document)
    envelope: Literal["data", "bare"] = "data"
    # What the way of webhooks does:
    shuffle_ms: int = Field(200, ge=0, le=60_000)  # each delivery waits up to this long, so that they overtake
    drop_rate: float = Field(0, ge=0, le=1)
    duplicate_rate: float = Field(0, ge=0, le=1)
    seed: int = 0


class Account(Settings):
    model_config = ConfigDict(extra="ignore")

    id: int
    key: str
    login_id: int

    @property
    def limit(self) -> int:
        return REQUESTS_A_MINUTE[self.plan] if self.requests_a_minute is None else self.requests_a_minute


def create(store: Store, settings: Settings, key: str | None = None) -> Account:
    with store.transaction():
        cursor = store.run("INSERT INTO accounts (key, body) VALUES (?, '')", key or secrets.token_hex(24))
        number = cursor.lastrowid
        assert number is not None
        login = store.add(
            number,
            "logins",
            {
                "first_name": "Ida",
                "last_name": "Inhaber",
                "display_name": "Ida Inhaber",
                "email": f"ida@konto-{number}.example",
                "login_type": "ADMIN",
                "locale": "de",
                "time_zone": "Europe/Berlin",
            },
            millis(),
        )
        row = store.row("SELECT key FROM accounts WHERE id = ?", number)
        assert row is not None
        account = Account(id=number, key=row["key"], login_id=login["id"], **settings.model_dump())
        save(store, account)
    return account


def save(store: Store, account: Account) -> None:
    store.run("UPDATE accounts SET body = ? WHERE id = ?", account.model_dump_json(), account.id)


def by_key(store: Store, key: str) -> Account | None:
    row = store.row("SELECT body FROM accounts WHERE key = ?", key)
    return None if row is None else Account.model_validate_json(row["body"])


def by_id(store: Store, number: int) -> Account | None:
    row = store.row("SELECT body FROM accounts WHERE id = ?", number)
    return None if row is None else Account.model_validate_json(row["body"])


def everyone(store: Store) -> list[Account]:
    return [Account.model_validate_json(row["body"]) for row in store.rows("SELECT body FROM accounts ORDER BY id")]
