"""The calls of the easybill API, one method each.

Every method sends exactly one request, never repeats one and never follows a redirect: repeating is for the caller, who
knows what has been written down about the call. What each failure means stands in `httpcalls.errors`.

A document is made in two calls. The first, `create_draft`, may be lost and repeated at the price of a second draft,
which has no number and can be deleted; the second, `done`, names one draft and may be repeated freely.
"""

from collections.abc import Mapping
from typing import Final, Self, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import httpx

from easybill.answers import Fetched, Page
from easybill.customers import Customer, CustomerRole, NewCustomer
from easybill.documents import Document
from easybill.logins import Login
from easybill.new_documents import NewDocument
from easybill.payments import NewPayment, Payment
from easybill.queries import LARGEST_PAGE, PAGE_SIZE, DocumentQuery, one_value
from easybill.refusals import refusal
from easybill.webhooks import NewWebhook, Webhook
from httpcalls.errors import UnusableFile
from httpcalls.exchange import LARGEST_ANSWER, Exchange, understood
from httpcalls.outcomes import Call

REQUESTS_A_MINUTE: Final = {"PLUS": 10, "BUSINESS": 60}
"""By plan (README, Request Limit)."""
_LONGEST_REQUEST_LINE: Final = 4094
_PREFIX: Final = "/rest/v1"

_Fetched = TypeVar("_Fetched", bound=Fetched)


