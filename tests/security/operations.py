"""What each operation of the JSON API needs. An operation that is missing here fails tests/security/test_access.py.

`scopes`: any of these is enough. `body`: one that the right caller would succeed with; names in braces are objects of
the tenant (premises.Premises.names).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI

READ, WRITE, APPROVE, BANK = frozenset({"read"}), frozenset({"write"}), frozenset({"approve"}), frozenset({"bank"})
ANY_KEY = frozenset({"read", "write", "approve", "bank"})

OPEN = frozenset({"healthz", "readyz", "metrics"})
"""For operators, without anything of a tenant."""
BY_TOKEN = frozenset({"receive_lexoffice_event", "receive_stripe_event"})
"""Opened by a token or a signature instead of a key."""


@dataclass(frozen=True)
class Need:
    scopes: frozenset[str]
    body: Any = None


_REASON = {"reason": "Darum."}
_INVOICE = {"name": "Kunde AG", "city": "Bonn", "zip": "53111", "street": "Weg 2"}
NEEDS: dict[str, Need] = {
    "me": Need(ANY_KEY),
    "get_tenant": Need(READ),
    "change_tenant": Need(WRITE, {"city": "Bremen"}),
    "list_partners": Need(READ),
    "create_partner": Need(WRITE, {"code": "NEU", "name": "Neu", "sponsor_code": "{code}"}),
    "get_partner": Need(READ),
    "change_partner": Need(WRITE, {"city": "Bremen"}),
    "accept_agreement": Need(WRITE, {"version": "2", "accepted_at": "2026-06-01T00:00:00Z"}),
    "record_tax_status": Need(WRITE, {"status": "private", "valid_from": "2026-06-01"}),
    "save_bank_details": Need(BANK, {"account_holder": "Dieb", "iban": "DE89370400440532013000"}),
    "confirm_bank_details": Need(BANK, {"account": "{account}"}),
    "refuse_bank_details": Need(BANK, {"account": "{account}", **_REASON}),
    "list_customers": Need(READ),
    "create_customer": Need(WRITE, {"external_id": "neu", "assigned_partner_code": "{code}"}),
    "get_customer": Need(READ),
    "assign_customer": Need(WRITE, {"assigned_partner_code": None}),
    "list_campaigns": Need(READ),
    "create_campaign": Need(WRITE, {"slug": "neu", "name": "Neu"}),
    "get_campaign": Need(READ),
    "add_plan": Need(WRITE, {"levels": [{"level": 1, "percent": "9"}], "valid_from": "2027-01-01T00:00:00Z"}),
    "make_default_campaign": Need(WRITE),
    "list_transactions": Need(READ),
    "get_transaction": Need(READ),
    "release_transaction": Need(WRITE, _REASON),
    "assign_transaction": Need(WRITE, {"partner_code": "{code}"}),
    "write_invoice": Need(WRITE, _INVOICE),
    "list_commissions": Need(READ),
    "list_payouts": Need(READ),
    "request_payout": Need(WRITE, {"partner": "{code}"}),
    "get_payout": Need(READ),
    "approve_payout": Need(APPROVE, {"content_hash": "{content_hash}"}),
    "reject_payout": Need(APPROVE, _REASON),
    "cancel_payout": Need(WRITE | APPROVE, _REASON),
    "list_events": Need(READ),
    "get_event": Need(READ),
    "replay_event": Need(WRITE),
    "list_tasks": Need(READ),
    "get_task": Need(READ),
    # The task of the premises is about a payout; others take `write`.
    "resolve_task": Need(APPROVE, {"action": "done", **_REASON}),
    "get_lexoffice": Need(READ),
    "put_lexoffice": Need(WRITE, {"effective_from": "2026-02-01"}),
    "generate_webhook_token": Need(WRITE),
    "test_lexoffice": Need(WRITE),
    "remove_lexoffice_key": Need(WRITE),
    "disconnect_lexoffice_oauth": Need(WRITE),
    "get_stripe": Need(READ),
    "put_stripe": Need(WRITE, {"signing_secret": "whsec_0123456789abcdef0123456789abcdef"}),
    "get_lexoffice_subscriptions": Need(READ),
    "set_up_lexoffice_subscriptions": Need(WRITE),
}

_NAMED_BY_QUERY = {
    "partner": "code",
    "sponsor": "code",
    "transaction": "transaction_id",
    "resource": "resource",
    "campaign": "slug",
}
"""Filters of lists that name an object."""


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    named: tuple[str, ...]
    """Parameters in the path."""
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def need(self) -> Need:
        return NEEDS[self.id]

    @property
    def names_something(self) -> bool:
        return bool(self.named or self.filters) or "{" in repr(self.need.body).replace("{'", "")

    def address(self, names: Mapping[str, str]) -> str:
        """Raises KeyError for a parameter that premises have no object for."""
        return self.path.format(**{name: names[name] for name in self.named})

    def query(self, names: Mapping[str, str]) -> dict[str, str]:
        return {parameter: names[kind] for parameter, kind in self.filters.items()}

    def body(self, names: Mapping[str, str]) -> Any:
        return _filled(self.need.body, names)


def described(app: FastAPI) -> list[Operation]:
    """Every operation of the OpenAPI document."""
    return list(_operations(app.openapi()))


def of_keys(app: FastAPI) -> list[Operation]:
    """Those that an API key opens."""
    return [operation for operation in described(app) if operation.id not in OPEN | BY_TOKEN]


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parameters = operation.get("parameters", [])
            yield Operation(
                id=operation["operationId"],
                method=method.upper(),
                path=path,
                named=tuple(one["name"] for one in parameters if one["in"] == "path"),
                filters={
                    one["name"]: _NAMED_BY_QUERY[one["name"]]
                    for one in parameters
                    if one["in"] == "query" and one["name"] in _NAMED_BY_QUERY
                },
            )


def _filled(body: Any, names: Mapping[str, str]) -> Any:
    match body:
        case dict():
            return {member: _filled(value, names) for member, value in body.items()}
        case list():
            return [_filled(value, names) for value in body]
        case str():
            return body.format(**names)
        case _:
            return body
