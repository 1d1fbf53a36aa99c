"""Every way in which a call can fail, and what it proves about the document that may have been made."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from httpcalls import errors
from lexoffice.client import LexofficeClient
from tests.lexoffice_client.canned_server import Canned, CannedServer, http
from tests.lexoffice_client.samples import ID, document, new_credit_note, new_invoice

PROVING = {400, 401, 402, 403, 404, 405, 406, 415, 429}
MADE = {"id": str(ID), "resourceUri": "https://elsewhere.example/x", "version": 1}


def create(client: LexofficeClient) -> Awaitable[object]:
    return client.create_credit_note(new_credit_note())


def read(client: LexofficeClient) -> Awaitable[object]:
    return client.credit_note(ID)


async def failure(call: Awaitable[object]) -> errors.ProviderError:
    with pytest.raises(errors.ProviderError) as caught:
        await call
    return caught.value


@pytest.fixture
def impatient_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time-outs a hundredth as long."""
    monkeypatch.setattr("httpcalls.exchange.READ_SECONDS", 0.1)
    monkeypatch.setattr("httpcalls.exchange.READ_IN_ALL_SECONDS", 0.3)
    monkeypatch.setattr("httpcalls.exchange.CREATE_IN_ALL_SECONDS", 0.35)


async def test_only_the_listed_statuses_prove_that_a_create_made_nothing(
    canned: CannedServer, client: LexofficeClient
) -> None:
    for status in range(200, 600):
        canned.answer = http(status, {"message": "no"})
        error = await failure(create(client))
        assert error.status == status
        assert error.proves_nothing_was_made == (status in PROVING), status
        assert isinstance(error, errors.OutcomeUnknown) == (status not in PROVING), status


async def test_every_create_is_sorted_alike(canned: CannedServer, client: LexofficeClient) -> None:
    for status in (409, 500, 503, 504):
        canned.answer = http(status, {"message": None})
        assert isinstance(await failure(client.create_invoice(new_invoice())), errors.OutcomeUnknown)


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_a_create_with_an_id_is_done_whatever_else_the_answer_lacks(
    canned: CannedServer, client: LexofficeClient, status: int
) -> None:
    canned.answer = http(status, {"id": str(ID), "version": "x", "createdDate": "yesterday"})
    assert (await client.create_credit_note(new_credit_note())).id == ID


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'"x"',
        b"{}",
        b'{"id": null}',
        b'{"id": 7}',
        b'{"id": "7"}',
        b"[" * 99_999,
        b'{"id": 1e99999999999999999999}',
        b"\xff\xfe",
        b'{"id":"e9066f04-8cc7-4616-93f8-ac9ecc8479c8"',
    ],
)
async def test_a_success_without_a_usable_id_leaves_a_create_unknown_and_a_read_unexpected(
    canned: CannedServer, client: LexofficeClient, body: bytes
) -> None:
    canned.answer = http(201, body, f"Location: /v1/credit-notes/{ID}")
    assert isinstance(await failure(create(client)), errors.OutcomeUnknown)
    canned.answer = http(200, body)
    assert isinstance(await failure(read(client)), errors.UnexpectedAnswer)


BROKEN = {
    "closed without an answer": Canned(b""),
    "reset without an answer": Canned(b"", "reset"),
    "reset within the headers": Canned(b"HTTP/1.1 201 Created\r\nContent-", "reset"),
    "reset within the body": Canned(b"HTTP/1.1 201 X\r\nContent-Length: 99\r\n\r\n{", "reset"),
    "closed within the body": Canned(b"HTTP/1.1 201 X\r\nContent-Length: 99\r\n\r\n{"),
    "not HTTP": Canned(b"220 smtp.example ESMTP\r\n"),
    "silent": Canned(b"", "hang"),
    "silent after the headers": Canned(b"HTTP/1.1 201 X\r\nContent-Length: 99\r\n\r\n", "hang"),
    "slower than all patience": Canned(b"HTTP/1.1 201 X\r\nX-A: " + b"a" * 10_000, "trickle"),
    "not the encoding it claims": Canned(
        b"HTTP/1.1 201 X\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabcd"
    ),
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.usefixtures("impatient_client")
async def test_a_broken_answer_leaves_a_create_unknown_and_a_read_unanswered(
    canned: CannedServer, client: LexofficeClient, how: str
) -> None:
    canned.answer = BROKEN[how]
    error = await failure(create(client))
    assert isinstance(error, errors.OutcomeUnknown)
    assert not error.proves_nothing_was_made
    assert isinstance(await failure(read(client)), errors.NoAnswer)
    assert len(canned.requests) == 2, "one request each, none repeated"


@pytest.mark.usefixtures("impatient_client")
async def test_a_refusal_counts_by_its_status_even_where_its_body_breaks_off(
    canned: CannedServer, client: LexofficeClient
) -> None:
    canned.answer = Canned(b"HTTP/1.1 406 X\r\nContent-Length: 99\r\n\r\n{", "reset")
    error = await failure(create(client))
    assert isinstance(error, errors.ValidationFailed)
    assert error.proves_nothing_was_made
    assert error.details == ()


async def test_a_refused_connection_proves_that_nothing_was_made() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        async with LexofficeClient(base_url=f"http://127.0.0.1:{unused.getsockname()[1]}", token="x") as client:
            for call in (create, read):
                error = await failure(call(client))
                assert isinstance(error, errors.Unreachable)
                assert error.proves_nothing_was_made


async def test_a_name_that_cannot_be_resolved_proves_that_nothing_was_made() -> None:
    async with LexofficeClient(base_url="http://lexoffice.invalid", token="x") as client:
        assert isinstance(await failure(create(client)), errors.Unreachable)


async def test_a_failed_tls_handshake_proves_that_nothing_was_made() -> None:
    async def hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 this is no TLS\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hello, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, LexofficeClient(base_url=f"https://127.0.0.1:{port}", token="x") as client:
        assert isinstance(await failure(create(client)), errors.Unreachable)


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (301, errors.UnexpectedAnswer),
        (307, errors.UnexpectedAnswer),
        (400, errors.ValidationFailed),
        (401, errors.Unauthorized),
        (402, errors.ContractDoesNotInclude),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (405, errors.ValidationFailed),
        (406, errors.ValidationFailed),
        (409, errors.Conflict),
        (410, errors.UnexpectedAnswer),
        (415, errors.ValidationFailed),
        (429, errors.RateLimited),
        (500, errors.ServerError),
        (501, errors.ServerError),
        (502, errors.ServerError),
        (503, errors.ServerError),
        (504, errors.ServerError),
    ],
)
async def test_each_status_of_a_read_has_one_meaning(
    canned: CannedServer, client: LexofficeClient, status: int, meaning: type[errors.ProviderError]
) -> None:
    canned.answer = http(status, b"", f"Location: {canned.url}/v1/elsewhere")
    assert type(await failure(read(client))) is meaning
    assert len(canned.requests) == 1, "a redirect is not followed"


