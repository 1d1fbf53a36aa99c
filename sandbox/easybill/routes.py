"""The public API, route by route. What is not here is not served: 404."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from . import customers, documents, logins, payments, webhooks
from .call import Call
from .errors import Answer

PREFIX = "/rest/v1"
Handler = Callable[[Call], Awaitable[Answer]]

ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "/logins"): logins.get_all,
    ("GET", "/logins/{id}"): logins.get,
    ("GET", "/customers"): customers.get_all,
    ("POST", "/customers"): customers.post,
    ("GET", "/customers/{id}"): customers.get,
    ("PUT", "/customers/{id}"): customers.put,
    ("DELETE", "/customers/{id}"): customers.delete,
    ("GET", "/documents"): documents.get_all,
    ("POST", "/documents"): documents.post,
    ("GET", "/documents/{id}"): documents.get,
    ("PUT", "/documents/{id}"): documents.put,
    ("DELETE", "/documents/{id}"): documents.delete,
    ("PUT", "/documents/{id}/done"): documents.done,
    ("POST", "/documents/{id}/cancel"): documents.cancel_by_call,
    ("GET", "/documents/{id}/pdf"): documents.pdf,
    ("GET", "/document-payments"): payments.get_all,
    ("POST", "/document-payments"): payments.post,
    ("GET", "/document-payments/{id}"): payments.get,
    ("DELETE", "/document-payments/{id}"): payments.delete,
    ("GET", "/webhooks"): webhooks.get_all,
    ("POST", "/webhooks"): webhooks.post,
    ("GET", "/webhooks/{id}"): webhooks.get,
    ("PUT", "/webhooks/{id}"): webhooks.put,
    ("DELETE", "/webhooks/{id}"): webhooks.delete,
}
_NUMBER = re.compile(r"/(\d+)", re.ASCII)


def find(method: str, path: str) -> tuple[Handler, str] | None:
    """Who answers, and the id in the path."""
    if not path.startswith(PREFIX):
        return None
    inner = path.removeprefix(PREFIX)
    number = _NUMBER.search(inner)
    template = _NUMBER.sub("/{id}", inner, count=1)
    handler = ROUTES.get((method, template))
    return None if handler is None else (handler, number[1] if number else "")
