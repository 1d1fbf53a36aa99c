"""The contact that stands for a partner in the books: one for each account, made by us where there is none.

A contact is no document: one too many is a nuisance and no money, but it is looked for before it is made again.
"""

from datetime import datetime
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.types import Frozen, PartnerId


class PartnerContact(Frozen):
    """`sent_at`: one may have been made, whose id is not known. `details_hash`: of what it was last told to be."""

    contact_id: UUID | None = None
    sent_at: datetime | None = None
    details_hash: str | None = None


async def find(tx: TenantTransaction, organization: UUID, partner: PartnerId) -> PartnerContact:
    """What is known of it."""
    row = await tx.fetchrow(
        """
        SELECT contact_id, sent_at, details_hash FROM partner_contacts
         WHERE tenant_id = $1 AND organization_id = $2 AND partner_id = $3
        """,
        tx.tenant.id,
        organization,
        partner,
    )
    return PartnerContact() if row is None else PartnerContact.from_row(row)


async def note_sent(tx: TenantTransaction, organization: UUID, partner: PartnerId, *, sent: bool) -> None:
    """A POST is about to make it: should its answer be lost, it is looked for first. `sent` False: none was made."""
    await tx.execute(
        """
        INSERT INTO partner_contacts (tenant_id, organization_id, partner_id, sent_at)
        VALUES ($1, $2, $3, CASE WHEN $4 THEN clock_timestamp() END)
        ON CONFLICT (tenant_id, organization_id, partner_id) DO UPDATE SET sent_at = EXCLUDED.sent_at
        """,
        tx.tenant.id,
        organization,
        partner,
        sent,
    )


async def doubt(tx: TenantTransaction, partner: PartnerId) -> None:
    """The books may know its contact no more: it is told anew before a document names it."""
    await tx.execute(
        "UPDATE partner_contacts SET details_hash = NULL WHERE tenant_id = $1 AND partner_id = $2",
        tx.tenant.id,
        partner,
    )


async def keep(
    tx: TenantTransaction,
    organization: UUID,
    partner: PartnerId,
    contact: UUID,
    *,
    settled: bool = True,
    details_hash: str | None = None,
) -> None:
    """This is the contact. `settled`: nothing is left to be done about it."""
    await tx.execute(
        """
        INSERT INTO partner_contacts (tenant_id, organization_id, partner_id, contact_id, settled_at, details_hash)
        VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN clock_timestamp() END, $6)
        ON CONFLICT (tenant_id, organization_id, partner_id)
        DO UPDATE SET contact_id = EXCLUDED.contact_id, settled_at = EXCLUDED.settled_at,
                      details_hash = EXCLUDED.details_hash
        """,
        tx.tenant.id,
        organization,
        partner,
        contact,
        settled,
        details_hash,
    )
