"""Admin → Monat → In der Buchhaltung: vouchers to be closed there, in its order, ticked off as it tells of them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.book_pages import page_of_document
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger.bank import open_vouchers
from ledger.bank.open_vouchers import VoucherToClose
from ledger.payouts.payout_months import read_month
from ledger.roles import Permission
from ledger.types import DocumentKind
from lexoffice.links import Linked

PAGE = "/admin/in-lexoffice"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ, page=PAGE)]


@router.get("")
async def vouchers_page(visit: Reader) -> Response:
    month = _month(visit)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found = await open_vouchers.list_vouchers(tx, month=month)

    def address(one: VoucherToClose) -> str | None:
        kind: Linked = "credit-note" if one.kind is DocumentKind.CREDIT_NOTE else "voucher"
        return page_of_document(visit.doors.settings, kind, one.resource_id)

    chosen = f"{month:%Y-%m}" if month else ""
    return visit.page(
        "open_vouchers.html",
        found=found,
        month=chosen,
        address=f"{PAGE}?monat={chosen}" if chosen else PAGE,
        voucher_address=address,
        following=next((one for one in found.vouchers if not one.is_closed and one.assigned_to is None), None),
    )


def _month(visit: Visit) -> date | None:
    wanted = visit.request.query_params.get("monat", "").strip()
    return read_month(wanted) if wanted else None
