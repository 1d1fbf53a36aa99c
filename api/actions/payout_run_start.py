"""Beginning a payout run, for the JSON API and the pages alike."""

import asyncio
from datetime import date
from uuid import UUID, uuid4

from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.engine_away import AWAY
from api.http.parts import Parts
from engine.announcing import start_payout_run
from engine.call_limit import call_limit
from engine.connect import EngineAway
from ledger import clock
from ledger.database import TenantTransaction
from ledger.payouts import payout_runs
from ledger.refusals import AlreadyExists
from workflows.messages import PayoutRunInput


async def start(tx: TenantTransaction, doors: Parts, *, day: date | None, rehearsal: bool, by: str) -> tuple[UUID, str]:
    """Id and period of a run up to this day (its sales not included); without one, to the end of last month.

    The run's row is written by its workflow's first activity, a moment later. Raises NotAcceptable, AlreadyExists and
    EngineAway: a run is nothing that the hand-over could begin later, on another day.
    """
    cut_off = payout_runs.cut_off_of(day) if day else payout_runs.last_month(clock.now())
    await payout_runs.check(tx, cut_off, rehearsal=rehearsal)
    run, period = uuid4(), payout_runs.period_of(cut_off)
    wanted = PayoutRunInput(tenant=tx.tenant, run=run, cut_off=cut_off, rehearsal=rehearsal, requested_by=by)
    try:
        async with asyncio.timeout(call_limit(doors.engine).total_seconds()):
            await start_payout_run(doors.engine, wanted, period)
    except WorkflowAlreadyStartedError:
        raise AlreadyExists("run_exists") from None
    except AWAY as error:
        raise EngineAway("The engine does not start a payout run.") from error
    return run, period
