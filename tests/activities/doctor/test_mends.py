"""What the doctor names as the mend of a finding mends it: each is provoked, read, mended and gone."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

import activities.doctor
import ledger.reports
from activities.doctor import lexoffice_check
from ledger.payouts import decisions, payout_content
from sandbox.temporal_server import TemporalAddresses
from tests.activities.doctor import test_own_mends
from tests.conftest import Database
from tests.fixtures import mends
from tests.fixtures.desk import answer, decide, fault, handed_over, mended, save_key, task
from tests.fixtures.house import Shop, until
from tests.fixtures.patients import Patient, type_in
from tests.fixtures.planted_differences import examine, plant, superuser
from tests.fixtures.sweeps import silence, sweep

# How each finding comes about


async def _lines_do_not_add_up(it: Patient) -> None:
    await it.ask()
    await it.plant("UPDATE payouts SET net_cents = net_cents + 1, gross_cents = gross_cents + 1 WHERE tenant_id = $1")


async def _commission_in_two_payouts(it: Patient) -> None:
    await it.open()
    await it.ask()
    async with superuser(it.database) as connection:
        await connection.execute("DROP INDEX a_commission_in_at_most_one_payout")
    await it.plant(
        """
        INSERT INTO payout_lines (tenant_id, payout_id, position, commission_id, net_cents, tax_rate, tax_cents,
                                  gross_cents)
        SELECT l.tenant_id, (SELECT id FROM payouts WHERE tenant_id = $1 AND number = $2), 99, l.commission_id,
               l.net_cents, l.tax_rate, l.tax_cents, l.gross_cents
          FROM payout_lines l JOIN payouts p ON p.id = l.payout_id
         WHERE l.tenant_id = $1 AND p.number <> $2
        """,
        it.number,
    )


async def _commission_does_not_fit_its_payout(it: Patient) -> None:
    await it.open()
    await it.shop.click(it.document, "mark-paid")
    await it.shop.payout_when(it.number, "paid")
    await it.plant(
        "UPDATE commissions SET state = 'approved' WHERE tenant_id = $1"
        " AND id IN (SELECT commission_id FROM payout_lines)"
    )


async def _commission_in_no_payout(it: Patient) -> None:
    await it.shop.approved_sale()
    await it.plant(
        "UPDATE commissions SET state = 'in_payout'"
        " WHERE id = (SELECT id FROM commissions WHERE tenant_id = $1 AND level = 1)"
    )


async def _payout_without_document(it: Patient) -> None:
    await it.open()
    await it.plant("UPDATE external_documents SET payout_id = NULL WHERE tenant_id = $1")


async def _document_of_other_organization(it: Patient) -> None:
    await it.open()
    await it.plant(
        "UPDATE external_documents SET organization_id = gen_random_uuid()"
        " WHERE tenant_id = $1 AND payout_id IS NOT NULL"
    )


_LONG_AGO = "now() - interval '11 minutes'"


async def _event_not_handled(it: Patient) -> None:
    await it.plant(
        f"""
        INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, received_at, handed_over_at)
        VALUES ($1, 'lexoffice', 'invoice.changed', gen_random_uuid()::text, '', 'received', {_LONG_AGO}, {_LONG_AGO})
        """
    )


async def _event_waits_for_nothing(it: Patient) -> None:
    await it.plant(
        f"""
        INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, reason_code, received_at)
        VALUES ($1, 'lexoffice', 'credit-note.changed', gen_random_uuid()::text, '', 'waiting',
                'credit_note_id_awaited', {_LONG_AGO})
        """
    )


async def _not_announced(it: Patient) -> None:
    await it.ask()
    await it.plant("UPDATE payouts SET recheck_wanted_at = now() - interval '1 hour' WHERE tenant_id = $1")


async def _endpoint_not_told(it: Patient) -> None:
    """Nobody is there to be called; that a call is tried is the mend."""
    endpoint = await it.shop.api("POST", "/webhook-endpoints", {"url": "https://192.0.2.1/"})
    await it.shop.api("POST", f"/webhook-endpoints/{endpoint['id']}/ping")
    await it.plant(f"UPDATE webhook_endpoints SET changed_at = {_LONG_AGO} WHERE tenant_id = $1")
    await it.plant(f"UPDATE event_deliveries SET next_at = {_LONG_AGO} WHERE tenant_id = $1")


async def _month_is_missing(it: Patient) -> None:
    """The month after next, and a request that was noted in it."""
    async with superuser(it.database) as connection:
        at = await connection.fetchval("SELECT date_trunc('month', now(), 'UTC') + interval '2 months'")
        await connection.execute(f"DROP TABLE api_requests_{at:%Y_%m}")
    await it.plant(
        """
        INSERT INTO api_requests (tenant_id, request_id, at, method, route, path, status, key_id, milliseconds)
        VALUES ($1, 'r', date_trunc('month', now(), 'UTC') + interval '2 months', 'GET', '/', '/', 200, 'k', 1)
        """
    )


async def _sweep_stands_still(it: Patient) -> None:
    await it.plant("UPDATE provider_connections SET secret_saved_at = now() - interval '400 days' WHERE tenant_id = $1")


async def _holds_not_shown(it: Patient) -> None:
    await it.ask()
    await it.plant(
        "INSERT INTO payout_holds (tenant_id, payout_id, code) SELECT tenant_id, id, 'partner_stopped' FROM payouts"
        " WHERE tenant_id = $1"
    )


async def _counter_behind(it: Patient) -> None:
    await it.ask()
    await it.plant("UPDATE payout_counters SET last = 0 WHERE tenant_id = $1")


async def _credit_note_without_payout(it: Patient) -> None:
    await it.open()
    [row] = await it.shop.rows("SELECT marker FROM creation_intents")
    twin = await it.shop.hook("POST", "credit-notes", {"customer": "ANNA", "net": "1.00", "remark": row["marker"]})
    it.document = twin["id"]


async def _document_amount(it: Patient) -> None:
    await it.open()
    await silence(it.shop)
    await it.shop.click(it.document, "edit", net="1.00", force=True)


async def _document_missing(it: Patient) -> None:
    await it.open()
    await silence(it.shop)
    await it.shop.click(it.document, "delete", force=True)
    await it.plant("UPDATE external_documents SET created_at = created_at - interval '1 hour' WHERE tenant_id = $1")


async def _document_state(it: Patient) -> None:
    await it.open()
    await silence(it.shop)
    await it.shop.click(it.document, "mark-paid")


async def _invoice_unknown(it: Patient) -> None:
    await silence(it.shop)
    invoice = await it.shop.write_invoice()
    await it.shop.click(invoice["id"], "pay")
    it.monkeypatch.setattr(lexoffice_check, "_TOO_FRESH", timedelta(0))  # time is moved: half an hour later


async def _lexoffice_not_compared(it: Patient) -> None:
    await it.shop.hook("POST", "faults", {"kind": "unauthorized_401", "method": "GET"})


async def _engine_not_compared(it: Patient) -> None:
    it.engine_at = "127.0.0.1:1"


async def _workflow_ended_early(it: Patient) -> None:
    await it.ask()
    await it.shop.payout_workflow(it.number).terminate("a test")


async def _workflow_state(it: Patient) -> None:
    """A decision that the engine was told of, says the ledger, and never heard."""
    await it.ask()
    tenant = it.shop.tenant
    async with it.shop.house.ledger.transaction(tenant) as tx:
        [row] = await tx.fetch("SELECT id FROM payouts WHERE tenant_id = $1", tenant.id)
        seen = await payout_content.content_hash(tx, row["id"])
        await decisions.approve(tx, it.number, actor="user:approver", seen_hash=seen)
        await tx.execute("UPDATE decisions SET delivered_at = now() WHERE tenant_id = $1", tenant.id)


async def _workflow_without_payout(it: Patient) -> None:
    await it.ask()
    await it.plant("UPDATE payouts SET number = 'PO-2026-0900' WHERE tenant_id = $1")
    await it.plant("UPDATE payout_counters SET last = 900 WHERE tenant_id = $1")


async def _workflow_still_runs(it: Patient) -> None:
    await it.ask()
    await it.plant("UPDATE payouts SET state = 'rejected' WHERE tenant_id = $1")


PROVOKED = {
    name.removeprefix("_"): provoke
    for name, provoke in sorted(globals().items())
    if name.startswith("_") and getattr(provoke, "__annotations__", {}).get("it") is Patient
}


# What a person does who is told no command


async def _cancel(it: Patient) -> None:
    assert (await decide(it.shop, await it.shop.api("GET", f"/payouts/{it.number}"), "cancel")).status_code == 202
    await it.shop.payout_when(it.number, "cancelled")
    async with superuser(it.database) as connection:
        await connection.execute(
            "CREATE UNIQUE INDEX a_commission_in_at_most_one_payout ON payout_lines (tenant_id, commission_id)"
            " WHERE released_at IS NULL"
        )


async def _void(it: Patient) -> None:
    await it.shop.click(it.document, "void")


async def _void_and_ask_again(it: Patient) -> None:
    await it.shop.click(it.document, "void")
    await sweep(it.shop, open_ones=True)
    assert (await answer(it.shop, await task(it.shop, "returned"), "cancelled")).status_code == 202
    await it.shop.payout_when(it.number, "cancelled")
    again = await it.shop.api("POST", "/payouts", {"partner": "ANNA"})
    assert again["number"] != it.number


async def _sweep_twice(it: Patient) -> None:
    for _ in range(2):
        await sweep(it.shop, open_ones=True)
    await it.shop.payout_when(it.number, "cancelled")


async def _hand_over(it: Patient) -> None:
    """One turn of the schedule, which this product does not have."""
    await handed_over(it.shop.house)


async def _store_key(it: Patient) -> None:
    await mended(it.shop)
    await save_key(it.shop)


async def _start_engine(it: Patient) -> None:
    it.engine_at = None


BY_A_PERSON: dict[str, tuple[str, Callable[[Patient], Awaitable[None]]]] = {
    "commission_in_two_payouts": ("Cancel the payout that has not been paid", _cancel),
    "credit_note_without_payout": ("void one of them in lexoffice", _void),
    "document_amount": ("answer the question whether money left", _void_and_ask_again),
    "document_missing": ("The second hourly sweep without it", _sweep_twice),
    "not_announced": ("the schedule `handover` exists", _hand_over),
    "endpoint_not_told": ("the schedule `handover` exists", _hand_over),
    "lexoffice_not_compared": ("Store a working API key", _store_key),
    "engine_not_compared": ("Start Temporal, then run this again", _start_engine),
}
_PATIENCE_S = 60.0


@pytest.mark.parametrize("check", sorted(PROVOKED))
async def test_what_the_doctor_names_mends_what_it_found(
    connected_shop: Shop,
    database: Database,
    temporal: TemporalAddresses,
    monkeypatch: pytest.MonkeyPatch,
    check: str,
) -> None:
    it = Patient(connected_shop, database, monkeypatch)
    await PROVOKED[check](it)
    found = await until(lambda: it.named(check), bool, "the finding", patience=_PATIENCE_S)
    mend = found[0]["mend"]
    said = mends.command(mend)
    assert (said is None) == (check in BY_A_PERSON), mend
    if said is None:
        phrase, act = BY_A_PERSON[check]
        assert phrase in mend
        await act(it)
    else:
        await type_in(it, said.replace("<id>", it.document), temporal)
    await until(lambda: it.named(check), lambda named: not named, "its end", patience=_PATIENCE_S)


def test_every_finding_of_the_doctor_is_provoked() -> None:
    sources = [
        path.read_text()
        for folder in (activities.doctor, ledger.reports)
        for path in Path(folder.__path__[0]).glob("*.py")
    ]
    named = {
        name
        for source in sources
        for name in re.findall(r'(?:check=|\b_difference\(\s*)"(\w+)"', source)
        + [f"{part}_not_compared" for part in re.findall(r'\b_away\(\s*"(\w+)"', source)]
    }
    by_the_next_test = {"creation_is_stuck"}
    assert named == PROVOKED.keys() | by_the_next_test | test_own_mends.PROVOKED.keys()


async def test_a_creation_of_unknown_outcome_ends_with_the_answer_that_is_named(
    hasty_shop: Shop, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hasty_shop.rows("UPDATE tenants SET four_eyes_limit_cents = 1 RETURNING 1")
    await fault(hasty_shop, "timeout_504_before", times=1)
    await fault(hasty_shop, "late_index", method="GET", path="voucherlist", delayMs=600_000)
    payout = await hasty_shop.payout()
    await hasty_shop.approve(payout)
    asked = await task(hasty_shop, "outcome_unknown")
    await hasty_shop.rows(
        "UPDATE creation_intents SET created_at = created_at - interval '1 hour',"
        " sent_at = sent_at - interval '1 hour', deadline = deadline - interval '1 hour' RETURNING 1"
    )
    it = Patient(hasty_shop, database, monkeypatch)
    [found] = await it.named("creation_is_stuck")
    assert f"A person must answer the open task about {payout['number']}." in found["mend"]
    assert (await answer(hasty_shop, asked, "create_again")).status_code == 202
    await hasty_shop.payout_when(payout["number"], "credit_note_open")
    assert await it.named("creation_is_stuck") == []


async def test_a_thousand_payouts_that_nobody_announced_are_one_line(connected_shop: Shop, database: Database) -> None:
    for _ in range(3):
        await connected_shop.payout()
    await plant(
        database,
        "UPDATE payouts SET recheck_wanted_at = now() - interval '1 hour' WHERE tenant_id = $1",
        connected_shop.tenant.id,
    )
    [found] = [one for one in (await examine(connected_shop))["differences"] if one["check"] == "not_announced"]
    assert found["says"].startswith("3 payouts were not announced to the engine; the oldest is PO-")
