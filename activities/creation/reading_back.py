"""The GET after our own POST: number and totals of what was created, kept as evidence like any other fetch."""

from datetime import timedelta
from uuid import UUID

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.gateway.lexoffice_gateway import LexofficeDoor
from activities.judging.credit_note_judgement import totals
from activities.judging.document_identity import Document, fetch
from activities.judging.evidence import observed
from ledger.connections.connections import Access
from ledger.database import TenantTransaction
from ledger.documents import documents, intents
from ledger.documents.intents import Intent
from ledger.types import Tenant

NUMBER_LAGS = 5
"""lexoffice may name the voucher number some seconds after a create: look so often, then go on without it."""


async def read_back(
    door: LexofficeDoor, tenant: Tenant, intent: Intent, access: Access | None = None
) -> Document | None:
    """None where lexoffice does not know it, after some patience: right after a POST a GET may lag.

    Called where `door.failures_explained`; `access` is for whoever has just read it, there, with the intent.
    """
    assert intent.resource_id is not None
    lags = activity.info().attempt <= NUMBER_LAGS
    async with door.reading(tenant, access) as client:
        document = await fetch(client, intent.kind, intent.resource_id)
    if document is None and lags:
        raise _look_again("the document is not there yet")
    if document is not None and document.voucher_number is None and lags:
        raise _look_again("the voucher number is not there yet")
    return document


async def keep(tx: TenantTransaction, intent: Intent, document: Document) -> UUID:
    """What the ledger knows of it from now on. Newer news, which a notification may have brought, stand.

    Returns the snapshot.
    """
    kept = await documents.keep_snapshot(tx, resource=intent.kind.value, resource_id=document.id, body=document.raw)
    await documents.observe(tx, observed(intent.kind, document, totals(document), snapshot=kept))
    await documents.keep_created_totals(tx, document.id, totals(document))
    await intents.close(tx, intent.id)
    return kept


def _look_again(why: str) -> ApplicationError:
    return ApplicationError(why, type="Lags", next_retry_delay=timedelta(seconds=1))
