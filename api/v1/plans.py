"""Plans: what a campaign pays, on each level, from which day on; by hand, from a file, and tried out on a sale."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Body, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.http.language import in_words, say
from api.http.parts import Doors
from api.http.problems import Problem
from api.http.rows import shown
from api.v1.callers import Reader, Writer
from api.v1.campaigns import Slug, of_slug
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.payouts import rechecks
from ledger.programme import plan_files, plans
from ledger.programme.plan_examples import EXAMPLE_CENTS, Example, ExampleLevel, example_of
from ledger.programme.plan_files import LineError, PlanFileRefused, PlanInFile
from ledger.programme.plans import NewPlan, Plan, Terms
from ledger.refusals import NotFound
from ledger.types import Submitted

router = door_router("/api/v1/campaigns", "Kampagnen")

_PLAN = {
    "valid_from": "2026-12-01T00:00:00+01:00",
    "tier_mode": "flat",
    "cap_per_month_cents": 500_000,
    "max_payments": 12,
    "levels": [
        {
            "level": 1,
            "percent": "20",
            "cap_per_sale_cents": 50_000,
            "tiers": [{"from_cents": 1_000_000, "percent": "25"}],
        },
        {"level": 2, "percent": "5", "fixed_cents": 100},
    ],
}
_CSV = "kampagne;gueltig_ab;stufe;ab_umsatz;prozent;staffelart\nsommer;01.12.2026;1;;20;durchgehend\n"
_Amount = Annotated[int, Query(ge=0, le=100_000_000_000, alias="base_cents", description="Netto des Verkaufs, in Cent")]
_Version = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Nummer des Plans; sonst der, der jetzt gilt")]


class ExampleLevelShown(ExampleLevel):
    words: str = Field(description="`why` in Worten", examples=["10 % von 100,00 €"])


class ExampleShown(Example):
    levels: tuple[ExampleLevelShown, ...]


class PlanList(BaseModel):
    """All versions, the one that holds last first."""

    items: list[Plan]


class PlanFile(Submitted):
    csv: str = Field(max_length=500_000, description="UTF-8, `;`, Dezimalkomma", examples=[_CSV])


class PlansMade(BaseModel):
    items: list[Plan]


class LineErrorShown(BaseModel):
    """What is wrong in a line of a plan file."""

    line: int = Field(description="Ab 1, die Kopfzeile mitgezählt")
    reason: str = Field(examples=["column_no_day"])
    params: dict[str, Any]
    sentence: str = Field(examples=["„gueltig_ab“ ist kein Tag wie 31.12.2026."])


class PreviewShown(BaseModel):
    """What taking the file in would do; with errors, nothing."""

    plans: list[PlanInFile]
    errors: list[LineErrorShown]


@router.get("/{slug}/plans", summary="Pläne auflisten", operation_id="list_plans", response_model=PlanList)
async def list_plans(slug: Slug, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        campaign = await of_slug(tx, slug)
        found = await plans.list_plans(tx, campaign.id)
    return JSONResponse({"items": [shown(plan) for plan in found]})


@router.post(
    "/{slug}/plans",
    summary="Festlegen, was eine Kampagne zahlt",
    description="Eine neue Fassung. Je Stufe (1–10) Prozent der Basis, ein fester Betrag, oder beides; Staffeln nach "
    "dem Monatsumsatz des Partners, durchgehend (`flat`) oder gestaffelt (`graduated`); Höchstbeträge je Verkauf und "
    "Monat. "
    "Was ein früherer Plan gezahlt hat, bleibt. Stufen, die zusammen die Basis übersteigen, werden abgelehnt.",
    operation_id="add_plan",
    status_code=201,
    response_model=Plan,
)
async def add_plan(
    slug: Slug, caller: Writer, once: OnlyOnce, new: Annotated[NewPlan, Body(examples=[_PLAN])]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        campaign = await of_slug(tx, slug)
        added = await plans.add_plan(tx, campaign.id, new, by=caller.actor)
        await rechecks.want_for_hands(tx)
        return after.answer(shown(added), status=201)


@router.get(
    "/{slug}/plan-example",
    summary="Was ein Verkauf bringt",
    operation_id="plan_example",
    response_model=ExampleShown,
)
async def plan_example(
    slug: Slug, doors: Doors, caller: Reader, version: _Version = None, base_cents: _Amount = EXAMPLE_CENTS
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        campaign = await of_slug(tx, slug)
        if version is None:
            plan = await plans.plan_at(tx, campaign.id, datetime.now(UTC))
        else:
            found = await plans.list_plans(tx, campaign.id)
            plan = next((plan for plan in found if plan.version == version), None)
    if plan is None:
        raise NotFound("plan_not_found")
    return JSONResponse(_example(plan, base_cents))


@router.post(
    "/try-plan",
    summary="Einen Plan ausprobieren",
    description="Rechnet einen Verkauf, ohne etwas zu speichern. 422, wenn der Plan nicht zulässig ist.",
    operation_id="try_plan",
    response_model=ExampleShown,
)
async def try_plan(
    caller: Reader,
    once: OnlyOnce,
    terms: Annotated[NewPlan, Body(examples=[_PLAN])],
    base_cents: _Amount = EXAMPLE_CENTS,
) -> JSONResponse:
    async with once.acting() as (_, after):
        plans.refuse_unfit(terms)
        return after.answer(_example(terms, base_cents))


@router.post(
    "/preview-plans",
    summary="Eine Plandatei prüfen",
    description="Sagt, welche Pläne entstünden und was falsch ist, mit Zeilennummern. Schreibt nichts.",
    operation_id="preview_plan_file",
    response_model=PreviewShown,
)
async def preview_plan_file(caller: Reader, once: OnlyOnce, file: PlanFile) -> JSONResponse:
    async with once.acting() as (tx, after):
        seen = await plan_files.preview(tx, file.csv)
        return after.answer(seen.model_dump(mode="json") | {"errors": [_line_error(error) for error in seen.errors]})


def _line_error(error: LineError) -> dict[str, Any]:
    said = say(error.code, error.params)
    return LineErrorShown(line=error.line, reason=error.code, params=error.params, sentence=said).model_dump()


@router.post(
    "/import-plans",
    summary="Eine Plandatei übernehmen",
    description="Alle Pläne der Datei oder keiner; 422 mit `errors` (Zeile, Grund und Satz), wenn etwas falsch ist.",
    operation_id="import_plans",
    status_code=201,
    response_model=PlansMade,
)
async def import_plans(caller: Writer, once: OnlyOnce, file: PlanFile) -> JSONResponse:
    async with once.acting() as (tx, after):
        try:
            made = await plan_files.take_in(tx, file.csv, by=caller.actor)
        except PlanFileRefused as refused:
            errors = [_line_error(error) for error in refused.errors[:200]]
            raise Problem(422, refused.code, refused.params, errors=errors) from None
        await rechecks.want_for_hands(tx)
        return after.answer({"items": [shown(plan) for plan in made]}, status=201)


def _example(terms: Terms, base_cents: int) -> dict[str, Any]:
    found = example_of(terms, base_cents)
    levels = [level.model_dump(mode="json") | {"words": in_words(level.why)} for level in found.levels]
    return found.model_dump(mode="json") | {"levels": levels}
