"""Access tokens end: renewed before, once after a 401, by one process at a time; and what a lost answer means."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID, uuid4

import pytest
from temporalio.exceptions import ApplicationError

from activities.gateway import lexoffice_gateway
from activities.gateway.lexoffice_gateway import LexofficeDoor
from httpcalls.errors import Unauthorized, Unreachable
from ledger.connections.connections import ConnectionBroken
from tests.fixtures.programs import program
from tests.lexoffice_client.samples import new_credit_note
from tests.oauth.conftest import PAGE, Shop


async def profile(shop: Shop, door: LexofficeDoor | None = None) -> str:
    async with (door or shop.door()).reading(shop.firm.tenant) as lexoffice:
        return str((await lexoffice.profile()).organization_id)


async def near_its_end(shop: Shop) -> None:
    await shop.firm.rows(
        """
        UPDATE oauth_tokens SET obtained_at = obtained_at - interval '4 hours',
                                access_expires_at = clock_timestamp() + interval '30 seconds'
        """
    )


async def pause_is_over(shop: Shop) -> None:
    await shop.firm.rows("UPDATE oauth_tokens SET not_before = clock_timestamp()")


async def test_a_good_token_is_used_as_it_is(connected_oauth_shop: Shop) -> None:
    assert await profile(connected_oauth_shop) == connected_oauth_shop.office.organization
    assert await connected_oauth_shop.refreshes() == {}


async def test_a_token_near_its_end_is_renewed_before_it_is_used(connected_oauth_shop: Shop) -> None:
    await connected_oauth_shop.office.hook("DELETE", "calls")
    await near_its_end(connected_oauth_shop)
    assert await profile(connected_oauth_shop) == connected_oauth_shop.office.organization
    assert await connected_oauth_shop.refreshes() == {"200": 1}
    assert (await connected_oauth_shop.office.hook("GET", "calls"))["counts"] == {"GET /v1/profile": {"200": 1}}


async def test_a_token_of_a_short_life_is_not_renewed_all_the_time(connected_oauth_shop: Shop) -> None:
    await connected_oauth_shop.client.change(expiresIn=60)
    await near_its_end(connected_oauth_shop)
    try:
        for _ in range(3):
            await profile(connected_oauth_shop)
    finally:
        await connected_oauth_shop.client.change(expiresIn=14_399)
    assert await connected_oauth_shop.refreshes() == {"200": 1}


async def test_a_token_that_died_early_is_renewed_once_and_the_call_sent_again(connected_oauth_shop: Shop) -> None:
    await connected_oauth_shop.office.hook("DELETE", "calls")
    await connected_oauth_shop.office.hook("POST", "oauth-tokens/access/end")
    assert await profile(connected_oauth_shop) == connected_oauth_shop.office.organization
    assert await connected_oauth_shop.refreshes() == {"200": 1}
    before = await connected_oauth_shop.firm.rows("SELECT generation FROM oauth_tokens")
    assert await profile(connected_oauth_shop) == connected_oauth_shop.office.organization
    assert await connected_oauth_shop.firm.rows("SELECT generation FROM oauth_tokens") == before


async def test_a_second_401_is_not_answered_with_another_refresh(connected_oauth_shop: Shop) -> None:
    await connected_oauth_shop.office.hook("POST", "faults", {"kind": "unauthorized_401", "path": "/v1/profile"})
    with pytest.raises(Unauthorized):
        await profile(connected_oauth_shop)
    assert await connected_oauth_shop.refreshes() == {"200": 1}
    calls = (await connected_oauth_shop.office.hook("GET", "calls"))["counts"]
    assert calls["GET /v1/profile"]["401"] == 2


async def test_many_calls_at_once_share_one_refresh(connected_oauth_shop: Shop) -> None:
    await connected_oauth_shop.office.hook("POST", "oauth-tokens/access/end")
    door = connected_oauth_shop.door()
    assert set(await asyncio.gather(*(profile(connected_oauth_shop, door) for _ in range(15)))) == {
        connected_oauth_shop.office.organization
    }
    assert await connected_oauth_shop.refreshes() == {"200": 1}


@asynccontextmanager
async def processes(shop: Shop, number: int, times: int) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    settings = shop.firm.parts.settings
    assert settings.lexoffice_oauth_client_secret is not None
    environment = {
        **os.environ,
        "PARTNERDESK_DATABASE_URL": settings.database_url.get_secret_value(),
        "PARTNERDESK_SECRET_KEY": settings.secret_key.get_secret_value(),
        "PARTNERDESK_PUBLIC_URL": settings.public_url,
        "LEXOFFICE_BASE_URL": settings.lexoffice_base_url,
        "LEXOFFICE_APP_URL": settings.lexoffice_app_url,
        "LEXOFFICE_OAUTH_CLIENT_ID": settings.lexoffice_oauth_client_id or "",
        "LEXOFFICE_OAUTH_CLIENT_SECRET": settings.lexoffice_oauth_client_secret.get_secret_value(),
    }
    tenant = shop.firm.tenant
    argv = [sys.executable, "-m", "tests.oauth.another_process", str(tenant.id), tenant.slug, str(times)]
    async with AsyncExitStack() as started:
        yield [
            await started.enter_async_context(program(*argv, env=environment, stdin=PIPE, stdout=PIPE))
            for _ in range(number)
        ]


async def ask_at_once(shop: Shop, *, number: int = 2, times: int = 5) -> list[str]:
    async with processes(shop, number, times) as started:
        for process in started:
            assert process.stdout is not None
            assert (await process.stdout.readline()).strip() == b"ready"
        for process in started:
            assert process.stdin is not None
            process.stdin.write(b"go\n")
            await process.stdin.drain()
        answers = [(await process.communicate())[0] for process in started]
    return [one for answer in answers for one in json.loads(answer)]


@pytest.mark.parametrize("ending", ["near its end", "died early"])
async def test_of_two_processes_at_once_exactly_one_refreshes(connected_oauth_shop: Shop, ending: str) -> None:
    if ending == "near its end":
        await near_its_end(connected_oauth_shop)
    else:
        await connected_oauth_shop.office.hook("POST", "oauth-tokens/access/end")
    # A slow token endpoint: both are there before the first has its answer.
    await connected_oauth_shop.office.hook("POST", "faults", {"kind": "slow", "path": "oauth2/token", "delayMs": 500})
    assert await ask_at_once(connected_oauth_shop) == [connected_oauth_shop.office.organization] * 10
    assert await connected_oauth_shop.refreshes() == {"200": 1}
    (grant,) = (await connected_oauth_shop.office.hook("GET", "oauth-connections"))["content"]
    assert (grant["refreshes"], grant["ended"]) == (1, None)


async def test_a_notification_does_not_wait_for_a_slow_refresh(connected_oauth_shop: Shop) -> None:
    await near_its_end(connected_oauth_shop)
    await connected_oauth_shop.office.hook("POST", "faults", {"kind": "slow", "path": "oauth2/token", "delayMs": 1500})
    refreshing = asyncio.create_task(profile(connected_oauth_shop))
    await asyncio.sleep(0.3)
    rows = await connected_oauth_shop.firm.rows("SELECT 1 FROM provider_connections FOR SHARE NOWAIT")
    assert len(rows) == 2
    assert not refreshing.done()
    assert await refreshing == connected_oauth_shop.office.organization


async def test_a_caller_that_is_cancelled_does_not_lose_the_new_pair(connected_oauth_shop: Shop) -> None:
    await near_its_end(connected_oauth_shop)
    await connected_oauth_shop.office.hook(
        "POST", "faults", {"kind": "slow", "path": "oauth2/token", "delayMs": 400, "times": 1}
    )
    door = connected_oauth_shop.door()
    refreshing = asyncio.create_task(profile(connected_oauth_shop, door))
    await asyncio.sleep(0.2)
    refreshing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await refreshing
    await door.close()  # as a worker that is stopped does
    assert await profile(connected_oauth_shop) == connected_oauth_shop.office.organization
    assert await connected_oauth_shop.refreshes() == {"200": 1}


async def test_an_expired_refresh_token_breaks_the_connection_with_a_task_and_a_hint(
    connected_oauth_shop: Shop,
) -> None:
    await connected_oauth_shop.office.hook("POST", "oauth-tokens/refresh/end")
    await near_its_end(connected_oauth_shop)
    with pytest.raises(ConnectionBroken):
        await profile(connected_oauth_shop)
    shown = await connected_oauth_shop.connection()
    assert (shown["state"], shown["credential"]) == ("broken", "oauth")
    assert "OAuth-Verbindung beendet" in shown["state_reason"]
    assert await connected_oauth_shop.tasks() == ["connection_broken"]
    page = await connected_oauth_shop.admin.get(PAGE)
    assert "Die Verbindung ist unterbrochen" in page.text
    assert "Erneut mit OAuth verbinden" in page.text
    await connected_oauth_shop.connected()
    assert ((await connected_oauth_shop.connection())["state"], await connected_oauth_shop.tasks()) == ("connected", [])


async def test_a_revoked_connection_is_found_out_by_one_refresh(connected_oauth_shop: Shop) -> None:
    await connected_oauth_shop.office.hook("POST", "revoke-connection")
    with pytest.raises(Unauthorized):
        await profile(connected_oauth_shop)
    assert await connected_oauth_shop.refreshes() == {"400": 1}
    assert (await connected_oauth_shop.connection())["state"] == "broken"
    with pytest.raises(ConnectionBroken):
        await profile(connected_oauth_shop)
    assert await connected_oauth_shop.refreshes() == {"400": 1}


async def test_a_broken_connection_is_tested_on_request(connected_oauth_shop: Shop) -> None:
    await connected_oauth_shop.office.hook("POST", "revoke-connection")
    told = (await connected_oauth_shop.api("POST", "providers/lexoffice/test")).json()
    assert (told["ok"], told["code"], told["connection"]["state"]) == (False, "oauth_connection_broken", "broken")
    await connected_oauth_shop.connected()
    told = (await connected_oauth_shop.api("POST", "providers/lexoffice/test")).json()
    assert (told["ok"], told["connection"]["state"]) == (True, "connected")


async def test_a_key_takes_over_from_a_broken_grant(connected_oauth_shop: Shop) -> None:
    await connected_oauth_shop.office.hook("POST", "revoke-connection")
    with pytest.raises(Unauthorized):
        await profile(connected_oauth_shop)
    await connected_oauth_shop.api("PUT", "providers/lexoffice", {"api_key": connected_oauth_shop.office.api_key})
    assert await profile(connected_oauth_shop) == connected_oauth_shop.office.organization
    assert await connected_oauth_shop.tasks() == []


async def test_a_grant_beside_a_key_that_is_used_is_forgotten_when_lexoffice_ends_it(
    connected_oauth_shop: Shop,
) -> None:
    await connected_oauth_shop.api("PUT", "providers/lexoffice", {"api_key": connected_oauth_shop.office.api_key})
    (grant,) = (await connected_oauth_shop.office.hook("GET", "oauth-connections"))["content"]
    door = connected_oauth_shop.door()
    await door.check_grant_beside_key(connected_oauth_shop.firm.tenant, UUID(grant["connectionId"]))
    assert (await connected_oauth_shop.connection())["oauth_connected_at"]
    await connected_oauth_shop.office.hook("POST", "revoke-connection")
    await door.check_grant_beside_key(connected_oauth_shop.firm.tenant, uuid4())
    assert (await connected_oauth_shop.connection())["oauth_connected_at"]
    await door.check_grant_beside_key(connected_oauth_shop.firm.tenant, UUID(grant["connectionId"]))
    shown = await connected_oauth_shop.connection()
    assert (shown["oauth_connected_at"], shown["state"], shown["credential"]) == (None, "connected", "api_key")
    assert await connected_oauth_shop.tasks() == ["oauth_grant_ended"]
    assert await profile(connected_oauth_shop, door) == connected_oauth_shop.office.organization


async def test_a_refresh_that_was_not_carried_out_is_tried_again_after_a_pause(connected_oauth_shop: Shop) -> None:
    await near_its_end(connected_oauth_shop)
    await connected_oauth_shop.office.hook(
        "POST", "faults", {"kind": "unavailable_503", "path": "oauth2/token", "times": 1}
    )
    for _ in range(3):  # only the first asks: the server blocks whoever hammers
        with pytest.raises(ApplicationError) as later:
            await profile(connected_oauth_shop)
        assert (later.value.type, later.value.non_retryable) == ("AuthorizationAway", False)
    assert await connected_oauth_shop.refreshes() == {"503": 1}
    assert (await connected_oauth_shop.connection())["state"] == "connected"
    await pause_is_over(connected_oauth_shop)
    assert await profile(connected_oauth_shop) == connected_oauth_shop.office.organization
    (row,) = await connected_oauth_shop.firm.rows("SELECT failures, not_before FROM oauth_tokens")
    assert (row["failures"], row["not_before"]) == (0, None)


async def test_a_refresh_whose_answer_was_lost_breaks_the_connection_at_the_next_one(
    connected_oauth_shop: Shop,
) -> None:
    """lexoffice keeps one valid pair and we never saw it: only a person can connect again."""
    await near_its_end(connected_oauth_shop)
    await connected_oauth_shop.office.hook(
        "POST", "faults", {"kind": "reset_after", "path": "oauth2/token", "times": 1}
    )
    with pytest.raises(ApplicationError):
        await profile(connected_oauth_shop)
    assert (await connected_oauth_shop.connection())["state"] == "connected"
    await pause_is_over(connected_oauth_shop)
    with pytest.raises(ConnectionBroken):
        await profile(connected_oauth_shop)
    assert ((await connected_oauth_shop.connection())["state"], await connected_oauth_shop.tasks()) == (
        "broken",
        ["connection_broken"],
    )


async def test_pauses_grow_with_each_failure(connected_oauth_shop: Shop) -> None:
    await near_its_end(connected_oauth_shop)
    await connected_oauth_shop.office.hook("POST", "faults", {"kind": "rate_limit_429", "path": "oauth2/token"})
    pauses = []
    for _ in range(4):
        with pytest.raises(ApplicationError):
            await profile(connected_oauth_shop)
        (row,) = await connected_oauth_shop.firm.rows(
            "SELECT extract(epoch FROM not_before - clock_timestamp())::int AS left FROM oauth_tokens"
        )
        pauses.append(row["left"])
        await pause_is_over(connected_oauth_shop)
    assert pauses == [2, 4, 8, 16]


async def test_a_read_counts_as_not_sent_while_the_token_is_not_renewed(connected_oauth_shop: Shop) -> None:
    await connected_oauth_shop.office.hook("POST", "oauth-tokens/access/end")
    await connected_oauth_shop.office.hook(
        "POST", "faults", {"kind": "unavailable_503", "path": "oauth2/token", "times": 1}
    )
    with pytest.raises(Unreachable):
        await profile(connected_oauth_shop)
    assert (await connected_oauth_shop.connection())["state"] == "connected"


async def test_a_client_that_was_switched_off_is_said_to_be_the_operators_business(connected_oauth_shop: Shop) -> None:
    await near_its_end(connected_oauth_shop)
    await connected_oauth_shop.client.change(disabled=True)
    try:
        with pytest.raises(ConnectionBroken):
            await profile(connected_oauth_shop)
    finally:
        await connected_oauth_shop.client.change(disabled=False)
    assert "Betreiber" in (await connected_oauth_shop.connection())["state_reason"]
    told = (await connected_oauth_shop.api("POST", "providers/lexoffice/test")).json()
    assert told["ok"] is True  # nothing was used up


async def test_a_create_that_is_renewed_too_late_counts_as_not_sent(
    connected_oauth_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its permission is good for a few seconds (engine.md); 401 has proved that nothing was made."""
    monkeypatch.setattr(lexoffice_gateway, "_RESEND_A_CREATE_WITHIN", 0.1)
    door = connected_oauth_shop.door()
    await connected_oauth_shop.office.hook("POST", "oauth-tokens/access/end")
    await connected_oauth_shop.office.hook(
        "POST", "faults", {"kind": "slow", "path": "oauth2/token", "delayMs": 300, "times": 1}
    )
    new = new_credit_note()
    with pytest.raises(Unreachable) as late:
        async with await door.creating(connected_oauth_shop.firm.tenant) as lexoffice:
            await lexoffice.create_credit_note(new)
    assert late.value.proves_nothing_was_made
    assert (await connected_oauth_shop.office.hook("GET", "documents"))["content"] == []
    async with await door.creating(connected_oauth_shop.firm.tenant) as lexoffice:
        await lexoffice.create_credit_note(new)
    assert len((await connected_oauth_shop.office.hook("GET", "documents"))["content"]) == 1
    assert await connected_oauth_shop.refreshes() == {"200": 1}
