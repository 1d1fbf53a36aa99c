"""„Was bringt ein Verkauf über 1.000 €?“: what a plan would pay, for people to check before it holds. Pure."""

from uuid import UUID

from ledger.programme.calculation import DEEPEST_LEVEL, Circumstances, Earner, commissions_of
from ledger.programme.plans import Terms
from ledger.reasons import Reason
from ledger.types import Frozen, PartnerId

EXAMPLE_CENTS = 100_000
_NOBODY = PartnerId(UUID(int=0))


class ExampleTier(Frozen):
    """What the same sale is worth once the month's revenue is in this tier (graduated: from its border on)."""

    from_cents: int
    net_cents: int


class ExampleLevel(Frozen):
    """What one level earns of the example sale, and at each of its tiers. Cents, before VAT."""

    level: int
    net_cents: int
    why: Reason
    """How it is computed."""
    tiers: tuple[ExampleTier, ...]


class Example(Frozen):
    """A sale with a full tree of active partners. Cents, net."""

    base_cents: int
    levels: tuple[ExampleLevel, ...]
    net_cents: int
    """What the tenant pays for the sale, before any tier is reached."""
    highest_cents: int
    """With each level at its best tier."""


def example_of(terms: Terms, base_cents: int = EXAMPLE_CENTS) -> Example:
    """What a sale of `base_cents` would pay on each level, were all levels taken by active partners."""
    chain = [Earner(partner_id=_NOBODY) for _ in range(DEEPEST_LEVEL)]

    def earned(revenue_cents: int) -> dict[int, int]:
        # As if the month stood there: a graduated sale begins at the border, a flat one is paid at its tier.
        rates = [
            rate.model_copy(
                update={"percent": step.percent, "fixed_cents": step.fixed_cents or rate.fixed_cents, "tiers": ()}
            )
            if (
                step := max(
                    (t for t in rate.tiers if t.from_cents <= revenue_cents), key=lambda t: t.from_cents, default=None
                )
            )
            else rate.model_copy(update={"tiers": ()})
            for rate in terms.levels
        ]
        return {one.level: one.net_cents for one in commissions_of(base_cents, rates, chain)}

    at_once = commissions_of(base_cents, terms.levels, chain, Circumstances(tier_mode=terms.tier_mode))
    levels = tuple(
        ExampleLevel(
            level=one.level,
            net_cents=one.net_cents,
            why=one.calculation.why,
            tiers=tuple(
                ExampleTier(from_cents=tier.from_cents, net_cents=earned(tier.from_cents)[one.level])
                for tier in sorted(one.calculation.rate.tiers, key=lambda tier: tier.from_cents)
            ),
        )
        for one in at_once
    )
    return Example(
        base_cents=base_cents,
        levels=levels,
        net_cents=sum(level.net_cents for level in levels),
        highest_cents=min(
            base_cents, sum(max([level.net_cents, *(tier.net_cents for tier in level.tiers)]) for level in levels)
        ),
    )
