"""A month from its sales to its reconciliation, and who assigns in the books what is known as paid."""

from typing import Annotated, Any

from fastapi import Body, Path
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from api.http.files import CSV, attachment
from api.http.language import in_words
from api.http.parts import Doors
from api.v1.callers import Banker, Reader
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.bank import open_vouchers, voucher_assignments
from ledger.bank.open_vouchers import VouchersToClose
from ledger.payouts.payout_months import read_month
from ledger.reports import month_file, month_strip
from ledger.reports.month_strip import Month, Step
from ledger.types import Submitted

router = door_router("/api/v1/months", "Monate")
_FILE = {"content": {"text/csv": {}}, "description": "UTF-8 mit BOM, `;`, Dezimalkomma"}
Chosen = Annotated[str, Path(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="Monat, in Berlin", examples=["2026-11"])]


class StepShown(Step):
    sentences: list[str] = Field(description="Was hier noch fehlt, in Worten, in der Reihenfolge von `missing`")


class MonthShown(Month):
    steps: list[StepShown]  # type: ignore[assignment]


class Assignee(Submitted):
    assigned_to: str = Field(
        min_length=1, max_length=200, description="Wer die Belege in lexoffice zuordnet", examples=["Steuerbüro Meier"]
    )


class Assigned(BaseModel):
    vouchers: int = Field(description="Belege, für die das jetzt gilt")


@router.get(
    "/{month}",
    summary="Einen Monat ansehen",
    description="Verkäufe, Probelauf, Lauf, Freigabe, Gutschriften, Datei, Bank, bezahlt, abgestimmt: je Schritt, was "
    "ihn hinter sich hat und was ihm fehlt. `next` ist der Code dessen, was zuerst zu tun oder abzuwarten ist.",
    operation_id="get_month",
    response_model=MonthShown,
)
async def get_month(doors: Doors, caller: Reader, month: Chosen) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await month_strip.of_month(tx, read_month(month))
    return JSONResponse(found.model_dump(mode="json") | {"steps": [_step(step) for step in found.steps]})


@router.get(
    "/{month}/vouchers",
    summary="Belege eines Monats, die in lexoffice zu schließen sind",
    description="In der Reihenfolge, in der lexoffice offene Belege zeigt; höchstens 200, mit denen, die heute "
    "geschlossen wurden.",
    operation_id="list_month_vouchers",
    response_model=VouchersToClose,
)
async def list_vouchers(doors: Doors, caller: Reader, month: Chosen) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await open_vouchers.list_vouchers(tx, month=read_month(month))
    return JSONResponse(found.model_dump(mode="json"))


@router.post(
    "/{month}/vouchers/assign",
    summary="Sagen, wer die offenen Belege eines Monats in lexoffice zuordnet",
    description="Gilt für alle, die als bezahlt bekannt und jetzt offen sind. Es zählt als Beteiligung an ihren "
    "Auszahlungen.",
    operation_id="assign_month_vouchers",
    response_model=Assigned,
)
async def assign(caller: Banker, once: OnlyOnce, month: Chosen, to: Annotated[Assignee, Body()]) -> JSONResponse:
    async with once.acting() as (tx, after):
        vouchers = await voucher_assignments.assign(tx, read_month(month), to=to.assigned_to, by=caller.actor)
        return after.answer({"vouchers": vouchers})


@router.post(
    "/{month}/vouchers/withdraw",
    summary="Zurücknehmen, wer die Belege eines Monats zuordnet",
    operation_id="withdraw_month_vouchers",
    response_model=Assigned,
)
async def withdraw(caller: Banker, once: OnlyOnce, month: Chosen) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer({"vouchers": await voucher_assignments.withdraw(tx, read_month(month), by=caller.actor)})


@router.get(
    "/{month}/payouts.csv",
    summary="Auszahlungen eines Monats mit Beleg, Buchung und Zuordnung, als CSV",
    operation_id="export_month",
    response_class=Response,
    responses={200: _FILE},
)
async def month_csv(doors: Doors, caller: Reader, month: Chosen) -> Response:
    async with doors.ledger.transaction(caller.tenant) as tx:
        content = await month_file.csv_of_month(tx, read_month(month))
    return attachment(content, f"{month}-auszahlungen.csv", CSV)


def _step(step: Step) -> dict[str, Any]:
    return step.model_dump(mode="json") | {"sentences": [in_words(one) for one in step.missing]}
