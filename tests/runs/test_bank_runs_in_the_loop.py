"""From the bank file to the paid payout, and what a voided credit note means, through the running product."""

from typing import Any

import pytest

from tests.fixtures.house import Shop, until


async def _account(shop: Shop) -> None:
    made = await shop.api("POST", "/bank-accounts", {"account_holder": "Muster GmbH", "iban": "DE89370400440532013000"})
    await shop.api("POST", f"/bank-accounts/{made['id']}/confirm", key="approve")


async def _drafted(shop: Shop, payout: dict[str, Any]) -> dict[str, Any]:
    await _account(shop)

    async def draft() -> dict[str, Any] | None:
        answer = await shop.call("POST", "/bank-runs", {"payouts": [payout["number"]]})
        drafted: dict[str, Any] | None = answer.json() if answer.is_success else None
        return drafted

    run = await until(draft, bool, "the credit note is read back")
    assert run is not None
    return run


async def _exported(shop: Shop, payout: dict[str, Any]) -> str:
    """The file, as it is downloaded."""
    run = await _drafted(shop, payout)
    await shop.api("POST", f"/bank-runs/{run['number']}/approve", {"content_hash": run["content_hash"]}, key="approve")
    answer = await shop.call("POST", f"/bank-runs/{run['number']}/file")
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_paid_after_the_export_it_has_the_end_to_end_id_as_reference(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    file = await _exported(connected_shop, payout)
    assert f"<EndToEndId>{payout['number']}</EndToEndId>" in file
    await connected_shop.click(payout["credit_note_id"], "pay")
    paid = await connected_shop.payout_when(payout["number"], "paid")
    assert paid["payment_reference"] == payout["number"]
    assert paid["paid_on"] is not None


async def test_paid_without_a_bank_file_it_has_the_documents_number(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    await connected_shop.click(payout["credit_note_id"], "pay")
    paid = await connected_shop.payout_when(payout["number"], "paid")
    assert paid["payment_reference"] == paid["credit_note_number"]


async def test_voided_after_the_export_it_is_returned_and_a_person_is_asked(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    await _exported(connected_shop, payout)
    await connected_shop.click(payout["credit_note_id"], "void")
    await connected_shop.payout_when(payout["number"], "returned")
    [task] = await connected_shop.tasks("returned")
    assert task["reason"] == "Der Beleg wurde aufgehoben. Wurde Geld überwiesen?"
    held = await connected_shop.rows("SELECT 1 FROM payout_lines WHERE released_at IS NULL")
    assert held, "nothing is freed before somebody has answered"


async def test_voided_before_the_export_it_is_cancelled(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    await _drafted(connected_shop, payout)
    await connected_shop.click(payout["credit_note_id"], "void")
    await connected_shop.payout_when(payout["number"], "cancelled")
    assert await connected_shop.tasks("returned") == []


@pytest.mark.parametrize("net", ["90.00", "110.00"])
async def test_an_approved_run_gives_no_file_once_a_credit_note_in_it_was_edited(
    connected_shop: Shop, net: str
) -> None:
    """Nobody sweeps here: what tells of it is the notification of the edit itself."""
    payout = await connected_shop.open_payout()
    run = await _drafted(connected_shop, payout)
    approval = {"content_hash": run["content_hash"]}
    await connected_shop.api("POST", f"/bank-runs/{run['number']}/approve", approval, key="approve")
    before = {event["id"] for event in await connected_shop.events(payout["credit_note_id"])}
    await connected_shop.click(payout["credit_note_id"], "edit", net=net, force=True)
    await until(lambda: connected_shop.tasks("document_deviates"), bool, "the question about the document")
    told = await connected_shop.events(payout["credit_note_id"])
    assert {event["event_type"] for event in told if event["id"] not in before} == {"credit-note.changed"}
    refused = await connected_shop.call("POST", f"/bank-runs/{run['number']}/file")
    assert (refused.status_code, refused.json()["code"]) == (409, "bank_run_draft"), "its approval is void"
    run = await connected_shop.api("GET", f"/bank-runs/{run['number']}")
    approval = {"content_hash": run["content_hash"]}
    again = await connected_shop.call("POST", f"/bank-runs/{run['number']}/approve", approval, key="approve")
    assert again.is_client_error, again.text
    assert (await connected_shop.api("GET", "/bank-runs/candidates"))["payable"] == []
    assert (await connected_shop.api("GET", f"/payouts/{payout['number']}"))["state"] == "credit_note_open"


async def test_an_open_invoice_edited_in_lexoffice_changes_its_commissions_at_once(connected_shop: Shop) -> None:
    intent = await connected_shop.sale()
    invoice = await connected_shop.write_invoice(remark=f"Bestellung: {intent}")
    sale = await connected_shop.transaction(intent, lambda sale: not sale["provisional"])
    await connected_shop.click(invoice["id"], "edit", net="500.00", force=True)
    changed = await connected_shop.transaction(intent, lambda seen: seen["base_cents"] != sale["base_cents"])
    assert (changed["base_cents"], changed["state"]) == (50_000, "pending")
    [last, *_] = sorted(await connected_shop.events_ended(invoice["id"]), key=lambda event: -event["id"])
    assert (last["event_type"], last["state"]) == ("invoice.changed", "processed")
