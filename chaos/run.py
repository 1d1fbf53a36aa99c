"""One run: start everything, let the stories happen while parts die, wait until all is quiet, and compare."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from temporalio.service import RPCError

from chaos import oracle, weather
from chaos.actors import Diary, collect, sell
from chaos.background import in_background
from chaos.banking import BankDays, Banker, Terminal
from chaos.firm import Firm
from chaos.monkey import Monkey
from chaos.parts import Careless, second_worker
from chaos.people import Person
from chaos.plan import Plan
from chaos.quiet import answers, is_quiet, open_engine
from chaos.releases import DeployedWorker, OtherRelease, checked_out, deploy
from ledger.database import Ledger
from sandbox.processes import Service
from sandbox.stack import DEV, Ports, Shape, Stack

Say = Callable[[str], None]

# Quick enough for minutes in place of weeks.
_SETTINGS = {
    "PARTNERDESK_QUIET_SECONDS": "0.3",
    "PARTNERDESK_LOOK_AGAIN_SECONDS": "1,4",
    "PARTNERDESK_UNCLEAR_OUTCOME_SECONDS": "8",
    "PARTNERDESK_HANDOVER_AFTER_SECONDS": "2",
    "PARTNERDESK_HANDOVER_EVERY_SECONDS": "5",
    "PARTNERDESK_REQUESTS_A_MINUTE": "0",
    "PARTNERDESK_LOG_LEVEL": "warning",
}
# A create may take 35 s and is certain after 45 s, as the product ships.
_LONG = {"PARTNERDESK_SWEEP_EVERY_SECONDS": "20", "PARTNERDESK_SWEEP_OPEN_EVERY_SECONDS": "60"}
_FAST = {
    "PARTNERDESK_SWEEP_EVERY_SECONDS": "4",
    "PARTNERDESK_SWEEP_OPEN_EVERY_SECONDS": "8",
    "PARTNERDESK_CREATE_SECONDS": "6",
    "PARTNERDESK_CERTAIN_SECONDS": "9",
    "PARTNERDESK_UNCLEAR_OUTCOME_SECONDS": "4",
}
# A receiver that is down gets its notifications again after 0.5, 1, 2, 4, 8 s; easybill's after 3, 15 and 90 s.
_SANDBOX = ["--key-bits", "2048", "--time-scale", "0.05"]
_EASYBILL = ["--time-scale", "0.05"]


_LOST_AT_LEAST = 2


@dataclass(frozen=True)
class Conditions:
    """How hard it is. `realistic`: lexoffice's limit of 2 requests/s per account; else none."""

    realistic: bool
    faults: bool
    careless: bool
    lost_answers: float | None
    settle_seconds: float
    beside: str | None = None
    """A commit: the workers begin with its code, and ours is deployed meanwhile (releases.py)."""
    shape: Shape = DEV
    """Of the stack: on a cluster one API of two dies, and the front goes on with the other."""


