"""Documents of our own: the Gutschriften that the tenant issues itself, their files, and their way to the partner."""

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field, model_validator

from api.http.files import PDF, XML, attachment
from api.http.parts import Doors
from api.http.rows import after, shown
from api.v1.answers import ListQuery, Page, page
from api.v1.callers import Reader, Writer
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.database import TenantTransaction
from ledger.documents.own import delivery, issuing, own_document_list
from ledger.documents.own.content import OwnDocumentKind
from ledger.documents.own.delivery import Delivery
from ledger.documents.own.gate import Report
from ledger.documents.own.issuing import file_name
from ledger.documents.own.own_document_list import OwnDocumentFilter, OwnDocumentListed, OwnDocumentState
from ledger.refusals import NotFound
from ledger.types import Submitted

router = door_router("/api/v1/own-documents", "Eigene Belege")
_MESSAGE_ID = re.compile(r"<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^<>@\s]{1,255}>?", re.ASCII | re.IGNORECASE)


class OwnDocumentShown(OwnDocumentListed):
    """`delivered_at`: from when on it counts as delivered, as far as that is certain by now."""


class OwnDocumentInFull(OwnDocumentShown):
    """With all that is known of its way to the partner."""

    deliveries: list[Delivery]


class ReportShown(BaseModel):
    """What the check before issuing found. `report` is null where the document has no XML."""

    number: str
    report: Report | None


class OwnDocumentQuery(ListQuery):
    partner: Annotated[str | None, Query(max_length=32, description="Code des Partners")] = None
    payout: Annotated[str | None, Query(max_length=32, description="Nummer der Auszahlung")] = None
    number: Annotated[str | None, Query(max_length=40, description="Nummer des Belegs, ganz")] = None
    kind: Annotated[OwnDocumentKind | None, Query()] = None
    state: Annotated[OwnDocumentState | None, Query()] = None


class Bounce(Submitted):
    """The number, the Message-ID, or both: then the mail must be one of this document."""

    number: str | None = Field(default=None, max_length=40, description="Nummer des Belegs", examples=["GU-2026-00001"])
    message_id: str | None = Field(
        default=None,
        max_length=320,
        description="Message-ID der Mail, die zurückkam",
        examples=["<0b7e1c1e-6f0c-4a53-9a25-1d5f2f6f7b10@example.com>"],
    )
    reason: str | None = Field(default=None, max_length=500, examples=["550 5.1.1 user unknown"])

    @model_validator(mode="after")
    def _one_names_it(self) -> "Bounce":
        if self.number is None and self.message_id is None:
            raise ValueError("number or message_id")
        if self.message_id is not None and not _MESSAGE_ID.fullmatch(self.message_id.strip()):
            raise ValueError("no Message-ID of ours")
        return self

    @property
    def mail(self) -> UUID | None:
        found = _MESSAGE_ID.fullmatch((self.message_id or "").strip())
        return None if found is None else UUID(found[1])


class SendAgain(Submitted):
    reason: str = Field(min_length=1, max_length=500, examples=["Die Adresse ist berichtigt."])


class HandedOver(Submitted):
    note: str = Field(
        min_length=1,
        max_length=500,
        description="Auf welchem Weg und an welchem Tag",
        examples=["Am 02.11.2026 mit der Post geschickt."],
    )


@router.get(
    "", summary="Eigene Belege auflisten", operation_id="list_own_documents", response_model=Page[OwnDocumentShown]
)
async def list_documents(doors: Doors, caller: Reader, asked: Annotated[OwnDocumentQuery, Query()]) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await own_document_list.list_own_documents(
            tx,
            OwnDocumentFilter(
                partner_code=asked.partner,
                payout=asked.payout,
                number=asked.number,
                kind=asked.kind,
                state=asked.state,
                updated_since=asked.updated_since,
            ),
            after=after(asked.cursor),
            limit=asked.limit,
        )
    return JSONResponse(page(found))


