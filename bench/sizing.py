"""How much a machine does: a model by its bottlenecks, beside what was measured (docs/performance.md, Sizing).

Operational laws (Denning and Buzen, 1978): nothing is done faster than the cores allow, of which a share stands idle
while work waits for disk, locks and answers; and no tenant faster than its provider lets it. The share is taken from
one measurement and has to hold for the others.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ABOUT = "What a machine does by a model of its bottlenecks, beside what was measured; starts nothing."


@dataclass(frozen=True)
class Work:
    """CPU for one, in ms, over all parts (docs/performance.md, What limits). `measured`: a second, on `_CORES`."""

    name: str
    cpu_ms: float
    measured: float


_CORES = 2
CALIBRATION = Work("payout alone", 116 + 63 + 20 + 0.2 + 3 + 10, 6.8)
OTHERS = (
    Work("payout alone, bare engine", 113 + 44 + 5, 7.9),
    Work("whole loop", 364 + 176 + 47 + 12 + 29 + 22, 2.2),
    Work("whole loop, bare engine", 319 + 119 + 11, 2.7),
    Work("webhook", 12.1 + 1.0 + 3.2 + 0.3, 74),
    Work("payout of a run of 5,000", 14 + 11 + 4.2, 48.5),
    Work("payout of a run of 10,000", 16 + 12 + 4.3, 44.6),
)


@dataclass(frozen=True)
class Provider:
    """What a tenant's books allow."""

    documents_a_minute: float = 18
    requests_a_second: float = 1.9
    requests_a_document: float = 4


def usable_share(known: Work = CALIBRATION, cores: int = _CORES) -> float:
    """Of the cores, while this work is all there is."""
    return known.measured * known.cpu_ms / 1000 / cores


def a_second(work: Work, cores: float, share: float) -> float:
    """How many of it so many cores do."""
    return cores * share / (work.cpu_ms / 1000)


def minutes_of_tenant(documents: int, provider: Provider | None = None) -> float:
    """Until a tenant's documents are made, however many machines there are."""
    limits = provider or Provider()
    by_requests = limits.requests_a_second * 60 / limits.requests_a_document
    return documents / min(limits.documents_a_minute, by_requests)


def minutes_of_fleet(tenants: int, documents: int, cores: float, share: float) -> tuple[float, str]:
    """Until all tenants, which begin at once, have their documents and what follows; and what it waits for."""
    whole = next(work for work in OTHERS if work.name == "whole loop")
    by_cores = tenants * documents / a_second(whole, cores, share) / 60
    by_provider = minutes_of_tenant(documents)
    return max((by_cores, "cores"), (by_provider, "provider"))


def add_options(options: argparse.ArgumentParser) -> None:
    options.add_argument("--tenants", type=int, default=1000, help="that pay on one day (1000)")
    options.add_argument("--documents", type=int, default=200, help="of each (200)")
    options.add_argument("--cores", type=float, default=64, help="of all machines together (64)")


async def run(options: argparse.Namespace, state: Path) -> Mapping[str, Any]:
    share = usable_share()
    minutes, limit = minutes_of_fleet(options.tenants, options.documents, options.cores, share)
    return {
        "usable_share": round(share, 2),
        "predicted": [
            {
                "work": work.name,
                "a_second": round(a_second(work, _CORES, share), 1),
                "measured": work.measured,
                "off_percent": round(100 * (a_second(work, _CORES, share) / work.measured - 1)),
            }
            for work in OTHERS
        ],
        "fleet": {
            "tenants": options.tenants,
            "documents_each": options.documents,
            "cores": options.cores,
            "minutes": round(minutes, 1),
            "waits_for": limit,
        },
    }
