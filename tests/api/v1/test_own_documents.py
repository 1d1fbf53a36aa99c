"""Own documents by the JSON API: lists, files, bounces, and what a person says of their delivery."""

import hashlib
import io
import json
import zipfile
from typing import Any
from uuid import uuid4

import httpx
import pytest

from ledger.documents.own import delivery, issuing
from ledger.documents.own.issuing import OwnDocumentRow
from tests.api.v1.test_json_api import PARTNER
from tests.fixtures.door import Door
from tests.fixtures.own_documents import handed_out, of_payout
from tests.fixtures.unapproved_payouts import a_payout_that_awaits_approval
from tests.ledger.documents.own.documents import GERMAN, REVERSE, SMALL, document


async def a_document(door: Door, **members: Any) -> OwnDocumentRow:
    if not await door.rows("SELECT 1 FROM partners WHERE code = 'ANNA'"):
        await door.api("POST", "partners", PARTNER)
    return await handed_out(door.parts.ledger, door.tenant, email="anna@partner.example", **members)


async def accepted(door: Door, row: OwnDocumentRow) -> str:
    """Its mail, as the server took it; the mail's id."""
    [mail] = await door.rows("SELECT id FROM mails WHERE kind = 'own_document' AND about = $1", row.number)
    async with door.parts.ledger.transaction(door.tenant) as tx:
        await delivery.note_mail_end(tx, mail["id"], row.number, "sent")
    return str(mail["id"])


async def listed(door: Door, **asked: str) -> list[dict[str, Any]]:
    answer = await door.http.get("/api/v1/own-documents", params=asked, headers={"X-API-Key": door.key})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def file(door: Door, path: str, key: str | None = None) -> httpx.Response:
    return await door.http.get(f"/api/v1/own-documents/{path}", headers={"X-API-Key": key or door.approver})


async def test_documents_are_listed_by_partner_payout_number_kind_and_state(connected: Door) -> None:
    payout = (await a_payout_that_awaits_approval(connected))["number"]
    of_it = await of_payout(connected.parts.ledger, connected.tenant, payout)
    other = await a_document(connected, vat=SMALL)
    assert [one["number"] for one in await listed(connected)] == [other.number, of_it.number]
    [found] = await listed(connected, payout=payout)
    assert (found["number"], found["payout_number"], found["state"]) == (of_it.number, payout, "handed_out")
    assert [one["id"] for one in await listed(connected, number=other.number)] == [str(other.id)]
    assert len(await listed(connected, partner=found["partner_code"])) == 2 - (found["partner_code"] != "ANNA")
    assert await listed(connected, kind="reversal") == []
    assert await listed(connected, state="delivered") == []
    async with connected.parts.ledger.transaction(connected.tenant) as tx:
        await delivery.mark_delivered(tx, of_it, "page", by="partner:ANNA")
    assert [one["number"] for one in await listed(connected, state="delivered")] == [of_it.number]
    assert "iban" not in str(await listed(connected)).lower()


async def test_files_are_those_that_were_issued(door: Door) -> None:
    row = await a_document(door)
    pdf = await file(door, f"{row.id}/document.pdf")
    assert hashlib.sha256(pdf.content).hexdigest() == pdf.headers["x-content-sha256"] == row.pdf_sha256
    assert pdf.headers["content-disposition"] == f'attachment; filename="{row.number}.pdf"'
    xml = await file(door, f"{row.id}/document.xml")
    async with door.parts.ledger.transaction(door.tenant) as tx:
        assert xml.content == await issuing.get_xml(tx, row.id)
    reader = await door.new_key("read")
    for path in ("document.pdf", "document.xml"):
        assert (await file(door, f"{row.id}/{path}", reader)).status_code == 200
        assert (await file(door, f"{uuid4()}/{path}")).status_code == 404
    report = (await file(door, f"{row.id}/report", reader)).json()
    assert report["report"]["checked_by"].startswith("verifyhash-einvoice ")


async def test_a_document_without_xml_says_so(door: Door) -> None:
    await door.api("POST", "partners", PARTNER)
    async with door.parts.ledger.transaction(door.tenant) as tx:
        draft = document(number="?", vat=REVERSE, buyer=GERMAN)
        row = await issuing.issue(tx, draft, payout=None, must_be_e_invoice=False, by="engine")
    answer = await file(door, f"{row.id}/document.xml")
    assert (answer.status_code, answer.json()["reason"]) == (404, "own_document_without_xml")
    assert (await file(door, f"{row.id}/report", door.key)).json() == {"number": row.number, "report": None}


