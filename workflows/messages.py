"""What the workflows are told: inputs of their runs. No I/O is imported here.

Signals carry plain values on purpose (engine.md, Decisions): `{"decision": "<uuid>"}` for approve, reject, cancel and
resolve, `{"event": <id>, "delivery": <n>}` for notify, `{"event": <id>}` for credit_note_paid and credit_note_voided,
nothing for recheck. A handler that insisted on a model would drop what does not fit without a word.
"""

from datetime import datetime
from uuid import UUID

from activities.models import (
    Delivery,
    EndpointInput,
    MailInput,
    OwnDocumentInput,
    Pace,
    PayoutInput,
    StatementInput,
    VatCheckInput,
)
from activities.payouts.payout_run_models import Batch
from ledger.provider_ids import number_of, provider_of
from ledger.types import Frozen, IntentId, PartnerId, Tenant

__all__ = [
    "EASYBILL",
    "EVENTS_OUT",
    "LEXOFFICE",
    "MAIL",
    "PAYOUTS",
    "VIES",
    "DocumentInput",
    "EndpointInput",
    "MailInput",
    "OwnDocumentInput",
    "Pace",
    "PapersInput",
    "PayoutInput",
    "PayoutRunInput",
    "RunProgress",
    "StatementInput",
    "VatCheckInput",
    "document_workflow_id",
    "events_out_workflow_id",
    "invoice_workflow_id",
    "mail_workflow_id",
    "own_document_workflow_id",
    "papers_workflow_id",
    "payout_run_id",
    "payout_workflow_id",
    "statement_workflow_id",
    "subscriptions_workflow_id",
    "sweep_id",
    "vat_check_workflow_id",
]

PAYOUTS = "payouts"
"""Task queue of the workflows and of the ledger's activities: short, idempotent."""

LEXOFFICE = "lexoffice"
"""Task queue of every call of the API: visible, retried for hours, fair between tenants."""

EASYBILL = "easybill"
"""The same of easybill. Each books provider has its queue, called as the provider; the same activities are registered
there by the same names, and do it that provider's way."""

MAIL = "mail"
"""Task queue of the one activity that talks to a mail server: a slow one holds up no payout."""

EVENTS_OUT = "events-out"
"""Task queue of the calls to tenants' endpoints: nobody knows how slow they are."""

VIES = "vies"
"""Task queue of the questions to VIES: its pace is the queue's, over all workers."""


class DocumentInput(Frozen):
    """One document in lexoffice, of a kind that only the events or the fetch tell."""

    tenant: Tenant
    resource_id: UUID
    pace: Pace = Pace()
    carried_over: tuple[Delivery, ...] = ()
    """What an earlier run heard and left to this one, when its history had grown long."""


class RunProgress(Frozen):
    """How far a payout run has come."""

    run: UUID
    period: str
    rehearsal: bool
    last: PartnerId | None = None
    partners: int = 0
    payouts: int = 0

    def after(self, batch: Batch) -> "RunProgress":
        return self.model_copy(
            update={
                "last": batch.last,
                "partners": self.partners + batch.partners,
                "payouts": self.payouts + batch.payouts,
            }
        )


class PayoutRunInput(Frozen):
    """The id of the run's row; by the calendar none, up to the end of the month before.

    `cut_off`, `rehearsal` and `requested_by` were told until runs were rows first: they stand in open histories and say
    nothing any more.
    """

    tenant: Tenant
    run: UUID | None = None
    cut_off: datetime | None = None
    rehearsal: bool = False
    requested_by: str | None = None
    progress: RunProgress | None = None


class PapersInput(Frozen):
    """All PDFs that one tenant waits for. `dealt_with`: by earlier runs, whose histories had grown long."""

    tenant: Tenant
    dealt_with: int = 0


def payout_run_id(tenant: Tenant, period: str | None = None) -> str:
    """Of one period's run; without a period that of the schedule, to whose runs the engine appends the time."""
    return f"payout-run/{tenant.slug}/{period}" if period else f"payout-run/{tenant.slug}"


def payout_workflow_id(tenant: Tenant, number: str) -> str:
    return f"payout/{tenant.slug}/{number}"


def document_workflow_id(tenant: Tenant, resource_id: UUID | str) -> str:
    id = resource_id if isinstance(resource_id, UUID) else UUID(resource_id)
    provider = provider_of(id)
    return f"{provider}/{tenant.slug}/{id if provider == LEXOFFICE else number_of(id)}"


def invoice_workflow_id(tenant: Tenant, intent: IntentId) -> str:
    return f"invoice/{tenant.slug}/{intent}"


def own_document_workflow_id(about: OwnDocumentInput) -> str:
    """By the decision: the number is not known before it is issued."""
    return f"own-document/{about.tenant.slug}/{about.reversal}"


def mail_workflow_id(mail: MailInput) -> str:
    """`person` for what is about somebody's own account, in no tenant."""
    return f"mail/{mail.tenant.slug if mail.tenant else 'person'}/{mail.mail}"


def papers_workflow_id(tenant: Tenant) -> str:
    return f"papers/{tenant.slug}"


def statement_workflow_id(tenant: Tenant, file: UUID) -> str:
    return f"statement/{tenant.slug}/{file}"


def events_out_workflow_id(to: EndpointInput) -> str:
    return f"events-out/{to.tenant.slug}/{to.endpoint}"


def sweep_id(tenant: Tenant) -> str:
    """Of the schedule, and the beginning of the ids of its runs: the engine appends the time."""
    return f"sweep/{tenant.slug}"


def subscriptions_workflow_id(tenant: Tenant) -> str:
    return f"subscriptions/{tenant.slug}"


def vat_check_workflow_id(task: VatCheckInput) -> str:
    return f"vat-check/{task.tenant.slug}/{task.check}"