@router.post(
    "/bounces",
    summary="Sagen, dass die Mail mit einem Beleg zurückkam",
    description="Für den Mailserver oder den Dienst, der Unzustellbares meldet. Binnen 24 Stunden nach der Annahme "
    "gilt der Beleg damit als nicht zugestellt; eine Aufgabe fragt, wie er den Partner erreicht.",
    operation_id="report_bounce",
    response_model=OwnDocumentInFull,
)
async def report_bounce(caller: Writer, once: OnlyOnce, bounce: Annotated[Bounce, Body()]) -> JSONResponse:
    async with once.acting() as (tx, after):
        document = await delivery.note_bounce(
            tx, number=bounce.number, mail=bounce.mail, by=caller.actor, why=bounce.reason
        )
        return after.answer(await _in_full(tx, document.id))


@router.get(
    "/{document}",
    summary="Einen eigenen Beleg ansehen",
    operation_id="get_own_document",
    response_model=OwnDocumentInFull,
)
async def get_document(document: UUID, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await _in_full(tx, document))


def _file(kind: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {kind: {}}, "description": "Die Datei"}}


@router.get(
    "/{document}/document.pdf",
    summary="Das PDF eines eigenen Belegs, wie er ausgestellt wurde",
    operation_id="get_own_document_pdf",
    response_class=Response,
    responses=_file("application/pdf"),
)
async def get_pdf(document: UUID, doors: Doors, caller: Reader) -> Response:
    async with doors.ledger.transaction(caller.tenant) as tx:
        row = await issuing.get(tx, document)
        pdf = await issuing.get_pdf(tx, document)
    return attachment(pdf, file_name(row.number), PDF, **{"X-Content-SHA256": row.pdf_sha256})


@router.get(
    "/{document}/document.xml",
    summary="Das XML eines eigenen Belegs (EN 16931), wie es im PDF steht",
    description="404, wo der Beleg keines hat.",
    operation_id="get_own_document_xml",
    response_class=Response,
    responses=_file("application/xml"),
)
async def get_xml(document: UUID, doors: Doors, caller: Reader) -> Response:
    async with doors.ledger.transaction(caller.tenant) as tx:
        row = await issuing.get(tx, document)
        xml = await issuing.get_xml(tx, document)
    return attachment(xml, file_name(row.number, "xml"), XML)


@router.get(
    "/{document}/report",
    summary="Was die Prüfung vor dem Ausstellen fand, mit der Fassung ihrer Regeln",
    operation_id="get_own_document_report",
    response_model=ReportShown,
)
async def get_report(document: UUID, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        row = await issuing.get(tx, document)
        report = await issuing.find_report(tx, document)
    return JSONResponse({"number": row.number, "report": report and report.model_dump(mode="json")})


@router.post(
    "/{document}/send-again",
    summary="Einen eigenen Beleg erneut senden",
    description="An die Adresse, die jetzt beim Partner steht.",
    operation_id="send_own_document_again",
    response_model=OwnDocumentInFull,
)
async def send_again(document: UUID, caller: Writer, once: OnlyOnce, why: Annotated[SendAgain, Body()]) -> JSONResponse:
    async with once.acting() as (tx, after):
        row = await issuing.get(tx, document)
        await delivery.send_again(tx, row.number, by=caller.actor, reason=why.reason)
        return after.answer(await _in_full(tx, document))


@router.post(
    "/{document}/handed-over",
    summary="Sagen, dass der Partner den Beleg auf anderem Weg hat",
    description="Er gilt von nun an als zugestellt.",
    operation_id="hand_own_document_over",
    response_model=OwnDocumentInFull,
)
async def hand_over(document: UUID, caller: Writer, once: OnlyOnce, how: Annotated[HandedOver, Body()]) -> JSONResponse:
    async with once.acting() as (tx, after):
        row = await issuing.get(tx, document)
        await delivery.mark_delivered(tx, row, "hand", by=caller.actor, note=how.note)
        return after.answer(await _in_full(tx, document))


async def _in_full(tx: TenantTransaction, document: UUID) -> dict[str, Any]:
    found = await own_document_list.get_listed(tx, document)
    if found is None:
        raise NotFound("own_document_not_found")
    return shown(found, deliveries=[shown(one) for one in await delivery.list_deliveries(tx, document)])
