"""The outbox of events out: written with what causes them, due in the order of each object, kept until taken."""

import asyncio
import re
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from ledger import tasks
from ledger.access import secret_rotation
from ledger.audit import event_deliveries, events_out, webhook_endpoints
from ledger.audit.event_deliveries import ReplayedRange
from ledger.audit.event_types import EVENT_TYPES
from ledger.audit.events_out import Attempt, DueEvent, RetryPlan
from ledger.audit.webhook_endpoints import Endpoint, WantedEndpoint
from ledger.database import Ledger, TenantTransaction
from ledger.privacy import retention
from ledger.programme import partners
from ledger.programme.partners import NewPartner
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound
from ledger.types import Tenant
from ledger.vault import Vault
from tests.fixtures.house import until
from tests.fixtures.ledger_shop import NewTenant

PLAN = RetryPlan(waits=(60.0, 3600.0), warn_after=4 * 86_400, off_after=5 * 86_400, rest_after=3)
TAKEN, REFUSED = Attempt(failure=None, status=204), Attempt(failure="status_not_2xx", status=500)
FUNCTIONS = Path(__file__).parents[3] / "ledger/migrations/functions/audit.sql"


async def add(ledger: Ledger, tenant: Tenant, vault: Vault, *types: str) -> Endpoint:
    async with ledger.transaction(tenant) as tx:
        wanted = WantedEndpoint(url="https://example.com/hooks", types=types)
        return await webhook_endpoints.add(tx, vault, wanted, by="test")


async def partner(ledger: Ledger, tenant: Tenant, code: str) -> None:
    async with ledger.transaction(tenant) as tx:
        await partners.create(tx, NewPartner(code=code, name=f"Partner {code}"), by="test")


async def due(ledger: Ledger, tenant: Tenant, endpoint: Endpoint) -> list[DueEvent]:
    async with ledger.transaction(tenant) as tx:
        return await events_out.list_due(tx, endpoint.id, PLAN, at_most=100)


async def note(ledger: Ledger, tenant: Tenant, endpoint: Endpoint, event: DueEvent, attempt: Attempt) -> Endpoint:
    async with ledger.transaction(tenant) as tx:
        await events_out.note(tx, endpoint.id, event, attempt, PLAN)
        return await webhook_endpoints.get(tx, endpoint.id)


async def failing_since(ledger: Ledger, tenant: Tenant, endpoint: Endpoint, span: timedelta) -> None:
    async with ledger.transaction(tenant) as tx:
        await tx.execute("UPDATE webhook_endpoints SET failing_since = now() - $1::interval", span)


async def rested(ledger: Ledger, tenant: Tenant) -> None:
    """The times of all tries have come."""
    async with ledger.transaction(tenant) as tx:
        await tx.execute("UPDATE webhook_endpoints SET rests_until = now()")
        await tx.execute("UPDATE event_deliveries SET next_at = now() WHERE state = 'due'")


async def is_waited_for(tx: TenantTransaction) -> bool:
    waits: bool = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
    )
    return waits


async def left_due(ledger: Ledger, tenant: Tenant) -> int:
    async with ledger.transaction(tenant) as tx:
        found: int = await tx.fetchval("SELECT count(*) FROM event_deliveries WHERE state = 'due'")
    return found


def test_every_type_is_written_somewhere_and_no_other() -> None:
    written = set(
        re.findall(r"'((?:payout|commission|transaction|partner|task|connection)\.[a-z_]+)'", FUNCTIONS.read_text())
    )
    # Two are put together from the state.
    assert written | {"commission.approved", "commission.reversed"} == set(EVENT_TYPES)


async def test_what_is_rolled_back_was_never_told(ledger: Ledger, tenant: Tenant, vault: Vault) -> None:
    endpoint = await add(ledger, tenant, vault)
    async with ledger.transaction(tenant) as tx:
        with suppress(NotAllowedNow):
            async with tx.savepoint():
                await partners.create(tx, NewPartner(code="ANNA", name="Anna"), by="test")
                raise NotAllowedNow("endpoint_ended")
    assert await due(ledger, tenant, endpoint) == []


async def test_an_endpoint_hears_what_it_chose_and_only_of_its_tenant(
    ledger: Ledger, tenant: Tenant, vault: Vault, new_tenant: NewTenant
) -> None:
    everything, tasks_only = await add(ledger, tenant, vault), await add(ledger, tenant, vault, "task.opened")
    await partner(ledger, tenant, "ANNA")
    await partner(ledger, await new_tenant(), "BERT")
    async with ledger.transaction(tenant) as tx:
        why = Reason.of("partner_objects")
        await tasks.ask(tx, tasks.NewTask(kind="payout_blocked", subject="payout", subject_id="PO-1", reason=why))
        await tx.execute("UPDATE provider_connections SET state = 'broken' WHERE provider = 'lexoffice'")
    heard = [event.type for event in await due(ledger, tenant, everything)]
    assert "BERT" not in {event.subject_id for event in await due(ledger, tenant, everything)}
    assert set(heard) == {"partner.updated", "task.opened", "connection.broken"}
    assert [event.type for event in await due(ledger, tenant, tasks_only)] == ["task.opened"]


