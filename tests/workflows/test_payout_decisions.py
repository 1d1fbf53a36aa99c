"""Decisions about a running payout: what a person decided is followed, what nobody decided is refused."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from tests.fixtures.desk import approved, credit_notes, decide, earned, requested, task, with_open_credit_note
from tests.fixtures.house import House, Shop, until
from tests.fixtures.products import OwnProduct

# By people


async def test_approving_twice_makes_one_credit_note(connected_shop: Shop) -> None:
    payout = await requested(connected_shop)
    answers = await asyncio.gather(*(decide(connected_shop, payout, "approve") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]
    await connected_shop.payout_when(payout["number"], "credit_note_open")
    assert len(await credit_notes(connected_shop)) == 1


@pytest.mark.parametrize("kind", ["reject", "cancel"])
async def test_an_ended_payout_is_not_approved_any_more_and_its_commissions_are_free(
    connected_shop: Shop, kind: str
) -> None:
    payout = await requested(connected_shop)
    assert (await decide(connected_shop, payout, kind)).status_code == 202
    assert (
        await connected_shop.payout_workflow(payout["number"]).result()
        == {"reject": "rejected", "cancel": "cancelled"}[kind]
    )
    late = await decide(connected_shop, payout, "approve")
    assert (late.status_code, late.json()["code"]) == (409, "not_allowed_now")
    again = await connected_shop.api("POST", "/payouts", {"partner": "ANNA"})
    assert again["net_cents"] == payout["net_cents"]


async def test_of_an_approval_and_a_rejection_at_once_exactly_one_is_followed(connected_shop: Shop) -> None:
    payout = await requested(connected_shop)
    answers = await asyncio.gather(decide(connected_shop, payout, "approve"), decide(connected_shop, payout, "reject"))
    won = [kind for kind, answer in zip(("approve", "reject"), answers, strict=True) if answer.status_code == 202]
    assert len(won) == 1
    state = {"approve": "credit_note_open", "reject": "rejected"}[won[0]]
    await connected_shop.payout_when(payout["number"], state)
    assert len(await credit_notes(connected_shop)) == (1 if won == ["approve"] else 0)


async def test_once_the_credit_note_is_there_a_cancel_is_refused_and_says_what_to_do(connected_shop: Shop) -> None:
    payout = await with_open_credit_note(connected_shop)
    for kind, code in (("cancel", "document_under_way"), ("reject", "not_allowed_now"), ("approve", "not_allowed_now")):
        answer = await decide(connected_shop, payout, kind)
        assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_a_change_of_the_partner_after_the_approval_voids_it_before_anything_is_created(
    connected_shop: Shop,
) -> None:
    """Blocked in between, so that the change comes first."""
    await connected_shop.api("DELETE", "/providers/lexoffice/key")
    payout = await approved(connected_shop)
    await task(connected_shop, "connection_broken")
    await connected_shop.api("PATCH", "/partners/ANNA", {"city": "Potsdam"})
    changed = await connected_shop.payout_when(payout["number"], "awaiting_approval")
    assert changed["content_hash"] != payout["content_hash"]
    assert (await decide(connected_shop, payout, "approve")).json()["code"] == "content_has_changed"
    await connected_shop.api("PUT", "/providers/lexoffice", {"api_key": connected_shop.api_key})
    await connected_shop.approve(changed)
    await connected_shop.payout_when(payout["number"], "credit_note_open")
    (note,) = await credit_notes(connected_shop)
    assert note["address"]["city"] == "Potsdam"


async def test_a_line_that_is_refunded_before_the_approval_changes_what_is_approved(connected_shop: Shop) -> None:
    sale = await connected_shop.approved_sale()
    await earned(connected_shop, 700)
    payout = await connected_shop.api("POST", "/payouts", {"partner": "ANNA"})
    [row] = await connected_shop.rows(
        "SELECT payment_intent, gross_cents FROM transactions WHERE id = $1::text::uuid", sale["id"]
    )
    charge = {
        "id": "ch_1",
        "payment_intent": row["payment_intent"],
        "amount": row["gross_cents"],
        "amount_refunded": row["gross_cents"],
        "refunded": True,
        "currency": "eur",
        "created": 1_790_000_000,
    }
    assert (await connected_shop.stripe_says("charge.refunded", charge)).status_code == 200
    left = await connected_shop.api("GET", f"/payouts/{payout['number']}")
    assert (left["net_cents"], [line["released"] for line in left["lines"]]) == (700, [True, False])
    assert (await decide(connected_shop, payout, "approve")).json()["code"] == "content_has_changed"
    await connected_shop.approve(left)
    await connected_shop.payout_when(payout["number"], "credit_note_open")


async def test_another_tenants_key_sees_and_decides_nothing(product: House, connected_shop: Shop) -> None:
    payout = await requested(connected_shop)
    stranger = await product.shop()
    for kind in ("approve", "reject", "cancel"):
        assert (await decide(stranger, payout, kind)).status_code == 404
    assert (await decide(connected_shop, payout, "approve")).status_code == 202


# By nobody: signals without a decision


async def signal(shop: Shop, payout: dict[str, Any], name: str, *args: Any) -> None:
    """As the Temporal UI or CLI would send it."""
    await shop.payout_workflow(payout["number"]).signal(name, args=args)


async def refusals(shop: Shop) -> list[dict[str, Any]]:
    rows = await shop.rows("SELECT detail FROM audit_entries WHERE action = 'payout.signal_refused' ORDER BY seq")
    return [row["detail"] for row in rows]


GARBAGE: Sequence[Any] = (
    None,
    "",
    "approve",
    17,
    -1.5,
    True,
    [],
    [[[[]]]],
    {},
    {"decision": None},
    {"decision": 5},
    {"decision": "no uuid"},
    {"decision": "x" * 36},
    {"decision": "12345678-1234-5678-1234-567812345678"},
    {"decision": {"decision": "x"}},
    {"event": 10**30},
    "ü" * 100_000,
)


async def test_a_bare_approval_is_refused_whatever_it_carries_and_the_workflow_lives_on(connected_shop: Shop) -> None:
    payout = await requested(connected_shop)
    await signal(connected_shop, payout, "approve")
    for garbage in GARBAGE:
        await signal(connected_shop, payout, "approve", garbage)
    await signal(connected_shop, payout, "approve", {"decision": "x"}, "one argument too many")

    async def heard() -> int:
        return len(await refusals(connected_shop))

    await until(heard, lambda found: found == len(GARBAGE) + 2, "refusals")
    assert {(one["signal"], one["sender"] != "unknown") for one in await refusals(connected_shop)} == {
        ("approve", True)
    }
    asked = await task(connected_shop, "signal_refused")
    assert asked["reason"] == "Ein Signal ohne gültige Entscheidung wurde zurückgewiesen."
    assert (await connected_shop.api("GET", f"/payouts/{payout['number']}"))["state"] == "awaiting_approval"
    assert await connected_shop.rows("SELECT 1 FROM decisions") == []
    await connected_shop.approve(payout)
    await connected_shop.payout_when(payout["number"], "credit_note_open")


async def test_a_decision_of_another_payout_tenant_or_kind_moves_nothing(product: House, connected_shop: Shop) -> None:
    other = await product.shop()
    await other.partners("ANNA")
    theirs = await requested(other)
    await decide(other, theirs, "approve")
    mine = await requested(connected_shop)
    second = await requested(connected_shop, 500)
    await decide(connected_shop, second, "reject")

    async def decision(shop: Shop, payout: dict[str, Any]) -> dict[str, str]:
        whole = await shop.api("GET", f"/payouts/{payout['number']}")
        return {"decision": whole["decisions"][0]["id"]}

    await signal(connected_shop, mine, "approve", await decision(other, theirs))
    await signal(connected_shop, mine, "approve", await decision(connected_shop, second))
    await signal(connected_shop, mine, "reject", await decision(connected_shop, second))
    await until(lambda: refusals(connected_shop), lambda found: len(found) == 3, "three refusals")
    assert (await connected_shop.api("GET", f"/payouts/{mine['number']}"))["state"] == "awaiting_approval"


async def test_a_payouts_own_approval_is_no_other_decision(connected_shop: Shop) -> None:
    payout = await with_open_credit_note(connected_shop)
    [approval] = (await connected_shop.api("GET", f"/payouts/{payout['number']}"))["decisions"]
    await signal(connected_shop, payout, "cancel", {"decision": approval["id"]})
    await until(lambda: refusals(connected_shop), lambda found: len(found) == 1, "the refusal")
    assert (await connected_shop.api("GET", f"/payouts/{payout['number']}"))["state"] == "credit_note_open"


async def test_bare_words_about_the_document_move_nothing_either(connected_shop: Shop) -> None:
    payout = await with_open_credit_note(connected_shop)
    for name in ("credit_note_paid", "credit_note_voided", "recheck"):
        for garbage in (*GARBAGE, {"event": 10**12}, {"event": -1}):
            await signal(connected_shop, payout, name, garbage)
    handle = connected_shop.payout_workflow(payout["number"])

    async def quiet() -> bool:
        description = await handle.describe()
        return not description.raw_description.pending_activities

    await until(quiet, bool, "nothing under way")
    look = await handle.query("status")
    assert look["state"] == "credit_note_open"
    await connected_shop.click(payout["credit_note_id"], "mark-paid")
    await connected_shop.payout_when(payout["number"], "paid")


async def test_a_word_about_another_document_does_not_end_its_events(connected_shop: Shop) -> None:
    payout = await with_open_credit_note(connected_shop)
    invoice = await connected_shop.write_invoice()
    (event,) = await connected_shop.events_ended(invoice["id"])
    await signal(connected_shop, payout, "credit_note_paid", {"event": event["id"]})
    await connected_shop.click(payout["credit_note_id"], "mark-paid")
    await connected_shop.payout_when(payout["number"], "paid")
    (after,) = await connected_shop.events(invoice["id"])
    assert (after["state"], after["handled_at"]) == (event["state"], event["handled_at"])


async def test_a_decision_about_an_ended_payout_is_answered_and_its_workflow_stays_ended(connected_shop: Shop) -> None:
    payout = await requested(connected_shop)
    await signal(connected_shop, payout, "approve", "nobody")
    asked = await task(connected_shop, "signal_refused")
    await decide(connected_shop, payout, "reject")
    await connected_shop.payout_workflow(payout["number"]).result()
    done = await connected_shop.call("POST", f"/tasks/{asked['id']}/resolve", {"action": "done"}, key="approve")
    assert done.status_code == 202
    description = await connected_shop.payout_workflow(payout["number"]).describe()
    assert description.status is WorkflowExecutionStatus.COMPLETED


# script/dev: whoever signals the engine is believed


@pytest.fixture
async def operator(impatient: OwnProduct) -> Client:
    """A client with the name of a person, as the CLI has one."""
    return await Client.connect(impatient.engine.addresses.address, identity="chris@laptop")


async def test_a_trusted_bare_approval_works_and_the_row_names_its_sender(hasty_shop: Shop, operator: Client) -> None:
    payout = await requested(hasty_shop)
    handle = operator.get_workflow_handle(hasty_shop.payout_workflow(payout["number"]).id)
    await handle.signal("approve")
    opened = await hasty_shop.payout_when(payout["number"], "credit_note_open")
    (decision,) = opened["decisions"]
    assert (decision["kind"], decision["decided_by"]) == ("approve", "engine:chris@laptop")
    await handle.signal("reject")
    refused = await task(hasty_shop, "signal_refused")
    assert refused["reason"] == "Die Gutschrift ist bereits angelegt."
    await handle.signal("resolve")
    await until(lambda: refusals(hasty_shop), lambda found: len(found) == 2, "two refusals")
    assert len((await hasty_shop.api("GET", f"/payouts/{payout['number']}"))["decisions"]) == 1


async def test_a_trusted_approval_and_cancel_in_one_breath_end_in_a_cancelled_payout(
    hasty_shop: Shop, operator: Client
) -> None:
    payout = await requested(hasty_shop)
    handle = operator.get_workflow_handle(hasty_shop.payout_workflow(payout["number"]).id)
    await asyncio.gather(handle.signal("approve"), handle.signal("cancel"))
    ended = await until(
        lambda: hasty_shop.api("GET", f"/payouts/{payout['number']}"),
        lambda found: found["state"] in ("cancelled", "credit_note_open"),
        "an end",
    )
    assert len(await credit_notes(hasty_shop)) == (1 if ended["state"] == "credit_note_open" else 0)


async def test_even_a_trusted_signal_with_a_decision_that_does_not_exist_is_refused(
    hasty_shop: Shop, operator: Client
) -> None:
    payout = await requested(hasty_shop)
    handle = operator.get_workflow_handle(hasty_shop.payout_workflow(payout["number"]).id)
    await handle.signal("approve", {"decision": str(uuid4())})
    (refused,) = await until(lambda: refusals(hasty_shop), bool, "a refusal")
    assert refused == {"signal": "approve", "sender": "chris@laptop"}


def test_the_garbage_is_json() -> None:
    json.dumps(list(GARBAGE))
