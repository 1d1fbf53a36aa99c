"""`script/chaos`: prints one JSON object; status 0 only with zero differences and zero documents made twice."""

import argparse
import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from chaos import events_out
from chaos.events_out import EventsPlan
from chaos.plan import draw
from chaos.run import Conditions, run
from sandbox.memory import memory_folder
from sandbox.processes import StackError
from sandbox.stack import SHAPES


def say(text: str) -> None:
    """Progress goes to standard error."""
    print(text, file=sys.stderr, flush=True)


async def _main(options: argparse.Namespace) -> int:
    running = asyncio.current_task()
    assert running is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    if options.events:
        return await _events_out(options)
    seconds = options.minutes * 60
    plan = draw(
        seed=options.seed,
        payouts=options.payouts,
        seconds=seconds,
        tenants=options.tenants,
        kills_per_minute=options.kills_per_minute,
        with_bank=options.bank,
        with_easybill=options.easybill,
    )
    conditions = Conditions(
        realistic=options.limits == "realistic",
        faults=not options.no_faults,
        careless=options.careless,
        lost_answers=options.lost_answers,
        settle_seconds=options.settle_minutes * 60,
        beside=options.beside,
        shape=SHAPES[options.on],
    )
    state = options.state or Path(tempfile.mkdtemp(prefix="partnerdesk-chaos-", dir=memory_folder()))
    try:
        report = await run(plan, conditions, state, say)
    except StackError as error:
        say(f"{error}\nThe logs are in {state}.")
        return 2
    except asyncio.CancelledError:
        say(f"Stopped. The logs are in {state}.")
        return 130
    print(json.dumps(report, ensure_ascii=False), flush=True)
    doubles = ("double_credit_notes", "double_invoices", "double_numbers", "double_vouchers", "double_payments")
    good = not report["differences"] and not any(report[name] for name in doubles)
    if (good or options.careless) and options.state is None:
        shutil.rmtree(state, ignore_errors=True)
    else:
        say(f"The state and its logs are kept in {state}.")
    return 0 if good else 1


async def _events_out(options: argparse.Namespace) -> int:
    plan = EventsPlan(
        seed=options.seed,
        events=options.events,
        kills=options.event_kills,
        patience_seconds=(options.minutes + options.settle_minutes) * 60,
    )
    state = options.state or Path(tempfile.mkdtemp(prefix="partnerdesk-chaos-", dir=memory_folder()))
    try:
        report = await events_out.run(plan, state, say)
    except StackError as error:
        say(f"{error}\nThe logs are in {state}.")
        return 2
    except asyncio.CancelledError:
        say(f"Stopped. The logs are in {state}.")
        return 130
    print(json.dumps(report, ensure_ascii=False), flush=True)
    if not report["differences"] and options.state is None:
        shutil.rmtree(state, ignore_errors=True)
    return 1 if report["differences"] else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/chaos",
        description="Run the whole product while its parts are killed, lexoffice answers with every fault there is, "
        "and notifications are duplicated, reordered, delayed and dropped. Afterwards lexoffice's documents, the "
        "ledger and the workflows are compared. Everything runs on 127.0.0.1 and ends with this command.",
        epilog="--every-step, given first, is another run: the loop once for each of its steps (--every-step --help).",
    )
    parser.add_argument("--seed", type=int, default=1, help="draws who does what when, and what fails (%(default)s)")
    parser.add_argument("--payouts", type=int, default=300, help="stories that lead to a payout (%(default)s)")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long parts are killed (%(default)s)")
    parser.add_argument("--tenants", type=int, default=4, help="each with its own lexoffice account (%(default)s)")
    parser.add_argument("--kills-per-minute", type=float, default=5.0, help="of all parts together (%(default)s)")
    parser.add_argument(
        "--limits",
        choices=("realistic", "lifted"),
        default="realistic",
        help="lexoffice's 2 requests/s per account and 18 creates a minute, or none (%(default)s)",
    )
    parser.add_argument("--settle-minutes", type=float, default=6.0, help="at most, afterwards (%(default)s)")
    parser.add_argument(
        "--on", choices=tuple(SHAPES), default="dev", help="Temporal's development server, or script/cluster's parts"
    )
    parser.add_argument(
        "--beside",
        metavar="COMMIT",
        help="workers begin with the code of this commit, such as a release's (tests/releases/); ours is deployed, "
        "rolled back and deployed again while parts die",
    )
    parser.add_argument("--no-faults", action="store_true", help="kills only")
    parser.add_argument(
        "--bank",
        action="store_true",
        help="payouts are paid by files and statements of a bank that errs, instead of clicks in lexoffice",
    )
    parser.add_argument("--easybill", action="store_true", help="every second tenant keeps its books in easybill")
    parser.add_argument(
        "--careless", action="store_true", help="with workers that lack our safeguards: doubles must be reported"
    )
    parser.add_argument(
        "--lost-answers",
        type=float,
        metavar="SHARE",
        help="of creates that are carried out and not answered; else 12 %%",
    )
    parser.add_argument(
        "--events",
        type=int,
        metavar="COUNT",
        help="instead of payouts: so many events out, while worker and API are killed and a receiver answers 500 half "
        "of the time; within the minutes of both options, or it is a difference",
    )
    parser.add_argument("--event-kills", type=int, default=10, metavar="COUNT", help="of these (%(default)s)")
    parser.add_argument("--state", type=Path, help="where databases and logs are kept; else a temporary folder")
    return parser.parse_args()


def main() -> None:
    if sys.argv[1:2] == ["--every-step"]:
        from chaos.steps import command

        status = command.main(sys.argv[2:])
    else:
        status = asyncio.run(_main(_arguments()))
    sys.stdout.flush()
    sys.stderr.flush()
    # The Temporal SDK can crash while the interpreter shuts down (sdk-python issue 300); the result stands.
    os._exit(status)


if __name__ == "__main__":
    main()
