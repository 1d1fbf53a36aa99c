"""Taking a programme over: files are brought and looked at, then taken over; a second person confirms what must be."""

import base64
import binascii
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field, field_validator

from api.actions import taking_over
from api.actions.taking_over import Looked, Room
from api.http.files import CSV, attachment
from api.http.language import in_words, language, say
from api.http.parts import Doors, Parts
from api.http.rows import after, shown
from api.v1.answers import ListQuery, Page, page
from api.v1.callers import Approver, Banker, Writer
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.access.api_keys import Caller
from ledger.imports import confirming, files
from ledger.imports.columns import Kind
from ledger.imports.confirming import Decision, How, Waiting
from ledger.imports.files import Brought, Import
from ledger.imports.rows import Mapping
from ledger.imports.taking_over import MOST_AT_ONCE, RowShown, Wish
from ledger.types import Submitted

router = door_router("/api/v1", "Übernahme")


class NewImport(Submitted):
    name: str = Field(min_length=1, max_length=files.LONGEST_NAME, examples=["partner.csv"])
    kind: Kind | None = Field(default=None, description="Ohne sagen es die Überschriften, wo sie es können")
    content: str = Field(
        max_length=28_000_000, description="Die CSV-Datei, Base64", examples=["Q29kZTtOYW1lCkE7QW5uYQo="]
    )

    @field_validator("content")
    @classmethod
    def _is_base64(cls, content: str) -> str:
        try:
            base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("no base64") from None
        return content


class ProblemShown(BaseModel):
    line: int
    column: str | None = Field(description="Der Name der Spalte bei uns; null für die ganze Zeile")
    problem: str = Field(description="Was nicht stimmt und wie es zu beheben ist")
    code: str = Field(examples=["cell_missing"])
    params: dict[str, Any]


class PreviewShown(BaseModel):
    """What taking it over would do now; the first 200 rows of each kind."""

    asked: list[str] = Field(description="Was ein Mensch erst sagen muss, in Worten; dann ist sonst nichts bekannt")
    numbers: str | None = Field(description="Wie Beträge gelesen werden: `german` oder `english`")
    days: str | None = Field(description="Wie Tage mit Schrägstrich gelesen werden: `day_first` oder `month_first`")
    new: int
    changed: int
    same: int
    wrong: int
    problem_count: int
    problems: list[ProblemShown]
    rows: list[RowShown]
    seen: str | None = Field(description="Nennt alles, was übernommen würde; beim Übernehmen anzugeben")


class ImportShown(Import):
    preview: PreviewShown | None
    wrong: str | None = Field(description="Warum die Datei so nicht gelesen werden kann")
    refused: list[ProblemShown] = Field(default=[], description="Verkäufe, die nicht gebucht wurden")


class TakeOver(Submitted):
    seen: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description="`seen` der Vorschau; täte die Datei jetzt etwas anderes: 409",
        examples=["0" * 64],
    )
    leave_out_wrong: bool = Field(default=False, description="Zeilen mit Fehlern auslassen")


class Confirmation(Submitted):
    seen: str = Field(pattern=r"^[0-9a-f]{64}$", description="`seen` dessen, was gezeigt wurde", examples=["0" * 64])


class AccountsConfirmation(Confirmation):
    how: How = Field(default="whole", description="Ob alle angesehen wurden oder die Stichprobe")


@router.post(
    "/imports",
    summary="Eine CSV-Datei bringen",
    description="Partner, Anfangsbestände, Kunden oder Verkäufe. Sie wird gelesen und geprüft; übernommen wird noch "
    "nichts. Windows-1252 oder UTF-8, Strichpunkte, Kommas oder Tabulatoren, höchstens 50.000 Zeilen und 20 MB.",
    operation_id="bring_import",
    status_code=201,
    response_model=ImportShown,
)
async def bring(doors: Doors, caller: Writer, once: OnlyOnce, new: NewImport) -> JSONResponse:
    await once.require_unanswered()
    told = Brought(name=new.name, kind=new.kind, content=base64.b64decode(new.content), by=caller.actor)
    room = _room(doors, caller)
    found = await taking_over.bring(room, told)
    looked = await taking_over.look(room, found.id)
    async with once.acting() as (_tx, after):
        return after.answer(_shown(looked), status=201)


@router.get("/imports", summary="Dateien auflisten", operation_id="list_imports", response_model=Page[Import])
async def list_imports(doors: Doors, caller: Writer, asked: Annotated[ListQuery, Query()]) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await files.list_imports(
            tx, updated_since=asked.updated_since, after=after(asked.cursor), limit=asked.limit
        )
    return JSONResponse(page(found))


@router.get(
    "/imports/{import_id}",
    summary="Eine Datei ansehen: was sie ändern würde",
    operation_id="get_import",
    response_model=ImportShown,
)
async def get_import(import_id: UUID, doors: Doors, caller: Writer) -> JSONResponse:
    return JSONResponse(_shown(await taking_over.look(_room(doors, caller), import_id)))


@router.put(
    "/imports/{import_id}/columns",
    summary="Sagen, welche Spalte was ist",
    description="Gilt auch für die nächste Datei mit diesen Überschriften. `numbers` und `days` zählen nur, wo die "
    "Datei es nicht selbst zeigt.",
    operation_id="choose_import_columns",
    response_model=ImportShown,
)
async def choose_columns(import_id: UUID, doors: Doors, caller: Writer, mapping: Mapping) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        await files.choose_columns(tx, import_id, mapping, by=caller.actor)
    return JSONResponse(_shown(await taking_over.look(_room(doors, caller), import_id)))


