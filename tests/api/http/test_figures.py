"""/metrics of an API: what waits and how long, from the ledger, beside what the process counts itself."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from asyncpg.connection import LoggedQuery
from temporalio.client import Client

from api.http.figures import Figures
from api.http.metrics import Metrics
from ledger.database import Ledger
from sandbox.processes import free_port
from tests.conftest import Database
from tests.fixtures.door import Door
from tests.fixtures.house import House
from tests.fixtures.planted_differences import plant, superuser


async def shown(door: Door) -> dict[str, float]:
    return numbers((await door.http.get("/metrics")).text)


def numbers(text: str) -> dict[str, float]:
    """By name and labels, as they are written."""
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


async def test_an_event_that_nobody_handles_is_counted_for_its_tenant_and_ages(door: Door, database: Database) -> None:
    mine = f'partnerdesk_unhandled_events{{tenant="{door.tenant.slug}"}}'
    assert mine not in await shown(door), "a tenant for whom nothing waits is not named"
    await door.connect()
    assert (await door.notify(door.event())).status_code == 200
    await plant(
        database,
        "UPDATE events SET received_at = now() - interval '3 hours' WHERE tenant_id = $1",
        door.tenant.id,
    )
    found = await shown(door)
    assert found[mine] == 1
    assert found["partnerdesk_unhandled_event_age_seconds"] >= 10_800
    assert found["partnerdesk_database_up"] == found["partnerdesk_engine_up"] == 1
    await plant(database, "UPDATE events SET state = 'ignored' WHERE tenant_id = $1", door.tenant.id)
    assert mine not in await shown(door)


async def test_figures_follow_a_payout_from_its_approval_to_its_document(product: House, database: Database) -> None:
    shop = await product.shop()
    await shop.partners("ANNA")
    payout = await shop.payout()
    before = await figures(product)
    await shop.approve(payout)
    open_payout = await shop.payout_when(payout["number"], "credit_note_open")
    await shop.click(open_payout["credit_note_id"], "mark-paid")
    await shop.payout_when(payout["number"], "paid")
    after = await figures(product)
    for figure in (
        'partnerdesk_decision_to_document_seconds_count{strategy="lexoffice_credit_note"}',
        'partnerdesk_notification_to_ledger_seconds_count{provider="lexoffice"}',
        'partnerdesk_provider_requests_total{outcome="2xx",provider="lexoffice"}',
        'partnerdesk_provider_request_seconds_count{provider="lexoffice"}',
    ):
        assert after[figure] > before.get(figure, 0), figure
    within = 'partnerdesk_decision_to_document_seconds_bucket{le="60.0",strategy="lexoffice_credit_note"}'
    assert after[within] > before.get(within, 0), "from the approval on, not from the request"


async def test_a_payout_that_stands_in_a_state_is_counted_and_ages_from_its_last_step(
    product: House, database: Database
) -> None:
    shop = await product.shop()
    await shop.partners("ANNA")
    payout = await shop.payout()
    before = await figures(product)
    await plant(
        database,
        """
        WITH approved AS (
            UPDATE payouts SET state = 'outcome_unknown' WHERE tenant_id = $1 AND number = $2 RETURNING tenant_id, id)
        INSERT INTO state_changes (tenant_id, subject, subject_id, from_state, to_state, changed_at)
        SELECT tenant_id, 'payout', id, 'approved', 'outcome_unknown', now() - interval '5 days' FROM approved
        """,
        shop.tenant.id,
        payout["number"],
    )
    after = await figures(product)
    assert (
        after['partnerdesk_payouts{state="outcome_unknown"}']
        == before['partnerdesk_payouts{state="outcome_unknown"}'] + 1
    )
    assert after['partnerdesk_payout_age_seconds{state="outcome_unknown"}'] >= 5 * 86_400


@pytest.mark.parametrize(
    "waits",
    [
        "UPDATE payouts SET open_holds = '{put_back}' WHERE tenant_id = $1 AND number = $2",
        "UPDATE payouts SET blocked_code = 'x', blocked_params = '{}' WHERE tenant_id = $1 AND number = $2",
        "UPDATE provider_connections SET state = 'broken' WHERE tenant_id = $1 AND $2 <> ''",
    ],
)
async def test_an_approved_payout_that_waits_for_the_tenants_people_does_not_stand_still(
    product: House, database: Database, waits: str
) -> None:
    shop = await product.shop()
    await shop.partners("ANNA")
    payout = await shop.payout()
    days = 300 * 86_400
    async with not_kept(database) as db:
        await db.execute(
            """
            WITH approved AS (
                UPDATE payouts SET state = 'approved', created_at = now() - interval '301 days'
                 WHERE tenant_id = $1 AND number = $2 RETURNING tenant_id, id)
            INSERT INTO state_changes (tenant_id, subject, subject_id, from_state, to_state, changed_at)
            SELECT tenant_id, 'payout', id, 'awaiting_approval', 'approved', now() - interval '300 days' FROM approved
            """,
            shop.tenant.id,
            payout["number"],
        )
        assert await db.fetchval(_FIGURE, "payout_age_seconds", "approved") >= days
        await db.execute(waits, shop.tenant.id, payout["number"])
        assert await db.fetchval(_FIGURE, "payout_age_seconds", "approved") < days


async def test_an_event_that_is_to_be_told_once_more_lags_from_then_on(door: Door, database: Database) -> None:
    await door.connect()
    assert (await door.notify(door.event())).status_code == 200
    async with not_kept(database) as db:
        await db.execute(
            """
            UPDATE events SET state = 'received', handed_over_at = NULL, received_at = now() - interval '20 days',
                              changed_at = now() - interval '1 hour'
             WHERE tenant_id = $1
            """,
            door.tenant.id,
        )
        assert 3600 <= await db.fetchval(_FIGURE, "handover_lag_seconds", "event") < 86_400


_FIGURE = "SELECT value FROM operating_figures() WHERE figure = $1 AND label = $2"


@asynccontextmanager
async def not_kept(database: Database) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A transaction past triggers that nobody else sees: a hand-over may run beside it."""
    async with superuser(database) as db:
        planted = db.transaction()
        await planted.start()
        yield db
        await planted.rollback()


