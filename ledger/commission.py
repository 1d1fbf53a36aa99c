"""What a sale earns on each level of the sponsor tree. Pure; rules.md, Money.

A level earns a percent of the base, a fixed amount, or both, rounded kaufmännisch. Only ten levels earn, however
deep the tree is. An inactive partner's level earns nothing and is not passed up.
"""

from collections.abc import Sequence
from decimal import Decimal

from pydantic import Field

from ledger.money import round_half_away
from ledger.refusals import NotAcceptable
from ledger.types import Frozen, PartnerId

DEEPEST_LEVEL = 10


class Rate(Frozen):
    """What one level of a plan pays. `percent` is of the base, with up to four decimals."""

    level: int = Field(ge=1, le=DEEPEST_LEVEL)
    percent: Decimal = Field(default=Decimal(0), ge=0, le=100, max_digits=7, decimal_places=4)
    fixed_cents: int = Field(default=0, ge=0)


class Earner(Frozen):
    """A partner in the chain of a sale: the first brought the sale, each next one is the sponsor of the one before."""

    partner_id: PartnerId
    active: bool = True


class Earned(Frozen):
    level: int
    partner_id: PartnerId
    percent: Decimal
    fixed_cents: int
    base_cents: int
    net_cents: int


def commissions_of(base_cents: int, rates: Sequence[Rate], chain: Sequence[Earner]) -> list[Earned]:
    """One entry per level that has a rate and an active partner, level 1 first; together at most the base.

    What rounding or fixed amounts exceed of the base comes off the deepest level, then the next one up. A level that
    ends at zero stays in the list: the stored rate is needed when the invoice changes the base.
    """
    earned = [
        Earned(
            level=rate.level,
            partner_id=chain[rate.level - 1].partner_id,
            percent=rate.percent,
            fixed_cents=rate.fixed_cents,
            base_cents=base_cents,
            net_cents=round_half_away(base_cents * rate.percent / 100) + rate.fixed_cents,
        )
        for rate in sorted(rates, key=lambda rate: rate.level)
        if rate.level <= len(chain) and chain[rate.level - 1].active
    ]
    excess = sum(entry.net_cents for entry in earned) - base_cents
    for at in reversed(range(len(earned))):
        if excess <= 0:
            break
        taken = min(excess, earned[at].net_cents)
        earned[at] = earned[at].model_copy(update={"net_cents": earned[at].net_cents - taken})
        excess -= taken
    return earned


def refuse_unfit_levels(rates: Sequence[Rate]) -> None:
    """Raises NotAcceptable for a plan that no sale could pay: empty, a level twice or without pay, above the base."""
    if not rates:
        raise NotAcceptable("Ein Plan braucht mindestens eine Stufe.", code="plan_is_empty")
    if len({rate.level for rate in rates}) < len(rates):
        raise NotAcceptable("Jede Stufe darf im Plan nur einmal vorkommen.", code="plan_level_twice")
    if any(rate.percent == 0 and rate.fixed_cents == 0 for rate in rates):
        raise NotAcceptable(
            "Jede Stufe braucht einen Prozentsatz oder einen Festbetrag.", code="plan_level_without_pay"
        )
    percent = sum((rate.percent for rate in rates), Decimal(0))
    # At exactly 100 percent any fixed amount exceeds every base; below it depends on the sale.
    if percent > 100 or (percent == 100 and any(rate.fixed_cents for rate in rates)):
        raise NotAcceptable("Die Stufen des Plans übersteigen zusammen die Basis.", code="plan_exceeds_base")
