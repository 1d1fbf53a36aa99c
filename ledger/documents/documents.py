"""Documents outside: what was fetched, kept whole as evidence, and what the ledger last knew of each."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.provider_ids import provider_of
from ledger.refusals import NotFound
from ledger.types import DocumentKind, Frozen, PayoutNumber, PayoutState, TransactionId


class Snapshot(Frozen):
    """One answer of the provider, byte for byte as it came."""

    id: UUID
    resource: str
    resource_id: UUID
    body: str
    fetched_at: datetime


class KnownDocument(Frozen):
    """What the ledger holds about one document, and whose it is."""

    kind: DocumentKind
    organization_id: UUID
    resource_id: UUID
    voucher_number: str | None
    payout_number: PayoutNumber | None
    transaction_id: TransactionId | None
    own_document_id: UUID | None
    """Whose voucher it is."""
    sale_has_partner: bool
    status: str | None
    version: int | None
    document_updated_at: datetime | None
    net_cents: int | None
    tax_cents: int | None
    gross_cents: int | None
    open_cents: int | None
    created_totals: dict[str, int] | None
    last_snapshot_id: UUID | None
    last_payments_id: UUID | None
    detached_at: datetime | None
    """Another document has taken its place."""


class Observed(Frozen):
    """What a fetch shows of a document. `open_cents` is None where it was not asked for."""

    kind: DocumentKind
    organization_id: UUID
    resource_id: UUID
    voucher_number: str | None
    status: str
    version: int | None
    """None where the provider counts none: then the newest fetch is the newest."""
    updated_at: datetime
    net_cents: int
    tax_cents: int
    gross_cents: int
    open_cents: int | None = None
    snapshot_id: UUID
    payments_id: UUID | None = None


class Claim(Frozen):
    """Whose a document is that carries our marker."""

    payout_state: PayoutState | None
    """Of the payout that its marker names; None: there is none."""
    is_owned: bool
    """A payout refers to this very document."""
    is_under_way: bool
    """The creation that the marker is of has not ended."""
    other: UUID | None
    """The document that this creation made, where it is another one."""

    @property
    def has_another(self) -> bool:
        """Whether that creation made another document."""
        return self.other is not None


async def keep_snapshot(tx: TenantTransaction, *, resource: str, resource_id: UUID, body: bytes) -> UUID:
    """Store a body byte for byte (append-only); the same body again is the same snapshot."""
    kept: UUID = await tx.fetchval(
        """
        WITH newest AS (
            SELECT id, sha256 FROM document_snapshots
             WHERE tenant_id = $1 AND resource_id = $3 AND resource = $2 ORDER BY fetched_at DESC LIMIT 1
        ), same AS (
            SELECT id FROM newest WHERE sha256 = $5
        ), stored AS (
            INSERT INTO document_snapshots (tenant_id, resource, resource_id, body, sha256, provider)
            SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (SELECT FROM same)
            RETURNING id
        )
        SELECT id FROM same UNION ALL SELECT id FROM stored
        """,
        tx.tenant.id,
        resource,
        resource_id,
        body.decode(),
        hashlib.sha256(body).digest(),
        provider_of(resource_id),
    )
    return kept


async def snapshot(tx: TenantTransaction, snapshot_id: UUID) -> Snapshot:
    """What was fetched once, as it was stored. Raises NotFound."""
    row = await tx.fetchrow(
        "SELECT * FROM document_snapshots WHERE tenant_id = $1 AND id = $2", tx.tenant.id, snapshot_id
    )
    if row is None:
        raise NotFound("document_not_found")
    return Snapshot.from_row(row)


async def newest(tx: TenantTransaction, resource_id: UUID, resources: Sequence[str]) -> Snapshot | None:
    """The newest copy of what has this id, as one of these resources."""
    row = await tx.fetchrow(
        """
        SELECT * FROM document_snapshots
         WHERE tenant_id = $1 AND resource_id = $2 AND resource = ANY ($3) ORDER BY fetched_at DESC LIMIT 1
        """,
        tx.tenant.id,
        resource_id,
        list(resources),
    )
    return None if row is None else Snapshot.from_row(row)


async def bodies(tx: TenantTransaction, snapshots: Sequence[UUID | None]) -> dict[UUID, bytes]:
    """What was fetched, byte for byte, by snapshot."""
    rows = await tx.fetch(
        "SELECT id, body FROM document_snapshots WHERE tenant_id = $1 AND id = ANY ($2)",
        tx.tenant.id,
        [snapshot for snapshot in snapshots if snapshot],
    )
    return {row["id"]: row["body"].encode() for row in rows}


async def claim(tx: TenantTransaction, resource_id: UUID, *, number: PayoutNumber, marker: str) -> Claim:
    """Whether the payout and the intent of this marker may own the document: what `Claim` is judged by."""
    row = await tx.fetchrow(
        """
        SELECT p.state AS payout_state, i.closed_at IS NULL AND i.marker IS NOT NULL AS is_under_way,
               NULLIF(i.resource_id, $4) AS other,
               EXISTS (SELECT 1 FROM external_documents d
                        WHERE d.tenant_id = $1 AND d.resource_id = $4 AND d.payout_id IS NOT NULL) AS is_owned
          FROM (SELECT 1) always
          LEFT JOIN payouts p ON p.tenant_id = $1 AND p.number = $2
          LEFT JOIN creation_intents i ON i.tenant_id = $1 AND i.marker = $3
        """,
        tx.tenant.id,
        number,
        marker,
        resource_id,
    )
    assert row is not None
    return Claim.from_row(row)


async def find(tx: TenantTransaction, resource_id: UUID) -> KnownDocument | None:
    """What is known of the document, detached ones too; None for one that the ledger never met."""
    row = await tx.fetchrow(
        """
        SELECT d.*, p.number AS payout_number, t.partner_id IS NOT NULL AS sale_has_partner
          FROM external_documents d
          LEFT JOIN payouts p ON p.tenant_id = d.tenant_id AND p.id = d.payout_id
          LEFT JOIN transactions t ON t.tenant_id = d.tenant_id AND t.id = d.transaction_id
         WHERE d.tenant_id = $1 AND d.provider = $2 AND d.resource_id = $3
        """,
        tx.tenant.id,
        provider_of(resource_id),
        resource_id,
    )
    return None if row is None else KnownDocument.from_row(row)


async def ended_bookings(tx: TenantTransaction, own_document: UUID) -> set[UUID]:
    """Vouchers of this document of ours that are voided or deleted, as far as the ledger knows."""
    rows = await tx.fetch(
        """
        SELECT resource_id FROM external_documents
         WHERE tenant_id = $1 AND own_document_id = $2 AND status IN ('voided', 'deleted')
        """,
        tx.tenant.id,
        own_document,
    )
    return {row["resource_id"] for row in rows}


async def observe(tx: TenantTransaction, seen: Observed) -> bool:
    """Remember what a fetch shows. False when the ledger already holds something newer.

    A voided document is balanced: its open amount before that is kept, it tells whether money may have left.
    """
    return bool(
        await tx.fetchval(
            """
            INSERT INTO external_documents AS d
                   (tenant_id, provider, organization_id, kind, resource_id, voucher_number, status, version,
                    document_updated_at, net_cents, tax_cents, gross_cents, open_cents, last_snapshot_id,
                    last_payments_id, fetched_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, now())
            ON CONFLICT (tenant_id, provider, resource_id) DO UPDATE SET
                   voucher_number = COALESCE(EXCLUDED.voucher_number, d.voucher_number),
                   status = EXCLUDED.status, version = EXCLUDED.version,
                   document_updated_at = EXCLUDED.document_updated_at,
                   net_cents = EXCLUDED.net_cents, tax_cents = EXCLUDED.tax_cents,
                   gross_cents = EXCLUDED.gross_cents,
                   open_cents = CASE WHEN EXCLUDED.status = 'voided' THEN d.open_cents
                                     ELSE COALESCE(EXCLUDED.open_cents, d.open_cents) END,
                   last_snapshot_id = EXCLUDED.last_snapshot_id, last_payments_id = EXCLUDED.last_payments_id,
                   fetched_at = now()
             -- A higher version is newer, whatever its dates say (rules.md, What a fetched document means).
             WHERE d.document_updated_at IS NULL OR d.version IS NULL OR EXCLUDED.version IS NULL
                OR d.version < EXCLUDED.version
                OR (d.version = EXCLUDED.version AND d.document_updated_at <= EXCLUDED.document_updated_at)
            RETURNING true
            """,
            tx.tenant.id,
            provider_of(seen.resource_id),
            seen.organization_id,
            seen.kind,
            seen.resource_id,
            seen.voucher_number,
            seen.status,
            seen.version,
            seen.updated_at,
            seen.net_cents,
            seen.tax_cents,
            seen.gross_cents,
            seen.open_cents,
            seen.snapshot_id,
            seen.payments_id,
        )
    )


async def forget_order(tx: TenantTransaction, resource_id: UUID) -> None:
    """What is fetched next counts as the newest, whatever version and date it names."""
    await tx.execute(
        """
        UPDATE external_documents SET version = NULL, document_updated_at = NULL
         WHERE tenant_id = $1 AND provider = $2 AND resource_id = $3
        """,
        tx.tenant.id,
        provider_of(resource_id),
        resource_id,
    )


async def keep_created_totals(tx: TenantTransaction, resource_id: UUID, totals: dict[str, Any]) -> None:
    """lexoffice's own totals as first read back after our POST: what `paid` is compared with. Written once."""
    await tx.execute(
        """
        UPDATE external_documents SET created_totals = COALESCE(created_totals, $4),
                                      open_cents = COALESCE(open_cents, $5)
         WHERE tenant_id = $1 AND provider = $2 AND resource_id = $3
        """,
        tx.tenant.id,
        provider_of(resource_id),
        resource_id,
        totals,
        totals["gross_cents"],
    )


