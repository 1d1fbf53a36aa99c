"""Which category of lexoffice the vouchers of each tax case are booked to, and what was confirmed about § 13b."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Body
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.actions import posting_categories
from api.http.parts import Doors
from api.http.rows import shown
from api.v1.callers import Administrator, Reader
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.database import TenantTransaction
from ledger.documents.own import posting, posting_rules
from ledger.documents.own.posting import Category, Mapping, PostingCase
from ledger.documents.own.posting_rules import Confirmation
from ledger.types import Submitted

router = door_router("/api/v1/posting-categories", "Eigene Belege")


class Case(BaseModel):
    posting_case: PostingCase
    needs_confirmation: bool = Field(description="Nach § 13b: erst bestätigen, was die Voranmeldung zeigt")
    mapping: Mapping | None = Field(description="Was gewählt ist")
    confirmation: Confirmation | None = Field(description="Für die Kategorie, die jetzt gewählt ist")


class PostingCategories(BaseModel):
    cases: list[Case]
    categories: list[Category] = Field(description="Die Ausgaben, die lexoffice kennt; Einnahmen fehlen")
    read_at: datetime | None = Field(description="Wann die Liste zuletzt von lexoffice geholt wurde")
    pending: bool = Field(description="Sie wird gerade geholt")


class Choice(Submitted):
    category_id: UUID


class Seen(Submitted):
    voucher_number: str = Field(
        min_length=1, max_length=100, description="Der Beleg, der angesehen wurde", examples=["GU-2026-00001"]
    )
    shown: str = Field(
        min_length=1,
        max_length=500,
        description="Was die Voranmeldung dazu zeigt",
        examples=["Kz 46: 100, Kz 47: 19,00, Kz 67: 19,00"],
    )


@router.get(
    "",
    summary="Buchungskategorien je Steuerfall",
    description="lexoffice wird dafür nicht gefragt.",
    operation_id="get_posting_categories",
    response_model=PostingCategories,
)
async def get_categories(doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await _shown(tx))


@router.post(
    "/read",
    summary="Die Liste von lexoffice holen lassen",
    description="Es geschieht im Hintergrund; sonst wird sie einmal am Tag geholt.",
    operation_id="read_posting_categories",
    response_model=PostingCategories,
    status_code=202,
)
async def read_categories(doors: Doors, caller: Administrator, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        await posting.want_list(tx)
        # When the engine is away the wish stands, and the next sweep fulfils it.
        after(doors.announcer.sweep, tx.tenant)
        return after.answer(await _shown(tx), status=202)


@router.put(
    "/{posting_case}",
    summary="Einen Steuerfall auf eine Kategorie buchen",
    description="Vom nächsten Beleg an. Nur Ausgaben.",
    operation_id="choose_posting_category",
    response_model=PostingCategories,
)
async def choose_category(
    posting_case: PostingCase, caller: Administrator, once: OnlyOnce, choice: Annotated[Choice, Body()]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        await posting_categories.choose(tx, posting_case, choice.category_id, by=caller.actor)
        return after.answer(await _shown(tx))


@router.put(
    "/{posting_case}/confirmation",
    summary="Bestätigen, was die Voranmeldung nach § 13b zeigt",
    description="Für einen Beleg dieser Art in der verbundenen Organisation. Ohne das wird nach § 13b nicht gebucht.",
    operation_id="confirm_thirteen_b",
    response_model=PostingCategories,
)
async def confirm_case(
    posting_case: PostingCase, caller: Administrator, once: OnlyOnce, seen: Annotated[Seen, Body()]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        await posting_categories.confirm(
            tx, posting_case, voucher_number=seen.voucher_number, shown=seen.shown, by=caller.actor
        )
        return after.answer(await _shown(tx))


@router.delete(
    "/{posting_case}/confirmation",
    summary="Die Bestätigung zurücknehmen",
    description="Belege dieser Art warten wieder.",
    operation_id="withdraw_thirteen_b",
    response_model=PostingCategories,
)
async def withdraw_confirmation(posting_case: PostingCase, caller: Administrator, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        await posting_rules.withdraw(tx, posting_case, by=caller.actor)
        return after.answer(await _shown(tx))


async def _shown(tx: TenantTransaction) -> dict[str, object]:
    found = await posting_categories.show(tx)
    return {
        "cases": [shown(case) for case in found.cases],
        "categories": [shown(one) for one in found.listed.outgo],
        "read_at": found.listed.read_at and found.listed.read_at.isoformat(),
        "pending": found.listed.wanted_at is not None,
    }
