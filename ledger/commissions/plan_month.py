"""What a month is worth to each partner of a campaign, once it is over. Pure; docs/money.md, Month close.

A flat tier pays each sale of the month at the rate that the month's revenue reached. Graduated tiers pay each sale the
mean rate of the month, so that neither the order of the sales nor the instant at which they became known matters.
At last the cap of the month cuts a partner's sum.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from ledger.money import reversal_cents
from ledger.programme.calculation import Rate, amount_of, dumped
from ledger.programme.plans import Terms
from ledger.programme.tiers import Tier, TierMode, mean_rate, reached, rounded
from ledger.reasons import Reason
from ledger.types import Frozen, PartnerId


class PlanOfMonth(Frozen):
    """A version of the plan in this month. Where there are several, the newest one's cap holds for every partner."""

    id: UUID
    version: int
    valid_from: datetime | None
    terms: Terms


class LevelOfSale(NamedTuple):
    """A commission of a sale of this month. Cents; `earned_cents` is by the plan at the sale, before refunds."""

    level: int
    partner_id: PartnerId
    plan: PlanOfMonth
    earned_cents: int
    revenue_cents: int
    """All of this partner's revenue at this level in the month."""
    counts: bool = True


class SaleOfMonth(NamedTuple):
    """An approved sale. `refunded_cents` of `whole_cents` (both gross) went back."""

    base_cents: int
    levels: Sequence[LevelOfSale]
    refunded_cents: int = 0
    whole_cents: int = 1
    paid_at: datetime | None = None


class LevelOfMonth(Frozen):
    """A partner's month on one level: the sales' revenue, what is due of it, what they gave. Cents."""

    level: int
    revenue_cents: int
    due_cents: int
    given_cents: int
    tiers: TierMode | None = None
    """Where the level has tiers: what they came to, below."""
    percent: Decimal = Decimal(0)
    """Of the tier that was reached; of graduated ones the mean, in hundredths of a percent."""
    fixed_cents: int = 0

    @property
    def why(self) -> Reason | None:
        """None for a level without tiers."""
        match self.tiers:
            case TierMode.FLAT:
                terms = [Reason.of("rule_percent", percent=self.percent)] if self.percent else []
                terms += [Reason.of("rule_per_sale", amount=self.fixed_cents)] if self.fixed_cents else []
                return Reason.of("level_flat", level=self.level, revenue=self.revenue_cents, terms=dumped(terms))
            case TierMode.GRADUATED:
                return Reason.of("level_graduated", level=self.level, revenue=self.revenue_cents, percent=self.percent)
            case _:
                return None


class Settlement(Frozen):
    """What a partner's month is worth, and what its sales' commissions give of it."""

    partner_id: PartnerId
    plan: PlanOfMonth
    due_cents: int
    given_cents: int
    cap_cents: int | None
    levels: tuple[LevelOfMonth, ...]
    free_from: datetime | None
    """When the last of these customers paid."""

    def detail(self) -> dict[str, Any]:
        """How the sum came about, as JSON, for the row of the settlement."""
        return {
            "plan_version": self.plan.version,
            "cap_per_month_cents": self.cap_cents,
            "levels": [level.model_dump(mode="json") for level in self.levels],
        }


def kept(cents: int, sale: SaleOfMonth) -> int:
    """What refunds have left of an amount of this sale."""
    return cents - reversal_cents(cents, sale.refunded_cents, sale.whole_cents)


class Month:
    """Sales are added one by one and not kept: memory grows with partners and levels alone."""

    def __init__(self, newest: PlanOfMonth) -> None:
        self._newest = newest
        self._sums: dict[tuple[PartnerId, int], _Sum] = {}
        self._paid: dict[PartnerId, datetime] = {}
        self._base_cents = 0

    def add(self, sale: SaleOfMonth) -> None:
        """Counts this sale in for everybody on its chain; to be called once for each sale of the month."""
        self._base_cents += kept(sale.base_cents, sale)
        left = Fraction(sale.base_cents)
        for entry in sorted(sale.levels, key=lambda entry: entry.level):
            due = min(_due(sale.base_cents, entry), left)
            left -= due
            key = (entry.partner_id, entry.level)
            so_far = self._sums.get(key, _Sum(entry, Fraction(0), 0))
            self._sums[key] = _Sum(
                entry if _begins(entry.plan) > _begins(so_far.shown_by.plan) else so_far.shown_by,
                so_far.due + _kept(due, sale),
                so_far.given + kept(entry.earned_cents, sale),
            )
            if sale.paid_at is not None:
                self._paid[entry.partner_id] = max(sale.paid_at, self._paid.get(entry.partner_id, sale.paid_at))

    def settlements(self) -> list[Settlement]:
        """One entry per partner."""
        due = _within(self._base_cents, {key: rounded(summed.due) for key, summed in self._sums.items()})
        levels: dict[PartnerId, list[LevelOfMonth]] = {}
        for (partner_id, level), due_cents in sorted(due.items(), key=lambda item: item[0][1]):
            summed = self._sums[partner_id, level]
            levels.setdefault(partner_id, []).append(
                LevelOfMonth(
                    level=level,
                    revenue_cents=summed.shown_by.revenue_cents,
                    due_cents=due_cents,
                    given_cents=summed.given,
                    **_tiers(summed.shown_by),
                )
            )
        return [
            _settlement(partner_id, self._newest, found, self._paid.get(partner_id))
            for partner_id, found in levels.items()
        ]


