"""What `script/dev` runs: the stack, one payout loop before your eyes, then everything stays up until Ctrl-C."""

import argparse
import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from sandbox.demo import Loop, leave_one_waiting, run_loop
from sandbox.demo_bank import LoopByBank
from sandbox.demo_easybill import LoopInEasybill
from sandbox.demo_office import Office
from sandbox.demo_people import USUAL_STATE, codes, kept_people, let_in, told
from sandbox.operator_command import write_command
from sandbox.processes import ProcessFailed, StackError
from sandbox.stack import CLUSTER, DEV, Ports, Shape, Stack, StackAddresses


def say(text: str) -> None:
    """Progress goes to standard error: standard output holds the steps of the loop only."""
    print(text, file=sys.stderr, flush=True)


def _print_json(step: Mapping[str, object]) -> None:
    print(json.dumps(step, ensure_ascii=False, default=str), flush=True)


async def run_once(
    dialect: str, *, writes_own: bool = False, kind: type[Loop] | None = None, shape: Shape = DEV
) -> bool:
    """The loop over a temporary state, one JSON line per step. True only if every state was reached."""
    state = Path(tempfile.mkdtemp(prefix="partnerdesk-once-"))
    complete = False
    try:
        quick = ["--key-bits", "2048"]
        async with Stack(state, Ports.free(), emit=say, durable=False, lexoffice_options=quick, shape=shape) as stack:
            complete = await run_loop(
                stack.addresses,
                _print_json,
                say=say,
                dialect=dialect,
                writes_own=writes_own,
                kind=kind,
            )
    except StackError as error:
        _tell(error)
    except asyncio.CancelledError:
        shutil.rmtree(state, ignore_errors=True)
        raise
    if complete or not _logs_in(state):
        shutil.rmtree(state, ignore_errors=True)
    else:
        say(f"Not every step succeeded. The logs are in {state}.")
    return complete


def _logs_in(state: Path) -> bool:
    return any(state.rglob("*.log"))


async def run_until_stopped(state: Path, shape: Shape = DEV) -> bool:
    """The stack over a state that is kept; the loop runs once, then all stays up."""
    say(f"State and logs: {state}")
    mails = {"PARTNERDESK_MAIL_FOLDER": str(state / "mail")}
    ports = Ports.from_environment()
    async with Stack(state, ports, emit=say, trust_engine_signals=True, environment=mails, shape=shape) as stack:
        command = write_command(state, stack.addresses.environment)
        say(_describe_addresses(stack.addresses, command))
        if await run_loop(stack.addresses, _print_json, say=say):
            async with Office(stack.addresses, "lexoffice") as office:
                await office.open()
                people = await let_in(stack.addresses, office)
            await leave_one_waiting(stack.addresses, say)
            say(f"{told(stack.addresses, people)}\n")
        else:
            say("The loop did not reach every state; the stack stays up so that you can look.")
        say("Ctrl-C stops everything. The next script/dev continues where this one was.")
        ended = await stack.first_end()
    raise StackError(f"{ended.name} has ended by itself; see {ended.process.command.log}.")


def _describe_addresses(addresses: StackAddresses, command: Path) -> str:
    # Without the filter the hand-over, every 30 s, hides everything else.
    payouts = urlencode({"query": 'WorkflowType="PayoutWorkflow"'})
    return f"""
  Pages for people          {addresses.api_url}/admin
  JSON API, described       {addresses.api_url}/docs
  Payouts in Temporal's UI  {addresses.temporal.ui_url}/namespaces/{addresses.temporal.namespace}/workflows?{payouts}
  Sandbox lexoffice         {addresses.lexoffice.app_url}
  Sandbox VIES              {addresses.environment["VIES_BASE_URL"]}
  Sandbox bank              {addresses.bank_url}
  Sandbox easybill          {addresses.easybill_url}
  Mails                     {addresses.state}/mail, one .eml file each
  Commands of operators     {command} --help
  PostgreSQL                127.0.0.1:{addresses.postgres.port}, passwords in {addresses.state}/postgres/passwords.json
"""


def print_codes(state: Path) -> int:
    people = kept_people(state)
    if not people:
        say(f"Nobody of the demo is known in {state}; script/dev makes them.")
        return 1
    print(codes(people), flush=True)
    return 0


