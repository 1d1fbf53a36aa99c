"""The customer in easybill that a partner's CREDITs name: made by us, once per account, and told anew what has changed.

At most two requests. None while the partner is called as before.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from pydantic import ValidationError
from temporalio.exceptions import ApplicationError

from activities.books.calls import RECIPIENT_REFUSED
from activities.books.easybill.gateway import EasybillDoor
from easybill.client import EasybillClient
from easybill.customers import NewCustomer
from httpcalls.errors import NotFound, ProviderError, ValidationFailed
from ledger import clock
from ledger.database import Ledger, TenantTransaction
from ledger.documents import partner_contacts
from ledger.documents.partner_contacts import PartnerContact
from ledger.provider_ids import Thing, number_of, numbered_id
from ledger.tax.tax_facts import partner_facts
from ledger.types import EASYBILL, PartnerId, TaxStatus, Tenant

_LIST_LAGS = timedelta(minutes=2)
"""After a POST without an answer the list may not show it yet."""


async def settled_customer(ledger: Ledger, door: EasybillDoor, tenant: Tenant, partner: PartnerId) -> int:
    """The number of the customer. Called where `door.explained`.

    Raises a retryable ApplicationError while it is not known whether one was made.
    """
    access = await door.access(tenant)
    async with ledger.transaction(tenant) as tx:
        known = await partner_contacts.find(tx, access.account, partner)
        new = await _written(tx, partner)
    told = hashlib.sha256(new.body()).hexdigest()
    if known.contact_id is not None and known.details_hash == told:
        return number_of(known.contact_id)
    async with door.asking(access, tenant) as client:
        try:
            customer = await _settle(_Making(ledger, tenant, access.account, partner), client, known, new)
        except ValidationFailed as refused:
            raise ApplicationError(str(refused), type=RECIPIENT_REFUSED, non_retryable=True) from None
    async with ledger.transaction(tenant) as tx:
        id = numbered_id(EASYBILL, Thing.CUSTOMER, customer)
        await partner_contacts.keep(tx, access.account, partner, id, details_hash=told)
    return customer


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
            return found
        if datetime.now(UTC) - known.sent_at < _LIST_LAGS:
            raise ApplicationError(
                "a customer may have been made", type="CustomerUnclear", next_retry_delay=timedelta(seconds=15)
            )
    return await _made(making, client, new)


async def _made(making: _Making, client: EasybillClient, new: NewCustomer) -> int:
    await making.note_sent(sent=True)
    try:
        return (await client.create_customer(new)).id
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


async def _written(tx: TenantTransaction, partner: PartnerId) -> NewCustomer:
    """The partner as a customer. Raises a final ApplicationError for what easybill would not take."""
    is_now = await partner_facts(tx, partner, clock.today())
    private = is_now.status is TaxStatus.PRIVATE
    try:
        return NewCustomer(
            company_name=None if private else is_now.name,
            last_name=is_now.name,
            personal=private,
            emails=(is_now.mail,) if is_now.mail else (),
            street=is_now.street,
            zip_code=is_now.zip,
            city=is_now.city,
            country=is_now.country_code or "DE",
            vat_identifier=is_now.vat_id,
            tax_number=is_now.tax_number,
            # No line that names a partner: a sale to it would be taken for its own.
            note=f"PartnerDesk {tx.tenant.slug}/{partner}",
        )
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(map(str, fault["loc"])) for fault in error.errors()}))
        raise ApplicationError(fields, type=RECIPIENT_REFUSED, non_retryable=True) from None