class _Sum(NamedTuple):
    shown_by: LevelOfSale
    due: Fraction
    given: int


def _settlement(
    partner_id: PartnerId, plan: PlanOfMonth, levels: Sequence[LevelOfMonth], paid_at: datetime | None
) -> Settlement:
    whole, cap = sum(level.due_cents for level in levels), plan.terms.cap_per_month_cents
    return Settlement(
        partner_id=partner_id,
        plan=plan,
        due_cents=whole if cap is None else min(whole, cap),
        given_cents=sum(level.given_cents for level in levels),
        cap_cents=cap,
        levels=tuple(levels),
        free_from=paid_at,
    )


def _due(base_cents: int, entry: LevelOfSale) -> Fraction:
    """What this level of a sale is worth now that the month's revenue is known, before refunds. Flat: whole cents."""
    rate = _rate(entry)
    # Rates of products stand beside no tiers: the month has nothing to add to what the sale's lines gave.
    if rate is None or not entry.counts or entry.plan.terms.product_rates:
        return Fraction(entry.earned_cents)
    # A level without tiers, too: at the sale it may have been cut by what graduated tiers above it took just then.
    if entry.plan.terms.tier_mode is not TierMode.GRADUATED or not rate.tiers:
        step: Rate | Tier = reached(rate.tiers, entry.revenue_cents) or rate
        at_step = rate.model_copy(update={"percent": step.percent, "fixed_cents": step.fixed_cents, "tiers": ()})
        return Fraction(amount_of(base_cents, at_step, None, 0))
    exact = base_cents * mean_rate(rate.percent, rate.tiers, entry.revenue_cents) + rate.fixed_cents
    return exact if rate.cap_per_sale_cents is None else min(exact, Fraction(rate.cap_per_sale_cents))


def _kept(due: Fraction, sale: SaleOfMonth) -> Fraction:
    if due.denominator == 1:
        return Fraction(kept(int(due), sale))
    refunded = min(max(sale.refunded_cents, 0), sale.whole_cents)
    return due * (sale.whole_cents - refunded) / sale.whole_cents


def _within(base_cents: int, due: dict[tuple[PartnerId, int], int]) -> dict[tuple[PartnerId, int], int]:
    """What rounding the months exceeds of all bases together comes off the deepest levels."""
    excess = sum(due.values()) - base_cents
    for key in sorted(due, key=lambda key: (-key[1], key[0])):
        if excess <= 0:
            break
        taken = min(excess, due[key])
        due[key] -= taken
        excess -= taken
    return due


def _rate(entry: LevelOfSale) -> Rate | None:
    return next((rate for rate in entry.plan.terms.levels if rate.level == entry.level), None)


def newest_of(plans: Iterable[PlanOfMonth], before: datetime) -> PlanOfMonth:
    """The version that was valid last before this instant; the first of them where none was."""
    by_age = sorted(plans, key=_begins)
    return next((plan for plan in reversed(by_age) if plan.valid_from is None or plan.valid_from < before), by_age[0])


def _begins(plan: PlanOfMonth) -> tuple[bool, float]:
    return plan.valid_from is not None, 0.0 if plan.valid_from is None else plan.valid_from.timestamp()


def _tiers(entry: LevelOfSale) -> dict[str, Any]:
    """The members of LevelOfMonth that say what tiers came to."""
    rate, mode = _rate(entry), entry.plan.terms.tier_mode
    if rate is None or not rate.tiers:
        return {}
    if mode is TierMode.FLAT:
        step: Rate | Tier = reached(rate.tiers, entry.revenue_cents) or rate
        return {"tiers": mode, "percent": step.percent, "fixed_cents": step.fixed_cents}
    hundredths = rounded(mean_rate(rate.percent, rate.tiers, entry.revenue_cents) * 10_000)
    return {"tiers": TierMode.GRADUATED, "percent": Decimal(hundredths) / 100}
