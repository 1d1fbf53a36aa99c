from __future__ import annotations

import re
from typing import Any

import pytest

from .account import Account, contact, credit_note, invoice, line, violations
from .conftest import OpenAccount

WIRE_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d")


def test_creating_answers_five_members_and_a_location_and_tells_neither_number_nor_status(account: Account) -> None:
    answer = account.api("POST", "credit-notes", credit_note(), finalize="true")
    assert answer.status_code == 201
    result = answer.json()
    assert list(result) == ["id", "resourceUri", "createdDate", "updatedDate", "version"]
    assert result["version"] == 1
    assert answer.headers["Location"] == result["resourceUri"]
    assert result["resourceUri"].endswith(f"/v1/credit-notes/{result['id']}")
    assert WIRE_DATE.fullmatch(result["createdDate"])


def test_a_credit_note_is_draft_unless_finalized_and_numbered_either_way(account: Account) -> None:
    draft = account.get(f"credit-notes/{account.create('credit-notes', credit_note())}")
    final = account.get(f"credit-notes/{account.create('credit-notes', credit_note(), finalize='true')}")
    assert (draft["voucherStatus"], draft["voucherNumber"]) == ("draft", "GS0001")
    assert (final["voucherStatus"], final["voucherNumber"]) == ("open", "GS0002")
    assert "files" not in draft
    assert "printLayoutId" not in draft
    assert final["files"]["documentFileId"]


def test_members_without_a_value_are_left_out_of_a_get(account: Account) -> None:
    shown = account.get(f"credit-notes/{account.create('credit-notes', credit_note())}")

    def nulls(value: Any) -> bool:
        if isinstance(value, dict):
            return any(nulls(inner) for inner in value.values())
        return any(map(nulls, value)) if isinstance(value, list) else value is None

    assert not nulls(shown)
    assert "introduction" not in shown
    assert shown["relatedVouchers"] == []
    assert "dueDate" not in shown
    assert "shippingConditions" not in shown


def test_totals_and_the_other_side_of_a_price_are_computed(account: Account) -> None:
    lines = [line(13.4, 19), line(0.333, 7, quantity=3), {"type": "text", "name": "Vielen Dank"}]
    shown = account.get(f"invoices/{account.create('invoices', invoice(lineItems=lines))}")
    assert shown["lineItems"][0]["unitPrice"]["grossAmount"] == 15.946
    assert shown["lineItems"][1]["lineItemAmount"] == 1.0
    assert shown["taxAmounts"] == [
        {"taxRatePercentage": 7, "taxAmount": 0.07, "netAmount": 1.0},
        {"taxRatePercentage": 19, "taxAmount": 2.55, "netAmount": 13.4},
    ]
    total = shown["totalPrice"]
    assert (total["totalNetAmount"], total["totalTaxAmount"], total["totalGrossAmount"]) == (14.4, 2.62, 17.02)


def test_gross_prices_keep_the_gross_and_round_the_net(account: Account) -> None:
    price = {"currency": "EUR", "grossAmount": 99.99, "taxRatePercentage": 19}
    body = credit_note(taxConditions={"taxType": "gross"}, lineItems=[line(unitPrice=price)])
    total = account.get(f"credit-notes/{account.create('credit-notes', body)}")["totalPrice"]
    assert (total["totalNetAmount"], total["totalTaxAmount"], total["totalGrossAmount"]) == (84.03, 15.96, 99.99)


def test_line_and_total_discounts_lower_the_total(account: Account) -> None:
    body = invoice(
        lineItems=[line(100, discountPercentage=10), line(10, 7)],
        totalPrice={"currency": "EUR", "totalDiscountAbsolute": 10},
    )
    shown = account.get(f"invoices/{account.create('invoices', body)}")
    assert shown["lineItems"][0]["lineItemAmount"] == 90.0
    assert [tax["netAmount"] for tax in shown["taxAmounts"]] == [9.0, 81.0]
    assert shown["totalPrice"]["totalNetAmount"] == 90.0


@pytest.mark.parametrize(
    "date",
    [
        "2026-08-21",
        "2026-08-21T00:00:00",
        "2026-08-21T00:00:00Z",
        "2026-08-21T00:00:00.000",
        "2026-02-30T00:00:00.000Z",
        5,
    ],
)
def test_a_date_in_any_other_form_is_refused(account: Account, date: object) -> None:
    assert violations(account.api("POST", "credit-notes", credit_note(voucherDate=date))) == {"voucherDate"}


