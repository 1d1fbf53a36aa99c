"""The tenant's own accounts, from which bank runs pay. Two persons: one records, another puts it into force.

An account is never changed, only replaced by another row, so that a file can tell for ever what it was paid from.
"""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from pydantic import Field, SecretStr

from ledger.access import four_eyes
from ledger.audit import audit
from ledger.bank.bank_ids import checked_bic, checked_iban, country_outside_sepa, masked
from ledger.bank.bank_text import has_words, sepa_text
from ledger.bank.sepa_area import is_in_eea
from ledger.database import TenantTransaction
from ledger.plain_text import PrintedName
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound
from ledger.types import Frozen, Submitted
from ledger.vault import Vault

OF_ITS_IBAN = """IN (SELECT same.id FROM tenant_bank_accounts a
          JOIN tenant_bank_accounts same ON same.tenant_id = a.tenant_id AND same.iban_hmac = a.iban_hmac
         WHERE a.tenant_id = $1 AND a.id = {})"""
"""Every row of an account (keyset.Conditions): it was recorded anew, and what the bank told stays with the oldest."""


class NewOwnAccount(Submitted):
    """`bic` may be left out where the IBAN tells it, inside the EEA.

    `batch_booking` False: each payment is one booking, so that lexoffice proposes the credit note for each.
    """

    account_holder: PrintedName = Field(min_length=1, max_length=70, examples=["Acme GmbH"])
    iban: SecretStr = Field(examples=["DE89370400440532013000"])
    bic: str | None = Field(default=None, max_length=11, examples=["COBADEFFXXX"])
    batch_booking: bool = False


class OwnAccount(Frozen):
    """An account of the tenant; of its IBAN only the last four characters."""

    id: UUID
    seq: int
    account_holder: str
    iban_last4: str
    bic: str
    batch_booking: bool
    cut_off: time | None
    """Until when, in Germany, the bank takes a file for the same bank day; None where nobody said."""
    takes_instant: bool
    """Whether the bank takes files of instant transfers for it."""
    state: str
    recorded_by: str
    recorded_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    confirmed_alone: bool
    ended_reason: str | None
    """What a person wrote; `why_ended` knows what a code says, too."""
    ended_code: str | None
    ended_params: dict[str, Any] | None

    @property
    def masked_iban(self) -> str:
        """The IBAN as pages show it: the last four characters."""
        return masked(self.iban_last4)

    @property
    def why_ended(self) -> Reason | str | None:
        """Why the account is no longer in force: a code, or a person's own words; None while it is."""
        return Reason.read(self.ended_code, self.ended_params) or self.ended_reason


async def record(tx: TenantTransaction, vault: Vault, new: NewOwnAccount, *, by: str) -> OwnAccount:
    """A pending account. Raises NotAcceptable (IBAN, BIC, a holder without letters, outside SEPA), AlreadyExists."""
    iban = checked_iban(new.iban.get_secret_value())
    if country_outside_sepa(iban.compact):
        raise NotAcceptable("iban_outside_sepa")
    # What a bank's directory says of its own country is no guess; pages ask for it all the same.
    bic = checked_bic(new.bic) if new.bic else iban.bic if is_in_eea(iban.compact) else None
    if bic is None:
        raise NotAcceptable("bic_missing")
    if not has_words(sepa_text(new.account_holder)):
        raise NotAcceptable("holder_not_sepa")
    # The uniqueness of the HMAC holds under one key only.
    if await tx.fetchval(
        """
        SELECT 1 FROM tenant_bank_accounts
         WHERE tenant_id = $1 AND iban_hmac = ANY ($2) AND state IN ('pending', 'active')
           AND (state = 'pending' OR account_holder = $3 AND bic = $4 AND batch_booking = $5)
        """,
        tx.tenant.id,
        vault.recognise_under_all_keys(iban.compact),
        new.account_holder,
        bic.compact,
        new.batch_booking,
    ):
        raise NotAllowedNow("account_recorded")
    row = await tx.fetchrow(
        f"""
        INSERT INTO tenant_bank_accounts (tenant_id, account_holder, iban_encrypted, iban_hmac, iban_last4, bic,
                                          batch_booking, recorded_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING {_COLUMNS}
        """,
        tx.tenant.id,
        new.account_holder,
        vault.encrypt(iban.compact),
        vault.recognise(iban.compact),
        iban.compact[-4:],
        bic.compact,
        new.batch_booking,
        by,
    )
    made = _account(row)
    await _note(tx, by, "recorded", made)
    return made


