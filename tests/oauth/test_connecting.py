"""„Mit OAuth verbinden“: who may, what binds the way there to the way back, and what a grant becomes."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from fastapi import FastAPI

from ledger.inbox import events
from ledger.inbox.events import Arrival
from ledger.roles import Role
from settings import Settings
from tests.fixtures.consent import decide, told
from tests.fixtures.house import until
from tests.fixtures.office import Office
from tests.oauth.conftest import PAGE, PUBLIC_URL, Shop, open_shop


async def test_an_admin_goes_to_lexoffice_and_comes_back_connected(oauth_shop: Shop) -> None:
    answer = await oauth_shop.connect()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}?hinweis=verbunden")
    shown = await oauth_shop.connection()
    assert (shown["state"], shown["credential"], shown["uses_oauth"]) == ("connected", "oauth", True)
    assert (shown["organization_id"], shown["company_name"]) == (oauth_shop.office.organization, "Muster GmbH")
    assert shown["oauth_connected_by"] == f"user:{oauth_shop.admin.user}"
    assert "connection.oauth_connected" in await oauth_shop.firm.actions()
    page = await oauth_shop.admin.get(answer.headers["Location"])
    for words in ("mit OAuth verbunden", "Verbunden seit", oauth_shop.admin.email, "OAuth-Verbindung trennen"):
        assert words in page.text
    assert (await oauth_shop.client.calls(oauth_shop.office.organization)) == {"authorization_code": {"200": 1}}


async def test_the_request_carries_pkce_and_a_state_of_its_own(oauth_shop: Shop) -> None:
    asked = [told(await oauth_shop.is_sent_out()) for _ in range(2)]
    assert asked[0]["state"] != asked[1]["state"]
    assert asked[0]["code_challenge"] != asked[1]["code_challenge"]
    assert {one["code_challenge_method"] for one in asked} == {"S256"}
    assert len(asked[0]["code_challenge"]) == 43
    assert asked[0]["redirect_uri"] == f"{PUBLIC_URL}/oauth/lexoffice/callback"


async def test_a_denied_consent_changes_nothing_and_says_so(oauth_shop: Shop) -> None:
    back = await decide(await oauth_shop.is_sent_out(), oauth_shop.office.organization, "deny")
    answer = await oauth_shop.comes_back(back)
    assert answer.status_code == 400
    assert "nicht erlaubt" in answer.text
    assert 'data-code="oauth_denied"' in answer.text
    assert (await oauth_shop.connection())["state"] == "unconnected"


async def test_a_wrong_state_is_refused_and_no_code_is_redeemed(oauth_shop: Shop) -> None:
    back = await decide(await oauth_shop.is_sent_out(), oauth_shop.office.organization)
    good = told(back)["state"]
    for wrong in ("", "x", good[:-1], good + "x", "%00", "%ED%A0%80"):
        answer = await oauth_shop.admin.get(f"/oauth/lexoffice/callback?code={told(back)['code']}&state={wrong}")
        assert (answer.status_code, 'data-code="oauth_state_unknown"' in answer.text) == (400, True), wrong
    assert await oauth_shop.client.calls(oauth_shop.office.organization) == {}
    assert (await oauth_shop.connection())["state"] == "unconnected"


async def test_a_state_works_only_in_the_session_that_was_sent_out(oauth_shop: Shop, other_oauth_shop: Shop) -> None:
    back = await decide(await oauth_shop.is_sent_out(), oauth_shop.office.organization)
    colleague = await oauth_shop.firm.person(Role.ADMIN)
    for stranger in (colleague, other_oauth_shop.admin):
        answer = await oauth_shop.comes_back(back, stranger)
        assert 'data-code="oauth_state_unknown"' in answer.text
    nobody = await oauth_shop.comes_back(back, oauth_shop.firm.browser())
    assert (nobody.status_code, 'data-code="session_over"' in nobody.text) == (401, True)
    assert (await oauth_shop.comes_back(back)).status_code == 303


async def test_a_state_works_once(oauth_shop: Shop) -> None:
    back = await decide(await oauth_shop.is_sent_out(), oauth_shop.office.organization)
    assert (await oauth_shop.comes_back(back)).status_code == 303
    again = await oauth_shop.comes_back(back)
    assert 'data-code="oauth_state_unknown"' in again.text
    assert (await oauth_shop.connection())["state"] == "connected"
    assert (await oauth_shop.client.calls(oauth_shop.office.organization)) == {"authorization_code": {"200": 1}}


async def test_a_state_is_over_after_ten_minutes(oauth_shop: Shop) -> None:
    back = await decide(await oauth_shop.is_sent_out(), oauth_shop.office.organization)
    await oauth_shop.firm.rows("UPDATE oauth_consents SET started_at = started_at - interval '10 minutes 1 second'")
    assert 'data-code="oauth_state_unknown"' in (await oauth_shop.comes_back(back)).text


async def test_a_reused_code_is_refused_in_words(oauth_shop: Shop) -> None:
    back = await decide(await oauth_shop.is_sent_out(), oauth_shop.office.organization)
    assert (await oauth_shop.comes_back(back)).status_code == 303
    state = told(await oauth_shop.is_sent_out())["state"]
    answer = await oauth_shop.admin.get(f"/oauth/lexoffice/callback?code={told(back)['code']}&state={state}")
    assert (answer.status_code, 'data-code="oauth_code_refused"' in answer.text) == (400, True)
    assert "schon verwendet" in answer.text


async def test_only_who_may_change_settings_is_sent_out(oauth_shop: Shop) -> None:
    for role in (Role.VIEWER, Role.EDITOR, Role.APPROVER):
        answer = await (await oauth_shop.firm.person(role)).get("/oauth/lexoffice/start")
        assert answer.status_code == 403, role
    nobody = await oauth_shop.firm.browser().get("/oauth/lexoffice/start")
    assert (nobody.status_code, nobody.headers["Location"]) == (303, "/login")


async def test_connecting_needs_a_fresh_second_factor(oauth_shop: Shop) -> None:
    await oauth_shop.firm.rows_of(
        oauth_shop.admin, "UPDATE sessions SET second_factor_at = now() - interval '11 minutes'"
    )
    answer = await oauth_shop.admin.get("/oauth/lexoffice/start")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/second-factor?weiter={PAGE}")


async def test_another_organisation_is_refused_while_references_are_open_and_its_grant_given_back(
    connected_oauth_shop: Shop,
) -> None:
    await connected_oauth_shop.firm.rows(
        """
        WITH sale AS (INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at)
                      VALUES ($1, 'api', 100, 119, false, now()) RETURNING id)
        INSERT INTO external_documents (tenant_id, organization_id, kind, resource_id, transaction_id)
        SELECT $1, $2, 'invoice', gen_random_uuid(), id FROM sale
        """,
        connected_oauth_shop.firm.tenant.id,
        connected_oauth_shop.office.organization,
    )
    second = await Office.found(connected_oauth_shop.client.sandbox)
    answer = await connected_oauth_shop.connect(second)
    assert (answer.status_code, 'data-code="other_organization"' in answer.text) == (409, True)
    assert (await connected_oauth_shop.connection())["organization_id"] == connected_oauth_shop.office.organization
    (grant,) = (await second.hook("GET", "oauth-connections"))["content"]
    assert grant["ended"] == "revoked_by_client"
    async with connected_oauth_shop.door().reading(connected_oauth_shop.firm.tenant) as lexoffice:
        assert str((await lexoffice.profile()).organization_id) == connected_oauth_shop.office.organization


async def test_an_organisation_of_another_tenant_is_refused(connected_oauth_shop: Shop, other_oauth_shop: Shop) -> None:
    answer = await other_oauth_shop.connect(connected_oauth_shop.office)
    assert (answer.status_code, 'data-code="organization_taken"' in answer.text) == (409, True)
    assert (await other_oauth_shop.connection())["state"] == "unconnected"


async def test_what_was_skipped_is_taken_up(oauth_shop: Shop) -> None:
    parts, tenant = oauth_shop.firm.parts, oauth_shop.firm.tenant

    def arrival() -> Arrival:
        return Arrival(
            provider="lexoffice",
            organization_id=oauth_shop.office.organization,
            event_type="invoice.status.changed",
            resource_id=str(uuid4()),
            event_date=datetime.now(UTC),
            body=b"{}",
        )

    skipped = await events.take_in(parts.ledger, tenant, arrival())
    assert skipped.state == "skipped"
    await oauth_shop.connected()
    assert (await oauth_shop.api("GET", f"events/{skipped.id}")).json()["state"] == "received"
    assert (await events.take_in(parts.ledger, tenant, arrival())).state == "received"


async def test_connecting_anew_gives_the_former_grant_back(connected_oauth_shop: Shop) -> None:
    await connected_oauth_shop.connected()
    first, second = (await connected_oauth_shop.office.hook("GET", "oauth-connections"))["content"]
    assert (first["ended"], second["ended"]) == ("revoked_by_client", None)
    async with connected_oauth_shop.door().reading(connected_oauth_shop.firm.tenant) as lexoffice:
        assert str((await lexoffice.profile()).connection_id) == second["connectionId"]


async def test_disconnecting_revokes_and_says_what_stops(connected_oauth_shop: Shop) -> None:
    answer = await connected_oauth_shop.api("DELETE", "providers/lexoffice/oauth")
    assert (answer.status_code, answer.json()["revoked"], len(answer.json()["stops"])) == (200, True, 3)
    (grant,) = (await connected_oauth_shop.office.hook("GET", "oauth-connections"))["content"]
    assert grant["ended"] == "revoked_by_client"
    shown = await connected_oauth_shop.connection()
    assert (shown["state"], shown["credential"], shown["oauth_connected_at"]) == ("unconnected", None, None)
    assert await connected_oauth_shop.firm.rows("SELECT 1 FROM oauth_tokens") == []
    again = await connected_oauth_shop.api("DELETE", "providers/lexoffice/oauth")
    assert (again.status_code, again.json()["code"]) == (409, "not_connected_by_oauth")


async def test_disconnecting_works_while_lexoffice_is_away_and_says_that_it_was_not_told(
    connected_oauth_shop: Shop,
) -> None:
    await connected_oauth_shop.office.hook("POST", "faults", {"kind": "unavailable_503", "path": "oauth2/revoke"})
    answer = await connected_oauth_shop.api("DELETE", "providers/lexoffice/oauth")
    assert answer.json()["revoked"] is False
    assert (await connected_oauth_shop.connection())["state"] == "unconnected"


async def test_with_key_and_oauth_it_is_shown_which_is_used_and_the_other_can_be_chosen(
    connected_oauth_shop: Shop,
) -> None:
    async def used() -> str:
        async with connected_oauth_shop.door().reading(connected_oauth_shop.firm.tenant) as lexoffice:
            by = str((await lexoffice.profile()).connection_id)
        shown: str = (await connected_oauth_shop.connection())["credential"]
        assert (by == grant) == (shown == "oauth")
        return shown

    (made,) = (await connected_oauth_shop.office.hook("GET", "oauth-connections"))["content"]
    grant = made["connectionId"]
    assert await used() == "oauth"
    await connected_oauth_shop.api("PUT", "providers/lexoffice", {"api_key": connected_oauth_shop.office.api_key})
    assert await used() == "api_key"  # what was connected last
    # With another member beside it: the grant is locked before the connection (docs/locks.md, asserted in each test).
    await connected_oauth_shop.api("PUT", "providers/lexoffice", {"credential": "oauth", "requires_signature": False})
    assert await used() == "oauth"
    stops = (await connected_oauth_shop.api("DELETE", "providers/lexoffice/oauth")).json()["stops"]
    assert stops == []
    assert await used() == "api_key"
    refused = await connected_oauth_shop.api("PUT", "providers/lexoffice", {"credential": "oauth"})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_such_credential")


async def test_choosing_the_one_that_works_takes_up_what_was_skipped(connected_oauth_shop: Shop) -> None:
    await connected_oauth_shop.api("PUT", "providers/lexoffice", {"api_key": connected_oauth_shop.office.api_key})
    await connected_oauth_shop.firm.rows(
        "UPDATE provider_connections SET state = 'broken' WHERE provider = 'lexoffice'"
    )
    [skipped] = await connected_oauth_shop.firm.rows(
        """
        INSERT INTO events (tenant_id, provider, organization_id, event_type, resource_id, body, state, handed_over_at)
        VALUES ($1, 'lexoffice', $2, 'invoice.status.changed', $3, '', 'skipped', now()) RETURNING id
        """,
        connected_oauth_shop.firm.tenant.id,
        connected_oauth_shop.office.organization,
        str(uuid4()),
    )
    await connected_oauth_shop.api("PUT", "providers/lexoffice", {"credential": "oauth"})
    assert (await connected_oauth_shop.connection())["state"] == "connected"
    assert (await connected_oauth_shop.api("GET", f"events/{skipped['id']}")).json()["state"] == "received"


async def test_removing_the_key_stops_nothing_while_oauth_is_there(connected_oauth_shop: Shop) -> None:
    await connected_oauth_shop.api("PUT", "providers/lexoffice", {"api_key": connected_oauth_shop.office.api_key})
    assert (await connected_oauth_shop.api("DELETE", "providers/lexoffice/key")).json()["stops"] == []
    shown = await connected_oauth_shop.connection()
    assert (shown["state"], shown["credential"]) == ("connected", "oauth")


async def test_tokens_are_encrypted_and_shown_nowhere(connected_oauth_shop: Shop) -> None:
    (grant,) = (await connected_oauth_shop.office.hook("GET", "oauth-connections"))["content"]
    secrets = [grant["accessToken"], grant["refreshToken"], connected_oauth_shop.client.client_secret]
    texts = [
        (await connected_oauth_shop.api("GET", "providers/lexoffice")).text,
        (await connected_oauth_shop.admin.get(PAGE)).text,
        str([dict(row) for row in await connected_oauth_shop.firm.rows("SELECT * FROM oauth_tokens")]),
        str([dict(row) for row in await connected_oauth_shop.firm.rows("SELECT * FROM oauth_consents")]),
        str([dict(row) for row in await connected_oauth_shop.firm.rows("SELECT * FROM audit_entries")]),
    ]
    for secret in secrets:
        assert not any(secret in text for text in texts)


async def test_without_client_id_a_hint_stands_in_place_of_the_button(
    oauth_settings: Settings, connected_oauth_shop: Shop
) -> None:
    from api.app import create_app

    bare = oauth_settings.model_copy(update={"lexoffice_oauth_client_id": None})
    app = create_app(bare)
    async with app.router.lifespan_context(app):
        shop = await open_shop(app, connected_oauth_shop.client)
        page = await shop.admin.get(PAGE)
        assert "LEXOFFICE_OAUTH_CLIENT_ID" in page.text
        assert "/oauth/lexoffice/start" not in page.text
        answer = await shop.admin.get("/oauth/lexoffice/start")
        assert (answer.status_code, 'data-code="oauth_not_set_up"' in answer.text) == (409, True)
        assert "LEXOFFICE_OAUTH_CLIENT_SECRET" in (await shop.connection())["oauth_hint"]
        saved = await shop.api("PUT", "providers/lexoffice", {"api_key": shop.office.api_key})
        assert saved.json()["state"] == "connected"
        await shop.close()


@pytest.mark.parametrize("kind", ["unavailable_503", "reset_before", "reset_after", "timeout_504_before"])
async def test_when_lexoffice_is_away_the_way_back_says_so(oauth_shop: Shop, kind: str) -> None:
    back = await decide(await oauth_shop.is_sent_out(), oauth_shop.office.organization)
    await oauth_shop.office.hook("POST", "faults", {"kind": kind, "path": "oauth2/token", "times": 1})
    answer = await oauth_shop.comes_back(back)
    assert (answer.status_code, 'data-code="lexoffice_away"' in answer.text) == (503, True)
    await oauth_shop.connected()


async def test_a_grant_whose_profile_cannot_be_read_is_given_back(oauth_shop: Shop) -> None:
    await oauth_shop.office.hook("POST", "faults", {"kind": "unavailable_503", "path": "profile", "times": 1})
    assert (await oauth_shop.connect()).status_code == 503
    (grant,) = (await oauth_shop.office.hook("GET", "oauth-connections"))["content"]
    assert grant["ended"] == "revoked_by_client"


async def how_the_grant_ended(shop: Shop) -> str | None:
    (grant,) = (await shop.office.hook("GET", "oauth-connections"))["content"]
    ended: str | None = grant["ended"]
    return ended


@pytest.mark.parametrize("path", ["oauth2/token", "profile"])
async def test_a_grant_whose_caller_is_gone_meanwhile_is_given_back(oauth_shop: Shop, path: str) -> None:
    back = await decide(await oauth_shop.is_sent_out(), oauth_shop.office.organization)
    await oauth_shop.office.hook("POST", "faults", {"kind": "slow", "path": path, "delayMs": 1000, "times": 1})
    coming = asyncio.create_task(oauth_shop.comes_back(back))
    await until(
        lambda: oauth_shop.office.hook("GET", "faults"),
        lambda seen: seen["injected"] == {"slow": 1},
        "an answer on its way",
    )
    coming.cancel()
    with pytest.raises(asyncio.CancelledError):
        await coming
    assert await how_the_grant_ended(oauth_shop) == "revoked_by_client"
    assert (await oauth_shop.connection())["state"] == "unconnected"


async def test_a_grant_that_the_database_does_not_keep_is_given_back(oauth_shop: Shop) -> None:
    back = await decide(await oauth_shop.is_sent_out(), oauth_shop.office.organization)
    async with oauth_shop.firm.parts.ledger.transaction(oauth_shop.firm.tenant) as tx:
        await tx.execute(
            "SELECT 1 FROM provider_connections WHERE tenant_id = $1 FOR UPDATE", oauth_shop.firm.tenant.id
        )
        assert (await oauth_shop.comes_back(back)).status_code == 503
    assert await how_the_grant_ended(oauth_shop) == "revoked_by_client"


async def test_a_client_that_lexoffice_has_switched_off_is_named(
    oauth_settings: Settings, oauth_shop: Shop, oauth_app: FastAPI
) -> None:
    back = await decide(await oauth_shop.is_sent_out(), oauth_shop.office.organization)
    await oauth_shop.client.change(disabled=True)
    try:
        answer = await oauth_shop.comes_back(back)
    finally:
        await oauth_shop.client.change(disabled=False)
    assert (answer.status_code, 'data-code="oauth_client_refused"' in answer.text) == (502, True)
