"""Keeps documents: every change is written with a new version and announced in the same transaction."""

from __future__ import annotations

import uuid
from datetime import timedelta

from .announce import Action, document_changed
from .clock import millis, now
from .document import Document
from .errors import not_found
from .kinds import KindName
from .office import Office
from .organizations import Organization
from .store import Store


def load(store: Store, document: str) -> Document | None:
    row = store.row("SELECT body FROM documents WHERE id = ?", document)
    return None if row is None else Document.model_validate_json(row["body"])


def load_before(store: Store, document: str) -> Document | None:
    """The state before the last change, for reads that lag behind."""
    row = store.row("SELECT body_before FROM documents WHERE id = ?", document)
    return None if row is None or row["body_before"] is None else Document.model_validate_json(row["body_before"])


def find(store: Store, organization: Organization, document: str, kind: KindName | None = None) -> Document:
    """An unknown id, another account's and another kind's document are the same 404 (§1.5)."""
    found = load(store, document)
    if found is None or found.organization_id != organization.organization_id:
        raise not_found()
    if kind is not None and found.kind_name != kind:
        raise not_found()
    return found


def of_organization(store: Store, organization: str) -> list[Document]:
    rows = store.rows("SELECT body FROM documents WHERE organization = ? ORDER BY created, rowid", organization)
    return [Document.model_validate_json(row["body"]) for row in rows]


def insert(office: Office, organization: Organization, document: Document, action: Action) -> Document:
    with office.store.transaction():
        office.store.run(
            "INSERT INTO documents (id, organization, kind, status, number, voucher_date, created, updated, due,"
            " contact, archived, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            document.id,
            document.organization_id,
            document.kind_name,
            document.status,
            document.number,
            millis(document.voucher_date),
            millis(document.created),
            millis(document.updated),
            millis(document.due) if document.due else None,
            document.address.contact_id,
            document.archived,
            document.model_dump_json(),
        )
        document_changed(office, organization, None, document, action)
    return document


def change(office: Office, organization: Organization, before: Document, action: Action, **update: object) -> Document:
    """Write the next version. No two versions share an instant: receivers tell events apart by it."""
    at = max(now(), before.updated + timedelta(milliseconds=1))
    update = {**update, "version": before.version + 1, "updated": at}
    if update.get("status", before.status) != "draft" and before.file_id is None:
        update["file_id"] = str(uuid.uuid4())
    after = Document.model_validate(before.model_dump() | update)
    with office.store.transaction():
        office.store.run(
            "UPDATE documents SET status = ?, number = ?, voucher_date = ?, updated = ?, due = ?, contact = ?,"
            " archived = ?, body_before = body, body = ? WHERE id = ?",
            after.status,
            after.number,
            millis(after.voucher_date),
            millis(after.updated),
            millis(after.due) if after.due else None,
            after.address.contact_id,
            after.archived,
            after.model_dump_json(),
            after.id,
        )
        document_changed(office, organization, before, after, action)
    return after


def misreport(office: Office, document: Document, **update: object) -> Document:
    """A fault on purpose: what is shown changes, and nobody is told. No new version is written."""
    after = Document.model_validate(document.model_dump() | update)
    office.store.run(
        "UPDATE documents SET updated = ?, body = ? WHERE id = ?",
        millis(after.updated),
        after.model_dump_json(),
        after.id,
    )
    return after


def remove(office: Office, organization: Organization, document: Document) -> None:
    at = max(now(), document.updated + timedelta(milliseconds=1))
    with office.store.transaction():
        office.store.run("DELETE FROM documents WHERE id = ?", document.id)
        gone = document.model_copy(update={"updated": at})
        document_changed(office, organization, document, gone, "deleted")
