"""Statements of the bank: handing files in needs the scope `statements`, which is all that an EBICS client is given;
what they say is read and decided about by the scope `bank`."""

import base64
import binascii
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, field_validator

from api.actions import bank_bookings
from api.http.language import in_words
from api.http.parts import Doors
from api.http.rows import after, shown
from api.v1.answers import ListQuery, Page, page
from api.v1.callers import Banker, Clerk
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.bank import bank_entries, statement_files, unassigned
from ledger.bank.bank_entries import BankEntry, EntryFilter, EntryState
from ledger.bank.statement_files import Handed, Outcome, StatementFile
from ledger.types import Submitted

router = door_router("/api/v1", "Kontoauszüge")


class StatementHandedIn(Submitted):
    name: str = Field(min_length=1, max_length=200, examples=["C53-2026-11-30.zip"])
    content: str = Field(max_length=60_000_000, description="Die Datei, Base64", examples=["PERvY3VtZW50Lz4="])

    @field_validator("content")
    @classmethod
    def _is_base64(cls, content: str) -> str:
        try:
            base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("no base64") from None
        return content


class StatementsHandedIn(Submitted):
    files: list[StatementHandedIn] = Field(min_length=1, max_length=50)


class FileTaken(BaseModel):
    """What became of one file; of an archive there is one for each of its members."""

    name: str
    file: str | None = Field(description="Id der Datei, wenn sie eingelesen ist")
    again: bool = Field(description="Genau diese Datei war schon eingelesen")
    format: str | None = Field(examples=["camt.053.001.08"])
    statements: int
    entries: int
    new_entries: int = Field(description="Umsätze, die bisher niemand genannt hatte")
    for_us: int = Field(description="Davon solche, die Auszahlungen betreffen können")
    refused: str | None = Field(description="Warum die Datei nicht eingelesen ist; null, wenn sie es ist")
    refused_code: str | None = Field(examples=["statement_balance_wrong"])
    refused_params: dict[str, Any] | None


class FilesTaken(BaseModel):
    files: list[FileTaken]


@router.post(
    "/bank-statements",
    summary="Kontoauszüge einlesen",
    description="camt.053, camt.052, camt.054, pain.002 und MT940, einzeln oder als ZIP. Jede Datei wird ganz "
    "eingelesen oder gar nicht, und einmal, gleich unter welchem Namen; eine, die abgelehnt wird, hält keine andere "
    "auf.",
    operation_id="bring_bank_statements",
    response_model=FilesTaken,
)
async def bring(doors: Doors, caller: Clerk, brought: StatementsHandedIn) -> JSONResponse:
    handed = [
        Handed(name=file.name, content=base64.b64decode(file.content), by=caller.actor, how="api")
        for file in brought.files
    ]
    outcomes = await bank_bookings.bring(doors, caller.tenant, handed)
    return JSONResponse({"files": [_outcome(one) for one in outcomes]})


@router.get(
    "/bank-statements",
    summary="Eingelesene Kontoauszüge auflisten",
    operation_id="list_bank_statements",
    response_model=Page[StatementFile],
)
async def list_files(doors: Doors, caller: Banker, asked: Annotated[ListQuery, Query()]) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await statement_files.list_files(
            tx, updated_since=asked.updated_since, after=after(asked.cursor), limit=asked.limit
        )
    return JSONResponse(page(found, shown))


class Assignment(Submitted):
    payout: str = Field(
        max_length=32, description="Auszahlung, die der Umsatz bezahlt oder zurückbringt", examples=["PO-2026-0001"]
    )


class Repaid(Submitted):
    claim: UUID = Field(description="Forderung, die der Umsatz zurückzahlt")


class SetAside(Submitted):
    reason: str = Field(min_length=1, max_length=500, examples=["Erstattung des Lieferanten"])


class EntriesQuery(ListQuery):
    state: EntryState = Field(
        default=EntryState.UNRESOLVED, description="Des Umsatzes; sonst die, die niemand zugeordnet hat"
    )


