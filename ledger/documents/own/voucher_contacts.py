"""Whose contact in lexoffice a partner's vouchers name: once per partner and organisation it gets both roles.

The partner's own contact, where an admin has named one, else one that we make. A contact is no document: one too many
is a nuisance and no money, but it is looked for before it is made again.
"""

from datetime import datetime
from uuid import UUID

from ledger.connections import connections
from ledger.database import TenantTransaction
from ledger.documents import partner_contacts
from ledger.types import LEXOFFICE, Frozen, PartnerId


class VoucherContact(Frozen):
    """`is_settled`: nothing is left to be done about it. `sent_at`: one may have been made, whose id is not known."""

    contact_id: UUID | None = None
    is_settled: bool = False
    sent_at: datetime | None = None


async def find(tx: TenantTransaction, partner: PartnerId) -> VoucherContact:
    """What is known of the contact, in the organisation that is connected."""
    row = await tx.fetchrow(
        """
        SELECT COALESCE(p.lexoffice_contact_id, c.contact_id) AS contact_id, c.sent_at,
               c.settled_at IS NOT NULL AND c.contact_id = COALESCE(p.lexoffice_contact_id, c.contact_id) AS is_settled
          FROM partners p
          LEFT JOIN partner_contacts c ON c.tenant_id = p.tenant_id AND c.partner_id = p.id AND c.organization_id = $3
         WHERE p.tenant_id = $1 AND p.id = $2
        """,
        tx.tenant.id,
        partner,
        (await connections.get(tx, LEXOFFICE)).organization_id,
    )
    if row is None:
        return VoucherContact()
    return VoucherContact(contact_id=row["contact_id"], is_settled=bool(row["is_settled"]), sent_at=row["sent_at"])


async def mark_sent(tx: TenantTransaction, partner: PartnerId) -> None:
    """A POST is about to make it: should its answer be lost, it is looked for first."""
    await partner_contacts.note_sent(tx, await _organization(tx), partner, sent=True)


async def mark_refused(tx: TenantTransaction, partner: PartnerId) -> None:
    """It is proved that none was made."""
    await partner_contacts.note_sent(tx, await _organization(tx), partner, sent=False)


async def keep(tx: TenantTransaction, partner: PartnerId, contact: UUID, *, settled: bool) -> None:
    """This is the contact. `settled`: it has both roles, or nobody but a person can give them."""
    await partner_contacts.keep(tx, await _organization(tx), partner, contact, settled=settled)


async def _organization(tx: TenantTransaction) -> UUID:
    organization = (await connections.get(tx, LEXOFFICE)).organization_id
    assert organization is not None, "it was called"
    return organization
