"""What leaves the machine: addresses, headers, bodies and connections."""

import json
from datetime import date
from uuid import uuid4

import pytest

from httpcalls.errors import UnusableFile
from httpcalls.transports import fresh_connection_transport, shared_transport
from lexoffice.client import LexofficeClient
from lexoffice.errors import FractionOfACent, SearchWindowExceeded
from lexoffice.vouchers import VoucherQuery
from tests.lexoffice_client.canned_server import Canned, CannedServer, http
from tests.lexoffice_client.samples import ID, document, new_credit_note, new_invoice

MADE = http(201, {"id": str(ID)})
EMPTY = http(200, {"content": [], "last": True, "number": 0})


async def test_the_token_and_the_forms_are_in_the_headers(canned: CannedServer, client: LexofficeClient) -> None:
    canned.answer = MADE
    await client.create_credit_note(new_credit_note())
    assert canned.request_line == "POST /v1/credit-notes?finalize=true HTTP/1.1"
    assert canned.header("Authorization") == "Bearer the-secret-token"
    assert canned.header("Content-Type") == "application/json"
    assert canned.header("Accept") == "application/json"
    assert json.loads(canned.body)["voucherDate"] == "2026-11-22T00:00:00.000+01:00"


async def test_a_draft_is_asked_for_by_leaving_finalize_out(canned: CannedServer, client: LexofficeClient) -> None:
    canned.answer = MADE
    await client.create_invoice(new_invoice(), finalize=False)
    assert canned.request_line == "POST /v1/invoices HTTP/1.1"


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
async def test_the_address_of_the_api_may_name_the_version(canned: CannedServer, suffix: str) -> None:
    canned.answer = http(200, document())
    async with LexofficeClient(base_url=canned.url + suffix, token="x") as client:
        await client.invoice(ID)
    assert canned.request_line == f"GET /v1/invoices/{ID} HTTP/1.1"


