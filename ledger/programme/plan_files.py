"""Plans from a CSV file: one row per level, one more per tier. All of a file is taken in, or nothing.

UTF-8, `;`, decimal comma, dates as 31.12.2026 (00:00 in Berlin). What concerns the whole plan stands in its first row;
in the others it is empty or the same. Errors name the line as an editor counts it.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import Field, ValidationError

from ledger.csv_writing import Cents, csv_lines
from ledger.database import TenantTransaction
from ledger.programme import campaigns, plans
from ledger.programme.calculation import Rate
from ledger.programme.plan_examples import Example, example_of
from ledger.programme.plans import NewPlan, Plan
from ledger.programme.product_rates import Kind, ProductRate
from ledger.programme.tiers import Tier, TierMode
from ledger.refusals import AlreadyExists, NotAcceptable, Refused
from ledger.types import BERLIN, CampaignId, Frozen, business_day, midnight

COLUMNS = (
    "kampagne",
    "gueltig_ab",
    "stufe",
    "ab_umsatz",
    "prozent",
    "festbetrag",
    "hoechstbetrag_verkauf",
    "staffelart",
    "zahlungen",
    "hoechstbetrag_monat",
    "skonto",
    "produkt",
    "kategorie",
)
_KINDS: dict[Kind, str] = {"product": "produkt", "category": "kategorie"}
"""The column in which a rate of this kind has its name."""
MOST_LINES = 2_000
_MODES = {"durchgehend": TierMode.FLAT, "gestaffelt": TierMode.GRADUATED}
_AMOUNT = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{1,12})(?:,(\d{1,2}))?", re.ASCII)
_PERCENT = re.compile(r"\d{1,3}(?:,\d{1,4})?", re.ASCII)


class LineError(Frozen):
    """`line` counts from 1, the heading included. The sentence of `code` names the column."""

    line: int
    code: str
    params: Mapping[str, Any] = Field(default_factory=dict)


class PlanFileRefused(NotAcceptable):
    """Its sentence is that of the first line."""

    def __init__(self, errors: Sequence[LineError]) -> None:
        first, more = errors[0], len(errors) - 1
        said: dict[str, Any] = {"line": first.line, "why": {"code": first.code, "params": first.params}}
        if more:
            super().__init__("plan_file_lines_not_acceptable", **said, more=more)
        else:
            super().__init__("plan_file_not_acceptable", **said)
        self.errors = tuple(errors)


class PlanInFile(Frozen):
    """A plan as the file says it, with the line it begins in and what it would pay."""

    line: int
    campaign: str
    plan: NewPlan
    example: Example


class Preview(Frozen):
    """What taking the file in would do; with errors, nothing."""

    plans: tuple[PlanInFile, ...]
    errors: tuple[LineError, ...]


async def preview(tx: TenantTransaction, text: str) -> Preview:
    """Writes nothing."""
    found, errors = _read(text)
    for one in found:
        try:
            await _fit(tx, one)
        except Refused as refused:
            errors.append(LineError(line=one.line, code=refused.code, params=refused.params))
    return Preview(plans=tuple(found), errors=tuple(sorted(errors, key=lambda error: error.line)))


async def take_in(tx: TenantTransaction, text: str, *, by: str) -> list[Plan]:
    """Every plan of the file becomes a version of its campaign. Raises PlanFileRefused with every error."""
    seen = await preview(tx, text)
    if seen.errors:
        raise PlanFileRefused(seen.errors)
    return [await plans.add_plan(tx, await _fit(tx, one), one.plan, by=by) for one in seen.plans]


def written(campaign: str, plan: Plan) -> bytes:
    """A version as a file that `take_in` reads: to change and take in again."""
    rows: list[Sequence[Any]] = [COLUMNS]
    for rate in plan.levels:
        for step in (None, *rate.tiers):
            first = len(rows) == 1
            rows.append(
                (
                    campaign,
                    None if plan.valid_from is None else plan.valid_from.astimezone(BERLIN).date(),
                    rate.level,
                    None if step is None else Cents(step.from_cents),
                    (step or rate).percent.normalize() + 0,
                    Cents((step or rate).fixed_cents),
                    None if step or rate.cap_per_sale_cents is None else Cents(rate.cap_per_sale_cents),
                    next((word for word, mode in _MODES.items() if first and mode is plan.tier_mode), None),
                    plan.max_payments if first else None,
                    None if not first or plan.cap_per_month_cents is None else Cents(plan.cap_per_month_cents),
                    "mindert" if first and plan.cash_discount_lowers_base else None,
                    None,
                    None,
                )
            )
    for special in plan.product_rates:
        names = [special.name if kind == special.kind else None for kind in _KINDS]
        day = rows[1][1]
        pay = (special.percent.normalize() + 0, Cents(special.fixed_cents))
        rows.append((campaign, day, special.level, None, *pay, None, None, None, None, None, *names))
    return csv_lines(rows, first=True)


def cents_of(text: str) -> int | None:
    """„1.234,56“ in cents; None for what is no amount."""
    found = _AMOUNT.fullmatch(text.removesuffix("€").strip())
    if found is None:
        return None
    return int(found[1].replace(".", "")) * 100 + int((found[2] or "").ljust(2, "0"))


def percent_of(text: str) -> Decimal | None:
    """„12,5“ or „12,5 %“; None for what is no percentage."""
    bare = text.removesuffix("%").strip()
    return Decimal(bare.replace(",", ".")) if _PERCENT.fullmatch(bare) else None


def instant_of(text: str) -> datetime | None:
    """Midnight in Berlin of „31.12.2026“ or „2026-12-31“; None for what is no business day."""
    for shape in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            day = datetime.strptime(text, shape).replace(tzinfo=BERLIN)
            return midnight(business_day(day.date().isoformat()))
        except ValueError:
            continue
    return None


async def _fit(tx: TenantTransaction, one: PlanInFile) -> CampaignId:
    """The campaign of a plan in a file, if the plan could be added to it.

    Raises what add_plan would, without writing.
    """
    campaign = await campaigns.find_by_slug(tx, one.campaign)
    if campaign is None:
        raise NotAcceptable("unknown_campaign")
    plans.refuse_unfit(one.plan)
    known = await plans.list_plans(tx, campaign.id)
    if any(plan.valid_from == one.plan.valid_from for plan in known):
        raise AlreadyExists("plan_instant_taken")
    return campaign.id


class _Line:
    """One row while it is read; what is wrong with it is noted, not raised."""

    def __init__(self, number: int, cells: dict[str, str], errors: list[LineError]) -> None:
        self.number = number
        self._cells = cells
        self._errors = errors

    @property
    def error_count(self) -> int:
        """In the whole file."""
        return len(self._errors)

    def wrong(self, code: str, **params: Any) -> None:
        self._errors.append(LineError(line=self.number, code=code, params=params))

    def text(self, column: str) -> str:
        # A leading apostrophe is what our own files put before what looks like a formula.
        return self._cells.get(column, "").strip().removeprefix("'")

    def cents(self, column: str) -> int | None:
        text = self.text(column)
        found = cents_of(text) if text else None
        if text and found is None:
            self.wrong("column_no_amount", column=column)
        return found

    def percent(self) -> Decimal:
        text = self.text("prozent")
        found = percent_of(text) if text else Decimal(0)
        if found is None or found > 100:
            self.wrong("column_no_percent", column="prozent")
            return Decimal(0)
        return found

    def whole(self, column: str, least: int, most: int) -> int | None:
        text = self.text(column)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 9 and least <= int(text) <= most):
            self.wrong("column_no_whole_number", column=column, least=least, most=most)
            return None
        return int(text)


def _read(text: str) -> tuple[list[PlanInFile], list[LineError]]:
    errors: list[LineError] = []
    lines = _lines(text, errors)
    by_plan: dict[tuple[str, datetime | str], list[_Line]] = {}
    for line in lines:
        slug = line.text("kampagne").lower()
        if not slug:
            line.wrong("column_missing", column="kampagne")
            continue
        # The same day may be written in two ways; it is one plan.
        day = line.text("gueltig_ab")
        by_plan.setdefault((slug, instant_of(day) or day), []).append(line)
    found = [_plan(slug, rows) for (slug, _), rows in by_plan.items()]
    bad = {error.line for error in errors}
    whole = [
        one for one, rows in zip(found, by_plan.values(), strict=True) if one and not bad & {r.number for r in rows}
    ]
    if not lines and not errors:
        errors.append(LineError(line=1, code="file_has_no_lines"))
    return whole, errors


def _lines(text: str, errors: list[LineError]) -> list[_Line]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";", strict=True)
    columns: list[str] | None = None
    lines: list[_Line] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = [cell.strip().lower() for cell in cells]
                missing = [name for name in ("kampagne", "stufe") if name not in columns]
                unknown = [name for name in columns if name not in COLUMNS]
                if missing or unknown:
                    errors.append(
                        LineError(
                            line=reader.line_num,
                            code="columns_unknown_or_missing" if missing else "columns_unknown",
                            params={"columns": COLUMNS, "missing": missing, "unknown": len(unknown)},
                        )
                    )
                    return []
                continue
            if len(cells) > len(columns):
                errors.append(LineError(line=reader.line_num, code="line_has_more_fields"))
                continue
            lines.append(_Line(reader.line_num, dict(zip(columns, cells, strict=False)), errors))
            if len(lines) > MOST_LINES:
                errors.append(LineError(line=reader.line_num, code="file_too_long", params={"most": MOST_LINES}))
                return []
    except csv.Error:
        errors.append(LineError(line=reader.line_num, code="quote_not_closed"))
    return lines


def _plan(slug: str, rows: list[_Line]) -> PlanInFile | None:
    first = rows[0]
    before, day = first.error_count, first.text("gueltig_ab")
    valid_from = instant_of(day) if day else None
    if day and valid_from is None:
        first.wrong("column_no_day", column="gueltig_ab")
    levels: dict[int, dict[str, Any]] = {}
    special: list[ProductRate] = []
    for row in rows:
        if row.text("produkt") or row.text("kategorie"):
            special += _read_special(row)
        else:
            _read_step(row, levels)
    whole = {
        "valid_from": valid_from,
        "tier_mode": _mode(rows),
        "max_payments": _of_whole_plan(rows, "zahlungen").whole("zahlungen", 1, 10_000),
        "cap_per_month_cents": _of_whole_plan(rows, "hoechstbetrag_monat").cents("hoechstbetrag_monat"),
        "cash_discount_lowers_base": _discount_lowers_base(rows),
        "product_rates": tuple(special),
    }
    if first.error_count > before:
        return None  # what is left of the plan says nothing
    try:
        rates = tuple(Rate(level=level, **members) for level, members in sorted(levels.items()))
        plan = NewPlan(levels=rates, **whole)
        plans.refuse_unfit(plan)
    except ValidationError:
        first.wrong("plan_limits_not_acceptable")
        return None
    except NotAcceptable as refused:
        first.wrong(refused.code, **refused.params)
        return None
    return PlanInFile(line=first.number, campaign=slug, plan=plan, example=example_of(plan))


def _read_step(row: _Line, levels: dict[int, dict[str, Any]]) -> None:
    level = row.whole("stufe", 1, 10)
    if level is None:
        if not row.text("stufe"):
            row.wrong("column_missing", column="stufe")
        return
    pay = {"percent": row.percent(), "fixed_cents": row.cents("festbetrag") or 0}
    start = row.cents("ab_umsatz")
    if not row.text("ab_umsatz"):
        if level in levels:
            row.wrong("level_twice_without_start", level=level)
            return
        levels[level] = pay | {"cap_per_sale_cents": row.cents("hoechstbetrag_verkauf"), "tiers": ()}
    elif level not in levels:
        row.wrong("tiers_without_basic_rate", level=level)
    elif not start:
        row.wrong("column_not_above_zero", column="ab_umsatz")
    else:
        levels[level]["tiers"] = (*levels[level]["tiers"], Tier(from_cents=start, **pay))


def _read_special(row: _Line) -> list[ProductRate]:
    """The rate of a product or a category; none where the line is wrong."""
    named: list[tuple[Kind, str]] = [(kind, name) for kind, column in _KINDS.items() if (name := row.text(column))]
    level = row.whole("stufe", 1, 10)
    if len(named) > 1 or level is None or row.text("ab_umsatz") or len(named[0][1]) > 200:
        row.wrong("special_rate_not_acceptable")
        return []
    kind, name = named[0]
    percent, fixed = row.percent(), row.cents("festbetrag") or 0
    return [ProductRate(level=level, kind=kind, name=name, percent=percent, fixed_cents=fixed)]


def _of_whole_plan(rows: list[_Line], column: str) -> _Line:
    """The row that says it for the plan. Another one that says otherwise is wrong."""
    said = [row for row in rows if row.text(column)]
    for row in said[1:]:
        if row.text(column) != said[0].text(column):
            row.wrong("column_differs_in_plan", column=column, line=said[0].number)
    return said[0] if said else rows[0]


def _discount_lowers_base(rows: list[_Line]) -> bool:
    row = _of_whole_plan(rows, "skonto")
    text = row.text("skonto").lower()
    if text not in ("", "mindert"):
        row.wrong("column_skonto_not_acceptable")
    return text == "mindert"


def _mode(rows: list[_Line]) -> TierMode | None:
    row = _of_whole_plan(rows, "staffelart")
    text = row.text("staffelart").lower()
    if text and text not in _MODES:
        row.wrong("column_tier_mode_not_acceptable")
    return _MODES.get(text)
