"""What one dishonest admin could do to four eyes alone: raise limits, take over, let in, put out, hide a warning."""

from datetime import timedelta
from uuid import UUID

import pytest

from ledger import tasks
from ledger.access import memberships, rule_changes, tenants, users
from ledger.access.four_eyes import SecondPersonNeeded
from ledger.bank import partner_accounts
from ledger.booking import resolutions
from ledger.booking.resolutions import Answer
from ledger.payouts import approval_queue
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.roles import Role
from ledger.types import PartnerId, TaskId, UserId
from tests.fixtures.browsers import Browser
from tests.fixtures.four_eyes import ABOVE, IBAN, OTHER_IBAN, Office, office

WHY = Reason.of("partner_objects")

__all__ = ["office"]
_RULES = "/admin/freigaberegeln"


async def offered(office: Office, user: UserId | None) -> list[str]:
    """Numbers that the list of approvals offers to this person."""
    assert user is not None
    async with office.ledger() as tx:
        found, _ = await approval_queue.for_person(tx, user, after=None, limit=50)
    return [one.number for one in found]


async def may_approve(office: Office, payout: Payout, browser: Browser) -> bool:
    async with office.ledger() as tx:
        return bool(await approval_queue.approvable(tx, f"user:{browser.user}", numbers=[payout.number]))


async def refused_above(office: Office, payout: Payout, browser: Browser) -> None:
    """Approval, list and mails agree."""
    with pytest.raises(SecondPersonNeeded):
        await office.approve(payout, f"user:{browser.user}")
    assert await offered(office, browser.user) == []
    assert not await may_approve(office, payout, browser)


async def allowed(office: Office, payout: Payout, browser: Browser) -> None:
    assert await offered(office, browser.user) == [payout.number]
    assert await may_approve(office, payout, browser)
    await office.approve(payout, f"user:{browser.user}")


async def test_who_raised_the_limit_is_judged_by_the_lower_one(office: Office) -> None:
    admin, other = await office.firm.person(Role.ADMIN), await office.firm.member(Role.APPROVER)
    payout = await office.payout(ABOVE, by=f"user:{admin.user}")
    await refused_above(office, payout, admin)
    assert (await admin.post(_RULES, {"limit": "999.999.999", "days": "7"})).status_code == 303
    await refused_above(office, payout, admin)
    with pytest.raises(SecondPersonNeeded):
        await office.approve(payout, await office.key(admin.user))
    await allowed(office, payout, other)


async def test_a_limit_that_somebody_else_raised_holds_at_once(office: Office) -> None:
    admin, other = await office.firm.person(Role.ADMIN), await office.firm.member(Role.ADMIN)
    payout = await office.payout(ABOVE, by=f"user:{other.user}")
    assert (await admin.post(_RULES, {"limit": "5.000", "days": "7"})).status_code == 303
    await allowed(office, payout, other)


async def test_who_was_handed_a_way_in_and_who_did_that_are_one_pair_of_eyes(office: Office) -> None:
    admin, approver = await office.firm.person(Role.ADMIN), await office.firm.member(Role.APPROVER)
    payout = await office.payout(ABOVE, by=await office.key(admin.user))
    assert (await admin.post(f"/admin/benutzer/{approver.user}/link", {"second_factor": "1"})).status_code == 200
    await refused_above(office, payout, approver)
    third = await office.firm.member(Role.APPROVER)
    await allowed(office, payout, third)


async def let_in(office: Office, by: Browser, role: Role = Role.APPROVER) -> Browser:
    puppet = await office.firm.member(Role.VIEWER)
    assert puppet.user is not None
    async with office.ledger() as tx:
        await tx.execute("UPDATE memberships SET role = $2 WHERE user_id = $1", puppet.user, role)
        await users.note(tx, puppet.user, "member.added", actor=f"user:{by.user}", role=role.value)
    return puppet


