"""Ledger and engine: is each open payout looked after by a workflow that knows its state?"""

import asyncio

from activities.doctor.views import Engine, SeenWorkflow
from ledger.database import Ledger
from ledger.reports import differences, invariants
from ledger.reports.differences import Difference
from ledger.types import PayoutNumber, PayoutState, Tenant

SETTLES_WITHIN_S = 3.0
"""A workflow follows the row by a signal: what differs is looked at again after this time."""

Suspects = dict[PayoutNumber, tuple[Difference | None, str | None]]


async def check(ledger: Ledger, engine: Engine, tenant: Tenant) -> tuple[list[Difference], list[str]]:
    """What differs, and notes. A missing history is no difference: retention may have taken it."""
    first = await _look(ledger, engine, tenant)
    if not first:
        return [], []
    await asyncio.sleep(SETTLES_WITHIN_S)
    again = await _look(ledger, engine, tenant)
    settled = [again[number] for number in first if number in again]
    return [one for one, _ in settled if one], [note for _, note in settled if note]


async def list_engine_payouts(engine: Engine, tenant: Tenant) -> list[PayoutNumber]:
    return list(await engine.all(tenant))


async def _look(ledger: Ledger, engine: Engine, tenant: Tenant) -> Suspects:
    running = await engine.running(tenant)
    async with ledger.transaction(tenant) as tx:
        waiting = {payout.number: payout for payout in await invariants.open_payouts(tx)}
        states = await invariants.states_of(tx, [number for number in running if number not in waiting])
    suspects: Suspects = {}
    for number, payout in waiting.items():
        seen = running.get(number)
        if seen is None or seen.payout_state != payout.state:
            seen = await engine.look(tenant, number)
        if verdict := _of_open(tenant, number, payout.state, seen, announced=payout.announced):
            suspects[number] = verdict
    for number in running.keys() - waiting.keys():
        seen = await engine.look(tenant, number)
        if seen is not None and seen.status == "running":
            suspects[number] = (_of_ended(tenant, number, states.get(number), seen), None)
    return suspects


def _of_open(
    tenant: Tenant, number: PayoutNumber, state: PayoutState, seen: SeenWorkflow | None, *, announced: bool
) -> tuple[Difference | None, str | None] | None:
    if seen is None:
        told = f"{number} is {state}, and the engine knows no workflow of it"
        mend = f"to start one (the hand-over does the rest): {differences.recheck_command(tenant.id, number)}"
        return (None, f"{told}; {mend}") if announced else None
    if seen.status != "running":
        return _difference(
            "workflow_ended_early",
            number,
            f"{number} is {state}, but its workflow is {seen.status}.",
            "Once its cause is gone, and only of one that has ended: temporal workflow reset --type LastWorkflowTask "
            f"--reason 'ended early' --workflow-id 'payout/{tenant.slug}/{number}'",
        ), None
    if seen.payout_state != state:
        return _difference(
            "workflow_state",
            number,
            f"{number} is {state} in the ledger, {seen.payout_state} in its workflow.",
            _describe_standstill(tenant, number, seen),
        ), None
    return None


def _describe_standstill(tenant: Tenant, number: PayoutNumber, seen: SeenWorkflow) -> str:
    if seen.failed_tasks:
        return (
            f"No worker can go on with it ({seen.failed_tasks} failed tasks in a row). If a worker's log says "
            "`Failing workflow task` and TMPRL1100, deploy the version before (docs/upgrades.md)."
        )
    return f"See that a worker runs; then have it look again: {differences.look_again(tenant, number)}"


def _of_ended(tenant: Tenant, number: PayoutNumber, state: PayoutState | None, seen: SeenWorkflow) -> Difference:
    if state is None:
        return _difference(
            "workflow_without_payout",
            number,
            f"A workflow runs for {number}, which the ledger does not know.",
            "The ledger is older than the engine, as after a restore. Once lexoffice agrees: temporal workflow "
            f"terminate --reason 'not in the ledger' --workflow-id 'payout/{tenant.slug}/{number}'",
            bars_creating=True,
        )
    return _difference(
        "workflow_still_runs",
        number,
        f"{number} is {state}, but its workflow still runs.",
        _describe_standstill(tenant, number, seen),
    )


def _difference(check: str, number: str, says: str, mend: str, *, bars_creating: bool = False) -> Difference:
    return Difference(
        check=check, subject="payout", subject_id=number, says=says, mend=mend, bars_creating=bars_creating
    )
