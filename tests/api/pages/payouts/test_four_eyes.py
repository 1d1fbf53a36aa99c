"""Two people behind money: who made a payout does not approve it above the limit, nor confirm the own account entry."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest
from temporalio.testing import ActivityEnvironment

from activities.handover import HandoverActivities
from ledger.access.four_eyes import SecondPersonNeeded
from ledger.bank import partner_accounts
from ledger.payouts import approval_rule, decisions, payout_holds, payouts
from ledger.refusals import NotAllowedNow, NotFound
from ledger.roles import Role
from ledger.types import PartnerId, PayoutState
from tests.fixtures.four_eyes import ABOVE, BELOW, MAKER, OTHER_IBAN, SECOND, Office, office

__all__ = ["office"]


@pytest.mark.parametrize("maker", [MAKER, "key:planner", "key:taxes"])
async def test_no_maker_approves_above_the_limit_and_somebody_else_does(office: Office, maker: str) -> None:
    await office.confirm(await office.record(by="key:banker"))
    payout = await office.payout(ABOVE)
    with pytest.raises(SecondPersonNeeded):
        await office.approve(payout, maker)
    await office.approve(payout, SECOND)


async def test_up_to_the_limit_one_pair_of_eyes_is_enough(office: Office) -> None:
    await office.approve(await office.payout(100_000), MAKER)


async def test_the_limit_counts_what_a_partner_gets_in_30_days(office: Office, superuser: asyncpg.Connection) -> None:
    for _ in range(3):
        await office.approve(await office.payout(BELOW), MAKER)
    fourth = await office.payout(BELOW)
    with pytest.raises(SecondPersonNeeded):
        await office.approve(fourth, MAKER)
    # Another partner's payouts do not count, nor does what is longer ago.
    await office.approve(await office.payout(BELOW, code="BERT"), MAKER)
    await superuser.execute(
        "UPDATE decisions SET decided_at = decided_at - interval '31 days' WHERE tenant_id = $1", office.tenant.id
    )
    await office.approve(fourth, MAKER)


async def test_a_rejected_payout_does_not_count(office: Office) -> None:
    first = await office.payout(90_000)
    async with office.ledger() as tx:
        await decisions.reject(tx, first.number, actor=SECOND, reason="falsch")
    await office.approve(await office.payout(5_000), MAKER)


async def test_a_person_and_the_keys_it_made_are_one_pair_of_eyes(office: Office) -> None:
    admin, other = await office.firm.member(Role.ADMIN), await office.firm.member(Role.ADMIN)
    one, two, foreign = await office.key(admin.user), await office.key(admin.user), await office.key(other.user)
    payout = await office.payout(ABOVE, by=one)
    for same in (one, two, f"user:{admin.user}"):
        with pytest.raises(SecondPersonNeeded):
            await office.approve(payout, same)
    await office.approve(payout, foreign)


async def test_switched_off_a_single_approver_approves_and_the_payout_shows_it(office: Office) -> None:
    admin = await office.firm.member(Role.ADMIN)
    actor = f"user:{admin.user}"
    payout = await office.payout(ABOVE, by=actor)
    async with office.ledger() as tx:
        await tx.execute("UPDATE tenants SET single_approver = true")
        assert (await approval_rule.of_payout(tx, payout)).switched_off
    await office.approve(payout, actor)
    async with office.ledger() as tx:
        await tx.execute("UPDATE tenants SET single_approver = false")
        shown = await approval_rule.of_payout(tx, payout)
    assert (shown.switched_off, shown.above_limit, shown.counted_cents) == (True, True, ABOVE)
    assert "payout.approved_alone" in await office.firm.actions()


async def test_an_approval_that_became_void_leaves_nothing_switched_off(office: Office) -> None:
    admin = await office.firm.member(Role.ADMIN)
    actor = f"user:{admin.user}"
    payout = await office.payout(ABOVE, by=actor)
    async with office.ledger() as tx:
        await tx.execute("UPDATE tenants SET single_approver = true")
    await office.approve(payout, actor)
    async with office.ledger() as tx:
        held = await payouts.lock(tx, payout.number)
        await payouts.change_state(tx, held, PayoutState.AWAITING_APPROVAL)
    async with office.ledger() as tx:
        await tx.execute("UPDATE tenants SET single_approver = false")
    other = await office.firm.member(Role.APPROVER)
    with pytest.raises(SecondPersonNeeded):
        await office.approve(payout, actor)
    await office.approve(payout, f"user:{other.user}")
    async with office.ledger() as tx:
        assert not (await approval_rule.of_payout(tx, payout)).switched_off


async def test_with_a_second_approver_the_switch_is_without_effect(office: Office) -> None:
    admin = await office.firm.member(Role.ADMIN)
    await office.firm.member(Role.APPROVER)
    payout = await office.payout(ABOVE, by=f"user:{admin.user}")
    async with office.ledger() as tx:
        await tx.execute("UPDATE tenants SET single_approver = true")
    with pytest.raises(SecondPersonNeeded):
        await office.approve(payout, f"user:{admin.user}")


# Accounts


async def test_a_first_account_is_in_force_once_a_second_person_confirms_it(office: Office) -> None:
    payout = await office.payout(BELOW)
    account = await office.record()
    assert (account.state, await office.held(payout)) == ("pending", ["account_pending"])
    with pytest.raises(NotAllowedNow) as waiting:
        await office.approve(payout, SECOND)
    assert waiting.value.code == "account_pending"
    with pytest.raises(SecondPersonNeeded):
        await office.confirm(account, by=MAKER)
    assert (await office.confirm(account)).state == "active"
    assert await office.held(payout) == []
    await office.approve(payout, SECOND)


async def test_the_database_refuses_an_account_that_its_recorder_confirmed(office: Office) -> None:
    account = await office.record()
    with pytest.raises(asyncpg.CheckViolationError, match="confirmed_by_a_second_person"):
        async with office.ledger() as tx:
            await tx.execute("UPDATE partner_bank_details SET confirmed_by = recorded_by, confirmed_at = now()")
    with pytest.raises(asyncpg.CheckViolationError, match="an_account_in_use_was_confirmed"):
        async with office.ledger() as tx:
            await tx.execute("UPDATE partner_bank_details SET state = 'active' WHERE id = $1", account.id)


async def test_a_single_approver_confirms_the_own_entry_and_it_shows(office: Office) -> None:
    admin = await office.firm.member(Role.ADMIN)
    async with office.ledger() as tx:
        await tx.execute("UPDATE tenants SET single_approver = true")
    account = await office.record(by=f"user:{admin.user}")
    assert (await office.confirm(account, by=f"user:{admin.user}")).state == "active"
    (row,) = await office.firm.rows("SELECT confirmed_alone FROM partner_bank_details")
    assert row["confirmed_alone"] is True


async def test_a_changed_account_waits_for_its_quarantine_and_the_old_one_stays_until_then(office: Office) -> None:
    first = await office.confirm(await office.record())
    approved, fresh = await office.payout(BELOW), None
    await office.approve(approved, SECOND)
    changed = await office.record(OTHER_IBAN)
    assert (changed.usable_from - changed.recorded_at).days == 7
    fresh = await office.payout(BELOW)
    confirmed = await office.confirm(changed)
    assert confirmed.state == "pending"
    assert [await office.held(payout) for payout in (approved, fresh)] == [["account_pending"]] * 2
    async with office.ledger() as tx:
        active = await partner_accounts.bank_details_of(tx, office.anna)
        assert active is not None
        assert active.id == first.id
        await tx.execute("UPDATE partner_bank_details SET usable_from = now() WHERE id = $1", changed.id)
    await _handover(office)
    async with office.ledger() as tx:
        active = await partner_accounts.bank_details_of(tx, office.anna)
        assert active is not None
        assert active.id == changed.id
        assert await tx.fetchval("SELECT count(*) FROM payouts WHERE recheck_wanted_at IS NOT NULL") == 2
    assert [await office.held(payout) for payout in (approved, fresh)] == [[], []]


async def test_a_quarantine_that_is_over_without_a_second_person_changes_nothing(office: Office) -> None:
    await office.confirm(await office.record())
    changed = await office.record(OTHER_IBAN)
    async with office.ledger() as tx:
        await tx.execute("UPDATE partner_bank_details SET usable_from = now() - interval '1 day'")
    await _handover(office)
    async with office.ledger() as tx:
        pending = await partner_accounts.pending_of(tx, office.anna)
    assert pending is not None
    assert pending.id == changed.id


async def test_a_refused_account_leaves_the_old_one_and_frees_the_payouts(office: Office) -> None:
    first = await office.confirm(await office.record())
    payout, changed = await office.payout(BELOW), await office.record(OTHER_IBAN)
    async with office.ledger() as tx:
        refused, touched = await partner_accounts.refuse(tx, office.anna, changed.id, by=SECOND, reason="unbekannt")
    assert (refused.state, touched, await office.held(payout)) == ("refused", [payout.number], [])
    async with office.ledger() as tx:
        active = await partner_accounts.bank_details_of(tx, office.anna)
    assert active is not None
    assert active.id == first.id
    with pytest.raises(NotAllowedNow):
        await office.confirm(changed)


async def test_what_a_person_put_back_stays_put_back(office: Office) -> None:
    payout = await office.payout(BELOW)
    async with office.ledger() as tx:
        await payout_holds.put_back(tx, payout.number, actor=MAKER, reason="Rückfrage")
    account = await office.record()
    assert await office.held(payout) == ["put_back", "account_pending"]
    await office.confirm(account)
    assert await office.held(payout) == ["put_back"]


async def test_the_same_iban_on_two_partners_must_be_acknowledged(office: Office) -> None:
    await office.confirm(await office.record())
    (bert,) = await office.firm.rows("SELECT id FROM partners WHERE code = 'BERT'")
    twice = await office.record(partner=PartnerId(bert["id"]))
    with pytest.raises(NotAllowedNow) as refused:
        await office.confirm(twice)
    assert refused.value.code == partner_accounts.IBAN_TWICE
    (task,) = await office.firm.rows("SELECT kind, subject_id, detail->'partners' AS partners, actions FROM tasks")
    assert (task["subject_id"], task["partners"], task["actions"]) == (str(bert["id"]), ["ANNA"], ["acknowledge"])
    await office.firm.rows("UPDATE tasks SET state = 'resolved', resolved_at = now() RETURNING id")
    assert (await office.confirm(twice)).state == "active"


async def test_a_warning_that_the_release_before_asked_by_code_bars_and_is_answered(office: Office) -> None:
    admin = await office.firm.person(Role.ADMIN)
    await office.confirm(await office.record())
    (bert,) = await office.firm.rows("SELECT id FROM partners WHERE code = 'BERT'")
    twice = await office.record(partner=PartnerId(bert["id"]))
    (task,) = await office.firm.rows("UPDATE tasks SET subject_id = 'BERT' RETURNING id")
    with pytest.raises(NotAllowedNow, match=partner_accounts.IBAN_TWICE):
        await office.confirm(twice)
    assert f"/admin/aufgaben/{task['id']}" in (await admin.get("/admin/partner/BERT")).text
    assert "Diese IBAN gehört auch zu: ANNA." in (await admin.get("/admin/bankverbindungen")).text
    answer = {"action": "acknowledge", "reason": "Ehepaar"}
    assert (await admin.post(f"/admin/aufgaben/{task['id']}", answer)).status_code == 303
    assert (await office.confirm(twice)).state == "active"


async def test_what_the_release_before_asked_by_code_ends_with_the_account_that_it_was_about(office: Office) -> None:
    await office.confirm(await office.record())
    (bert,) = await office.firm.rows("SELECT id FROM partners WHERE code = 'BERT'")
    await office.record(partner=PartnerId(bert["id"]))
    await office.firm.rows("UPDATE tasks SET subject_id = 'BERT' RETURNING id")
    await office.record(OTHER_IBAN, partner=PartnerId(bert["id"]))
    assert not await office.firm.rows("SELECT 1 FROM tasks WHERE state = 'open'")


async def test_another_partners_account_is_not_found(office: Office) -> None:
    account = await office.record()
    (bert,) = await office.firm.rows("SELECT id FROM partners WHERE code = 'BERT'")
    async with office.ledger() as tx:
        with pytest.raises(NotFound, match="partner_account_not_found"):
            await partner_accounts.confirm(tx, PartnerId(UUID(str(bert["id"]))), account.id, by=SECOND)


async def _handover(office: Office) -> None:
    """As the schedule does it each 30 s."""
    nobody: Any = None
    hands = HandoverActivities(
        office.firm.parts.ledger, nobody, older_than=nobody, pace=nobody, schedules=nobody, around=nobody
    )
    await ActivityEnvironment().run(hands._activate_accounts)
