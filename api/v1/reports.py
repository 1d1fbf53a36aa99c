"""Reports: open commissions on a day, the comparison with lexoffice, numbers, and whole lists as CSV."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import JSONResponse, Response

from api.actions import report_files
from api.http.parts import Doors
from api.v1.callers import Reader
from api.v1.doors import door_router
from ledger.refusals import NotAcceptable
from ledger.reports import number_check, reports, reverse_charge
from ledger.reports.number_check import NumberCheck
from ledger.reports.reports import DayReport, Reconciliation
from ledger.reports.reverse_charge import ReverseCharge
from ledger.types import BusinessDay

router = door_router("/api/v1/reports", "Berichte")
Month = Annotated[str, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="Monat, in Berlin", examples=["2026-11"])]
_FILE = {"content": {"text/csv": {}}, "description": "UTF-8 mit BOM, `;`, Dezimalkomma"}


@router.get(
    "/open-commissions",
    summary="Stichtagsbericht: offene Provisionen eines vergangenen Zeitpunkts",
    description="Aus dem Verlauf der Zustände und Beträge. `on` ist das Ende dieses Tages in Berlin.",
    operation_id="report_open_commissions",
    response_model=DayReport,
)
async def open_commissions(
    doors: Doors,
    caller: Reader,
    on: Annotated[BusinessDay | None, Query(description="Stichtag")] = None,
    at: Annotated[datetime | None, Query(description="Oder ein Zeitpunkt mit Zeitzone")] = None,
) -> JSONResponse:
    if (on is None) == (at is None) or (at is not None and (at.tzinfo is None or not 2000 <= at.year <= 2999)):
        raise NotAcceptable("day_or_moment_not_acceptable")
    instant = at if at is not None else report_files.end_of(on or date.min)
    async with doors.ledger.transaction(caller.tenant) as tx:
        report = await reports.open_commissions(tx, instant)
    return JSONResponse(report.model_dump(mode="json") | {"net_cents": report.net_cents, "by_state": report.by_state()})


@router.get(
    "/reconciliation",
    summary="Abstimmung eines Monats mit lexoffice, je Gutschrift",
    description="Verglichen wird mit dem, was lexoffice zuletzt gesagt hat (`fetched_at`). Belege, die nur lexoffice "
    "kennt, findet `partnerdesk doctor`.",
    operation_id="report_reconciliation",
    response_model=Reconciliation,
)
async def reconciliation(doors: Doors, caller: Reader, month: Month) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        report = await reports.reconcile(tx, date.fromisoformat(f"{month}-01"))
    return JSONResponse(
        report.model_dump(mode="json")
        | {
            "approved_gross_cents": report.approved_gross_cents,
            "document_gross_cents": report.document_gross_cents,
            "different": len(report.different),
        }
    )


@router.get(
    "/reverse-charge",
    summary="Steuer nach § 13b UStG eines Monats, je Beleg",
    description="EU nach dem Monat der Leistung, Drittland nach dem des Belegs. `undocumented`: was von diesem Monat "
    "noch auf keinem Beleg steht.",
    operation_id="report_reverse_charge",
    response_model=ReverseCharge,
)
async def reverse_charge_of_month(doors: Doors, caller: Reader, month: Month) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        report = await reverse_charge.of_month(tx, date.fromisoformat(f"{month}-01"))
    return JSONResponse(
        report.model_dump(mode="json", exclude={"documents"})
        | {
            "documents": [one.model_dump(mode="json") | {"tax_cents": one.tax_cents} for one in report.documents],
            "net_cents": report.net_cents,
            "tax_cents": report.tax_cents,
        }
    )


@router.get(
    "/numbers",
    summary="Nummernprüfung: Lücken, und jede stornierte Nummer mit Grund",
    operation_id="report_numbers",
    response_model=NumberCheck,
)
async def numbers(
    doors: Doors, caller: Reader, year: Annotated[int | None, Query(ge=2000, le=2999)] = None
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await number_check.check(tx, year=year)
    return JSONResponse(found.model_dump(mode="json") | {"is_whole": found.is_whole})


@router.get(
    "/{name}.csv",
    summary="Transaktionen, Provisionen oder Auszahlungen als CSV",
    operation_id="export_list",
    response_class=Response,
    responses={200: _FILE},
)
async def list_csv(name: Literal["transactions", "commissions", "payouts"], doors: Doors, caller: Reader) -> Response:
    return await report_files.list_csv(doors, caller.tenant, name)
