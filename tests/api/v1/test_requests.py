"""The log of the JSON API: every request with a known key, soon, without contents and secrets; kept for its time."""

import asyncpg
import pytest

from api.http.metrics import Metrics
from api.http.request_log import MOST, RequestLog, shown_path
from ledger import clock
from ledger.access.api_keys import Caller
from ledger.privacy import retention
from tests.fixtures.door import Door, until

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ"


async def logged(door: Door, count: int, query: str = "") -> list[dict[str, object]]:
    """So many, once they are written; asking is a request, too, and stands in the list a second later."""
    found: list[dict[str, object]] = []

    async def all_there() -> bool:
        items = (await door.api("GET", f"requests?route=/api/v1/partners/{{code}}{query}")).json()["items"]
        found[:] = items
        return len(items) >= count

    await until(all_there, 30.0)
    return found


async def test_each_request_is_told_with_its_answer_and_without_contents(door: Door) -> None:
    missing = await door.api("GET", "partners/NOBODY?nothing=pdk_secret")
    await door.api("POST", "partners", {"code": "ANNA", "name": "Anna Geheim"})
    await door.api("GET", "partners/ANNA")
    await door.api("GET", f"partners/{SECRET}")
    third, second, first = await logged(door, 3)
    key = door.key.split("_")[1]
    assert first["request_id"] == missing.headers["x-request-id"]
    assert (first["path"], first["status"], first["key_id"]) == ("/api/v1/partners/NOBODY", 422, key)
    assert (second["path"], second["status"], second["method"]) == ("/api/v1/partners/ANNA", 200, "GET")
    assert third["path"] == "/api/v1/partners/{code}", "what is no code may be anything"
    everything = str(await door.rows("SELECT r::text FROM api_requests r"))
    assert "Geheim" not in everything
    assert "secret" not in everything
    assert [one["path"] for one in await logged(door, 1, "&failed=false")] == ["/api/v1/partners/ANNA"]
    page = await door.api("GET", "requests?status=201")
    assert [one["route"] for one in page.json()["items"]] == ["/api/v1/partners"]


async def test_nobody_sees_what_another_tenant_asked(door: Door, other: Door) -> None:
    await door.api("GET", "partners/NOBODY")
    await logged(door, 1)
    assert (await other.api("GET", "requests")).json()["items"] == []


def test_a_path_shows_ids_and_nothing_that_may_be_a_secret() -> None:
    template = "/api/v1/partners/{code}/vat-checks"
    assert shown_path(template, "/api/v1/partners/ANNA_1/vat-checks") == "/api/v1/partners/ANNA_1/vat-checks"
    for odd in (SECRET, "3f9c0a7be41d5f6a8b2c9d01", "<script>", "a b", "ä", "x" * 37):
        assert shown_path(template, f"/api/v1/partners/{odd}/vat-checks") == template


async def test_what_the_database_does_not_take_waits_and_is_bounded(door: Door) -> None:
    metrics = Metrics()
    log = RequestLog(metrics.requests_unlogged.inc)
    caller = Caller(tenant=door.tenant, key_id="k3x8q2m9ab", scopes=frozenset())
    scope = {"path": "/api/v1/me", "state": {"caller": caller, "request_id": "r-1"}}

    class Away:
        def transaction(self, _: object) -> object:
            raise asyncpg.InterfaceError("the pool is closing")

    for _ in range(MOST + 2):
        log.note(scope, method="GET", route="/api/v1/me", status=200, seconds=0.01)
    with pytest.raises(asyncpg.InterfaceError):
        await log.write(Away())  # type: ignore[arg-type]
    assert metrics.requests_unlogged._value.get() == 2
    await log.write(door.parts.ledger)
    [row] = await door.rows("SELECT count(*) AS count FROM api_requests WHERE key_id = 'k3x8q2m9ab'")
    assert row["count"] == MOST


async def test_a_request_is_forgotten_after_its_time(door: Door) -> None:
    await door.api("GET", "partners/NOBODY")
    await logged(door, 1)
    async with door.parts.ledger.transaction(door.tenant) as tx:
        await tx.execute(
            "INSERT INTO api_requests (tenant_id, request_id, at, method, route, path, status, key_id, milliseconds)"
            " SELECT tenant_id, 'old', at - interval '31 days', method, route, path, status, key_id, 1"
            "   FROM api_requests LIMIT 1"
        )
    async with door.parts.ledger.transaction(door.tenant) as tx:
        await retention.forget(tx, today=clock.today())
    kept = {row["request_id"] for row in await door.rows("SELECT request_id FROM api_requests")}
    assert kept
    assert "old" not in kept
