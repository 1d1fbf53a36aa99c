"""Every workflow of the product, as its worker registers them."""

from workflows.document import DocumentWorkflow
from workflows.events_out import EventsOutWorkflow
from workflows.handover import HandoverWorkflow
from workflows.invoice import InvoiceWorkflow
from workflows.mail import DailyMailWorkflow, MailWorkflow
from workflows.own_document import OwnDocumentWorkflow
from workflows.paper import PapersWorkflow, PaperWorkflow
from workflows.payout import PayoutWorkflow
from workflows.payout_run import PayoutRunWorkflow
from workflows.statement import StatementWorkflow
from workflows.subscriptions import SubscriptionsWorkflow
from workflows.sweep import SweepWorkflow
from workflows.vat_check import VatCheckWorkflow, VatProofsWorkflow

WORKFLOWS = (
    PayoutWorkflow,
    PayoutRunWorkflow,
    DocumentWorkflow,
    InvoiceWorkflow,
    OwnDocumentWorkflow,
    PapersWorkflow,
    PaperWorkflow,
    StatementWorkflow,
    HandoverWorkflow,
    SweepWorkflow,
    SubscriptionsWorkflow,
    EventsOutWorkflow,
    MailWorkflow,
    DailyMailWorkflow,
    VatCheckWorkflow,
    VatProofsWorkflow,
)