async def run(plan: Plan, conditions: Conditions, state: Path, say: Say) -> dict[str, Any]:
    """Returns what script/chaos prints. Bounded: preparation, the plan's time, the settling, and the comparison."""
    pace = 1.9 if conditions.realistic else 100.0
    environment = (
        _SETTINGS
        | (_FAST if plan.seconds < 180 else _LONG)
        | {"PARTNERDESK_LEXOFFICE_PACE": "1.9" if conditions.realistic else "0"}
        | ({} if conditions.realistic else {"PARTNERDESK_EASYBILL_PACE": "0"})
    )
    began = time.monotonic()
    async with AsyncExitStack() as exits:
        other = None
        if conditions.beside:
            other = await exits.enter_async_context(
                checked_out(conditions.beside, state.with_name(f"{state.name}-beside"))
            )
        stack = await exits.enter_async_context(
            Stack(
                state,
                Ports.free(),
                emit=say,
                durable=False,
                requests_per_second=pace,
                lexoffice_options=_SANDBOX,
                easybill_options=_EASYBILL,
                environment=environment,
                shape=conditions.shape,
                release_before=other.folder if other else None,
            )
        )
        parts = await _parts(exits, stack, conditions, other)
        http = await exits.enter_async_context(
            httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_connections=100))
        )
        firms = await _open_firms(stack, plan, http, rate=2.0 if conditions.realistic else 0.0)
        for firm in firms:
            exits.push_async_callback(firm.close)
        terminal, days = Terminal(stack.addresses.bank_url), None
        exits.push_async_callback(terminal.close)
        if plan.with_bank:
            days = BankDays(terminal, plan.seed)
            await _open_accounts(firms, terminal, plan.seed)
        say(f"Prepared within {time.monotonic() - began:.0f} s; chaos for {plan.seconds:.0f} s.")
        diary = Diary()
        monkey = Monkey(parts, say)
        deployed = {name: part for name, part in parts.items() if isinstance(part, DeployedWorker)}
        people = [Person(firm) for firm in firms]
        faults: Counter[str] = Counter()
        async with in_background(
            *(monkey.keep_running(name) for name in parts),
            monkey.revive("temporal", lambda: answers(stack)),
            *(one.be_there() for one in people),
            *(firm.banker.be_there() for firm in firms if firm.banker is not None),
            *([days.go_by()] if days is not None else []),
            *([deploy(deployed, monkey, time.monotonic(), plan.seconds)] if deployed else []),
        ) as background:
            if conditions.faults:
                await weather.begin(firms, plan.seed, lost_answers=conditions.lost_answers)
                if days is not None:
                    days.errs = True
            started = time.monotonic()
            stories = asyncio.create_task(_tell(plan, firms, diary, began=started))
            try:
                await monkey.carry_out(plan.kills, started)
                await asyncio.sleep(max(0.0, started + plan.seconds - time.monotonic()))
                if conditions.lost_answers:
                    await _lose_some(firms, stories, conditions.settle_seconds)
                faults = await weather.end(firms)
                if days is not None:
                    await days.be_right_again()
                    faults.update(days.faults)
                say(f"The weather is fine again; {len(diary.unfinished)} stories to end.")
                settled = await _settle(stack, firms, monkey, stories, conditions.settle_seconds, background)
            finally:
                stories.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await stories
        engine = await open_engine(stack)
        findings = await oracle.compare(firms, diary, stack.addresses.postgres.app_url, engine)
        findings.differences += _misbehaviour(monkey, firms, settled)
        sent = [sent for firm in firms for sent in await firm.notifications()]
        return _report(plan, conditions, findings, diary, monkey, people, firms, faults, sent, settled) | {
            "seconds": round(time.monotonic() - began)
        }


async def _parts(
    exits: AsyncExitStack, stack: Stack, conditions: Conditions, other: OtherRelease | None
) -> dict[str, Service]:
    workers: list[Service] = list(stack.workers[:2])
    if conditions.careless or other:
        await asyncio.gather(*(worker.stop() for worker in workers))
        started: list[Service] = [Careless(stack, 1), Careless(stack, 2)]
        if other:
            started = [DeployedWorker(stack, 1, other), DeployedWorker(stack, 2, other)]
        workers = started
    else:
        started = [second_worker(stack)] if len(workers) == 1 else []
        workers = [*workers, *started]
    for worker in started:
        exits.push_async_callback(worker.stop)
    await asyncio.gather(*(worker.serve() for worker in started))
    return {
        "worker 1": workers[0],
        "worker 2": workers[1],
        "api": stack.api,
        "temporal": stack.temporal,
        "postgres": stack.postgres,
    }


async def _open_firms(stack: Stack, plan: Plan, http: httpx.AsyncClient, *, rate: float) -> list[Firm]:
    ledger = await Ledger.open(stack.addresses.postgres.app_url, most_connections=4)
    try:
        firms = await asyncio.gather(
            *(
                Firm.open(
                    stack.addresses,
                    ledger,
                    http,
                    f"firma-{number + 1}",
                    lexoffice_rate=rate,
                    writes_own=plan.writes_own(number),
                    in_easybill=plan.in_easybill(number),
                )
                for number in range(plan.tenants)
            )
        )
    finally:
        await ledger.close()
    for firm in firms:
        await firm.make_partner("M1", None)
        await asyncio.gather(firm.make_partner("M2", "M1"), firm.make_partner("M3", "M1"))
    return list(firms)


async def _open_accounts(firms: Sequence[Firm], terminal: Terminal, seed: int) -> None:
    for number, firm in enumerate(firms):
        firm.banker = Banker(firm, terminal, seed, number)
        await firm.banker.open_account()


