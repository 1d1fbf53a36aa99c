"""The run: what a loop takes is counted, then the loop goes once for each step and fate, and all views are compared."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from chaos import oracle
from chaos.actors import Diary, Story, sell_once
from chaos.background import in_background
from chaos.firm import Firm
from chaos.people import Person
from chaos.plan import Ending, Sale
from chaos.quiet import is_quiet, open_engine
from chaos.steps.points import Fate, Folder, Point, Step
from chaos.steps.stack import SteppingStack
from ledger.database import Ledger
from sandbox.processes import StackError
from sandbox.stack import Ports

Say = Callable[[str], None]

LOOPS = ("credit-note.lexoffice", "own-document.lexoffice")
"""Strategy and books."""
_OF_NOTIFICATIONS = (
    "api.webhooks.lexoffice",
    "engine.announcer.Announcer._flush",
    "fetch_document",
    "fetch_payments",
    "conclude",
)
"""Those of one click are gathered, or are not."""
_WARM_UPS = 1
_PATIENCE_S = 400.0
"""A contact that may have been made is looked for during two minutes (activities/creation/voucher_contacts.py)."""
_IN_FLIGHT_S = 8.0
_ENVIRONMENT = {
    "PARTNERDESK_QUIET_SECONDS": "0.3",
    "PARTNERDESK_LOOK_AGAIN_SECONDS": "1,4",
    "PARTNERDESK_HANDOVER_AFTER_SECONDS": "2",
    "PARTNERDESK_HANDOVER_EVERY_SECONDS": "4",
    "PARTNERDESK_SWEEP_EVERY_SECONDS": "6",
    "PARTNERDESK_SWEEP_OPEN_EVERY_SECONDS": "12",
    # A create may take 3 s and is certain after 7 s; the search begins then.
    "PARTNERDESK_CREATE_SECONDS": "3",
    "PARTNERDESK_CERTAIN_SECONDS": "7",
    "PARTNERDESK_UNCLEAR_OUTCOME_SECONDS": "1",
    # Slots are taken, and there is always one.
    "PARTNERDESK_LEXOFFICE_PACE": "100",
    "PARTNERDESK_LOG_LEVEL": "warning",
}


@dataclass
class Report:
    """What was done, and what came of it."""

    steps: dict[str, list[Step]] = field(default_factory=dict)
    """By loop: what it takes when nothing happens."""
    loops: int = 0
    fallen: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    """Points that the loop did not come to: with another order of what goes on at once a step may have another name."""
    slowest: list[tuple[float, str]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    findings: oracle.Findings | None = None

    @property
    def is_good(self) -> bool:
        """Nothing differs, and nothing was made twice."""
        found = self.findings
        assert found is not None
        doubles = (found.double_credit_notes, found.double_invoices, found.double_numbers, found.double_vouchers)
        return not self.differences and not any(doubles)

    def printable(self) -> dict[str, Any]:
        found = self.findings
        assert found is not None
        return {
            "steps": {loop: len(steps) for loop, steps in self.steps.items()},
            "loops": self.loops,
            "disturbed": dict(self.fallen),
            "missed": self.missed,
            "slowest": [f"{seconds:.0f} s: {what}" for seconds, what in sorted(self.slowest, reverse=True)[:5]],
            "payouts_by_state": dict(found.payouts),
            "differences": self.differences,
            "double_credit_notes": found.double_credit_notes,
            "double_invoices": found.double_invoices,
            "double_numbers": found.double_numbers,
            "double_vouchers": found.double_vouchers,
        }


class Rounds:
    """Loops of one firm, one after the other."""

    def __init__(
        self, stack: SteppingStack, firms: Sequence[Firm], folder: Folder, report: Report, diary: Diary
    ) -> None:
        self._stack = stack
        self._firms = firms
        self._folder = folder
        self._report = report
        self._diary = diary
        self._count = 0

    async def once(self, firm: Firm, point: Point | None) -> list[Step]:
        """A sale, from the partner's customer to the paid payout. Returns the steps that were taken."""
        self._count += 1
        loop = self._count
        sale = _sale(loop)
        await firm.make_partner(sale.seller, sale.manager)
        self._folder.begin(loop, point)
        began = time.monotonic()
        story = Story(firm, f"loop {loop} ({point})", sale.think_seconds, self._diary, look_every=0.1)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await sell_once(story, sale, self._diary)
                while not await is_quiet(self._stack, self._firms):  # noqa: ASYNC110 - nothing tells of it
                    await asyncio.sleep(0.1)
        except TimeoutError:
            for part in (self._stack.worker, self._stack.api):
                if part.has_ended:
                    raise StackError(f"{part.name} does not start any more. {part.process.last_words()}") from None
            at = self._diary.unfinished.pop(f"loop {loop} ({point})", "something was still under way")
            self._report.differences.append(f"loop {loop} ({point}): {at}")
        self._report.loops += 1
        if point is not None:
            self._report.slowest.append((time.monotonic() - began, str(point)))
            now = self._folder.now()
            if now is not None and now.point is not None:
                self._report.missed.append(str(point))
            else:
                self._report.fallen[point.fate] += 1
        return self._folder.taken(loop)