class EasybillClient:
    """One account's view of easybill, by its API key.

    `base_url` is the address of the API, with or without `/rest/v1`. A `transport` that is given is borrowed and stays
    open; creates belong on a `fresh_connection_transport()`.
    """

    def __init__(self, *, base_url: str, key: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._calls = Exchange(_api_root(base_url), token=key, refusal=refusal, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the client's own connections; a borrowed transport stays open."""
        await self._calls.aclose()

    def __repr__(self) -> str:
        return f"EasybillClient({self._calls.root})"

    # What is there

    async def logins(self, page: int = 1) -> Page[Login]:
        """Who may log in; the usual test of a key."""
        return await self._list(Login, "logins", page, {})

    async def document(self, id: int) -> Document:
        """One document of whatever type."""
        return await self._fetch(Document, f"documents/{_checked(id)}")

    async def documents(self, query: DocumentQuery, page: int = 1) -> Page[Document]:
        """One page of documents, the first being 1."""
        return await self._list(Document, "documents", page, query.filters(), query.limit)

    async def pdf(self, id: int) -> bytes:
        """The PDF of a document that is done, at most 10 MB. Raises UnusableFile for what is no PDF."""
        path = f"documents/{_checked(id)}/pdf"
        status, content = await self._calls.send(Call.READ, "GET", path, headers={"Accept": "application/pdf"})
        if len(content) > LARGEST_ANSWER or not content.startswith(b"%PDF-"):
            raise UnusableFile(status=status, request=f"GET {path}")
        return content

    async def payments_on(self, document_id: int, page: int = 1) -> Page[Payment]:
        """What was paid on a document."""
        return await self._list(Payment, "document-payments", page, {"document_id": _checked(document_id)})

    async def payments_with(self, reference: str, page: int = 1) -> Page[Payment]:
        """Payments with this reference, on whatever document."""
        return await self._list(Payment, "document-payments", page, {"reference": one_value(reference)})

    async def customer(self, id: int) -> Customer:
        """One customer."""
        return await self._fetch(Customer, f"customers/{_checked(id)}")

    async def customers(self, page: int = 1, *, number: str | None = None, email: str | None = None) -> Page[Customer]:
        """Customers by number or mail address."""
        return await self._list(Customer, "customers", page, {"number": one_value(number), "emails": one_value(email)})

    async def webhooks(self, page: int = 1) -> Page[Webhook]:
        """The addresses that easybill sends to."""
        return await self._list(Webhook, "webhooks", page, {})

    # What is made

    async def create_draft(self, new: NewDocument) -> Document:
        """A draft, without number and force. After OutcomeUnknown look for its `external_id`."""
        return await self._make(Document, "documents", new.body())

    async def done(self, id: int) -> Document:
        """Give a draft its number. Raises ValidationFailed for one that has it already [inf]: fetch it then."""
        return await self._advance("PUT", f"documents/{_checked(id)}/done", b"{}")

    async def cancel(self, id: int) -> Document:
        """Cancel a document that is done, by a new one that is answered. Raises ValidationFailed if it is cancelled.

        After OutcomeUnknown fetch the document: its `cancel_id` says whether it took effect.
        """
        return await self._make(Document, f"documents/{_checked(id)}/cancel", b"{}")

    async def delete_draft(self, id: int) -> None:
        """Delete a draft. Raises NotFound where it is gone, ValidationFailed for one that is done [inf]."""
        await self._calls.send(Call.DELETE, "DELETE", f"documents/{_checked(id)}")

    async def record_payment(self, new: NewPayment) -> Payment:
        """Record that a document was paid. After OutcomeUnknown look for the reference."""
        return await self._make(Payment, "document-payments", new.body())

    async def create_customer(self, new: NewCustomer, *, role: CustomerRole = "CUSTOMER") -> Customer:
        """Keep a customer. After OutcomeUnknown look for the mail address or the name."""
        return await self._make(Customer, f"customers{_query({'type': role})}", new.body())

    async def update_customer(self, id: int, new: NewCustomer) -> Customer:
        """Keep these details of a customer instead of the former ones. May be repeated."""
        path = f"customers/{_checked(id)}"
        status, answer = await self._calls.send(Call.ADVANCE, "PUT", path, body=new.body())
        return understood(Customer.from_body, Call.ADVANCE, "PUT", path, status, answer)

    async def customers_named(self, last_name: str, page: int = 1) -> Page[Customer]:
        """Customers by their last name, whole. Raises ValueError for a name with a comma."""
        return await self._list(Customer, "customers", page, {"last_name": one_value(last_name)})

    async def create_webhook(self, new: NewWebhook) -> Webhook:
        """Have events sent to an address. Nothing says that the same address twice is refused: list first."""
        return await self._make(Webhook, "webhooks", new.body())

    async def delete_webhook(self, id: int) -> None:
        """Delete one. Raises NotFound where it is gone already."""
        await self._calls.send(Call.DELETE, "DELETE", f"webhooks/{_checked(id)}")

    async def _fetch(self, kind: type[_Fetched], path: str) -> _Fetched:
        return await self._calls.read(path, kind.from_body)

    async def _list(
        self, kind: type[_Fetched], path: str, page: int, filters: Mapping[str, object], limit: int = PAGE_SIZE
    ) -> Page[_Fetched]:
        if page < 1 or not 1 <= limit <= LARGEST_PAGE:
            raise ValueError("no such page")
        asked = f"{path}{_query({**filters, 'limit': limit, 'page': page})}"
        return await self._calls.read(asked, Page[kind].from_body)  # type: ignore[valid-type]

    async def _make(self, kind: type[_Fetched], path: str, body: bytes) -> _Fetched:
        status, answer = await self._calls.send(Call.CREATE, "POST", path, body=body)
        return understood(kind.from_body, Call.CREATE, "POST", path, status, answer)

    async def _advance(self, method: str, path: str, body: bytes) -> Document:
        status, answer = await self._calls.send(Call.ADVANCE, method, path, body=body)
        return understood(Document.from_body, Call.ADVANCE, method, path, status, answer)


def _api_root(base_url: str) -> str:
    """The address of the API with its version. Raises ValueError for no such address."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("the address of the API is not http(s)://host/…")
    if parts.query or parts.fragment:
        raise ValueError("the address of the API has neither query nor fragment")
    root = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    return root if root.endswith(_PREFIX) else f"{root}{_PREFIX}"


def _checked(id: int) -> int:
    """Raises TypeError for an id that is a text: it could lead anywhere."""
    if isinstance(id, bool) or not isinstance(id, int) or id <= 0:
        raise TypeError("an id is a positive number")
    return id


def _query(filters: Mapping[str, object]) -> str:
    """From the question mark on. Raises ValueError for one that easybill would answer with 414."""
    given = [(name, str(value)) for name, value in filters.items() if value is not None]
    text = "?" + urlencode(given, quote_via=quote, safe=",") if given else ""
    if len(text) > _LONGEST_REQUEST_LINE - 200:
        raise ValueError("the filters are too long")
    return text
