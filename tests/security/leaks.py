"""Looking for secrets: in every form that a careless line might give them, in whatever a run has left behind."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
from temporalio.client import Client

from ledger.vault import CannotDecrypt, Vault
from tests.security.histories import every_history, payloads

SHORTEST = 8
"""Shorter words stand anywhere by chance."""


def forms_of(secret: str) -> dict[str, bytes]:
    """As it is, and encoded: base64 begins at any of three places, and what depends on its neighbours is cut off."""
    raw = secret.encode()
    forms = {
        "plain": raw,
        "hex": raw.hex().encode(),
        "url": quote(secret, safe="").encode(),
        "json": json.dumps(secret)[1:-1].encode(),
    }
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw)
        middle = whole[4 if shift else 0 : -4]
        forms[f"base64, {shift} on"] = middle
        forms[f"base64url, {shift} on"] = middle.replace(b"+", b"-").replace(b"/", b"_")
    return {how: form for how, form in forms.items() if len(form) >= SHORTEST}


def leaks(secrets: Mapping[str, str], places: Iterable[tuple[str, bytes]]) -> list[str]:
    """Which secret lies where, and in which form; never the secret itself."""
    wanted = {(name, how): form for name, secret in secrets.items() for how, form in forms_of(secret).items()}
    return sorted(
        {f"{name} ({how}) in {place}" for place, text in places for (name, how), form in wanted.items() if form in text}
    )


def in_logs(state: Path) -> Iterator[tuple[str, bytes]]:
    """Every log of ours, of PostgreSQL and of the engine. The sandbox's own are lexoffice's."""
    for log in sorted(state.rglob("*.log*")):
        if "lexoffice" not in log.relative_to(state).parts[0]:
            yield f"log {log.relative_to(state)}", log.read_bytes()


async def in_histories(engine: Client) -> list[tuple[str, bytes]]:
    """As JSON, and each payload decoded."""
    found = []
    async for workflow_id, history in every_history(engine):
        place = f"history {workflow_id.partition('/')[0]}"
        found.append((place, json.dumps(history, ensure_ascii=False).encode()))
        found += [(place, data) for _, data in payloads(history)]
    return found


async def in_tables(superuser: asyncpg.Connection) -> list[tuple[str, bytes]]:
    """Every row of every table, whatever the policies say."""
    return [
        (f"table {table}", row["told"].encode())
        for table in await _tables(superuser)
        for row in await superuser.fetch(f"SELECT to_jsonb(t)::text AS told FROM {table} t")
    ]


async def kept_encrypted(superuser: asyncpg.Connection, vault: Vault) -> dict[str, str]:
    """What lies encrypted in the ledger now: each of it is a secret. Of the catalogue, so that none is forgotten."""
    columns = await superuser.fetch(
        """
        SELECT table_name, column_name FROM information_schema.columns
         WHERE table_schema = 'public' AND column_name LIKE '%\\_encrypted'
        """
    )
    found: dict[str, str] = {}
    for table, column in columns:
        for row in await superuser.fetch(f"SELECT {column} AS value FROM {table} WHERE {column} IS NOT NULL"):
            for number, word in enumerate(_words(_decrypted(vault, row["value"]))):
                found[f"{table}.{column} #{len(found)}.{number}"] = word
    return found


def _decrypted(vault: Vault, value: Any) -> str:
    try:
        return vault.decrypt(bytes(value))
    except CannotDecrypt:
        raise AssertionError("the ledger holds something that its key does not open") from None


def _words(secret: str) -> list[str]:
    """A secret may be a document of its own, such as a bank file: then it is not looked for as a whole."""
    return [secret] if SHORTEST <= len(secret) <= 500 else []


async def _tables(superuser: asyncpg.Connection) -> list[str]:
    rows = await superuser.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    return sorted(row["table_name"] for row in rows)
