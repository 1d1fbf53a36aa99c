"""Accounts: who they are, which keys open them, and how this sandbox treats them."""

from __future__ import annotations

import secrets
import uuid
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel

from .clock import millis, now
from .numbers import check_pattern
from .store import Store

Dialect = Literal["lexoffice", "chapter"]
TokenWay = Literal["bearer", "x-lexoffice-token", "query"]


class Wire(BaseModel):
    """camelCase outside, our names inside, and no member that we do not know."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="forbid")


class Webhook(Wire):
    """The chapter's webhook: one URL, one self-chosen token, one way for it to travel."""

    url: str
    token: str
    token_via: TokenWay = "bearer"  # noqa: S105 - a way, not a secret


class Organization(Wire):
    organization_id: str
    connection_id: str
    name: str
    created: datetime
    user_id: str
    user_name: str = "Erika Mustermann"
    user_email: str = "erika.mustermann@example.org"
    tax_type: Literal["net", "gross", "vatfree"] = "net"
    small_business: bool = False
    distance_sales_principle: Literal["ORIGIN", "DESTINATION"] | None = None
    business_features: tuple[str, ...] = ("INVOICING", "INVOICING_PRO", "BOOKKEEPING")
    rate: float = Field(2.0, ge=0)
    burst: int = Field(2, ge=1)
    dialect: Dialect = "lexoffice"
    number_patterns: dict[str, str] = Field(default_factory=dict)
    payment_term_days: int = Field(14, ge=0, le=3650)
    open_amount_as_string: bool = False
    credit_note_paid_word: Literal["paidoff", "paid"] = "paidoff"
    open_listed_as: Literal["open", "sepadebit", "transferred"] = "open"
    cancel_event: bool = True
    vanished_categories: tuple[str, ...] = ()
    put_loses_files: bool = False
    vouchers_need_customers: bool = False
    closed_until: date | None = None
    voucher_status_refused: bool = True
    e_invoices_on: bool = True
    ocr_ms: int = Field(0, ge=0, le=600_000)
    webhook: Webhook | None = None

    @field_validator("number_patterns")
    @classmethod
    def _patterns(cls, patterns: dict[str, str]) -> dict[str, str]:
        return {kind: check_pattern(pattern) for kind, pattern in patterns.items()}


class NameTaken(Exception):
    """The API key exists already, for an organisation with another name."""


def create(store: Store, organization: Organization, api_key: str | None) -> tuple[Organization, str, bool]:
    """Make an account, or find the one that this key and name already open (a demo that starts again)."""
    with store.transaction():
        if api_key is not None and (found := by_key(store, api_key)) is not None:
            if found.name != organization.name:
                raise NameTaken(found.name)
            return found, api_key, False
        store.run(
            "INSERT INTO organizations SELECT ?, COALESCE(MAX(position), 0) + 1, ? FROM organizations",
            organization.organization_id,
            organization.model_dump_json(),
        )
        return organization, add_key(store, organization.organization_id, api_key), True


def fresh_ids() -> dict[str, str]:
    return {name: str(uuid.uuid4()) for name in ("organization_id", "connection_id", "user_id")}


def add_key(store: Store, organization: str, api_key: str | None = None) -> str:
    key = api_key or secrets.token_urlsafe(32)
    store.run("INSERT INTO api_keys VALUES (?, ?, ?)", key, organization, millis(now()))
    return key


def remove_key(store: Store, organization: str, api_key: str) -> bool:
    """Invalidate a key; the subscriptions made with it go with it (§1.2)."""
    with store.transaction():
        gone = store.run("DELETE FROM api_keys WHERE key = ? AND organization = ?", api_key, organization)
        store.run("DELETE FROM subscriptions WHERE api_key = ? AND organization = ?", api_key, organization)
        return gone.rowcount > 0


def keys(store: Store, organization: str) -> list[str]:
    found = store.rows("SELECT key FROM api_keys WHERE organization = ? ORDER BY created, rowid", organization)
    return [row["key"] for row in found]


def by_key(store: Store, api_key: str) -> Organization | None:
    row = store.row(
        "SELECT o.body FROM api_keys k JOIN organizations o ON o.id = k.organization WHERE k.key = ?", api_key
    )
    return None if row is None else Organization.model_validate_json(row["body"])


def by_id(store: Store, organization: str) -> Organization | None:
    row = store.row("SELECT body FROM organizations WHERE id = ?", organization)
    return None if row is None else Organization.model_validate_json(row["body"])


def everyone(store: Store) -> list[Organization]:
    rows = store.rows("SELECT body FROM organizations ORDER BY position")
    return [Organization.model_validate_json(row["body"]) for row in rows]


def save(store: Store, organization: Organization) -> None:
    store.run(
        "UPDATE organizations SET body = ? WHERE id = ?",
        organization.model_dump_json(),
        organization.organization_id,
    )
