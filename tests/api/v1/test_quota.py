"""Each answer says how often the key may still ask, and two processes of the API let in no more than one."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from api.http.quota import Quota
from sandbox.temporal_server import TemporalAddresses
from settings import Settings
from tests.fixtures.door import Door, new_door, running


@pytest.fixture
async def pair(
    product_settings: Settings, engine_address: TemporalAddresses, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Door, Door]]:
    """One tenant at two processes of the API; 5 requests a minute, in a minute that does not end."""
    monkeypatch.setattr("api.app.AGREED_EVERY_S", 3600.0)  # they agree when a test says so
    async with AsyncExitStack() as stack:
        chosen = product_settings.model_copy(update={"requests_a_minute": 5})
        one, other = [await stack.enter_async_context(running(chosen)) for _ in range(2)]
        for app, _ in (one, other):
            quota: Quota = app.state.parts.quota
            quota._now = lambda: 1_794_999_998.0
        door = await new_door(one)
        yield door, Door(other[0], other[1], door.tenant, door.key, door.approver, door.token)


async def agree(door: Door) -> None:
    assert door.parts.quota is not None
    await door.parts.quota.agree()


def remaining(answer: httpx.Response) -> str:
    return answer.headers["RateLimit"]


async def test_two_processes_let_in_no_more_than_one(pair: tuple[Door, Door]) -> None:
    one, other = pair
    first = await one.api("GET", "me")
    assert first.headers["RateLimit-Policy"] == '"key";q=5;w=60'
    assert remaining(first) == '"key";r=4;t=22'
    missing = await one.api("GET", "partners/NOBODY")
    assert (missing.status_code, remaining(missing)) == (404, '"key";r=3;t=22')
    await other.api("GET", "me")
    await agree(one)
    await agree(other)
    assert remaining(await other.api("GET", "me")) == '"key";r=1;t=22'
    await agree(other)
    last = await one.api("GET", "me")
    await agree(one)
    await other.api("GET", "me")  # the one that it may take while it has not heard of that
    await agree(other)
    refused = await other.api("POST", "partners", {"code": "ANNA", "name": "Anna"})
    assert (last.status_code, refused.status_code, refused.json()["code"]) == (200, 429, "quota_used_up")
    assert refused.headers["Retry-After"] == "22"
    assert await one.rows("SELECT 1 FROM partners") == []


async def test_whoever_has_no_key_is_told_nothing(pair: tuple[Door, Door]) -> None:
    answer = await pair[0].http.get("/api/v1/me")
    assert (answer.status_code, "RateLimit" in answer.headers) == (401, False)
