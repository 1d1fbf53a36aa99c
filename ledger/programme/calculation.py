"""What a sale earns on each level of the sponsor tree. Pure; rules.md, Money.

A level earns a percent of the base, a fixed amount, or both, rounded kaufmännisch, and at most its cap per sale. Only
ten levels earn, however deep the tree is. An inactive partner's level earns nothing and is not passed up. Graduated
tiers pay a sale by where it stands in its month; flat ones pay the level's own rate, and the rest when the month
closes (ledger/commissions/month_close.py).
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from pydantic import Field

from ledger.programme.product_rates import SpecialPart, bases_of
from ledger.programme.tiers import Slice, Tier, TierMode, rounded, slices, worth
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable
from ledger.types import Cents, Frozen, PartnerId, Percent, Submitted

DEEPEST_LEVEL = 10


class Rate(Submitted):
    """What one level of a plan pays. `percent` is of the base, with up to four decimals."""

    level: int = Field(ge=1, le=DEEPEST_LEVEL)
    percent: Percent = Field(default=Decimal(0), ge=0, le=100, max_digits=7, decimal_places=4)
    fixed_cents: Cents = Field(default=0, ge=0)
    cap_per_sale_cents: Cents | None = Field(default=None, gt=0)
    tiers: tuple[Tier, ...] = Field(default=(), max_length=20)

    @property
    def highest_percent(self) -> Decimal:
        """The most percent that a sale can earn by this rate, over all tiers."""
        return max([self.percent, *(tier.percent for tier in self.tiers)])

    @property
    def highest_fixed_cents(self) -> int:
        """The most cents a sale can earn by this rate as a fixed amount, over all tiers."""
        return max([self.fixed_cents, *(tier.fixed_cents for tier in self.tiers)])


class Earner(Frozen):
    """A partner in the chain of a sale: the first brought the sale, each next one is the sponsor of the one before."""

    partner_id: PartnerId
    active: bool = True


class Circumstances(Frozen):
    """What beside base, rates and chain decides a sale: they are stored with its commissions."""

    plan_version: int | None = None
    tier_mode: TierMode | None = None
    revenue_before: dict[int, int] = Field(default_factory=dict)
    """By level: what the partner there had sold in the month before this sale, in cents."""
    payment_number: int | None = None
    max_payments: int | None = None
    specials: dict[int, tuple[SpecialPart, ...]] = Field(default_factory=dict)
    """By level: what of the sale a product's or category's rate pays."""
    sold_units: int = 0
    """All that was paid, in the units of `specials`."""

    @property
    def pays(self) -> bool:
        """False for the thirteenth payment of a customer where the plan pays twelve."""
        return self.max_payments is None or self.payment_number is None or self.payment_number <= self.max_payments


class Calculation(Frozen):
    """How a commission came about: stored with it, so that each can be explained and computed again."""

    plan_version: int | None = None
    rate: Rate
    tier_mode: TierMode | None = None
    revenue_before_cents: int = 0
    payment_number: int | None = None
    max_payments: int | None = None
    base_cents: int
    parts: tuple[Slice, ...] = ()
    specials: tuple[SpecialPart, ...] = ()
    sold_units: int = 0
    net_cents: int
    """By the plan, before any refund."""

    @property
    def why(self) -> Reason:
        """„10 % von 84,03 € + 1,00 €“"""
        if not self.counts:
            return Reason.of("rule_beyond_payments", number=self.payment_number, most=self.max_payments)
        bases = bases_of(self.base_cents, self.specials, self.sold_units)
        plain = self.base_cents - sum(bases)
        parts = self.parts or (Slice(base_cents=plain, percent=self.rate.percent),)
        own = [
            Reason.of("rule_share", percent=part.percent, base=part.base_cents)
            for part in parts
            if part.percent and (part.base_cents or not self.specials)
        ]
        own += fixed_amount(_fixed(self.rate, plain, self.specials))
        special = [one for part, base in zip(self.specials, bases, strict=True) for one in _terms_of(part, base)]
        uncapped = _worth(parts, self.specials, bases) + _fixed(self.rate, plain, self.specials)
        return Reason.of(
            "rule_in_full",
            terms=dumped(own + special or [Reason.of("rule_amount", amount=0)]),
            bounds=dumped(self._bounds(uncapped)),
        )

    def _bounds(self, uncapped: int) -> list[Reason]:
        found, cap = [], self.rate.cap_per_sale_cents
        if cap is not None and uncapped > cap:
            found.append(Reason.of("rule_capped", amount=cap))
        if self.net_cents < (uncapped if cap is None else min(uncapped, cap)):
            found.append(Reason.of("rule_cut", amount=self.net_cents))
        if self.rate.tiers and self.tier_mode is TierMode.GRADUATED:
            found.append(Reason.of("rule_graduated", revenue=self.revenue_before_cents))
        elif self.rate.tiers:
            found.append(Reason.of("rule_flat"))
        return found

    @property
    def counts(self) -> bool:
        """Whether the sale is part of the month's revenue."""
        return Circumstances(payment_number=self.payment_number, max_payments=self.max_payments).pays


