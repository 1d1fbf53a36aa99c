"""Papers of a payout: lexoffice's PDF, the statement, and the bundle of evidence. All are attachments."""

from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import Response

from api.actions import report_files
from api.http.parts import Doors
from api.v1.answers import PartnerCode, PayoutNo
from api.v1.callers import Approver, Reader
from api.v1.doors import door_router
from ledger.types import BusinessDay

router = door_router("/api/v1/reports", "Berichte")
Form = Literal["pdf", "csv"]


def _file(*kinds: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {kind: {} for kind in kinds}, "description": "Die Datei"}}


@router.get(
    "/payouts/{number}/credit-note.pdf",
    summary="Die Gutschrift, wie lexoffice sie ausgestellt hat",
    operation_id="get_credit_note_file",
    response_class=Response,
    responses=_file("application/pdf"),
)
async def credit_note(number: PayoutNo, doors: Doors, caller: Reader) -> Response:
    return await report_files.credit_note(doors, caller.tenant, number)


@router.get(
    "/payouts/{number}/statement.{form}",
    summary="Die Abrechnung zu einer Auszahlung",
    operation_id="get_payout_statement",
    response_class=Response,
    responses=_file("application/pdf", "text/csv"),
)
async def payout_statement(number: PayoutNo, form: Form, doors: Doors, caller: Reader) -> Response:
    return await report_files.payout_statement(doors, caller.tenant, number, form)


@router.get(
    "/payouts/{number}/evidence.zip",
    summary="Der Nachweis zu einer Auszahlung: alles, was sie belegt",
    description="Braucht `approve`, weil er den Prüfpfad enthält. Dass er abgerufen wurde, steht dort.",
    operation_id="get_payout_evidence",
    response_class=Response,
    responses=_file("application/zip"),
)
async def evidence(number: PayoutNo, doors: Doors, caller: Approver) -> Response:
    return await report_files.evidence(doors, caller.tenant, number, by=caller.actor)


@router.get(
    "/partners/{code}/statement.{form}",
    summary="Die Abrechnungen eines Partners über eine Zeit",
    operation_id="get_partner_statement",
    response_class=Response,
    responses=_file("application/pdf", "text/csv"),
)
async def partner_statement(
    code: PartnerCode,
    form: Form,
    doors: Doors,
    caller: Reader,
    first_day: Annotated[BusinessDay, Query(description="Erster Tag")],
    last_day: Annotated[BusinessDay, Query(description="Letzter Tag, eingeschlossen")],
) -> Response:
    return await report_files.partner_statement(doors, caller.tenant, code, first_day, last_day, form)


@router.get(
    "/partners/{code}/yearly-statement.{form}",
    summary="Was einem Partner in einem Jahr zugeflossen ist",
    description="Nach dem Tag der Zahlung (§ 11 EStG), nicht nach dem der Auszahlung.",
    operation_id="get_yearly_statement",
    response_class=Response,
    responses=_file("application/pdf", "text/csv"),
)
async def yearly_statement(
    code: PartnerCode,
    form: Form,
    doors: Doors,
    caller: Reader,
    year: Annotated[int, Query(ge=2000, le=2999, examples=[2026])],
) -> Response:
    return await report_files.yearly_statement(doors, caller.tenant, code, year, form)
