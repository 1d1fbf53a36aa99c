"""A month on one page: how far its payouts have come, step by step, what each step still lacks, and what is next.

Steps follow the money: sales, rehearsal, run, approval, documents, file, bank, paid, reconciled. `number` and `cents`
of a step are what has got past it; what has not is told by the step where it stands. Payouts of a month:
payout_months.py.
"""

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from ledger import clock
from ledger.bank import open_vouchers
from ledger.bank.open_vouchers import OpenVouchers
from ledger.connections.budget import minutes_to_create
from ledger.database import TenantTransaction
from ledger.payouts import payout_run_results
from ledger.payouts.payout_run_results import RunTotals
from ledger.reasons import Reason
from ledger.reports import month_counts
from ledger.reports.month_counts import Entries, Group, Questions, Sales
from ledger.types import Frozen, PaidBy, TaskId, month_after


class Stage(StrEnum):
    """A step of the month, in the order in which money goes."""

    SALES = "sales"
    REHEARSAL = "rehearsal"
    RUN = "run"
    APPROVAL = "approval"
    DOCUMENTS = "documents"
    FILE = "file"
    BANK = "bank"
    PAID = "paid"
    RECONCILED = "reconciled"


class Step(Frozen):
    """One step. Cents are gross. `missing`: what it lacks, each with its number `n`; empty where nothing does."""

    stage: Stage
    number: int
    cents: int
    missing: tuple[Reason, ...] = ()


class Month(Frozen):
    """The steps of a month in their order. `next` is the code of what is to be done, or waited for, first."""

    month: date
    steps: tuple[Step, ...]
    next: str | None
    """Of TO_BEGIN and TO_GO_ON; None where nothing of it is missing."""
    rehearsal: UUID | None
    """The newest rehearsal of the month."""
    run: UUID | None
    """The month's run, or the newest of several."""
    bank_run: str | None
    """The one file of the month that waits for its approval, or to be made; None where there are several."""
    question: TaskId | None
    """What the bank asks of a file of the month, where that is one question."""
    minutes: float
    """How long lexoffice takes for the documents that are not written yet: 18 a minute."""
    paid_by: PaidBy
    open_vouchers: OpenVouchers
    is_reconciled: bool

    def step(self, stage: Stage | str) -> Step:
        """The step of this name."""
        return next(one for one in self.steps if one.stage == stage)


TO_BEGIN = ("month_not_rehearsed", "month_rehearsal_under_way", "month_has_no_run", "month_is_not_over")
TO_GO_ON = (
    "month_run_under_way",
    "month_awaiting_approval",
    "month_documents_to_come",
    "month_files_to_approve",
    "month_files_to_make",
    "month_names_do_not_fit",
    "month_file_rejected",
    "month_in_no_file",
    "month_not_on_a_statement",
    "month_to_mark_paid",
    "month_entries_unexplained",
    "month_open_in_books",
    "month_outcome_unknown",
    "month_payouts_held",
    "month_documents_blocked",
    "month_returned",
)
"""What can be missing, in the order in which it is worked off: first what moves most, then single payouts. A month that
has payouts already, by hand, goes on with these before its run."""


_Predicate = Callable[[Group], bool]
_GONE = ("rejected", "cancelled")
_ENDED = ("paid", "settled_manually")
_WITH_DOCUMENT = ("credit_note_open", "returned", *_ENDED)
_SENT = ("exported", "confirmed")


async def of_month(tx: TenantTransaction, month: date) -> Month:
    """The month that begins on this day."""
    runs = await month_counts.runs(tx, month)
    rehearsed = await payout_run_results.totals(tx, runs.rehearsal["id"]) if runs.rehearsal else None
    groups = await month_counts.groups(tx, month)
    opened = await open_vouchers.count_of_month(tx, month)
    entries = await month_counts.unexplained(tx, month)
    paid_by = PaidBy(await tx.fetchval("SELECT paid_by FROM tenants WHERE id = $1", tx.tenant.id))
    asked = await month_counts.questions(tx, month)
    minutes = _minutes(groups)
    steps = (
        _sales(await month_counts.sales(tx, month)),
        _rehearsal(runs.rehearsal, rehearsed, is_run=runs.run is not None),
        _run(runs.run, groups, month),
        *_payouts(groups, minutes, paid_by, asked),
        _reconciled(groups, opened, entries),
    )
    lacks = {reason.code for step in steps for reason in step.missing}
    order = TO_GO_ON + TO_BEGIN if groups else TO_BEGIN + TO_GO_ON
    return Month(
        month=month,
        steps=steps,
        next=next((code for code in order if code in lacks), None),
        rehearsal=runs.rehearsal["id"] if runs.rehearsal else None,
        run=runs.run["id"] if runs.run else None,
        bank_run=await month_counts.waiting_file(tx, month),
        question=asked.only,
        minutes=minutes,
        paid_by=paid_by,
        open_vouchers=opened,
        is_reconciled=bool(_sum(groups, lambda one: one.state not in _GONE)[0]) and not steps[-1].missing,
    )


def _sales(sales: Sales) -> Step:
    return Step(
        stage=Stage.SALES,
        number=sales.paid,
        cents=sales.paid_cents,
        missing=_told(
            ("month_sales_unpaid", (sales.unpaid, sales.unpaid_cents)),
            ("month_sales_held", (sales.held, None)),
        ),
    )


