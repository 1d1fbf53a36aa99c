"""What an admin may do to colleagues, and what nobody may do to oneself."""

import asyncio

import asyncpg
import pytest

from ledger.access import memberships
from ledger.refusals import NotAllowedNow
from ledger.roles import Role
from tests.fixtures.browsers import PASSWORD, Browser, Firm, link_in


async def test_an_admin_invites_somebody_who_then_works_in_that_role(firm: Firm) -> None:
    admin, guest = await firm.person(Role.ADMIN), firm.browser()
    email = f"neu-{firm.tenant.slug}@acme.example"
    page = await admin.post("/admin/benutzer", {"email": email.upper(), "role": "editor", "name": "Nora Neu"})
    assert page.status_code == 200
    link = link_in(page).removeprefix("http://127.0.0.1")
    assert link not in (await admin.get("/admin/benutzer")).text
    await guest.post(link, {"new": PASSWORD, "repeated": PASSWORD}, shown_at=link)
    guest.email = email
    await guest.log_in()
    assert "<strong>Bearbeiten</strong>" in (await guest.get("/admin/konto")).text
    again = await admin.post("/admin/benutzer", {"email": email, "role": "admin"})
    assert (again.status_code, "gehört bereits" in again.text) == (422, True)


async def test_a_session_ends_when_its_role_changes(firm: Firm) -> None:
    admin, viewer = await firm.person(Role.ADMIN), await firm.person(Role.VIEWER)
    assert (await admin.post(f"/admin/benutzer/{viewer.user}/rolle", {"role": "editor"})).status_code == 303
    assert not await viewer.is_in()
    await viewer.log_in()
    assert "<strong>Bearbeiten</strong>" in (await viewer.get("/admin/konto")).text
    (entry,) = await firm.rows("SELECT actor, detail FROM audit_entries WHERE action = 'member.role_changed'")
    assert (entry["actor"], entry["detail"]) == (f"user:{admin.user}", {"before": "viewer", "after": "editor"})


async def test_who_is_locked_out_is_out_at_once_and_comes_back_when_let_in(firm: Firm) -> None:
    admin, viewer = await firm.person(Role.ADMIN), await firm.person(Role.VIEWER)
    await admin.post(f"/admin/benutzer/{viewer.user}/sperren")
    assert not await viewer.is_in()
    await viewer.log_in()
    assert (await viewer.get("/admin")).headers["location"] == "/admin/mandant"
    await admin.post(f"/admin/benutzer/{viewer.user}/entsperren")
    await viewer.log_in()
    assert (await viewer.get("/admin/konto")).status_code == 200


async def test_an_admin_logs_somebody_out_everywhere(firm: Firm) -> None:
    admin, viewer = await firm.person(Role.ADMIN), await firm.person(Role.VIEWER)
    await admin.post(f"/admin/benutzer/{viewer.user}/abmelden")
    assert not await viewer.is_in()
    assert (await firm.actions())[-1] == "member.logged_out"


@pytest.mark.parametrize(
    ("what", "form"), [("rolle", {"role": "viewer"}), ("rolle", {"role": "admin"}), ("sperren", {}), ("entsperren", {})]
)
async def test_nobody_changes_the_own_role(firm: Firm, what: str, form: dict[str, str]) -> None:
    admin = await firm.person(Role.ADMIN)
    answer = await admin.post(f"/admin/benutzer/{admin.user}/{what}", form)
    assert (answer.status_code, "Die eigene Rolle" in answer.text) == (422, True)
    assert await admin.is_in()


