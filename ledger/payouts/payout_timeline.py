"""The way of one payout, from its request to its end: what happened, when, by whom, and where it is proved.

Read from what the ledger keeps anyway; after the engine has forgotten a workflow this is the record (engine.md).
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.payouts import objections
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.types import DocumentStrategy, EventId, Frozen

Kind = Literal[
    "requested", "approved", "rejected", "cancelled", "answered", "approval_void", "outcome_unknown", "document_open",
    "document_delivered", "paid", "returned", "settled", "sent", "refused", "unclear", "created", "event", "asked",
    "resolved", "note", "put_back", "taken_up", "approved_alone", "sent_again", "bank_run", "bank_file", "objected",
    "objection_answered",
]  # fmt: skip
_OF_STATE: dict[tuple[str, str], Kind] = {
    ("approved", "awaiting_approval"): "approval_void",
    ("approved", "outcome_unknown"): "outcome_unknown",
    ("approved", "credit_note_open"): "document_open",
    ("outcome_unknown", "credit_note_open"): "document_open",
    ("awaiting_approval", "cancelled"): "cancelled",
    ("approved", "cancelled"): "cancelled",
    ("outcome_unknown", "cancelled"): "cancelled",
    ("credit_note_open", "cancelled"): "cancelled",
    ("returned", "cancelled"): "cancelled",
    ("credit_note_open", "paid"): "paid",
    ("returned", "paid"): "paid",
    ("credit_note_open", "returned"): "returned",
    ("paid", "returned"): "returned",
    ("returned", "settled_manually"): "settled",
}
_OF_DECISION: dict[str, Kind] = {
    "approve": "approved",
    "reject": "rejected",
    "cancel": "cancelled",
    "resolve": "answered",
}
_OF_AUDIT: dict[str, Kind] = {
    "payout.put_back": "put_back",
    "payout.taken_up": "taken_up",
    "payout.approved_alone": "approved_alone",
    "payout.document_sent_again": "sent_again",
}
_MOST = 200
"""Of one kind. Nothing that people read grows longer."""


class Step(Frozen):
    """`actor` is `user:…`, `key:…`, `event:17` or None for the machine. `text` is what a person or lexoffice said."""

    at: datetime
    kind: Kind
    actor: str | None = None
    text: Reason | str | None = None
    """A reason of ours, or what a person wrote."""
    number: str | None = None
    """Of a credit note, a bank run, an attempt."""
    event: EventId | None = None
    resource_id: UUID | None = None


async def of_payout(tx: TenantTransaction, payout: Payout) -> list[Step]:
    """Oldest first."""
    found = [Step(at=payout.created_at, kind="requested", actor=payout.requested_by)]
    for part in (_decisions, _states, _attempts, _documents, _tasks, _notes, _audit, _bank_runs, _objection):
        found += [step async for step in part(tx, payout)]
    if payout.state == "paid" and not any(step.kind == "paid" for step in found):
        found.append(Step(at=payout.created_at, kind="paid"))
    return sorted(found, key=lambda step: step.at)


async def _decisions(tx: TenantTransaction, payout: Payout) -> AsyncIterator[Step]:
    for row in await tx.fetch(
        """
        SELECT kind, decided_by, decided_at, reason FROM decisions
         WHERE tenant_id = $1 AND payout_id = $2 ORDER BY decided_at LIMIT $3
        """,
        tx.tenant.id,
        payout.id,
        _MOST,
    ):
        yield Step(at=row["decided_at"], kind=_OF_DECISION[row["kind"]], actor=row["decided_by"], text=row["reason"])


async def _states(tx: TenantTransaction, payout: Payout) -> AsyncIterator[Step]:
    """Changes that no decision names: those of documents and of the ledger itself."""
    for row in await tx.fetch(
        """
        SELECT from_state, to_state, changed_at, cause FROM state_changes
         WHERE tenant_id = $1 AND subject = 'payouts' AND subject_id = $2 AND from_state <> '' ORDER BY seq LIMIT $3
        """,
        tx.tenant.id,
        payout.id,
        _MOST,
    ):
        kind = _OF_STATE.get((row["from_state"], row["to_state"]))
        cause: str = row["cause"] or ""
        if kind is None or (kind == "cancelled" and cause.startswith("decision:")):
            continue
        if kind == "document_open" and payout.strategy is DocumentStrategy.OWN_DOCUMENT:
            kind = "document_delivered"
        event = cause.removeprefix("event:") if cause.startswith("event:") else ""
        yield Step(
            at=row["changed_at"],
            kind=kind,
            event=EventId(int(event)) if event.isdigit() else None,
            text=payout.why if row["to_state"] == payout.state else None,
            number=payout.payment_reference if kind == "paid" else None,
        )


async def _attempts(tx: TenantTransaction, payout: Payout) -> AsyncIterator[Step]:
    for row in await tx.fetch(
        """
        SELECT attempt, sent_at, refused_at, unclear_at FROM creation_intents
         WHERE tenant_id = $1 AND payout_id = $2 ORDER BY created_at LIMIT $3
        """,
        tx.tenant.id,
        payout.id,
        _MOST,
    ):
        moments: tuple[tuple[Kind, Any], ...] = (
            ("sent", row["sent_at"]),
            ("refused", row["refused_at"]),
            ("unclear", row["unclear_at"]),
        )
        for kind, at in moments:
            if at is not None:
                yield Step(at=at, kind=kind, number=str(row["attempt"]))


async def _documents(tx: TenantTransaction, payout: Payout) -> AsyncIterator[Step]:
    """Credit notes, and what lexoffice notified about them."""
    for row in await tx.fetch(
        """
        SELECT resource_id, voucher_number, created_at FROM external_documents
         WHERE tenant_id = $1 AND payout_id = $2 ORDER BY created_at LIMIT $3
        """,
        tx.tenant.id,
        payout.id,
        _MOST,
    ):
        yield Step(at=row["created_at"], kind="created", number=row["voucher_number"], resource_id=row["resource_id"])
        for event in await tx.fetch(
            """
            SELECT id, event_type, received_at FROM events
             WHERE tenant_id = $1 AND resource_id = $2 AND state <> 'ignored' ORDER BY id LIMIT $3
            """,
            tx.tenant.id,
            str(row["resource_id"]),
            _MOST,
        ):
            yield Step(at=event["received_at"], kind="event", text=event["event_type"], event=EventId(event["id"]))


async def _tasks(tx: TenantTransaction, payout: Payout) -> AsyncIterator[Step]:
    for row in await tx.fetch(
        """
        SELECT reason_code, reason_params, created_at, resolved_at, resolved_by, resolution ->> 'reason' AS answer
          FROM tasks
         WHERE tenant_id = $1 AND subject = 'payout' AND subject_id = $2 ORDER BY seq LIMIT $3
        """,
        tx.tenant.id,
        payout.number,
        _MOST,
    ):
        asked = Reason(code=row["reason_code"], params=row["reason_params"])
        yield Step(at=row["created_at"], kind="asked", text=asked)
        if row["resolved_at"] is not None:
            yield Step(at=row["resolved_at"], kind="resolved", actor=row["resolved_by"], text=row["answer"])


async def _notes(tx: TenantTransaction, payout: Payout) -> AsyncIterator[Step]:
    for row in await tx.fetch(
        """
        SELECT written_by, written_at, note FROM payout_notes
         WHERE tenant_id = $1 AND payout_id = $2 ORDER BY written_at LIMIT $3
        """,
        tx.tenant.id,
        payout.id,
        _MOST,
    ):
        yield Step(at=row["written_at"], kind="note", actor=row["written_by"], text=row["note"])


async def _audit(tx: TenantTransaction, payout: Payout) -> AsyncIterator[Step]:
    for row in await tx.fetch(
        """
        SELECT at, actor, action, detail ->> 'reason' AS reason FROM audit_entries
         WHERE tenant_id = $1 AND subject = 'payout' AND subject_id = $2 AND action = ANY ($3) ORDER BY seq LIMIT $4
        """,
        tx.tenant.id,
        payout.number,
        list(_OF_AUDIT),
        _MOST,
    ):
        yield Step(at=row["at"], kind=_OF_AUDIT[row["action"]], actor=row["actor"], text=row["reason"])


async def _bank_runs(tx: TenantTransaction, payout: Payout) -> AsyncIterator[Step]:
    """In which bank run it is, or was."""
    for row in await tx.fetch(
        """
        SELECT r.number, r.created_by, r.created_at, r.file_made_at, r.exported_by FROM bank_run_lines l
          JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND stood_in_file(l) ORDER BY r.seq LIMIT $3
        """,
        tx.tenant.id,
        payout.id,
        _MOST,
    ):
        yield Step(at=row["created_at"], kind="bank_run", actor=row["created_by"], number=row["number"])
        if row["file_made_at"] is not None:
            yield Step(at=row["file_made_at"], kind="bank_file", actor=row["exported_by"], number=row["number"])


async def _objection(tx: TenantTransaction, payout: Payout) -> AsyncIterator[Step]:
    objection = await objections.of_payout(tx, payout.number)
    if objection is None:
        return
    yield Step(at=objection.objected_at, kind="objected", text=objection.reason)
    if objection.answered_at is not None:
        yield Step(
            at=objection.answered_at, kind="objection_answered", actor=objection.answered_by, text=objection.answer
        )
