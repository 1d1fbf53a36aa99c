"""The doctor is silent about a healthy tenant, and finds each difference that is planted."""

import json
import re
from datetime import timedelta
from typing import Any, cast

import pytest

from activities.doctor import lexoffice_check
from ledger.database import TenantTransaction
from ledger.reports import invariants
from sandbox.temporal_server import TemporalAddresses
from tests.commands.test_command import partnerdesk
from tests.conftest import Database
from tests.fixtures.house import House, Shop, until
from tests.fixtures.mends import as_operator, mend_as_owner
from tests.fixtures.planted_differences import checks, examine, plant, superuser
from tests.fixtures.sweeps import settled, silence
from workflows.messages import PAYOUTS


@pytest.fixture
async def busy_shop(connected_shop: Shop) -> Shop:
    """One payout that is paid, one whose credit note is open, one that awaits approval."""
    for state in ("paid", "open", "waiting"):
        payout = await connected_shop.payout()
        if state == "waiting":
            break
        await connected_shop.approve(payout)
        payout = await connected_shop.payout_when(payout["number"], "credit_note_open")
        if state == "paid":
            await connected_shop.click(payout["credit_note_id"], "mark-paid")
            await connected_shop.payout_when(payout["number"], "paid")
    await settled(connected_shop)
    return connected_shop


async def payouts(shop: Shop) -> dict[str, dict[str, str]]:
    return {row["state"]: row for row in (await shop.api("GET", "/payouts"))["items"]}


async def test_a_healthy_tenant_has_nothing_to_be_said_about(busy_shop: Shop, temporal: TemporalAddresses) -> None:
    await busy_shop.hook("POST", "credit-notes", {"customer": "Kunde AG", "net": "10.00", "remark": "PO-2026-0001"})
    result = await partnerdesk(
        as_operator(busy_shop.house, temporal.address, temporal.namespace),
        "doctor",
        "--tenant",
        busy_shop.tenant.slug,
        "--json",
    )
    assert result.status == 0, result.out + result.err
    told = json.loads(result.out)
    assert told["differences"] == 0
    assert told["tenants"][0]["compared_with"] == ["ledger", "engine", "lexoffice"]
    assert told["tenants"][0]["notes"] == []
    assert "reading credit notes that the ledger does not know, 1 of 1" in result.err


async def test_what_differs_is_said_with_a_way_to_mend_it_and_exit_status_1(
    busy_shop: Shop, temporal: TemporalAddresses
) -> None:
    await silence(busy_shop)
    note = (await payouts(busy_shop))["credit_note_open"]
    await busy_shop.click(note["credit_note_id"], "mark-paid")
    operator = as_operator(busy_shop.house, temporal.address, temporal.namespace)
    result = await partnerdesk(operator, "doctor", "--tenant", busy_shop.tenant.slug)
    assert result.status == 1
    assert f"{busy_shop.tenant.slug}: 1 differences" in result.out
    assert f"to mend: partnerdesk sweep --tenant {busy_shop.tenant.slug} --since" in result.out
    mended = await partnerdesk(operator, "sweep", "--tenant", busy_shop.tenant.slug, "--wait", "--json")
    assert (mended.status, json.loads(mended.out)["tenants"][0]["found"]) == (0, 1)
    await busy_shop.payout_when(note["number"], "paid")
    assert (await partnerdesk(operator, "doctor", "--tenant", busy_shop.tenant.slug)).status == 0


