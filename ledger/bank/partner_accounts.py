"""Where a partner is paid to. The IBAN is stored encrypted; lists and audit entries see its last four characters.

A new account is pending until a second person confirms it; one that replaces another waits for the quarantine, too
(rules.md, Approval). Until then a trigger holds the partner's payouts.
"""

from datetime import UTC, datetime
from uuid import UUID

from pydantic import Field, SecretStr

from ledger import tasks
from ledger.access import four_eyes, rule_changes
from ledger.audit import audit, hands
from ledger.bank.bank_ids import checked_iban, masked, payees_bic
from ledger.database import Ledger, TenantTransaction
from ledger.payouts import rechecks
from ledger.plain_text import PrintedName
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow, NotFound
from ledger.types import Frozen, PartnerId, PayoutNumber, Submitted, Tenant
from ledger.vault import Vault

IBAN_TWICE = "iban_on_two_partners"
"""The kind of the task that must be acknowledged before such an account can be confirmed."""


class NewBankDetails(Submitted):
    """`bic` is needed for accounts that SEPA reaches beyond the EEA."""

    account_holder: PrintedName = Field(min_length=1, max_length=70)
    iban: SecretStr
    bic: str | None = None


class BankDetails(Frozen):
    """An account of a partner; of its IBAN only the last four characters."""

    id: UUID
    partner_id: PartnerId
    account_holder: str
    iban_last4: str
    bic: str | None
    state: str
    recorded_by: str | None
    recorded_at: datetime
    usable_from: datetime
    """End of the quarantine; of a partner's first account the moment it was recorded."""
    confirmed_by: str | None
    confirmed_at: datetime | None

    @property
    def masked_iban(self) -> str:
        """The IBAN as pages show it: the last four characters."""
        return masked(self.iban_last4)


async def save_bank_details(
    tx: TenantTransaction, vault: Vault, partner_id: PartnerId, new: NewBankDetails, *, by: str
) -> BankDetails:
    """Record a pending account; an older pending one is given up. The active one stays until this one replaces it.

    Raises NotAcceptable for an IBAN or BIC that cannot exist, NotFound.
    """
    iban = checked_iban(new.iban.get_secret_value())
    bic = payees_bic(new.bic, iban)
    # The row lock lets two edits at once follow each other; one account is pending (one_pending_account_per_partner).
    code = await tx.fetchval(
        "UPDATE partners SET last_edited_by = $3 WHERE tenant_id = $1 AND id = $2 RETURNING code",
        tx.tenant.id,
        partner_id,
        by,
    )
    if code is None:
        raise NotFound("partner_not_found")
    await hands.hold_partner(tx, partner_id)
    await tx.execute(
        """
        UPDATE partner_bank_details SET state = 'superseded'
         WHERE tenant_id = $1 AND partner_id = $2 AND state = 'pending'
        """,
        tx.tenant.id,
        partner_id,
    )
    row = await tx.fetchrow(
        f"""
        INSERT INTO partner_bank_details (tenant_id, partner_id, account_holder, iban_encrypted, iban_hmac,
                                          iban_last4, bic, recorded_by, usable_from)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8,
               now() + CASE WHEN EXISTS (SELECT 1 FROM partner_bank_details
                                          WHERE tenant_id = $1 AND partner_id = $2 AND state = 'active')
                            THEN $9::interval ELSE interval '0' END
        RETURNING {_COLUMNS}
        """,
        tx.tenant.id,
        partner_id,
        new.account_holder,
        vault.encrypt(iban.compact),
        vault.recognise(iban.compact),
        iban.compact[-4:],
        None if bic is None else bic.compact,
        by,
        await rule_changes.quarantine(tx),
    )
    assert row is not None
    await audit.record(
        tx,
        actor=by,
        action="partner.bank_details_saved",
        subject="partner",
        subject_id=str(partner_id),
        detail={"account": str(row["id"])},
    )
    await _ask_about_second_owner(tx, vault, partner_id, iban.compact)
    return BankDetails.from_row(row)


