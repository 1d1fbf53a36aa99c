"""The file of a bank run: made once, from what was approved, in the transaction of its first download."""

import asyncio
import hashlib

from ledger import clock
from ledger.bank import bank_accounts
from ledger.bank.bank_candidates import SECONDS
from ledger.bank.bank_days import checked_execution_date
from ledger.bank.bank_file import Address, Debtor, Payment, write_bank_file
from ledger.bank.bank_run_rows import BankRun, lock, note, require_state
from ledger.bank.bank_runs import barred
from ledger.database import TenantTransaction
from ledger.refusals import ContentHasChanged, NotAllowedNow
from ledger.types import Frozen
from ledger.vault import Vault


class BankFile(Frozen):
    """What is downloaded, and what it must be the same as."""

    number: str
    content: bytes
    sha256: str
    downloads: int


async def download(tx: TenantTransaction, vault: Vault, number: str, *, by: str, in_recovery: bool = False) -> BankFile:
    """The file. The first download makes it (approved → exported), each later one is that very file.

    Two at once take turns on the run's row, so that there is one file. `in_recovery`: the ledger may have forgotten
    files that the bank has had, and no new one is made. Raises NotFound, NotAllowedNow, ContentHasChanged (something
    would drop out: `refresh` first), NotAcceptable (the day has passed).
    """
    run = await lock(tx, number)
    require_state(run, "approved", "exported", "confirmed")
    if run.state == "approved":
        if in_recovery:
            raise NotAllowedNow("recovery")
        await _export(tx, vault, run, by)
    row = await tx.fetchrow(
        """
        UPDATE bank_runs SET downloads = downloads + 1 WHERE tenant_id = $1 AND id = $2
        RETURNING file_encrypted, file_sha256, downloads
        """,
        tx.tenant.id,
        run.id,
    )
    assert row is not None
    if not row["file_encrypted"]:
        raise NotAllowedNow("bank_file_erased")
    content = vault.decrypt(row["file_encrypted"]).encode()
    if hashlib.sha256(content).digest() != row["file_sha256"]:
        raise NotAllowedNow("bank_file_damaged")
    found = BankFile(number=run.number, content=content, sha256=row["file_sha256"].hex(), downloads=row["downloads"])
    await note(tx, by, "downloaded", run, sha256=found.sha256, download=found.downloads)
    return found


async def _export(tx: TenantTransaction, vault: Vault, run: BankRun, by: str) -> None:
    own = await bank_accounts.get_active(tx, run.account_id)
    checked_execution_date(run.execution_date, clock.today(), instant=run.instant)
    if run.approved_hash != run.content_hash or await barred(tx, vault, run):
        raise ContentHasChanged
    payments = await _payments(tx, vault, run)
    debtor = Debtor(
        holder=own.account_holder,
        iban=await bank_accounts.iban_of(tx, vault, own.id),
        bic=own.bic,
        address=await _payers_address(tx),
        instant=run.instant,
    )
    # Seconds of computing: beside the event loop, so that other requests go on.
    content = await asyncio.to_thread(
        write_bank_file,
        run.number,
        debtor,
        payments,
        execution_date=run.execution_date,
        batch_booking=run.batch_booking,
    )
    await tx.execute(
        """
        UPDATE bank_runs SET state = 'exported', file_encrypted = $3, file_sha256 = $4, file_made_at = now(),
                             exported_by = $5, exported_at = now()
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        run.id,
        vault.encrypt(content.decode()),
        hashlib.sha256(content).digest(),
        by,
        timeout=SECONDS,
    )
    await note(
        tx,
        by,
        "exported",
        run,
        sha256=hashlib.sha256(content).hexdigest(),
        account=str(own.id),
    )


async def _payers_address(tx: TenantTransaction) -> Address | None:
    row = await tx.fetchrow(
        "SELECT street, zip AS postcode, city AS town, country_code AS country FROM tenants WHERE id = $1", tx.tenant.id
    )
    return None if row is None or row["town"] is None else Address.from_row(row)


async def _payments(tx: TenantTransaction, vault: Vault, run: BankRun) -> list[Payment]:
    rows = await tx.fetch(
        """
        SELECT l.creditor, l.amount_cents, l.end_to_end_id, l.remittance, b.iban_encrypted, b.iban_last4, b.bic
          FROM bank_run_lines l
          JOIN partner_bank_details b ON b.tenant_id = l.tenant_id AND b.id = l.bank_details_id
         WHERE l.tenant_id = $1 AND l.run_id = $2 AND l.released_at IS NULL ORDER BY l.position
        """,
        tx.tenant.id,
        run.id,
        timeout=SECONDS,
    )
    return [
        Payment(
            creditor=row["creditor"],
            iban=_iban_as_recorded(vault, row["iban_encrypted"], row["iban_last4"]),
            bic=row["bic"],
            amount_cents=row["amount_cents"],
            end_to_end_id=row["end_to_end_id"],
            remittance=row["remittance"],
        )
        for row in rows
    ]


def _iban_as_recorded(vault: Vault, encrypted: bytes, last4: str) -> str:
    """A cipher may be renewed, and so be exchanged for that of another account: its last characters are written once.

    Raises NotAllowedNow.
    """
    iban = vault.decrypt(encrypted)
    if iban[-4:] != last4:
        raise NotAllowedNow("account_was_exchanged")
    return iban
