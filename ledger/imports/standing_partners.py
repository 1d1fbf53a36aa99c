"""What the ledger knows of the partners that a file tells of, read at once."""

from collections.abc import Sequence
from typing import NamedTuple

from ledger.database import TenantTransaction
from ledger.programme.partners import BESIDE, COLUMNS, Partner
from ledger.tax.tax_statuses import TaxRecord
from ledger.types import PartnerId

SECONDS = 30.0
"""For statements over all rows of a file."""


class Account(NamedTuple):
    """An account without its IBAN."""

    holder: str
    last4: str
    bic: str | None


class KnownAccount(NamedTuple):
    """`hmac` recognises its IBAN."""

    hmac: bytes
    account: Account


class Known(NamedTuple):
    """A partner with its latest tax status, and its accounts: the one that waits before the one in force."""

    partner: Partner
    tax: TaxRecord | None
    accounts: tuple[KnownAccount, ...]


class Standing(NamedTuple):
    """By code: the partners asked for, and the sponsor of every partner of the tenant."""

    partners: dict[str, Known]
    sponsors: dict[str, str | None]
    campaigns: frozenset[str]


async def known_partners(tx: TenantTransaction, codes: Sequence[str]) -> Standing:
    """Those of these codes that are there, the whole tree, and the slugs of all campaigns."""
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM partners p {BESIDE} WHERE p.tenant_id = $1 AND p.code = ANY ($2)",
        tx.tenant.id,
        codes,
        timeout=SECONDS,
    )
    found = [Partner.from_row(row) for row in rows]
    ids = [one.id for one in found]
    taxes = await _latest_tax(tx, ids)
    accounts = await _accounts(tx, ids)
    sponsors = await tx.fetch(
        """
        SELECT p.code, s.code AS sponsor FROM partners p
          LEFT JOIN partners s ON s.tenant_id = p.tenant_id AND s.id = p.sponsor_id
         WHERE p.tenant_id = $1
        """,
        tx.tenant.id,
        timeout=SECONDS,
    )
    slugs = await tx.fetch("SELECT slug FROM campaigns WHERE tenant_id = $1", tx.tenant.id)
    return Standing(
        {one.code: Known(one, taxes.get(one.id), tuple(accounts.get(one.id, ()))) for one in found},
        {row["code"]: row["sponsor"] for row in sponsors},
        frozenset(row["slug"] for row in slugs),
    )


async def _latest_tax(tx: TenantTransaction, ids: Sequence[PartnerId]) -> dict[PartnerId, TaxRecord]:
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (partner_id) * FROM partner_tax_statuses
         WHERE tenant_id = $1 AND partner_id = ANY ($2) ORDER BY partner_id, valid_from DESC, recorded_at DESC
        """,
        tx.tenant.id,
        ids,
        timeout=SECONDS,
    )
    return {PartnerId(row["partner_id"]): TaxRecord.from_row(row) for row in rows}


async def _accounts(tx: TenantTransaction, ids: Sequence[PartnerId]) -> dict[PartnerId, list[KnownAccount]]:
    rows = await tx.fetch(
        """
        SELECT partner_id, account_holder, iban_hmac, iban_last4, bic FROM partner_bank_details
         WHERE tenant_id = $1 AND partner_id = ANY ($2) AND state IN ('pending', 'active') ORDER BY state DESC
        """,
        tx.tenant.id,
        ids,
        timeout=SECONDS,
    )
    found: dict[PartnerId, list[KnownAccount]] = {}
    for row in rows:
        account = Account(row["account_holder"], row["iban_last4"], row["bic"])
        found.setdefault(PartnerId(row["partner_id"]), []).append(KnownAccount(row["iban_hmac"], account))
    return found
