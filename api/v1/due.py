"""What is due to a partner and why the rest is not; the final settlement of one who leaves."""

from datetime import date
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.http.language import in_words
from api.http.parts import Doors
from api.v1.answers import PartnerCode
from api.v1.callers import Reader, Writer
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.database import TenantTransaction
from ledger.payouts import due, final_settlement
from ledger.payouts.due import PartnerDue, Waiting
from ledger.programme import partners
from ledger.refusals import NotFound
from ledger.types import BusinessTime, PartnerId, TaxCase

router = door_router("/api/v1/partners", "Partner")


class WaitingShown(Waiting):
    sentence: str = Field(description="Warum es noch nicht fällig ist")


class DueOfTaxCase(BaseModel):
    """What one payout would hold. `carried` says why there is none now."""

    tax_case: TaxCase
    month: date | None = Field(description="Erster Tag des Monats, den der Beleg umfasst (nur § 13b UStG); sonst leer")
    net_cents: int
    lines: int
    carried: WaitingShown | None


class Due(BaseModel):
    partner_code: str
    minimum_cents: int
    leaving: bool
    groups: list[DueOfTaxCase]
    waiting: list[WaitingShown]


@router.get(
    "/{code}/due",
    summary="Was einem Partner zusteht",
    description="Fällig je Steuerfall, und was warum noch wartet: Stornofrist, offene Rechnung, Mindestauszahlung …",
    operation_id="get_due",
    response_model=Due,
)
async def get_due(
    code: PartnerCode,
    doors: Doors,
    caller: Reader,
    cut_off: Annotated[BusinessTime | None, Query(description="Stichtag; sonst jetzt")] = None,
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        partner_id = await _partner(tx, code)
        return JSONResponse(_shown(await due.of_partner(tx, partner_id, cut_off=cut_off)))


@router.post(
    "/{code}/final-settlement",
    summary="Schlussabrechnung beginnen",
    description="Der Partner geht: die Mindestauszahlung gilt nicht mehr, die Stornofrist schon.",
    operation_id="begin_final_settlement",
    response_model=Due,
)
async def begin_final_settlement(code: PartnerCode, caller: Writer, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        partner_id = await _partner(tx, code)
        await final_settlement.begin(tx, partner_id, by=caller.actor)
        return after.answer(_shown(await due.of_partner(tx, partner_id)))


@router.post(
    "/{code}/final-settlement/withdraw",
    summary="Schlussabrechnung zurücknehmen",
    operation_id="take_back_final_settlement",
    response_model=Due,
)
async def take_back_final_settlement(code: PartnerCode, caller: Writer, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        partner_id = await _partner(tx, code)
        await final_settlement.take_back(tx, partner_id, by=caller.actor)
        return after.answer(_shown(await due.of_partner(tx, partner_id)))


async def _partner(tx: TenantTransaction, code: str) -> PartnerId:
    found = await partners.find_by_code(tx, code)
    if found is None:
        raise NotFound("partner_not_found")
    return found.id


def _shown(owed: PartnerDue) -> dict[str, Any]:
    groups = [
        DueOfTaxCase(
            tax_case=group.tax_case,
            month=group.month,
            net_cents=group.net_cents,
            lines=len(group.lines),
            carried=group.carried and _in_words(group.carried),
        )
        for group in owed.groups
    ]
    return Due(
        partner_code=owed.partner_code,
        minimum_cents=owed.minimum_cents,
        leaving=owed.leaving,
        groups=groups,
        waiting=[_in_words(one) for one in owed.waiting],
    ).model_dump(mode="json")


def _in_words(waiting: Waiting) -> WaitingShown:
    return WaitingShown(**waiting.model_dump(), sentence=in_words(waiting.why))
