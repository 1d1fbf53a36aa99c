"""Where a partner is paid to. The IBAN is stored encrypted; lists and audit entries see its last four characters."""

from datetime import datetime
from uuid import UUID

from pydantic import Field, SecretStr
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from ledger import audit
from ledger.database import Connection
from ledger.refusals import NotAcceptable, NotFound
from ledger.types import Frozen, PartnerId, Tenant
from ledger.vault import Vault


class NewBankDetails(Frozen):
    """`bic` may be left out where the IBAN tells it."""

    account_holder: str = Field(min_length=1, max_length=70)
    iban: SecretStr
    bic: str | None = None


class BankDetails(Frozen):
    id: UUID
    partner_id: PartnerId
    account_holder: str
    iban_last4: str
    bic: str | None
    state: str
    recorded_by: str | None
    recorded_at: datetime

    @property
    def masked_iban(self) -> str:
        return f"•••• {self.iban_last4}"


async def save_bank_details(
    db: Connection, tenant: Tenant, vault: Vault, partner_id: PartnerId, new: NewBankDetails, *, by: str
) -> BankDetails:
    """The new account supersedes the old one. Raises NotAcceptable for an IBAN or BIC that cannot exist, NotFound."""
    iban = _checked_iban(new.iban.get_secret_value())
    bic = _checked_bic(new.bic) if new.bic else iban.bic
    # The row lock lets two edits at once follow each other; one account is active (one_active_account_per_partner).
    locked = await db.fetchval(
        "UPDATE partners SET last_edited_by = $3 WHERE tenant_id = $1 AND id = $2 RETURNING id",
        tenant.id,
        partner_id,
        by,
    )
    if locked is None:
        raise NotFound("Partner")
    await db.execute(
        """
        UPDATE partner_bank_details SET state = 'superseded'
         WHERE tenant_id = $1 AND partner_id = $2 AND state = 'active'
        """,
        tenant.id,
        partner_id,
    )
    row = await db.fetchrow(
        """
        INSERT INTO partner_bank_details (tenant_id, partner_id, account_holder, iban_encrypted, iban_hmac,
                                          iban_last4, bic, recorded_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        RETURNING id, partner_id, account_holder, iban_last4, bic, state, recorded_by, recorded_at
        """,
        tenant.id,
        partner_id,
        new.account_holder,
        vault.encrypt(iban.compact),
        vault.recognise(iban.compact),
        iban.compact[-4:],
        None if bic is None else bic.compact,
        by,
    )
    assert row is not None
    await audit.record(
        db, tenant, actor=by, action="partner.bank_details_saved", subject="partner", subject_id=str(partner_id)
    )
    return BankDetails.model_validate(dict(row))


async def bank_details_of(db: Connection, tenant: Tenant, partner_id: PartnerId) -> BankDetails | None:
    """The active account."""
    row = await db.fetchrow(
        """
        SELECT id, partner_id, account_holder, iban_last4, bic, state, recorded_by, recorded_at
          FROM partner_bank_details WHERE tenant_id = $1 AND partner_id = $2 AND state = 'active'
        """,
        tenant.id,
        partner_id,
    )
    return None if row is None else BankDetails.model_validate(dict(row))


async def iban_of(db: Connection, tenant: Tenant, vault: Vault, bank_details_id: UUID) -> str:
    """The whole IBAN, for a transfer. Raises NotFound and CannotDecrypt."""
    stored = await db.fetchval(
        "SELECT iban_encrypted FROM partner_bank_details WHERE tenant_id = $1 AND id = $2", tenant.id, bank_details_id
    )
    if stored is None:
        raise NotFound("Bankverbindung")
    return vault.decrypt(stored)


async def partners_with_iban(db: Connection, tenant: Tenant, vault: Vault, iban: str) -> list[PartnerId]:
    """Whose active account it is: the same IBAN on two partners is worth a look."""
    return [
        PartnerId(row["partner_id"])
        for row in await db.fetch(
            """
            SELECT partner_id FROM partner_bank_details
             WHERE tenant_id = $1 AND iban_hmac = ANY ($2) AND state = 'active' ORDER BY recorded_at
            """,
            tenant.id,
            vault.recognise_under_all_keys(_checked_iban(iban).compact),
        )
    ]


def _checked_iban(iban: str) -> IBAN:
    try:
        return IBAN(iban)
    except SchwiftyException:
        # `from None`: the library's message repeats the IBAN.
        raise NotAcceptable("Die IBAN ist nicht gültig.", code="iban_invalid") from None


def _checked_bic(bic: str) -> BIC:
    try:
        return BIC(bic)
    except SchwiftyException:
        raise NotAcceptable("Der BIC ist nicht gültig.", code="bic_invalid") from None
