"""The calls of the lexoffice API, one method each.

Every method sends exactly one request, never repeats one and never follows a redirect, a `resourceUri` or a
`Location`: repeating is for the caller, who knows what has been written down about the call. What each failure
means stands in `errors`. An exception of the transport that is no httpx error, such as a limiter's own
RateLimited, passes unchanged.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from typing import Final, Literal, Self, TypeVar, cast
from uuid import UUID

import httpx
from pydantic import TypeAdapter, ValidationError

from lexoffice.addresses import api_root, query_string, resource_path, search_text
from lexoffice.answers import Created, Fetched, Page
from lexoffice.contacts import Contact, NewContact
from lexoffice.documents import CreditNote, DocumentText, Invoice
from lexoffice.errors import LexofficeError, SearchWindowExceeded, UnusableFile, name_or_none
from lexoffice.new_documents import NewCreditNote, NewDocument, NewInvoice
from lexoffice.payments import Payments
from lexoffice.profile import Profile
from lexoffice.purchases import LARGEST_FILE, AttachedFile, NewVoucher, PostingCategory, Voucher
from lexoffice.refusals import Call, no_answer, refusal, unusable_answer
from lexoffice.subscriptions import Subscription
from lexoffice.transports import Borrowed, fresh_connection_transport
from lexoffice.vouchers import VoucherQuery, VoucherRow
from lexoffice.wire import read_json, write_json

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 10.0
READ_IN_ALL_SECONDS: Final = 30.0
# The gateway of lexoffice gives up after 30 s with a 504, so an answer that comes at all comes before.
CREATE_IN_ALL_SECONDS: Final = 35.0
LARGEST_ANSWER: Final = 10 * 1024 * 1024
SEARCH_WINDOW: Final = 10_000
_LONGEST_FILTER: Final = 100

_CATEGORIES = TypeAdapter(list[PostingCategory])

_Fetched = TypeVar("_Fetched", bound=Fetched)
_Value = TypeVar("_Value")


class LexofficeClient:
    """One organisation's view of lexoffice, by its token.

    `base_url` is the address of the API, with or without `/v1`. A `transport` that is given is borrowed and stays
    open (several clients share one pool); without one each call has a connection of its own. Creates belong on
    `fresh_connection_transport()`.
    """

    def __init__(self, *, base_url: str, token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._root = api_root(base_url)
        self._http = httpx.AsyncClient(
            transport=Borrowed(transport) if transport is not None else fresh_connection_transport(),
            headers={
                "Authorization": f"Bearer {_sendable_token(token)}",
                "Accept-Encoding": "identity",  # so that the size of an answer is bounded by what is read
                "User-Agent": "partnerdesk",
            },
            follow_redirects=False,
            trust_env=False,  # neither a proxy nor a .netrc of the machine comes between
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the client's own connections; a borrowed transport stays open."""
        await self._http.aclose()

    def __repr__(self) -> str:
        return f"LexofficeClient({self._root})"

    # What is there

    async def profile(self) -> Profile:
        """The organisation behind the token; the usual test of a connection (Profile endpoint)."""
        return await self._fetch(Profile, "profile")

    async def invoice(self, id: UUID) -> Invoice:
        """One invoice. NotFound also where the id is another kind of document (Invoices endpoint)."""
        return await self._fetch(Invoice, resource_path("invoices", id))

    async def credit_note(self, id: UUID) -> CreditNote:
        """One credit note. NotFound also where the id is another kind of document (Credit Notes endpoint)."""
        return await self._fetch(CreditNote, resource_path("credit-notes", id))

    async def document_text(self, resource: Literal["invoices", "credit-notes"], id: UUID) -> DocumentText:
        """The same answer as that of a whole document, of which only the texts are read."""
        return await self._fetch(DocumentText, resource_path(resource, id))

    async def credit_note_file(self, id: UUID) -> bytes:
        """The PDF of a credit note, at most 10 MB (Credit Notes endpoint, file).

        Raises Conflict for a draft, UnusableFile for what is no PDF or too large.
        """
        path = f"{resource_path('credit-notes', id)}/file"
        status, content = await self._send(Call.READ, "GET", path, accept="application/pdf")
        if len(content) > LARGEST_ANSWER or not content.startswith(b"%PDF-"):
            raise UnusableFile(status=status, request=f"GET {path}")
        return content

    async def payments(self, id: UUID) -> Payments:
        """The payments of a document of any kind (Payments endpoint).

        Raises ValidationFailed (406) for a draft and for a credit note that belongs to an invoice.
        """
        return await self._fetch(Payments, resource_path("payments", id))

    async def voucher(self, id: UUID) -> Voucher:
        """One purchase voucher (Vouchers endpoint). NotFound also shortly after its create."""
        return await self._fetch(Voucher, resource_path("vouchers", id))

    async def posting_categories(self) -> list[PostingCategory]:
        """What vouchers may be booked to, income and outgo (Posting Categories endpoint)."""
        return await self._read("posting-categories", {}, lambda body: _CATEGORIES.validate_python(read_json(body)))

    async def contact(self, id: UUID) -> Contact:
        """One contact (Contacts endpoint)."""
        return await self._fetch(Contact, resource_path("contacts", id))

    async def contacts_named(self, name: str) -> Page[Contact]:
        """Those whose name contains this, in any case: the first 250 (Contacts endpoint, filtering)."""
        filters = {"name": _literally(search_text(name[:_LONGEST_FILTER])), "size": 250}
        return await self._read("contacts", filters, lambda body: Page[Contact].model_validate(read_json(body)))

    async def voucherlist(self, query: VoucherQuery, page: int = 0) -> Page[VoucherRow]:
        """One page of the list of documents, the first being 0 (Voucherlist endpoint).

        Raises SearchWindowExceeded, without a request, for a page that lexoffice would refuse.
        """
        if (page + 1) * query.size > SEARCH_WINDOW:
            raise SearchWindowExceeded(request="GET voucherlist")
        filters = {
            "voucherType": ",".join(query.voucher_types),
            "voucherStatus": ",".join(query.voucher_statuses),
            "archived": query.archived,
            "contactId": query.contact_id,
            "voucherNumber": search_text(query.voucher_number) if query.voucher_number is not None else None,
            "voucherDateFrom": query.voucher_date_from,
            "voucherDateTo": query.voucher_date_to,
            "createdDateFrom": query.created_date_from,
            "createdDateTo": query.created_date_to,
            "updatedDateFrom": query.updated_date_from,
            "updatedDateTo": query.updated_date_to,
            "page": page,
            "size": query.size,
        }
        return await self._read("voucherlist", filters, lambda body: Page[VoucherRow].model_validate(read_json(body)))

    async def subscriptions(self) -> list[Subscription]:
        """The event subscriptions of this token (Event Subscriptions endpoint)."""
        page = await self._read(
            "event-subscriptions", {}, lambda body: Page[Subscription].model_validate(read_json(body))
        )
        return list(page.content)

    # What is made

    async def create_credit_note(self, new: NewCreditNote, *, finalize: bool = True) -> Created:
        """Create a credit note, open or as a draft (Credit Notes endpoint).

        A draft can only be finalized by a person. There is no idempotency key: after OutcomeUnknown look for the
        document. Number and totals come with a fetch.
        """
        return await self._create_document("credit-notes", new, finalize=finalize)

    async def create_invoice(self, new: NewInvoice, *, finalize: bool = True) -> Created:
        """Create an invoice, open or as a draft (Invoices endpoint). The same caveats as for a credit note."""
        return await self._create_document("invoices", new, finalize=finalize)

    async def create_voucher(self, new: NewVoucher) -> Created:
        """Create a purchase voucher, open (Vouchers endpoint). After OutcomeUnknown look for its number.

        Nothing deletes it but a person, and a PUT may lose its files: there is none here.
        """
        return await self._create(Call.CREATE, "vouchers", new.body())

    async def attach_file(self, voucher: UUID, content: bytes, *, name: str) -> UUID:
        """Attach a PDF to a voucher; the same bytes again are the same file (Vouchers endpoint, files).

        Raises ValueError, without a request, for what is no PDF or larger than LARGEST_FILE.
        """
        if len(content) > LARGEST_FILE or not content.startswith(b"%PDF-"):
            raise ValueError("no PDF, or too large for lexoffice")
        path = f"{resource_path('vouchers', voucher)}/files"
        body, content_type = _multipart(name, content)
        status, answer = await self._send(Call.ATTACH, "POST", path, body=body, content_type=content_type)
        return _understood(
            lambda told: AttachedFile.model_validate(read_json(told)), Call.ATTACH, "POST", path, status, answer
        ).id

    async def create_contact(self, new: NewContact) -> Created:
        """Keep a contact (Contacts endpoint; it answers 200). After OutcomeUnknown look for its note."""
        return await self._create(Call.CREATE, "contacts", new.body())

    async def give_both_roles(self, contact: Contact) -> None:
        """Make a contact customer and vendor, everything else as it was read (Contacts endpoint, update).

        Raises ValidationFailed where it was changed meanwhile, and for one with several addresses of a kind: such a
        contact nobody can change but a person.
        """
        await self._send(Call.REPLACE, "PUT", resource_path("contacts", contact.id), body=contact.with_both_roles())

    async def subscribe(self, event_type: str, callback_url: str) -> Created:
        """Have one type of event sent to an address (Event Subscriptions endpoint).

        lexoffice tries the address with a HEAD request first and answers 406 (ValidationFailed) where that fails.
        Raises Conflict where the same subscription exists.
        """
        body = write_json({"eventType": event_type, "callbackUrl": callback_url})
        return await self._create(Call.SUBSCRIBE, "event-subscriptions", body)

    async def unsubscribe(self, id: UUID) -> None:
        """Delete a subscription (Event Subscriptions endpoint). Raises NotFound where it is gone already."""
        await self._send(Call.DELETE, "DELETE", resource_path("event-subscriptions", id))

    async def _create_document(self, path: str, new: NewDocument, *, finalize: bool) -> Created:
        return await self._create(Call.CREATE, f"{path}?finalize=true" if finalize else path, new.body())

    async def _create(self, call: Call, path: str, body: bytes) -> Created:
        status, answer = await self._send(call, "POST", path, body=body)
        return _understood(Created.from_body, call, "POST", path, status, answer)

    async def _fetch(self, resource: type[_Fetched], path: str) -> _Fetched:
        return await self._read(path, {}, resource.from_body)

    async def _read(self, path: str, query: Mapping[str, object], read: Callable[[bytes], _Value]) -> _Value:
        status, answer = await self._send(Call.READ, "GET", path + query_string(query))
        return _understood(read, Call.READ, "GET", path, status, answer)

    async def _send(
        self,
        call: Call,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
    ) -> tuple[int, bytes]:
        """Send one request; status and body of a 2xx, else the error that the answer stands for."""
        name = _name(method, path)
        creates = call in (Call.CREATE, Call.SUBSCRIBE)
        in_all = CREATE_IN_ALL_SECONDS if creates else READ_IN_ALL_SECONDS
        timeout = httpx.Timeout(CREATE_IN_ALL_SECONDS if creates else READ_SECONDS, connect=CONNECT_SECONDS)
        timeout.pool = CONNECT_SECONDS
        headers = {"Accept": accept} | ({"Content-Type": content_type} if body is not None else {})
        request = self._http.build_request(
            method, f"{self._root}/{path}", content=body, headers=headers, timeout=timeout
        )
        status: int | None = None
        retry_after: str | None = None
        content = b""
        problem: Exception | None = None
        try:
            async with asyncio.timeout(in_all):
                response = await self._http.send(request, stream=True)
                status, retry_after = response.status_code, response.headers.get("Retry-After")
                content = await _content(response)
        except (httpx.HTTPError, OSError) as caught:  # OSError: TimeoutError and what TLS lets through
            problem = caught
        # Raised down here so that no error carries the request, and with it the token, as its context.
        if problem is not None and (status is None or 200 <= status < 300):
            raise no_answer(call, problem, request=name, status=status)
        assert status is not None
        if not 200 <= status < 300:
            # A refusal is a refusal by its status, even where its body broke off.
            raise refusal(call, status, content, request=name, retry_after=retry_after)
        return status, content