@pytest.mark.parametrize("named", ["number", "message_id"])
async def test_a_bounce_is_told_by_number_or_message_id_and_asks_a_person(door: Door, named: str) -> None:
    row = await a_document(door)
    mail = await accepted(door, row)
    body = {"number": {"number": row.number}, "message_id": {"message_id": f"<{mail}@example.com>"}}[named]
    for _ in range(2):
        answer = await door.api("POST", "own-documents/bounces", body | {"reason": "550 5.1.1"})
        assert answer.status_code == 200, answer.text
        [told] = answer.json()["deliveries"]
        assert (told["outcome"], told["bounce"], answer.json()["is_undelivered"]) == ("accepted", "550 5.1.1", True)
    assert len((await door.api("GET", "tasks")).json()["items"]) == 1
    corrected = await door.api("POST", f"own-documents/{row.id}/send-again", {"reason": "Adresse berichtigt."})
    assert corrected.json()["is_undelivered"] is False
    assert len(await door.rows("SELECT 1 FROM mails WHERE kind = 'own_document'")) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"message_id": "<17@example.com>"}, 422),
        ({"message_id": f"<{uuid4()}@example.com>"}, 404),
        ({"number": "GU-2026-99999"}, 404),
    ],
)
async def test_a_bounce_of_what_is_not_ours_is_refused(door: Door, body: dict[str, Any], status: int) -> None:
    await a_document(door)
    assert (await door.api("POST", "own-documents/bounces", body)).status_code == status


async def test_a_document_handed_over_in_another_way_counts(door: Door) -> None:
    row = await a_document(door)
    assert (await door.api("POST", f"own-documents/{row.id}/handed-over", {"note": ""})).status_code == 422
    answer = await door.api("POST", f"own-documents/{row.id}/handed-over", {"note": "Am 2.11. mit der Post."})
    assert (answer.json()["state"], answer.json()["deliveries"][0]["note"]) == ("delivered", "Am 2.11. mit der Post.")


async def test_the_bundle_of_evidence_holds_files_report_and_deliveries(connected: Door) -> None:
    payout = (await a_payout_that_awaits_approval(connected))["number"]
    row = await of_payout(connected.parts.ledger, connected.tenant, payout)
    answer = await connected.http.get(
        f"/api/v1/reports/payouts/{payout}/evidence.zip", headers={"X-API-Key": connected.approver}
    )
    bundle = zipfile.ZipFile(io.BytesIO(answer.content))
    assert hashlib.sha256(bundle.read(f"eigene-belege/{row.number}.pdf")).hexdigest() == row.pdf_sha256
    assert bundle.read(f"eigene-belege/{row.number}.xml").startswith(b"<?xml")
    known = json.loads(bundle.read(f"eigene-belege/{row.number}.json"))
    assert known["report"]["checked_by"].startswith("verifyhash-einvoice ")
    assert [one["outcome"] for one in known["deliveries"]] == ["no_address"]


async def test_a_preview_says_what_will_be_issued_and_booked(connected: Door) -> None:
    payout = (await a_payout_that_awaits_approval(connected))["number"]
    refused = await connected.api("GET", f"payouts/{payout}/preview")
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_preview")
    await connected.rows("UPDATE payouts SET strategy = 'own_document'")
    found = (await connected.api("GET", f"payouts/{payout}/preview")).json()
    assert (found["kind"], found["tax_case"], found["gross_cents"]) == ("self_billed", "regular", 1_190)
    assert (found["missing_in_words"], found["booking"]["posting_case"]) == (None, "regular")
    assert found["unbookable_in_words"]
    pdf = await connected.api("GET", f"payouts/{payout}/preview.pdf")
    assert pdf.content.startswith(b"%PDF-")
    await connected.rows("UPDATE partners SET city = NULL")
    found = (await connected.api("GET", f"payouts/{payout}/preview")).json()
    assert (found["kind"], bool(found["missing_in_words"])) == (None, True)
    assert (await connected.api("GET", f"payouts/{payout}/preview.pdf")).status_code == 409


async def test_another_tenants_documents_are_not_there(door: Door, other: Door) -> None:
    row = await a_document(door)
    assert await listed(other) == []
    for path in ("", "/document.pdf", "/document.xml", "/report"):
        assert (await file(other, f"{row.id}{path}")).status_code == 404
    assert (await other.api("POST", "own-documents/bounces", {"number": row.number})).status_code == 404


@pytest.mark.parametrize("kind", ["own_reversal_asked", "own_reversal_outcome_unknown"])
async def test_a_question_about_a_storno_is_answered_by_who_may_approve(door: Door, kind: str) -> None:
    [task] = await door.rows(
        """
        INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions, detail)
        VALUES ($1, $2, 'own_reversal', $3, 'Warum.', '{confirm,create_again}', '{}') RETURNING id
        """,
        door.tenant.id,
        kind,
        str(uuid4()),
    )
    key = await door.new_key("read", "write")
    answer = await door.http.post(
        f"/api/v1/tasks/{task['id']}/resolve", json={"action": "confirm"}, headers={"X-API-Key": key}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