async def confirm(
    tx: TenantTransaction, partner_id: PartnerId, account: UUID, *, by: str
) -> tuple[BankDetails, list[PayoutNumber]]:
    """A second person has checked it. It is in force at once, or when its quarantine is over.

    Returns the account and the payouts that must look again. Raises NotFound, NotAllowedNow (already decided, or its
    IBAN is another partner's and nobody has acknowledged that), SecondPersonNeeded.
    """
    found = await _lock_pending(tx, partner_id, account)
    if found.confirmed_at is not None:
        raise NotAllowedNow("account_confirmed")
    code = await tx.fetchval("SELECT code FROM partners WHERE tenant_id = $1 AND id = $2", tx.tenant.id, partner_id)
    asked = [await tasks.open_kinds(tx, subject="partner", subject_id=named) for named in (str(partner_id), code)]
    if any(IBAN_TWICE in kinds for kinds in asked):
        raise NotAllowedNow(IBAN_TWICE)
    alone = await four_eyes.require_second_person(tx, by, made_by=[found.recorded_by])
    await tx.execute(
        """
        UPDATE partner_bank_details SET confirmed_by = $3, confirmed_at = now(), confirmed_alone = $4
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        account,
        by,
        alone,
    )
    if not alone:
        await hands.confirm(tx, "partner", str(partner_id), about=account, by=by)
    await audit.record(
        tx,
        actor=by,
        action="partner.bank_details_confirmed",
        subject="partner",
        subject_id=str(partner_id),
        detail={"account": str(account), "usable_from": found.usable_from.isoformat(), "alone": alone},
    )
    touched = await activate_pending(tx, partner_id)
    return await _find(tx, partner_id, account), touched


async def refuse(
    tx: TenantTransaction, partner_id: PartnerId, account: UUID, *, by: str, reason: str
) -> tuple[BankDetails, list[PayoutNumber]]:
    """It is not the partner's, or not wanted: the old one stays in force. Raises NotFound, NotAllowedNow."""
    await _lock_pending(tx, partner_id, account)
    await tx.execute(
        "UPDATE partner_bank_details SET state = 'refused', refused_reason = $3 WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        account,
        reason,
    )
    await audit.record(
        tx,
        actor=by,
        action="partner.bank_details_refused",
        subject="partner",
        subject_id=str(partner_id),
        detail={"account": str(account), "reason": reason},
    )
    touched = await rechecks.want_for_partner(tx, partner_id)
    return await _find(tx, partner_id, account), touched


async def list_due(ledger: Ledger, *, at_most: int) -> list[tuple[Tenant, PartnerId]]:
    """Over all tenants: whose confirmed account has waited long enough."""
    async with ledger.without_tenant() as db:
        rows = await db.fetch("SELECT * FROM find_accounts_to_activate($1)", at_most)
    return [(Tenant.from_row(row), PartnerId(row["partner_id"])) for row in rows]


async def activate_pending(tx: TenantTransaction, partner_id: PartnerId) -> list[PayoutNumber]:
    """The confirmed account whose quarantine is over replaces the active one.

    Returns the payouts that must look again: what an approval stood for has changed. Nothing due: nothing happens.
    """
    await tx.execute("SELECT 1 FROM partners WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tx.tenant.id, partner_id)
    due = await tx.fetchval(
        """
        SELECT id FROM partner_bank_details
         WHERE tenant_id = $1 AND partner_id = $2 AND state = 'pending' AND confirmed_at IS NOT NULL
           AND usable_from <= now()
        """,
        tx.tenant.id,
        partner_id,
    )
    if due is None:
        return []
    await tx.execute(
        """
        UPDATE partner_bank_details SET state = 'superseded'
         WHERE tenant_id = $1 AND partner_id = $2 AND state = 'active'
        """,
        tx.tenant.id,
        partner_id,
    )
    await tx.execute(
        "UPDATE partner_bank_details SET state = 'active' WHERE tenant_id = $1 AND id = $2", tx.tenant.id, due
    )
    return await rechecks.want_for_partner(tx, partner_id)


async def bank_details_of(tx: TenantTransaction, partner_id: PartnerId) -> BankDetails | None:
    """The active account."""
    return await _in_state(tx, partner_id, "active")


async def pending_of(tx: TenantTransaction, partner_id: PartnerId) -> BankDetails | None:
    """The account that waits for a second person or for the end of its quarantine."""
    return await _in_state(tx, partner_id, "pending")


async def partners_with_iban(tx: TenantTransaction, vault: Vault, iban: str) -> list[PartnerId]:
    """Whose account it is, or is to be: the same IBAN on two partners is worth a look."""
    return [
        PartnerId(row["partner_id"])
        for row in await tx.fetch(
            """
            SELECT partner_id FROM partner_bank_details
             WHERE tenant_id = $1 AND iban_hmac = ANY ($2) AND state IN ('active', 'pending')
             GROUP BY partner_id ORDER BY min(recorded_at)
            """,
            tx.tenant.id,
            vault.recognise_under_all_keys(checked_iban(iban).compact),
        )
    ]


_COLUMNS = """
    id, partner_id, account_holder, iban_last4, bic, state, recorded_by, recorded_at, usable_from, confirmed_by,
    confirmed_at
"""


async def _in_state(tx: TenantTransaction, partner_id: PartnerId, state: str) -> BankDetails | None:
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM partner_bank_details WHERE tenant_id = $1 AND partner_id = $2 AND state = $3",
        tx.tenant.id,
        partner_id,
        state,
    )
    return None if row is None else BankDetails.from_row(row)


async def _find(tx: TenantTransaction, partner_id: PartnerId, account: UUID) -> BankDetails:
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM partner_bank_details WHERE tenant_id = $1 AND partner_id = $2 AND id = $3",
        tx.tenant.id,
        partner_id,
        account,
    )
    if row is None:
        raise NotFound("partner_account_not_found")
    return BankDetails.from_row(row)


