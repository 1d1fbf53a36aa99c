"""Encrypting everything that is stored encrypted with the newest key.

Row by row, each in its own short transaction, so that it can stop anywhere and go on: a row under the newest key is
passed over. HMACs (API keys, tokens, IBANs to be found again) cannot be made anew without what they stand for; they
are recognised under every key that the setting names.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ledger.access import tenants
from ledger.database import Connection, Ledger
from ledger.types import Frozen, Tenant, UserId
from ledger.vault import CannotDecrypt, Vault

_BATCH = 200


class Column(Frozen):
    """Something encrypted, and the column that tells the rows of one tenant or person apart."""

    table: str
    column: str
    row: str


OF_A_TENANT = (
    Column(table="provider_connections", column="secret_encrypted", row="provider"),
    Column(table="partner_bank_details", column="iban_encrypted", row="id"),
    Column(table="tenant_bank_accounts", column="iban_encrypted", row="id"),
    Column(table="bank_runs", column="file_encrypted", row="id"),
    Column(table="statement_files", column="content_encrypted", row="id"),
    Column(table="imports", column="content_encrypted", row="id"),
    Column(table="oauth_tokens", column="refresh_token_encrypted", row="provider"),
    Column(table="oauth_tokens", column="access_token_encrypted", row="provider"),
    Column(table="webhook_endpoint_secrets", column="secret_encrypted", row="id"),
    Column(table="oauth_consents", column="verifier_encrypted", row="id"),
)
OF_A_PERSON = (
    Column(table="user_secrets", column="totp_secret_encrypted", row="user_id"),
    Column(table="mails", column="link_encrypted", row="id"),
    Column(table="sessions", column="held_form_encrypted", row="id"),
)


class Rotated(Frozen):
    """How many stored secrets were encrypted anew, how many needed nothing, how many could not be read."""

    renewed: int
    newest_already: int
    unreadable: int
    """Encrypted under a key that the setting no longer names."""


async def rotate(ledger: Ledger, vault: Vault) -> Rotated:
    """Safe to stop, to repeat, and to run beside a working product: a value changed meanwhile is left alone."""
    found = Rotated(renewed=0, newest_already=0, unreadable=0)
    for tenant in await tenants.list_all(ledger):
        for column in OF_A_TENANT:
            found = await _rotate(ledger, vault, column, tenant, found)
    async with ledger.without_tenant() as db:
        people = [UserId(row["id"]) for row in await db.fetch("SELECT id FROM list_users()")]
    for person in people:
        for column in OF_A_PERSON:
            found = await _rotate(ledger, vault, column, person, found)
    return found


async def _rotate(ledger: Ledger, vault: Vault, column: Column, owner: Tenant | UserId, so_far: Rotated) -> Rotated:
    renewed, newest, unreadable, after = so_far.renewed, so_far.newest_already, so_far.unreadable, ""
    while True:
        async with _entered(ledger, owner) as db:
            # Names are those of the lists above, values are parameters; row-level security keeps to the owner.
            rows = await db.fetch(
                f"""
                SELECT {column.row}::text AS row, {column.column} AS stored FROM {column.table}
                 WHERE length({column.column}) > 0 AND {column.row}::text > $1 ORDER BY {column.row}::text LIMIT $2
                """,
                after,
                _BATCH,
            )
            for row in rows:
                after = row["row"]
                if vault.is_newest(row["stored"]):
                    newest += 1
                    continue
                try:
                    fresh = vault.encrypt(vault.decrypt(row["stored"]))
                except CannotDecrypt:
                    unreadable += 1
                    continue
                await db.execute(
                    f"""
                    UPDATE {column.table} SET {column.column} = $3
                     WHERE {column.row}::text = $1 AND {column.column} = $2
                    """,
                    row["row"],
                    row["stored"],
                    fresh,
                )
                renewed += 1
        if len(rows) < _BATCH:
            return Rotated(renewed=renewed, newest_already=newest, unreadable=unreadable)


@asynccontextmanager
async def _entered(ledger: Ledger, owner: Tenant | UserId) -> AsyncIterator[Connection]:
    if isinstance(owner, Tenant):
        async with ledger.transaction(owner, cause="secrets rotate") as tx:
            yield tx
    else:
        async with ledger.of_person(owner) as tx:
            yield tx
