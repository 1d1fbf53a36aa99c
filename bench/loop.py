"""`script/bench loop`: what the product costs beside a bare engine of the same shape, and how it takes a crash."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import histories, memory, payouts, recovery, sales, slow_engine, webhooks
from bench.bare_engine import FLOOR, bare_engine
from bench.product import Product
from bench.rig import running, say
from sandbox.stack import SHAPES
from workflows.messages import Pace

ABOUT = "Payouts, notifications and webhooks against a bare engine of the same shape; memory; time after a crash."

SECTIONS = ("payouts", "webhooks", "sales", "slow_engine", "memory", "recovery")
ON_A_CLUSTER = ("payouts", "webhooks")
QUIET_S = 0.5
"""Both sides wait so long for a click's other notifications. The usual 1.5 s would flatter the ratio."""
TENANTS = 4
SUBSCRIBED = (
    "invoice.status.changed",
    "invoice.deleted",
    "credit-note.status.changed",
    "credit-note.deleted",
    "payment.changed",
    "token.revoked",
)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", choices=SECTIONS, action="append", help="a section; may be given more than once")
    parser.add_argument("--runs", type=int, help="pairs of legs (5)")
    parser.add_argument("--payouts", type=int, help="payouts in a leg (150)")
    parser.add_argument("--durable", action="store_true", help="PostgreSQL waits for its disk, as it does in use")
    parser.add_argument("--sales", type=int, help="sales in a leg (500)")
    parser.add_argument("--webhooks", type=int, help="webhooks in a leg (1000)")
    parser.add_argument(
        "--on",
        choices=tuple(SHAPES),
        default="dev",
        help="cluster: payouts and webhooks only, on Temporal's server with PostgreSQL and two APIs (script/cluster)",
    )
    slow_engine.add_options(parser)
    parser.add_argument("--open", type=int, nargs=2, metavar=("FEW", "MANY"), help="open payouts (1000 20000)")


async def run(options: argparse.Namespace, state: Path) -> Mapping[str, Any]:
    chosen = options.only or (SECTIONS if options.on == "dev" else ON_A_CLUSTER)
    quick = options.quick
    figures: dict[str, Any] = {}
    if "payouts" in chosen or "webhooks" in chosen:
        figures |= await _compare_with_bare_engine(options, state / "loop", chosen)
    if "sales" in chosen:
        figures["sales"] = await sales.measure(state / "sales", options)
    if "slow_engine" in chosen:
        figures["webhooks_beside_a_slow_engine"] = await slow_engine.measure(state / "slow_engine", options)
    if "memory" in chosen:
        few, many = options.open or ((50, 200) if quick else (1_000, 20_000))
        figures["worker_memory"] = await memory.measure(state / "memory", few, many)
    if "recovery" in chosen:
        figures["first_payout_after_sigkill"] = await recovery.measure(state / "recovery", 1 if quick else 3)
    return {
        "settings": {
            "quiet_seconds": QUIET_S,
            "tenants": TENANTS,
            "api_limits": "lifted",
            "on": options.on,
            "durable": options.durable,
        },
        **figures,
        "aims": [aim for part in figures.values() if isinstance(part, dict) for aim in part.pop("aims", [])],
    }


async def _compare_with_bare_engine(
    options: argparse.Namespace, state: Path, chosen: tuple[str, ...]
) -> dict[str, dict[str, Any]]:
    quick = options.quick
    runs = options.runs or (1 if quick else 5)
    count = options.payouts or (16 if quick else 150)
    webhook_count = options.webhooks or (200 if quick else 1_000)
    figures: dict[str, dict[str, Any]] = {}
    environment = {"PARTNERDESK_QUIET_SECONDS": str(QUIET_S)}
    # One worker each: the bare engine has one, too.
    shape = replace(SHAPES[options.on], workers=1)
    async with (
        running(
            state,
            environment=environment,
            durable=options.durable,
            key_bits=2048 if quick else 4096,
            shape=shape,
        ) as rig,
        bare_engine(rig, Pace(quiet=QUIET_S), TENANTS) as bare,
        bare_engine(rig, Pace(quiet=QUIET_S), TENANTS, of=FLOOR) as floor,
    ):
        product = Product(
            rig,
            quiet=await rig.tenants(TENANTS, "quiet"),
            notified=await rig.tenants(TENANTS, "notified", subscribe=SUBSCRIBED),
        )
        if "payouts" in chosen:
            alone = figures["payout_alone"] = await payouts.compare("payouts_alone", count, runs, product, bare, floor)
            alone["aims"] = [
                payouts.ratio_aim("payout alone, product ÷ bare", alone, 0.85),
                payouts.ratio_aim("payout alone, product ÷ floor", alone, 0.97, ratio="ratio_to_floor"),
            ]
            whole = figures["whole_loop"] = await payouts.compare("whole_loop", count, runs, product, bare, floor)
            whole["aims"] = [payouts.ratio_aim("whole loop, product ÷ bare", whole, 0.7)]
            figures["histories"] = await histories.look(product, bare, min(20, count))
        if "webhooks" in chosen:
            taken = figures["webhooks"] = await webhooks.compare(webhook_count, runs, product, bare)
            taken["aims"] = [payouts.ratio_aim("webhooks, product ÷ bare signal-with-start", taken, 0.75)]
            half = taken["product_per_second"]["median"] / 2
            say(f"Webhooks at half load, {half:.0f}/s …")
            taken["answer_at_half_load"] = await webhooks.at_half_load(product, half, 3 if quick else 15)
    return figures
