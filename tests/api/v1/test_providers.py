"""Connecting lexoffice: the key is proved, pinned, kept secret, and takes up what arrived without it."""

import secrets

import pytest

from sandbox.lexoffice_server import LexofficeAddresses
from tests.fixtures.door import Door
from tests.fixtures.office import Office


@pytest.fixture
async def account_there(lexoffice_sandbox: LexofficeAddresses) -> Office:
    return await Office.found(lexoffice_sandbox)


async def test_a_key_is_tested_pinned_and_never_shown_again(door: Door, account_there: Office) -> None:
    answer = await door.api(
        "PUT", "providers/lexoffice", {"api_key": account_there.api_key, "effective_from": "2026-01-01"}
    )
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["state"], shown["organization_id"]) == ("connected", account_there.organization)
    assert shown["secret_last4"] == account_there.api_key[-4:]
    assert (shown["company_name"], shown["tax_type"], shown["small_business"]) == ("Muster GmbH", "net", False)
    assert shown["effective_from"] == "2026-01-01"
    assert await account_there.calls() == 1
    again = await door.api("GET", "providers/lexoffice")
    assert account_there.api_key not in again.text
    (row,) = await door.rows("SELECT secret_encrypted FROM provider_connections WHERE provider = 'lexoffice'")
    assert account_there.api_key.encode() not in row["secret_encrypted"]


async def test_a_key_that_lexoffice_refuses_is_not_stored(door: Door) -> None:
    answer = await door.api("PUT", "providers/lexoffice", {"api_key": "wrong"})
    assert (answer.status_code, answer.json()["code"]) == (422, "key_refused")
    answer = await door.api("PUT", "providers/lexoffice", {"api_key": "two words"})
    assert (answer.status_code, answer.json()["code"]) == (422, "key_malformed")
    assert (await door.api("GET", "providers/lexoffice")).json()["state"] == "unconnected"


async def test_when_lexoffice_is_away_the_answer_says_so(door: Door, account_there: Office) -> None:
    await account_there.hook("POST", "faults", {"kind": "unavailable_503", "path": "profile"})
    answer = await door.api("PUT", "providers/lexoffice", {"api_key": account_there.api_key})
    assert (answer.status_code, answer.json()["code"]) == (503, "lexoffice_away")
    assert "retry-after" in answer.headers


async def test_an_organisation_belongs_to_one_tenant(door: Door, other: Door, account_there: Office) -> None:
    await door.api("PUT", "providers/lexoffice", {"api_key": account_there.api_key})
    answer = await other.api("PUT", "providers/lexoffice", {"api_key": account_there.api_key})
    assert (answer.status_code, answer.json()["code"]) == (409, "organization_taken")


async def test_another_organisation_is_refused_while_references_are_open(
    door: Door, account_there: Office, lexoffice_sandbox: LexofficeAddresses
) -> None:
    await door.api("PUT", "providers/lexoffice", {"api_key": account_there.api_key})
    second = await Office.found(lexoffice_sandbox)
    await door.rows(
        """
        WITH sale AS (INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at)
                      VALUES ($1, 'api', 100, 119, false, now()) RETURNING id)
        INSERT INTO external_documents (tenant_id, organization_id, kind, resource_id, transaction_id)
        SELECT $1, $2, 'invoice', gen_random_uuid(), id FROM sale
        """,
        door.tenant.id,
        account_there.organization,
    )
    answer = await door.api("PUT", "providers/lexoffice", {"api_key": second.api_key})
    assert (answer.status_code, answer.json()["code"]) == (409, "other_organization")
    assert (await door.api("GET", "providers/lexoffice")).json()["organization_id"] == account_there.organization
    await door.rows("UPDATE transactions SET state = 'refunded' WHERE tenant_id = $1", door.tenant.id)
    assert (await door.api("PUT", "providers/lexoffice", {"api_key": second.api_key})).status_code == 200


async def test_what_is_open_in_other_books_keeps_no_organisation_out(
    door: Door, account_there: Office, lexoffice_sandbox: LexofficeAddresses
) -> None:
    await door.api("PUT", "providers/lexoffice", {"api_key": account_there.api_key})
    second = await Office.found(lexoffice_sandbox)
    await door.rows(
        """
        WITH sale AS (INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at)
                      VALUES ($1, 'api', 100, 119, false, now()) RETURNING id)
        INSERT INTO external_documents (tenant_id, provider, organization_id, kind, resource_id, transaction_id)
        SELECT $1, 'easybill', gen_random_uuid(), 'invoice', gen_random_uuid(), id FROM sale
        """,
        door.tenant.id,
    )
    assert (await door.api("PUT", "providers/lexoffice", {"api_key": second.api_key})).status_code == 200


