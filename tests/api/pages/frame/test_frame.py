"""What stands around every page: whose books these are, and the menu, which an error does not take away."""

import secrets

import pytest

from ledger.roles import Role
from tests.fixtures.browsers import Firm

MENU, SWITCH = '<nav class="menu"', 'name="weiter" value="{}"'


async def test_the_frame_names_the_tenant_as_people_do(firm: Firm) -> None:
    reader = await firm.person(Role.VIEWER)
    assert f">Firma {firm.tenant.slug}</a>" in (await reader.get("/admin/auszahlungen")).text


@pytest.mark.parametrize(
    ("path", "status"), [("/admin/auszahlungen/PO-2026-9999", 404), ("/admin/schluessel", 403)], ids=["404", "403"]
)
async def test_an_error_keeps_the_menu_of_who_is_logged_in(firm: Firm, path: str, status: int) -> None:
    reader = await firm.person(Role.VIEWER)
    page = await reader.get(path)
    assert page.status_code == status
    assert MENU in page.text
    assert SWITCH.format("/admin") in page.text
    assert path not in page.text.replace(f'href="{path}"', "")


async def test_a_stranger_sees_no_menu_with_an_error(firm: Firm) -> None:
    page = await firm.browser().post("/login", {"csrf": "0" * 64})
    assert page.status_code == 403
    assert MENU not in page.text


async def test_the_other_language_never_asks_for_an_address_that_takes_forms_only(firm: Firm) -> None:
    """After a form that was refused, going back means a page."""
    admin = await firm.person(Role.ADMIN)
    page = await admin.post("/admin/schluessel", {"name": "", "days": "365"}, shown_at="/admin/schluessel")
    assert page.status_code == 422
    assert SWITCH.format("/admin") in page.text
    foreign = await admin.post("/admin/schluessel", {"csrf": "0" * 64})
    assert foreign.status_code == 403
    assert MENU in foreign.text
    assert SWITCH.format("/admin") in foreign.text


async def test_the_page_of_keys_says_what_each_scope_allows(firm: Firm) -> None:
    page = (await (await firm.person(Role.ADMIN)).get("/admin/schluessel")).text
    assert "Auszahlungen freigeben, ablehnen und stornieren, Prüfpfad und Nachweise lesen" in page


async def test_a_stranger_writes_nothing_into_the_labels_of_metrics_and_logs(firm: Firm) -> None:
    stranger, words = firm.browser(), [f"geheim{secrets.token_hex(6)}" for _ in range(4)]
    await stranger.get(f"/admin/berichte/partner.{words[0]}")
    await stranger.get(f"/admin/berichte/liste/{words[1]}.csv")
    await stranger.get(f"/admin/berichte/auszahlungen/PO-1/abrechnung.{words[2]}")
    await stranger.http.post(f"/api/webhooks/{words[3]}/stripe", content=b"{}")
    shown = (await stranger.get("/metrics")).text
    assert not any(word in shown for word in words)
    assert "/admin/berichte/auszahlungen/{number}/abrechnung.{form}" in shown
    assert "/api/webhooks/{tenant}/stripe" in shown
