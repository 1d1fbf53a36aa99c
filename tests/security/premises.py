"""A tenant with one object of every kind that an address can name, and a fingerprint of all that it owns."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from fastapi import FastAPI

from ledger import tasks
from ledger.bank_days import next_target_day
from ledger.roles import Role
from ledger.types import BERLIN, TaskId
from tests.api.conftest import Door, new_door, until
from tests.people.browsers import Firm

MOVES_BY_ITSELF = {"api_keys": ("last_used_at",), "sessions": ("seen_at", "expires_at")}
"""Columns that say when somebody was here: recognising a caller is no change of what the tenant owns."""


@dataclass(frozen=True)
class Premises:
    door: Door
    firm: Firm
    names: dict[str, str]
    """What an address or a body can name: parameter → the tenant's own object."""
    told: tuple[str, ...]
    """Texts that stand in the tenant's objects and in nobody else's."""

    async def fingerprint(self, superuser: asyncpg.Connection) -> dict[str, str]:
        """One mark per table over all rows of the tenant, seen without row-level security."""
        statement = await _fingerprint(superuser)
        rows = await superuser.fetch(statement, self.door.tenant.id)
        return {row["name"]: row["mark"] for row in rows}

    async def settled(self, superuser: asyncpg.Connection) -> dict[str, str]:
        """The same, once announcements that are under way have been noted."""
        seen = [await self.fingerprint(superuser)]

        async def twice_the_same() -> bool:
            seen.append(await self.fingerprint(superuser))
            return seen[-1] == seen[-2] and len(seen) > 3

        await until(twice_the_same)
        return seen[-1]


_BY_UUID = (
    "customer_id",
    "transaction_id",
    "task_id",
    "user",
    "account",
    "bank_account",
    "link",
    "payout_run",
    "resource",
)
_ALIASES = {"customer": "customer_id", "sale": "transaction_id", "task": "task_id", "payout": "number"}
_ELSEWHERE_MEANS = {
    ("payout-runs", "run"): "payout_run",
    ("auszahlungslaeufe", "run"): "payout_run",
    ("bank-runs", "number"): "run",
    ("zahlungslaeufe", "number"): "run",
    ("bank-accounts", "account"): "bank_account",
    ("bankkonten", "account"): "bank_account",
}
NO_OBJECTS = {"form": "pdf", "name": "payouts", "version": "1"}
"""Parameters that choose a form of the answer, not an object."""
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


def bank_day() -> date:
    """Soon enough for a bank, and not so soon that it passes while tests run."""
    return next_target_day(datetime.now(BERLIN).date() + timedelta(days=2))


def objects_in(path: str) -> list[str]:
    """What a route's address names. A parameter that premises know no object for is no object of theirs."""
    return [object_of(path, name) for name in _PARAMETER.findall(path) if name not in NO_OBJECTS]


def address(path: str, names: Mapping[str, str]) -> str:
    """Raises KeyError for a parameter that premises have no object for: then give them one."""
    return _PARAMETER.sub(lambda found: NO_OBJECTS.get(found[1]) or names[object_of(path, found[1])], path)


def object_of(path: str, parameter: str) -> str:
    """Which of the premises' objects a route's parameter names."""
    for (folder, name), kind in _ELSEWHERE_MEANS.items():
        if name == parameter and f"/{folder}/" in path:
            return kind
    return _ALIASES.get(parameter, parameter)


def nowhere() -> dict[str, str]:
    """Names of the same shape, of nothing at all."""
    return {
        "code": f"X{secrets.token_hex(6).upper()}",
        "slug": f"x{secrets.token_hex(6)}",
        "tenant": f"t-{secrets.token_hex(6)}",
        "number": "PO-2020-9999",
        "run": "ZL-2020-9999",
        "event": "987654321",
        "key": "".join(secrets.choice("abcdefghij") for _ in range(10)),
        "content_hash": secrets.token_hex(32),
        **{name: str(uuid4()) for name in _BY_UUID},
    }


def without(text: str, names: Mapping[str, str]) -> str:
    """An answer without what the caller said itself, and without its own id."""
    for name in sorted(set(names.values()), key=len, reverse=True):
        if len(name) >= 8:  # an event's number may be as short as the digits of a style sheet
            text = text.replace(name, "…")
    # A form's token differs by session, a request's id by request.
    return re.sub(r'name="csrf" value="[0-9a-f]+"|"request_id": ?"[^"]+"', "", text)


_EARNED = """
    WITH sale AS (
        INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at)
        VALUES ($1, 'api', 100000, 119000, false, '2026-11-01') RETURNING id)
    INSERT INTO commissions (tenant_id, kind, transaction_id, partner_id, level, base_cents, net_cents, state,
                             provisional, service_date)
    SELECT $1, 'sale', sale.id, p.id, 1, 100000, 10000, 'approved', false, '2026-11-01'
      FROM sale, partners p WHERE p.tenant_id = $1 AND p.code = $2
    RETURNING transaction_id
"""