def _rehearsal(run: Any | None, totals: RunTotals | None, *, is_run: bool) -> Step:
    """A run that has begun makes a rehearsal superfluous."""
    missing: tuple[Reason, ...] = ()
    if run is None or totals is None:
        return Step(
            stage=Stage.REHEARSAL, number=0, cents=0, missing=() if is_run else (Reason.of("month_not_rehearsed"),)
        )
    if run["state"] == "running" and not is_run:
        missing = (Reason.of("month_rehearsal_under_way", n=run["partners"]),)
    else:
        waiting = sum(one.partners for one in totals.waiting)
        missing = _told(("month_partners_wait", (waiting, sum(one.net_cents for one in totals.waiting))))
    return Step(stage=Stage.REHEARSAL, number=totals.payouts, cents=totals.gross_cents, missing=missing)


def _run(run: Any | None, groups: Sequence[Group], month: date) -> Step:
    n, cents = _sum(groups, lambda one: True)
    missing: tuple[Reason, ...] = ()
    if run is None and month_after(month) > clock.today():
        missing = (Reason.of("month_is_not_over", day=month_after(month).isoformat()),)
    elif run is None:
        missing = (Reason.of("month_has_no_run"),)
    elif run["state"] == "running":
        missing = (Reason.of("month_run_under_way", n=run["partners"]),)
    return Step(stage=Stage.RUN, number=n, cents=cents, missing=missing)


def _payouts(groups: Sequence[Group], minutes: float, paid_by: PaidBy, asked: Questions) -> tuple[Step, ...]:
    """The steps from the approval to the payment."""

    def step(stage: Stage, past: _Predicate, *lacks: tuple[str, _Predicate], more: tuple[Reason, ...] = ()) -> Step:
        number, cents = _sum(groups, past)
        told = _told(*((code, _sum(groups, stands)) for code, stands in lacks))
        return Step(stage=stage, number=number, cents=cents, missing=(*told, *more))

    documents = step(
        Stage.DOCUMENTS,
        lambda one: one.state in _WITH_DOCUMENT,
        ("month_documents_to_come", lambda one: one.state == "approved" and not one.is_stopped),
        ("month_outcome_unknown", lambda one: one.state == "outcome_unknown"),
        ("month_documents_blocked", lambda one: one.state == "approved" and one.is_stopped),
    )
    timed = tuple(
        Reason.of(one.code, **one.params, minutes=max(1, round(minutes)))
        if one.code == "month_documents_to_come"
        else one
        for one in documents.missing
    )
    seen_matters = paid_by is not PaidBy.LEXOFFICE
    return (
        step(
            Stage.APPROVAL,
            lambda one: one.state not in ("awaiting_approval", *_GONE),
            ("month_awaiting_approval", lambda one: one.state == "awaiting_approval" and not one.is_stopped),
            ("month_payouts_held", lambda one: one.state == "awaiting_approval" and one.is_stopped),
        ),
        documents.model_copy(update={"missing": timed}),
        step(
            Stage.FILE,
            lambda one: one.state in ("returned", *_ENDED) or (one.state == "credit_note_open" and _left(one)),
            ("month_in_no_file", lambda one: one.state == "credit_note_open" and one.file is None and not one.is_seen),
            ("month_files_to_approve", lambda one: one.file == "draft" and not one.is_seen),
            ("month_files_to_make", lambda one: one.file == "approved" and not one.is_seen),
        ),
        step(
            Stage.BANK,
            lambda one: one.state in _ENDED or one.is_seen,
            ("month_not_on_a_statement", lambda one: one.file in _SENT and not one.is_seen),
            ("month_returned", lambda one: one.state == "returned"),
            more=_told(
                ("month_names_do_not_fit", (len(asked.names), None)),
                ("month_file_rejected", (len(asked.rejected), None)),
            ),
        ),
        step(
            Stage.PAID,
            lambda one: one.state in _ENDED,
            (
                "month_to_mark_paid",
                lambda one: (
                    one.state == "credit_note_open"
                    and paid_by is not PaidBy.BANK
                    and not one.is_unbooked
                    and (one.is_seen or (one.file in _SENT and not seen_matters))
                ),
            ),
        ),
    )


def _left(group: Group) -> bool:
    return group.is_seen or group.file in _SENT


def _reconciled(groups: Sequence[Group], opened: OpenVouchers, entries: Entries) -> Step:
    """What came back is explained: it is owed, and its voucher is rightly open."""
    number, cents = _sum(groups, lambda one: one.state in _ENDED)
    unended = _sum(groups, lambda one: one.state not in ("returned", *_ENDED, *_GONE))
    unanswered = opened.vouchers - opened.assigned
    return Step(
        stage=Stage.RECONCILED,
        number=number - opened.paid,
        cents=cents - opened.paid_cents,
        missing=_told(
            ("month_not_ended", unended),
            ("month_open_in_books", (unanswered, opened.cents)),
            ("month_entries_unexplained", entries),
        ),
    )


def _minutes(groups: Sequence[Group]) -> float:
    to_come = [one for one in groups if one.state == "approved" and not one.is_stopped and not one.is_unbooked]
    return minutes_to_create(
        credit_notes=sum(one.n for one in to_come if not one.as_voucher),
        vouchers=sum(one.n for one in to_come if one.as_voucher),
    )


def _sum(groups: Sequence[Group], chosen: _Predicate) -> tuple[int, int]:
    found = [one for one in groups if chosen(one)]
    return sum(one.n for one in found), sum(one.cents for one in found)


def _told(*lacks: tuple[str, tuple[int, int | None]]) -> tuple[Reason, ...]:
    """Those of which there is something."""
    return tuple(Reason.of(code, n=n, **({} if cents is None else {"cents": cents})) for code, (n, cents) in lacks if n)