async def test_only_the_first_of_an_object_may_go(ledger: Ledger, tenant: Tenant, vault: Vault) -> None:
    endpoint = await add(ledger, tenant, vault)
    for code in ("ANNA", "BERT"):
        await partner(ledger, tenant, code)
    async with ledger.transaction(tenant) as tx:
        await tx.execute("UPDATE partners SET city = 'Bremen' WHERE code = 'ANNA'")
    anna, bert = await due(ledger, tenant, endpoint)
    await note(ledger, tenant, endpoint, anna, REFUSED)
    assert [event.delivery for event in await due(ledger, tenant, endpoint)] == [bert.delivery]
    await rested(ledger, tenant)
    again, _ = await due(ledger, tenant, endpoint)
    assert (again.delivery, again.tries) == (anna.delivery, 1)
    await note(ledger, tenant, endpoint, again, TAKEN)
    [second, *_] = [event for event in await due(ledger, tenant, endpoint) if event.subject_id == "ANNA"]
    assert second.delivery != anna.delivery


async def test_of_two_tries_under_one_number_the_first_counts(ledger: Ledger, tenant: Tenant, vault: Vault) -> None:
    endpoint = await add(ledger, tenant, vault)
    await partner(ledger, tenant, "ANNA")
    [event] = await due(ledger, tenant, endpoint)
    await note(ledger, tenant, endpoint, event, TAKEN)
    assert (await note(ledger, tenant, endpoint, event, REFUSED)).failures == 0


async def test_whoever_takes_nothing_rests_is_warned_and_switched_off_and_loses_nothing(
    ledger: Ledger, tenant: Tenant, vault: Vault
) -> None:
    endpoint = await add(ledger, tenant, vault)
    for code in ("ANNA", "BERT", "CARL", "DORA"):
        await partner(ledger, tenant, code)
    for event in (await due(ledger, tenant, endpoint))[:3]:
        endpoint = await note(ledger, tenant, endpoint, event, REFUSED)
    assert endpoint.rests_until is not None
    assert await due(ledger, tenant, endpoint) == []

    async def fail_after(span: timedelta) -> Endpoint:
        await rested(ledger, tenant)
        await failing_since(ledger, tenant, endpoint, span)
        [event] = await due(ledger, tenant, endpoint)
        return await note(ledger, tenant, endpoint, event, REFUSED)

    assert (await fail_after(timedelta(days=6))).state == "active", "nobody is switched off unwarned"
    assert (await fail_after(timedelta(days=6))).state == "active", "nor while the warning is fresh"
    async with ledger.transaction(tenant) as tx:
        await tx.execute("UPDATE webhook_endpoints SET warned_at = warned_at - interval '1 day'")
    off = await fail_after(timedelta(days=6))
    assert (off.state, off.state_reason, off.due) == ("off", "failing", 4)
    await partner(ledger, tenant, "EMIL")
    assert await due(ledger, tenant, endpoint) == []
    async with ledger.transaction(tenant) as tx:
        on = await webhook_endpoints.switch(tx, endpoint.id, on=True, by="test")
    assert (on.state, on.failures, len(await due(ledger, tenant, endpoint))) == ("active", 0, 5)


async def test_one_that_is_gone_hears_nothing_more(ledger: Ledger, tenant: Tenant, vault: Vault) -> None:
    endpoint = await add(ledger, tenant, vault)
    await partner(ledger, tenant, "ANNA")
    [event] = await due(ledger, tenant, endpoint)
    gone = await note(ledger, tenant, endpoint, event, Attempt(failure="status_not_2xx", status=410))
    assert (gone.state, gone.state_reason, gone.due) == ("ended", "gone", 0)
    await partner(ledger, tenant, "BERT")
    async with ledger.transaction(tenant) as tx:
        assert len((await event_deliveries.list_deliveries(tx, endpoint.id))[0]) == 1
        with pytest.raises(NotFound):
            await webhook_endpoints.switch(tx, endpoint.id, on=True, by="test")


async def test_an_endpoint_that_ends_leaves_nothing_due(ledger: Ledger, tenant: Tenant, vault: Vault) -> None:
    """Neither what is being written as it ends, nor what begins to be written then."""
    endpoint = await add(ledger, tenant, vault)

    async def remove() -> None:
        async with ledger.transaction(tenant) as tx:
            await webhook_endpoints.remove(tx, endpoint.id, by="test")

    async with ledger.transaction(tenant) as tx:
        await partners.create(tx, NewPartner(code="ANNA", name="Anna"), by="test")
        removing = asyncio.create_task(remove())
        await until(lambda: is_waited_for(tx), bool, "the other one to wait")
    await removing
    assert await left_due(ledger, tenant) == 0
    endpoint = await add(ledger, tenant, vault)
    async with ledger.transaction(tenant) as tx:
        await webhook_endpoints.remove(tx, endpoint.id, by="test")
        writing = asyncio.create_task(partner(ledger, tenant, "BERT"))
        await until(lambda: is_waited_for(tx), bool, "the other one to wait")
    await writing
    assert await left_due(ledger, tenant) == 0


