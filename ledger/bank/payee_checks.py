"""Verification of Payee: what the payee's bank said of name and account, and what follows (rules.md, Bank).

The newest result of an account counts (payee_check_that_counts in PostgreSQL). No match (RVNM) keeps the account out
of every file until a second person confirms it; a close match (RVMC) names the holder, which somebody may propose as
new bank details; that no check was possible (RVNA) is a note. A check is no rejection: what is in a file already stays
there.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal
from uuid import UUID

from pydantic import Field, SecretStr

from ledger import clock
from ledger.access import four_eyes
from ledger.audit import audit
from ledger.bank import bank_run_rows, partner_accounts
from ledger.bank.bank_run_rows import BankRunLine
from ledger.bank.partner_accounts import BankDetails, NewBankDetails
from ledger.database import TenantTransaction
from ledger.plain_text import PrintedName
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound
from ledger.types import Frozen, PartnerId, Submitted
from ledger.vault import Vault

Result = Literal["match", "close", "none", "not_possible"]
RESULTS: Mapping[str, Result] = MappingProxyType(
    {"RCVC": "match", "RVMC": "close", "RVNM": "none", "RVNA": "not_possible"}
)
"""By the codes of the EPC's scheme, as banks write them into a pain.002."""


class NewCheck(Submitted):
    """What the bank's page shows for one payment. `holder_at_bank` belongs to a close match."""

    result: Result
    holder_at_bank: PrintedName | None = Field(default=None, min_length=1, max_length=140)
    checked_on: date | None = None


class PayeeCheck(Frozen):
    """A result for an account. `reported` by a file of the bank; else a person read it on the bank's page."""

    id: UUID
    bank_details_id: UUID
    result: Result
    holder_at_bank: str | None
    checked_on: date
    reported: bool
    recorded_by: str
    recorded_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    confirmed_alone: bool

    @property
    def bars(self) -> bool:
        """Whether no file may pay to the account."""
        return self.result == "none" and self.confirmed_at is None


async def newest(tx: TenantTransaction, accounts: Collection[UUID]) -> dict[UUID, PayeeCheck]:
    """The result that counts of each account that has one."""
    rows = await tx.fetch(
        """
        SELECT k.* FROM unnest($2::uuid[]) a (id) CROSS JOIN payee_check_that_counts($1, a.id) k
        """,
        tx.tenant.id,
        list(set(accounts)),
    )
    return {row["bank_details_id"]: PayeeCheck.from_row(row) for row in rows}


async def record(tx: TenantTransaction, run: str, payout: str, new: NewCheck, *, by: str) -> PayeeCheck:
    """What a person read on the bank's page for a payment of a run. Locks the run.

    Raises NotFound, NotAcceptable (a day to come, a name without a close match or the other way round),
    SecondPersonNeeded where it lets files pay to an account again: as for `confirm`.
    """
    day = new.checked_on or clock.today()
    if day > clock.today():
        raise NotAcceptable("payee_check_day_ahead")
    if (new.result == "close") != (new.holder_at_bank is not None):
        raise NotAcceptable("payee_check_name")
    line = await _line(tx, run, payout)
    found = (await newest(tx, [line.bank_details_id])).get(line.bank_details_id)
    if found is not None and found.bars and new.result != "none":
        await _require_second_person(tx, found, by)
    return await keep(tx, line, new.model_copy(update={"checked_on": day}), reported=False, by=by)


async def keep(tx: TenantTransaction, line: BankRunLine, new: NewCheck, *, reported: bool, by: str) -> PayeeCheck:
    """A result for the account of this payment. The run is locked.

    It counts from now on, but for a reported one that would lift a bar: only a person does.
    """
    row = await tx.fetchrow(
        """
        INSERT INTO payee_checks (tenant_id, bank_details_id, result, holder_at_bank, checked_on, reported, recorded_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *
        """,
        tx.tenant.id,
        line.bank_details_id,
        new.result,
        new.holder_at_bank,
        new.checked_on or clock.today(),
        reported,
        by,
    )
    assert row is not None, "it was inserted"
    kept = PayeeCheck.from_row(row)
    await _note(tx, by, "recorded", line, result=kept.result, reported=reported)
    return kept