async def _lock_pending(tx: TenantTransaction, partner_id: PartnerId, account: UUID) -> BankDetails:
    # The partner's row, as in save_bank_details: who confirms and who records anew take turns.
    await tx.execute("SELECT 1 FROM partners WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tx.tenant.id, partner_id)
    found = await _find(tx, partner_id, account)
    if found.state != "pending":
        raise NotAllowedNow("account_decided")
    return found


async def _ask_about_second_owner(tx: TenantTransaction, vault: Vault, partner_id: PartnerId, iban: str) -> None:
    code = await tx.fetchval("SELECT code FROM partners WHERE tenant_id = $1 AND id = $2", tx.tenant.id, partner_id)
    owners = await tx.fetch(
        "SELECT code FROM partners WHERE tenant_id = $1 AND id = ANY ($2) AND id <> $3 ORDER BY code",
        tx.tenant.id,
        await partners_with_iban(tx, vault, iban),
        partner_id,
    )
    # The release before 1.0 asked by code.
    await tasks.close_questions(tx, subject="partner", subject_id=code, kinds=(IBAN_TWICE,), by="ledger")
    if owners:
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind=IBAN_TWICE,
                subject="partner",
                subject_id=str(partner_id),
                reason=Reason.of("iban_of_another_partner"),
                actions=("acknowledge",),
                detail={"partners": [row["code"] for row in owners], "asked_at": datetime.now(UTC).isoformat()},
                links={"partner": f"/api/v1/partners/{code}"},
            ),
        )
    else:
        await tasks.close_questions(tx, subject="partner", subject_id=str(partner_id), kinds=(IBAN_TWICE,), by="ledger")
