"""Who writes the document of each tax case, where it is booked, and what the law asks the tenant about it."""

from typing import Annotated

from fastapi import Body, Path
from fastapi.responses import JSONResponse
from pydantic import Field

from api.http.parts import Doors
from api.http.rows import shown
from api.v1.callers import Administrator, Reader
from api.v1.doors import door_router
from ledger.payouts import document_settings
from ledger.payouts.document_settings import DocumentSettings, DocumentSettingsChange
from ledger.tax import turnovers
from ledger.types import Submitted

router = door_router("/api/v1/document-settings", "Mandant")
Year = Annotated[int, Path(ge=2020, le=2200, description="Jahr, in dem der Umsatz gemacht wurde")]


class TurnoverAnswer(Submitted):
    above_limit: bool = Field(description="Ob der Umsatz des Jahres über 800.000 € lag (§ 27 Abs. 38 UStG)")


class CreditNoteReason(Submitted):
    reason: str = Field(min_length=1, max_length=500, examples=["Auskunft der Steuerberatung vom 03.01.2028"])


@router.get(
    "",
    summary="Ansehen, wer welchen Beleg schreibt",
    operation_id="get_document_settings",
    response_model=DocumentSettings,
)
async def get_document_settings(doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(shown(await document_settings.get(tx)))


@router.patch(
    "",
    summary="Wählen, wer welchen Beleg schreibt",
    description="Gilt für Auszahlungen, die ab jetzt entstehen; bei anderer Buchhaltung wird nach Gutschriften, die "
    "auf Freigabe warten, neu gefragt.",
    operation_id="change_document_settings",
    response_model=DocumentSettings,
)
async def change_document_settings(
    doors: Doors,
    caller: Administrator,
    wanted: Annotated[DocumentSettingsChange, Body(examples=[{"strategies": {"eu_business": "own_document"}}])],
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(shown(await document_settings.change(tx, wanted, by=caller.actor)))


@router.put(
    "/turnovers/{year}",
    summary="Sagen, ob der Umsatz eines Jahres über 800.000 € lag",
    description="Davon hängt ab, ob regelbesteuerte Partner für Leistungen ab 2027 noch eine Gutschrift aus lexoffice "
    "bekommen.",
    operation_id="answer_turnover",
    response_model=DocumentSettings,
)
async def answer_turnover(doors: Doors, caller: Administrator, year: Year, answer: TurnoverAnswer) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        await turnovers.answer(tx, year, above_limit=answer.above_limit, by=caller.actor)
        return JSONResponse(shown(await document_settings.get(tx)))


@router.put(
    "/credit-notes-confirmed",
    summary="Begründen, warum es ab 2028 noch Gutschriften aus lexoffice geben darf",
    operation_id="confirm_credit_notes",
    response_model=DocumentSettings,
)
async def confirm_credit_notes(doors: Doors, caller: Administrator, why: CreditNoteReason) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        await turnovers.confirm_credit_notes(tx, reason=why.reason, by=caller.actor)
        return JSONResponse(shown(await document_settings.get(tx)))
