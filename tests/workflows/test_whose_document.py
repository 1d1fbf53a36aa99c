"""Whose a fetched document is, which of two states of it is newer, and which of several references counts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.house import Shop, until
from tests.fixtures.notifications import (
    accepted,
    earned,
    ended,
    four_members,
    no_sale,
    open_payout,
    paid_sale,
    replay,
    states,
    tell,
    the_sale_of,
)
from tests.fixtures.sweeps import settled, silence, sweep

OTHER_ORGANIZATION = "Der Beleg gehört zu einer anderen Organisation als der verbundenen; gebucht wurde nichts."


async def misreport(shop: Shop, document: str, **shown: Any) -> None:
    """lexoffice shows something else of it from now on, and tells nobody."""
    await shop.click(document, "misreport", **shown)


async def kinds_of_tasks(shop: Shop) -> list[str]:
    return [task["kind"] for task in await shop.tasks()]


async def test_an_invoice_of_another_organisation_books_nothing_and_asks(silent_shop: Shop) -> None:
    shop = silent_shop
    invoice = await shop.write_invoice(remark="Partner: ANNA")
    await shop.click(invoice["id"], "pay")
    await misreport(shop, invoice["id"], organizationId=str(uuid4()))
    event = await tell(shop, "invoice.status.paid", invoice["id"])
    assert (event["state"], event["reason"]) == ("failed", OTHER_ORGANIZATION)
    assert await no_sale(shop)
    assert await kinds_of_tasks(shop) == ["document_of_other_organization"]
    await misreport(shop, invoice["id"], organizationId=shop.organization)
    assert (await replay(shop, event["id"]))["state"] == "processed"
    assert states(await the_sale_of(shop, invoice["id"])) == {"approved"}
    assert await shop.tasks() == []


async def test_a_correction_of_another_organisation_takes_nothing_back(silent_shop: Shop) -> None:
    shop = silent_shop
    sale, invoice = await paid_sale(shop)
    note = await shop.hook(
        "POST", "credit-notes", {"customer": "Kunde AG", "net": "400.00", "precedingSalesVoucherId": invoice}
    )
    await misreport(shop, note["id"], organizationId=str(uuid4()))
    event = await tell(shop, "credit-note.status.changed", note["id"])
    assert (event["state"], event["reason"]) == ("failed", OTHER_ORGANIZATION)
    assert earned(await shop.api("GET", f"/transactions/{sale['id']}"))["ANNA"] == 10_000
    assert await kinds_of_tasks(shop) == ["document_of_other_organization"]


async def test_a_voided_credit_note_of_another_organisation_ends_no_payout(silent_shop: Shop) -> None:
    shop = silent_shop
    payout = await open_payout(shop)
    await shop.click(payout["credit_note_id"], "void")
    await misreport(shop, payout["credit_note_id"], organizationId=str(uuid4()))
    await tell(shop, "credit-note.status.voided", payout["credit_note_id"])
    (task,) = await until(lambda: shop.tasks("document_deviates"), bool, "the question about the document")
    assert task["detail"]["differences"] == ["organization"]
    assert (await shop.api("GET", f"/payouts/{payout['number']}"))["state"] == "credit_note_open"


async def test_a_higher_version_is_newer_whatever_its_date_says(silent_shop: Shop) -> None:
    shop = silent_shop
    payout = await open_payout(shop)
    await shop.click(payout["credit_note_id"], "mark-paid")
    await misreport(shop, payout["credit_note_id"], updatedDate="2026-01-02T10:00:00.000+01:00")
    assert (await tell(shop, "credit-note.status.paid", payout["credit_note_id"]))["state"] == "processed"
    assert (await shop.payout_when(payout["number"], "paid"))["state"] == "paid"
    assert await shop.tasks() == []


async def test_a_higher_version_of_a_correction_is_newer_whatever_its_date_says(silent_shop: Shop) -> None:
    shop = silent_shop
    sale, invoice = await paid_sale(shop)
    note = await shop.hook(
        "POST", "credit-notes", {"customer": "Kunde AG", "net": "1000.00", "precedingSalesVoucherId": invoice}
    )
    await tell(shop, "credit-note.status.changed", note["id"])
    await shop.click(note["id"], "void")
    await misreport(shop, note["id"], updatedDate="2026-01-02T10:00:00.000+01:00")
    assert (await tell(shop, "credit-note.status.voided", note["id"]))["state"] == "processed"
    after = await shop.api("GET", f"/transactions/{sale['id']}")
    assert (after["state"], earned(after)["ANNA"]) == ("approved", 10_000)


async def test_what_differs_and_cannot_be_ordered_is_asked_about_and_taken_when_a_person_says_so(
    silent_shop: Shop,
) -> None:
    shop = silent_shop
    payout = await open_payout(shop)
    note = payout["credit_note_id"]
    (known,) = await shop.rows("SELECT version FROM external_documents WHERE resource_id = $1", note)
    await shop.click(note, "mark-paid")
    await misreport(shop, note, version=known["version"], updatedDate="2026-01-02T10:00:00.000+01:00")
    event = await tell(shop, "credit-note.status.paid", note)
    assert (event["state"], event["reason"]) == ("failed", "Die Buchhaltung zeigt einen älteren Stand des Belegs.")
    (task,) = await shop.tasks()
    assert (task["kind"], task["subject_id"]) == ("document_not_applied", note)
    answer = {"action": "take_as_shown", "reason": "In lexoffice ist sie bezahlt."}
    await shop.api("POST", f"/tasks/{task['id']}/resolve", answer)
    assert (await shop.payout_when(payout["number"], "paid"))["state"] == "paid"
    assert await shop.tasks() == []


async def test_a_difference_that_no_sweep_removes_becomes_a_question_at_last(silent_shop: Shop) -> None:
    shop = silent_shop
    await silence(shop)
    sale, invoice = await paid_sale(shop)
    await shop.click(invoice, "unpay")
    earlier = datetime.now(UTC) - timedelta(hours=1)
    await misreport(shop, invoice, version=1, updatedDate=earlier.isoformat(timespec="milliseconds"))
    for _ in range(4):
        assert "list_and_document_differ" not in await kinds_of_tasks(shop)
        await sweep(shop, hours_later=48)
        await settled(shop)
    await sweep(shop, hours_later=48)
    assert "list_and_document_differ" in await kinds_of_tasks(shop)
    await settled(shop)
    await misreport(shop, invoice, version=99, updatedDate=datetime.now(UTC).isoformat(timespec="milliseconds"))
    await sweep(shop, hours_later=48)
    await until(
        lambda: shop.api("GET", f"/transactions/{sale['id']}"), lambda row: row["state"] == "pending", "the sale unpaid"
    )
    await sweep(shop)
    assert await shop.tasks() == []


async def test_of_several_references_the_newest_that_agrees_with_the_document_counts(silent_shop: Shop) -> None:
    shop = silent_shop
    payout = await open_payout(shop)
    note = payout["credit_note_id"]
    await shop.click(note, "mark-paid")
    told = [
        four_members(shop, "credit-note.status.paid", note, later=-20) | {"paymentReference": "ÄLTER"},
        four_members(shop, "credit-note.status.paid", note, later=-5) | {"paymentReference": "NEUER"},
        four_members(shop, "credit-note.status.voided", note) | {"paymentReference": "FALSCH"},
        four_members(shop, "credit-note.status.paid", note, later=-60) | {"paymentReference": "ZUERST"},
    ]
    numbers = [await accepted(shop, event) for event in told]
    for number in numbers:
        await ended(shop, number)
    assert (await shop.payout_when(payout["number"], "paid"))["payment_reference"] == "NEUER"


@pytest.mark.parametrize("net", ["90.00", "110.00"])
async def test_a_credit_note_edited_in_lexoffice_bars_the_bank_file_at_once(connected_shop: Shop, net: str) -> None:
    await connected_shop.approved_sale()
    payout = await connected_shop.api("POST", "/payouts", {"partner": "ANNA"})
    await connected_shop.approve(payout)
    payout = await connected_shop.payout_when(payout["number"], "credit_note_open")
    await connected_shop.click(payout["credit_note_id"], "edit", net=net, force=True)
    (task,) = await until(lambda: connected_shop.tasks("document_deviates"), bool, "the question about the document")
    assert task["subject_id"] == payout["number"]
