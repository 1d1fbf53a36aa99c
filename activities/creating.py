"""Creating a document exactly once at an API without idempotency keys (engine.md, Creating a document).

The same protocol for every document that we create: the intent's row forbids a second POST; what proves that nothing
was made allows one; everything else is unclear, and then the document is searched for by its marker.
"""

import time
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from temporalio import activity

from activities.lexoffice_door import LexofficeDoor, NoSlot, rate_limited
from ledger import documents, events, intents
from ledger.connections import ConnectionBroken, NotConnected
from ledger.database import Ledger
from ledger.intents import Intent, MaySend
from ledger.types import DocumentKind, Frozen, IntentId, Tenant
from lexoffice.client import LexofficeClient
from lexoffice.documents import CreditNote, Invoice
from lexoffice.errors import (
    ContractDoesNotInclude,
    Forbidden,
    LexofficeError,
    NotFound,
    RateLimited,
    Unauthorized,
    Unreachable,
)
from lexoffice.new_documents import NewCreditNote, NewInvoice
from lexoffice.vouchers import VoucherQuery, VoucherRow

_LOST_PATIENCE = 5.0
"""Seconds between committing `sent_at` and sending; later the permission is not used (engine.md)."""


class Outcome(StrEnum):
    MADE = "made"
    UNCLEAR = "unclear"
    REFUSED = "refused"
    NOTHING_TO_DO = "nothing_to_do"


class Creation(Frozen):
    """What came of one attempt. A refusal says why: a German sentence for people, status and fields for ops."""

    outcome: Outcome
    sentence: str = ""
    technical: str | None = None


class DocumentCreator:
    def __init__(self, ledger: Ledger, door: LexofficeDoor) -> None:
        self._ledger = ledger
        self._door = door

    async def create(self, tenant: Tenant, intent_id: IntentId) -> Creation:
        """POST the document of this intent, if its row permits it. A refusal closes the intent.

        Raises a retryable ApplicationError where the same intent may be tried again soon: no slot, 429, no connection.
        """
        try:
            client = await self._door.creating(tenant)
            await self._door.take_creation_slot(tenant)
        except (NotConnected, ConnectionBroken) as error:
            async with self._ledger.transaction(tenant) as db:
                if (await intents.find(db, tenant, intent_id)).is_unclear:
                    return Creation(outcome=Outcome.UNCLEAR)
            return await self._refused(tenant, intent_id, error.sentence)
        except NoSlot:
            raise rate_limited() from None
        async with client:
            async with self._ledger.transaction(tenant) as db:
                intent = await intents.find(db, tenant, intent_id)
                permission = await intents.may_send(db, tenant, intent_id)
            marked = time.monotonic()
            match permission:
                case MaySend.YES if time.monotonic() - marked <= _LOST_PATIENCE:
                    return await self._send(tenant, client, intent)
                case MaySend.YES | MaySend.UNCLEAR:
                    # YES, but so late that another worker may already hold this one for dead: not sending is safe.
                    return Creation(outcome=Outcome.UNCLEAR)
                case MaySend.ALREADY_MADE | MaySend.CLOSED:
                    return Creation(outcome=Outcome.NOTHING_TO_DO)

    async def search(self, tenant: Tenant, intent: Intent) -> Sequence[CreditNote | Invoice]:
        """Every document with the intent's marker: of that day ± 1, of that gross ± 1 cent, unknown to the ledger.

        Each page and each candidate takes a slot of the budget. Raises what the door explains.
        """
        async with self._door.failures_explained(tenant), self._door.reading(tenant) as client:
            rows = await self._possible(tenant, client, intent)
            return [found for row in rows if (found := await _with_marker(client, row, intent))]

    async def _send(self, tenant: Tenant, client: LexofficeClient, intent: Intent) -> Creation:
        try:
            if intent.kind is DocumentKind.CREDIT_NOTE:
                created = await client.create_credit_note(NewCreditNote.model_validate(intent.content))
            else:
                created = await client.create_invoice(NewInvoice.model_validate(intent.content))
        except Unauthorized:
            await self._door.key_was_refused(tenant)
            return await self._refused(tenant, intent.id, "lexoffice lehnt den API-Schlüssel ab.")
        except (Forbidden, ContractDoesNotInclude):
            return await self._refused(tenant, intent.id, "Der API-Schlüssel darf solche Belege nicht anlegen.")
        except (RateLimited, Unreachable) as error:
            async with self._ledger.transaction(tenant) as db:
                await intents.refuse(db, tenant, intent.id, type(error).__name__)
            raise rate_limited() from None
        except LexofficeError as error:
            if error.proves_nothing_was_made:
                return await self._refused(tenant, intent.id, "lexoffice lehnt den Inhalt des Belegs ab.", str(error))
            return Creation(outcome=Outcome.UNCLEAR)
        async with self._ledger.transaction(tenant, cause=f"intent:{intent.id}") as db:
            await intents.made(db, tenant, intent.id, created.id)
            # A notification may have been faster than this line: it waits for this id.
            await events.hand_over_parked(db, tenant)
        return Creation(outcome=Outcome.MADE)

    async def _refused(self, tenant: Tenant, intent: IntentId, sentence: str, technical: str | None = None) -> Creation:
        """It is proved that nothing was made, and useless to try it again as it stands: close the intent."""
        async with self._ledger.transaction(tenant, cause=f"intent:{intent}") as db:
            await intents.refuse(db, tenant, intent, technical or sentence)
            await intents.give_up(db, tenant, intent)
        return Creation(outcome=Outcome.REFUSED, sentence=sentence, technical=technical)

    async def _possible(self, tenant: Tenant, client: LexofficeClient, intent: Intent) -> list[VoucherRow]:
        assert intent.sent_at is not None
        query = VoucherQuery(
            voucher_types=("creditnote" if intent.kind is DocumentKind.CREDIT_NOTE else "invoice",),
            created_date_from=(intent.sent_at - timedelta(days=1)).date(),
            created_date_to=(intent.sent_at + timedelta(days=1)).date(),
        )
        rows = []
        async for row in client.all_vouchers(query):
            activity.heartbeat()
            if row.total_cents is None or abs(row.total_cents - intent.gross_cents) <= 1:
                rows.append(row)
        async with self._ledger.transaction(tenant) as db:
            return [row for row in rows if not await documents.is_ours(db, tenant, row.id)]


async def _with_marker(client: LexofficeClient, row: VoucherRow, intent: Intent) -> CreditNote | Invoice | None:
    document: CreditNote | Invoice
    try:
        if intent.kind is DocumentKind.CREDIT_NOTE:
            document = await client.credit_note(row.id)
        else:
            document = await client.invoice(row.id)
    except NotFound:
        return None
    activity.heartbeat()
    return document if carries_marker(document, intent) else None


def carries_marker(document: CreditNote | Invoice, intent: Intent) -> bool:
    """The marker is compared whole, brackets included."""
    return intent.marker in f"{document.introduction or ''}\n{document.remark or ''}"