async def test_whoever_changes_an_endpoint_holds_up_nothing_that_happens(
    ledger: Ledger, tenant: Tenant, vault: Vault
) -> None:
    endpoint = await add(ledger, tenant, vault)
    async with ledger.transaction(tenant) as tx:
        await webhook_endpoints.rotate_secret(tx, vault, endpoint.id, by="test")
        async with asyncio.timeout(5):
            await partner(ledger, tenant, "ANNA")


async def test_whoever_sees_a_secret_stands_in_the_trail(ledger: Ledger, tenant: Tenant, vault: Vault) -> None:
    endpoint = await add(ledger, tenant, vault)
    async with ledger.transaction(tenant) as tx:
        await webhook_endpoints.show_secret(tx, vault, endpoint.id, by="user:1")
        [entry] = await tx.fetch(
            "SELECT actor, detail FROM audit_entries WHERE action = 'webhook_endpoint.secret_shown'"
        )
    assert (entry["actor"], entry["detail"]) == ("user:1", {})


async def test_two_secrets_sign_after_a_rotation_and_both_are_encrypted_anew(
    ledger: Ledger, tenant: Tenant, vault: Vault
) -> None:
    endpoint = await add(ledger, tenant, vault)
    async with ledger.transaction(tenant) as tx:
        before = await webhook_endpoints.show_secret(tx, vault, endpoint.id, by="test")
        await webhook_endpoints.rotate_secret(tx, vault, endpoint.id, by="test")
        newest, old = await webhook_endpoints.secrets_in_force(tx, vault, endpoint.id)
        assert (old, newest != old) == (before, True)
        await tx.execute("UPDATE webhook_endpoint_secrets SET expires_at = now() WHERE expires_at IS NOT NULL")
        assert await webhook_endpoints.secrets_in_force(tx, vault, endpoint.id) == [newest]
    assert "webhook_endpoint_secrets" in {column.table for column in secret_rotation.OF_A_TENANT}


async def test_a_range_is_replayed_in_its_order_and_what_is_due_is_not_doubled(
    ledger: Ledger, tenant: Tenant, vault: Vault
) -> None:
    endpoint = await add(ledger, tenant, vault)
    for code in ("ANNA", "BERT", "CARL"):
        await partner(ledger, tenant, code)
    anna, bert, _carl = await due(ledger, tenant, endpoint)
    for event in (anna, bert):
        await note(ledger, tenant, endpoint, event, TAKEN)
    wanted = ReplayedRange(since=anna.created_at, until=anna.created_at + timedelta(hours=1))
    async with ledger.transaction(tenant) as tx:
        assert await event_deliveries.replay_range(tx, endpoint.id, wanted, by="test") == 2
    assert [event.subject_id for event in await due(ledger, tenant, endpoint)] == ["CARL", "ANNA", "BERT"]


async def test_what_will_never_be_taken_is_skipped_by_a_person(ledger: Ledger, tenant: Tenant, vault: Vault) -> None:
    endpoint = await add(ledger, tenant, vault)
    await partner(ledger, tenant, "ANNA")
    [event] = await due(ledger, tenant, endpoint)
    async with ledger.transaction(tenant) as tx:
        assert (await event_deliveries.skip(tx, endpoint.id, event.delivery, by="test")).state == "dropped"
        with pytest.raises(NotAllowedNow):
            await event_deliveries.skip(tx, endpoint.id, event.delivery, by="test")


async def test_the_log_ends_and_what_is_due_stays(ledger: Ledger, tenant: Tenant, vault: Vault) -> None:
    endpoint = await add(ledger, tenant, vault)
    for code in ("ANNA", "BERT"):
        await partner(ledger, tenant, code)
    anna, _bert = await due(ledger, tenant, endpoint)
    await note(ledger, tenant, endpoint, anna, TAKEN)
    async with ledger.transaction(tenant) as tx:
        assert await tx.fetchval("SELECT forget_events_out(interval '-1 s', 100)") == 1
        left, _ = await event_deliveries.list_deliveries(tx, endpoint.id)
    assert [(one.subject_id, one.state) for one in left] == [("BERT", "due")]
    assert "webhooks" in retention.RULES


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://",
        "https://user:secret@example.com/",
        "https://example.com/#there",
        "https://example.com:99999/",
        "https://exämple.com/",
        "https://example.com/a b",
        "https://example.com\\@inside/",
        "example.com",
    ],
)
async def test_an_address_has_a_plain_form(ledger: Ledger, tenant: Tenant, vault: Vault, url: str) -> None:
    async with ledger.transaction(tenant) as tx:
        with pytest.raises(NotAcceptable):
            await webhook_endpoints.add(tx, vault, WantedEndpoint(url=url), by="test")


async def test_an_unknown_type_is_refused(ledger: Ledger, tenant: Tenant, vault: Vault) -> None:
    with pytest.raises(NotAcceptable, match="event_type_unknown"):
        await add(ledger, tenant, vault, "payout.payed")
