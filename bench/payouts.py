"""Payouts on the product, on the bare engine and on the floor: legs in turns, on one server, in the same minutes."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from statistics import median
from typing import Any

from bench.bare_engine import BareEngine
from bench.clock import LegClock
from bench.figures import aim, spread
from bench.product import Product
from bench.rig import say

Leg = Callable[[LegClock], Awaitable[None]]
Side = tuple[Mapping[str, int], Leg]
"""The processes whose CPU counts, by name, and what is measured."""


async def compare(
    name: str, count: int, runs: int, product: Product, bare: BareEngine, floor: BareEngine
) -> dict[str, Any]:
    """`name` is a leg that all have: payouts_alone or whole_loop."""

    papers = LegClock(product.rig.processes())

    async def of_product(clock: LegClock) -> None:
        await (product.payouts_alone if name == "payouts_alone" else product.whole_loop)(count, clock)
        with papers.running():
            await product.fetch_papers()

    def of_engine(engine: BareEngine) -> Side:
        return engine.processes(), partial(
            engine.payouts_alone if name == "payouts_alone" else engine.whole_loop, count
        )

    sides = {
        "product": (product.rig.processes(), of_product),
        "floor": of_engine(floor),
        "bare": of_engine(bare),
    }
    compared = await alternate(name, count, runs, sides, what="payout")
    # Nobody who is paid waits for the PDF, and it comes after the leg; what it costs is told beside it.
    return {**compared, "cpu_ms_for_a_paper": _cpu_ms([papers], count * (runs + 1))}


async def alternate(name: str, count: int, runs: int, sides: Mapping[str, Side], *, what: str) -> dict[str, Any]:
    """One unmeasured leg each, then `runs` rounds; which side goes first changes from round to round.

    `sides` are `product` and those that it is compared with, `bare` among them.
    """
    clocks: dict[str, list[LegClock]] = {side: [] for side in sides}
    order = list(sides)
    for run in range(runs + 1):
        for side in order:
            processes, leg = sides[side]
            clock = LegClock(processes)
            await leg(clock)
            if run:
                clocks[side].append(clock)
        order = [*order[1:], order[0]] if len(order) > 2 else order[::-1]
        if run:
            told = ", ".join(f"{side} {count / taken[-1].seconds:.1f}/s" for side, taken in clocks.items())
            say(f"{name} {run}/{runs}: {told}")
    per_second = {side: [count / clock.seconds for clock in taken] for side, taken in clocks.items()}
    return {
        f"{what}s_in_a_leg": count,
        **{f"{side}_per_second": spread(speeds, 1) for side, speeds in per_second.items()},
        **{
            "ratio" if side == "bare" else f"ratio_to_{side}": spread(
                [mine / its for mine, its in zip(per_second["product"], speeds, strict=True)]
            )
            for side, speeds in per_second.items()
            if side != "product"
        },
        f"cpu_ms_for_a_{what}": {side: _cpu_ms(taken, count) for side, taken in clocks.items()},
        "cores_busy": {side: _cores(taken) for side, taken in clocks.items()},
    }


def ratio_aim(name: str, compared: Mapping[str, Any], at_least: float, *, ratio: str = "ratio") -> dict[str, Any]:
    return aim(name, compared[ratio]["median"], at_least=at_least)


def _cpu_ms(taken: list[LegClock], count: int) -> dict[str, float]:
    names = taken[0].cpu
    return {name: round(1000 * median(clock.cpu[name] for clock in taken) / count, 2) for name in names}


def _cores(taken: list[LegClock]) -> float:
    """How much of the machine all of them together used; what others used meanwhile is not in it."""
    return round(median(sum(clock.cpu.values()) / clock.seconds for clock in taken), 2)