@pytest.mark.parametrize(
    "url",
    ["", "api.lexware.io", "file:///etc/passwd", "https://", "https://u:p@host", "https://host?x=1", "https://[x"],
)
def test_what_is_no_address_of_an_api_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"address|URL"):
        LexofficeClient(base_url=url, token="x")


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "ä", "a\x00"])
def test_a_token_that_cannot_be_sent_is_refused_without_being_quoted(token: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII") as caught:
        LexofficeClient(base_url="http://127.0.0.1", token=token)
    assert not token or token not in str(caught.value)


def test_the_token_is_not_in_the_clients_name() -> None:
    assert "secret" not in repr(LexofficeClient(base_url="http://127.0.0.1", token="secret"))


async def test_an_id_that_is_a_text_is_never_sent(canned: CannedServer, client: LexofficeClient) -> None:
    with pytest.raises(TypeError):
        await client.invoice("../profile")  # type: ignore[arg-type]
    assert canned.requests == []


async def test_the_voucherlist_always_names_types_and_statuses(canned: CannedServer, client: LexofficeClient) -> None:
    canned.answer = EMPTY
    contact = uuid4()
    query = VoucherQuery(
        voucher_types=("invoice", "creditnote"),
        contact_id=contact,
        created_date_from=date(2026, 11, 21),
        archived=False,
        voucher_number="GS-1&2",
    )
    await client.voucherlist(query, 3)
    assert canned.request_line == (
        "GET /v1/voucherlist?voucherType=invoice,creditnote&voucherStatus=any&archived=false"
        f"&contactId={contact}&voucherNumber=GS-1%26amp%3B2&createdDateFrom=2026-11-21&page=3&size=250 HTTP/1.1"
    )


@pytest.mark.parametrize(
    ("members", "is_last"),
    [
        ({"last": True}, True),
        ({"last": False}, False),
        ({"totalPages": 1, "number": 0}, True),
        ({"totalPages": 2, "number": 0}, False),
        ({}, False),
        ({"content": [], "last": False}, True),
        ({"content": []}, True),
    ],
)
async def test_a_list_that_does_not_say_where_it_ends_ends_with_an_empty_page(
    canned: CannedServer, client: LexofficeClient, members: dict[str, object], is_last: bool
) -> None:
    row = {"id": str(ID), "voucherType": "invoice", "voucherStatus": "open"}
    canned.answer = http(200, {"content": [row], **members})
    assert (await client.voucherlist(VoucherQuery(voucher_types=("invoice",)))).is_last is is_last


async def test_a_time_that_makes_no_sense_spoils_neither_its_row_nor_its_page(
    canned: CannedServer, client: LexofficeClient
) -> None:
    row = {"id": str(ID), "voucherType": "invoice", "voucherStatus": "open", "updatedDate": "2026-03-01"}
    odd = row | {"voucherDate": "2206-11-28T00:00:00.000+01:00", "dueDate": "soon", "createdDate": 7}
    canned.answer = http(200, {"content": [odd, row]})
    listed = await client.voucherlist(VoucherQuery(voucher_types=("invoice",)))
    assert [(one.voucher_date, one.due_date, one.created_date) for one in listed.content] == [(None, None, None)] * 2
    assert all(one.updated_date for one in listed.content)


async def test_a_page_beyond_the_window_costs_no_request(canned: CannedServer, client: LexofficeClient) -> None:
    canned.answer = EMPTY
    query = VoucherQuery(voucher_types=("invoice",), size=250)
    await client.voucherlist(query, 39)
    with pytest.raises(SearchWindowExceeded):
        await client.voucherlist(query, 40)
    assert len(canned.requests) == 1


async def test_subscriptions_are_listed_by_their_id_and_keep_the_address_out_of_sight(
    canned: CannedServer, client: LexofficeClient
) -> None:
    listed = {"subscriptionId": str(ID), "eventType": "invoice.deleted", "callbackUrl": "https://r/secret"}
    canned.answer = http(200, {"content": [listed]})
    (subscription,) = await client.subscriptions()
    assert (subscription.id, subscription.callback_url) == (ID, "https://r/secret")
    assert "secret" not in repr(subscription)


async def test_unsubscribing_needs_no_body_in_the_answer(canned: CannedServer, client: LexofficeClient) -> None:
    canned.answer = http(204)
    await client.unsubscribe(ID)
    assert canned.request_line == f"DELETE /v1/event-subscriptions/{ID} HTTP/1.1"


async def test_a_file_is_asked_for_as_pdf_and_handed_over_whole(canned: CannedServer, client: LexofficeClient) -> None:
    canned.answer = http(200, b"%PDF-1.7 \x00\xff")
    assert await client.credit_note_file(ID) == b"%PDF-1.7 \x00\xff"
    assert canned.header("Accept") == "application/pdf"


@pytest.mark.parametrize("content", [b"", b"<html>", b" %PDF-", b"%PDF-" + b"x" * 10 * 1024 * 1024])
async def test_a_file_that_is_no_pdf_or_too_large_is_refused(
    canned: CannedServer, client: LexofficeClient, content: bytes
) -> None:
    canned.answer = http(200, content)
    with pytest.raises(UnusableFile):
        await client.credit_note_file(ID)


async def test_a_fetched_document_keeps_its_bytes_as_evidence(canned: CannedServer, client: LexofficeClient) -> None:
    body = json.dumps(document(somethingNew={"a": 1}), indent=3).encode()
    canned.answer = http(200, body)
    assert (await client.invoice(ID)).raw == body


async def test_a_total_with_a_fraction_of_a_cent_says_so(canned: CannedServer, client: LexofficeClient) -> None:
    total = {"currency": "EUR", "totalNetAmount": 1.005, "totalGrossAmount": 1.0, "totalTaxAmount": 0}
    canned.answer = http(200, document(totalPrice=total))
    invoice = await client.invoice(ID)
    assert invoice.total_gross_cents == 100
    with pytest.raises(FractionOfACent):
        _ = invoice.total_net_cents


async def test_clients_share_the_connection_of_a_borrowed_transport(canned: CannedServer) -> None:
    canned.answer = Canned(b'HTTP/1.1 200 X\r\nContent-Length: 14\r\n\r\n{"content":[]}', "keep")
    async with shared_transport() as transport:
        for token in ("one", "two", "three"):
            async with LexofficeClient(base_url=canned.url, token=token, transport=transport) as client:
                await client.subscriptions()
            assert canned.header("Authorization") == f"Bearer {token}"
    assert canned.connections == 1


async def test_each_create_has_a_connection_of_its_own(canned: CannedServer) -> None:
    body = json.dumps({"id": str(ID)}).encode()
    canned.answer = Canned(b"HTTP/1.1 201 X\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body), "keep")
    async with (
        fresh_connection_transport() as transport,
        LexofficeClient(base_url=canned.url, token="x", transport=transport) as client,
    ):
        for _ in range(3):
            await client.create_credit_note(new_credit_note())
    assert canned.connections == 3


async def test_a_proxy_or_netrc_of_the_machine_is_not_used(
    canned: CannedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    canned.answer = EMPTY
    async with LexofficeClient(base_url=canned.url, token="x") as client:
        await client.subscriptions()
    assert len(canned.requests) == 1