_RUN = """
    INSERT INTO bank_runs (tenant_id, number, account_id, execution_date, batch_booking, created_by)
    VALUES ($1, $2, $3, $4, true, 'test')
"""
_PAYOUT_RUN = """
    INSERT INTO payout_runs (tenant_id, id, period, rehearsal, cut_off, requested_by)
    VALUES ($1, $2, '2026-09', true, '2026-10-01', 'test')
"""
_LINK = """
    INSERT INTO partner_links (tenant_id, partner_id, token_hmac, created_by)
    SELECT $1, id, $3, 'test' FROM partners WHERE tenant_id = $1 AND code = $2 RETURNING id
"""


async def premises(started: tuple[FastAPI, httpx.AsyncClient]) -> Premises:
    """Made through the doors, but for commissions and a task, which nobody can order there."""
    door = await new_door(started, is_demo=True)
    await door.connect()
    names = nowhere() | {"tenant": door.tenant.slug}
    code, slug = names["code"], names["slug"]
    secret_name = f"Geheimrat {secrets.token_hex(6)}"
    address = {"street": "Lindenweg 5", "zip": "10115", "city": "Berlin", "country_code": "DE"}
    await _made(door, "PATCH", "tenant", {**address, "vat_id": "DE123456789"})
    await _made(door, "POST", "campaigns", {"slug": slug, "name": secret_name})
    await _made(door, "POST", f"campaigns/{slug}/plans", {"levels": [{"level": 1, "percent": "10"}]})
    await _made(door, "POST", "partners", {"code": code, "name": secret_name, **address})
    status = {"status": "regular", "valid_from": "2020-01-01", "vat_id": "DE987654321"}
    await _made(door, "POST", f"partners/{code}/tax-statuses", status)
    agreement = {"version": "2026-01", "accepted_at": "2026-01-02T09:00:00+01:00"}
    await _made(door, "POST", f"partners/{code}/agreement", agreement)
    customer = await _made(door, "POST", "customers", {"external_id": names["resource"], "name": secret_name})
    names |= {"customer_id": customer["id"]}
    (commission,) = await door.rows(_EARNED, door.tenant.id, code)
    names |= {"transaction_id": str(commission["transaction_id"])}
    # Numbers begin anew in each tenant: ours must not be theirs by chance.
    await door.rows(
        "INSERT INTO payout_counters (tenant_id, year, last) VALUES ($1, $2, $3)",
        door.tenant.id,
        datetime.now(BERLIN).year,
        secrets.randbelow(9_000_000) + 10_000,
    )
    payout = await _made(door, "POST", "payouts", {"partner": code})
    names |= {"number": payout["number"], "content_hash": payout["content_hash"]}
    # Pending, so that it can be confirmed and refused; after the payout, which it holds.
    bank = {"account_holder": secret_name, "iban": "DE02120300000000202051"}
    names |= {"account": (await _made(door, "PUT", f"partners/{code}/bank-details", bank))["id"]}
    event = (await door.notify(door.event(eventType="voucher.created", resourceId=names["resource"]))).json()
    names |= {"event": str(event["event"])}
    names |= {"task_id": str(await _task(door, payout["number"]))}
    own = await _made(door, "POST", "bank-accounts", {"account_holder": secret_name, "iban": "DE89370400440532013000"})
    names |= {"bank_account": own["id"], "run": f"ZL-2026-{secrets.randbelow(9_000_000) + 10_000}"}
    await door.rows(_RUN, door.tenant.id, names["run"], UUID(own["id"]), bank_day())
    await door.rows(_PAYOUT_RUN, door.tenant.id, UUID(names["payout_run"]))
    link = await door.rows(_LINK, door.tenant.id, code, secrets.token_bytes(32))
    names |= {"link": str(link[0]["id"])}
    firm = Firm(door.app, door.tenant)
    member = await firm.member(Role.VIEWER)
    names |= {"user": str(member.user), "key": door.key.split("_")[1]}
    told = (secret_name, code, member.email, names["customer_id"], names["transaction_id"], names["task_id"])
    return Premises(door, firm, names, told)


async def _made(door: Door, method: str, path: str, body: Any) -> Any:
    answer = await door.api(method, path, body)
    assert answer.status_code < 300, f"{method} {path}: {answer.text}"
    return answer.json()


async def _task(door: Door, number: str) -> TaskId:
    async with door.parts.ledger.transaction(door.tenant) as db:
        return await tasks.ask(
            db, door.tenant, kind="payout_blocked", subject="payout", subject_id=number, reason="Ein Grund."
        )


async def _fingerprint(superuser: asyncpg.Connection) -> str:
    """Of the catalogue, so that no table can be forgotten."""
    tables = await superuser.fetch(
        """
        SELECT DISTINCT table_name AS name, column_name AS tenant FROM information_schema.columns
          JOIN information_schema.tables USING (table_schema, table_name)
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
           AND (column_name = 'tenant_id' OR (table_name, column_name) = ('tenants', 'id'))
         ORDER BY 1
        """
    )
    assert len(tables) > 30
    return " UNION ALL ".join(_mark_of(table["name"], table["tenant"]) for table in tables)


def _mark_of(table: str, tenant: str) -> str:
    row = "to_jsonb(t)" + "".join(f" - '{column}'" for column in MOVES_BY_ITSELF.get(table, ()))
    return (
        f"SELECT '{table}' AS name, md5(coalesce(string_agg(row, ',' ORDER BY row), '')) AS mark"
        f" FROM (SELECT ({row})::text AS row FROM {table} t WHERE {tenant} = $1) rows"
    )
