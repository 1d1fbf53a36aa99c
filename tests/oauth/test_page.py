"""Admin → Zahlungsanbieter → lexoffice: everything that the JSON API does, by forms, and nothing shown twice."""

import re

import pytest

from api.actions.lexoffice_connection import NOTICE, STOPS
from api.http.language import in_words
from ledger.roles import Role
from tests.fixtures.office import Office
from tests.oauth.conftest import PAGE, Shop
from words import sentence

TOKEN = re.compile(r"nicht noch einmal gezeigt: <code>([^<]+)</code>")


async def test_the_button_leads_to_lexoffice(oauth_shop: Shop) -> None:
    page = await oauth_shop.admin.get(PAGE)
    assert page.status_code == 200
    assert '<a class="button" href="/oauth/lexoffice/start">Mit OAuth verbinden</a>' in page.text
    assert "<script>" not in page.text
    assert 'href="/admin/zahlungsanbieter" aria-current="page"' in page.text
    assert f'href="{PAGE}"' in (await oauth_shop.admin.get("/admin/zahlungsanbieter")).text


async def test_a_key_is_tested_when_it_is_saved_and_only_its_end_is_shown(oauth_shop: Shop) -> None:
    answer = await oauth_shop.admin.post(f"{PAGE}/schluessel", {"api_key": "wrong"}, shown_at=PAGE)
    assert (answer.status_code, "lexoffice lehnt den API-Schlüssel ab." in answer.text) == (422, True)
    assert 'value="wrong"' not in answer.text
    answer = await oauth_shop.admin.post(f"{PAGE}/schluessel", {"api_key": oauth_shop.office.api_key}, shown_at=PAGE)
    assert answer.headers["Location"] == f"{PAGE}?hinweis=schluessel"
    page = (await oauth_shop.admin.get(answer.headers["Location"])).text
    assert oauth_shop.office.api_key not in page
    for words in (
        f"…{oauth_shop.office.api_key[-4:]}",
        "(0 Tage)",
        "er endet spätestens am",
        "der API-Schlüssel",
        "Muster",
    ):
        assert words in page


async def test_removing_a_key_says_before_what_stops(oauth_shop: Shop) -> None:
    await oauth_shop.admin.post(f"{PAGE}/schluessel", {"api_key": oauth_shop.office.api_key}, shown_at=PAGE)
    page = (await oauth_shop.admin.get(PAGE)).text
    for stop in STOPS:
        assert in_words(stop) in page
    answer = await oauth_shop.admin.post(f"{PAGE}/schluessel/entfernen", shown_at=PAGE)
    assert answer.status_code == 303
    assert (await oauth_shop.connection())["state"] == "unconnected"


async def test_the_connection_is_tested_by_a_button(connected_oauth_shop: Shop) -> None:
    answer = await connected_oauth_shop.admin.post(f"{PAGE}/pruefen", shown_at=PAGE)
    assert answer.headers["Location"] == f"{PAGE}?hinweis=geprueft"
    await connected_oauth_shop.office.hook("POST", "revoke-connection")
    answer = await connected_oauth_shop.admin.post(f"{PAGE}/pruefen", shown_at=PAGE)
    assert answer.status_code == 422
    assert "Die Verbindung ist unterbrochen" in answer.text
    assert await connected_oauth_shop.tasks() == ["connection_broken"]


async def test_oauth_is_disconnected_by_a_button(connected_oauth_shop: Shop) -> None:
    answer = await connected_oauth_shop.admin.post(f"{PAGE}/oauth/trennen", shown_at=PAGE)
    assert answer.headers["Location"] == f"{PAGE}?hinweis=getrennt"
    assert "revoke" in await connected_oauth_shop.client.calls(connected_oauth_shop.office.organization)
    again = await connected_oauth_shop.admin.post(f"{PAGE}/oauth/trennen", shown_at=PAGE)
    assert (again.status_code, "nicht mit OAuth verbunden" in again.text) == (409, True)