async def test_two_admins_who_take_each_others_role_at_once_leave_one(firm: Firm) -> None:
    one, two = await firm.member(Role.ADMIN), await firm.member(Role.ADMIN)
    both_begun = asyncio.Barrier(2)

    async def demote(whom: Browser, by: Browser) -> None:
        assert whom.user is not None
        async with firm.parts.ledger.transaction(firm.tenant, person=by.user) as tx:
            await both_begun.wait()
            await memberships.change_role(tx, whom.user, Role.VIEWER, by=by.user, actor=f"user:{by.user}")
            await asyncio.sleep(0.1)

    outcomes = await asyncio.gather(demote(two, by=one), demote(one, by=two), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [NotAllowedNow]
    assert len(await firm.rows("SELECT 1 FROM memberships WHERE role = 'admin'")) == 1


async def test_the_database_keeps_it_too(firm: Firm) -> None:
    viewer = await firm.member(Role.VIEWER)
    with pytest.raises(asyncpg.CheckViolationError, match="nobody_changes_the_own_role"):
        await firm.rows("UPDATE memberships SET role = 'admin', changed_by = user_id WHERE user_id = $1", viewer.user)


@pytest.mark.parametrize("what", ["rolle", "sperren", "entsperren", "abmelden", "link"])
async def test_another_tenants_people_are_like_nobody(firm: Firm, other_firm: Firm, what: str) -> None:
    admin, theirs = await firm.person(Role.ADMIN), await other_firm.person(Role.EDITOR)
    answer = await admin.post(f"/admin/benutzer/{theirs.user}/{what}", {"role": "viewer"})
    assert answer.status_code == 404
    assert await theirs.is_in()
    assert theirs.email not in (await admin.get("/admin/benutzer")).text


async def test_inviting_somebody_who_works_elsewhere_hands_out_no_way_into_that_account(
    firm: Firm, other_firm: Firm
) -> None:
    admin, theirs = await firm.person(Role.ADMIN), await other_firm.person(Role.ADMIN)
    page = await admin.post("/admin/benutzer", {"email": theirs.email, "role": "viewer"})
    assert (page.status_code, "/reset/" in page.text) == (422, False)
    await firm.member(Role.VIEWER, email=theirs.email)
    refused = await admin.post(f"/admin/benutzer/{theirs.user}/link", {"second_factor": "1"})
    assert (refused.status_code, "/reset/" in refused.text) == (409, False)
    assert await theirs.is_in()


@pytest.mark.parametrize("email", ["", "kein", "a@b c.de", "a@@b.de", "x" * 260 + "@acme.example", "<script>@a.de"])
async def test_odd_addresses_are_refused_or_kept_harmless(firm: Firm, email: str) -> None:
    admin = await firm.person(Role.ADMIN)
    page = await admin.post("/admin/benutzer", {"email": email, "role": "viewer"})
    assert page.status_code in (200, 422)
    assert "<script>" not in page.text


async def test_an_unknown_role_is_refused(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    page = await admin.post("/admin/benutzer", {"email": "wer@acme.example", "role": "owner"})
    assert (page.status_code, "Diese Rolle gibt es nicht." in page.text) == (422, True)


async def test_a_platform_admin_makes_a_tenant_and_somebody_else_its_first_admin(firm: Firm) -> None:
    ops = await firm.platform_admin()
    slug = f"n-{firm.tenant.slug}"
    form = {"slug": slug, "name": "Neu GmbH"}
    own = await ops.post("/admin/mandanten", form | {"email": ops.email})
    assert (own.status_code, "jemand anderes" in own.text) == (422, True)
    page = await ops.post("/admin/mandanten", form | {"email": f"{slug}@acme.example"})
    link = link_in(page).removeprefix("http://127.0.0.1")
    guest = firm.browser()
    guest.email = f"{slug}@acme.example"
    await guest.post(link, {"new": PASSWORD, "repeated": PASSWORD}, shown_at=link)
    await guest.log_in()
    await guest.enrol()
    assert (await guest.get("/admin/benutzer")).status_code == 200


async def test_only_one_approver_switches_four_eyes_off(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    form = {"limit": "2.500,50", "days": "3", "single_approver": "1"}
    assert (await admin.post("/admin/freigaberegeln", form)).status_code == 303
    (row,) = await firm.rows("SELECT four_eyes_limit_cents, single_approver, bank_quarantine FROM tenants")
    assert (row["four_eyes_limit_cents"], row["single_approver"], row["bank_quarantine"].days) == (250_050, True, 3)
    (entry,) = await firm.rows("SELECT detail FROM audit_entries WHERE action = 'tenant.changed'")
    assert entry["detail"]["before"]["four_eyes_limit_cents"] == 100_000
    await firm.member(Role.APPROVER)
    refused = await admin.post("/admin/freigaberegeln", form)
    assert (refused.status_code, 'value="2.500,50"' in refused.text) == (422, True)
    for wrong in ({"limit": "-1"}, {"limit": "viel"}, {"days": "91"}, {"days": "²"}, {"limit": "1.00"}):
        assert (await admin.post("/admin/freigaberegeln", {"limit": "1", "days": "1"} | wrong)).status_code == 422