def test_a_date_in_utc_is_returned_in_german_time(account: Account) -> None:
    created = account.create("credit-notes", credit_note(voucherDate="2026-07-01T22:30:00.000Z"))
    assert account.get(f"credit-notes/{created}")["voucherDate"] == "2026-07-02T00:30:00.000+02:00"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"voucherDate": None}, "voucherDate"),
        ({"address": None}, "address"),
        ({"address": {"name": "Ohne Land"}}, "address.countryCode"),
        ({"address": {"name": "X", "countryCode": "XX"}}, "address.countryCode"),
        ({"address": {"contactId": "00000000-0000-0000-0000-000000000000"}}, "address.contactId"),
        ({"address": {"contactId": "keine-id"}}, "address.contactId"),
        ({"lineItems": None}, "lineItems"),
        ({"lineItems": []}, "lineItems"),
        ({"lineItems": [line() for _ in range(301)]}, "lineItems"),
        ({"lineItems": [line(name=None)]}, "lineItems[0].name"),
        ({"lineItems": [line(name="x" * 256)]}, "lineItems[0].name"),
        ({"lineItems": [line(quantity=None)]}, "lineItems[0].quantity"),
        ({"lineItems": [line(quantity=1.00001)]}, "lineItems[0].quantity"),
        ({"lineItems": [line(unitName=None)]}, "lineItems[0].unitName"),
        ({"lineItems": [line(unitPrice=None)]}, "lineItems[0].unitPrice"),
        ({"lineItems": [line(rate=16)]}, "lineItems[0].unitPrice.taxRatePercentage"),
        ({"lineItems": [line(type="product")]}, "lineItems[0].type"),
        ({"lineItems": [line(type="service")]}, "lineItems[0].id"),
        ({"lineItems": [line(id="5b1a8e4e-8b3c-4f7e-9c55-0c8a4f3d1a10")]}, "lineItems[0].id"),
        ({"totalPrice": {}}, "totalPrice"),
        ({"totalPrice": {"currency": "USD"}}, "totalPrice.currency"),
        ({"taxConditions": {"taxType": "brutto"}}, "taxConditions.taxType"),
        ({"title": "x" * 26}, "title"),
        ({"introduction": "x" * 2001}, "introduction"),
        ({"remark": "x" * 2001}, "remark"),
        ({"language": "fr"}, "language"),
        ({"lineItems": [line(0)]}, "totalPrice"),
        ({"lineItems": [line(-1)]}, "totalPrice"),
    ],
)
def test_a_body_that_breaks_a_rule_is_406_and_names_the_field(
    account: Account, changes: dict[str, Any], field: str
) -> None:
    fields = violations(account.api("POST", "credit-notes", credit_note(**changes)))
    assert any(found == field or found.startswith(field + ".") for found in fields), fields
    assert account.documents() == []


def test_an_invoice_needs_shipping_conditions_and_a_label_with_its_payment_conditions(account: Account) -> None:
    without = invoice(shippingConditions=None)
    assert violations(account.api("POST", "invoices", without)) == {"shippingConditions"}
    unlabelled = invoice(paymentConditions={"paymentTermDuration": 10})
    assert violations(account.api("POST", "invoices", unlabelled)) == {"paymentConditions.paymentTermLabel"}


def test_an_invoice_is_due_after_its_payment_term(account: Account) -> None:
    terms = {"paymentTermLabel": "10 Tage", "paymentTermDuration": 10}
    shown = account.get(f"invoices/{account.create('invoices', invoice(paymentConditions=terms))}")
    assert shown["dueDate"].startswith("2026-12-02T")
    assert shown["closingInvoice"] is False


def test_tax_free_types_need_rate_zero_and_all_but_vatfree_a_contact(account: Account) -> None:
    vatfree = credit_note(taxConditions={"taxType": "vatfree"}, lineItems=[line(rate=19)])
    assert violations(account.api("POST", "credit-notes", vatfree)) == {"lineItems[0].unitPrice.taxRatePercentage"}
    special = credit_note(taxConditions={"taxType": "intraCommunitySupply"}, lineItems=[line(rate=0)])
    assert violations(account.api("POST", "credit-notes", special)) == {"address.contactId"}
    customer = account.create("contacts", contact())
    account.create("credit-notes", {**special, "address": {"contactId": customer}})


@pytest.mark.parametrize("exempt", [{"taxType": "vatfree"}, {"smallBusiness": True}])
def test_a_tax_exempt_organisation_may_only_write_vatfree(open_account: OpenAccount, exempt: dict[str, Any]) -> None:
    account = open_account(**exempt)
    assert violations(account.api("POST", "credit-notes", credit_note())) == {"taxConditions.taxType"}
    free = credit_note(taxConditions={"taxType": "vatfree"}, lineItems=[line(rate=0)])
    assert account.get(f"credit-notes/{account.create('credit-notes', free)}")["totalPrice"]["totalTaxAmount"] == 0


def test_the_rates_of_2020_are_valid_for_dates_of_those_months_only(account: Account) -> None:
    body = credit_note(lineItems=[line(rate=16)], voucherDate="2020-08-01T00:00:00.000+02:00")
    account.create("credit-notes", body)


