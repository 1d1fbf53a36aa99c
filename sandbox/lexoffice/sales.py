"""`/v1/invoices`, `/v1/credit-notes` and `/v1/down-payment-invoices` (§3, §4)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from . import documents, drafting, voucher_files
from .announce import Action
from .call import Call
from .clock import now, wire
from .corrections import check_preceding, relate, settle_by_correction
from .document import Document, public
from .errors import Answer, Issue, LegacyRefusal, RegularRefusal, json_answer
from .kinds import Kind
from .numbers import next_number
from .office import Office
from .organizations import Organization
from .pdf import render

Handler = Callable[[Call], Awaitable[Answer]]
PRINT_LAYOUT = uuid.UUID("5b1a8e4e-8b3c-4f7e-9c55-0c8a4f3d1a10")


def number_pattern(organization: Organization, kind: Kind) -> str:
    return organization.number_patterns.get(kind.name, kind.number_pattern)


def write(
    office: Office,
    organization: Organization,
    kind: Kind,
    draft: drafting.Draft,
    *,
    finalize: bool,
    preceding: Document | None = None,
    **more: object,
) -> Document:
    """Make the document, numbered from the start (§3.3), and finalize it if that is wanted.

    A correction of an invoice is settled at once. `more` holds members that only a person can set.
    """
    with office.store.transaction():
        at = now()
        series = number_pattern(organization, kind)
        values: dict[str, object] = {
            "id": str(uuid.uuid4()),
            "organization_id": organization.organization_id,
            "kind_name": kind.name,
            "status": "open" if finalize else "draft",
            "version": 1,
            "created": at,
            "updated": at,
            "file_id": str(uuid.uuid4()) if finalize else None,
            "preceding": preceding.id if preceding else None,
            "print_layout_id": str(PRINT_LAYOUT),
            **{key: value for key, value in vars(draft).items() if value is not None},
            **more,
        }
        if "number" not in values:
            values["number"] = next_number(
                office.store, organization.organization_id, kind.name, series, draft.voucher_date
            )
        document = Document.model_validate(values)
        action: Action = "written_finalized" if finalize else "written"
        if preceding is None:
            return documents.insert(office, organization, document, action)
        document = relate(document, preceding)
        if finalize:
            document = document.model_copy(update={"status": "paid", "settled_at": at})
        documents.insert(office, organization, document, action)
        if finalize:
            settle_by_correction(office, organization, document, preceding)
        else:
            documents.change(office, organization, preceding, "related", related=relate(preceding, document).related)
        return document


def creator(kind: Kind) -> Handler:
    async def post(call: Call) -> Answer:
        body = call.json_object()
        draft = drafting.read(call.office.store, call.organization, kind, body)
        drafting.check_total(drafting.totals_of(draft).gross)
        preceding = None
        if (invoice := call.query.get("precedingSalesVoucherId")) is not None:
            preceding = check_preceding(call.office.store, call.organization, kind, invoice)
        finalize = call.query.get("finalize", "false").lower() == "true"
        document = write(call.office, call.organization, kind, draft, finalize=finalize, preceding=preceding)
        uri = f"{call.base_url}/v1/{kind.path}/{document.id}"
        result = {
            "id": document.id,
            "resourceUri": uri,
            "createdDate": wire(document.created),
            "updatedDate": wire(document.updated),
            "version": document.version,
        }
        return json_answer(201, result, {"Location": uri}, document.id)

    return post


def reader(kind: Kind) -> Handler:
    async def get(call: Call) -> Answer:
        document = as_read(call, documents.find(call.office.store, call.organization, call.params["id"], kind.name))
        shown = public(
            document,
            chapter=call.organization.dialect == "chapter",
            credit_note_paid_word=call.organization.credit_note_paid_word,
        )
        if call.stale.hides_number(document):
            del shown["voucherNumber"]
        return json_answer(200, shown)

    return get


def as_read(call: Call, document: Document) -> Document:
    """The state that this read sees: the last one, or with a fault the one before."""
    if call.stale.lags:
        before = documents.load_before(call.office.store, document.id)
        if before is not None and call.stale.shows_before(document):
            return before
    return document


def file_of(kind: Kind) -> Handler:
    async def get(call: Call) -> Answer:
        document = documents.find(call.office.store, call.organization, call.params["id"], kind.name)
        accepted = _accepted(call)
        if "application/xml" in accepted:
            raise RegularRefusal(404, "No e-invoice available for this voucher.")
        if not accepted & {"application/pdf", "*/*", "application/*"}:
            raise RegularRefusal(406, "Not acceptable: application/pdf is available.")
        if document.status == "draft":
            raise RegularRefusal(409, "The voucher is a draft and has no file.")
        return _pdf(document)

    return get


def document_of(kind: Kind) -> Handler:
    async def get(call: Call) -> Answer:
        document = documents.find(call.office.store, call.organization, call.params["id"], kind.name)
        if document.status == "draft" or document.file_id is None:
            raise RegularRefusal(406, "The voucher is a draft and cannot be rendered.")
        return json_answer(200, {"documentFileId": document.file_id})

    return get


async def file_by_id(call: Call) -> Answer:
    uploaded = voucher_files.content_of(call, call.params["id"])
    if uploaded is not None:
        return uploaded
    row = call.office.store.row(
        "SELECT id FROM documents WHERE organization = ? AND status <> 'draft' AND json_extract(body, '$.file_id') = ?",
        call.organization.organization_id,
        call.params["id"],
    )
    document = documents.load(call.office.store, row["id"]) if row else None
    if document is None:
        raise LegacyRefusal(404, Issue("missing_entity", "file"))
    return _pdf(document)


def _accepted(call: Call) -> set[str]:
    accept = call.headers.get("accept", "*/*")
    return {part.split(";")[0].strip().lower() for part in accept.split(",")}


def _pdf(document: Document) -> Answer:
    name = f"{document.kind.title}_{document.number}.pdf"
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return Answer(
        200,
        render(document),
        {
            "Content-Type": "application/pdf",
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        },
    )
