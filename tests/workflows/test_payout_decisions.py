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


async def test_approving_twice_makes_one_credit_note(shop: Shop) -> None:
    payout = await requested(shop)
    answers = await asyncio.gather(*(decide(shop, payout, "approve") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]
    await shop.payout_when(payout["number"], "credit_note_open")
    assert len(await credit_notes(shop)) == 1


@pytest.mark.parametrize("kind", ["reject", "cancel"])
async def test_an_ended_payout_is_not_approved_any_more_and_its_commissions_are_free(shop: Shop, kind: str) -> None:
    payout = await requested(shop)
    assert (await decide(shop, payout, kind)).status_code == 202
    assert await shop.payout_workflow(payout["number"]).result() == {"reject": "rejected", "cancel": "cancelled"}[kind]
    late = await decide(shop, payout, "approve")
    assert (late.status_code, late.json()["code"]) == (409, "not_allowed_now")
    again = await shop.api("POST", "/payouts", {"partner": "ANNA"})
    assert again["net_cents"] == payout["net_cents"]


async def test_of_an_approval_and_a_rejection_at_once_exactly_one_is_followed(shop: Shop) -> None:
    payout = await requested(shop)
    answers = await asyncio.gather(decide(shop, payout, "approve"), decide(shop, payout, "reject"))
    won = [kind for kind, answer in zip(("approve", "reject"), answers, strict=True) if answer.status_code == 202]
    assert len(won) == 1
    state = {"approve": "credit_note_open", "reject": "rejected"}[won[0]]
    await shop.payout_when(payout["number"], state)
    assert len(await credit_notes(shop)) == (1 if won == ["approve"] else 0)


async def test_once_the_credit_note_is_there_a_cancel_is_refused_and_says_what_to_do(shop: Shop) -> None:
    payout = await with_open_credit_note(shop)
    for kind, code in (("cancel", "document_under_way"), ("reject", "not_allowed_now"), ("approve", "not_allowed_now")):
        answer = await decide(shop, payout, kind)
        assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_a_change_of_the_partner_after_the_approval_voids_it_before_anything_is_created(shop: Shop) -> None:
    """Blocked in between, so that the change comes first."""
    await shop.api("DELETE", "/providers/lexoffice/key")
    payout = await approved(shop)
    await task(shop, "connection_broken")
    await shop.api("PATCH", "/partners/ANNA", {"city": "Potsdam"})
    changed = await shop.payout_when(payout["number"], "awaiting_approval")
    assert changed["content_hash"] != payout["content_hash"]
    assert (await decide(shop, payout, "approve")).json()["code"] == "content_has_changed"
    await shop.api("PUT", "/providers/lexoffice", {"api_key": shop.api_key})
    await shop.approve(changed)
    await shop.payout_when(payout["number"], "credit_note_open")
    (note,) = await credit_notes(shop)
    assert note["address"]["city"] == "Potsdam"


async def test_a_line_that_is_refunded_before_the_approval_changes_what_is_approved(shop: Shop) -> None:
    sale = await shop.approved_sale()
    await earned(shop, 700)
    payout = await shop.api("POST", "/payouts", {"partner": "ANNA"})
    [row] = await shop.rows(
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
    assert (await shop.stripe_says("charge.refunded", charge)).status_code == 200
    left = await shop.api("GET", f"/payouts/{payout['number']}")
    assert (left["net_cents"], [line["released"] for line in left["lines"]]) == (700, [True, False])
    assert (await decide(shop, payout, "approve")).json()["code"] == "content_has_changed"
    await shop.approve(left)
    await shop.payout_when(payout["number"], "credit_note_open")


async def test_another_tenants_key_sees_and_decides_nothing(product: House, shop: Shop) -> None:
    payout = await requested(shop)
    stranger = await product.shop()
    for kind in ("approve", "reject", "cancel"):
        assert (await decide(stranger, payout, kind)).status_code == 404
    assert (await decide(shop, payout, "approve")).status_code == 202


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


async def test_a_bare_approval_is_refused_whatever_it_carries_and_the_workflow_lives_on(shop: Shop) -> None:
    payout = await requested(shop)
    await signal(shop, payout, "approve")
    for garbage in GARBAGE:
        await signal(shop, payout, "approve", garbage)
    await signal(shop, payout, "approve", {"decision": "x"}, "one argument too many")

    async def heard() -> int:
        return len(await refusals(shop))

    await until(heard, lambda found: found == len(GARBAGE) + 2, "refusals")
    assert {(one["signal"], one["sender"] != "unknown") for one in await refusals(shop)} == {("approve", True)}
    asked = await task(shop, "signal_refused")
    assert asked["reason"] == "Ein Signal ohne gültige Entscheidung wurde zurückgewiesen."
    assert (await shop.api("GET", f"/payouts/{payout['number']}"))["state"] == "awaiting_approval"
    assert await shop.rows("SELECT 1 FROM decisions") == []
    await shop.approve(payout)
    await shop.payout_when(payout["number"], "credit_note_open")


async def test_a_decision_of_another_payout_tenant_or_kind_moves_nothing(product: House, shop: Shop) -> None:
    other = await product.shop()
    await other.partners("ANNA")
    theirs = await requested(other)
    await decide(other, theirs, "approve")
    mine = await requested(shop)
    second = await requested(shop, 500)
    await decide(shop, second, "reject")

    async def decision(shop: Shop, payout: dict[str, Any]) -> dict[str, str]:
        whole = await shop.api("GET", f"/payouts/{payout['number']}")
        return {"decision": whole["decisions"][0]["id"]}

    await signal(shop, mine, "approve", await decision(other, theirs))
    await signal(shop, mine, "approve", await decision(shop, second))
    await signal(shop, mine, "reject", await decision(shop, second))
    await until(lambda: refusals(shop), lambda found: len(found) == 3, "three refusals")
    assert (await shop.api("GET", f"/payouts/{mine['number']}"))["state"] == "awaiting_approval"


async def test_a_payouts_own_approval_is_no_other_decision(shop: Shop) -> None:
    payout = await with_open_credit_note(shop)
    [approval] = (await shop.api("GET", f"/payouts/{payout['number']}"))["decisions"]
    await signal(shop, payout, "cancel", {"decision": approval["id"]})
    await until(lambda: refusals(shop), lambda found: len(found) == 1, "the refusal")
    assert (await shop.api("GET", f"/payouts/{payout['number']}"))["state"] == "credit_note_open"


async def test_bare_words_about_the_document_move_nothing_either(shop: Shop) -> None:
    payout = await with_open_credit_note(shop)
    for name in ("credit_note_paid", "credit_note_voided", "recheck"):
        for garbage in (*GARBAGE, {"event": 10**12}, {"event": -1}):
            await signal(shop, payout, name, garbage)
    handle = shop.payout_workflow(payout["number"])

    async def quiet() -> bool:
        description = await handle.describe()
        return not description.raw_description.pending_activities

    await until(quiet, bool, "nothing under way")
    look = await handle.query("status")
    assert look["state"] == "credit_note_open"
    await shop.click(payout["credit_note_id"], "mark-paid")
    await shop.payout_when(payout["number"], "paid")


async def test_a_word_about_another_document_does_not_end_its_events(shop: Shop) -> None:
    payout = await with_open_credit_note(shop)
    invoice = await shop.write_invoice()
    (event,) = await shop.events_ended(invoice["id"])
    await signal(shop, payout, "credit_note_paid", {"event": event["id"]})
    await shop.click(payout["credit_note_id"], "mark-paid")
    await shop.payout_when(payout["number"], "paid")
    (after,) = await shop.events(invoice["id"])
    assert (after["state"], after["handled_at"]) == (event["state"], event["handled_at"])


async def test_a_decision_about_an_ended_payout_is_answered_and_its_workflow_stays_ended(shop: Shop) -> None:
    payout = await requested(shop)
    await signal(shop, payout, "approve", "nobody")
    asked = await task(shop, "signal_refused")
    await decide(shop, payout, "reject")
    await shop.payout_workflow(payout["number"]).result()
    done = await shop.call("POST", f"/tasks/{asked['id']}/resolve", {"action": "done"}, key="approve")
    assert done.status_code == 202
    description = await shop.payout_workflow(payout["number"]).describe()
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
