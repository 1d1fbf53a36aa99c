"""Files of vouchers: attached to one, or uploaded for one that lexoffice then makes itself and reads (OCR).

Bytes that are known already are the same file: within one voucher, and within `/v1/files` of an organisation.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import AsyncGenerator
from decimal import Decimal

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from . import vouchers
from .call import Call
from .clock import day_start, german_day, now
from .errors import Answer, Issue, LegacyRefusal, json_answer
from .office import Office
from .organizations import Organization
from .voucher import Voucher

LARGEST = 5 * 1024 * 1024
_KINDS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
_TOXIC = (b"/JavaScript", b"/Launch")


async def attach(call: Call) -> Answer:
    """POST /v1/vouchers/{id}/files."""
    voucher = vouchers.find(call.office.store, call.organization, call.params["id"])
    content, _ = await _upload(call)
    mime = _kind_of(call.organization, content)
    digest = hashlib.sha256(content).hexdigest()
    with call.office.store.transaction():
        known = call.office.store.row("SELECT id FROM files WHERE voucher = ? AND sha256 = ?", voucher.id, digest)
        if known is not None:
            return json_answer(202, {"id": known["id"]}, resource=known["id"])
        file = _keep(call, voucher.id, content, digest, mime)
        files = (*voucher.files, file)
        vouchers.change(call.office, call.organization, voucher, "voucher.changed", files=files)
    return json_answer(202, {"id": file}, resource=file)


async def upload(call: Call) -> Answer:
    """POST /v1/files: makes a voucher, `blank` until its file was read."""
    content, kind = await _upload(call)
    if kind != "voucher":
        raise LegacyRefusal(400, Issue("invalid_value" if kind else "missing_entity", "type"))
    mime = _kind_of(call.organization, content)
    digest = hashlib.sha256(content).hexdigest()
    known = call.office.store.row(
        "SELECT id, voucher FROM files WHERE organization = ? AND sha256 = ? AND by_upload",
        call.organization.organization_id,
        digest,
    )
    if known is not None:
        return json_answer(202, {"id": known["id"], "voucherId": known["voucher"]}, resource=known["id"])
    voucher = _blank(call.office, call.organization)
    file = _keep(call, voucher.id, content, digest, mime, by_upload=True)
    asyncio.get_running_loop().call_later(
        call.organization.ocr_ms / 1000, _read_it, call.office, call.organization, voucher.id, file
    )
    return json_answer(202, {"id": file, "voucherId": voucher.id}, resource=file)


def content_of(call: Call, file: str) -> Answer | None:
    """An uploaded file as `GET /v1/files/{id}` shows it; None where the id is none of them."""
    row = call.office.store.row(
        "SELECT mime, content FROM files WHERE id = ? AND organization = ?", file, call.organization.organization_id
    )
    if row is None:
        return None
    if "application/xml" in call.headers.get("accept", "") and row["mime"] != "application/xml":
        raise LegacyRefusal(404, Issue("missing_entity", "file"))  # the XML inside a PDF cannot be had
    return Answer(200, row["content"], {"Content-Type": row["mime"]})


async def _upload(call: Call) -> tuple[bytes, str | None]:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield call.body

    try:
        form = await MultiPartParser(Headers(dict(call.headers)), stream()).parse()
    except (MultiPartException, KeyError) as error:
        raise LegacyRefusal(400, Issue("bad_request_error", "file", "bad_request")) from error
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise LegacyRefusal(500, Issue("technical_error", "file", "technical_failure"))
    content = await file.read()
    kind = form.get("type")
    if len(content) > LARGEST:
        raise LegacyRefusal(406, Issue("max_file_size_exceeded", "file"))
    return content, kind if isinstance(kind, str) else None


def _kind_of(organization: Organization, content: bytes) -> str:
    """By what the bytes are, whatever the file is called."""
    for begins, mime in _KINDS:
        if content.startswith(begins):
            if mime == "application/pdf" and any(word in content for word in _TOXIC):
                raise LegacyRefusal(406, Issue("voucher_upload_toxic_pdf", "file"))
            return mime
    if content.lstrip().startswith(b"<"):
        if not organization.e_invoices_on:
            raise LegacyRefusal(406, Issue("inacceptable_file_extension", "file"))
        if b"CrossIndustryInvoice" not in content and b"urn:oasis:names:specification:ubl" not in content:
            raise LegacyRefusal(406, Issue("invalid_xrechnung", "file"))
        return "application/xml"
    raise LegacyRefusal(406, Issue("inacceptable_file_extension", "file"))


def _keep(call: Call, voucher: str, content: bytes, digest: str, mime: str, *, by_upload: bool = False) -> str:
    file = str(uuid.uuid4())
    call.office.store.run(
        "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
        file,
        call.organization.organization_id,
        voucher,
        digest,
        mime,
        by_upload,
        content,
    )
    return file


def _blank(office: Office, organization: Organization) -> Voucher:
    at = now()
    day = day_start(german_day(at))
    return vouchers.insert(
        office,
        organization,
        Voucher(
            id=str(uuid.uuid4()),
            organization_id=organization.organization_id,
            type="purchaseinvoice",
            status="blank",
            number="",
            version=0,
            created=at,
            updated=at,
            voucher_date=day,
            due=day,
            tax_type="gross",
            gross=Decimal(0),
            tax=Decimal(0),
            collective_contact=True,
        ),
    )


def _read_it(office: Office, organization: Organization, voucher: str, file: str) -> None:
    """What OCR does: the voucher is there for a person to check."""
    found = vouchers.load(office.store, voucher)
    if found is not None and found.status == "blank":
        events = ("voucher.created", "voucher.changed")
        vouchers.change(office, organization, found, *events, status="unchecked", files=(file,))
