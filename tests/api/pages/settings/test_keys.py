"""Keys of machines: not more than their maker, not longer than a year, and who decides does not write."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from api.pages.frame import languages
from ledger import roles
from ledger.access import api_keys
from ledger.refusals import NotAcceptable
from ledger.roles import Role
from ledger.types import UserId
from tests.fixtures.browsers import Browser, Firm, key_in


async def asks(browser: Browser, key: str) -> tuple[int, list[str]]:
    answer = await browser.http.get("/api/v1/me", headers={"X-API-Key": key})
    return answer.status_code, answer.json().get("scopes", [])


async def key_of(firm: Firm, maker: UserId | None, *scopes: str, role: Role = Role.ADMIN) -> str:
    async with firm.parts.ledger.transaction(firm.tenant) as tx:
        made = await api_keys.create_api_key(
            tx,
            firm.parts.vault,
            api_keys.WantedKey(name="test", scopes=scopes),
            actor="test",
            created_by=maker,
            creator_scopes=roles.scopes(role),
        )
    return made.key.get_secret_value()


async def test_an_admin_makes_a_key_that_works_and_ends_when_revoked(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    page = await admin.post("/admin/schluessel", {"name": "Shop", "read": "1", "write": "1", "days": "30"})
    key = key_in(page)
    assert await asks(admin, key) == (200, ["read", "write"])
    assert key not in (await admin.get("/admin/schluessel")).text
    assert (await admin.post(f"/admin/schluessel/{key.split('_')[1]}/widerrufen")).status_code == 303
    assert (await asks(admin, key))[0] == 401


async def test_the_page_of_keys_says_when_each_was_used_last(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    key = await key_of(firm, None, "read")
    assert await firm.rows("SELECT 1 FROM api_keys WHERE last_used_at IS NOT NULL") == []
    assert (await asks(admin, key))[0] == 200
    [used] = await firm.rows("SELECT last_used_at FROM api_keys WHERE id = $1", key.split("_")[1])
    assert used["last_used_at"] is not None
    assert languages.moment(used["last_used_at"]) in (await admin.get("/admin/schluessel")).text


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"approve": "1", "write": "1"}, "schließen sich aus"),
        ({}, "Rechte eines Schlüssels"),
        ({"read": "1", "days": "367"}, "höchstens 12 Monate"),
        ({"read": "1", "days": "0"}, "höchstens 12 Monate"),
        ({"read": "1", "days": "-1"}, "in Tagen"),
        ({"read": "1", "name": ""}, "1 bis 100 Zeichen"),
    ],
)
async def test_a_key_that_could_do_too_much_or_too_long_is_refused(firm: Firm, form: dict[str, str], says: str) -> None:
    admin = await firm.person(Role.ADMIN)
    page = await admin.post("/admin/schluessel", {"name": "Shop", "days": "30"} | form)
    assert (page.status_code, says in page.text) == (422, True)
    assert await firm.rows("SELECT 1 FROM api_keys") == []


async def test_no_key_exceeds_its_maker(firm: Firm) -> None:
    editor = await firm.member(Role.EDITOR)
    with pytest.raises(NotAcceptable) as refused:
        await key_of(firm, editor.user, "read", "bank", role=Role.EDITOR)
    assert refused.value.code == "exceeds_creator"


async def test_a_key_shrinks_and_ends_with_its_maker(firm: Firm) -> None:
    admin, maker = await firm.person(Role.ADMIN), await firm.member(Role.EDITOR)
    key = await key_of(firm, maker.user, "read", "write", role=Role.EDITOR)
    assert await asks(admin, key) == (200, ["read", "write"])
    await admin.post(f"/admin/benutzer/{maker.user}/rolle", {"role": "approver"})
    assert await asks(admin, key) == (200, ["read"])
    await admin.post(f"/admin/benutzer/{maker.user}/sperren")
    assert (await asks(admin, key))[0] == 401


async def test_a_key_ends_with_the_whole_account_of_its_maker(firm: Firm) -> None:
    browser, maker = firm.browser(), await firm.member(Role.EDITOR)
    key = await key_of(firm, maker.user, "read", role=Role.EDITOR)
    assert (await asks(browser, key))[0] == 200
    await firm.rows_of(maker, "UPDATE users SET disabled_at = now() RETURNING id")
    firm.parts.api_keys.forget()
    assert (await asks(browser, key))[0] == 401


@pytest.mark.parametrize(
    ("scopes", "days", "constraint"),
    [(["write", "approve"], 10, "who_approves_does_not_write"), (["read"], 400, "a_key_ends_within_a_year")],
)
async def test_the_database_keeps_both(firm: Firm, scopes: list[str], days: int, constraint: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match=constraint):
        await firm.rows(
            "INSERT INTO api_keys (tenant_id, id, name, secret_hmac, scopes, expires_at)"
            " VALUES ($1, 'aaaaaaaaa1', 'x', decode(repeat('00', 32), 'hex'), $2, $3)",
            firm.tenant.id,
            scopes,
            datetime.now(UTC) + timedelta(days=days),
        )


_SETTINGS = [
    ("PATCH", "/api/v1/tenant", {"minimum_payout_cents": 5}),
    ("PUT", "/api/v1/providers/stripe", {"signing_secret": "whsec_" + "a" * 32}),
    ("PUT", "/api/v1/providers/lexoffice", {"effective_from": "2026-01-01"}),
    ("PUT", "/api/v1/providers/easybill", {"effective_from": "2026-01-01"}),
    ("PUT", "/api/v1/providers/easybill/webhook-address", None),
    ("DELETE", "/api/v1/providers/easybill/key", None),
    ("PUT", "/api/v1/providers/lexoffice/webhook-token", None),
    ("DELETE", "/api/v1/providers/lexoffice/webhook-tokens/00000000-0000-4000-8000-000000000000", None),
    ("POST", "/api/v1/providers/lexoffice/test", None),
    ("POST", "/api/v1/providers/lexoffice/subscriptions", None),
    ("DELETE", "/api/v1/providers/lexoffice/key", None),
    ("DELETE", "/api/v1/providers/lexoffice/oauth", None),
]


async def test_who_is_an_admin_no_more_changes_no_settings_by_an_older_key(firm: Firm) -> None:
    one, two = await firm.person(Role.ADMIN), await firm.person(Role.ADMIN)
    key, by_command = await key_of(firm, one.user, "read", "write"), await key_of(firm, None, "read", "write")
    change = {"minimum_payout_cents": 5}

    async def change_tenant(by: str) -> int:
        return (await one.http.patch("/api/v1/tenant", json=change, headers={"X-API-Key": by})).status_code

    assert await change_tenant(key) == 200
    await two.post(f"/admin/benutzer/{one.user}/rolle", {"role": "editor"})
    for method, path, body in _SETTINGS:
        answer = await one.http.request(method, path, json=body, headers={"X-API-Key": key})
        assert (answer.status_code, answer.json()["code"]) == (403, "maker_may_not"), path
    assert await asks(one, key) == (200, ["read", "write"])
    assert await change_tenant(by_command) == 200


async def test_keys_of_somebody_whose_access_is_given_anew_are_listed_and_end_unless_kept(firm: Firm) -> None:
    admin, other = await firm.person(Role.ADMIN), await firm.person(Role.ADMIN)
    kept, lost, others = [await key_of(firm, maker.user, "read") for maker in (other, other, admin)]
    link = f"/admin/benutzer/{other.user}/link"
    asked = await admin.post(link, {"second_factor": "1"})
    assert "/reset/" not in asked.text
    assert all(key.split("_")[1] in asked.text for key in (kept, lost))
    assert others.split("_")[1] not in asked.text
    # Nothing has happened yet.
    assert await other.is_in()
    assert [(await asks(admin, key))[0] for key in (kept, lost, others)] == [200, 200, 200]
    done = await admin.post(link, {"second_factor": "1", "keys_seen": "1", f"keep_{kept.split('_')[1]}": "1"})
    assert "/reset/" in done.text
    assert not await other.is_in()
    assert [(await asks(admin, key))[0] for key in (kept, lost, others)] == [200, 401, 200]
    assert "api_key.revoked" in await firm.actions()


async def test_a_new_link_for_somebody_without_keys_asks_nothing(firm: Firm) -> None:
    admin, editor = await firm.person(Role.ADMIN), await firm.person(Role.EDITOR)
    assert "/reset/" in (await admin.post(f"/admin/benutzer/{editor.user}/link")).text
