"""One organisation of the sandbox: its public API with a key, and what a person does there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Account:
    http: httpx.Client
    organization_id: str
    api_key: str
    connection_id: str

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key}"}

    def api(self, method: str, path: str, body: object = None, **query: Any) -> httpx.Response:
        headers = {**self.authorization, "Accept": "application/json"}
        if body is None:
            return self.http.request(method, f"/v1/{path}", headers=headers, params=query)
        return self.http.request(method, f"/v1/{path}", headers=headers, params=query, json=body)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = self.api("GET", path, **query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def create(self, path: str, body: dict[str, Any], **query: Any) -> str:
        answer = self.api("POST", path, body, **query)
        assert answer.status_code in (200, 201), answer.text
        created: str = answer.json()["id"]
        return created

    def hook(self, method: str, path: str, body: object = None) -> httpx.Response:
        return self.http.request(method, f"/sandbox/organizations/{self.organization_id}{path}", json=body)

    def writes(self, what: str, **form: Any) -> dict[str, Any]:
        """A person writes an `invoices`, `credit-notes` or `contacts` entry."""
        form = {"net": "100.00", "customer": "Kunde AG", **form} if what != "contacts" else form
        answer = self.hook("POST", f"/{what}", {key: value for key, value in form.items() if value is not None})
        assert answer.status_code == 201, answer.text
        written: dict[str, Any] = answer.json()
        return written

    def tries(self, document: dict[str, Any], click: str, **form: Any) -> httpx.Response:
        return self.http.post(f"/sandbox/documents/{document['id']}/{click}", json=form)

    def clicks(self, document: dict[str, Any], click: str, **form: Any) -> dict[str, Any]:
        answer = self.tries(document, click, **form)
        assert answer.status_code == 200, answer.text
        changed: dict[str, Any] = answer.json()
        return changed

    def breaks(self, kind: str, **fault: Any) -> int:
        answer = self.hook("POST", "/faults", {"kind": kind, **fault})
        assert answer.status_code == 201, answer.text
        number: int = answer.json()["id"]
        return number

    def subscribes(self, url: str, *events: str) -> list[str]:
        return [self.create("event-subscriptions", {"eventType": event, "callbackUrl": url}) for event in events]

    def documents(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.hook("GET", "/documents").json()["content"]
        return found

    def notifications(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.hook("GET", "/notifications").json()["content"]
        return found


def credit_note(**changes: Any) -> dict[str, Any]:
    """The smallest body of §3.4; a member set to None is left out."""
    body = {
        "voucherDate": "2026-11-22T00:00:00.000+01:00",
        "address": {"name": "Paula Partner", "countryCode": "DE"},
        "lineItems": [line()],
        "totalPrice": {"currency": "EUR"},
        "taxConditions": {"taxType": "net"},
        **changes,
    }
    return {key: value for key, value in body.items() if value is not None}


def invoice(**changes: Any) -> dict[str, Any]:
    shipping = {"shippingType": "service", "shippingDate": "2026-11-22T00:00:00.000+01:00"}
    return credit_note(**{"shippingConditions": shipping, **changes})


def line(net: float = 100.0, rate: float = 19, **changes: Any) -> dict[str, Any]:
    item = {
        "type": "custom",
        "name": "Provision 10/2026",
        "quantity": 1,
        "unitName": "Pauschale",
        "unitPrice": {"currency": "EUR", "netAmount": net, "taxRatePercentage": rate},
        **changes,
    }
    return {key: value for key, value in item.items() if value is not None}


def contact(**changes: Any) -> dict[str, Any]:
    return {
        "version": 0,
        "roles": {"customer": {}},
        "company": {"name": "Kunde & Partner AG"},
        "addresses": {"billing": [{"street": "Weg 1", "zip": "53111", "city": "Bonn", "countryCode": "DE"}]},
        **changes,
    }


def violations(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 406, answer.text
    return {detail["field"] for detail in answer.json()["details"]}