def _literally(text: str) -> str:
    """`_` and `%` are wildcards of a filter unless a backslash stands before them."""
    return "".join(f"\\{letter}" if letter in "_%\\" else letter for letter in text)


async def _content(response: httpx.Response) -> bytes:
    """The body; one byte more than the largest answer for whatever is larger."""
    content = bytearray()
    try:
        async with aclosing(cast(AsyncGenerator[bytes, None], response.aiter_bytes())) as chunks:
            async for chunk in chunks:
                content += chunk
                if len(content) > LARGEST_ANSWER:
                    break
    finally:
        with suppress(httpx.HTTPError, OSError):
            await response.aclose()
    return bytes(content[: LARGEST_ANSWER + 1])


def _understood(
    read: Callable[[bytes], _Value], call: Call, method: str, path: str, status: int, answer: bytes
) -> _Value:
    """The answer in our terms. Raises UnexpectedAnswer, or OutcomeUnknown after a create."""
    misread: LexofficeError
    try:
        if len(answer) > LARGEST_ANSWER:
            raise ValueError("too large")
        return read(answer)
    except ValidationError as error:
        misread = unusable_answer(call, status, request=_name(method, path), failure=_faults(error))
    except ValueError as error:
        misread = unusable_answer(call, status, request=_name(method, path), failure=type(error).__name__)
    raise misread


def _faults(error: ValidationError) -> str:
    """Which members are at fault, without their values."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)[:3]
    named = (
        (name_or_none(".".join(str(step) for step in fault["loc"])), name_or_none(fault["type"])) for fault in faults
    )
    return "; ".join(" ".join(part for part in pair if part) for pair in named)


def _multipart(name: str, content: bytes) -> tuple[bytes, str]:
    """A body with one part `file`, and its Content-Type; the boundary is the content's, so the same bytes each time."""
    boundary = hashlib.sha256(content).hexdigest()
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{plain}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _name(method: str, path: str) -> str:
    return f"{method} {path.partition('?')[0]}"


def _sendable_token(token: str) -> str:
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError("the token is not one word of printable ASCII")  # never quoted: it is a secret
    return token
