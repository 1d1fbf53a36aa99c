from __future__ import annotations

from typing import Any

import pytest

from .account import Account, contact
from .conftest import OpenAccount


def test_a_partial_payment_leaves_the_document_open_and_the_rest_settles_it(account: Account) -> None:
    note = account.writes("credit-notes")
    account.clicks(note, "pay", amount="19.00", itemType="cashDiscount", date="2026-11-20")
    payments = account.get(f"payments/{note['id']}")
    assert payments["openAmount"] == 100.0
    assert payments["paymentStatus"] == "openRevenue"
    assert payments["voucherStatus"] == "open"
    assert "paidDate" not in payments
    assert payments["paymentItems"] == [
        {
            "paymentItemType": "cashDiscount",
            "postingDate": "2026-11-20T00:00:00.000+01:00",
            "amount": 19.0,
            "currency": "EUR",
        }
    ]
    account.clicks(note, "pay", paymentReference="E2E-1")
    payments = account.get(f"payments/{note['id']}")
    assert (payments["openAmount"], payments["paymentStatus"], payments["voucherStatus"]) == (0, "balanced", "paidoff")
    assert payments["paidDate"]
    assert "E2E-1" not in str(payments)
    assert account.get(f"credit-notes/{note['id']}")["voucherStatus"] == "paidoff"


def test_an_invoice_is_paid_where_a_credit_note_is_paidoff(account: Account) -> None:
    billed = account.writes("invoices")
    assert account.clicks(billed, "mark-paid")["voucherStatus"] == "paid"
    payments = account.get(f"payments/{billed['id']}")
    assert (payments["voucherType"], payments["voucherStatus"]) == ("invoice", "paid")
    assert payments["paymentItems"][0]["paymentItemType"] == "manualPayment"


def test_a_voided_document_is_balanced_without_being_paid(account: Account) -> None:
    billed = account.writes("invoices")
    account.clicks(billed, "void")
    payments = account.get(f"payments/{billed['id']}")
    assert (payments["openAmount"], payments["paymentStatus"], payments["voucherStatus"]) == (0, "balanced", "voided")


def test_a_draft_has_no_payments(account: Account) -> None:
    draft = account.writes("invoices", finalize=False)
    answer = account.api("GET", f"payments/{draft['id']}")
    assert answer.status_code == 406
    assert answer.json()["message"] == "No payment information for this voucher/voucher type"
    assert account.api("GET", "payments/00000000-0000-0000-0000-000000000000").status_code == 404


def test_the_open_amount_can_come_as_text(open_account: OpenAccount) -> None:
    account = open_account(openAmountAsString=True)
    assert account.get(f"payments/{account.writes('invoices')['id']}")["openAmount"] == "119.00"


def test_a_payment_can_be_taken_off_again(account: Account) -> None:
    note = account.writes("credit-notes")
    account.clicks(note, "mark-paid")
    account.clicks(note, "unpay")
    assert account.get(f"credit-notes/{note['id']}")["voucherStatus"] == "open"
    assert account.get(f"payments/{note['id']}")["openAmount"] == 119.0


@pytest.mark.parametrize(
    ("before", "refused"),
    [
        ([], ["finalize", "delete", "edit", "unpay"]),
        (["mark-paid"], ["finalize", "delete", "edit", "pay", "mark-paid", "reopen"]),
        (["void"], ["finalize", "delete", "edit", "pay", "mark-paid", "reopen", "void", "unpay"]),
        (["reopen"], ["pay", "mark-paid", "reopen", "void", "cancel", "unpay"]),
    ],
)
def test_what_lexoffice_would_not_offer_is_refused_in_words(
    account: Account, before: list[str], refused: list[str]
) -> None:
    billed = account.writes("invoices")
    for click in before:
        account.clicks(billed, click)
    state = account.http.get(f"/sandbox/documents/{billed['id']}").json()
    for click in refused:
        answer = account.tries(billed, click)
        assert answer.status_code == 409, click
        assert billed["voucherNumber"] in answer.json()["error"]
    assert account.http.get(f"/sandbox/documents/{billed['id']}").json() == state


def test_force_does_it_all_the_same(account: Account) -> None:
    billed = account.writes("invoices")
    account.clicks(billed, "void")
    assert account.clicks(billed, "mark-paid", force=True)["voucherStatus"] == "paid"
    assert account.clicks(billed, "reopen", force=True)["voucherStatus"] == "draft"
    edited = account.clicks(account.writes("credit-notes"), "edit", net="1.00", customer="Andere AG", force=True)
    assert (edited["totalPrice"]["totalGrossAmount"], edited["address"]["name"]) == (1.19, "Andere AG")
    assert account.clicks(account.writes("invoices"), "delete", force=True)


def test_more_than_is_open_cannot_be_paid(account: Account) -> None:
    billed = account.writes("invoices")
    assert account.tries(billed, "pay", amount="119.01").status_code == 409
    assert account.tries(billed, "pay", amount="0").status_code == 409
    assert account.tries(billed, "pay", amount="viel").status_code == 400