@router.get(
    "/imports/{import_id}/problems.csv",
    summary="Die Zeilen mit Fehlern als CSV",
    description="Wie sie in der Datei stehen, mit dem Fehler in der letzten Spalte: berichtigt kann sie wieder "
    "gebracht werden.",
    operation_id="get_import_problems",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "Die Datei"}},
)
async def problems(import_id: UUID, doors: Doors, caller: Writer) -> Response:
    spoken: Any = "en" if language() == "en" else "de"
    content = await taking_over.wrong_rows(_room(doors, caller), import_id, spoken, in_words)
    return attachment(content, f"problems-{import_id}.csv", CSV)


@router.post(
    "/imports/{import_id}/take-over",
    summary="Eine Datei übernehmen",
    description="Ganz oder gar nicht, mit einem Eintrag im Prüfpfad; Verkäufe mit Provision einzeln. Dieselbe Datei "
    "noch einmal ändert nichts. Für Bankverbindungen braucht es `bank` dazu.",
    operation_id="take_import_over",
    response_model=ImportShown,
)
async def take_over(
    import_id: UUID, doors: Doors, caller: Writer, once: OnlyOnce, wanted: Annotated[TakeOver, Body()]
) -> JSONResponse:
    await once.require_unanswered()
    room = _room(doors, caller)
    async with doors.ledger.transaction(caller.tenant) as tx:
        most = MOST_AT_ONCE[(await files.get(tx, import_id)).kind]
    wish = Wish(
        by=caller.actor,
        seen=wanted.seen,
        leave_out_wrong=wanted.leave_out_wrong,
        most=most,
        may_bank="bank" in caller.scopes,
    )
    taken = await taking_over.take_over(room, import_id, wish)
    async with once.acting() as (_tx, after):
        after.rechecks(list(taken.payouts))
        refused = [_problem(one) for one in taken.refused]
        return after.answer(_shown(Looked(taken.file, None)) | {"refused": refused})


@router.post(
    "/imports/{import_id}/discard",
    summary="Eine Datei verwerfen",
    operation_id="discard_import",
    response_model=ImportShown,
)
async def discard(import_id: UUID, caller: Writer, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(_shown(Looked(await files.discard(tx, import_id, by=caller.actor), None)))


@router.get(
    "/imports/{import_id}/bank-details",
    summary="Ansehen, welche Bankverbindungen einer Datei auf eine zweite Person warten",
    description="Mit dem, was abweicht, und der Stichprobe, die jedenfalls anzusehen ist.",
    operation_id="get_import_bank_details",
    response_model=Waiting,
)
async def get_bank_details(import_id: UUID, doors: Doors, caller: Banker) -> JSONResponse:
    async with doors.files.transaction(caller.tenant) as tx:
        waiting = await confirming.waiting(tx, doors.vault, import_id)
    return JSONResponse(waiting.model_dump(mode="json"))


@router.post(
    "/imports/{import_id}/bank-details/confirm",
    summary="Die Bankverbindungen einer Datei als zweite Person bestätigen",
    description="Alle auf einmal; was zwei Partner gemeinsam haben, wartet auf seine eigene Antwort. 409, wenn nicht "
    "mehr wartet, was gezeigt wurde.",
    operation_id="confirm_import_bank_details",
    response_model=Waiting,
)
async def confirm_bank_details(
    import_id: UUID, doors: Doors, caller: Banker, once: OnlyOnce, confirmed: Annotated[AccountsConfirmation, Body()]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        decision = Decision(import_id=import_id, seen=confirmed.seen, by=caller.actor)
        after.rechecks(await confirming.confirm_accounts(tx, doors.vault, decision, confirmed.how))
        return after.answer((await confirming.waiting(tx, doors.vault, import_id)).model_dump(mode="json"))


@router.get(
    "/imports/{import_id}/balances",
    summary="Ansehen, welche Anfangsbestände einer Datei auf eine zweite Person warten",
    operation_id="get_import_balances",
    response_model=Waiting,
)
async def get_balances(import_id: UUID, doors: Doors, caller: Approver) -> JSONResponse:
    async with doors.files.transaction(caller.tenant) as tx:
        waiting = await confirming.waiting(tx, doors.vault, import_id)
    return JSONResponse(waiting.model_dump(mode="json"))


@router.post(
    "/imports/{import_id}/balances/confirm",
    summary="Die Anfangsbestände einer Datei als zweite Person bestätigen",
    description="Alle auf einmal. 409, wenn nicht mehr wartet, was gezeigt wurde.",
    operation_id="confirm_import_balances",
    response_model=Waiting,
)
async def confirm_balances(
    import_id: UUID, doors: Doors, caller: Approver, once: OnlyOnce, confirmed: Annotated[Confirmation, Body()]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        decision = Decision(import_id=import_id, seen=confirmed.seen, by=caller.actor)
        await confirming.decide_lines(tx, doors.vault, decision)
        return after.answer((await confirming.waiting(tx, doors.vault, import_id)).model_dump(mode="json"))


def _room(doors: Parts, caller: Caller) -> Room:
    return Room(doors.files, doors.vault, caller.tenant)


def _problem(one: Any) -> dict[str, Any]:
    said = say(one.code, one.params)
    return {"line": one.line, "column": one.column, "problem": said, "code": one.code, "params": one.params}


def _shown(looked: Looked) -> dict[str, Any]:
    seen = looked.preview
    return shown(looked.file) | {
        "wrong": in_words(looked.wrong),
        "refused": [],
        "preview": seen
        and seen.model_dump(
            mode="json", include={"numbers", "days", "new", "changed", "same", "wrong", "problem_count", "seen"}
        )
        | {
            "asked": [in_words(one) for one in seen.asked],
            "problems": [_problem(one) for one in seen.problems],
            "rows": [one.model_dump(mode="json") for one in seen.shown],
        },
    }
