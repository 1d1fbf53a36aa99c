"""What a payout's own document will be, before it is approved and issued."""

from typing import Any

from fastapi.responses import JSONResponse, Response
from pydantic import Field

from api.actions import own_document_preview
from api.http.language import in_words
from api.http.parts import Doors
from api.v1.answers import PayoutNo
from api.v1.callers import Reader
from api.v1.doors import door_router
from ledger.payouts import own_preview, payouts
from ledger.payouts.own_preview import Preview
from ledger.refusals import NotAllowedNow

router = door_router("/api/v1/payouts", "Auszahlungen")


class PreviewShown(Preview):
    missing_in_words: str | None = Field(description="Was dem Beleg noch fehlt; null, wenn nichts")
    unbookable_in_words: str | None = Field(description="Warum er nicht gebucht werden kann; null, wenn er es kann")


@router.get(
    "/{number}/preview",
    summary="Was der eigene Beleg sagen und wie er gebucht wird",
    description="Vor dem Ausstellen, mit dem Inhalt von jetzt. 409 mit `nothing_to_preview`, wo lexoffice den Beleg "
    "schreibt oder er schon ausgestellt ist.",
    operation_id="preview_own_document",
    response_model=PreviewShown,
)
async def preview(number: PayoutNo, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await own_preview.find(tx, await payouts.get(tx, number))
    if found is None:
        raise NotAllowedNow("nothing_to_preview")
    return JSONResponse(_shown(found))


@router.get(
    "/{number}/preview.pdf",
    summary="Der eigene Beleg als Vorschau: ohne Nummer, auf jeder Seite als Vorschau bezeichnet",
    operation_id="preview_own_document_pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "Die Datei"}},
)
async def preview_pdf(number: PayoutNo, doors: Doors, caller: Reader) -> Response:
    return await own_document_preview.pdf(doors, caller.tenant, number)


def _shown(found: Preview) -> dict[str, Any]:
    unbookable = found.booking.missing if found.booking else None
    return found.model_dump(mode="json") | {
        "missing_in_words": found.missing and in_words(found.missing),
        "unbookable_in_words": unbookable and in_words(unbookable),
    }
