"""Telling the engine what the ledger already holds (engine.md, Three writes and one hand-over).

Each function is one RPC, safe to repeat: a workflow that already runs, or has ended, counts as told. They raise what
the client raises (RPCError, RuntimeError of a lazy client, time-outs); the row stands, and the hand-over repeats it.
"""

import contextlib
from typing import Any
from uuid import UUID

from temporalio.client import Client
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.models import DocumentCreation, EventAnnouncement
from engine.call_limit import call_limit
from ledger.payouts.payout_runs import PayoutRun
from ledger.types import DecisionId, DecisionKind, PayoutState, Tenant
from workflows import search_attributes
from workflows.mail import MAILS
from workflows.messages import (
    PAYOUTS,
    DocumentInput,
    EndpointInput,
    MailInput,
    OwnDocumentInput,
    Pace,
    PapersInput,
    PayoutInput,
    PayoutRunInput,
    StatementInput,
    VatCheckInput,
    document_workflow_id,
    events_out_workflow_id,
    invoice_workflow_id,
    mail_workflow_id,
    own_document_workflow_id,
    papers_workflow_id,
    payout_run_id,
    payout_workflow_id,
    statement_workflow_id,
    subscriptions_workflow_id,
    vat_check_workflow_id,
)
from workflows.words import say


async def announce_payout(client: Client, payout: PayoutInput) -> None:
    """Start the payout's workflow, if it has not been started before."""
    await _start_payout(client, payout)


async def announce_recheck(client: Client, payout: PayoutInput) -> None:
    """Lines, bank data or state changed outside the workflow: look again."""
    await _start_payout(client, payout, "recheck", [])


async def announce_decision(client: Client, payout: PayoutInput, kind: DecisionKind, decision: DecisionId) -> None:
    """Tell a payout that a decision about it was made; its workflow is started if it was not."""
    await _start_payout(client, payout, kind.value, [{"decision": str(decision)}])


async def announce_invoice(client: Client, creation: DocumentCreation) -> None:
    """Start the workflow that writes a sale's invoice, once for each intent; one that runs looks at its row again.

    So a person's answer is announced like the intent itself, and by the hand-over if nobody else does.
    """
    try:
        await client.start_workflow(
            "InvoiceWorkflow",
            creation,
            id=invoice_workflow_id(creation.tenant, creation.intent),
            task_queue=PAYOUTS,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="resolve",
            search_attributes=TypedSearchAttributes(
                [SearchAttributePair(search_attributes.TENANT, creation.tenant.slug)]
            ),
            static_summary=say("step_create_invoice"),
            priority=Priority(fairness_key=creation.tenant.slug),
            rpc_timeout=call_limit(client),
        )
    except WorkflowAlreadyStartedError:
        pass  # It has ended: the invoice was made, or given up.


async def announce_own_document(client: Client, about: OwnDocumentInput) -> None:
    """Start the workflow that carries a Storno or a correction, once for each decision; one that runs looks again."""
    with contextlib.suppress(WorkflowAlreadyStartedError):  # it has ended: the row says how
        await client.start_workflow(
            "OwnDocumentWorkflow",
            about,
            id=own_document_workflow_id(about),
            task_queue=PAYOUTS,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="look_again",
            search_attributes=TypedSearchAttributes([SearchAttributePair(search_attributes.TENANT, about.tenant.slug)]),
            static_summary=say("workflow_own_document"),
            priority=Priority(fairness_key=about.tenant.slug),
            rpc_timeout=call_limit(client),
        )


async def announce_event(
    client: Client, tenant: Tenant, announced: EventAnnouncement, pace: Pace | None = None
) -> None:
    """Hand a notification to the one place where events of its document are handled, one after the other.

    Documents that the ledger does not have are fetched after everything else.
    """
    told = {"event": announced.event, "delivery": announced.delivery, **({} if announced.known else {"unknown": True})}
    await client.start_workflow(
        "DocumentWorkflow",
        DocumentInput(tenant=tenant, resource_id=announced.resource_id, pace=pace or Pace()),
        id=document_workflow_id(tenant, announced.resource_id),
        task_queue=PAYOUTS,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        start_signal="notify",
        start_signal_args=[told],
        search_attributes=TypedSearchAttributes([SearchAttributePair(search_attributes.TENANT, tenant.slug)]),
        static_summary=say("workflow_document"),
        priority=Priority(fairness_key=tenant.slug),
        rpc_timeout=call_limit(client),
    )


async def announce_mail(client: Client, mail: MailInput) -> None:
    """Start the workflow that sends a mail, once for each row of the outbox."""
    whose = [] if mail.tenant is None else [SearchAttributePair(search_attributes.TENANT, mail.tenant.slug)]
    with contextlib.suppress(WorkflowAlreadyStartedError):  # it has ended: the row says how
        await client.start_workflow(
            "MailWorkflow",
            mail,
            id=mail_workflow_id(mail),
            task_queue=PAYOUTS,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=TypedSearchAttributes(whose),
            static_summary=say("workflow_mail", kind=MAILS.get(mail.kind, mail.kind)),
            priority=Priority(fairness_key=mail.tenant.slug if mail.tenant else "person"),
            rpc_timeout=call_limit(client),
        )


