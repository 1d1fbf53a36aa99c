"""A partner without bank details in force, by the JSON API: what is due waits, or is transferred by hand."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger import clock
from ledger.payouts import payout_runs
from tests.fixtures.door import Door
from tests.fixtures.unapproved_payouts import a_partner_with_all_facts, an_approved_commission

_BANK = {"account_holder": "Anna Beispiel", "iban": "DE02120300000000202051"}
_UNKNOWN, _UNCONFIRMED = "no_bank_details", "bank_details_not_confirmed"


async def _set(door: Door, rule: str) -> None:
    assert (await door.api("PATCH", "tenant", {"without_bank_details": rule})).status_code == 200


@pytest.fixture
async def owing(connected: Door) -> Door:
    """10,00 are due to ANNA, of whom no bank details are known; the rule is that of a new tenant."""
    assert (await connected.api("GET", "tenant")).json()["without_bank_details"] == "hold"
    await a_partner_with_all_facts(connected)
    await _set(connected, "hold")
    await an_approved_commission(connected)
    return connected


async def _record(door: Door) -> dict[str, Any]:
    account: dict[str, Any] = (await door.api("PUT", "partners/ANNA/bank-details", _BANK)).json()
    return account


async def _confirm(door: Door, account: dict[str, Any]) -> None:
    await door.api("POST", "partners/ANNA/bank-details/confirm", {"account": account["id"]})


async def _request(door: Door) -> tuple[int, str]:
    answer = await door.api("POST", "payouts", {"partner": "ANNA"})
    return answer.status_code, answer.json().get("code", "")


async def _rows_of_run(door: Door, *, rehearsal: bool) -> list[tuple[str | None, int]]:
    """(reason, net cents) of each row of a run up to today."""
    run = uuid4()
    cut_off = payout_runs.cut_off_of(clock.today() + timedelta(days=1))
    async with door.parts.ledger.transaction(door.tenant) as tx:
        await payout_runs.begin(tx, run, cut_off=cut_off, rehearsal=rehearsal, requested_by="key:test")
        partners = await payout_runs.list_remaining_partners(tx, run, after=None, limit=10)
    await payout_runs.take(door.parts.ledger, door.tenant, run, partners)
    return await _shown_rows(door, run)


async def _shown_rows(door: Door, run: UUID) -> list[tuple[str | None, int]]:
    rows = (await door.api("GET", f"payout-runs/{run}/rows")).json()["items"]
    return [(row["reason"], row["net_cents"]) for row in rows]


async def test_what_is_due_waits_for_bank_details_and_is_paid_once_they_are_in_force(owing: Door) -> None:
    for reason in (_UNKNOWN, _UNCONFIRMED):
        found = (await owing.api("GET", "partners/ANNA/due")).json()
        assert [(one["reason"], one["cents"], one["lines"]) for one in found["waiting"]] == [(reason, 1_000, 1)]
        assert found["groups"][0]["carried"]["reason"] == reason
        assert await _request(owing) == (409, reason)
        account = await _record(owing)
    await _confirm(owing, account)
    assert (await owing.api("GET", "partners/ANNA/due")).json()["waiting"] == []
    assert (await _request(owing))[0] == 201


@pytest.mark.parametrize("rehearsal", [True, False])
async def test_a_run_and_its_rehearsal_say_who_gets_nothing_for_want_of_bank_details(
    owing: Door, rehearsal: bool
) -> None:
    assert await _rows_of_run(owing, rehearsal=rehearsal) == [(_UNKNOWN, 1_000)]
    assert (await owing.api("GET", "payouts")).json()["items"] == []


async def test_what_waits_for_another_reason_says_that_one(owing: Door) -> None:
    await owing.api("PATCH", "tenant", {"minimum_payout_cents": 5_000})
    assert (await _request(owing))[1] == "nothing_due"
    assert await _rows_of_run(owing, rehearsal=True) == [("below_minimum", 1_000)]


async def test_a_tenant_that_transfers_by_hand_confirms_it_with_each_approval(owing: Door) -> None:
    await _set(owing, "by_hand")
    payout = (await owing.api("POST", "payouts", {"partner": "ANNA"})).json()
    assert payout["has_account"] is False
    approve, approval = f"payouts/{payout['number']}/approve", {"content_hash": payout["content_hash"]}
    refused = await owing.api("POST", approve, approval)
    assert (refused.status_code, refused.json()["code"]) == (409, "transfer_by_hand_not_confirmed")
    approved = await owing.api("POST", approve, approval | {"by_hand": True})
    assert (approved.status_code, approved.json()["state"]) == (202, "approved")
    assert [decision["detail"] for decision in approved.json()["decisions"]] == [{"by_hand": True}]


async def test_a_payout_from_before_the_rule_goes_on_and_its_approval_asks(owing: Door) -> None:
    await _set(owing, "by_hand")
    payout = (await owing.api("POST", "payouts", {"partner": "ANNA"})).json()
    await _set(owing, "hold")
    approve, approval = f"payouts/{payout['number']}/approve", {"content_hash": payout["content_hash"]}
    assert (await owing.api("POST", approve, approval)).json()["code"] == "transfer_by_hand_not_confirmed"
    assert (await owing.api("POST", approve, approval | {"by_hand": True})).status_code == 202


async def test_with_bank_details_in_force_nothing_is_confirmed_by_hand(owing: Door) -> None:
    await _confirm(owing, await _record(owing))
    payout = (await owing.api("POST", "payouts", {"partner": "ANNA"})).json()
    assert payout["has_account"] is True
    approval = {"content_hash": payout["content_hash"], "by_hand": True}
    approved = (await owing.api("POST", f"payouts/{payout['number']}/approve", approval)).json()
    assert (approved["state"], [decision["detail"] for decision in approved["decisions"]]) == ("approved", [{}])


async def test_another_rule_than_the_two_is_refused(connected: Door) -> None:
    assert (await connected.api("PATCH", "tenant", {"without_bank_details": "ignore"})).status_code == 422
