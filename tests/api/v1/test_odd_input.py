"""Whatever a caller sends: an answer below 500, in the one shape of errors, with nothing of it repeated."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures.door import Door

# Of a fixed value: several processes must collect the same tests.
UNKNOWN = UUID("7a3f5c1e-9d24-4b8a-8f06-2c1be0d4a955")
_ODD_VALUES: list[Any] = [
    None,
    True,
    -1,
    2**63,
    10**400,
    1.5,
    "",
    "\x00",
    "\ud800",
    "‮" * 5,
    "x" * 5000,
    "'; DROP TABLE partners; --",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31",
    "0001-01-01",
    "1e9999",
    "NaN",
    [],
    {},
    [[]],
    {"a": "\x00"},
]

_GOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "partners": ("POST", {"code": "BERTA", "name": "B", "email": "b@example.com", "minimum_payout_cents": 1}),
    "partners/ANNA": ("PATCH", {"name": "A", "zip": "1", "sponsor_code": None, "lexoffice_contact_id": None}),
    "partners/ANNA/tax-statuses": (
        "POST",
        {"status": "regular", "valid_from": "2026-01-01", "valid_until": "2027-01-01", "vat_id": "DE136695976"},
    ),
    "partners/ANNA/agreement": ("POST", {"version": "1", "accepted_at": "2026-01-01T00:00:00Z"}),
    "partners/ANNA/bank-details": ("PUT", {"account_holder": "A", "iban": "DE02120300000000202051", "bic": None}),
    "customers": ("POST", {"external_id": "c", "email": "c@example.com", "name": "C", "assigned_partner_code": "ANNA"}),
    "campaigns": ("POST", {"slug": "s", "name": "S"}),
    "campaigns/sommer/plans": (
        "POST",
        {"levels": [{"level": 1, "percent": "1"}], "valid_from": "2026-01-01T00:00:00Z"},
    ),
    "tenant": ("PATCH", {"name": "T", "zip": "1", "minimum_payout_cents": 1, "country_code": "DE"}),
    "payouts": ("POST", {"partner": "ANNA", "tax_case": "regular"}),
    "payouts/PO-2026-0001/approve": ("POST", {"content_hash": "x", "reason": "y"}),
    "payouts/PO-2026-0001/reject": ("POST", {"reason": "y"}),
    f"tasks/{UNKNOWN}/resolve": ("POST", {"action": "done", "reason": "y", "detail": {"a": "b"}}),
    f"transactions/{UNKNOWN}/invoice": ("POST", {"name": "K", "tax_rate_percentage": "19", "service_date": None}),
    "providers/lexoffice": ("PUT", {"webhook_token": "x", "effective_from": "2026-01-01", "requires_signature": False}),
    "providers/stripe": ("PUT", {"signing_secret": "x"}),
    "providers/easybill": ("PUT", {"plan": "PLUS", "effective_from": "2026-01-01"}),
}


def _variants(good: dict[str, Any]) -> Iterator[Any]:
    yield from ([], "x", 7)
    for member in good:
        for odd in _ODD_VALUES:
            yield good | {member: odd}
    yield good | {"level": {"percent": "NaN"}}


@pytest.mark.parametrize("path", _GOOD)
async def test_odd_values_are_refused_or_taken_never_a_crash(door: Door, path: str) -> None:
    await door.api("POST", "partners", {"code": "ANNA", "name": "Anna"})
    await door.api("POST", "campaigns", {"slug": "sommer", "name": "Sommer"})
    method, good = _GOOD[path]
    for body in _variants(good):
        answer = await door.http.request(
            method,
            f"/api/v1/{path}",
            content=json.dumps(body),  # ASCII, with escapes: lone surrogates get through
            headers={"X-API-Key": door.key, "Content-Type": "application/json"},
        )
        assert answer.status_code < 500, (body, answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert "DROP TABLE" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "partners/%00",
        "partners/%ED%A0%80",
        "partners/" + "x" * 5000,
        "partners?sponsor=%00",
        "partners?limit=0",
        "partners?limit=1e9",
        "events?resource=%00",
        "events/0",
        "events/99999999999999999999",
        "transactions/not-a-uuid",
        "transactions?sold_from=0001-01-01",
        "transactions?sold_before=9999-12-31",
        "transactions?state=gone",
        "payouts/%2e%2e%2f",
        "payouts?partner=%00",
        "tasks?kind=%00",
        "customers?partner=%F0%9F%92%A9",
    ],
)
async def test_odd_addresses_are_refused_never_a_crash(door: Door, path: str) -> None:
    answer = await door.api("GET", path)
    assert answer.status_code < 500, answer.text


_headers = st.dictionaries(
    st.sampled_from(
        ["Authorization", "X-Lexoffice-Token", "X-Lxo-Signature", "Host", "Content-Type", "Stripe-Signature"]
    ),
    st.binary(max_size=60).map(lambda raw: bytes(byte for byte in raw if byte >= 32 and byte != 127)),
    max_size=4,
)
_words = st.text(max_size=40) | st.sampled_from(
    ["invoice.changed", "token.revoked", str(UNKNOWN), "2026-01-01T00:00:00Z"]
)
_bodies = st.binary(max_size=200) | st.dictionaries(
    st.sampled_from(
        ["organizationId", "eventType", "resourceId", "eventDate", "paymentReference", "id", "type", "data"]
    ),
    _words | st.integers() | st.none() | st.lists(_words, max_size=2),
).map(lambda members: json.dumps(members).encode())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=_bodies, headers=_headers, known=st.booleans(), provider=st.sampled_from(["lexoffice", "stripe"]))
async def test_webhook_addresses_take_arbitrary_bytes_without_a_crash(
    connected: Door, body: bytes, headers: dict[str, bytes], known: bool, provider: str
) -> None:
    raw = [(name.encode(), value) for name, value in headers.items()]
    if known:
        raw = [(b"Authorization", f"Bearer {connected.token}".encode())]
    answer: httpx.Response = await connected.http.post(
        f"/api/webhooks/{connected.tenant.slug}/{provider}", content=body, headers=raw
    )
    assert answer.status_code in (200, 400, 401), answer.text