async def subscriptions_were_set_up(shop: Shop) -> None:
    await shop.firm.rows(
        """
        INSERT INTO sweep_states (tenant_id, provider, subscriptions_state, subscriptions_checked_at)
        VALUES ($1, 'lexoffice', 'healthy', now())
        ON CONFLICT (tenant_id, provider) DO UPDATE SET
               subscriptions_state = 'healthy', subscriptions_checked_at = now(), subscriptions_wanted_at = NULL
        """,
        shop.firm.tenant.id,
    )


async def are_wanted_anew(shop: Shop) -> bool:
    rows = await shop.firm.rows("SELECT subscriptions_wanted_at FROM sweep_states")
    return any(row["subscriptions_wanted_at"] for row in rows)


async def test_a_set_up_that_failed_or_that_nobody_can_make_runs_no_more(connected_oauth_shop: Shop) -> None:
    """Its wish stands, for the next sweep: that is none that runs."""
    shop, running = connected_oauth_shop, "Eine Einrichtung läuft."
    await subscriptions_were_set_up(shop)
    await shop.connected()
    assert running in (await shop.admin.get(PAGE)).text
    await shop.firm.rows(
        "UPDATE sweep_states SET subscriptions_state = 'failing', subscriptions_code = 'subscriptions_not_answered',"
        " subscriptions_params = '{}', subscriptions_checked_at = now()"
    )
    failed = (await shop.admin.get(PAGE)).text
    assert (running in failed, "nicht geantwortet" in failed) == (False, True)
    await shop.firm.rows("UPDATE sweep_states SET subscriptions_wanted_at = now()")
    assert running in (await shop.admin.get(PAGE)).text
    await shop.firm.rows(
        "UPDATE sweep_states SET subscriptions_wanted_at = now() - interval '1 h', subscriptions_checked_at = NULL"
    )
    assert running not in (await shop.admin.get(PAGE)).text, "nothing takes an hour"
    await shop.firm.rows("UPDATE sweep_states SET subscriptions_wanted_at = now()")
    await shop.admin.post(f"{PAGE}/oauth/trennen", shown_at=PAGE)
    assert running not in (await shop.admin.get(PAGE)).text


async def test_the_subscriptions_that_go_with_a_grant_are_set_up_anew(connected_oauth_shop: Shop) -> None:
    await subscriptions_were_set_up(connected_oauth_shop)
    await connected_oauth_shop.connected()
    assert await are_wanted_anew(connected_oauth_shop)

    await connected_oauth_shop.admin.post(
        f"{PAGE}/schluessel", {"api_key": connected_oauth_shop.office.api_key}, shown_at=PAGE
    )
    await subscriptions_were_set_up(connected_oauth_shop)
    await connected_oauth_shop.admin.post(f"{PAGE}/oauth/trennen", shown_at=PAGE)
    assert await are_wanted_anew(connected_oauth_shop), "the key is left, and goes on"


async def test_who_is_notified_by_a_relay_gets_no_subscriptions(connected_oauth_shop: Shop) -> None:
    await connected_oauth_shop.connected()
    assert not await are_wanted_anew(connected_oauth_shop)


async def test_with_both_one_is_chosen(connected_oauth_shop: Shop) -> None:
    await connected_oauth_shop.admin.post(
        f"{PAGE}/schluessel", {"api_key": connected_oauth_shop.office.api_key}, shown_at=PAGE
    )
    assert '<option value="api_key" selected>' in (await connected_oauth_shop.admin.get(PAGE)).text
    await connected_oauth_shop.admin.post(f"{PAGE}/zugang", {"credential": "oauth"}, shown_at=PAGE)
    assert (await connected_oauth_shop.connection())["credential"] == "oauth"
    odd = await connected_oauth_shop.admin.post(f"{PAGE}/zugang", {"credential": "x"}, shown_at=PAGE)
    assert odd.status_code == 422