async def work_here_for_long(office: Office, *people: Browser) -> None:
    for one in people:
        await office.firm.rows(
            """
            UPDATE memberships SET created_at = now() - interval '8 days', changed_at = now() - interval '8 days'
             WHERE user_id = $1
            """,
            one.user,
        )


async def test_where_others_approve_who_let_somebody_in_and_that_person_are_one_pair_of_eyes(office: Office) -> None:
    admin, other = await office.firm.person(Role.ADMIN), await office.firm.member(Role.APPROVER)
    await work_here_for_long(office, admin, other)
    puppet = await let_in(office, admin)
    payout = await office.payout(ABOVE, by=f"user:{admin.user}")
    await refused_above(office, payout, puppet)
    async with office.ledger() as tx:
        assert other.user is not None
        await memberships.set_disabled(tx, other.user, disabled=True, by=admin.user, actor=f"user:{admin.user}")
    await refused_above(office, payout, puppet)


async def test_the_first_whom_a_lone_admin_lets_in_is_a_second_person(office: Office) -> None:
    admin = await office.firm.person(Role.ADMIN)
    await work_here_for_long(office, admin)
    invited = await let_in(office, admin)
    await allowed(office, await office.payout(ABOVE, by=f"user:{admin.user}"), invited)


@pytest.mark.parametrize("what", ["demoted", "disabled"])
async def test_who_puts_the_other_approver_out_does_not_approve_alone_until_the_quarantine_is_over(
    office: Office, what: str
) -> None:
    admin, other = await office.firm.person(Role.ADMIN), await office.firm.member(Role.APPROVER)
    assert other.user is not None
    payout, actor = await office.payout(ABOVE, by=f"user:{admin.user}"), f"user:{admin.user}"
    async with office.ledger() as tx:
        await tx.execute("UPDATE tenants SET bank_quarantine = interval '3 days'")
        if what == "demoted":
            await memberships.change_role(tx, other.user, Role.VIEWER, by=admin.user, actor=actor)
        else:
            await memberships.set_disabled(tx, other.user, disabled=True, by=admin.user, actor=actor)
    assert (await admin.post(_RULES, {"limit": "1.000", "days": "0", "single_approver": "1"})).status_code == 303
    await refused_above(office, payout, admin)
    with pytest.raises(SecondPersonNeeded):
        await office.confirm(await office.record(by=actor), by=actor)
    async with office.ledger() as tx:
        assert await rule_changes.quarantine(tx) == timedelta(days=3)


async def test_a_shorter_quarantine_holds_once_the_one_before_has_passed(office: Office) -> None:
    await office.confirm(await office.record())
    async with office.ledger() as tx:
        await tenants.change(tx, {"bank_quarantine": timedelta(0)}, actor="user:somebody")
    changed = await office.record(OTHER_IBAN)
    assert (changed.usable_from - changed.recorded_at).days == 7
    async with office.ledger() as tx:
        await tenants.change(tx, {"bank_quarantine": timedelta(days=30)}, actor="user:somebody")
    longer = await office.record(OTHER_IBAN)
    assert (longer.usable_from - longer.recorded_at).days == 30


async def double_account(office: Office, by: str) -> tuple[PartnerId, TaskId]:
    """BERT gets the account that is ANNA's: the task that warns of it."""
    async with office.ledger() as tx:
        bert = PartnerId(UUID(str(await tx.fetchval("SELECT id FROM partners WHERE code = 'BERT'"))))
    await office.confirm(await office.record(by="key:banker"))
    await office.record(IBAN, by=by, partner=bert)
    async with office.ledger() as tx:
        task = await tx.fetchval("SELECT id FROM tasks WHERE kind = $1 AND state = 'open'", partner_accounts.IBAN_TWICE)
    return bert, TaskId(task)