THROTTLED = [{"message": "Internal server error or rate limit exceeded"}, {"message": None}]


@pytest.mark.parametrize("body", THROTTLED)
async def test_a_500_that_may_mean_throttling_means_it_for_a_get_only(
    canned: CannedServer, client: LexofficeClient, body: object
) -> None:
    canned.answer = http(500, body)
    error = await failure(read(client))
    assert isinstance(error, errors.RateLimited)
    assert not error.proves_nothing_was_made
    assert isinstance(await failure(create(client)), errors.OutcomeUnknown)
    assert isinstance(await failure(client.unsubscribe(ID)), errors.ServerError)


@pytest.mark.parametrize(
    "body",
    [
        {"message": "Internal server error"},
        {"message": None, "status": 500, "traceId": "90d78d0777be"},
        {"IssueList": [{"i18nKey": "technical_error", "source": "x"}]},
        {},
        "rate limit exceeded",
    ],
)
async def test_a_500_of_lexoffice_itself_is_no_throttling(
    canned: CannedServer, client: LexofficeClient, body: object
) -> None:
    canned.answer = http(500, body)
    assert isinstance(await failure(read(client)), errors.ServerError)


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("99999999", 3600.0), ("soon", None), ("-1", None)])
async def test_a_pause_is_taken_over_where_the_answer_names_one(
    canned: CannedServer, client: LexofficeClient, header: str, seconds: float | None
) -> None:
    canned.answer = http(429, {"message": "Rate limit exceeded"}, f"Retry-After: {header}")
    error = await failure(create(client))
    assert isinstance(error, errors.RateLimited)
    assert error.proves_nothing_was_made
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 -0000", 0.0),
        ("Mon, 99 Foo 2026 07:28:00 GMT", None),
    ],
)
async def test_a_pause_may_be_named_by_its_end(
    canned: CannedServer, client: LexofficeClient, header: str, seconds: float | None
) -> None:
    canned.answer = http(429, {"message": "Rate limit exceeded"}, f"Retry-After: {header}")
    error = await failure(read(client))
    assert isinstance(error, errors.RateLimited)
    assert error.retry_after == seconds


async def test_a_pause_that_ends_soon_is_counted_from_now(canned: CannedServer, client: LexofficeClient) -> None:
    end = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    canned.answer = http(429, {"message": "Rate limit exceeded"}, f"Retry-After: {end}")
    error = await failure(read(client))
    assert isinstance(error, errors.RateLimited)
    assert error.retry_after is not None
    assert 10 < error.retry_after <= 20


async def test_a_duplicate_subscription_is_a_conflict_and_other_doubts_stay(
    canned: CannedServer, client: LexofficeClient
) -> None:
    canned.answer = http(409, {"status": 409})
    call = client.subscribe("invoice.deleted", "https://receiver.example/hook")
    assert isinstance(await failure(call), errors.Conflict)
    canned.answer = http(503)
    call = client.subscribe("invoice.deleted", "https://receiver.example/hook")
    assert isinstance(await failure(call), errors.OutcomeUnknown)


