"""What a bank says of a file of ours before it books (pain.002): rejected payments, and the check of names.

A report applies only by OrgnlMsgId and OrgnlPmtInfId (rules.md, Bank). It frees nothing by itself: what it rejects is
kept, and a second person confirms it (ledger/bank/bank_rejections.py). ACCP, ACSP and ACSC are progress and prove
nothing; the check of a name is no rejection.
"""

from collections import Counter
from collections.abc import Iterator

from bankstatements.models import Report, ReportedPayment
from ledger import plain_text, tasks
from ledger.bank import bank_rejections, bank_run_rows, payee_checks, return_reasons
from ledger.bank.bank_rejections import BANK_REJECTED
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable

_REJECTED = "RJCT"
_MOST_NAMED = 200


async def note(tx: TenantTransaction, report: Report, *, by: str) -> None:
    """Keep what was checked, and ask what must be asked about the run. Locks the own account of its debit, and the run.

    Raises NotAcceptable for a report of a file that is not ours.
    """
    run = await tx.fetchval(
        "SELECT number FROM bank_runs WHERE tenant_id = $1 AND number = $2 AND file_sha256 IS NOT NULL",
        tx.tenant.id,
        report.original_message_id,
    )
    blocks = {block.payment_information_id for block in report.blocks} - {None, run}
    if run is None or blocks:
        raise NotAcceptable("report_of_no_run")
    await tx.execute(
        """
        SELECT 1 FROM tenant_bank_accounts
         WHERE tenant_id = $1 AND id IN (SELECT account_id FROM bank_entries
                                          WHERE tenant_id = $1 AND batch_reference = $2 AND state = 'unresolved')
         ORDER BY seq FOR NO KEY UPDATE
        """,
        tx.tenant.id,
        run,
    )
    await bank_run_rows.lock(tx, run)
    await _keep_rejected(tx, run, report, by=by)
    await _ask_about_rejected(tx, run, report)
    await _keep_checks(tx, run, report, by=by)
    await _ask_about_names(tx, run, report)


async def _keep_rejected(tx: TenantTransaction, run: str, report: Report, *, by: str) -> None:
    whole, of_all = _of_the_whole(report)
    rejected = {one.end_to_end_id: _code(one) for one in _payments(report) if one.status == _REJECTED}
    if not whole and not rejected:
        return
    lines = await bank_run_rows.lines(tx, (await bank_run_rows.get(tx, run)).id)
    codes = {
        line.id: rejected.get(line.end_to_end_id) or of_all
        for line in lines
        if line.released_at is None and (whole or line.end_to_end_id in rejected)
    }
    await bank_rejections.keep(tx, codes, by=by)
    # The sum of its debit may be that of the file without them, and have been told before.
    await tx.execute(
        """
        UPDATE bank_entries SET state = 'waiting'
         WHERE tenant_id = $1 AND batch_reference = $2 AND state = 'unresolved' AND outcome_code = 'batch_differs'
        """,
        tx.tenant.id,
        run,
    )


def _of_the_whole(report: Report) -> tuple[bool, str | None]:
    """Whether all of the file is rejected, and by which code."""
    reasons = [*report.reasons, *(reason for block in report.blocks for reason in block.reasons)]
    whole = report.status == _REJECTED or any(block.status == _REJECTED for block in report.blocks)
    return whole, next((reason.code for reason in reasons if reason.code), None)


async def _ask_about_rejected(tx: TenantTransaction, run: str, report: Report) -> None:
    rejected = [(payment.end_to_end_id, _code(payment)) for payment in _payments(report) if payment.status == _REJECTED]
    whole, of_all = _of_the_whole(report)
    if not whole and not rejected:
        return
    why = return_reasons.in_words(rejected[0][1] if rejected else of_all).model_dump()
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=BANK_REJECTED,
            subject="bank_run",
            subject_id=run,
            reason=Reason.of("bank_rejected_file", run=run, why=why)
            if whole
            else Reason.of("bank_rejected_payments", run=run, n=len(rejected), why=why),
            detail={"payments": [{"end_to_end_id": id, "code": code} for id, code in rejected[:_MOST_NAMED]]},
            links={"bank_run": f"/api/v1/bank-runs/{run}"},
        ),
    )


async def _keep_checks(tx: TenantTransaction, run: str, report: Report, *, by: str) -> None:
    checked = {one.end_to_end_id: one for one in _payments(report) if one.status in payee_checks.RESULTS}
    if not checked:
        return
    for line in await bank_run_rows.lines(tx, (await bank_run_rows.get(tx, run)).id):
        told = checked.get(line.end_to_end_id)
        if told is None or not line.stood_in_file:
            continue
        new = payee_checks.NewCheck(
            result=payee_checks.RESULTS[told.status or ""], holder_at_bank=_printed(told.name_at_bank)
        )
        await payee_checks.keep(tx, line, new, reported=True, by=by)


def _printed(name: str | None) -> str | None:
    """As names are kept: one printable line. One without a letter says nothing."""
    kept = plain_text.cleaned(name or "", 140)
    return kept if any(map(str.isalpha, kept)) else None


async def _ask_about_names(tx: TenantTransaction, run: str, report: Report) -> None:
    """The name itself is kept with the account: a question is no place for it."""
    checked = [payment for payment in _payments(report) if payment.status in payee_checks.RESULTS]
    unlike = [payment for payment in checked if payment.status in ("RVMC", "RVNM")]
    if not unlike:
        return
    counted = Counter(payee_checks.RESULTS[payment.status or ""] for payment in checked)
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