async def confirm(tx: TenantTransaction, run: str, payout: str, *, by: str) -> PayeeCheck:
    """A second person has made sure whose account it is, though the name does not fit: files may pay to it.

    Locks the run. Raises NotFound, NotAllowedNow (nothing bars it), SecondPersonNeeded: who recorded the account or the
    result is the first one.
    """
    line = await _line(tx, run, payout)
    found = (await newest(tx, [line.bank_details_id])).get(line.bank_details_id)
    if found is None or not found.bars:
        raise NotAllowedNow("payee_check_bars_nothing")
    alone = await _require_second_person(tx, found, by)
    row = await tx.fetchrow(
        """
        UPDATE payee_checks SET confirmed_by = $3, confirmed_at = now(), confirmed_alone = $4
         WHERE tenant_id = $1 AND id = $2 RETURNING *
        """,
        tx.tenant.id,
        found.id,
        by,
        alone,
    )
    assert row is not None, "it is there"
    await _note(tx, by, "confirmed", line, alone=alone)
    return PayeeCheck.from_row(row)


async def take_name(tx: TenantTransaction, vault: Vault, run: str, payout: str, *, by: str) -> BankDetails:
    """The same account under the holder's name as the bank has it, proposed: it waits for a second person like any new
    bank details, and until then the partner's payouts rest.

    Locks the partner. Raises NotFound, NotAllowedNow (no close match, an account that is no longer in force),
    CannotDecrypt.
    """
    found = await bank_run_rows.find_line(tx, run, payout)
    if found is None:
        raise NotFound("payment_not_found")
    return await _propose_name(tx, vault, found.bank_details_id, by=by)


async def name_to_take(tx: TenantTransaction, partner: PartnerId) -> str | None:
    """The holder's name as the bank has it, where the account in force matched closely and no other one waits."""
    account = await _account_to_rename(tx, partner)
    check = None if account is None else (await newest(tx, [account])).get(account)
    return None if check is None else check.holder_at_bank


async def take_own_name(tx: TenantTransaction, vault: Vault, partner: PartnerId, *, seen: str) -> BankDetails:
    """As `take_name`, by the partner, who saw this name. Locks the partner.

    Raises NotFound, NotAllowedNow (no such close match any more), CannotDecrypt.
    """
    account = await _account_to_rename(tx, partner)
    if account is None or await name_to_take(tx, partner) != seen:
        raise NotAllowedNow("payee_check_names_nobody")
    return await _propose_name(tx, vault, account, by=f"partner:{partner}")


async def _account_to_rename(tx: TenantTransaction, partner: PartnerId) -> UUID | None:
    found: UUID | None = await tx.fetchval(
        """
        SELECT a.id FROM partner_bank_details a
         WHERE a.tenant_id = $1 AND a.partner_id = $2 AND a.state = 'active'
           AND NOT EXISTS (SELECT FROM partner_bank_details b
                            WHERE b.tenant_id = $1 AND b.partner_id = $2 AND b.state = 'pending')
        """,
        tx.tenant.id,
        partner,
    )
    return found


async def _propose_name(tx: TenantTransaction, vault: Vault, account: UUID, *, by: str) -> BankDetails:
    check = (await newest(tx, [account])).get(account)
    if check is None or check.holder_at_bank is None:
        raise NotAllowedNow("payee_check_names_nobody")
    row = await tx.fetchrow(
        "SELECT partner_id, iban_encrypted, bic, state FROM partner_bank_details WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        account,
    )
    assert row is not None, "checks keep their account"
    if row["state"] != "active":
        raise NotAllowedNow("account_decided")  # the partner has another one by now
    new = NewBankDetails(
        account_holder=check.holder_at_bank[:70], iban=SecretStr(vault.decrypt(row["iban_encrypted"])), bic=row["bic"]
    )
    return await partner_accounts.save_bank_details(tx, vault, PartnerId(row["partner_id"]), new, by=by)


async def _require_second_person(tx: TenantTransaction, found: PayeeCheck, by: str) -> bool:
    recorded_by = await tx.fetchval(
        "SELECT recorded_by FROM partner_bank_details WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        found.bank_details_id,
    )
    first = [recorded_by, None if found.reported else found.recorded_by]
    return await four_eyes.require_second_person(tx, by, made_by=first)


async def _line(tx: TenantTransaction, run: str, payout: str) -> BankRunLine:
    await bank_run_rows.lock(tx, run)
    line = await bank_run_rows.find_line(tx, run, payout)
    if line is None:
        raise NotFound("payment_not_found")
    return line


async def _note(tx: TenantTransaction, by: str, what: str, line: BankRunLine, **more: object) -> None:
    partner = await tx.fetchval(
        "SELECT partner_id FROM partner_bank_details WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        line.bank_details_id,
    )
    await audit.record(
        tx,
        actor=by,
        action=f"partner.payee_check_{what}",
        subject="partner",
        subject_id=str(partner),
        detail={"account": str(line.bank_details_id), "payout": line.payout, **more},
    )
