"""Medians, spreads and aims, as they are printed."""

from collections.abc import Sequence
from statistics import median, quantiles
from typing import Any


def aim(
    name: str,
    measured: float,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    below: float | None = None,
) -> dict[str, Any]:
    """A figure beside what the issue asks of it."""
    wanted = f"≥ {at_least}" if at_least is not None else f"≤ {at_most}" if at_most is not None else f"< {below}"
    met = (
        (at_least is None or measured >= at_least)
        and (at_most is None or measured <= at_most)
        and (below is None or measured < below)
    )
    return {"name": name, "aim": wanted, "measured": round(measured, 4), "met": met}


def spread(values: Sequence[float], digits: int = 3) -> dict[str, Any]:
    """Median, least and most of a few runs."""
    return {
        "median": round(median(values), digits),
        "least": round(min(values), digits),
        "most": round(max(values), digits),
        "runs": [round(value, digits) for value in values],
    }


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent do not exceed."""
    if len(values) < 2:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]
