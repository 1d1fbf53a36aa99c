"""The contact that a partner's vouchers name: both roles once per partner, and one made where there is none.

lexoffice's text on vouchers wants a customer, its app keeps suppliers as vendors: a contact that is both serves either
reading (facts, B.2). One GET and one PUT, or one look and one POST; afterwards none.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from temporalio.exceptions import ApplicationError

from activities.gateway.lexoffice_gateway import LexofficeDoor
from httpcalls.errors import NotFound, ProviderError, ValidationFailed
from ledger.database import Ledger
from ledger.documents.own import voucher_contacts
from ledger.documents.own.content import OwnDocument
from ledger.types import PartnerId, Tenant
from lexoffice.client import LexofficeClient
from lexoffice.contacts import Contact, NewContact

_LIST_LAGS = timedelta(minutes=2)
"""After a POST without an answer the list may not show it yet. A second contact is a nuisance, no money."""

CONTACT_GONE = "ContactGone"
CONTACT_REFUSED = "ContactRefused"
"""Types of ApplicationError: a person must name or mend the partner's contact."""


async def settled_contact(
    ledger: Ledger, door: LexofficeDoor, tenant: Tenant, partner: PartnerId, document: OwnDocument
) -> UUID:
    """The id to name on a voucher. Called where `door.failures_explained`.

    Raises a retryable ApplicationError while it is not known whether one was made.
    """
    async with ledger.transaction(tenant) as tx:
        known = await voucher_contacts.find(tx, partner)
    if known.contact_id is not None and known.is_settled:
        return known.contact_id
    async with door.reading(tenant) as client:
        if known.contact_id is not None:
            contact, settled = known.contact_id, await _give_both_roles(client, known.contact_id)
        else:
            contact, settled = await _found_or_made(ledger, client, tenant, partner, document, known.sent_at), True
    async with ledger.transaction(tenant) as tx:
        await voucher_contacts.keep(tx, partner, contact, settled=settled)
    return contact


async def _give_both_roles(client: LexofficeClient, id: UUID) -> bool:
    try:
        contact = await client.contact(id)
    except NotFound:
        raise ApplicationError("the partner's contact is not there", type=CONTACT_GONE, non_retryable=True) from None
    if not contact.has_both_roles:
        try:
            await client.give_both_roles(contact)
        except ValidationFailed as refused:
            if any(issue.field == "version" for issue in refused.details):
                raise  # it was changed meanwhile: read again
            # Nobody can write such a contact by the API (several addresses of a kind); lexoffice says at the voucher
            # whether the role it has will do.
    return True


async def _found_or_made(
    ledger: Ledger,
    client: LexofficeClient,
    tenant: Tenant,
    partner: PartnerId,
    document: OwnDocument,
    sent_at: datetime | None,
) -> UUID:
    note = note_of(tenant, document)
    named = (await client.contacts_named(document.seller.name)).content if len(document.seller.name) > 2 else ()
    if found := sorted((one for one in named if _is_ours(one, note)), key=lambda one: str(one.id)):
        return found[0].id
    if sent_at is not None and datetime.now(UTC) - sent_at < _LIST_LAGS:
        raise ApplicationError(
            "a contact may have been made", type="ContactUnclear", next_retry_delay=timedelta(seconds=15)
        )
    async with ledger.transaction(tenant) as tx:
        await voucher_contacts.mark_sent(tx, partner)
    try:
        return (await client.create_contact(_new(document, note))).id
    except ProviderError as error:
        if error.proves_nothing_was_made:
            async with ledger.transaction(tenant) as tx:
                await voucher_contacts.mark_refused(tx, partner)
        if isinstance(error, ValidationFailed):
            raise ApplicationError(str(error), type=CONTACT_REFUSED, non_retryable=True) from None
        raise


def note_of(tenant: Tenant, document: OwnDocument) -> str:
    """By this a contact of ours is known. No line that names a partner: a sale to it would be taken for its own."""
    return f"PartnerDesk {tenant.slug}/{document.seller.code}"


def _is_ours(contact: Contact, note: str) -> bool:
    return note in (contact.note or "").splitlines() and not contact.archived


def _new(document: OwnDocument, note: str) -> NewContact:
    seller = document.seller
    return NewContact(
        name=seller.name,
        is_person=document.is_of_private_person,
        supplement=seller.supplement,
        street=seller.street,
        zip=seller.zip,
        city=seller.city,
        country_code=seller.country_code,
        vat_id=seller.vat_id,
        mail=seller.mail,
        note=note,
    )