def _kind(options: argparse.Namespace) -> type[Loop] | None:
    """Which loop is shown; None: the one by lexoffice."""
    if options.books == "easybill":
        return LoopInEasybill
    return LoopByBank if options.paid_by == "bank" else None


async def _main(options: argparse.Namespace) -> int:
    _cancel_on_signals(asyncio.current_task())
    shape = replace(CLUSTER, workers=options.workers) if options.on == "cluster" else DEV
    try:
        complete = await (
            run_once(
                options.dialect or "lexoffice",
                writes_own=options.strategy == "own",
                kind=_kind(options),
                shape=shape,
            )
            if options.once
            else run_until_stopped(options.state.resolve(), shape)
        )
    except StackError as error:
        _tell(error)
        return 1
    except asyncio.CancelledError:
        # Stopping the kept stack is how it is meant to end; stopping a run before its result is not.
        say("Stopped.")
        return 130 if options.once else 0
    return 0 if complete else 1


def _tell(error: StackError) -> None:
    say(str(error))
    if isinstance(error, ProcessFailed):
        say("What had been started is stopped again. Trying again is safe.")


def _cancel_on_signals(running: "asyncio.Task[int] | None") -> None:
    assert running is not None

    def stop() -> None:
        # A second Ctrl-C must not interrupt the stopping itself.
        if running.cancelling():
            say("Already stopping; a part may take 15 s to finish what it is doing.")
        else:
            running.cancel()

    for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="script/dev",
        description="Run PartnerDesk Payouts on this machine: PostgreSQL, Temporal with its UI, worker and API, with "
        "sandboxes of lexoffice, VIES and a bank. A demo tenant goes through the payout loop once; then everything "
        "stays up until Ctrl-C.",
        epilog="Ports are set by " + ", ".join(Ports.setting(part) for part in Ports.__annotations__) + ".",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="run the loop over a temporary state on free ports, print each step as one JSON line, and end; "
        "status 0 only if every state was reached",
    )
    parser.add_argument(
        "--dialect",
        choices=("lexoffice", "chapter"),
        help="with --once: whether the sandbox notifies as lexoffice really does, or as chapter 36 describes",
    )
    parser.add_argument(
        "--strategy",
        choices=("lexoffice", "own"),
        help="with --once: whether the document is lexoffice's credit note, or a Gutschrift of our own",
    )
    parser.add_argument(
        "--paid-by",
        choices=("lexoffice", "bank"),
        help="with --once: whether a click in lexoffice says that the payout is paid, or the statement of the bank",
    )
    parser.add_argument(
        "--books",
        choices=("lexoffice", "easybill"),
        help="with --once: where the tenant keeps its books; invoice and credit note stand there",
    )
    parser.add_argument(
        "--code",
        action="store_true",
        help="print the codes of the moment that the demo's people need as their second factor, and end",
    )
    parser.add_argument(
        "--on",
        choices=("dev", "cluster"),
        default="dev",
        help="cluster, as script/cluster: Temporal's server on PostgreSQL, two APIs behind HAProxy, several workers",
    )
    parser.add_argument(
        "--workers", type=int, default=CLUSTER.workers, help="with --on cluster: how many (%(default)s)"
    )
    parser.add_argument("--state", type=Path, help=f"where databases and logs are kept ({USUAL_STATE})")
    options = parser.parse_args()
    if options.state is None:
        options.state = USUAL_STATE / "cluster" if options.on == "cluster" else USUAL_STATE
    if options.workers < 1:
        parser.error("--workers: at least one")
    # Databases, logs, mails and keys of the demo are for nobody else on this machine.
    os.umask(0o077)
    if (options.dialect or options.strategy or options.paid_by or options.books) and not options.once:
        parser.error("--dialect, --strategy, --paid-by and --books need --once")
    if options.books == "easybill" and (options.strategy == "own" or options.paid_by == "bank"):
        parser.error("--books easybill shows the loop by easybill's own credit note")
    if options.code:
        sys.exit(print_codes(options.state))
    status = asyncio.run(_main(options))
    sys.stdout.flush()
    sys.stderr.flush()
    # Whatever the loop has loaded (the Temporal SDK can crash at shutdown, sdk-python issue 300): the result stands.
    os._exit(status)


if __name__ == "__main__":
    main()