async def test_a_generated_token_is_shown_once_and_an_older_one_works_for_a_day(oauth_shop: Shop) -> None:
    tokens = []
    for _ in range(2):
        page = await oauth_shop.admin.post(f"{PAGE}/token", {"webhook_token": ""}, shown_at=PAGE)
        found = TOKEN.search(page.text)
        assert found, page.text
        tokens.append(found[1])
    page = await oauth_shop.admin.get(PAGE)
    assert not any(token in page.text for token in tokens)
    for token in tokens:
        answer = await oauth_shop.admin.http.post(
            f"/api/webhooks/{oauth_shop.firm.tenant.slug}/lexoffice",
            json={"eventType": "contact.changed", "resourceId": "5b4c3f8e-5b0f-4bb5-9f5c-6f1f2a0f3a11"},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 200


async def test_a_weak_token_is_refused_with_the_reason(oauth_shop: Shop) -> None:
    answer = await oauth_shop.admin.post(f"{PAGE}/token", {"webhook_token": "kurz"}, shown_at=PAGE)
    assert (answer.status_code, "128 Bit" in answer.text) == (422, True)


async def test_cut_over_and_signatures_are_set(oauth_shop: Shop) -> None:
    form = {"effective_from": "2026-01-01", "requires_signature": "1"}
    assert (await oauth_shop.admin.post(f"{PAGE}/einstellungen", form, shown_at=PAGE)).status_code == 303
    shown = await oauth_shop.connection()
    assert (shown["effective_from"], shown["requires_signature"]) == ("2026-01-01", True)
    assert 'value="2026-01-01"' in (await oauth_shop.admin.get(PAGE)).text
    odd = await oauth_shop.admin.post(f"{PAGE}/einstellungen", {"effective_from": "gestern"}, shown_at=PAGE)
    assert odd.status_code == 422


async def test_the_notice_is_confirmed_by_name(oauth_shop: Shop) -> None:
    assert sentence(NOTICE).split(":")[0] in (await oauth_shop.admin.get(PAGE)).text
    await oauth_shop.admin.post(f"{PAGE}/hinweis", {}, shown_at=PAGE)
    assert (await oauth_shop.connection())["credit_note_notice_confirmed_at"] is None
    await oauth_shop.admin.post(f"{PAGE}/hinweis", {"gelesen": "1"}, shown_at=PAGE)
    assert f"Bestätigt von {oauth_shop.admin.email}" in (await oauth_shop.admin.get(PAGE)).text


async def test_subscriptions_are_asked_for_and_their_state_is_shown(connected_oauth_shop: Shop) -> None:
    page = (await connected_oauth_shop.admin.get(PAGE)).text
    assert "Noch nicht geprüft" in page
    assert "Zugang widerrufen" in page  # one of those that are missing
    answer = await connected_oauth_shop.admin.post(f"{PAGE}/meldungen", shown_at=PAGE)
    assert answer.headers["Location"] == f"{PAGE}?hinweis=meldungen"
    assert "Eine Einrichtung läuft." in (await connected_oauth_shop.admin.get(PAGE)).text


async def test_without_a_connection_no_subscriptions_are_set_up(oauth_shop: Shop) -> None:
    answer = await oauth_shop.admin.post(f"{PAGE}/meldungen", shown_at=PAGE)
    assert (answer.status_code, "nicht verbunden" in answer.text) == (409, True)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.APPROVER])
async def test_others_see_how_it_stands_and_change_nothing(connected_oauth_shop: Shop, role: Role) -> None:
    somebody = await connected_oauth_shop.firm.person(role)
    page = await somebody.get(PAGE)
    assert "verbunden" in page.text
    assert f'action="{PAGE}' not in page.text
    assert "/oauth/lexoffice/start" not in page.text
    for path in ("schluessel/entfernen", "oauth/trennen", "token", "pruefen", "meldungen", "einstellungen", "hinweis"):
        assert (await somebody.post(f"{PAGE}/{path}")).status_code == 403, path
    assert (await connected_oauth_shop.connection())["credential"] == "oauth"


async def test_what_the_page_shows_is_escaped(oauth_shop: Shop) -> None:
    await oauth_shop.connect(await Office.found(oauth_shop.client.sandbox, name="<script>alert(1)</script>"))
    page = (await oauth_shop.admin.get(PAGE)).text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
