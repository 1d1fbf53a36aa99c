"""The tenant itself: who is calling, and as whom the tenant appears on each Gutschrift."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Body
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.http.parts import Doors
from api.http.rows import shown
from api.v1.callers import Administrator, Anyone, Reader
from api.v1.doors import door_router
from api.v1.preconditions import CHANGED, UnlessChanged
from ledger import tax_numbers
from ledger.access import tenants
from ledger.access.tenants import TenantProfile
from ledger.connections.wanted_schedules import ScheduleKind
from ledger.countries import Country
from ledger.database import TenantTransaction
from ledger.tax_numbers import BusinessId, VatId
from ledger.types import Cents, PaidBy, Submitted, WithoutBankDetails

router = door_router("/api/v1", "Mandant")


class Me(BaseModel):
    tenant: str = Field(description="Kurzname des Mandanten", examples=["acme"])
    key: str = Field(description="Id des Schlüssels", examples=["k3x8q2m9ab"])
    scopes: list[str] = Field(examples=[["read", "write"]])


class TenantChange(Submitted):
    """What is set is changed, null included; what is not set stays."""

    name: str = Field(default="", min_length=1, max_length=200)
    street: str | None = Field(default=None, max_length=200)
    zip: str | None = Field(default=None, max_length=20)
    city: str | None = Field(default=None, max_length=100)
    country_code: Country = "DE"
    vat_id: VatId = Field(default=None, examples=["DE123456788"])
    tax_number: str | None = Field(default=None, max_length=tax_numbers.LONGEST, examples=["12/345/67890"])
    business_id: BusinessId = Field(default=None, description="W-IdNr.; steht auf keinem Beleg als Steuernummer")
    minimum_payout_cents: Cents = Field(default=0, ge=0, le=10**12)
    hold_days: int = Field(
        default=0,
        ge=0,
        le=365,
        description="Stornofrist in Tagen ab der Zahlung des Kunden; Kampagnen dürfen abweichen",
    )
    clawback_limit_percent: int = Field(
        default=100, ge=1, le=100, description="So viel einer Auszahlung wird höchstens mit Rückforderungen verrechnet"
    )
    clawback_limit_cents: Cents | None = Field(default=None, ge=1, le=10**12)
    without_bank_details: WithoutBankDetails = Field(
        default=WithoutBankDetails.HOLD,
        description="Was einem Partner ohne geltende Bankverbindung zusteht: `hold` wartet auf sie, `by_hand` wird "
        "ausgezahlt und von Hand überwiesen",
    )
    commercial_agents: bool = Field(
        default=True,
        description="Ob Ihre Partner Handelsvertreter sind (§ 87c HGB): was drei Monate fällig ist, wird auch unter "
        "der Mindestauszahlung bezahlt",
    )
    paid_by: PaidBy = Field(
        default=PaidBy.LEXOFFICE,
        description="Wer sagt, dass eine Auszahlung bezahlt ist: `lexoffice`, der Kontoauszug (`bank`) oder beide "
        "(`both`)",
    )
    replacement_window: timedelta = Field(
        default=timedelta(days=3),
        ge=timedelta(0),
        le=timedelta(days=30),
        description="So lange kann eine neue Rechnung an die Stelle einer stornierten treten",
    )
    vat_proof_days: int = Field(
        default=30, ge=1, le=90, description="So viele Tage gilt ein Nachweis von VIES bei der Freigabe"
    )
    payout_run_day: int | None = Field(
        default=None, ge=1, le=28, description="Tag des Monats, an dem der Vormonat ausgezahlt wird; null: nur von Hand"
    )
    payout_run_hour: int = Field(default=6, ge=0, le=23, description="Stunde dieses Tages, Europe/Berlin")
    agreement_version: str | None = Field(
        default=None, min_length=1, max_length=100, description="Fassung der Gutschrift-Vereinbarung, die gelten muss"
    )


@router.get("/me", summary="Wer ruft auf?", operation_id="me", response_model=Me)
async def me(caller: Anyone) -> JSONResponse:
    return JSONResponse({"tenant": caller.tenant.slug, "key": caller.key_id, "scopes": sorted(caller.scopes)})


@router.get("/tenant", summary="Den Mandanten ansehen", operation_id="get_tenant", response_model=TenantProfile)
async def get_tenant(doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await _shown(tx))


@router.patch(
    "/tenant",
    summary="Den Mandanten ändern",
    description="Anschrift und Steuernummer oder USt-IdNr. stehen auf jeder Gutschrift (§ 14 Abs. 4 UStG).",
    operation_id="change_tenant",
    responses=CHANGED,
    response_model=TenantProfile,
)
async def change_tenant(
    doors: Doors,
    caller: Administrator,
    unless_changed: UnlessChanged,
    change: Annotated[TenantChange, Body(examples=[{"street": "Hauptstr. 1", "zip": "10115", "city": "Berlin"}])],
) -> JSONResponse:
    changes: dict[str, Any] = change.model_dump(exclude_unset=True)
    async with doors.ledger.transaction(caller.tenant) as tx:
        await unless_changed.require(lambda: tenants.lock(tx), lambda: _shown(tx))
        changed = await tenants.change(tx, changes, actor=caller.actor)
    if changes.keys() & {"payout_run_day", "payout_run_hour"}:
        await doors.announcer.schedule(caller.tenant, ScheduleKind.PAYOUT_RUN)
    return JSONResponse(shown(changed))


async def _shown(tx: TenantTransaction) -> dict[str, Any]:
    return shown(await tenants.get_profile(tx))