async def test_what_the_transport_itself_refuses_passes_unchanged(canned: CannedServer) -> None:
    class Limiter(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise errors.RateLimited(retry_after=0.5)

    async with LexofficeClient(base_url=canned.url, token="x", transport=Limiter()) as client:
        error = await failure(create(client))
    assert isinstance(error, errors.RateLimited)
    assert error.proves_nothing_was_made
    assert canned.requests == []


async def test_cancelling_a_call_stays_a_cancellation(canned: CannedServer, client: LexofficeClient) -> None:
    canned.answer = Canned(b"", "hang")
    call = asyncio.ensure_future(create(client))
    await canned.arrived.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


ENVELOPES: list[tuple[object, tuple[errors.Issue, ...]]] = [
    ({"message": "Unauthorized"}, (errors.Issue(message="Unauthorized"),)),
    (
        {
            "IssueList": [
                {"i18nKey": "missing_entity", "source": "company.name", "type": "validation_failure", "args": None},
                {"i18nKey": "invalid_value"},
                "junk",
            ],
            "requestId": "r-1",
        },
        (errors.Issue("missing_entity", "company.name"), errors.Issue("invalid_value")),
    ),
    (
        {
            "status": 406,
            "message": "Validation failed",
            "traceId": "90d78d0777be",
            "details": [{"violation": "NOTNULL", "field": "lineItems[0].unitPrice", "message": "darf nicht leer sein"}],
        },
        (errors.Issue("NOTNULL", "lineItems[0].unitPrice", "darf nicht leer sein"),),
    ),
    ({"message": "Stale", "details": None}, (errors.Issue(message="Stale"),)),
    ("max_file_size_exceeded", (errors.Issue(message="max_file_size_exceeded"),)),
    ({"i18nKey": "invalid_xrechnung", "source": "file"}, (errors.Issue("invalid_xrechnung", "file"),)),
    ({"IssueList": "junk", "details": 7, "message": ["x"]}, ()),
    ([1, 2], ()),
    (None, ()),
    (b"<html>", ()),
    (b"[" * 99_999, ()),
]


@pytest.mark.parametrize(("body", "details"), ENVELOPES)
@pytest.mark.parametrize("status", [400, 405, 406, 415])
async def test_the_complaints_are_read_from_every_envelope(
    canned: CannedServer,
    client: LexofficeClient,
    body: object,
    details: tuple[errors.Issue, ...],
    status: int,
) -> None:
    canned.answer = http(status, body)
    error = await failure(create(client))
    assert isinstance(error, errors.ValidationFailed)
    assert error.details == details


async def test_the_trace_id_is_kept_for_the_support(canned: CannedServer, client: LexofficeClient) -> None:
    canned.answer = http(406, {"traceId": "90d78d0777be"})
    assert (await failure(create(client))).trace_id == "90d78d0777be"
    canned.answer = http(503, {"requestId": "r-1"})
    assert (await failure(read(client))).trace_id == "r-1"


TELLTALE = "Erika Mustermann\n\x1b[31m"
TELLTALE_ISSUE = dict.fromkeys(("violation", "field", "message"), TELLTALE)


@pytest.mark.parametrize(
    "answer",
    [
        *(
            http(status, {"message": TELLTALE, "traceId": TELLTALE, "details": [TELLTALE_ISSUE]})
            for status in (400, 401, 402, 403, 404, 406, 409, 429, 500, 503)
        ),
        http(406, {"IssueList": [{"i18nKey": TELLTALE, "source": TELLTALE}]}),
        http(200, {"id": TELLTALE, TELLTALE: TELLTALE}),
        http(200, document(id=None, voucherDate=TELLTALE, address={"contactId": TELLTALE})),
        http(200, TELLTALE.encode()),
        Canned(TELLTALE.encode()),
        Canned(b"HTTP/1.1 200 X\r\nContent-Length: " + TELLTALE.encode() + b"\r\n\r\n"),
    ],
)
@pytest.mark.parametrize("call", [create, read])
async def test_neither_token_nor_text_of_the_other_side_is_in_an_error(
    canned: CannedServer,
    client: LexofficeClient,
    answer: Canned,
    call: Callable[[LexofficeClient], Awaitable[object]],
) -> None:
    canned.answer = answer
    error = await failure(call(client))
    told = f"{error} {error!r} {error.__cause__!r} {error.__context__!r}"
    assert not re.search(r"Erika|Mustermann|\x1b|the-secret-token", told)


async def test_an_error_tells_call_status_trace_and_names(canned: CannedServer, client: LexofficeClient) -> None:
    complaints = [{"violation": "NOTNULL", "field": f"lineItems[{i}].name"} for i in range(7)]
    canned.answer = http(406, {"traceId": "90d78d0777be", "details": complaints})
    assert str(await failure(create(client))) == (
        "POST credit-notes, status 406, trace 90d78d0777be, NOTNULL lineItems[0].name; NOTNULL lineItems[1].name; "
        "NOTNULL lineItems[2].name; NOTNULL lineItems[3].name; NOTNULL lineItems[4].name; 2 more"
    )
    canned.answer = http(200, {key: value for key, value in document().items() if key != "voucherStatus"})
    assert str(await failure(read(client))) == f"GET credit-notes/{ID}, status 200, voucherStatus missing"
