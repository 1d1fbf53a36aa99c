"""How a commission came about, told from what is stored with it: a sale's calculation, or the close of a month."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from ledger.commissions.plan_month import LevelOfMonth
from ledger.programme.calculation import Calculation, dumped, fixed_amount
from ledger.reasons import Reason


class Computed(Protocol):
    """A commission, or a line that shows one."""

    @property
    def percent(self) -> Decimal:
        """Of the rate that was used."""

    @property
    def fixed_cents(self) -> int:
        """What the rate adds for each sale. Cents."""

    @property
    def base_cents(self) -> int:
        """What the percentage was taken of. Net cents."""

    @property
    def calculation(self) -> Mapping[str, Any] | None:
        """The steps as they are stored; None for what a person wrote down."""


def explained(row: Computed) -> Reason | None:
    """None for what has no rate: a line that a person wrote."""
    told = row.calculation
    if told is None:
        share = [Reason.of("rule_share", percent=row.percent, base=row.base_cents)] if row.percent else []
        terms = share + fixed_amount(row.fixed_cents)
        return Reason.of("rule_in_full", terms=dumped(terms), bounds=[]) if terms else None
    return explained_by(told)


def explained_by(calculation: Mapping[str, Any]) -> Reason:
    """Of a stored calculation."""
    if "month" in calculation:
        return _of_month(calculation)
    return Calculation.from_row(calculation).why


def _of_month(told: Mapping[str, Any]) -> Reason:
    month, levels = told["month"], [LevelOfMonth.model_validate(one) for one in told.get("levels") or ()]
    if not levels:
        return Reason.of("month_closed", month=month, clauses=dumped([Reason.of("no_sale_is_left")]))
    due, cap = sum(level.due_cents for level in levels), told["cap_per_month_cents"]
    clauses = [why for level in levels if (why := level.why)]
    if cap is not None and due > cap:
        clauses.append(Reason.of("capped_a_month", amount=cap))
    given = sum(level.given_cents for level in levels)
    clauses.append(Reason.of("earned_and_given", due=due if cap is None else min(due, cap), given=given))
    if settled := told.get("settled_cents"):
        clauses.append(Reason.of("settled_before", amount=settled))
    return Reason.of("month_closed", month=month, clauses=dumped(clauses))