_OF_STATE = "(SELECT id FROM payouts WHERE tenant_id = $1 AND state = '{}')"
PLANTS = {  # by the check that finds it, and what of it
    "lines_do_not_add_up": """
        UPDATE payouts SET net_cents = net_cents + 1, gross_cents = gross_cents + 1
         WHERE tenant_id = $1 AND state = 'awaiting_approval'
        """,
    "commission_in_two_payouts": f"""
        INSERT INTO payout_lines (tenant_id, payout_id, position, commission_id, net_cents, tax_rate, tax_cents,
                                  gross_cents)
        SELECT tenant_id, {_OF_STATE.format("awaiting_approval")}, 99, commission_id, net_cents, tax_rate, tax_cents,
               gross_cents
          FROM payout_lines WHERE tenant_id = $1 AND payout_id = {_OF_STATE.format("credit_note_open")}
        """,
    "commission_does_not_fit_its_payout": f"""
        UPDATE commissions SET state = 'approved'
         WHERE tenant_id = $1 AND id IN (SELECT commission_id FROM payout_lines
                                          WHERE payout_id = {_OF_STATE.format("paid")})
        """,
    "commission_in_no_payout": """
        UPDATE commissions SET state = 'in_payout'
         WHERE id = (SELECT id FROM commissions WHERE tenant_id = $1 AND state = 'approved' LIMIT 1)
        """,
    "payout_without_document": f"""
        UPDATE external_documents SET payout_id = NULL
         WHERE tenant_id = $1 AND payout_id = {_OF_STATE.format("paid")}
        """,
    "creation_is_stuck": """
        INSERT INTO creation_intents (tenant_id, kind, payout_id, marker, organization_id, content, content_hash,
                                      net_cents, gross_cents, created_at)
        SELECT tenant_id, 'credit-note', id, 'x', gen_random_uuid(), '{}', '', 1, 1, now() - interval '1 hour'
          FROM payouts WHERE tenant_id = $1 AND state = 'awaiting_approval'
        """,
    "event_not_handled": """
        INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, received_at, handed_over_at)
        VALUES ($1, 'lexoffice', 'invoice.changed', gen_random_uuid()::text, '', 'received',
                now() - interval '11 minutes', now() - interval '11 minutes')
        """,
    "event_waits_for_nothing": """
        INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, reason_code, received_at)
        VALUES ($1, 'lexoffice', 'credit-note.changed', gen_random_uuid()::text, '', 'waiting',
                'credit_note_id_awaited', now() - interval '11 minutes')
        """,
    "not_announced": """
        UPDATE payouts SET recheck_wanted_at = now() - interval '1 hour' WHERE tenant_id = $1 AND state = 'paid'
        """,
    "not_announced: a payout": """
        UPDATE payouts SET workflow_started_at = NULL, created_at = now() - interval '1 hour'
         WHERE tenant_id = $1 AND state = 'awaiting_approval'
        """,
    "not_announced: a decision": """
        UPDATE decisions SET delivered_at = NULL, decided_at = now() - interval '1 hour' WHERE tenant_id = $1
        """,
    "not_announced: a payout run": """
        INSERT INTO payout_runs (tenant_id, id, period, rehearsal, cut_off, requested_by, created_at, started_at)
        VALUES ($1, gen_random_uuid(), '2020-01', true, now(), 'key:test', now() - interval '11 minutes', NULL)
        """,
    "not_announced: an invoice": """
        INSERT INTO creation_intents (tenant_id, kind, transaction_id, marker, organization_id, content, content_hash,
                                      net_cents, gross_cents, created_at)
        SELECT tenant_id, 'invoice', id, 'x', gen_random_uuid(), '{}', '', 1, 1, now() - interval '11 minutes'
          FROM transactions WHERE tenant_id = $1 LIMIT 1
        """,
    "document_of_other_organization": """
        UPDATE external_documents SET organization_id = gen_random_uuid() WHERE tenant_id = $1
        """,
    "holds_not_shown: a sale": """
        UPDATE transactions SET open_holds = '{dispute}'
         WHERE id = (SELECT id FROM transactions WHERE tenant_id = $1 LIMIT 1)
        """,
    "holds_not_shown: a payout": """
        INSERT INTO payout_holds (tenant_id, payout_id, code) SELECT tenant_id, id, 'partner_stopped' FROM payouts
         WHERE tenant_id = $1 AND state = 'awaiting_approval'
        """,
    "counter_behind": "UPDATE payout_counters SET last = last - 1 WHERE tenant_id = $1",
}


async def test_each_row_that_breaks_a_rule_is_found(busy_shop: Shop, database: Database) -> None:
    async with superuser(database) as connection:
        for expected, sql in PLANTS.items():
            planting = connection.transaction()
            await planting.start()
            try:
                await connection.execute("DROP INDEX a_commission_in_at_most_one_payout")
                await connection.execute(sql, busy_shop.tenant.id)
                differences = await invariants.check(
                    TenantTransaction(cast(Any, connection), busy_shop.tenant), stuck_after=timedelta(minutes=30)
                )
            finally:
                await planting.rollback()
            assert expected.partition(":")[0] in {one.check for one in differences}, expected
            assert all(one.says and one.mend for one in differences)
    assert await checks(busy_shop) == [], "nothing of it was left behind"