async def confirm(tx: TenantTransaction, account: UUID, *, by: str) -> OwnAccount:
    """pending → active, by a second person; the account with the same IBAN that it replaces is retired.

    Raises NotFound, NotAllowedNow, SecondPersonNeeded.
    """
    found = await _lock(tx, account, "pending")
    alone = await four_eyes.require_second_person(tx, by, made_by=[found.recorded_by])
    await tx.execute(
        """
        UPDATE tenant_bank_accounts SET state = 'retired', ended_by = $3, ended_at = now(),
                                        ended_code = 'replaced_by_newer', ended_params = '{}'
         WHERE tenant_id = $1 AND id <> $2 AND state = 'active'
           AND iban_hmac = (SELECT iban_hmac FROM tenant_bank_accounts WHERE tenant_id = $1 AND id = $2)
        """,
        tx.tenant.id,
        account,
        by,
    )
    row = await tx.fetchrow(
        f"""
        UPDATE tenant_bank_accounts
           SET state = 'active', confirmed_by = $3, confirmed_at = now(), confirmed_alone = $4
         WHERE tenant_id = $1 AND id = $2 RETURNING {_COLUMNS}
        """,
        tx.tenant.id,
        account,
        by,
        alone,
    )
    await _note(tx, by, "confirmed", found, alone=alone)
    return _account(row)


async def end(tx: TenantTransaction, account: UUID, *, by: str, reason: str) -> OwnAccount:
    """pending → refused, active → retired. One person is enough: it only ever bars.

    Raises NotFound, NotAllowedNow.
    """
    found = await _lock(tx, account, "pending", "active")
    row = await tx.fetchrow(
        f"""
        UPDATE tenant_bank_accounts
           SET state = CASE state WHEN 'pending' THEN 'refused' ELSE 'retired' END,
               ended_by = $3, ended_at = now(), ended_reason = $4
         WHERE tenant_id = $1 AND id = $2 RETURNING {_COLUMNS}
        """,
        tx.tenant.id,
        account,
        by,
        reason,
    )
    ended = _account(row)
    await _note(tx, by, ended.state, found, reason=reason)
    return ended


class Terms(Submitted):
    """What the bank offers for an account."""

    cut_off: time | None = Field(default=None, examples=["14:30"])
    takes_instant: bool = False


async def note_terms(tx: TenantTransaction, account: UUID, terms: Terms, *, by: str) -> OwnAccount:
    """What the bank offers, as it is told from now on; nothing that was approved changes by it.

    Raises NotFound, NotAllowedNow (not in force).
    """
    await _lock(tx, account, "active")
    row = await tx.fetchrow(
        f"""
        UPDATE tenant_bank_accounts SET cut_off = $3, takes_instant = $4
         WHERE tenant_id = $1 AND id = $2 RETURNING {_COLUMNS}
        """,
        tx.tenant.id,
        account,
        terms.cut_off,
        terms.takes_instant,
    )
    noted = _account(row)
    await _note(
        tx,
        by,
        "terms_noted",
        noted,
        cut_off=terms.cut_off.isoformat("minutes") if terms.cut_off else None,
        takes_instant=terms.takes_instant,
    )
    return noted


async def list_accounts(tx: TenantTransaction) -> list[OwnAccount]:
    """What is in force or waits first, then what was."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM tenant_bank_accounts WHERE tenant_id = $1
         ORDER BY state NOT IN ('pending', 'active'), seq DESC LIMIT 200
        """,
        tx.tenant.id,
    )
    return [_account(row) for row in rows]


async def get(tx: TenantTransaction, account: UUID) -> OwnAccount:
    """An own account. Raises NotFound."""
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM tenant_bank_accounts WHERE tenant_id = $1 AND id = $2", tx.tenant.id, account
    )
    return _account(row)


async def get_active(tx: TenantTransaction, wanted: UUID | None) -> OwnAccount:
    """The account to pay from: the one that is named, else the only one in force. Raises NotAllowedNow, NotFound."""
    if wanted is not None:
        found = await get(tx, wanted)
        if found.state != "active":
            raise NotAllowedNow("own_account_not_active")
        return found
    active = [account for account in await list_accounts(tx) if account.state == "active"]
    if not active:
        raise NotAllowedNow("no_own_account")
    if len(active) > 1:
        raise NotAllowedNow("own_account_unclear")
    return active[0]


async def iban_of(tx: TenantTransaction, vault: Vault, account: UUID) -> str:
    """The whole IBAN, for a file. Raises NotFound and CannotDecrypt."""
    stored = await tx.fetchval(
        "SELECT iban_encrypted FROM tenant_bank_accounts WHERE tenant_id = $1 AND id = $2", tx.tenant.id, account
    )
    if stored is None:
        raise NotFound("own_account_not_found")
    return vault.decrypt(stored)


_COLUMNS = """
    id, seq, account_holder, iban_last4, bic, batch_booking, cut_off, takes_instant, state, recorded_by, recorded_at,
    confirmed_by, confirmed_at, confirmed_alone, ended_reason, ended_code, ended_params
"""


async def _lock(tx: TenantTransaction, account: UUID, *states: str) -> OwnAccount:
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM tenant_bank_accounts WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
        tx.tenant.id,
        account,
    )
    found = _account(row)
    if found.state not in states:
        raise NotAllowedNow("own_account_decided")
    return found


async def _note(tx: TenantTransaction, by: str, what: str, account: OwnAccount, **more: Any) -> None:
    await audit.record(
        tx,
        actor=by,
        action=f"own_account.{what}",
        subject="own_account",
        subject_id=str(account.id),
        detail={"batch_booking": account.batch_booking, **more},
    )


def _account(row: Any) -> OwnAccount:
    if row is None:
        raise NotFound("own_account_not_found")
    return OwnAccount.from_row(row)
