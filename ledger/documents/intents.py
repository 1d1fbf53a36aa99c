"""The intent to create one document: the row that forbids a second POST (engine.md, Creating a document)."""

import secrets
import string
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg

from ledger.database import TenantTransaction
from ledger.refusals import NotFound
from ledger.types import LEXOFFICE, DecisionId, DocumentKind, Frozen, IntentId, PayoutId, TransactionId

CERTAIN_AFTER = timedelta(seconds=45)
"""`deadline` = sent_at + this: later, nothing that we sent can still be carried out (a POST may take 35 s)."""

_ALPHABET = string.ascii_letters + string.digits


class Intent(Frozen):
    """The one attempt to create a document for a payout or a sale. Net and gross in cents."""

    id: IntentId
    provider: str
    kind: DocumentKind
    payout_id: PayoutId | None
    transaction_id: TransactionId | None
    own_document_id: UUID | None
    """Whose voucher it is."""
    attached_file: UUID | None
    """Of a voucher: its file, as the books name it."""
    files_sent: int
    """How often it was attached where it was not known to be: more than once, where it was lost."""
    marker: str
    organization_id: UUID
    content: dict[str, Any]
    content_hash: str
    net_cents: int
    gross_cents: int
    attempt: int
    sent_at: datetime | None
    deadline: datetime | None
    refused_at: datetime | None
    refused_reason: str | None
    unclear_at: datetime | None
    empty_searches: int
    resource_id: UUID | None
    adopted: bool
    """Its document was found, or named by a person, after the answer was lost: it must prove to be the one."""
    closed_at: datetime | None

    @property
    def is_unclear(self) -> bool:
        """Sent, and neither refused nor answered with an id."""
        return self.sent_at is not None and self.refused_at is None and self.resource_id is None


class MaySend(StrEnum):
    """What the row says to a worker that is about to POST."""

    YES = "yes"
    ALREADY_MADE = "already_made"
    UNCLEAR = "unclear"
    CLOSED = "closed"


class SendPermit(Frozen):
    """The verdict, and the row that it was read from; with a permission, as it stands afterwards.

    Its `attempt` names the one POST that was permitted: what it proves later is said of no other one.
    """

    verdict: MaySend
    intent: Intent


def new_marker(number: str) -> str:
    """Number and eight random characters; it stands in the document's text and is compared whole (rules.md)."""
    return f"[{number}/{''.join(secrets.choice(_ALPHABET) for _ in range(8))}]"


class NewIntent(Frozen):
    """The document that is to be created: `content` is the body to send, for one payout or one sale.

    A voucher is of one document of our own, and of that one's payout where it has one.
    """

    kind: DocumentKind
    marker: str
    organization_id: UUID
    content: dict[str, Any]
    content_hash: str
    """What was approved (payouts); empty for an invoice."""
    net_cents: int
    gross_cents: int
    provider: str = LEXOFFICE
    """The books that it is created in."""
    payout_id: PayoutId | None = None
    transaction_id: TransactionId | None = None
    own_document_id: UUID | None = None
    decision_id: DecisionId | None = None
    """Of whoever had a document booked once more."""


async def open_intent(tx: TenantTransaction, new: NewIntent) -> Intent:
    """Commit to creating this document. The payout (or transaction) must be locked and found fit by the caller."""
    row = await tx.fetchrow(
        """
        INSERT INTO creation_intents (tenant_id, kind, payout_id, transaction_id, marker, organization_id, content,
                                      content_hash, net_cents, gross_cents, own_document_id, decision_id, provider)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING *
        """,
        tx.tenant.id,
        new.kind,
        new.payout_id,
        new.transaction_id,
        new.marker,
        new.organization_id,
        new.content,
        new.content_hash,
        new.net_cents,
        new.gross_cents,
        new.own_document_id,
        new.decision_id,
        new.provider,
    )
    return _intent(row)


