"""The GET after our own POST: number and totals of what was created, kept as evidence like any other fetch."""

from datetime import timedelta
from uuid import UUID

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.books.calls import BooksCalls
from activities.books.documents import BookedDocument
from activities.judging.credit_note_judgement import VOIDED, totals
from activities.judging.evidence import observed
from ledger.database import TenantTransaction
from ledger.documents import documents, intents
from ledger.documents.intents import Intent
from ledger.types import Tenant

NUMBER_LAGS = 5
"""Books may name the voucher number some seconds after a create: look so often, then go on without it."""


async def read_back(calls: BooksCalls, tenant: Tenant, intent: Intent) -> BookedDocument | None:
    """None where the books do not know it, after some patience: right after a POST a GET may lag.

    Called where `calls.explained`.
    """
    assert intent.resource_id is not None
    lags = activity.info().attempt <= NUMBER_LAGS
    document = await calls.finished(tenant, intent)
    if document is None and lags:
        raise _look_again("the document is not there yet")
    if document is not None and document.voucher_number is None and lags:
        raise _look_again("the voucher number is not there yet")
    return document


async def keep(tx: TenantTransaction, intent: Intent, document: BookedDocument) -> UUID:
    """What the ledger knows of it from now on. Newer news, which a notification may have brought, stand; so does that
    another document took it back.

    Returns the snapshot.
    """
    known = await documents.find(tx, document.id)
    if known is not None and known.status == VOIDED:
        document = document.model_copy(update={"voucher_status": VOIDED})
    kept = await documents.keep_snapshot(tx, resource=intent.kind.value, resource_id=document.id, body=document.raw)
    await documents.observe(tx, observed(intent.kind, document, totals(document), snapshot=kept))
    await documents.keep_created_totals(tx, document.id, totals(document))
    await intents.close(tx, intent.id)
    return kept


def _look_again(why: str) -> ApplicationError:
    return ApplicationError(why, type="Lags", next_retry_delay=timedelta(seconds=1))
