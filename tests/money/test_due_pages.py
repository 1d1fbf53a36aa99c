"""People see why something is not due, begin a final settlement, and set the rules of paying out."""

from datetime import timedelta

import pytest

from ledger.roles import Role
from tests.fixtures.browsers import Firm
from tests.fixtures.people import firm, people_app, people_settings

__all__ = ["firm", "people_app", "people_settings"]
RULES = "/admin/abrechnungsregeln"
GOOD = {
    "stornofrist": "14",
    "mindestbetrag": "1.050,00",
    "prozent": "50",
    "hoechstens": "200,00",
    "ersatzfrist": "5",
    "ohne-konto": "by_hand",
    "fassung": "2026-01",
}


async def _partner_with_two_sales(firm: Firm) -> None:
    await firm.rows("UPDATE tenants SET hold_days = 14, minimum_payout_cents = 5000")
    await firm.rows(
        """
        WITH who AS (INSERT INTO partners (tenant_id, code, name) VALUES ($1, 'ANNA', 'Anna') RETURNING id),
             sale AS (INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at,
                                                paid_at)
                      VALUES ($1, 'api', 100000, 119000, false, '2099-03-01', '2099-03-10'),
                             ($1, 'api', 100000, 119000, false, '2026-03-01', '2026-03-10')
                      RETURNING id, sold_at)
        INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, base_cents, net_cents, state,
                                 provisional, service_date)
        SELECT $1, sale.id, who.id, 1, 100000, CASE WHEN sold_at > '2090-01-01' THEN 123456 ELSE 999 END, 'approved',
               false, sold_at::date
          FROM sale, who
        """,
        firm.tenant.id,
    )


async def test_a_partners_page_says_what_waits_and_why_in_both_languages(firm: Firm) -> None:
    await _partner_with_two_sales(firm)
    editor = await firm.person(Role.EDITOR)
    assert "/admin/partner/ANNA/faelligkeit" in (await editor.get("/admin/partner/ANNA")).text
    shown = (await editor.get("/admin/partner/ANNA/faelligkeit")).text
    assert "Stornofrist" in shown
    assert "1.234,56\xa0€" in shown
    assert "24.03.2099" in shown
    assert "Beleg nicht möglich" in shown
    await editor.post("/sprache", {"sprache": "en"})
    english = (await editor.get("/admin/partner/ANNA/faelligkeit")).text
    assert "What waits, and why" in english
    assert "€1,234.56" in english


async def test_a_final_settlement_is_begun_and_taken_back_and_stands_in_the_trail(firm: Firm) -> None:
    await _partner_with_two_sales(firm)
    editor = await firm.person(Role.EDITOR)
    page = "/admin/partner/ANNA/schlussabrechnung"
    assert (await editor.post(page, {})).status_code == 303
    assert "Die Schlussabrechnung läuft." in (await editor.get("/admin/partner/ANNA/faelligkeit")).text
    again = await editor.post(page, {})
    assert again.status_code == 409
    assert "Die Schlussabrechnung läuft bereits." in again.text
    assert (await editor.post(page, {"zurueck": "1"})).status_code == 303
    rows = await firm.rows("SELECT action FROM audit_entries WHERE action LIKE 'partner.final%' ORDER BY seq")
    assert [row["action"] for row in rows] == [
        "partner.final_settlement_begun",
        "partner.final_settlement_taken_back",
    ]


async def test_the_rules_of_paying_out_are_set_on_one_page(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    assert "Stornofrist in Tagen" in (await admin.get(RULES)).text
    saved = await admin.post(RULES, GOOD)
    assert saved.status_code == 303, saved.text
    [row] = await firm.rows(
        "SELECT hold_days, minimum_payout_cents, clawback_limit_percent, clawback_limit_cents,"
        " replacement_window = interval '5 days' AS five_days, agreement_version, without_bank_details"
        "  FROM tenants WHERE id = $1",
        firm.tenant.id,
    )
    assert tuple(row) == (14, 105_000, 50, 20_000, True, "2026-01", "by_hand")
    shown = (await admin.get(RULES)).text
    assert 'value="1050,00"' in shown
    assert 'value="2026-01"' in shown
    assert '<option value="by_hand" selected>' in shown
    assert (await admin.post(RULES, GOOD | {"hoechstens": "", "fassung": ""})).status_code == 303
    [row] = await firm.rows("SELECT clawback_limit_cents, agreement_version FROM tenants WHERE id = $1", firm.tenant.id)
    assert tuple(row) == (None, None)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"stornofrist": "366"}, "Die Stornofrist hat 0 bis 365 Tage."),
        ({"mindestbetrag": "viel"}, "Bitte nennen Sie einen Betrag"),
        ({"prozent": "0"}, "Verrechnet werden 1 bis 100 Prozent."),
        ({"hoechstens": "0,00"}, "Bitte nennen Sie einen Betrag"),
        ({"ersatzfrist": "x"}, "Die Ersatzfrist hat 0 bis 30 Tage."),
    ],
)
async def test_what_cannot_be_a_rule_is_refused_and_what_was_typed_stays(
    firm: Firm, changed: dict[str, str], words: str
) -> None:
    admin = await firm.person(Role.ADMIN)
    refused = await admin.post(RULES, GOOD | changed)
    assert refused.status_code == 422
    assert words in refused.text
    assert all(f'value="{value}"' in refused.text for value in changed.values() if value)


async def test_another_rule_for_partners_without_bank_details_is_refused(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    assert '<option value="hold" selected>' in (await admin.get(RULES)).text
    assert (await admin.post(RULES, GOOD | {"ohne-konto": "ignore"})).status_code == 422
    [row] = await firm.rows("SELECT without_bank_details FROM tenants WHERE id = $1", firm.tenant.id)
    assert row["without_bank_details"] == "hold"


@pytest.mark.parametrize(("hours", "shown"), [(36, "1"), (12, "0")])
async def test_a_window_of_hours_stays_when_another_rule_is_saved(firm: Firm, hours: int, shown: str) -> None:
    admin = await firm.person(Role.ADMIN)
    await firm.rows(
        "UPDATE tenants SET replacement_window = make_interval(hours => $2) WHERE id = $1 RETURNING id",
        firm.tenant.id,
        hours,
    )
    for typed, kept in ((shown, hours), ("5", 120)):
        assert (await admin.post(RULES, GOOD | {"ersatzfrist": typed})).status_code == 303
        [row] = await firm.rows("SELECT replacement_window FROM tenants WHERE id = $1", firm.tenant.id)
        assert row["replacement_window"] == timedelta(hours=kept)