def _terms_of(part: SpecialPart, base_cents: int) -> list[Reason]:
    """What a product's or category's rate gives of its part of the base, by name."""
    of = {"product": "rule_share_of_product", "category": "rule_share_of_category"}[part.kind]
    share = [Reason.of(of, percent=part.percent, base=base_cents, name=part.name)]
    return share + fixed_amount(part.fixed_cents)


def _worth(parts: Sequence[Slice], specials: Sequence[SpecialPart], bases: Sequence[int]) -> int:
    """Rounded once, over all of it. Cents, with the fixed amounts of products and categories."""
    slices_ = [
        *parts,
        *(Slice(base_cents=base, percent=part.percent) for part, base in zip(specials, bases, strict=True)),
    ]
    return rounded(worth(slices_)) + sum(part.fixed_cents for part in specials)


def _fixed(rate: Rate, plain_cents: int, specials: Sequence[SpecialPart]) -> int:
    """The level's own amount, unless all of the sale is paid by other rates."""
    return rate.fixed_cents if plain_cents > 0 or not specials else 0


def fixed_amount(cents: int) -> list[Reason]:
    """The fixed part of a rate as a reason to render; empty where there is none. Cents."""
    return [Reason.of("rule_amount", amount=cents)] if cents else []


def dumped(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """As parameters of another one."""
    return [reason.model_dump() for reason in reasons]


class Earned(Frozen):
    """What one level earns from a sale, with its calculation. Cents, before VAT."""

    level: int
    partner_id: PartnerId
    percent: Decimal
    fixed_cents: int
    base_cents: int
    net_cents: int
    calculation: Calculation


def commissions_of(
    base_cents: int, rates: Sequence[Rate], chain: Sequence[Earner], circumstances: Circumstances | None = None
) -> list[Earned]:
    """One entry per level that has a rate and an active partner, level 1 first; together at most the base.

    What rounding or fixed amounts exceed of the base comes off the deepest level, then the next one up. A level that
    ends at zero stays in the list: the stored rate is needed when the invoice changes the base.
    """
    under = circumstances or Circumstances()
    earning = [
        rate
        for rate in sorted(rates, key=lambda rate: rate.level)
        if rate.level <= len(chain) and chain[rate.level - 1].active
    ]
    amounts = [_amount(base_cents, rate, under) if under.pays else 0 for rate in earning]
    return [
        Earned(
            level=rate.level,
            partner_id=chain[rate.level - 1].partner_id,
            percent=rate.percent,
            fixed_cents=rate.fixed_cents,
            base_cents=base_cents,
            net_cents=net,
            calculation=_calculation(base_cents, rate, under, net),
        )
        for rate, net in zip(earning, within(base_cents, amounts), strict=True)
    ]


def amount_of(base_cents: int, rate: Rate, mode: TierMode | None, revenue_before_cents: int) -> int:
    """What the level pays for this sale when it is made, in whole cents."""
    amount = rounded(worth(_parts(base_cents, rate, mode, revenue_before_cents))) + rate.fixed_cents
    return amount if rate.cap_per_sale_cents is None else min(amount, rate.cap_per_sale_cents)


def _amount(base_cents: int, rate: Rate, under: Circumstances) -> int:
    """As amount_of, with the rates of products and categories where the plan names any."""
    specials = under.specials.get(rate.level, ())
    if not specials:
        return amount_of(base_cents, rate, under.tier_mode, under.revenue_before.get(rate.level, 0))
    bases = bases_of(base_cents, specials, under.sold_units)
    plain = base_cents - sum(bases)
    own = [Slice(base_cents=plain, percent=rate.percent)]
    amount = _worth(own, specials, bases) + _fixed(rate, plain, specials)
    return amount if rate.cap_per_sale_cents is None else min(amount, rate.cap_per_sale_cents)


def within(base_cents: int, amounts: Sequence[int]) -> list[int]:
    """Amounts of levels, shallow first: what they exceed of the base comes off the deepest."""
    left, kept = max(base_cents, 0), []
    for amount in amounts:
        kept.append(min(amount, left))
        left -= kept[-1]
    return kept


def _parts(base_cents: int, rate: Rate, mode: TierMode | None, revenue_before_cents: int) -> list[Slice]:
    if mode is TierMode.GRADUATED and rate.tiers:
        return slices(rate.percent, rate.tiers, revenue_before_cents, base_cents)
    return [Slice(base_cents=base_cents, percent=rate.percent)]


def _calculation(base_cents: int, rate: Rate, under: Circumstances, net: int) -> Calculation:
    before = under.revenue_before.get(rate.level, 0)
    parts = _parts(base_cents, rate, under.tier_mode, before)
    return Calculation(
        plan_version=under.plan_version,
        rate=rate,
        tier_mode=under.tier_mode if rate.tiers else None,
        revenue_before_cents=before,
        payment_number=under.payment_number,
        max_payments=under.max_payments,
        base_cents=base_cents,
        parts=tuple(parts) if rate.tiers else (),
        specials=under.specials.get(rate.level, ()),
        sold_units=under.sold_units if under.specials.get(rate.level) else 0,
        net_cents=net,
    )


def refuse_unfit_levels(rates: Sequence[Rate], mode: TierMode | None = None) -> None:
    """Nothing, if a sale could be paid by these levels.

    Raises NotAcceptable for a plan that no sale could pay: empty, a level twice or without pay, above the base, or
    with tiers that contradict their mode."""
    if not rates:
        raise NotAcceptable("plan_is_empty")
    if len({rate.level for rate in rates}) < len(rates):
        raise NotAcceptable("plan_level_twice")
    if any(rate.percent == 0 and rate.fixed_cents == 0 for rate in rates):
        raise NotAcceptable("plan_level_without_pay")
    for rate in rates:
        _refuse_unfit_tiers(rate, mode)
    percent = sum((rate.highest_percent for rate in rates), Decimal(0))
    # At exactly 100 percent any fixed amount exceeds every base; below it depends on the sale.
    if percent > 100 or (percent == 100 and any(rate.highest_fixed_cents for rate in rates)):
        raise NotAcceptable("plan_exceeds_base")


def _refuse_unfit_tiers(rate: Rate, mode: TierMode | None) -> None:
    if not rate.tiers:
        return
    if mode is None:
        raise NotAcceptable("tier_mode_missing", level=rate.level)
    if len({tier.from_cents for tier in rate.tiers}) < len(rate.tiers):
        raise NotAcceptable("tier_twice", level=rate.level)
    if mode is TierMode.GRADUATED and any(tier.fixed_cents for tier in rate.tiers):
        raise NotAcceptable("graduated_tier_with_fixed_amount", level=rate.level)
    if mode is TierMode.FLAT:
        steps: list[Rate | Tier] = [rate, *sorted(rate.tiers, key=lambda tier: tier.from_cents)]
        if any(low.percent > high.percent or low.fixed_cents > high.fixed_cents for low, high in pairwise(steps)):
            raise NotAcceptable("flat_tier_falls", level=rate.level)
