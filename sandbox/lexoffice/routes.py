"""The public API, route by route. What is not here does not exist on it (§1.7)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from . import (
    categories,
    contacts,
    lists,
    payments,
    profile,
    sales,
    subscriptions,
    voucher_files,
    voucherlist,
    vouchers,
)
from .call import Call
from .errors import Answer
from .kinds import CREDIT_NOTE, DOWN_PAYMENT_INVOICE, INVOICE

Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True)
class Route:
    method: str
    template: str
    handler: Handler
    pattern: re.Pattern[str]


def _route(method: str, template: str, handler: Handler) -> Route:
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))
    return Route(method, template, handler, pattern)


ROUTES: tuple[Route, ...] = (
    _route("GET", "/v1/ping", profile.ping),
    _route("GET", "/v1/profile", profile.get),
    _route("POST", "/v1/contacts", contacts.post),
    _route("GET", "/v1/contacts", contacts.search),
    _route("GET", "/v1/contacts/{id}", contacts.get),
    _route("PUT", "/v1/contacts/{id}", contacts.put),
    *(_route("POST", f"/v1/{kind.path}", sales.creator(kind)) for kind in (INVOICE, CREDIT_NOTE)),
    *(
        _route("GET", f"/v1/{kind.path}/{{id}}{rest}", handler(kind))
        for kind in (INVOICE, CREDIT_NOTE, DOWN_PAYMENT_INVOICE)
        for rest, handler in (("", sales.reader), ("/file", sales.file_of), ("/document", sales.document_of))
    ),
    _route("GET", "/v1/files/{id}", sales.file_by_id),
    _route("POST", "/v1/files", voucher_files.upload),
    _route("POST", "/v1/vouchers", vouchers.post),
    _route("GET", "/v1/vouchers/{id}", vouchers.get),
    _route("PUT", "/v1/vouchers/{id}", vouchers.put),
    _route("POST", "/v1/vouchers/{id}/files", voucher_files.attach),
    _route("GET", "/v1/posting-categories", categories.get),
    _route("GET", "/v1/countries", lists.countries),
    _route("GET", "/v1/payment-conditions", lists.payment_conditions),
    _route("GET", "/v1/print-layouts", lists.print_layouts),
    _route("GET", "/v1/payments/{id}", payments.get),
    _route("GET", "/v1/voucherlist", voucherlist.get),
    _route("POST", "/v1/event-subscriptions", subscriptions.post),
    _route("GET", "/v1/event-subscriptions", subscriptions.list_all),
    _route("GET", "/v1/event-subscriptions/{id}", subscriptions.get),
    _route("DELETE", "/v1/event-subscriptions/{id}", subscriptions.delete),
)


@dataclass(frozen=True)
class Found:
    route: Route | None  # None: the path exists, the method does not
    template: str
    params: dict[str, str]


def find(method: str, path: str) -> Found | None:
    other: Found | None = None
    for route in ROUTES:
        match = route.pattern.fullmatch(path)
        if match is None:
            continue
        if route.method == method:
            return Found(route, route.template, match.groupdict())
        other = Found(None, route.template, match.groupdict())
    return other