def test_every_click_is_a_new_version_at_a_new_instant(account: Account) -> None:
    billed = account.writes("invoices", finalize=False)
    clicks = ("finalize", "reopen", "finalize", "mark-paid", "unpay", "void")
    states = [billed, *(account.clicks(billed, click) for click in clicks)]
    assert [state["version"] for state in states] == list(range(1, 8))
    assert len({state["updatedDate"] for state in states}) == 7
    assert [state["updatedDate"] for state in states] == sorted(state["updatedDate"] for state in states)


def test_a_deleted_draft_is_gone(account: Account) -> None:
    draft = account.writes("invoices", finalize=False)
    assert account.clicks(draft, "delete") == {"deleted": draft["id"]}
    assert account.api("GET", f"invoices/{draft['id']}").status_code == 404
    assert account.documents() == []


def test_voiding_a_correction_opens_its_invoice_again(account: Account) -> None:
    billed = account.writes("invoices")
    note = account.writes("credit-notes", precedingSalesVoucherId=billed["id"])
    assert note["voucherStatus"] == "paidoff"
    assert account.get(f"invoices/{billed['id']}")["voucherStatus"] == "paid"
    account.clicks(note, "void")
    assert account.get(f"invoices/{billed['id']}")["voucherStatus"] == "open"


def test_a_drafted_correction_settles_when_a_person_finalizes_it(account: Account) -> None:
    billed = account.writes("invoices")
    note = account.writes("credit-notes", precedingSalesVoucherId=billed["id"], finalize=False)
    assert account.get(f"invoices/{billed['id']}")["voucherStatus"] == "open"
    assert account.clicks(note, "finalize")["voucherStatus"] == "paidoff"
    shown = account.get(f"invoices/{billed['id']}")
    assert shown["voucherStatus"] == "paid"
    assert [one["id"] for one in shown["relatedVouchers"]] == [note["id"]]


@pytest.mark.parametrize(
    ("form", "gross"),
    [({"net": "0"}, 0.0), ({"net": "-50.00"}, -59.5), ({"net": "100.00", "currency": "USD"}, 119.0)],
)
def test_a_person_may_write_what_the_api_refuses(account: Account, form: dict[str, Any], gross: float) -> None:
    billed = account.writes("invoices", **form)
    shown = account.get(f"invoices/{billed['id']}")
    assert shown["totalPrice"]["totalGrossAmount"] == gross
    assert shown["totalPrice"]["currency"] == form.get("currency", "EUR")
    account.clicks(billed, "mark-paid")
    assert account.get(f"payments/{billed['id']}")["voucherStatus"] == "paid"


def test_down_payment_and_closing_invoices_are_told_apart(account: Account) -> None:
    down = account.writes("invoices", downPayment=True, net="50.00")
    closing = account.writes("invoices", closingInvoice=True, deductions=[down["id"]])
    assert account.api("GET", f"invoices/{down['id']}").status_code == 404
    assert account.get(f"down-payment-invoices/{down['id']}")["voucherNumber"] == "AR0001"
    assert account.get(f"payments/{down['id']}")["voucherType"] == "downpaymentinvoice"
    shown = account.get(f"invoices/{closing['id']}")
    assert shown["closingInvoice"] is True
    assert shown["claimedGrossAmount"] == 59.5
    assert account.get(f"payments/{closing['id']}")["openAmount"] == 59.5


def test_a_form_says_what_is_missing(account: Account) -> None:
    for form in (
        {},
        {"customer": "X"},
        {"net": "1"},
        {"customer": "X", "net": "1", "voucherDate": "gestern"},
        {"x": 1},
    ):
        answer = account.hook("POST", "/invoices", form)
        assert answer.status_code == 400, form
        assert answer.json()["error"]
    assert account.hook("POST", "/invoices", {"contactId": "nix", "net": "1"}).status_code == 404


def test_a_person_writes_to_a_contact(account: Account) -> None:
    customer = account.writes("contacts", name="Kunde AG", email="k@example.org", note="Partner: P-001", city="Bonn")
    assert account.get(f"contacts/{customer['id']}")["note"] == "Partner: P-001"
    billed = account.writes("invoices", contactId=customer["id"], customer=None)
    assert account.get(f"invoices/{billed['id']}")["address"]["city"] == "Bonn"
    answer = account.http.patch(f"/sandbox/contacts/{customer['id']}", json={"note": None, "roles": {"vendor": {}}})
    assert answer.status_code == 200
    shown = account.get(f"contacts/{customer['id']}")
    assert "note" not in shown
    assert list(shown["roles"]) == ["vendor"]
    assert shown["version"] == 2


def test_contacts_of_the_api_and_of_a_person_share_their_numbers(account: Account) -> None:
    account.create("contacts", contact())
    assert account.writes("contacts", name="Zweite AG")["roles"]["customer"]["number"] == 10002