async def run(
    loops: Sequence[str], choose: Callable[[str, Sequence[Point]], Sequence[Point]], state: Path, say: Say
) -> Report:
    """`choose` takes, for a loop, those of its points that are tried."""
    report, diary = Report(), Diary()
    folder = Folder(state / "steps")
    async with AsyncExitStack() as exits:
        stack = await exits.enter_async_context(
            SteppingStack(state, Ports.free(), emit=say, folder=state / "steps", environment=_ENVIRONMENT)
        )
        http = await exits.enter_async_context(httpx.AsyncClient(trust_env=False))
        firms = await _open_firms(stack, loops, http)
        for firm in firms.values():
            exits.push_async_callback(firm.close)
        rounds = Rounds(stack, list(firms.values()), folder, report, diary)
        people = (Person(firm, in_flight_s=_IN_FLIGHT_S) for firm in firms.values())
        async with in_background(*(person.be_there() for person in people)):
            for loop, firm in firms.items():
                for _ in range(_WARM_UPS):
                    await rounds.once(firm, None)
                steps = report.steps[loop] = await rounds.once(firm, None)
                points = choose(loop, all_points(steps))
                say(f"{loop}: {len(steps)} steps; {len(points)} times with one of them disturbed …")
                for number, point in enumerate(points, start=1):
                    began = time.monotonic()
                    await rounds.once(firm, point)
                    say(f"{loop} {number}/{len(points)}: {point} ({time.monotonic() - began:.1f} s)")
        findings = report.findings = await oracle.compare(
            list(firms.values()), diary, stack.addresses.postgres.app_url, await open_engine(stack)
        )
    report.differences += findings.differences
    report.differences += [f"{request} was answered 500" for firm in firms.values() for request in firm.server_errors]
    return report


def all_points(steps: Sequence[Step]) -> list[Point]:
    """Every step with every fate that it can have."""
    return [Point(step, fate) for step in steps for fate in fates(step)]


def fates(step: Step) -> tuple[Fate, ...]:
    """What is taken has no "before" of ours, and what is written to a file no answer."""
    if step.name.endswith(" taken"):
        return (Fate.AFTER,)
    if step.name.startswith("file:"):
        return (Fate.BEFORE, Fate.AFTER)
    return (Fate.BEFORE, Fate.AFTER, Fate.LOST)


def listed(steps: Iterable[Step]) -> list[str]:
    """As they are kept in docs/steps: each name once, in order. How often a document's workflow is woken is a matter of
    time, and not told; how often a payout commits and asks a provider is."""
    counts = Counter(f"{step.process}: {step.name}" for step in steps)
    return sorted(f"{name} ×{count}" if _is_counted(name) else name for name, count in counts.items())


def _is_counted(name: str) -> bool:
    _, kind, doer = name.split(": ", 2)
    return kind != "engine" and not doer.startswith(_OF_NOTIFICATIONS) and not doer.endswith(_OF_NOTIFICATIONS)


def _sale(number: int) -> Sale:
    return Sale(
        index=number,
        tenant=0,
        begins_at=0.0,
        seller=f"S{number:04d}",
        manager="M1",
        net_cents=100_000 + 100 * number,
        written_by_us=False,
        ending=Ending.PAID,
        answer_to_returned="",
        think_seconds=(0.0,) * 6,
    )


async def _open_firms(stack: SteppingStack, loops: Sequence[str], http: httpx.AsyncClient) -> Mapping[str, Firm]:
    ledger = await Ledger.open(stack.addresses.postgres.app_url, most_connections=2)
    firms: dict[str, Firm] = {}
    try:
        for loop in loops:
            slug = loop.replace(".", "-")
            own = loop.startswith("own-document")
            firms[loop] = await Firm.open(stack.addresses, ledger, http, slug, lexoffice_rate=0.0, writes_own=own)
            await firms[loop].make_partner("M1", None)
    finally:
        await ledger.close()
    return firms
