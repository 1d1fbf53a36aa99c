"""The calls of the lexoffice API, one method each.

Every method sends exactly one request, never repeats one and never follows a redirect, a `resourceUri` or a
`Location`: repeating is for the caller, who knows what has been written down about the call. What each failure
means stands in `httpcalls.errors`. An exception of the transport that is no httpx error, such as a limiter's own
RateLimited, passes unchanged.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final, Literal, Self, TypeVar
from uuid import UUID

import httpx
from pydantic import TypeAdapter

from httpcalls.errors import UnusableFile
from httpcalls.exchange import LARGEST_ANSWER, Exchange, understood
from httpcalls.json_bodies import read_json, write_json
from httpcalls.outcomes import Call
from lexoffice.addresses import api_root, query_string, resource_path, search_text
from lexoffice.answers import Created, Fetched, Page
from lexoffice.contacts import Contact, NewContact
from lexoffice.documents import CreditNote, DocumentText, Invoice
from lexoffice.errors import SearchWindowExceeded
from lexoffice.new_documents import NewCreditNote, NewDocument, NewInvoice
from lexoffice.payments import Payments
from lexoffice.profile import Profile
from lexoffice.purchases import LARGEST_FILE, AttachedFile, NewVoucher, PostingCategory, Voucher
from lexoffice.refusals import refusal
from lexoffice.subscriptions import Subscription
from lexoffice.vouchers import VoucherQuery, VoucherRow

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
        self._calls = Exchange(api_root(base_url), token=token, refusal=refusal, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the client's own connections; a borrowed transport stays open."""
        await self._calls.aclose()

    def __repr__(self) -> str:
        return f"LexofficeClient({self._calls.root})"

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
        status, content = await self._calls.send(Call.READ, "GET", path, headers={"Accept": "application/pdf"})
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
        status, answer = await self._calls.send(
            Call.ATTACH, "POST", path, body=body, headers={"Content-Type": content_type}
        )
        return understood(
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
        await self._calls.send(
            Call.REPLACE, "PUT", resource_path("contacts", contact.id), body=contact.with_both_roles()
        )

    async def subscribe(self, event_type: str, callback_url: str) -> Created:
        """Have one type of event sent to an address (Event Subscriptions endpoint).

        lexoffice tries the address with a HEAD request first and answers 406 (ValidationFailed) where that fails.
        Raises Conflict where the same subscription exists.
        """
        body = write_json({"eventType": event_type, "callbackUrl": callback_url})
        return await self._create(Call.SUBSCRIBE, "event-subscriptions", body)

    async def unsubscribe(self, id: UUID) -> None:
        """Delete a subscription (Event Subscriptions endpoint). Raises NotFound where it is gone already."""
        await self._calls.send(Call.DELETE, "DELETE", resource_path("event-subscriptions", id))

    async def _create_document(self, path: str, new: NewDocument, *, finalize: bool) -> Created:
        return await self._create(Call.CREATE, f"{path}?finalize=true" if finalize else path, new.body())

    async def _create(self, call: Call, path: str, body: bytes) -> Created:
        status, answer = await self._calls.send(call, "POST", path, body=body)
        return understood(Created.from_body, call, "POST", path, status, answer)

    async def _fetch(self, resource: type[_Fetched], path: str) -> _Fetched:
        return await self._read(path, {}, resource.from_body)

    async def _read(self, path: str, query: Mapping[str, object], read: Callable[[bytes], _Value]) -> _Value:
        return await self._calls.read(path + query_string(query), read)


def _literally(text: str) -> str:
    """`_` and `%` are wildcards of a filter unless a backslash stands before them."""
    return "".join(f"\\{letter}" if letter in "_%\\" else letter for letter in text)


def _multipart(name: str, content: bytes) -> tuple[bytes, str]:
    """A body with one part `file`, and its Content-Type; the boundary is the content's, so the same bytes each time."""
    boundary = hashlib.sha256(content).hexdigest()
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{plain}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