async def _tell(plan: Plan, firms: Sequence[Firm], diary: Diary, *, began: float) -> None:
    """All stories, side by side. One that breaks is noted and does not stop the others."""
    look_every = 2.0 if plan.seconds > 180 else 0.7

    async def noted(name: str, story: Coroutine[Any, Any, None]) -> None:
        try:
            await story
        except Exception as error:
            diary.unfinished[name] = f"broke at '{diary.unfinished.get(name)}': {type(error).__name__}: {error}"

    async with asyncio.TaskGroup() as group:
        for sale in plan.sales:
            story = sell(firms[sale.tenant], sale, diary, began=began, look_every=look_every)
            group.create_task(noted(f"sale {sale.index}", story))
        for collection in plan.collections:
            story = collect(firms[collection.tenant], collection, diary, began=began, look_every=look_every)
            group.create_task(noted(f"collection {collection.index}", story))


async def _lose_some(firms: Sequence[Firm], stories: asyncio.Task[None], seconds: float) -> None:
    """The weather stays bad until answers were lost: a slow machine may not create anything before the plan is over."""
    deadline = time.monotonic() + seconds
    while await weather.answers_lost(firms) < _LOST_AT_LEAST:
        if stories.done() or time.monotonic() > deadline:
            return
        await asyncio.sleep(0.5)


async def _settle(
    stack: Stack,
    firms: Sequence[Firm],
    monkey: Monkey,
    stories: asyncio.Task[None],
    seconds: float,
    background: Sequence[asyncio.Task[Any]],
) -> bool:
    """Wait until the stories have ended and nothing is under way any more. False when the time is over before."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for task in background:
            if task.done():
                await task  # an actor that broke: its error is the run's
        await asyncio.sleep(1)
        if not stories.done() or not await monkey.all_running():
            continue
        if not all(firm.banker.is_done for firm in firms if firm.banker is not None):
            continue
        try:
            if await is_quiet(stack, firms):
                return True
        except (RPCError, RuntimeError, OSError, asyncpg.PostgresConnectionError):
            continue  # up, and not yet itself again
    return False


def _misbehaviour(monkey: Monkey, firms: Sequence[Firm], settled: bool) -> list[str]:
    """What no comparison shows."""
    return [
        *([] if settled else ["something was still under way when the time for settling was over"]),
        *(f"{part} ended by itself {count} times" for part, count in monkey.ended_by_itself.items()),
        *(f"{request} was answered 500" for firm in firms for request in firm.server_errors),
    ]


def _report(
    plan: Plan,
    conditions: Conditions,
    findings: oracle.Findings,
    diary: Diary,
    monkey: Monkey,
    people: Sequence[Person],
    firms: Sequence[Firm],
    faults: Counter[str],
    sent: Sequence[dict[str, Any]],
    settled: bool,
) -> dict[str, Any]:
    delivered = Counter(
        (one["url"], one["body"]) for one in sent for attempt in one["attempts"] if attempt["status"] == 200
    )
    answered: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    for person in people:
        answered.update(person.answered)
    for firm in firms:
        errors.update(firm.server_errors)
    return {
        "seed": plan.seed,
        "minutes": round(plan.seconds / 60, 2),
        "tenants": plan.tenants,
        "realistic_limits": conditions.realistic,
        "payouts": sum(findings.payouts.values()),
        "payouts_by_state": dict(sorted(findings.payouts.items())),
        "sales": len(diary.sales),
        "decisions": diary.decisions,
        "kills": dict(sorted(monkey.kills.items())),
        "revived": dict(monkey.revived),
        "deploys": dict(monkey.deploys),
        "ended_by_themselves": dict(monkey.ended_by_itself),
        "faults": dict(sorted(faults.items())),
        "notifications": len(sent),
        "duplicates_delivered": sum(count - 1 for count in delivered.values()),
        "notifications_dropped": sum(1 for one in sent if one["status"] not in ("delivered", "pending")),
        "events": dict(sorted(findings.events.items())),
        "answered_by_people": dict(sorted(answered.items())),
        "server_errors": dict(errors),
        "settled": settled,
        "differences": findings.differences,
        "double_credit_notes": findings.double_credit_notes,
        "double_invoices": findings.double_invoices,
        "own_documents": findings.own_documents,
        "double_numbers": findings.double_numbers,
        "double_vouchers": findings.double_vouchers,
        "double_payments": findings.double_payments,
        **_of_the_bank(plan, findings, firms),
    }


def _of_the_bank(plan: Plan, findings: oracle.Findings, firms: Sequence[Firm]) -> dict[str, Any]:
    if not plan.with_bank:
        return {}
    counts: Counter[str] = Counter()
    for firm in firms:
        counts.update(firm.banker.counts if firm.banker is not None else ())
    return {
        "unexplained_cents": findings.unexplained_cents,
        "sent_back": findings.sent_back,
        "at_the_bank": dict(sorted(counts.items())),
    }
