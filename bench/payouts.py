"""Payouts on the product against payouts on the bare engine: legs in turns, on the same server, in the same minutes."""

from collections.abc import Awaitable, Callable, Mapping
from statistics import median
from typing import Any

from bench.bare_engine import BareEngine
from bench.clock import LegClock
from bench.figures import aim, spread
from bench.product import Product
from bench.rig import say

Leg = Callable[[LegClock], Awaitable[None]]


async def compare(name: str, count: int, runs: int, product: Product, bare: BareEngine) -> dict[str, Any]:
    """`name` is a leg that both have: payouts_alone or whole_loop."""

    papers = LegClock(product.rig.processes())

    async def of_product(clock: LegClock) -> None:
        await (product.payouts_alone if name == "payouts_alone" else product.whole_loop)(count, clock)
        with papers.running():
            await product.fetch_papers()

    async def of_bare(clock: LegClock) -> None:
        await (bare.payouts_alone if name == "payouts_alone" else bare.whole_loop)(count, clock)

    compared = await alternate(
        name, count, runs, (product.rig.processes(), of_product), (bare.processes(), of_bare), what="payout"
    )
    # Nobody who is paid waits for the PDF, and it comes after the leg; what it costs is told beside it.
    return {**compared, "cpu_ms_for_a_paper": _cpu_ms([papers], count * (runs + 1))}


async def alternate(
    name: str,
    count: int,
    runs: int,
    product: tuple[Mapping[str, int], Leg],
    bare: tuple[Mapping[str, int], Leg],
    *,
    what: str,
) -> dict[str, Any]:
    """One unmeasured leg each, then `runs` pairs; which of a pair goes first changes from pair to pair."""
    clocks: dict[str, list[LegClock]] = {"product": [], "bare": []}
    sides = {"product": product, "bare": bare}
    for run in range(runs + 1):
        for side in ("product", "bare") if run % 2 == 0 else ("bare", "product"):
            processes, leg = sides[side]
            clock = LegClock(processes)
            await leg(clock)
            if run:
                clocks[side].append(clock)
        if run:
            mine, its = clocks["product"][-1], clocks["bare"][-1]
            say(f"{name} {run}/{runs}: product {count / mine.seconds:.1f}/s, bare {count / its.seconds:.1f}/s")
    per_second = {side: [count / clock.seconds for clock in taken] for side, taken in clocks.items()}
    ratios = [mine / its for mine, its in zip(per_second["product"], per_second["bare"], strict=True)]
    return {
        f"{what}s_in_a_leg": count,
        "product_per_second": spread(per_second["product"], 1),
        "bare_per_second": spread(per_second["bare"], 1),
        "ratio": spread(ratios),
        f"cpu_ms_for_a_{what}": {side: _cpu_ms(taken, count) for side, taken in clocks.items()},
        "cores_busy": {side: _cores(taken) for side, taken in clocks.items()},
    }


def ratio_aim(name: str, compared: Mapping[str, Any], at_least: float) -> dict[str, Any]:
    return aim(name, compared["ratio"]["median"], at_least=at_least)


def _cpu_ms(taken: list[LegClock], count: int) -> dict[str, float]:
    names = taken[0].cpu
    return {name: round(1000 * median(clock.cpu[name] for clock in taken) / count, 2) for name in names}


def _cores(taken: list[LegClock]) -> float:
    """How much of the machine all of them together used; what others used meanwhile is not in it."""
    return round(median(sum(clock.cpu.values()) / clock.seconds for clock in taken), 2)
