"""The customer in easybill that a partner's CREDITs name: made by us, once per account, and told anew what has changed.

At most two requests. None while the partner is called as before.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from temporalio.exceptions import ApplicationError

from activities.books.calls import RECIPIENT_REFUSED
from activities.books.easybill.gateway import EasybillDoor
from activities.gateway.calls import NoSlot
from easybill.client import EasybillClient
from easybill.customers import NewCustomer
from httpcalls.errors import NotFound, ProviderError, ValidationFailed
from ledger.database import Ledger
from ledger.documents import partner_contacts
from ledger.documents.partner_contacts import PartnerContact
from ledger.provider_ids import Thing, number_of, numbered_id
from ledger.types import EASYBILL, PartnerId, Tenant

_LIST_LAGS = timedelta(minutes=2)
"""After a POST without an answer the list may not show it yet."""


async def settled_customer(
    ledger: Ledger, door: EasybillDoor, tenant: Tenant, partner: PartnerId, new: NewCustomer
) -> int:
    """The number of the customer that is told to be `new`. Called where `door.explained`.

    Raises a retryable ApplicationError while it is not known whether one was made.
    """
    access = await door.access(tenant)
    async with ledger.transaction(tenant) as tx:
        known = await partner_contacts.find(tx, access.account, partner)
    told = hashlib.sha256(new.body()).hexdigest()
    if known.contact_id is not None and known.details_hash == told:
        return number_of(known.contact_id)
    async with door.asking(access, tenant, together=2 if _takes_two(known) else 1) as client:
        try:
            customer = await _settle(_Making(ledger, tenant, access.account, partner), client, known, new)
        except ValidationFailed as refused:
            raise ApplicationError(str(refused), type=RECIPIENT_REFUSED, non_retryable=True) from None
    async with ledger.transaction(tenant) as tx:
        id = numbered_id(EASYBILL, Thing.CUSTOMER, customer)
        await partner_contacts.keep(tx, access.account, partner, id, details_hash=told)
    return customer


def _takes_two(known: PartnerContact) -> bool:
    """Looking for the one whose answer was lost is one request, and what follows is another."""
    return known.contact_id is None and known.sent_at is not None


class _Making(NamedTuple):
    ledger: Ledger
    tenant: Tenant
    account: UUID
    partner: PartnerId

    async def note_sent(self, *, sent: bool) -> None:
        async with self.ledger.transaction(self.tenant) as tx:
            await partner_contacts.note_sent(tx, self.account, self.partner, sent=sent)


async def _settle(making: _Making, client: EasybillClient, known: PartnerContact, new: NewCustomer) -> int:
    if known.contact_id is not None:
        try:
            return (await client.update_customer(number_of(known.contact_id), new)).id
        except NotFound:
            return await _made(making, client, new)  # somebody deleted it
    if known.sent_at is not None:
        if (found := await _lost(client, new)) is not None:
            return (await client.update_customer(found, new)).id  # the partner may have changed since it was made
        if datetime.now(UTC) - known.sent_at < _LIST_LAGS:
            raise ApplicationError(
                "a customer may have been made", type="CustomerUnclear", next_retry_delay=timedelta(seconds=15)
            )
    return await _made(making, client, new)


async def _made(making: _Making, client: EasybillClient, new: NewCustomer) -> int:
    await making.note_sent(sent=True)
    try:
        return (await client.create_customer(new)).id
    except NoSlot:
        await making.note_sent(sent=False)
        raise
    except ProviderError as error:
        if error.proves_nothing_was_made:
            await making.note_sent(sent=False)
        raise


async def _lost(client: EasybillClient, new: NewCustomer) -> int | None:
    """The one that we made and whose answer was lost. A name with a comma cannot be asked for: then none is found."""
    if "," in new.last_name:
        return None
    page = await client.customers_named(new.last_name)
    return min((one.id for one in page.items if one.note == new.note and not one.archived), default=None)