def test_a_contact_gives_its_billing_address_and_must_be_a_customer(account: Account) -> None:
    customer = account.create("contacts", contact())
    created = account.create("credit-notes", credit_note(address={"contactId": customer}))
    address = account.get(f"credit-notes/{created}")["address"]
    assert address == {
        "contactId": customer,
        "name": "Kunde & Partner AG",
        "street": "Weg 1",
        "city": "Bonn",
        "zip": "53111",
        "countryCode": "DE",
    }
    vendor = account.create("contacts", contact(roles={"vendor": {}}))
    refused = account.api("POST", "credit-notes", credit_note(address={"contactId": vendor}))
    assert violations(refused) == {"address.contactId"}


def test_a_contact_of_another_account_does_not_exist(account: Account, open_account: OpenAccount) -> None:
    foreign = open_account().create("contacts", contact())
    refused = account.api("POST", "credit-notes", credit_note(address={"contactId": foreign}))
    assert violations(refused) == {"address.contactId"}


def test_an_id_of_another_kind_or_account_is_the_same_404(account: Account, open_account: OpenAccount) -> None:
    created = account.create("credit-notes", credit_note())
    assert account.api("GET", f"invoices/{created}").status_code == 404
    assert open_account().api("GET", f"credit-notes/{created}").status_code == 404
    assert account.api("GET", "invoices/keine-id").status_code == 404


def test_a_correction_is_settled_at_once_and_lowers_the_open_amount_of_its_invoice(account: Account) -> None:
    billed = account.create("invoices", invoice(), finalize="true")
    query = {"precedingSalesVoucherId": billed, "finalize": "true"}
    corrected = account.create("credit-notes", credit_note(lineItems=[line(40)]), **query)
    shown = account.get(f"credit-notes/{corrected}")
    assert shown["voucherStatus"] == "paidoff"
    assert [(one["id"], one["voucherType"]) for one in shown["relatedVouchers"]] == [(billed, "invoice")]
    payments = account.get(f"payments/{billed}")
    assert (payments["openAmount"], payments["voucherStatus"]) == (71.4, "open")
    assert payments["paymentItems"][0]["paymentItemType"] == "partPaymentCreditNote"
    assert account.api("GET", f"payments/{corrected}").status_code == 406
    assert account.api("POST", "credit-notes", credit_note(), **query).status_code == 406


def test_a_correction_of_the_whole_invoice_settles_it(account: Account) -> None:
    billed = account.create("invoices", invoice(), finalize="true")
    account.create("credit-notes", credit_note(), precedingSalesVoucherId=billed, finalize="true")
    assert account.get(f"invoices/{billed}")["voucherStatus"] == "paid"


def test_only_an_open_ordinary_invoice_can_be_corrected(account: Account) -> None:
    draft = account.create("invoices", invoice())
    closing = account.writes("invoices", closingInvoice=True)
    note = account.create("credit-notes", credit_note(), finalize="true")
    for preceding in (draft, closing["id"], note, "00000000-0000-0000-0000-000000000000"):
        refused = account.api("POST", "credit-notes", credit_note(), precedingSalesVoucherId=preceding)
        assert refused.status_code == 406, preceding


def test_a_finalized_document_has_a_pdf_and_a_draft_has_none(account: Account) -> None:
    draft = account.create("credit-notes", credit_note())
    final = account.create("credit-notes", credit_note(introduction="(„Grüße\\“)"), finalize="true")
    files = {
        accept: account.http.get(f"/v1/credit-notes/{final}/file", headers={**account.authorization, "Accept": accept})
        for accept in ("application/pdf", "*/*", "application/xml", "image/png")
    }
    assert [answer.status_code for answer in files.values()] == [200, 200, 404, 406]
    assert files["*/*"].content.startswith(b"%PDF-")
    assert "Rechnungskorrektur_GS0002.pdf" in files["*/*"].headers["Content-Disposition"]
    as_pdf = {**account.authorization, "Accept": "application/pdf"}
    assert account.http.get(f"/v1/credit-notes/{draft}/file", headers=as_pdf).status_code == 409
    assert account.api("GET", f"credit-notes/{draft}/document").status_code == 406
    file_id = account.get(f"credit-notes/{final}/document")["documentFileId"]
    assert account.http.get(f"/v1/files/{file_id}", headers=as_pdf).content == files["*/*"].content


def test_numbers_follow_the_pattern_of_the_organisation_and_the_year_of_the_document(open_account: OpenAccount) -> None:
    account = open_account(numberPatterns={"credit-note": "GS-{year}-{number:04d}"})
    dates = ["2026-11-22T00:00:00.000+01:00", "2025-12-31T23:30:00.000Z", "2025-06-01T00:00:00.000+02:00"]
    created = [account.create("credit-notes", credit_note(voucherDate=date)) for date in dates]
    numbers = [account.get(f"credit-notes/{one}")["voucherNumber"] for one in created]
    assert numbers == ["GS-2026-0001", "GS-2026-0002", "GS-2025-0001"]


def test_documents_cannot_be_changed_or_deleted_by_the_api(account: Account) -> None:
    created = account.create("credit-notes", credit_note())
    for method in ("PUT", "DELETE", "PATCH"):
        assert account.api(method, f"credit-notes/{created}", {}).status_code == 405
    assert account.api("GET", "credit-notes").status_code == 405
