"""Taking in one file of the bank: kept whole, its statements checked, its bookings known once (rules.md, Bank).

All of it is one transaction, which locks the accounts that the file tells of: of two files that overlap the second one
recognises what the first one told.
"""

import base64
import hashlib
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from bankstatements.models import Message, Statement, StatementKind
from ledger.audit import audit
from ledger.bank import statement_entries, statement_gaps, status_reports
from ledger.bank.bank_ids import iban_of_german_account
from ledger.bank.known_bookings import Teller
from ledger.bank.statement_entries import SECONDS, Told
from ledger.database import TenantTransaction
from ledger.refusals import NotAcceptable
from ledger.types import Frozen
from ledger.vault import Vault

How = Literal["page", "api", "command", "folder"]


class TakenIn(Frozen):
    """What came of a file. `new_entries` of `entries` were not known before; `again`: that very file is there."""

    file: UUID
    again: bool
    brought_at: datetime
    format: str
    statements: int
    entries: int
    new_entries: int
    for_us: int
    """New ones that may be about payouts."""


class Brought(Frozen):
    """A file as somebody brought it."""

    name: str
    content: bytes
    message: Message
    by: str
    how: How


async def take_in(tx: TenantTransaction, vault: Vault, brought: Brought) -> TakenIn:
    """Keep the file and book its entries; nothing of it where one of its statements is refused.

    Locks the own accounts. Raises NotAcceptable: an account that is not recorded here, another currency, balances that
    are missing or do not add up; a report of a file that is not ours.
    """
    digest = hashlib.sha256(brought.content).digest()
    accounts = await _lock_accounts(tx, vault, brought.message.statements)
    row = await tx.fetchrow(
        """
        INSERT INTO statement_files (tenant_id, sha256, name, format, size_bytes, content_encrypted, brought_by,
                                     brought_how)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant_id, sha256) DO NOTHING RETURNING id, brought_at
        """,
        tx.tenant.id,
        digest,
        brought.name[:200] or "?",
        brought.message.format,
        len(brought.content),
        vault.encrypt(base64.b64encode(zlib.compress(brought.content)).decode()),
        brought.by,
        brought.how,
        timeout=SECONDS,
    )
    if row is None:
        return await _taken_before(tx, digest)
    added = [
        await _add_statement(tx, vault, row["id"], account, one)
        for account, one in zip(accounts, brought.message.statements, strict=True)
    ]
    if brought.message.report is not None:
        await status_reports.note(tx, brought.message.report, by=brought.by)
    for account in {*accounts}:
        await statement_gaps.look(tx, account)
    taken = TakenIn(
        file=row["id"],
        again=False,
        brought_at=row["brought_at"],
        format=brought.message.format,
        statements=len(added),
        entries=sum(len(one.entries) for one in brought.message.statements),
        new_entries=sum(new for new, _ in added),
        for_us=sum(ours for _, ours in added),
    )
    await audit.record(
        tx,
        actor=brought.by,
        action="statement.taken_in",
        subject="statement",
        subject_id=str(taken.file),
        detail={
            "sha256": digest.hex(),
            "format": taken.format,
            "how": brought.how,
            "entries": taken.entries,
            "new_entries": taken.new_entries,
        },
    )
    return taken


async def _lock_accounts(tx: TenantTransaction, vault: Vault, statements: Sequence[Statement]) -> list[UUID]:
    """The own account of each statement, the oldest row of its IBAN, held. An account that is not ours is refused in
    the same words whether it is nobody's or another tenant's."""
    # Once for each account: a file may name one in 1,000 statements, and this runs in the event loop.
    ibans = {other: iban_of_german_account(other) for other in {one.other_account for one in statements} if other}
    told = [one.iban or ibans.get(one.other_account or "") for one in statements]
    hmacs = {iban: vault.recognise_under_all_keys(iban) for iban in told if iban}
    rows = await tx.fetch(
        """
        SELECT id, iban_hmac FROM tenant_bank_accounts
         WHERE tenant_id = $1 AND iban_hmac = ANY ($2) AND state IN ('active', 'retired') ORDER BY seq
           FOR NO KEY UPDATE
        """,
        tx.tenant.id,
        [hmac for each in hmacs.values() for hmac in each],
    )
    found: dict[str, UUID] = {}
    for iban, known_as in hmacs.items():
        own = next((row["id"] for row in rows if row["iban_hmac"] in known_as), None)
        if own is not None:
            found[iban] = own
    if any(iban is None or iban not in found for iban in told):
        raise NotAcceptable("statement_account_unknown")
    return [found[iban] for iban in told if iban is not None]


async def _taken_before(tx: TenantTransaction, digest: bytes) -> TakenIn:
    row = await tx.fetchrow(
        """
        SELECT f.id AS file, f.brought_at, f.format, count(s.id) AS statements,
               COALESCE(sum(s.entries), 0)::bigint AS entries
          FROM statement_files f LEFT JOIN bank_statements s ON s.tenant_id = f.tenant_id AND s.file_id = f.id
         WHERE f.tenant_id = $1 AND f.sha256 = $2 GROUP BY f.tenant_id, f.id
        """,
        tx.tenant.id,
        digest,
    )
    assert row is not None, "its hash is there"
    return TakenIn.from_row(row, again=True, new_entries=0, for_us=0)


async def _add_statement(
    tx: TenantTransaction, vault: Vault, file: UUID, account: UUID, one: Statement
) -> tuple[int, int]:
    """How many of its entries are new, and how many of these may be about payouts."""
    _require_balances(one)
    teller: Teller = "mt940" if one.format == "MT940" else "camt"
    entries = await statement_entries.compare(tx, vault, account, one, teller)
    statement = await _insert_statement(tx, file, account, one, teller, len(entries.fresh))
    books = one.kind is StatementKind.STATEMENT
    await entries.save(tx, Told(statement=statement, account=account, books=books, teller=teller))
    return len(entries.fresh), entries.for_us


def _require_balances(one: Statement) -> None:
    """Nothing, if it adds up. A preview and details have no balances of their own. Raises NotAcceptable."""
    told = {one.currency, *(balance.currency for balance in one.balances)} - {None, "EUR"}
    if told:
        raise NotAcceptable("statement_other_currency", currency=min(str(each) for each in told))
    if one.kind is not StatementKind.STATEMENT:
        return
    if one.opening is None or one.closing is None:
        raise NotAcceptable("statement_without_balances")
    booked = [entry.signed_cents for entry in one.entries if entry.status in ("BOOK", None)]
    if None in booked:
        return  # an amount or a direction is unclear: that entry is shown as unresolved, and nothing is proved by it
    moved = sum(cents for cents in booked if cents is not None)
    if one.opening.cents + moved != one.closing.cents:
        raise NotAcceptable(
            "statement_balance_wrong", opening=one.opening.cents, entries=moved, closing=one.closing.cents
        )


async def _insert_statement(
    tx: TenantTransaction, file: UUID, account: UUID, one: Statement, teller: Teller, new: int
) -> UUID:
    closes_on = one.closes_on
    id: UUID = await tx.fetchval(
        """
        INSERT INTO bank_statements (tenant_id, file_id, account_id, kind, told_by, statement_ref, number, year, page,
                                     opening_cents, closing_cents, closes_on, entries, new_entries)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id
        """,
        tx.tenant.id,
        file,
        account,
        one.kind,
        teller,
        one.statement_id,
        one.number or None,
        closes_on.year if closes_on else None,
        one.page,
        one.opening.cents if one.opening else None,
        one.closing.cents if one.closing else None,
        closes_on,
        len(one.entries),
        new,
    )
    return id