async def test_what_was_skipped_is_taken_up_when_the_key_comes(door: Door, account_there: Office) -> None:
    event = door.event(organizationId=account_there.organization)
    number = (await door.notify(event)).json()["event"]
    assert (await door.api("GET", f"events/{number}")).json()["state"] == "skipped"
    refused = await door.api("POST", f"events/{number}/replay")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_connected")
    await door.api("PUT", "providers/lexoffice", {"api_key": account_there.api_key})
    taken = (await door.api("GET", f"events/{number}")).json()
    assert (taken["state"], taken["delivery"]) == ("received", 2)
    workflow = door.parts.engine.get_workflow_handle(f"lexoffice/{door.tenant.slug}/{event['resourceId']}")
    assert (await workflow.describe()).status is not None


async def test_a_weak_token_of_ones_own_is_refused_with_the_reason(door: Door) -> None:
    for weak in ("short", "a" * 60, "mit leerzeichen und mehr als genug"):
        answer = await door.api("PUT", "providers/lexoffice", {"webhook_token": weak})
        assert (answer.status_code, answer.json()["code"]) == (422, "weak_token")
    chosen = secrets.token_urlsafe(24)
    assert (await door.api("PUT", "providers/lexoffice", {"webhook_token": chosen})).status_code == 200
    for token in (chosen, door.token):  # the older one has a day's grace
        answer = await door.notify(door.event(), Authorization=f"Bearer {token}")
        assert answer.json()["status"] == "skipped"


async def test_a_token_is_ended_at_once(door: Door, other: Door) -> None:
    kept = (await door.api("PUT", "providers/lexoffice/webhook-token")).json()["token"]
    first, second = (await door.api("GET", "providers/lexoffice/webhook-tokens")).json()["items"]
    assert (first["expires_at"] is None, second["expires_at"]) == (False, None)
    assert kept not in str(first) + str(second)
    assert (await door.notify(door.event())).status_code == 200
    assert (await other.api("DELETE", f"providers/lexoffice/webhook-tokens/{first['id']}")).status_code == 404
    assert (await door.notify(door.event())).status_code == 200
    left = await door.api("DELETE", f"providers/lexoffice/webhook-tokens/{first['id']}")
    assert [one["id"] for one in left.json()["items"]] == [second["id"]]
    assert (await door.notify(door.event())).status_code == 401
    assert (await door.notify(door.event(), Authorization=f"Bearer {kept}")).status_code == 200
    again = await door.api("DELETE", f"providers/lexoffice/webhook-tokens/{first['id']}")
    assert (again.status_code, again.json()["reason"]) == (404, "webhook_token_not_found")
    reader = await door.new_key("read")
    refused = await door.http.delete(
        f"/api/v1/providers/lexoffice/webhook-tokens/{second['id']}", headers={"X-API-Key": reader}
    )
    assert refused.status_code == 403


async def test_another_tenants_token_is_not_available(door: Door, other: Door) -> None:
    answer = await door.api("PUT", "providers/lexoffice", {"webhook_token": other.token})
    assert (answer.status_code, answer.json()["code"]) == (409, "token_taken")


async def test_a_broken_connection_is_asked_about_and_mended_by_a_test(door: Door, account_there: Office) -> None:
    await door.api("PUT", "providers/lexoffice", {"api_key": account_there.api_key})
    await account_there.hook("POST", "faults", {"kind": "unauthorized_401", "path": "profile", "times": 1})
    broken = (await door.api("POST", "providers/lexoffice/test")).json()
    assert (broken["ok"], broken["code"], broken["connection"]["state"]) == (False, "key_refused", "broken")
    assert [task["kind"] for task in (await door.api("GET", "tasks")).json()["items"]] == ["connection_broken"]
    mended = (await door.api("POST", "providers/lexoffice/test")).json()
    assert (mended["ok"], mended["connection"]["state"]) == (True, "connected")
    assert (await door.api("GET", "tasks")).json()["items"] == []


async def test_without_a_key_a_test_is_refused(door: Door) -> None:
    answer = await door.api("POST", "providers/lexoffice/test")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_connected")


async def test_removing_the_key_says_what_stops_and_events_are_kept(door: Door, account_there: Office) -> None:
    await door.api("PUT", "providers/lexoffice", {"api_key": account_there.api_key})
    answer = await door.api("DELETE", "providers/lexoffice/key")
    assert len(answer.json()["stops"]) == 3
    event = door.event(organizationId=account_there.organization)
    assert (await door.notify(event)).json()["status"] == "skipped"
    # The organisation stays pinned: another one's notifications are not ours.
    assert (await door.notify(door.event())).status_code == 401


async def test_the_notice_about_credit_notes_is_confirmed_by_name_and_date(door: Door) -> None:
    answer = await door.api("PUT", "providers/lexoffice", {"confirm_credit_note_notice": True})
    shown = answer.json()
    assert shown["credit_note_notice_confirmed_by"].startswith("key:")
    assert shown["credit_note_notice_confirmed_at"]
    assert "Rechnungskorrektur" in shown["notice"]