async def mark_deleted(tx: TenantTransaction, resource_id: UUID) -> None:
    """The document is gone in lexoffice; the row stays, for what it was."""
    await tx.execute(
        """
        UPDATE external_documents SET status = 'deleted', fetched_at = now()
         WHERE tenant_id = $1 AND provider = $2 AND resource_id = $3
        """,
        tx.tenant.id,
        provider_of(resource_id),
        resource_id,
    )


async def mark_voided(tx: TenantTransaction, resource_id: UUID) -> None:
    """Another document has taken it back. Its open amount before that stays: it tells whether money may have left."""
    await tx.execute(
        """
        UPDATE external_documents SET status = 'voided', fetched_at = now()
         WHERE tenant_id = $1 AND provider = $2 AND resource_id = $3
        """,
        tx.tenant.id,
        provider_of(resource_id),
        resource_id,
    )


async def is_ours(tx: TenantTransaction, resource_id: UUID) -> bool:
    """Whether it already belongs to a payout, a sale or a document of our own, and so cannot be one that was lost."""
    return bool(
        await tx.fetchval(
            """
            SELECT EXISTS (SELECT 1 FROM external_documents
                            WHERE tenant_id = $1 AND provider = $2 AND resource_id = $3
                              AND (payout_id IS NOT NULL OR transaction_id IS NOT NULL
                                   OR own_document_id IS NOT NULL))
            """,
            tx.tenant.id,
            provider_of(resource_id),
            resource_id,
        )
    )