async def lock(tx: TenantTransaction, intent: IntentId) -> Intent:
    """The intent, held until the end of the transaction. Raises NotFound."""
    await tx.execute("SELECT 1 FROM creation_intents WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tx.tenant.id, intent)
    return await get(tx, intent)


async def get(tx: TenantTransaction, intent: IntentId) -> Intent:
    """An intent to create a document. Raises NotFound."""
    row = await tx.fetchrow("SELECT * FROM creation_intents WHERE tenant_id = $1 AND id = $2", tx.tenant.id, intent)
    return _intent(row)


async def open_of_payout(tx: TenantTransaction, payout: PayoutId) -> Intent | None:
    """The payout's intent that is not closed yet, or None."""
    row = await tx.fetchrow(
        "SELECT * FROM creation_intents WHERE tenant_id = $1 AND payout_id = $2 AND closed_at IS NULL",
        tx.tenant.id,
        payout,
    )
    return None if row is None else _intent(row)


async def open_of_sale(tx: TenantTransaction, transaction: TransactionId) -> Intent | None:
    """The sale's intent that is not closed yet, or None."""
    row = await tx.fetchrow(
        "SELECT * FROM creation_intents WHERE tenant_id = $1 AND transaction_id = $2 AND closed_at IS NULL",
        tx.tenant.id,
        transaction,
    )
    return None if row is None else _intent(row)


async def open_of_document(tx: TenantTransaction, document: UUID) -> Intent | None:
    """The intent of the voucher of this own document that is not closed yet, or None."""
    row = await tx.fetchrow(
        "SELECT * FROM creation_intents WHERE tenant_id = $1 AND own_document_id = $2 AND closed_at IS NULL",
        tx.tenant.id,
        document,
    )
    return None if row is None else _intent(row)


async def write_content(tx: TenantTransaction, intent: IntentId, content: dict[str, Any]) -> None:
    """What was not known before: only while nothing of it can have been sent."""
    await tx.execute(
        """
        UPDATE creation_intents SET content = $3
         WHERE tenant_id = $1 AND id = $2 AND resource_id IS NULL AND (sent_at IS NULL OR refused_at IS NOT NULL)
        """,
        tx.tenant.id,
        intent,
        content,
    )


async def note_file(tx: TenantTransaction, intent: IntentId, file: UUID | None) -> None:
    """The file was attached; None: it is not there after all."""
    await tx.execute(
        """
        UPDATE creation_intents
           SET attached_file = $3, files_sent = files_sent + (attached_file IS NULL AND $3::uuid IS NOT NULL)::int
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        intent,
        file,
    )


async def was_refused(tx: TenantTransaction, document: UUID) -> bool:
    """Whether the newest booking of this own document was refused: it is proved that nothing was made by it."""
    return bool(
        await tx.fetchval(
            """
            SELECT closed_at IS NOT NULL AND resource_id IS NULL FROM creation_intents
             WHERE tenant_id = $1 AND own_document_id = $2 ORDER BY created_at DESC, id DESC LIMIT 1
            """,
            tx.tenant.id,
            document,
        )
    )


async def open_invoices(tx: TenantTransaction) -> int:
    """How many invoices are being written."""
    found: int = await tx.fetchval(
        "SELECT count(*) FROM creation_intents WHERE tenant_id = $1 AND kind = 'invoice' AND closed_at IS NULL",
        tx.tenant.id,
    )
    return found


async def of_document(tx: TenantTransaction, resource_id: UUID) -> Intent | None:
    """The intent that this document answers: what was approved and sent."""
    row = await tx.fetchrow(
        "SELECT * FROM creation_intents WHERE tenant_id = $1 AND resource_id = $2", tx.tenant.id, resource_id
    )
    return None if row is None else _intent(row)


async def may_send(tx: TenantTransaction, intent: IntentId, *, certain_after: timedelta = CERTAIN_AFTER) -> SendPermit:
    """Take the one permission to POST: afterwards `sent_at` stands, and only a proof of refusal gives another.

    A row that was sent and not refused has an unknown outcome, whoever asks: a second worker, or the same one after
    a crash at any line.
    """
    row = await tx.fetchrow(
        "SELECT * FROM creation_intents WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tx.tenant.id, intent
    )
    held = _intent(row)
    if held.resource_id is not None:
        return SendPermit(verdict=MaySend.ALREADY_MADE, intent=held)
    if held.closed_at is not None:
        return SendPermit(verdict=MaySend.CLOSED, intent=held)
    if held.is_unclear:
        await tx.execute(
            "UPDATE creation_intents SET unclear_at = COALESCE(unclear_at, now()) WHERE tenant_id = $1 AND id = $2",
            tx.tenant.id,
            intent,
        )
        return SendPermit(verdict=MaySend.UNCLEAR, intent=held)
    row = await tx.fetchrow(
        """
        UPDATE creation_intents
           SET sent_at = clock_timestamp(), deadline = clock_timestamp() + $3, refused_at = NULL, refused_reason = NULL,
               unclear_at = NULL, empty_searches = 0, attempt = attempt + 1
         WHERE tenant_id = $1 AND id = $2 RETURNING *
        """,
        tx.tenant.id,
        intent,
        certain_after,
    )
    return SendPermit(verdict=MaySend.YES, intent=_intent(row))


async def refuse(tx: TenantTransaction, intent: IntentId, reason: str, *, attempt: int) -> None:
    """It is proved that nothing was made by this attempt: the row may be sent again, or given up.

    A worker that was frozen for minutes may learn of its refusal while a later attempt is already on its way; of
    that one it proves nothing, and the row stays as it is.
    """
    await tx.execute(
        """
        UPDATE creation_intents SET refused_at = clock_timestamp(), refused_reason = $3
         WHERE tenant_id = $1 AND id = $2 AND resource_id IS NULL AND attempt = $4
        """,
        tx.tenant.id,
        intent,
        reason,
        attempt,
    )


async def made(tx: TenantTransaction, intent: IntentId, resource_id: UUID, *, adopted: bool = False) -> bool:
    """lexoffice named the document it created: the id is the reference that its notifications are matched by.

    `adopted`: not lexoffice's answer says so, but a search, a notification or a person.
    False, and nothing is stored, when the intent was given up or answered by another document: then this one is one
    too many, and a person must know.
    """
    taken = await tx.fetchrow(
        """
        UPDATE creation_intents SET resource_id = $3, adopted = $4, unclear_at = NULL
         WHERE tenant_id = $1 AND id = $2 AND (resource_id = $3 OR (resource_id IS NULL AND closed_at IS NULL))
        RETURNING own_document_id
        """,
        tx.tenant.id,
        intent,
        resource_id,
        adopted,
    )
    if taken is None:
        return False
    if taken["own_document_id"] is not None:
        # Booked once more: its earlier vouchers are voided or deleted, and no longer the payout's.
        await tx.execute(
            """
            UPDATE external_documents SET detached_at = now()
             WHERE tenant_id = $1 AND own_document_id = $2 AND resource_id <> $3 AND detached_at IS NULL
            """,
            tx.tenant.id,
            taken["own_document_id"],
            resource_id,
        )
    await tx.execute(
        """
        INSERT INTO external_documents
               (tenant_id, provider, organization_id, kind, resource_id, payout_id, own_document_id, transaction_id)
        SELECT tenant_id, provider, organization_id, kind, $3, payout_id, own_document_id,
               -- The sale may have got another invoice meanwhile, which stays (one_invoice_per_sale).
               CASE WHEN NOT EXISTS (SELECT FROM external_documents d
                                      WHERE d.tenant_id = i.tenant_id AND d.transaction_id = i.transaction_id
                                        AND d.detached_at IS NULL AND d.resource_id <> $3)
                    THEN transaction_id END
          FROM creation_intents i WHERE tenant_id = $1 AND id = $2
        ON CONFLICT (tenant_id, provider, resource_id)
        DO UPDATE SET payout_id = EXCLUDED.payout_id, transaction_id = EXCLUDED.transaction_id,
                      own_document_id = EXCLUDED.own_document_id,
                      detached_at = CASE WHEN EXCLUDED.own_document_id IS NULL THEN external_documents.detached_at END
        """,
        tx.tenant.id,
        intent,
        resource_id,
    )
    return True


async def want_announcement(tx: TenantTransaction, intent: IntentId) -> None:
    """The workflow that sends this invoice must look at its row again; the hand-over tells it if nobody does before."""
    await tx.execute(
        "UPDATE creation_intents SET announced_at = NULL WHERE tenant_id = $1 AND id = $2", tx.tenant.id, intent
    )


async def mark_announced(tx: TenantTransaction, intent: IntentId) -> None:
    """The workflow that sends this invoice was announced. (A payout's intent is its own workflow's.)"""
    await tx.execute(
        "UPDATE creation_intents SET announced_at = COALESCE(announced_at, now()) WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        intent,
    )


async def close(tx: TenantTransaction, intent: IntentId) -> None:
    """The document exists and was read back."""
    await tx.execute(
        "UPDATE creation_intents SET closed_at = COALESCE(closed_at, now()) WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        intent,
    )


def _intent(row: asyncpg.Record | None) -> Intent:
    if row is None:
        raise NotFound("intent_not_found")
    return Intent.from_row(row)
