"""Coupons of a partner: a sale that was made with one is the partner's, unless it names somebody itself."""

from typing import Annotated, Any

from fastapi import Body, Path
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.http.parts import Doors
from api.http.rows import shown
from api.v1.answers import PartnerCode
from api.v1.callers import Reader, Writer
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.database import TenantTransaction
from ledger.payouts import rechecks
from ledger.programme import coupons, partners
from ledger.programme.coupons import Coupon
from ledger.programme.partners import Partner
from ledger.refusals import NotFound
from ledger.types import Submitted

router = door_router("/api/v1/partners", "Partner")
CouponCode = Annotated[str, Path(max_length=100, description="Der Gutscheincode", examples=["SOMMER10"])]


class NewCoupon(Submitted):
    code: str = Field(min_length=1, max_length=100, examples=["SOMMER10"])


class CouponList(BaseModel):
    """Those in force first."""

    items: list[Coupon]


@router.get(
    "/{code}/coupons",
    summary="Gutscheincodes eines Partners auflisten",
    operation_id="list_coupons",
    response_model=CouponList,
)
async def list_coupons(code: PartnerCode, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await _listed(tx, await _of_code(tx, code)))


@router.post(
    "/{code}/coupons",
    summary="Einem Partner einen Gutscheincode geben",
    description="Ein Verkauf mit diesem Code gehört dem Partner, wenn er nicht selbst einen nennt. Ein Code gehört "
    "immer nur einem; Groß- und Kleinschreibung sind gleich.",
    operation_id="add_coupon",
    status_code=201,
    response_model=Coupon,
)
async def add_coupon(
    code: PartnerCode, caller: Writer, once: OnlyOnce, new: Annotated[NewCoupon, Body()]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        partner = await _of_code(tx, code)
        made = await coupons.add(tx, partner.id, new.code, by=caller.actor)
        await rechecks.want_for_hands(tx)
        return after.answer(shown(made), status=201)


@router.delete(
    "/{code}/coupons/{coupon}",
    summary="Einen Gutscheincode beenden",
    description="Verkäufe, die es schon gibt, bleiben beim Partner.",
    operation_id="end_coupon",
    response_model=CouponList,
)
async def end_coupon(code: PartnerCode, coupon: CouponCode, caller: Writer, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        partner = await _of_code(tx, code)
        await coupons.end(tx, partner.id, coupon, by=caller.actor)
        await rechecks.want_for_hands(tx)
        return after.answer(await _listed(tx, partner))


async def _listed(tx: TenantTransaction, partner: Partner) -> dict[str, Any]:
    return {"items": [shown(one) for one in await coupons.list_of_partner(tx, partner.id)]}


async def _of_code(tx: TenantTransaction, code: str) -> Partner:
    partner = await partners.find_by_code(tx, code)
    if partner is None:
        raise NotFound("partner_not_found")
    return partner
