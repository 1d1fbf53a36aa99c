"""The documents of our own on a payout's page: how far they have come, their files, and what is known of their way."""

from datetime import datetime
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response

from api.actions import own_document_preview
from api.http.files import PDF, XML, attachment
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.payouts.payouts import PAGE
from ledger.database import TenantTransaction
from ledger.documents.own import delivery, issuing, own_document_list
from ledger.documents.own.delivery import Delivery
from ledger.documents.own.gate import Report
from ledger.documents.own.own_document_list import OwnDocumentListed
from ledger.payouts.payouts import Payout
from ledger.roles import Permission

FILES = "/admin/belege"
router = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, may(Permission.SEE_BANK)]


class ShownDocument(NamedTuple):
    """A document with its way, and what the check before issuing found."""

    row: OwnDocumentListed
    deliveries: list[Delivery]
    report: Report | None
    accepted_at: datetime | None
    """When the partner's mail server took it, if nothing else is known: 24 hours later it counts."""


async def of_payout(tx: TenantTransaction, payout: Payout) -> list[ShownDocument]:
    """Newest first: a Storno before what it takes back, a closed one after what took its place."""
    shown = []
    for row in await own_document_list.list_of_payout(tx, payout.number):
        known = await delivery.list_deliveries(tx, row.id)
        accepted = [one.at for one in known if one.outcome == "accepted" and one.bounced_at is None]
        waits = accepted[0] if accepted and row.delivered_at is None else None
        shown.append(ShownDocument(row, known, await issuing.find_report(tx, row.id), waits))
    return shown


@router.get(PAGE + "/{number}/vorschau.pdf")
async def preview(number: Annotated[str, Path(max_length=40)], visit: Reader) -> Response:
    """The very document that an approval would let be issued, called a preview on each page."""
    return await own_document_preview.pdf(visit.doors, visit.tenant, number)


@router.get(FILES + "/{document}.{form}")
async def file(document: UUID, form: Literal["pdf", "xml"], visit: Reader) -> Response:
    """A document as it was issued. It names the end of the partner's IBAN."""
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        row = await issuing.get(tx, document)
        content = await (issuing.get_pdf if form == "pdf" else issuing.get_xml)(tx, document)
    return attachment(content, issuing.file_name(row.number, form), PDF if form == "pdf" else XML)