async def test_a_second_credit_note_with_a_marker_of_ours_is_found_and_voiding_it_mends(connected_shop: Shop) -> None:
    await connected_shop.open_payout()
    await settled(connected_shop)
    [row] = await connected_shop.rows("SELECT marker, gross_cents FROM creation_intents ORDER BY created_at LIMIT 1")
    of_another_century = {"net": "1.00", "remark": f"Danke! {row['marker']}", "voucherDate": "2206-11-28"}
    twin = await connected_shop.hook("POST", "credit-notes", {"customer": "Partner ANNA", **of_another_century})
    [difference] = (await examine(connected_shop))["differences"]
    assert (difference["check"], difference["subject_id"]) == ("credit_note_without_payout", twin["id"])
    assert difference["bars_creating"]
    await connected_shop.click(twin["id"], "void")
    assert await checks(connected_shop) == []


async def test_the_only_document_of_a_payout_is_never_one_of_two(busy_shop: Shop) -> None:
    """Its own one is void: „void one of them“ would be the last one."""
    await silence(busy_shop)
    found = (await payouts(busy_shop))["credit_note_open"]
    [row] = await busy_shop.rows("SELECT marker FROM creation_intents ORDER BY created_at DESC LIMIT 1")
    await busy_shop.hook("POST", "credit-notes", {"customer": "Partner ANNA", "net": "1.00", "remark": row["marker"]})
    await busy_shop.click(found["credit_note_id"], "void")
    [one] = [one for one in (await examine(busy_shop))["differences"] if one["check"] == "credit_note_without_payout"]
    assert "void or gone" in one["says"]
    assert "one of them" not in one["mend"]


async def test_a_thousand_waiting_events_are_one_line_and_its_mend_hands_them_over(
    connected_shop: Shop, database: Database
) -> None:
    await plant(
        database,
        """
        INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, received_at, handed_over_at)
        SELECT $1, 'lexoffice', 'invoice.status.changed', gen_random_uuid()::text, '', 'received',
               now() - interval '1 hour', now() - interval '1 hour'
          FROM generate_series(1, 1000)
        """,
        connected_shop.tenant.id,
    )
    [found] = [one for one in (await examine(connected_shop))["differences"] if one["check"] == "event_not_handled"]
    assert found["says"].startswith("1000 events have waited")
    await mend_as_owner(database, found["mend"])
    rows = await connected_shop.rows(
        "SELECT DISTINCT delivery FROM events WHERE handed_over_at IS NULL AND state = 'received'"
    )
    assert [row["delivery"] for row in rows] == [2]


async def test_a_credit_note_of_another_amount_or_none_at_all_is_found(busy_shop: Shop) -> None:
    await silence(busy_shop)
    found = await payouts(busy_shop)
    await busy_shop.click(found["credit_note_open"]["credit_note_id"], "edit", net="1.00", force=True)
    assert "document_amount" in await checks(busy_shop)
    await busy_shop.click(found["paid"]["credit_note_id"], "delete", force=True)
    async with busy_shop.house.ledger.transaction(busy_shop.tenant) as tx:
        await tx.execute("UPDATE external_documents SET created_at = created_at - interval '1 hour'")
    assert "document_missing" in await checks(busy_shop)


async def test_a_workflow_that_ended_early_and_one_that_shows_another_state_are_found(
    busy_shop: Shop, database: Database
) -> None:
    found = await payouts(busy_shop)
    handle = busy_shop.payout_workflow(found["awaiting_approval"]["number"])
    await plant(
        database,
        "UPDATE payouts SET state = 'outcome_unknown' WHERE tenant_id = $1 AND state = 'credit_note_open'",
        busy_shop.tenant.id,
    )
    # The engine's list of workflows follows a moment later.
    await until(lambda: checks(busy_shop), lambda found: found == ["workflow_state"], "the first finding")
    await handle.terminate("a test")
    both = ["workflow_ended_early", "workflow_state"]
    await until(lambda: checks(busy_shop), lambda found: found == both, "both findings")


async def test_a_workflow_that_runs_on_after_its_payout_has_ended_is_found(
    connected_shop: Shop, database: Database
) -> None:
    number = (await connected_shop.payout())["number"]
    await plant(
        database,
        "UPDATE payouts SET state = 'rejected' WHERE tenant_id = $1 AND number = $2",
        connected_shop.tenant.id,
        number,
    )
    found = await until(lambda: checks(connected_shop), lambda found: "workflow_still_runs" in found, "the finding")
    # Its lines would have been given back with it.
    assert set(found) <= {"workflow_still_runs", "commission_does_not_fit_its_payout", "commission_in_no_payout"}


