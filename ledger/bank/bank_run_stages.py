"""How far a bank run has come, in the bank's words: read from its state, what the bank reported and what it booked."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from ledger.bank.bank_run_rows import BankRun
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.types import Frozen


class RunStage(StrEnum):
    """Whoever shows one asks `said`."""

    DRAFT = "draft"
    RELEASED = "released"
    """Approved by a second person; there is no file yet."""
    HANDED_IN = "handed_in"
    """The file was fetched to be given to the bank, which has said nothing of it yet."""
    WITHDRAWAL_ASKED = "withdrawal_asked"
    PARTLY_REJECTED = "partly_rejected"
    REJECTED = "rejected"
    PARTLY_EXECUTED = "partly_executed"
    EXECUTED = "executed"
    """The bank booked all of it, or a person said so."""
    WITHDRAWN = "withdrawn"
    """Two persons said that the bank does not carry the file out."""
    DISCARDED = "discarded"
    """Cancelled before there was a file."""


_CODES: Final[Mapping[RunStage, str]] = MappingProxyType(
    {
        RunStage.DRAFT: "run_is_a_draft",
        RunStage.RELEASED: "run_is_released",
        RunStage.HANDED_IN: "run_is_handed_in",
        RunStage.WITHDRAWAL_ASKED: "run_is_to_be_withdrawn",
        RunStage.PARTLY_REJECTED: "run_is_partly_rejected",
        RunStage.REJECTED: "run_is_rejected",
        RunStage.PARTLY_EXECUTED: "run_is_partly_executed",
        RunStage.EXECUTED: "run_is_executed",
        RunStage.WITHDRAWN: "run_is_withdrawn",
        RunStage.DISCARDED: "run_is_discarded",
    }
)


def said(stage: RunStage) -> Reason:
    """Its words, as banks use them."""
    return Reason(code=_CODES[stage])


class _Counted(Frozen):
    payments: int
    rejected: int
    booked: int


_NOTHING = _Counted(payments=0, rejected=0, booked=0)


async def of_runs(tx: TenantTransaction, runs: Sequence[BankRun]) -> dict[UUID, RunStage]:
    """The stage of each of these, by the id of the run."""
    counted = await _count(tx, [run.id for run in runs if run.exported_at is not None])
    return {run.id: _stage(run, counted.get(run.id, _NOTHING)) for run in runs}


async def of_run(tx: TenantTransaction, run: BankRun) -> RunStage:
    """The stage of one run."""
    return (await of_runs(tx, [run]))[run.id]


def _stage(run: BankRun, counted: _Counted) -> RunStage:
    match run.state:
        case "draft":
            return RunStage.DRAFT
        case "approved":
            return RunStage.RELEASED
        case "cancelled":
            return RunStage.DISCARDED if run.exported_at is None else RunStage.WITHDRAWN
    if counted.rejected:
        return RunStage.REJECTED if counted.rejected == counted.payments else RunStage.PARTLY_REJECTED
    if run.state == "confirmed" or 0 < counted.payments == counted.booked:
        return RunStage.EXECUTED
    if run.cancel_requested_at is not None:
        return RunStage.WITHDRAWAL_ASKED
    return RunStage.PARTLY_EXECUTED if counted.booked else RunStage.HANDED_IN


async def _count(tx: TenantTransaction, runs: Sequence[UUID]) -> dict[UUID, _Counted]:
    """Of the payments in each file: those that the bank rejected, and those that left, whether they came back or not.

    A debit that the bank took back as its own mistake (a reversal) has not left. What it rejected and booked all the
    same has left.
    """
    if not runs:
        return {}
    rows = await tx.fetch(
        """
        SELECT l.run_id, count(*) AS payments, count(*) FILTER (WHERE s.booked) AS booked,
               count(*) FILTER (WHERE NOT s.booked AND EXISTS (
                   SELECT FROM bank_rejections j
                    WHERE j.tenant_id = l.tenant_id AND j.run_line_id = l.id)) AS rejected
          FROM bank_run_lines l
         CROSS JOIN LATERAL (
               SELECT EXISTS (
                   SELECT FROM payment_evidence e
                    WHERE e.tenant_id = l.tenant_id AND e.run_line_id = l.id AND e.kind = 'debit'
                      AND NOT EXISTS (SELECT FROM payment_evidence c
                                       WHERE c.tenant_id = e.tenant_id AND c.cancels = e.id
                                         AND c.kind = 'reversal')) AS booked) s
         WHERE l.tenant_id = $1 AND l.run_id = ANY ($2) AND stood_in_file(l)
         GROUP BY l.run_id
        """,
        tx.tenant.id,
        runs,
    )
    return {
        row["run_id"]: _Counted(payments=row["payments"], rejected=row["rejected"], booked=row["booked"])
        for row in rows
    }
