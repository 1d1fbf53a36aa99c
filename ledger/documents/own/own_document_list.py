"""Own documents as lists show them: whose they are, their payout and original, how far they have come."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.documents.own.content import OwnDocumentKind
from ledger.documents.own.issuing import COLUMNS, OwnDocumentRow
from ledger.keyset import RECORDED, Conditions, Order, Place, changed_since
from ledger.plain_text import code_of
from ledger.types import Frozen, PartnerId


class OwnDocumentState(StrEnum):
    """How far a document has come. Of a payout's document more is known (`document_stage`)."""

    ISSUED = "issued"
    """Has its number; nobody outside has it."""
    HANDED_OUT = "handed_out"
    """On its way to the partner."""
    DELIVERED = "delivered"
    """Counts (delivery.py)."""
    CLOSED = "closed"
    """„Nicht ausgegeben": its number stays, nobody got it."""


class OwnDocumentFilter(Frozen):
    """What is listed. A number is whole."""

    partner_id: PartnerId | None = None
    partner_code: str | None = None
    payout: str | None = None
    number: str | None = None
    kind: OwnDocumentKind | None = None
    state: OwnDocumentState | None = None
    is_out: bool = False
    """Only what has left the house: what its partner may see."""
    updated_since: datetime | None = None


class OwnDocumentListed(OwnDocumentRow):
    """`delivered_at`: from when on it counts, as far as that is certain by now."""

    seq: int
    state: OwnDocumentState
    partner_code: str | None
    payout_number: str | None
    original_number: str | None
    is_undelivered: bool
    """A question about its delivery waits for a person."""


_ALL = OwnDocumentFilter()
_EFFECTIVE = "COALESCE({0}.delivered_at, own_document_effective_at({0}.tenant_id, {0}.id))"
_STATE = f"""
    CASE WHEN {{0}}.closed_at IS NOT NULL THEN 'closed' WHEN {{0}}.handed_out_at IS NULL THEN 'issued'
         WHEN {_EFFECTIVE} IS NULL THEN 'handed_out' ELSE 'delivered' END
"""


async def list_own_documents(
    tx: TenantTransaction,
    wanted: OwnDocumentFilter = _ALL,
    *,
    order: Order = RECORDED,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[OwnDocumentListed], Place | None]:
    """A page of them, newest first, and where the next one begins."""
    where = Conditions(tx.tenant.id)
    for phrase, value in _phrases(wanted):
        where.require(phrase, value)
    changed_since(where, "d", wanted.updated_since)
    order.begin(where, "d", after)
    columns = COLUMNS.replace("delivered_at", f"{_EFFECTIVE.format('d')} AS delivered_at")
    rows = await tx.fetch(
        f"""
        SELECT d.*, q.code AS partner_code, p.number AS payout_number, o.number AS original_number,
               EXISTS (SELECT FROM tasks t WHERE t.tenant_id = $1 AND t.subject = 'own_document' AND t.state = 'open'
                          AND t.subject_id = d.number AND t.kind = 'own_document_undelivered') AS is_undelivered
          FROM (SELECT {columns}, seq, partner_id, {_STATE.format("d")} AS state
                  FROM own_documents d WHERE d.tenant_id = $1 {where}
                 ORDER BY {order.by("d")} LIMIT {where.parameter(limit + 1)}) d
          LEFT JOIN partners q ON q.tenant_id = $1 AND q.id = d.partner_id
          LEFT JOIN payouts p ON p.tenant_id = $1 AND p.id = d.payout_id
          LEFT JOIN own_documents o ON o.tenant_id = $1 AND o.id = d.original_id
         ORDER BY {order.by("d")}
        """,
        *where.parameters,
    )
    return order.cut([OwnDocumentListed.from_row(row) for row in rows], limit)


async def list_of_payout(tx: TenantTransaction, payout: str) -> list[OwnDocumentListed]:
    """All documents of a payout: the one that stands for it, closed ones, its Storno; newest first."""
    found, _ = await list_own_documents(tx, OwnDocumentFilter(payout=payout))
    return found


async def get_listed(tx: TenantTransaction, document: UUID) -> OwnDocumentListed | None:
    """One document as lists show it; None where there is none."""
    number = await tx.fetchval(
        "SELECT number FROM own_documents WHERE tenant_id = $1 AND id = $2", tx.tenant.id, document
    )
    if number is None:
        return None
    found, _ = await list_own_documents(tx, OwnDocumentFilter(number=number))
    return found[0]


def _phrases(wanted: OwnDocumentFilter) -> Iterator[tuple[str, object]]:
    if wanted.partner_id is not None:
        yield "d.partner_id = {}", wanted.partner_id
    if wanted.partner_code is not None:
        yield (
            "d.partner_id = (SELECT id FROM partners WHERE tenant_id = $1 AND code = {})",
            code_of(wanted.partner_code),
        )
    if wanted.payout is not None:
        yield (
            # A Storno is of the payout of its original.
            """COALESCE(d.payout_id, (SELECT o.payout_id FROM own_documents o
                                        WHERE o.tenant_id = $1 AND o.id = d.original_id))
               = (SELECT id FROM payouts WHERE tenant_id = $1 AND number = {})""",
            wanted.payout,
        )
    if wanted.number is not None:
        yield "d.number = {}", wanted.number
    if wanted.kind is not None:
        yield "d.kind = {}", wanted.kind
    if wanted.is_out:
        yield "(d.handed_out_at IS NOT NULL) = {}", True
    if wanted.state is not None:
        yield f"{_STATE.format('d')} = {{}}", wanted.state
