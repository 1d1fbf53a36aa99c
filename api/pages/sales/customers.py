"""Admin → Kunden: who bought, and whose customer each is from now on."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.http.language import said
from api.pages.frame.languages import N_
from api.pages.frame.list_filters import PAGE_LENGTH, Asked
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger.payouts import rechecks
from ledger.refusals import NotAcceptable
from ledger.roles import Permission
from ledger.sales import customers
from ledger.sales.customers import CustomerFilter
from ledger.types import CustomerId

PAGE = "/admin/kunden"
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ)]
Writer = Annotated[Visit, may(Permission.WRITE, page=PAGE)]
_ASSIGNED = N_("Die Zuordnung ist gespeichert. Sie gilt für künftige Verkäufe.")


@router.get(PAGE)
async def customers_page(visit: Reader) -> Response:
    asked = Asked(visit, PAGE, "partner", "name")
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        partner = await asked.partner(tx, "partner")
        found, following = (
            ([], None)
            if asked.wrong
            else await customers.list_customers(
                tx,
                CustomerFilter(partner_id=partner, name=asked.text("name")),
                after=asked.number,
                limit=PAGE_LENGTH,
            )
        )
    return visit.page(
        "customers.html",
        asked=asked,
        customers=found,
        first=asked.first,
        following=asked.following(following),
    )


@router.get(PAGE + "/{customer}")
async def customer_page(customer: UUID, visit: Reader) -> Response:
    return await _shown(visit, CustomerId(customer))


@router.post(PAGE + "/{customer}")
async def assign(customer: UUID, visit: Writer) -> Response:
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await customers.assign_partner(
                tx,
                CustomerId(customer),
                visit.field("partner") or None,
                by=visit.person.actor,
                reason=visit.field("grund"),
            )
            await rechecks.want_for_payer(tx, None, CustomerId(customer))
    except NotAcceptable as refused:
        return await _shown(visit, CustomerId(customer), wrong=said(refused))
    return RedirectResponse(f"{PAGE}/{customer}?hinweis=zugeordnet", status_code=303)


async def _shown(visit: Visit, customer_id: CustomerId, *, wrong: str | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        customer = await customers.get(tx, customer_id)
    return visit.page(
        "customer.html",
        status=422 if wrong else 200,
        wrong=wrong,
        customer=customer,
        typed=visit.form if wrong else {"partner": customer.assigned_partner_code or ""},
        message=_ASSIGNED if visit.request.query_params.get("hinweis") == "zugeordnet" else None,
        may_write=visit.person.may(Permission.WRITE),
        may_settings=visit.person.may(Permission.SETTINGS),
    )