async def test_who_recorded_an_account_does_not_take_its_warning_away(office: Office) -> None:
    admin, other = await office.firm.person(Role.ADMIN), await office.firm.person(Role.ADMIN)
    _, task = await double_account(office, by=f"user:{admin.user}")
    answer = {"action": "acknowledge", "reason": "Ehepaar"}
    refused = await admin.post(f"/admin/aufgaben/{task}", answer)
    assert (refused.status_code, "zweite Person" in refused.text) == (422, True)
    async with office.ledger() as tx:
        with pytest.raises(SecondPersonNeeded):
            await resolutions.resolve(tx, task, Answer.model_validate(answer), actor=await office.key(admin.user))
    assert (await other.post(f"/admin/aufgaben/{task}", answer)).status_code == 303


async def test_what_a_task_was_answered_is_kept_as_it_was_answered(office: Office) -> None:
    async with office.ledger() as tx:
        task = await tasks.ask(
            tx, tasks.NewTask(kind="x", subject="partner", subject_id="ANNA", reason=WHY, actions=("done",))
        )
        detail = {"action": "book_new", "reason": "falsch", "day": "2026-01-01"}
        answer = Answer(action="done", reason="wahr", detail=detail)
        await resolutions.resolve(tx, task, answer, actor="key:x")
        told = await tx.fetchval("SELECT resolution FROM tasks WHERE id = $1", task)
    assert told == {"action": "done", "reason": "wahr", "day": "2026-01-01"}


async def test_who_lets_somebody_in_is_the_same_pair_of_eyes_where_all_others_are_new_too(office: Office) -> None:
    admin, other = await office.firm.person(Role.ADMIN), await office.firm.member(Role.APPROVER)
    puppet = await let_in(office, admin)
    payout = await office.payout(ABOVE, by=f"user:{admin.user}")
    await refused_above(office, payout, puppet)
    await allowed(office, payout, other)


async def test_who_makes_an_approver_of_somebody_is_the_same_pair_of_eyes(office: Office) -> None:
    admin, other = await office.firm.person(Role.ADMIN), await office.firm.member(Role.APPROVER)
    puppet = await office.firm.member(Role.VIEWER)
    changed = await admin.post(f"/admin/benutzer/{puppet.user}/rolle", {"role": "approver"})
    assert changed.status_code == 303
    payout = await office.payout(ABOVE, by=f"user:{admin.user}")
    await refused_above(office, payout, puppet)
    await allowed(office, payout, other)


async def test_who_enables_an_account_again_is_the_same_pair_of_eyes(office: Office) -> None:
    admin, other = await office.firm.person(Role.ADMIN), await office.firm.member(Role.APPROVER)
    puppet = await office.firm.member(Role.APPROVER)
    assert puppet.user is not None
    await work_here_for_long(office, admin, other, puppet)
    async with office.ledger() as tx:
        for disabled in (True, False):
            await memberships.set_disabled(
                tx, puppet.user, disabled=disabled, by=admin.user, actor=f"user:{admin.user}"
            )
    payout = await office.payout(ABOVE, by=f"user:{admin.user}")
    await refused_above(office, payout, puppet)
    await allowed(office, payout, other)


async def test_the_second_whom_a_lone_admin_lets_in_is_no_second_person_yet(office: Office) -> None:
    admin = await office.firm.person(Role.ADMIN)
    first = await let_in(office, admin)
    second = await let_in(office, admin)
    payout = await office.payout(ABOVE, by=f"user:{admin.user}")
    await refused_above(office, payout, second)
    await allowed(office, payout, first)


async def test_a_quarantine_of_no_days_helps_nobody_who_puts_the_other_approver_out(office: Office) -> None:
    admin, other = await office.firm.person(Role.ADMIN), await office.firm.member(Role.ADMIN)
    assert other.user is not None
    payout, actor = await office.payout(ABOVE, by=f"user:{admin.user}"), f"user:{admin.user}"
    async with office.ledger() as tx:
        await tx.execute("UPDATE tenants SET bank_quarantine = interval '0'")
    async with office.ledger() as tx:
        await memberships.set_disabled(tx, other.user, disabled=True, by=admin.user, actor=actor)
    assert (await admin.post(_RULES, {"limit": "1.000", "days": "0", "single_approver": "1"})).status_code == 303
    await refused_above(office, payout, admin)