class EntryShown(BankEntry):
    reason: str | None


@router.get(
    "/bank-entries",
    summary="Umsätze auflisten",
    description="Solche, die Auszahlungen betreffen können; ohne `state` die, die niemand zugeordnet hat, mit dem "
    "Grund.",
    operation_id="list_bank_entries",
    response_model=Page[EntryShown],
)
async def list_entries(doors: Doors, caller: Banker, asked: Annotated[EntriesQuery, Query()]) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await bank_entries.list_bank_entries(
            tx,
            EntryFilter(state=asked.state, updated_since=asked.updated_since),
            after=after(asked.cursor),
            limit=asked.limit,
        )
    return JSONResponse(page(found, _entry))


@router.post(
    "/bank-entries/{entry}/assign",
    summary="Einen Umsatz einer Auszahlung zuordnen",
    description="Ein Mensch sagt, was die Datei der Bank nicht sagt: eine Überweisung wird zum Nachweis der Zahlung, "
    "ein Eingang zu ihrer Rückbuchung. Es zählt als Beteiligung an der Auszahlung.",
    operation_id="assign_bank_entry",
    response_model=EntryShown,
)
async def assign(entry: UUID, caller: Banker, once: OnlyOnce, to: Annotated[Assignment, Body()]) -> JSONResponse:
    async with once.acting() as (tx, after):
        assigned = await bank_bookings.assign(tx, after, entry, to.payout, by=caller.actor)
        return after.answer(_entry(assigned))


@router.post(
    "/bank-entries/{entry}/assign-to-claim",
    summary="Einen Umsatz einer Forderung zuordnen",
    description="Ein Eingang, der eine Forderung gegen einen Partner zurückzahlt, soweit sie offen ist. Was vom Umsatz "
    "übrig bleibt, wartet weiter. 409 mit `booking_is_no_repayment`, `booking_decided` oder `claim_is_over`.",
    operation_id="assign_bank_entry_to_claim",
    response_model=EntryShown,
)
async def assign_to_claim(entry: UUID, caller: Banker, once: OnlyOnce, to: Annotated[Repaid, Body()]) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(_entry(await unassigned.assign_to_claim(tx, entry, to.claim, by=caller.actor)))


@router.post(
    "/bank-entries/{entry}/set-aside",
    summary="Einen Umsatz beiseitelegen",
    description="Er betrifft keine Auszahlung, oder er ist anders erledigt.",
    operation_id="set_bank_entry_aside",
    response_model=EntryShown,
)
async def set_aside(entry: UUID, caller: Banker, once: OnlyOnce, why: Annotated[SetAside, Body()]) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(_entry(await unassigned.set_aside(tx, entry, by=caller.actor, reason=why.reason)))


@router.post(
    "/bank-entries/{entry}/take-up",
    summary="Einen beiseitegelegten Umsatz wieder aufnehmen",
    description="Er wartet wieder auf eine Entscheidung, mit dem Grund, den er hatte. Was zugeordnet ist, bleibt es: "
    "ein Nachweis ändert sich nicht.",
    operation_id="take_bank_entry_up",
    response_model=EntryShown,
)
async def take_up(entry: UUID, caller: Banker, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(_entry(await unassigned.take_up_again(tx, entry, by=caller.actor)))


def _entry(entry: BankEntry) -> dict[str, Any]:
    return shown(entry, reason=in_words(entry.why))


def _outcome(one: Outcome) -> dict[str, Any]:
    taken, refused = one.taken, one.refused
    return FileTaken(
        name=one.name,
        file=str(taken.file) if taken else None,
        again=bool(taken and taken.again),
        format=taken.format if taken else None,
        statements=taken.statements if taken else 0,
        entries=taken.entries if taken else 0,
        new_entries=taken.new_entries if taken else 0,
        for_us=taken.for_us if taken else 0,
        refused=in_words(refused),
        refused_code=refused.code if refused else None,
        refused_params=refused.params if refused else None,
    ).model_dump(mode="json")
