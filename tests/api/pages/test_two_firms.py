"""People whom two firms know: what an admin of one does to them ends at that firm's door."""

import asyncio

from ledger.access import memberships, users
from ledger.refusals import NotAllowedNow
from ledger.roles import Role
from ledger.types import UserId
from tests.fixtures.browsers import PASSWORD, Browser, Firm, link_in

_OPERATOR = "Der Betreiber nimmt sie bei Ihnen auf."


def address_of_bob(firm: Firm) -> str:
    return f"bob-{firm.tenant.slug}@acme.example"


async def enters_with(firm: Firm, email: str, link: str) -> Browser:
    """Somebody who holds the link sets the password and logs in."""
    guest, path = firm.browser(), link.removeprefix("http://127.0.0.1")
    guest.email = email
    await guest.post(path, {"new": PASSWORD, "repeated": PASSWORD}, shown_at=path)
    await guest.log_in()
    return guest


async def test_an_invitation_is_no_way_into_an_account_that_waits_elsewhere(firm: Firm, other_firm: Firm) -> None:
    """Bob is to be an admin of the other firm and has set no password yet."""
    email, theirs, mallory = address_of_bob(firm), await other_firm.person(Role.ADMIN), await firm.person(Role.ADMIN)
    await theirs.post("/admin/benutzer", {"email": email, "role": "admin"})
    page = await mallory.post("/admin/benutzer", {"email": email, "role": "viewer"})
    assert (page.status_code, _OPERATOR in page.text, "/reset/" in page.text) == (422, True, False)
    assert await firm.rows("SELECT 1 FROM memberships WHERE user_id = $1", await _user(firm, email)) == []


async def test_an_account_that_another_admin_made_first_is_not_let_in_by_ours(firm: Firm, other_firm: Firm) -> None:
    """Mallory knows the password of an account under Bob's address before Bob's firm invites him."""
    email, mallory, theirs = address_of_bob(firm), await firm.person(Role.ADMIN), await other_firm.person(Role.ADMIN)
    made = await mallory.post("/admin/benutzer", {"email": email, "role": "viewer"})
    guest = await enters_with(firm, email, link_in(made))
    page = await theirs.post("/admin/benutzer", {"email": email, "role": "admin"})
    assert (page.status_code, _OPERATOR in page.text) == (422, True)
    await guest.post("/admin/mandant", {"tenant": other_firm.tenant.slug})
    assert await other_firm.rows("SELECT 1 FROM memberships WHERE user_id = $1", await _user(firm, email)) == []


async def test_of_two_firms_that_invite_one_person_at_once_one_is_refused(firm: Firm, other_firm: Firm) -> None:
    user, _ = await users.add(firm.parts.ledger, address_of_bob(firm))
    both_begun = asyncio.Barrier(2)

    async def invite(of: Firm) -> None:
        async with of.parts.ledger.transaction(of.tenant, person=user) as tx:
            await both_begun.wait()
            await memberships.refuse_people_of_others(tx, user)
            await memberships.add(tx, user, Role.VIEWER, by=None, actor="test")
            await asyncio.sleep(0.1)

    outcomes = await asyncio.gather(invite(firm), invite(other_firm), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [NotAllowedNow]


async def test_a_new_tenants_first_admin_who_waits_elsewhere_gets_no_link_of_the_new_one(firm: Firm) -> None:
    ops, admin, email = await firm.platform_admin(), await firm.person(Role.ADMIN), address_of_bob(firm)
    await admin.post("/admin/benutzer", {"email": email, "role": "viewer"})
    page = await ops.post("/admin/mandanten", {"slug": f"n-{firm.tenant.slug}", "name": "Neu GmbH", "email": email})
    assert (page.status_code, "/reset/" in page.text) == (200, False)


async def test_a_neighbour_does_not_end_our_sessions(firm: Firm, other_firm: Firm) -> None:
    alice, mallory = await other_firm.person(Role.ADMIN), await firm.person(Role.ADMIN)
    await firm.member(Role.VIEWER, email=alice.email)
    await mallory.post(f"/admin/benutzer/{alice.user}/abmelden")
    assert await alice.is_in()
    await mallory.post(f"/admin/benutzer/{alice.user}/rolle", {"role": "editor"})
    assert await alice.is_in()
    await mallory.post(f"/admin/benutzer/{alice.user}/sperren")
    assert await alice.is_in()


async def test_a_neighbour_ends_the_sessions_that_entered_there(firm: Firm, other_firm: Firm) -> None:
    alice, mallory = await other_firm.person(Role.ADMIN), await firm.person(Role.ADMIN)
    await firm.member(Role.VIEWER, email=alice.email)
    assert (await alice.post("/admin/mandant", {"tenant": firm.tenant.slug})).status_code == 303
    await mallory.post(f"/admin/benutzer/{alice.user}/rolle", {"role": "editor"})
    assert not await alice.is_in()


async def _user(firm: Firm, email: str) -> UserId:
    return await users.get_by_email(firm.parts.ledger, email)
