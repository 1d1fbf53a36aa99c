"""Personal data: a copy of what is known of a person, its erasure, and how long each kind of record is kept."""

from typing import Annotated
from uuid import UUID

from fastapi import Body
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from api.actions import personal_data
from api.actions.personal_data import ErasureTold
from api.http.parts import Doors
from api.http.rows import shown
from api.v1.answers import PartnerCode
from api.v1.callers import Administrator
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger import clock
from ledger.database import TenantTransaction
from ledger.privacy import customer_erasure, exports, partner_erasure, retention
from ledger.privacy.exports import PersonalData
from ledger.privacy.retention import Retention
from ledger.programme import partners
from ledger.refusals import NotAcceptable, NotFound
from ledger.types import CustomerId, PartnerId, Submitted

router = door_router("/api/v1", "Personenbezogene Daten")
_ADMINISTRATOR = "Braucht einen Schlüssel mit `write`, dessen Inhaber Einstellungen ändern darf. "
_ERASED = (
    _ADMINISTRATOR + "Was das Gesetz zu behalten verlangt, wird mit Paragraph und letztem Tag genannt und danach von "
    "selbst gelöscht; was nicht erreicht wurde, ebenso. Es lässt sich nicht zurücknehmen."
)


class Erase(Submitted):
    reason: str = Field(
        min_length=1, max_length=500, description="Steht im Prüfpfad und nennt die Person nicht",
        examples=["Antrag vom 28.11.2026"],
    )  # fmt: skip
    confirm: str = Field(
        max_length=100, description="Der Code des Partners oder die Id des Kunden, noch einmal", examples=["ANNA"]
    )


class RetentionRules(BaseModel):
    rules: list[Retention]


class RetentionChange(Submitted):
    days: dict[str, int] = Field(description="Tage je Art; was nicht genannt ist, bleibt", max_length=50)


@router.get(
    "/partners/{code}/personal-data",
    summary="Alles ausgeben, was über einen Partner gespeichert ist",
    description=_ADMINISTRATOR + "Art. 15 und 20 DSGVO.",
    operation_id="export_partner_data",
    response_model=PersonalData,
)
async def export_partner(code: PartnerCode, doors: Doors, caller: Administrator) -> Response:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return personal_data.file_of(await exports.of_partner(tx, await _partner(tx, code)))


@router.post(
    "/partners/{code}/erase",
    summary="Löschen, was über einen Partner gespeichert ist",
    description=_ERASED + " 409 mit `partner_not_settled`, solange Geld offen ist.",
    operation_id="erase_partner_data",
    response_model=ErasureTold,
)
async def erase_partner(
    code: PartnerCode, caller: Administrator, once: OnlyOnce, wanted: Annotated[Erase, Body()]
) -> JSONResponse:
    _require_confirmed(wanted, code)
    async with once.acting() as (tx, after):
        done = await partner_erasure.erase(
            tx, await _partner(tx, code), by=caller.actor, reason=wanted.reason, today=clock.today()
        )
        return after.answer(personal_data.told(done))


@router.get(
    "/customers/{customer_id}/personal-data",
    summary="Alles ausgeben, was über einen Kunden gespeichert ist",
    description=_ADMINISTRATOR + "Art. 15 und 20 DSGVO.",
    operation_id="export_customer_data",
    response_model=PersonalData,
)
async def export_customer(customer_id: UUID, doors: Doors, caller: Administrator) -> Response:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return personal_data.file_of(await exports.of_customer(tx, CustomerId(customer_id)))


@router.post(
    "/customers/{customer_id}/erase",
    summary="Löschen, was über einen Kunden gespeichert ist",
    description=_ERASED + " 409 mit `customer_sales_open`, solange ein Verkauf auf seine Zahlung wartet.",
    operation_id="erase_customer_data",
    response_model=ErasureTold,
)
async def erase_customer(
    customer_id: UUID, caller: Administrator, once: OnlyOnce, wanted: Annotated[Erase, Body()]
) -> JSONResponse:
    _require_confirmed(wanted, str(customer_id))
    async with once.acting() as (tx, after):
        done = await customer_erasure.erase(
            tx, CustomerId(customer_id), by=caller.actor, reason=wanted.reason, today=clock.today()
        )
        return after.answer(personal_data.told(done))


@router.get(
    "/retention",
    summary="Aufbewahrung je Art von Daten",
    description=_ADMINISTRATOR + "`least` und `most` sind die Grenzen dessen, was sich wählen lässt.",
    operation_id="get_retention",
    response_model=RetentionRules,
)
async def get_retention(doors: Doors, caller: Administrator) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse({"rules": [shown(rule) for rule in await retention.in_force(tx)]})


@router.patch(
    "/retention",
    summary="Aufbewahrung ändern",
    description=_ADMINISTRATOR + "Gilt vom nächsten Tageslauf an.",
    operation_id="change_retention",
    response_model=RetentionRules,
)
async def change_retention(
    doors: Doors,
    caller: Administrator,
    change: Annotated[RetentionChange, Body(examples=[{"days": {"ignored_events": 14}}])],
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        rules = await retention.choose(tx, change.days, by=caller.actor)
    return JSONResponse({"rules": [shown(rule) for rule in rules]})


async def _partner(tx: TenantTransaction, code: str) -> PartnerId:
    found = await partners.find_by_code(tx, code)
    if found is None:
        raise NotFound("partner_not_found")
    return found.id


def _require_confirmed(wanted: Erase, named: str) -> None:
    if wanted.confirm.strip().upper() != named.upper():
        raise NotAcceptable("erasure_not_confirmed")