async def test_what_is_broken_due_or_used_up_is_told(product: House, database: Database) -> None:
    shop = await product.shop()
    before = await figures(product)
    of_tenant = shop.tenant.id
    await plant(database, "UPDATE provider_connections SET state = 'broken' WHERE tenant_id = $1", of_tenant)
    await plant(
        database, "UPDATE api_budgets SET next_free_at = now() + interval '900 seconds' WHERE tenant_id = $1", of_tenant
    )
    await plant(
        database,
        """
        INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions, created_at)
        VALUES ($1, 'payment_unclear', 'document', 'one', '', '{done}', now() - interval '400 days')
        """,
        of_tenant,
    )
    after = await figures(product)
    broken = 'partnerdesk_connections_broken{provider="lexoffice"}'
    assert after[broken] == before[broken] + 1
    assert 800 < after['partnerdesk_budget_booked_seconds{provider="lexoffice"}'] <= 900
    assert after["partnerdesk_open_tasks"] == before["partnerdesk_open_tasks"] + 1
    assert after["partnerdesk_open_task_age_seconds"] >= 400 * 86_400
    await plant(database, "DELETE FROM tasks WHERE tenant_id = $1 AND subject_id = 'one'", of_tenant)


async def figures(product: House) -> dict[str, float]:
    return numbers((await product.http.get(f"{product.api_url}/metrics")).text)


@pytest.fixture
async def watched(database: Database) -> AsyncIterator[tuple[Ledger, list[str]]]:
    """A ledger, and the statements that it was asked."""
    asked: list[str] = []

    def note(query: LoggedQuery) -> None:
        asked.append(query.query)

    ledger = await Ledger.open(database.app_url, most_connections=2, on_statement=note)
    yield ledger, asked
    await ledger.close()


async def test_several_who_scrape_at_once_cost_the_database_one_question(
    watched: tuple[Ledger, list[str]], door: Door
) -> None:
    ledger, asked = watched
    kept = Figures(Metrics(), ledger, door.parts.engine, kept_seconds=60)
    for _ in range(5):
        await kept.shown("")
    assert len([query for query in asked if "operating_figures" in query]) == 1


async def test_while_database_and_engine_are_away_figures_say_so_and_claim_nothing(door: Door) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    ledger = await Ledger.open(f"postgresql://nobody@{nowhere}/none", least_connections=0)
    engine = await Client.connect(nowhere, lazy=True)
    away = Figures(Metrics(), ledger, engine, kept_seconds=0)
    text = (await away.shown("")).body.decode()
    await ledger.close()
    found = numbers(text)
    assert found["partnerdesk_database_up"] == found["partnerdesk_engine_up"] == 0
    assert re.search(r"^partnerdesk_sweep_age_seconds NaN$", text, re.MULTILINE)
    assert not re.search(r"^partnerdesk_payouts\{", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "text/plain"),
        ("text/plain;version=0.0.4;q=0.5", "text/plain"),
        ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", "application/openmetrics-text"),
        ("application/openmetrics-text;version=one", "text/plain"),
    ],
)
async def test_whoever_asks_for_openmetrics_gets_it(door: Door, accept: str, kind: str) -> None:
    answer = await door.http.get("/metrics", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.text.endswith("# EOF\n") == (kind != "text/plain")