async def test_a_workflow_that_no_worker_can_go_on_with_is_said_to_be(connected_shop: Shop) -> None:
    """Such as after a deploy that does not fit its history; here, one that was begun with what is no payout."""
    number = (await connected_shop.payout())["number"]
    handle = connected_shop.payout_workflow(number)
    await handle.terminate("a test")
    await connected_shop.house.engine.start_workflow("PayoutWorkflow", "no payout", id=handle.id, task_queue=PAYOUTS)

    async def mend() -> str:
        found = [one for one in (await examine(connected_shop))["differences"] if one["check"] == "workflow_state"]
        return found[0]["mend"] if found else ""

    await until(mend, lambda said: "failed tasks in a row" in said, "a workflow that stands")
    await handle.terminate("a test")


async def test_a_missing_history_is_a_note_and_no_difference(connected_shop: Shop, database: Database) -> None:
    number = (await connected_shop.payout())["number"]
    # As if the engine had forgotten: the ledger's payout gets a number that no workflow has.
    await connected_shop.payout_workflow(number).terminate("a test")
    await plant(
        database,
        "UPDATE payouts SET number = 'PO-2026-0900' WHERE tenant_id = $1 AND number = $2",
        connected_shop.tenant.id,
        number,
    )
    await plant(database, "UPDATE payout_counters SET last = 900 WHERE tenant_id = $1", connected_shop.tenant.id)
    report = await examine(connected_shop)
    assert report["differences"] == []
    assert ["PO-2026-0900 is awaiting_approval" in note for note in report["notes"]] == [True]


async def test_an_invoice_paid_in_silence_is_found_once_a_sweep_should_have_seen_it(
    connected_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await silence(connected_shop)
    invoice = await connected_shop.write_invoice()
    await connected_shop.click(invoice["id"], "pay")
    assert await checks(connected_shop) == [], "a sweep may still find it"
    monkeypatch.setattr(lexoffice_check, "_TOO_FRESH", timedelta(0))  # time is moved: half an hour later
    assert await checks(connected_shop) == ["invoice_unknown"]


async def test_what_cannot_be_compared_is_a_difference_unless_nobody_connected_it(
    product: House, connected_shop: Shop
) -> None:
    await connected_shop.hook("POST", "faults", {"kind": "unauthorized_401", "method": "GET"})
    assert await checks(connected_shop) == ["lexoffice_not_compared"]
    alone = await product.shop(connected=False)
    report = await examine(alone)
    assert (report["differences"], len(report["notes"])) == ([], 1)


async def test_an_engine_that_is_away_is_a_difference_and_the_rest_is_compared(
    connected_shop: Shop, temporal: TemporalAddresses
) -> None:
    operator = as_operator(connected_shop.house, temporal.address, temporal.namespace) | {
        "TEMPORAL_ADDRESS": "127.0.0.1:1"
    }
    result = await partnerdesk(operator, "doctor", "--tenant", connected_shop.tenant.slug, "--json")
    [report] = json.loads(result.out)["tenants"]
    assert result.status == 1
    assert [one["check"] for one in report["differences"]] == ["engine_not_compared"]
    assert report["compared_with"] == ["ledger", "lexoffice"]


async def test_a_tenant_that_is_not_swept_any_more_is_found(
    product: House, connected_shop: Shop, database: Database
) -> None:
    """A schedule that was lost shows nowhere else."""
    before = float(re.findall(r"^partnerdesk_sweep_age_seconds (\S+)", await metrics(product), re.MULTILINE)[0])
    await plant(
        database,
        """
        UPDATE provider_connections SET secret_saved_at = now() - interval '400 days' WHERE tenant_id = $1
        """,
        connected_shop.tenant.id,
    )
    assert await checks(connected_shop) == ["sweep_stands_still"]
    after = float(re.findall(r"^partnerdesk_sweep_age_seconds (\S+)", await metrics(product), re.MULTILINE)[0])
    assert before < 400 * 86_400 < after + 60


async def metrics(product: House) -> str:
    return (await product.http.get(f"{product.api_url}/metrics")).text
