"""What notifications never told, the sweep finds; and it is cheap where there is nothing to find."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from ledger.booking import invoices
from ledger.booking.invoice_facts import InvoiceFacts
from ledger.documents.seen_credit_notes import Seen
from ledger.inbox import sweep_findings, sweeps
from ledger.inbox.sweep_findings import Held, Listed
from ledger.programme import campaigns, plans
from ledger.programme.calculation import Rate
from ledger.programme.plans import NewPlan
from ledger.types import BERLIN, DocumentKind
from tests.fixtures.house import Shop, until
from tests.fixtures.planted_differences import checks
from tests.fixtures.sweeps import settled, silence, sweep


async def test_a_payment_that_nobody_told_of_is_found(connected_shop: Shop) -> None:
    payment_intent = await connected_shop.sale()
    invoice = await connected_shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await connected_shop.events_ended(invoice["id"])
    await silence(connected_shop)
    await connected_shop.click(invoice["id"], "pay")
    assert await sweep(connected_shop) == 1
    sale = await connected_shop.transaction(payment_intent, lambda sale: sale["state"] == "approved")
    assert sale["invoice_number"] == invoice["voucherNumber"]


async def test_an_unknown_paid_invoice_is_found_and_what_is_open_costs_nothing(connected_shop: Shop) -> None:
    await silence(connected_shop)
    payment_intent = await connected_shop.sale()
    paid = await connected_shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await connected_shop.click(paid["id"], "pay")
    await connected_shop.write_invoice()
    await connected_shop.write_invoice(finalize=False)
    await connected_shop.hook("POST", "credit-notes", {"customer": "Kunde AG", "net": "10.00"})
    assert await sweep(connected_shop) == 1
    await connected_shop.transaction(payment_intent, lambda sale: sale["state"] == "approved")


async def test_one_document_with_a_mistyped_year_hides_no_other(connected_shop: Shop) -> None:
    await silence(connected_shop)
    payment_intent = await connected_shop.sale()
    invoice = await connected_shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await connected_shop.click(invoice["id"], "pay")
    await connected_shop.write_invoice(finalize=False, voucherDate="2206-11-28")
    assert await sweep(connected_shop) == 1
    await connected_shop.transaction(payment_intent, lambda sale: sale["state"] == "approved")


async def test_a_credit_note_marked_paid_in_silence_pays_its_payout(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    await settled(connected_shop)
    await silence(connected_shop)
    await connected_shop.click(payout["credit_note_id"], "mark-paid")
    assert await sweep(connected_shop) == 1
    await connected_shop.payout_when(payout["number"], "paid")
    [event] = [
        row
        for row in await connected_shop.events(payout["credit_note_id"])
        if row["event_type"] == "credit-note.changed"
    ]
    assert event["state"] == "processed"


async def test_a_part_payment_in_silence_is_seen_by_the_open_amount(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    await silence(connected_shop)
    await connected_shop.click(payout["credit_note_id"], "pay", amount="19.00")
    assert await sweep(connected_shop) == 1

    async def open_cents() -> int:
        found: int = (await connected_shop.api("GET", f"/payouts/{payout['number']}"))["credit_note_open_cents"]
        return found

    await until(open_cents, lambda cents: cents == payout["gross_cents"] - 1900, "the open amount")
    assert await sweep(connected_shop) == 0


async def test_a_pass_over_one_page_with_nothing_new_is_one_call_and_starts_nothing(connected_shop: Shop) -> None:
    await connected_shop.open_payout()
    await connected_shop.write_invoice()
    await settled(connected_shop)
    await sweep(connected_shop)
    await connected_shop.forget_calls()
    events = await connected_shop.events()
    assert await sweep(connected_shop) == 0
    assert await connected_shop.calls() == {"GET /v1/voucherlist": 1}
    assert await connected_shop.events() == events


async def test_the_hourly_pass_costs_one_more_list_per_awaited_kind_and_the_list_of_subscriptions(
    connected_shop: Shop,
) -> None:
    await connected_shop.open_payout()  # its credit note is awaited; no invoice is
    await settled(connected_shop)
    await sweep(connected_shop, open_ones=True)
    await connected_shop.forget_calls()
    assert await sweep(connected_shop, open_ones=True) == 0
    assert await connected_shop.calls() == {"GET /v1/voucherlist": 2, "GET /v1/event-subscriptions": 1}


@pytest.mark.parametrize("shown_as", ["sepadebit", "transferred"])
async def test_an_open_document_that_the_list_names_otherwise_is_open(connected_shop: Shop, shown_as: str) -> None:
    await connected_shop.open_payout()
    payment_intent = await connected_shop.sale()
    invoice = await connected_shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await connected_shop.events_ended(invoice["id"])
    await settled(connected_shop)
    await connected_shop.office(
        "PATCH", f"/sandbox/organizations/{connected_shop.organization}", {"openListedAs": shown_as}
    )
    assert await sweep(connected_shop, open_ones=True) == 0
    assert await checks(connected_shop) == []


async def test_a_list_of_several_pages_is_compared_whole(connected_shop: Shop) -> None:
    await silence(connected_shop)
    payment_intent = await connected_shop.sale()
    oldest = await connected_shop.write_invoice(remark=f"Bestellung: {payment_intent}", voucherDate="2026-02-02")
    for _ in range(251):
        await connected_shop.write_invoice("1.00", finalize=False)
    await connected_shop.click(oldest["id"], "pay")
    await connected_shop.forget_calls()
    assert await sweep(connected_shop) == 1
    assert (await connected_shop.calls())["GET /v1/voucherlist"] == 2
    await connected_shop.transaction(payment_intent, lambda sale: sale["state"] == "approved")


async def test_what_could_not_be_handled_is_handed_over_again_ever_more_rarely(connected_shop: Shop) -> None:
    await silence(connected_shop)
    invoice = await connected_shop.write_invoice()
    await connected_shop.click(invoice["id"], "pay")
    await connected_shop.hook("POST", "faults", {"kind": "forbidden_403", "path": "/v1/(invoices|payments)"})
    assert await sweep(connected_shop) == 1
    [event] = await connected_shop.events_ended(invoice["id"])
    assert event["state"] == "skipped"
    assert await sweep(connected_shop, hours_later=0.9) == 0
    assert await sweep(connected_shop, hours_later=0.2) == 1, "an hour later it is tried again"
    await connected_shop.events_ended(invoice["id"])
    assert await sweep(connected_shop, hours_later=1.9) == 0, "then after two hours"
    await connected_shop.hook("DELETE", "faults")
    assert await sweep(connected_shop, hours_later=0.2) == 1
    [event] = await connected_shop.events_ended(invoice["id"])
    assert event["state"] not in ("skipped", "failed")


async def test_a_deleted_document_counts_as_deleted_only_after_two_sweeps(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    await silence(connected_shop)
    await connected_shop.click(payout["credit_note_id"], "reopen")
    await connected_shop.click(payout["credit_note_id"], "delete")
    assert await sweep(connected_shop, open_ones=True) == 1
    await connected_shop.events_ended(payout["credit_note_id"])
    assert (await connected_shop.api("GET", f"/payouts/{payout['number']}"))["state"] == "credit_note_open"
    assert await sweep(connected_shop) == 0
    assert await sweep(connected_shop, open_ones=True) == 1
    await connected_shop.payout_when(payout["number"], "cancelled")


async def test_a_tenant_without_a_key_is_swept_without_a_call(product: object, connected_shop: Shop) -> None:
    await connected_shop.call("DELETE", "/providers/lexoffice/key")
    handle = await connected_shop.house.engine.start_workflow(
        "SweepWorkflow",
        {"tenant": connected_shop.tenant},
        id=f"sweep/{connected_shop.tenant.slug}-by-hand",
        task_queue="payouts",
    )
    assert await handle.result() == "not connected"
    assert await connected_shop.calls() == {}


async def test_a_pass_after_a_long_pause_goes_back_to_where_the_last_one_ended(connected_shop: Shop) -> None:
    async with connected_shop.house.ledger.transaction(connected_shop.tenant) as tx:
        state = await sweeps.get_state(tx)
    assert sweeps.since_when(state) == (state.now - timedelta(days=1)).astimezone(BERLIN).date()
    long_ago = state.model_copy(update={"swept_until": state.now - timedelta(days=9)})
    assert sweeps.since_when(long_ago) == (state.now - timedelta(days=10)).astimezone(BERLIN).date()


@pytest.mark.parametrize(
    ("row", "known", "found"),
    [
        ({"status": "open"}, {"status": "open"}, None),
        ({"status": "open", "open_cents": 11_900}, {"status": "open"}, None),
        ({"status": "open", "open_cents": 1_900}, {"status": "open"}, "payment.changed"),
        ({"status": "open", "open_cents": 1_900}, {"status": "open", "open_cents": 1_900}, None),
        ({"status": "voided", "open_cents": 0}, {"status": "voided", "open_cents": 11_900}, None),
        ({"status": "paid"}, {"status": "open"}, "invoice.changed"),
        ({"status": "draft"}, {"status": "open"}, "invoice.changed"),
        ({"status": "open"}, {"status": None}, None),
        ({"status": "paid"}, {"status": None}, "invoice.changed"),
        ({"status": "paid"}, None, "invoice.changed"),
        ({"status": "open"}, None, None),
        ({"status": "voided"}, None, None),
    ],
)
def test_rows_are_compared_by_status_and_open_amount(
    row: dict[str, object], known: dict[str, object] | None, found: str | None
) -> None:
    listed = Listed.model_validate(
        {
            "kind": DocumentKind.INVOICE,
            "resource_id": uuid4(),
            "open_cents": None,
            "voucher_date": None,
            "updated_at": None,
        }
        | row
    )
    of_the_ledger = {"kind": DocumentKind.INVOICE, "gross_cents": 11_900, "open_cents": None}
    held = None if known is None else Held.model_validate(of_the_ledger | known)
    difference = sweep_findings.differs(listed, held, cut_over=None, lost=False)
    assert (difference and difference.event_type) == found


_NOON = datetime(2026, 11, 20, 12, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("row", "seen", "lost", "matters"),
    [
        ({"status": "open"}, None, False, False),  # one that corrects an invoice is paid off at once
        ({"status": "open"}, None, True, True),
        ({"status": "paidoff"}, None, False, True),
        ({"status": "paid"}, None, False, True),
        ({"status": "paidoff", "voucher_date": date(2025, 12, 31)}, None, False, False),
        ({"status": "paidoff"}, "paidoff", False, False),
        ({"status": "paidoff", "updated_at": _NOON + timedelta(seconds=1)}, "paidoff", False, False),
        ({"status": "paidoff", "updated_at": _NOON + timedelta(minutes=1)}, "paidoff", False, True),
        ({"status": "voided"}, "paidoff", False, True),
        ({"status": "voided", "voucher_date": date(2025, 12, 31)}, "paidoff", False, True),
        ({"status": "draft"}, "paidoff", False, True),
        ({"status": "voided"}, "voided", False, False),
        ({"status": "paidoff"}, "paidoff", True, True),
    ],
)
def test_a_credit_note_that_pays_no_payout_matters_until_it_was_looked_at_and_when_it_changes(
    row: dict[str, object], seen: str | None, lost: bool, matters: bool
) -> None:
    listed = Listed.model_validate(
        {
            "kind": DocumentKind.CREDIT_NOTE,
            "resource_id": uuid4(),
            "open_cents": None,
            "voucher_date": None,
            "updated_at": None,
        }
        | row
    )
    before = seen and Seen(status=seen, updated_at=_NOON)
    found = sweep_findings.differs(listed, None, cut_over=date(2026, 1, 1), lost=lost, seen=before or None)
    assert (found is not None) == matters


async def test_a_correction_that_nobody_told_of_is_found_and_so_is_its_end(connected_shop: Shop) -> None:
    payment_intent = await connected_shop.sale()
    invoice = await connected_shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await connected_shop.click(invoice["id"], "pay")
    await connected_shop.transaction(payment_intent, lambda sale: sale["state"] == "approved")
    await settled(connected_shop)
    await silence(connected_shop)
    correction = {"customer": "Kunde AG", "net": "1000.00", "precedingSalesVoucherId": invoice["id"]}
    note = await connected_shop.hook("POST", "credit-notes", correction)
    assert await sweep(connected_shop) == 1
    await connected_shop.transaction(payment_intent, lambda sale: sale["state"] == "refunded")
    await settled(connected_shop)
    await connected_shop.forget_calls()
    assert await sweep(connected_shop, hours_later=30) == 0, "what was booked is not fetched again"
    assert await connected_shop.calls() == {"GET /v1/voucherlist": 1}

    await connected_shop.click(note["id"], "void")
    assert await sweep(connected_shop) == 1
    await connected_shop.transaction(payment_intent, lambda sale: sale["state"] == "approved")


async def test_a_foreign_credit_note_is_fetched_once_whoever_told_of_it(connected_shop: Shop) -> None:
    notified = await connected_shop.hook("POST", "credit-notes", {"customer": "Kunde AG", "net": "10.00"})
    await connected_shop.click(notified["id"], "mark-paid")
    await connected_shop.events_ended(notified["id"])
    await settled(connected_shop)
    await silence(connected_shop)
    await connected_shop.forget_calls()
    assert await sweep(connected_shop) == 0, "its notification had it looked at"

    in_silence = await connected_shop.hook("POST", "credit-notes", {"customer": "Kunde AG", "net": "10.00"})
    await connected_shop.click(in_silence["id"], "mark-paid")
    assert await sweep(connected_shop) == 1
    [event] = await connected_shop.events_ended(in_silence["id"])
    assert event["state"] == "ignored"
    assert (await connected_shop.calls())["GET /v1/credit-notes/{id}"] == 1
    await connected_shop.forget_calls()
    assert await sweep(connected_shop, hours_later=30) == 0
    assert await connected_shop.calls() == {"GET /v1/voucherlist": 1}


async def test_a_sweep_closes_the_month_of_a_tenant_that_begins_no_payout_runs(connected_shop: Shop) -> None:
    async with connected_shop.house.ledger.transaction(connected_shop.tenant, cause="test") as tx:
        campaign = await campaigns.find_by_slug(tx, "herbst")
        assert campaign is not None
        plan = NewPlan(
            levels=(Rate(level=1, percent=Decimal(10)),),
            cap_per_month_cents=5_000,
            valid_from=datetime(2026, 3, 1, tzinfo=BERLIN),
        )
        await plans.add_plan(tx, campaign.id, plan, by="test")
        sale = InvoiceFacts.model_validate(
            {
                "resource_id": uuid4(), "organization_id": uuid4(), "status": "paid", "voucher_number": "RE-1",
                "voucher_date": date(2026, 3, 6), "net_cents": 100_000, "tax_cents": 19_000, "gross_cents": 119_000,
                "base_cents": 100_000, "paid_cents": 119_000, "paid_at": datetime(2026, 3, 9, tzinfo=BERLIN),
                "partner_code": "ANNA", "order_references": ("order-1",),
            }
        )  # fmt: skip
        await invoices.apply_invoice(tx, sale)
    await sweep(connected_shop)
    [line] = await connected_shop.rows("SELECT net_cents, month FROM commissions WHERE kind = 'month_close'")
    assert (line["net_cents"], line["month"]) == (5_000 - 10_000, date(2026, 3, 1))