async def announce_vat_check(client: Client, task: VatCheckInput) -> None:
    """Start the workflow that has a VAT id looked up, once for each question; one that waits asks now."""
    with contextlib.suppress(WorkflowAlreadyStartedError):  # it has ended: the row says how
        await client.start_workflow(
            "VatCheckWorkflow",
            task,
            id=vat_check_workflow_id(task),
            task_queue=PAYOUTS,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="ask_again",
            search_attributes=TypedSearchAttributes([SearchAttributePair(search_attributes.TENANT, task.tenant.slug)]),
            static_summary=say("workflow_vat_check"),
            priority=Priority(fairness_key=task.tenant.slug),
            rpc_timeout=call_limit(client),
        )


async def announce_papers(client: Client, tenant: Tenant) -> None:
    """Have the PDFs fetched that are due, unless that is just being done."""
    await client.start_workflow(
        "PapersWorkflow",
        PapersInput(tenant=tenant),
        id=papers_workflow_id(tenant),
        task_queue=PAYOUTS,
        # Again whenever something is due; the ledger knows which files are there.
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        search_attributes=TypedSearchAttributes([SearchAttributePair(search_attributes.TENANT, tenant.slug)]),
        static_summary=say("workflow_papers"),
        priority=Priority(fairness_key=tenant.slug),
        rpc_timeout=call_limit(client),
    )


async def announce_statement(client: Client, tenant: Tenant, file: UUID) -> None:
    """Have what a file of the bank tells compared with the payouts, unless that is just being done."""
    await client.start_workflow(
        "StatementWorkflow",
        StatementInput(tenant=tenant, file=file),
        id=statement_workflow_id(tenant, file),
        task_queue=PAYOUTS,
        # Again while the row is not marked: doing it again changes nothing.
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        search_attributes=TypedSearchAttributes([SearchAttributePair(search_attributes.TENANT, tenant.slug)]),
        static_summary=say("workflow_statement"),
        priority=Priority(fairness_key=tenant.slug),
        rpc_timeout=call_limit(client),
    )


async def announce_events_out(client: Client, to: EndpointInput) -> None:
    """Have an endpoint told what is due, and wake whoever waits to tell it."""
    await client.start_workflow(
        "EventsOutWorkflow",
        to,
        id=events_out_workflow_id(to),
        task_queue=PAYOUTS,
        # Again whenever something is due; the rows know what was told.
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        start_signal="wake",
        search_attributes=TypedSearchAttributes([SearchAttributePair(search_attributes.TENANT, to.tenant.slug)]),
        static_summary=say("workflow_events_out"),
        priority=Priority(fairness_key=to.tenant.slug),
        rpc_timeout=call_limit(client),
    )


async def set_up_subscriptions(client: Client, tenant: Tenant) -> None:
    """Have the tenant's event subscriptions checked and repaired; where that is being done, once more afterwards."""
    await client.start_workflow(
        "SubscriptionsWorkflow",
        tenant,
        id=subscriptions_workflow_id(tenant),
        task_queue=PAYOUTS,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        start_signal="set_up",
        search_attributes=TypedSearchAttributes([SearchAttributePair(search_attributes.TENANT, tenant.slug)]),
        static_summary=say("workflow_subscriptions"),
        priority=Priority(fairness_key=tenant.slug),
        rpc_timeout=call_limit(client),
    )


async def announce_payout_run(client: Client, tenant: Tenant, run: PayoutRun) -> None:
    """Start the workflow of a run that somebody asked for; it reads who and when from the row, and marks it as begun.

    One of the same period that is under way is this run's, or takes the last batch of one that was cancelled: then the
    row goes on to wait, and the hand-over repeats this.
    """
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await client.start_workflow(
            "PayoutRunWorkflow",
            PayoutRunInput(tenant=tenant, run=run.id),
            id=payout_run_workflow_id(tenant, run),
            task_queue=PAYOUTS,
            # A period whose run was cancelled is held again; which run has it, the ledger decides.
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            search_attributes=TypedSearchAttributes([SearchAttributePair(search_attributes.TENANT, tenant.slug)]),
            static_summary=say("workflow_rehearsal" if run.rehearsal else "workflow_run", period=run.period),
            priority=Priority(fairness_key=tenant.slug),
            rpc_timeout=call_limit(client),
        )


def payout_run_workflow_id(tenant: Tenant, run: PayoutRun) -> str:
    """Of a period; rehearsals of one stand beside each other."""
    return payout_run_id(tenant, f"{run.period}/rehearsal/{run.id}" if run.rehearsal else run.period)


async def _start_payout(
    client: Client, payout: PayoutInput, signal: str | None = None, args: list[dict[str, Any]] | None = None
) -> None:
    try:
        await client.start_workflow(
            "PayoutWorkflow",
            payout,
            id=payout_workflow_id(payout.tenant, payout.number),
            task_queue=PAYOUTS,
            # Never a second workflow for one payout, whatever the retention has forgotten: PostgreSQL knows the state.
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal=signal,
            start_signal_args=args or [],
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(search_attributes.TENANT, payout.tenant.slug),
                    SearchAttributePair(search_attributes.PARTNER, payout.partner),
                    SearchAttributePair(search_attributes.PAYOUT_STATUS, PayoutState.AWAITING_APPROVAL.value),
                ]
            ),
            static_summary=say("workflow_payout", number=payout.number, partner=payout.partner),
            priority=Priority(fairness_key=payout.tenant.slug),
            rpc_timeout=call_limit(client),
            # From a worker (a run, the hand-over) the first task comes back with the answer and is done beside. Left in
            # the queue, those of thousands hold up the run's own tasks, and every other payout's, for minutes.
            request_eager_start=True,
        )
    except WorkflowAlreadyStartedError:
        pass  # It has ended: whatever was to be told, it cannot hear any more, and the ledger has the state.
