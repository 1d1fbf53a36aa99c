"""Rows whose reasons are German sentences, as releases up to 0087 wrote them, on their way through the migrations."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from api.http.language import in_words
from ledger.commissions.explanations import explained_by
from ledger.database import Ledger
from ledger.inbox import redelivery
from ledger.types import Tenant, TenantId
from tests.ledger.old_shape import OldDatabase

_PARKED = "Wartet auf eine Gutschrift, deren Id noch fehlt."


async def _event(old: OldDatabase, tenant: UUID, state: str, reason: str | None, changes: Any = None) -> int:
    found: int = await old.admin.fetchval(
        """
        INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, reason, changes)
        VALUES ($1, 'lexoffice', 'invoice.status.changed', $2, '{}', $3, $4, $5) RETURNING id
        """,
        tenant,
        str(uuid4()),
        state,
        reason,
        None if changes is None else json.dumps(changes),
    )
    return found


async def _reason(old: OldDatabase, event: int) -> tuple[str | None, Any]:
    row = await old.admin.fetchrow("SELECT reason_code, reason_params FROM events WHERE id = $1", event)
    assert row is not None
    return row["reason_code"], row["reason_params"] and json.loads(row["reason_params"])


SENTENCES = {
    _PARKED: ("credit_note_id_awaited", {}),
    "Es ist kein API-Schlüssel hinterlegt.": ("no_api_key", {}),
    "Zusammen mit Ereignis 17 behandelt.": ("handled_with_event", {"event": 17}),
    "Kein gültiges Ereignis (no JSON).": ("not_a_valid_event", {"why": "no JSON"}),
    "Von einer Version, die hier niemand kennt.": (
        "as_it_was_written",
        {"text": "Von einer Version, die hier niemand kennt."},
    ),
}


async def test_each_sentence_of_an_event_becomes_its_code_with_what_it_named(old: OldDatabase) -> None:
    tenant = await old.new_tenant("acme")
    written = {await _event(old, tenant, "failed", said): said for said in SENTENCES}
    bare = await _event(old, tenant, "received", None)
    await old.migrate()
    for event, said in written.items():
        assert await _reason(old, event) == SENTENCES[said]
    assert await _reason(old, bare) == (None, None)


async def test_amounts_and_days_are_read_out_of_the_sentences_of_tasks(old: OldDatabase) -> None:
    tenant = await old.new_tenant("acme")
    asked = {
        "Rückforderungen von 1.234,56 € sind seit über 90 Tagen offen.": (
            "clawbacks_open_long",
            {"amount": 123456, "days": 90},
        ),
        "Der API-Schlüssel von lexoffice endet spätestens am 05.10.2027. Bitte erzeugen Sie in lexoffice einen neuen "
        "und hinterlegen Sie ihn.": ("api_key_ends", {"on": "2027-10-05"}),
        "Eine Korrektur von -80,00 € wartet auf die Bestätigung durch eine zweite Person.": (
            "correction_awaits_second_person",
            {"amount": -8000},
        ),
    }
    for number, said in enumerate(asked):
        await old.admin.execute(
            "INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions)"
            " VALUES ($1, 'any', 'payout', $2, $3, '{done}')",
            tenant,
            str(number),
            said,
        )
    await old.migrate()
    rows = await old.admin.fetch("SELECT reason, reason_code, reason_params FROM tasks")
    assert {row["reason"]: (row["reason_code"], json.loads(row["reason_params"])) for row in rows} == asked


async def test_what_an_event_changed_names_codes(old: OldDatabase) -> None:
    tenant = await old.new_tenant("acme")
    event = await _event(
        old,
        tenant,
        "processed",
        None,
        {
            "state_reason": ["bezahlt 400,00 € von 1.000,00 €", None],
            "difference": "Vorläufig 10,00 €, nach der Rechnung 8,40 € Provision.",
            "paid_cents": [40000, 100000],
        },
    )
    await old.migrate()
    changes = json.loads(await old.admin.fetchval("SELECT changes FROM events WHERE id = $1", event))
    assert changes == {
        "state_reason": [{"code": "partly_paid", "params": {"paid": 40000, "gross": 100000}}, None],
        "difference": {"code": "commission_differs", "params": {"was": 1000, "now": 840}},
        "paid_cents": [40000, 100000],
    }


async def test_what_waited_for_its_credit_note_is_handed_over_after_the_migration(old: OldDatabase) -> None:
    tenant = await old.new_tenant("acme")
    parked = await _event(old, tenant, "waiting", _PARKED)
    asked = await _event(
        old,
        tenant,
        "waiting",
        "Eine bezahlte Rechnung ohne Bestellnummer passt zu offenen Verkäufen: gehört sie zu einem davon?",
    )
    await old.migrate()
    ledger = await Ledger.open(old.urls.app_url)
    try:
        known = Tenant(id=TenantId(tenant), slug="acme")
        async with ledger.transaction(known) as tx:
            assert await redelivery.hand_over_parked(tx) == [parked]
    finally:
        await ledger.close()
    assert await _reason(old, parked) == (None, None)
    assert (await _reason(old, asked))[0] == "which_sale"


async def test_what_the_release_before_writes_meanwhile_has_a_code_too(old: OldDatabase) -> None:
    tenant = await old.new_tenant("acme")
    await old.migrate()
    event = await _event(old, tenant, "waiting", _PARKED)
    assert await _reason(old, event) == ("credit_note_id_awaited", {})
    await old.admin.execute("UPDATE events SET state = 'received', reason = NULL WHERE id = $1", event)
    assert await _reason(old, event) == (None, None)


async def test_the_release_before_reads_sentences_of_what_is_written_as_codes(old: OldDatabase) -> None:
    tenant = await old.new_tenant("acme")
    await old.migrate()
    event = await _event(old, tenant, "received", None)

    async def written(code: str | None, params: Any) -> str | None:
        said: str | None = await old.admin.fetchval(
            "UPDATE events SET reason_code = $2, reason_params = $3 WHERE id = $1 RETURNING reason",
            event,
            code,
            None if params is None else json.dumps(params),
        )
        return said

    assert await written("credit_note_id_awaited", {}) == _PARKED
    assert await written("handled_with_event", {"event": 4}) == "Zusammen mit Ereignis 4 behandelt."
    assert await written("partly_paid", {"paid": -5, "gross": 123456789}) == ("bezahlt -0,05 € von 1.234.567,89 €")
    assert await written("of_a_later_version", {}) == "of_a_later_version"
    assert await written(None, None) is None


async def test_a_persons_words_about_a_payout_stay_its_words(old: OldDatabase) -> None:
    tenant = await old.new_tenant("acme")
    partner = await old.admin.fetchval(
        "INSERT INTO partners (tenant_id, code, name) VALUES ($1, 'ANNA', 'Anna') RETURNING id", tenant
    )
    reasons = {
        "PO-2026-0001": ("Der Partner hat gekündigt.", None),
        "PO-2026-0002": ("Gutschrift in lexoffice storniert.", "credit_note_voided"),
    }
    await old.admin.execute("SET session_replication_role = replica")  # no lines, as if it had been paid long ago
    for number, (said, _code) in reasons.items():
        await old.admin.execute(
            """
            INSERT INTO payouts (tenant_id, number, partner_id, state, tax_case, net_cents, tax_rate, tax_cents,
                                 gross_cents, period_from, period_to, content_hash, requested_by, state_reason)
            VALUES ($1, $2, $3, 'awaiting_approval', 'private', 100, 0, 0, 100, $4, $4, '-', 'user:x', $5)
            """,
            tenant,
            number,
            partner,
            datetime(2026, 10, 1, tzinfo=UTC).date(),
            said,
        )
    await old.admin.execute("SET session_replication_role = DEFAULT")
    await old.migrate()
    rows = await old.admin.fetch("SELECT number, state_reason, state_reason_code FROM payouts")
    assert {row["number"]: (row["state_reason"], row["state_reason_code"]) for row in rows} == reasons


async def test_a_month_that_was_closed_before_is_told_from_its_members(old: OldDatabase) -> None:
    tenant = await old.new_tenant("acme")
    level = {"level": 1, "revenue_cents": 600_000, "due_cents": 72_000, "given_cents": 60_000}
    flat = level | {"words": "Stufe 1: Umsatz 6.000,00 €, durchgehend 12,5 % + 1.002,00 € je Verkauf"}
    graduated = level | {"level": 2, "words": "Stufe 2: Umsatz 6.000,00 €, gestaffelt im Mittel 10,33 %"}
    bare = level | {"level": 3, "words": ""}
    stored = {
        "words": "Monatsabschluss 03.2026; …",
        "month": "2026-03",
        "part": 1,
        "plan_version": 2,
        "cap_per_month_cents": None,
        "levels": [flat, graduated, bare],
    }
    await old.admin.execute("SET session_replication_role = replica")  # without the partner, plan and settlement
    await old.admin.execute(
        """
        INSERT INTO commissions (tenant_id, kind, partner_id, level, percent, fixed_cents, base_cents, net_cents,
                                 earned_cents, state, provisional, service_date, campaign_id, month, month_part,
                                 calculation)
        VALUES ($1, 'month_close', $2, 1, 0, 0, 0, 100, 100, 'approved', false, '2026-03-31', $2, '2026-03-01', 1, $3)
        """,
        tenant,
        uuid4(),
        json.dumps(stored),
    )
    await old.admin.execute("SET session_replication_role = DEFAULT")
    await old.migrate()
    calculation = json.loads(await old.admin.fetchval("SELECT calculation FROM commissions"))
    assert in_words(explained_by(calculation)).replace("\xa0", " ") == (
        "Monatsabschluss 03.2026; Stufe 1: Umsatz 6.000,00 €, durchgehend 12,5 % + 1.002,00 € je Verkauf; "
        "Stufe 2: Umsatz 6.000,00 €, gestaffelt im Mittel 10,33 %; verdient 2.160,00 €, "
        "mit den Verkäufen gegeben 1.800,00 €"
    )
