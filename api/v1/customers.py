"""Customers: whose sales belong to which partner."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from api.http.parts import Doors
from api.http.rows import after, shown
from api.v1.answers import ListQuery, Page, page
from api.v1.callers import Reader, Writer
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from api.v1.preconditions import CHANGED, UnlessChanged
from ledger.database import TenantTransaction
from ledger.payouts import rechecks
from ledger.programme import partners
from ledger.refusals import NotFound
from ledger.sales import customers
from ledger.sales.customers import Customer, CustomerFilter, NewCustomer
from ledger.types import CustomerId, Submitted

router = door_router("/api/v1/customers", "Kunden")


class CustomerChange(Submitted):
    assigned_partner_code: str | None = Field(description="Code des Partners; null: keiner", examples=["ANNA"])
    reason: str = Field(min_length=1, max_length=500, examples=["Steht so im Vertrag mit dem Partner."])


class CustomerQuery(ListQuery):
    partner: Annotated[str | None, Query(max_length=32, description="Code des zugeordneten Partners")] = None


@router.get("", summary="Kunden auflisten", operation_id="list_customers", response_model=Page[Customer])
async def list_customers(doors: Doors, caller: Reader, asked: Annotated[CustomerQuery, Query()]) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        partner_id = None
        if asked.partner is not None:
            assigned = await partners.find_by_code(tx, asked.partner)
            if assigned is None:
                raise NotFound("partner_not_found")
            partner_id = assigned.id
        found = await customers.list_customers(
            tx,
            CustomerFilter(partner_id=partner_id, updated_since=asked.updated_since),
            after=after(asked.cursor),
            limit=asked.limit,
        )
    return JSONResponse(page(found))


@router.post(
    "",
    summary="Einen Kunden anlegen",
    description="Verkäufe und Rechnungen finden ihn über die eigene Kennung, den lexoffice-Kontakt oder die E-Mail.",
    operation_id="create_customer",
    status_code=201,
    response_model=Customer,
)
async def create_customer(
    caller: Writer,
    once: OnlyOnce,
    new: Annotated[
        NewCustomer, Body(examples=[{"external_id": "cus_123", "name": "Kunde AG", "assigned_partner_code": "ANNA"}])
    ],
) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await customers.create(tx, new, by=caller.actor)), status=201)


@router.get("/{customer_id}", summary="Einen Kunden ansehen", operation_id="get_customer", response_model=Customer)
async def get_customer(customer_id: UUID, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await _shown(tx, CustomerId(customer_id)))


@router.patch(
    "/{customer_id}",
    summary="Einem Kunden einen Partner zuordnen",
    description="Gilt für künftige Verkäufe. Der Grund steht im Prüfpfad.",
    operation_id="assign_customer",
    responses=CHANGED,
    response_model=Customer,
)
async def assign_customer(
    customer_id: UUID, doors: Doors, caller: Writer, unless_changed: UnlessChanged, change: CustomerChange
) -> JSONResponse:
    id = CustomerId(customer_id)
    async with doors.ledger.transaction(caller.tenant) as tx:
        await unless_changed.require(lambda: customers.lock(tx, id), lambda: _shown(tx, id))
        assigned = await customers.assign_partner(
            tx, id, change.assigned_partner_code, by=caller.actor, reason=change.reason
        )
        await rechecks.want_for_payer(tx, None, assigned.id)
    return JSONResponse(shown(assigned))


async def _shown(tx: TenantTransaction, id: CustomerId) -> dict[str, Any]:
    return shown(await customers.get(tx, id))
