"""What a bank says of a file of ours before it books (pain.002): rejected payments, and the check of names.

A report applies only by OrgnlMsgId and OrgnlPmtInfId (rules.md, Bank). It frees nothing by itself: a person reads the
question and has the run cancelled by two, while no debit of it was seen. ACCP, ACSP and ACSC are progress and prove
nothing; the check of a name is no rejection.
"""

from collections import Counter
from collections.abc import Iterator

from bankstatements.models import Report, ReportedPayment
from ledger import tasks
from ledger.bank import return_reasons
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable

_REJECTED = "RJCT"
_CHECKS = {"RCVC": "match", "RVMC": "close", "RVNM": "none", "RVNA": "not_possible"}
_MOST_NAMED = 200


async def note(tx: TenantTransaction, report: Report) -> None:
    """Ask what must be asked about the run. Raises NotAcceptable for a report of a file that is not ours."""
    run = await tx.fetchval(
        "SELECT number FROM bank_runs WHERE tenant_id = $1 AND number = $2 AND file_sha256 IS NOT NULL",
        tx.tenant.id,
        report.original_message_id,
    )
    blocks = {block.payment_information_id for block in report.blocks} - {None, run}
    if run is None or blocks:
        raise NotAcceptable("report_of_no_run")
    await _ask_about_rejected(tx, run, report)
    await _ask_about_names(tx, run, report)


async def _ask_about_rejected(tx: TenantTransaction, run: str, report: Report) -> None:
    rejected = [(payment.end_to_end_id, _code(payment)) for payment in _payments(report) if payment.status == _REJECTED]
    whole = report.status == _REJECTED or any(block.status == _REJECTED for block in report.blocks)
    if not whole and not rejected:
        return
    of_all = [*report.reasons, *(reason for block in report.blocks for reason in block.reasons)]
    codes = [code for _, code in rejected] or [reason.code for reason in of_all]
    why = return_reasons.in_words(codes[0] if codes else None).model_dump()
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind="bank_rejected",
            subject="bank_run",
            subject_id=run,
            reason=Reason.of("bank_rejected_file", run=run, why=why)
            if whole
            else Reason.of("bank_rejected_payments", run=run, n=len(rejected), why=why),
            detail={"payments": [{"end_to_end_id": id, "code": code} for id, code in rejected[:_MOST_NAMED]]},
            links={"bank_run": f"/api/v1/bank-runs/{run}"},
        ),
    )


async def _ask_about_names(tx: TenantTransaction, run: str, report: Report) -> None:
    """The name itself stays in the file, which is encrypted: a question is no place for it."""
    checked = [payment for payment in _payments(report) if payment.status in _CHECKS]
    unlike = [payment for payment in checked if payment.status in ("RVMC", "RVNM")]
    if not unlike:
        return
    counted = Counter(_CHECKS[payment.status or ""] for payment in checked)
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind="names_checked",
            subject="bank_run",
            subject_id=run,
            reason=Reason.of("names_do_not_fit", run=run, close=counted["close"], none=counted["none"]),
            detail={
                "payments": [{"end_to_end_id": one.end_to_end_id, "result": one.status} for one in unlike[:_MOST_NAMED]]
            },
            links={"bank_run": f"/api/v1/bank-runs/{run}"},
        ),
    )


def _payments(report: Report) -> Iterator[ReportedPayment]:
    for block in report.blocks:
        yield from block.payments


def _code(payment: ReportedPayment) -> str | None:
    return next((reason.code for reason in payment.reasons if reason.code), None)
