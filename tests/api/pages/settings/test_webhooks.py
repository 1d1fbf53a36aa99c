"""Admin → Webhooks: an address is added, tried, looked at and removed; the secret is shown when it is asked for."""

import re

from ledger.roles import Role
from tests.fixtures.browsers import Firm

PAGE = "/admin/webhooks"


async def test_an_admin_adds_an_address_tries_it_and_sees_what_is_due(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    refused = await admin.post(PAGE, {"url": "http://example.com/hooks"}, shown_at=PAGE)
    assert (refused.status_code, "https://" in refused.text) == (422, True)
    added = await admin.post(PAGE, {"url": "https://example.com/hooks", "payout.paid": "1"}, shown_at=PAGE)
    assert added.status_code == 303
    at = added.headers["location"]
    assert "whsec_" not in (await admin.get(at)).text
    secret = re.search(r"whsec_[A-Za-z0-9+/=]{44}", (await admin.post(f"{at}/geheimnis")).text)
    rotated = re.search(r"whsec_[A-Za-z0-9+/=]{44}", (await admin.post(f"{at}/neues-geheimnis")).text)
    assert secret is not None
    assert rotated is not None
    assert secret[0] != rotated[0]
    shown = await firm.rows("SELECT actor FROM audit_entries WHERE action = 'webhook_endpoint.secret_shown'")
    assert [row["actor"].partition(":")[0] for row in shown] == ["user"] * 2
    assert (await admin.post(f"{at}/ping")).status_code == 303
    [delivery] = set(re.findall(rf"{at}/zustellungen/[0-9a-f-]+", (await admin.get(f"{at}?stand=due")).text))
    assert "evt_" in (await admin.get(delivery)).text
    assert (await admin.post(f"{delivery}/aufgeben")).status_code == 303
    assert (await admin.post(f"{delivery}/aufgeben")).status_code == 422
    assert (await admin.post(f"{at}/ausschalten")).status_code == 303
    assert (await admin.post(f"{at}/ping")).status_code == 422
    assert (await admin.post(f"{at}/entfernen")).status_code == 303
    assert (await admin.get(at)).status_code == 404


async def test_a_span_of_time_is_heard_again(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    at = (await admin.post(PAGE, {"url": "https://example.com/hooks"}, shown_at=PAGE)).headers["location"]
    await admin.post(f"{at}/ping")
    await firm.rows("UPDATE event_deliveries SET state = 'delivered', delivered_at = now()")
    span = {"von": "2026-01-01T00:00", "bis": "2100-01-01T00:00"}
    assert (await admin.post(f"{at}/zeitraum", span)).status_code == 303
    assert [row["n"] for row in await firm.rows("SELECT count(*) AS n FROM event_deliveries WHERE state = 'due'")] == [
        1
    ]
    assert (await admin.post(f"{at}/zeitraum", span | {"bis": "2025-01-01T00:00"})).status_code == 422


async def test_nobody_but_an_admin_gets_there(firm: Firm) -> None:
    for role in (Role.VIEWER, Role.EDITOR, Role.APPROVER):
        assert (await (await firm.person(role)).get(PAGE)).status_code == 403
