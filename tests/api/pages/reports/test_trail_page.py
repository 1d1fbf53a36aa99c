"""Admin → Prüfpfad: filters, pages, before and after, the file, and the same for machines."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from ledger.access import api_keys
from ledger.audit import audit
from ledger.audit.audit import AuditFilter
from ledger.roles import Role
from tests.fixtures.browsers import Browser, Firm, new_firm
from tests.fixtures.people import people_app, people_settings

__all__ = ["people_app", "people_settings"]


@pytest.fixture
async def watched_firm(people_app: FastAPI) -> AsyncIterator[Firm]:
    made = await new_firm(people_app)
    yield made
    await made.close()


async def write(
    firm: Firm, action: str, *, actor: str = "engine", subject_id: str = "PO-2026-0001", **more: Any
) -> None:
    async with firm.parts.ledger.transaction(firm.tenant) as tx:
        await audit.record(tx, actor=actor, action=action, subject="payout", subject_id=subject_id, **more)


async def rows_of_file(browser: Browser, query: str = "") -> list[list[str]]:
    answer = await browser.get(f"/admin/pruefpfad.csv{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="pruefpfad-')
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


async def test_it_tells_who_did_what_before_and_after_and_through_which_door(watched_firm: Firm) -> None:
    admin = await watched_firm.person(Role.ADMIN)
    await admin.post("/admin/freigaberegeln", {"limit": "2.500,00", "days": "7"}, shown_at="/admin/freigaberegeln")
    page = (await admin.get("/admin/pruefpfad?was=tenant.changed")).text
    assert "<del>1.000,00\xa0€</del> → <ins>2.500,00\xa0€</ins>" in page
    assert admin.email in page
    assert "Einstellung des Mandanten geändert" in page
    assert '<td class="wide">Seite<br>' in page


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("was=payout.reject", {"PO-2026-0002"}),
        ("wer=key:abc", {"PO-2026-0003"}),
        ("kennung=PO-2026-0001", {"PO-2026-0001"}),
        ("art=payout", {"PO-2026-0001", "PO-2026-0002", "PO-2026-0003"}),
        ("art=partner", set()),
        ("von=2199-01-01", set()),
        ("bis=2000-01-01", set()),
        ("von=2020-01-01&bis=2199-01-01&art=payout", {"PO-2026-0001", "PO-2026-0002", "PO-2026-0003"}),
    ],
)
async def test_filters_say_who_what_which_and_when(watched_firm: Firm, query: str, seen: set[str]) -> None:
    admin = await watched_firm.person(Role.ADMIN)
    await write(watched_firm, "payout.approve")
    await write(watched_firm, "payout.reject", subject_id="PO-2026-0002")
    await write(watched_firm, "payout.approve", actor="key:abc", subject_id="PO-2026-0003")
    page = (await admin.get(f"/admin/pruefpfad?{query}")).text
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert {number for number in ("PO-2026-0001", "PO-2026-0002", "PO-2026-0003") if number in body} == seen
    assert {row[7] for row in (await rows_of_file(admin, f"?{query}"))[1:] if row[6] == "Auszahlung"} == seen


async def test_pages_follow_each_other_without_gap_or_repeat(watched_firm: Firm) -> None:
    admin = await watched_firm.person(Role.ADMIN)
    for number in range(120):
        await write(watched_firm, "payout.approve", subject_id=f"PO-2026-{number:04}")
    address, seen = "/admin/pruefpfad?art=payout", []
    while address:
        page = (await admin.get(address)).text
        body = page.partition("<tbody>")[2].partition("</tbody>")[0]
        seen += [part[:12] for part in body.split("/admin/auszahlungen/")[1:]]
        link = page.partition('<nav class="paging"')[2].partition("</nav>")[0].rpartition('" rel="next"')[0]
        address = link.rpartition('href="')[2].replace("&amp;", "&")
    assert seen == [f"PO-2026-{number:04}" for number in reversed(range(120))]


@pytest.mark.parametrize(
    "query", ["von=gestern", "ab=x", "ab=99999999999999999999", "wer=%00", "ab=-1", "bis=9999-12-31"]
)
async def test_odd_questions_get_an_answer(watched_firm: Firm, query: str) -> None:
    admin = await watched_firm.person(Role.ADMIN)
    assert (await admin.get(f"/admin/pruefpfad?{query}")).status_code in (200, 422)


async def test_what_comes_from_outside_is_escaped_on_the_page_and_no_formula_in_the_file(watched_firm: Firm) -> None:
    admin = await watched_firm.person(Role.ADMIN)
    evil = "=<script>alert(1)</script>"
    await write(watched_firm, evil, actor=evil, subject_id=evil, detail={"reason": evil, evil: [evil, evil]})
    assert "<script>alert" not in (await admin.get("/admin/pruefpfad")).text
    row = (await rows_of_file(admin, f"?was={httpx.QueryParams({'x': evil})['x'].replace('=', '%3D')}"))[1]
    assert {row[3], row[5], row[7]} == {f"'{evil}"}


async def test_operators_see_the_trail_without_what_tells_who_somebody_is(watched_firm: Firm) -> None:
    await write(watched_firm, "partner.changed", detail=audit.Apart({}, {"email": "anna@partner.example"}))
    admin, ops = await watched_firm.person(Role.ADMIN), await watched_firm.platform_admin()
    await ops.post("/admin/mandant", {"tenant": watched_firm.tenant.slug})
    for path in ("/admin/pruefpfad", "/admin/pruefpfad.csv"):
        assert "anna@partner.example" in (await admin.get(path)).text
        seen = await ops.get(path)
        assert seen.status_code == 200
        assert "anna@partner.example" not in seen.text
        assert "Partner geändert" in seen.text


async def test_another_tenants_trail_is_not_there(watched_firm: Firm, people_app: FastAPI) -> None:
    other = await new_firm(people_app)
    await write(other, "payout.approve", subject_id="PO-2026-9999")
    admin = await watched_firm.person(Role.ADMIN)
    assert "PO-2026-9999" not in (await admin.get("/admin/pruefpfad")).text


async def test_machines_read_the_same_with_the_right_to_approve(watched_firm: Firm) -> None:
    await write(watched_firm, "payout.approve", detail=audit.Apart({}, {"email": "anna@partner.example"}))
    for number in range(3):
        await write(watched_firm, "payout.reject", subject_id=f"PO-2026-100{number}")
    keys = {}
    async with watched_firm.parts.ledger.transaction(watched_firm.tenant) as tx:
        for scopes in (("read",), ("read", "approve")):
            made = await api_keys.create_api_key(
                tx, watched_firm.parts.vault, api_keys.WantedKey(name="k", scopes=scopes), actor="test"
            )
            keys[scopes[-1]] = {"X-API-Key": made.key.get_secret_value()}
    http = watched_firm.browser().http
    assert (await http.get("/api/v1/audit", headers=keys["read"])).status_code == 403
    answer = await http.get("/api/v1/audit?action=payout.reject&limit=2", headers=keys["approve"])
    assert [item["subject_id"] for item in answer.json()["items"]] == ["PO-2026-1002", "PO-2026-1001"]
    following = answer.json()["next_cursor"]
    rest = await http.get(f"/api/v1/audit?action=payout.reject&limit=2&cursor={following}", headers=keys["approve"])
    assert [item["subject_id"] for item in rest.json()["items"]] == ["PO-2026-1000"]
    assert "anna@partner.example" not in (await http.get("/api/v1/audit", headers=keys["approve"])).text
    head = (await http.get("/api/v1/audit/head", headers=keys["approve"])).json()
    assert len(head["hash"]) == 64


async def test_each_door_names_itself(watched_firm: Firm) -> None:
    browser = await watched_firm.person(Role.VIEWER)
    async with watched_firm.parts.ledger.transaction(watched_firm.tenant) as tx:
        entries, _ = await audit.list_entries(tx, AuditFilter(action="person.logged_in"))
    assert browser.user is not None
    assert [(entry.origin or "").partition(":")[0] for entry in entries] == ["page"]
    assert all(entry.personal and entry.personal["address"].startswith("10.") for entry in entries)
