"""Looking a voucher up by our own number (engine.md, Own documents, Booking). The list matches it whole, in any case.

Vouchers of earlier bookings that the ledger holds as voided or deleted are left out. Adopted is exactly one other that
is not voided and agrees in gross, tax, contact and date; anything else under our number is a question.
"""

from dataclasses import dataclass
from uuid import UUID

from activities.books.lexoffice.voucher_content import voucher_of
from activities.gateway.lexoffice_gateway import LexofficeDoor
from activities.judging.voucher_judgement import VOIDED, differences_from_booking, same_number
from httpcalls.errors import NotFound
from ledger.database import Ledger
from ledger.documents import documents
from ledger.documents.intents import Intent
from ledger.types import Tenant
from lexoffice.client import LexofficeClient
from lexoffice.purchases import Voucher
from lexoffice.vouchers import VoucherQuery, VoucherRow


@dataclass(frozen=True)
class Look:
    """What stands under our number. Neither of both: nothing does."""

    ours: UUID | None = None
    """The one that is adopted."""
    others: tuple[UUID, ...] = ()
    differences: tuple[str, ...] = ()


async def look_by_number(ledger: Ledger, door: LexofficeDoor, tenant: Tenant, intent: Intent, contact: UUID) -> Look:
    """One GET of the list, and one of the voucher where there is just one. Called where `door.failures_explained`."""
    assert intent.own_document_id is not None
    async with ledger.transaction(tenant) as tx:
        ended = await documents.ended_bookings(tx, intent.own_document_id)
    async with door.reading(tenant) as client:
        rows = [row for row in await _listed(client, intent) if row.id not in ended]
        if not rows:
            return Look()
        ids = tuple(row.id for row in rows)
        if len(rows) > 1 or rows[0].voucher_status == VOIDED:
            return Look(others=ids, differences=("several",) if len(rows) > 1 else ("status",))
        voucher = await _voucher(client, ids[0])
    if voucher is None:
        return Look(others=ids, differences=("gone",))
    differences = differences_from_booking(intent, voucher, contact=contact)
    if voucher.voucher_status == VOIDED:
        differences = (*differences, "status")
    return Look(others=ids, differences=differences) if differences else Look(ours=voucher.id)


async def _listed(client: LexofficeClient, intent: Intent) -> list[VoucherRow]:
    content = voucher_of(intent)
    query = VoucherQuery(voucher_types=(content.type,), voucher_statuses=("any",), voucher_number=content.number)
    page = await client.voucherlist(query)
    # Our own comparison as well: a filter that is ignored must not make a stranger's voucher ours.
    return [row for row in page.content if same_number(row.voucher_number, content.number)]


async def _voucher(client: LexofficeClient, id: UUID) -> Voucher | None:
    try:
        return await client.voucher(id)
    except NotFound:
        return None
