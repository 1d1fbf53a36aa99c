"""The form of a plan: a row of fields per level, tiers one to a line, as people type them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from ledger.programme.calculation import DEEPEST_LEVEL, Rate
from ledger.programme.plan_files import cents_of, instant_of, percent_of
from ledger.programme.plans import NewPlan, Plan
from ledger.programme.product_rates import Kind, ProductRate
from ledger.programme.tiers import Tier, TierMode
from ledger.refusals import NotAcceptable

_MOST_TIERS = 200
_MOST_PRODUCT_RATES = 500
_KINDS: dict[Kind, str] = {"product": "Produkt", "category": "Kategorie"}
"""As the lines of the form begin, whoever reads it."""


def read(form: Mapping[str, str]) -> NewPlan:
    """The plan that a form describes. Raises NotAcceptable naming the level."""
    levels = _levels(form)
    for level, tier in _tiers(form):
        if level not in levels:
            raise NotAcceptable("tier_without_level", level=level)
        levels[level] = levels[level].model_copy(update={"tiers": (*levels[level].tiers, tier)})
    mode = form.get("tier_mode", "")
    payments = form.get("max_payments", "").strip()
    if payments and not (payments.isascii() and payments.isdigit() and len(payments) < 6 and int(payments) > 0):
        raise NotAcceptable("payments_not_acceptable")
    wanted = {
        "levels": [levels[level].model_dump() for level in sorted(levels)],
        "valid_from": _valid_from(form),
        "tier_mode": mode if mode in [str(known) for known in TierMode] else None,
        "max_payments": int(payments) if payments else None,
        "cap_per_month_cents": _cents(form, "cap_per_month", {"code": "cap_per_month"}) or None,
        "cash_discount_lowers_base": bool(form.get("cash_discount_lowers_base")),
        "product_rates": [rate.model_dump() for rate in _product_rates(form)],
    }
    try:
        return NewPlan.model_validate(wanted)
    except ValidationError:
        # `from None`: the error repeats what was typed.
        raise NotAcceptable("plan_too_large") from None


def fields_of(plan: Plan | None) -> dict[str, str]:
    """The form filled with a version, to change it into the next one."""
    if plan is None:
        return {}
    fields = {
        "tier_mode": plan.tier_mode or "",
        "max_payments": str(plan.max_payments or ""),
        "cash_discount_lowers_base": "1" if plan.cash_discount_lowers_base else "",
        "cap_per_month": _written(plan.cap_per_month_cents),
        "tiers": "\n".join(
            "; ".join(
                (str(rate.level), _written(tier.from_cents), _of(tier.percent), _written(tier.fixed_cents or None))
            )
            for rate in plan.levels
            for tier in rate.tiers
        ),
        "product_rates": "\n".join(
            "; ".join((_KINDS[one.kind], one.name, str(one.level), _of(one.percent), _written(one.fixed_cents or None)))
            for one in plan.product_rates
        ),
    }
    for rate in plan.levels:
        fields[f"percent_{rate.level}"] = _of(rate.percent) if rate.percent else ""
        fields[f"fixed_{rate.level}"] = _written(rate.fixed_cents or None)
        fields[f"cap_{rate.level}"] = _written(rate.cap_per_sale_cents)
    return fields


def _levels(form: Mapping[str, str]) -> dict[int, Rate]:
    levels = {}
    for level in range(1, DEEPEST_LEVEL + 1):
        where = {"code": "plan_level", "params": {"level": level}}
        percent = _percent(form.get(f"percent_{level}", ""), where)
        fixed = _cents(form, f"fixed_{level}", where) or 0
        cap = _cents(form, f"cap_{level}", where)
        if percent or fixed:
            levels[level] = Rate(level=level, percent=percent, fixed_cents=fixed, cap_per_sale_cents=cap or None)
    return levels


def _tiers(form: Mapping[str, str]) -> list[tuple[int, Tier]]:
    found = []
    for number, line in enumerate(form.get("tiers", "").splitlines()[:_MOST_TIERS], start=1):
        if not line.strip():
            continue
        where = {"code": "tiers_line", "params": {"line": number}}
        cells: list[str] = [cell.strip() for cell in line.split(";")] + [""] * 4
        start, level = cents_of(cells[1]), cells[0]
        if not (level.isascii() and level.isdigit() and len(level) < 3 and 1 <= int(level) <= DEEPEST_LEVEL and start):
            raise NotAcceptable("tier_line_not_acceptable", where=where)
        fixed = cents_of(cells[3]) if cells[3] else 0
        if fixed is None:
            raise NotAcceptable("fixed_no_amount", where=where)
        found.append((int(level), Tier(from_cents=start, percent=_percent(cells[2], where), fixed_cents=fixed)))
    return found


def _product_rates(form: Mapping[str, str]) -> list[ProductRate]:
    found = []
    for number, line in enumerate(form.get("product_rates", "").splitlines()[:_MOST_PRODUCT_RATES], start=1):
        if not line.strip():
            continue
        where = {"code": "product_rates_line", "params": {"line": number}}
        cells: list[str] = [cell.strip() for cell in line.split(";")] + [""] * 5
        kind = next((kind for kind, word in _KINDS.items() if word.casefold() == cells[0].casefold()), None)
        fixed = cents_of(cells[4]) if cells[4] else 0
        try:
            rate = ProductRate.model_validate(
                {
                    "kind": kind,
                    "name": cells[1],
                    "level": int(cells[2]),
                    "percent": _percent(cells[3], where),
                    "fixed_cents": fixed,
                }
            )
        except ValueError:
            raise NotAcceptable("product_rate_line_not_acceptable", where=where) from None
        found.append(rate)
    return found


def _valid_from(form: Mapping[str, str]) -> datetime | None:
    text = form.get("valid_from", "").strip()
    instant = instant_of(text) if text else None
    if text and instant is None:
        raise NotAcceptable("valid_from_not_acceptable")
    return instant


def _percent(text: str, where: dict[str, Any]) -> Decimal:
    found = percent_of(text.strip()) if text.strip() else Decimal(0)
    if found is None or found > 100:
        raise NotAcceptable("percent_not_acceptable", where=where)
    return found


def _cents(form: Mapping[str, str], name: str, where: dict[str, Any]) -> int | None:
    text = form.get(name, "").strip()
    found = cents_of(text) if text else None
    if text and found is None:
        raise NotAcceptable("no_amount_at", where=where)
    return found


def _written(cents: int | None) -> str:
    if cents is None:
        return ""
    return f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d}"


def _of(percent: Decimal) -> str:
    return f"{percent.normalize():f}".replace(".", ",")
