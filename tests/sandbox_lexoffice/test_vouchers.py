"""Purchase vouchers of the sandbox: written by API, attached to, found by number, and what a person does with them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from .account import Account, contact
from .conftest import OpenAccount
from .receiver import Receiver

PDF = b"%PDF-1.7 one"
XML = b"<rsm:CrossIndustryInvoice xmlns:rsm='urn:un:unece'/>"


def category(account: Account, name: str) -> str:
    found = [one["id"] for one in account.api("GET", "posting-categories").json() if one["name"] == name]
    assert len(found) == 1
    return str(found[0])


def voucher(account: Account, **changes: Any) -> dict[str, Any]:
    """The smallest body; a member set to None is left out."""
    item = {
        "amount": 100.00,
        "taxAmount": 19.00,
        "taxRatePercent": 19,
        "categoryId": category(account, "Provisionen"),
    } | changes.pop("item", {})
    body = {
        "type": "purchaseinvoice",
        "voucherNumber": "GU-2026-00001",
        "voucherDate": "2026-11-02",
        "totalGrossAmount": 119.00,
        "totalTaxAmount": 19.00,
        "taxType": "net",
        "contactId": account.create("contacts", contact()) if "contactId" not in changes else None,
        "voucherItems": [item],
    } | changes
    return {key: value for key, value in body.items() if value is not None}


def written(account: Account, **changes: Any) -> str:
    return account.create("vouchers", voucher(account, **changes))


def attach(account: Account, id: str, content: bytes = PDF, name: str = "gu.pdf") -> httpx.Response:
    return account.http.post(
        f"/v1/vouchers/{id}/files", headers=account.authorization, files={"file": (name, content, "application/pdf")}
    )


def clicks(account: Account, id: str, click: str, **form: Any) -> httpx.Response:
    return account.http.post(f"/sandbox/vouchers/{id}/{click}", json=form)


def issues(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code in (400, 404, 406, 409), answer.text
    return [(issue["i18nKey"], issue["source"]) for issue in answer.json()["IssueList"]]


def found_by_number(account: Account, number: str, **query: Any) -> list[dict[str, Any]]:
    given = {"voucherType": "purchaseinvoice", "voucherStatus": "any", "voucherNumber": number, **query}
    rows: list[dict[str, Any]] = account.get("voucherlist", **given)["content"]
    return rows


def test_a_voucher_is_open_with_our_number_and_its_dates_come_back_as_instants(account: Account) -> None:
    shown = account.get(f"vouchers/{written(account)}")
    assert (shown["voucherStatus"], shown["voucherNumber"], shown["version"]) == ("open", "GU-2026-00001", 1)
    assert shown["voucherDate"] == "2026-11-02T00:00:00.000+01:00" == shown["dueDate"]
    assert (shown["totalGrossAmount"], shown["totalTaxAmount"], shown["files"]) == (119.0, 19.0, [])


def test_it_is_found_by_its_whole_number_in_any_case_and_by_no_part_of_it(account: Account) -> None:
    id = written(account)
    assert [row["id"] for row in found_by_number(account, "gu-2026-00001")] == [id]
    assert found_by_number(account, "GU-2026") == []
    assert found_by_number(account, "GU-2026-00001", voucherType="purchasecreditnote") == []
    [row] = found_by_number(account, "GU-2026-00001")
    assert (row["voucherType"], row["voucherStatus"], row["totalAmount"]) == ("purchaseinvoice", "open", 119.0)


def test_two_vouchers_may_have_one_number(account: Account) -> None:
    assert written(account) != written(account)
    assert len(found_by_number(account, "GU-2026-00001")) == 2


@pytest.mark.parametrize(
    ("changes", "issue"),
    [
        ({"type": "invoice"}, ("invalid_value", "type")),
        ({"voucherNumber": None}, ("missing_entity", "voucherNumber")),
        ({"voucherDate": "02.11.2026"}, ("invalid_value", "voucherDate")),
        ({"totalGrossAmount": 119.01}, ("invalid_total_amount", "totalGrossAmount")),
        ({"voucherStatus": "open"}, ("invalid_value", "voucherStatus")),
        ({"taxType": "externalService13b"}, ("invalid_value", "taxType")),
        ({"contactId": "00000000-0000-0000-0000-000000000000"}, ("Missing_ContactId", "contactId")),
        ({"contactId": None, "useCollectiveContact": False}, ("Missing_ContactId", "contactId")),
        ({"item": {"taxAmount": 18.00}, "totalTaxAmount": 18.00}, ("invalid_taxamount", "voucherItems[0].taxAmount")),
        ({"item": {"taxRatePercent": 20}}, ("invalid_taxrate", "voucherItems[0].taxRatePercent")),
        ({"item": {"categoryId": "nothing"}}, ("invalid_category", "voucherItems[0].categoryId")),
    ],
)
def test_what_is_wrong_is_told_as_a_list_of_issues(
    account: Account, changes: dict[str, Any], issue: tuple[str, str]
) -> None:
    answer = account.api("POST", "vouchers", voucher(account, **changes))
    assert answer.status_code == 406
    assert issue in issues(answer)
    assert account.hook("GET", "/vouchers").json()["content"] == []


def test_a_small_business_takes_no_rate_but_zero(open_account: OpenAccount) -> None:
    account = open_account(smallBusiness=True, taxType="vatfree")
    answer = account.api("POST", "vouchers", voucher(account))
    assert ("invalid_taxrate_19", "voucherItems[0].taxRatePercent") in issues(answer)
    free = {"item": {"taxAmount": 0, "taxRatePercent": 0}, "totalGrossAmount": 100.0, "totalTaxAmount": 0}
    written(account, taxType="vatfree", **free)


def test_a_category_of_13b_does_the_tax_and_needs_a_contact(account: Account) -> None:
    abroad = {"categoryId": category(account, "Fremdleistungen §13b (EU)"), "taxAmount": 0, "taxRatePercent": 0}
    free = {"totalGrossAmount": 100.0, "totalTaxAmount": 0}
    written(account, item=abroad, **free)
    answer = account.api(
        "POST", "vouchers", voucher(account, item=abroad, contactId=None, useCollectiveContact=True, **free)
    )
    assert ("contact_required", "contactId") in issues(answer)


def test_a_vendor_is_enough_unless_the_account_wants_customers(open_account: OpenAccount) -> None:
    account = open_account()
    vendor = account.create("contacts", contact(roles={"vendor": {}}))
    written(account, contactId=vendor)
    strict = open_account(vouchersNeedCustomers=True)
    vendor = strict.create("contacts", contact(roles={"vendor": {}}))
    answer = strict.api("POST", "vouchers", voucher(strict, contactId=vendor))
    assert ("invalid_contact_role", "contactId") in issues(answer)
    both = strict.create("contacts", contact(roles={"vendor": {}, "customer": {}}))
    written(strict, contactId=both)


def test_the_same_bytes_are_attached_once(account: Account) -> None:
    id = written(account)
    first, again, other = (attach(account, id, content) for content in (PDF, PDF, PDF + b"2"))
    assert {answer.status_code for answer in (first, again, other)} == {202}
    assert first.json() == again.json() != other.json()
    shown = account.get(f"vouchers/{id}")
    assert shown["files"] == [first.json()["id"], other.json()["id"]]
    file = account.http.get(f"/v1/files/{first.json()['id']}", headers=account.authorization)
    assert (file.content, file.headers["content-type"]) == (PDF, "application/pdf")
    xml = account.http.get(
        f"/v1/files/{first.json()['id']}", headers={**account.authorization, "Accept": "application/xml"}
    )
    assert xml.status_code == 404, "the XML inside a PDF cannot be had"


@pytest.mark.parametrize(
    ("content", "issue"),
    [
        (b"PK\x03\x04", "inacceptable_file_extension"),
        (b"<html/>", "invalid_xrechnung"),
        (b"%PDF- /JavaScript", "voucher_upload_toxic_pdf"),
        (b"%PDF-" + bytes(5 * 1024 * 1024 - 4), "max_file_size_exceeded"),
    ],
)
def test_a_file_that_is_none_is_refused(account: Account, content: bytes, issue: str) -> None:
    id = written(account)
    assert issues(attach(account, id, content)) == [(issue, "file")]
    assert account.get(f"vouchers/{id}")["files"] == []


def test_a_file_of_just_five_mebibytes_is_taken(account: Account) -> None:
    assert attach(account, written(account), b"%PDF-" + bytes(5 * 1024 * 1024 - 5)).status_code == 202


def test_xml_needs_the_setting_for_e_invoices(open_account: OpenAccount) -> None:
    account = open_account()
    assert attach(account, written(account), XML, "x.xml").status_code == 202
    without = open_account(eInvoicesOn=False)
    assert issues(attach(without, written(without), XML)) == [("inacceptable_file_extension", "file")]


def test_a_voucher_stays_for_ever_unless_a_person_deletes_it(account: Account) -> None:
    id = written(account)
    assert account.api("DELETE", f"vouchers/{id}").status_code == 404
    assert clicks(account, id, "delete").status_code == 200
    assert account.api("GET", f"vouchers/{id}").status_code == 404
    assert found_by_number(account, "GU-2026-00001") == []


def test_a_put_replaces_what_it_names_and_may_lose_the_files(open_account: OpenAccount) -> None:
    account = open_account()
    id = written(account)
    file = attach(account, id).json()["id"]
    body = voucher(account, voucherNumber="GU-2026-00002", version=2, files=[file])
    assert account.api("PUT", f"vouchers/{id}", {**body, "version": 1}).status_code == 409
    assert account.api("PUT", f"vouchers/{id}", body).status_code == 200
    assert account.get(f"vouchers/{id}")["files"] == [file]
    account.hook("PATCH", "", {"putLosesFiles": True})
    assert account.api("PUT", f"vouchers/{id}", {**body, "version": 3}).status_code == 200
    assert account.get(f"vouchers/{id}")["files"] == []
    answer = account.api("PUT", f"vouchers/{id}", {**body, "version": 4})
    assert issues(answer) == [("invalid_file_ids", "files")]


def test_payments_of_a_purchase_are_an_expense_and_settle_it(account: Account) -> None:
    id = written(account)
    assert account.get(f"payments/{id}")["paymentStatus"] == "openExpense"
    clicks(account, id, "pay", amount="19.00")
    assert account.get(f"payments/{id}")["openAmount"] == 100.0
    clicks(account, id, "transfer")
    assert account.get(f"vouchers/{id}")["voucherStatus"] == "transferred"
    assert [row["id"] for row in found_by_number(account, "GU-2026-00001", voucherStatus="transferred")] == [id]
    clicks(account, id, "pay")
    payments = account.get(f"payments/{id}")
    assert (payments["openAmount"], payments["paymentStatus"], payments["voucherStatus"]) == (0, "balanced", "paid")
    clicks(account, id, "void")
    payments = account.get(f"payments/{id}")
    assert (payments["paymentStatus"], payments["voucherStatus"]) == ("balanced", "voided")


def test_a_purchase_credit_note_is_paidoff(account: Account) -> None:
    id = written(account, type="purchasecreditnote")
    clicks(account, id, "pay")
    assert account.get(f"vouchers/{id}")["voucherStatus"] == "paidoff"
    rows = found_by_number(account, "GU-2026-00001", voucherType="purchasecreditnote", voucherStatus="paidoff")
    assert [row["id"] for row in rows] == [id]


def test_each_change_is_announced(account: Account, receiver: Receiver) -> None:
    events = ("voucher.created", "voucher.changed", "voucher.status.changed", "voucher.deleted", "payment.changed")
    account.subscribes(receiver.url, *events)
    id = written(account)
    attach(account, id)
    clicks(account, id, "edit", amount="120.00")
    clicks(account, id, "pay")
    clicks(account, id, "unpay")
    clicks(account, id, "delete")
    told = [notification["eventType"] for notification in account.notifications()]
    assert told == [
        "voucher.created",
        "voucher.changed",
        "voucher.changed",
        *("voucher.status.changed", "voucher.changed", "payment.changed") * 2,
        "voucher.deleted",
    ]
    assert {notification["resourceId"] for notification in account.notifications()} == {id}


def test_an_uploaded_file_makes_one_voucher_that_a_person_checks(account: Account) -> None:
    def upload(content: bytes = PDF, **form: str) -> httpx.Response:
        files = {"file": ("a.pdf", content, "application/pdf")}
        return account.http.post("/v1/files", headers=account.authorization, files=files, data=form)

    assert upload().status_code == 400, "the type is missing"
    first, again = upload(type="voucher"), upload(type="voucher")
    assert first.status_code == 202
    assert first.json() == again.json()
    shown = account.get(f"vouchers/{first.json()['voucherId']}")
    assert shown["voucherStatus"] in ("blank", "unchecked")
    assert account.api("GET", f"payments/{shown['id']}").status_code == 406


def test_a_create_that_was_committed_but_not_answered_is_found_once_the_index_has_it(account: Account) -> None:
    body = voucher(account)
    account.breaks("timeout_504_after", method="POST", path="/vouchers$", times=1)
    account.breaks("late_index", delayMs=600_000)
    assert account.api("POST", "vouchers", body).status_code == 504
    assert found_by_number(account, "GU-2026-00001") == []
    account.hook("DELETE", "/faults")
    assert len(found_by_number(account, "GU-2026-00001")) == 1


def test_categories_are_the_same_in_every_account_and_may_vanish(open_account: OpenAccount) -> None:
    one, other = open_account(), open_account()
    rows = one.api("GET", "posting-categories").json()
    assert rows == other.api("GET", "posting-categories").json()
    counts = {kind: sum(row["type"] == kind for row in rows) for kind in ("income", "outgo")}
    assert counts == {"income": 62, "outgo": 169}
    gone = category(one, "Provisionen")
    one.hook("PATCH", "", {"vanishedCategories": [gone]})
    assert gone not in {row["id"] for row in one.api("GET", "posting-categories").json()}
    with_gone = {"taxAmount": 19.0, "amount": 100.0, "taxRatePercent": 19, "categoryId": gone}
    answer = one.api("POST", "vouchers", {**voucher(other), "voucherItems": [with_gone], "contactId": None})
    assert ("invalid_category", "voucherItems[0].categoryId") in issues(answer)


def test_reference_lists_can_be_read(account: Account) -> None:
    countries = account.api("GET", "countries").json()
    kinds = {row["countryCode"]: row["taxClassification"] for row in countries}
    assert (kinds["DE"], kinds["AT"], kinds["CH"]) == ("de", "intraCommunity", "thirdPartyCountry")
    assert account.api("GET", "payment-conditions").json()[0]["organizationDefault"] is True
    assert account.api("GET", "print-layouts").json()[0]["default"] is True


def test_another_account_sees_none_of_it(open_account: OpenAccount) -> None:
    account, other = open_account(), open_account()
    id = written(account)
    assert other.api("GET", f"vouchers/{id}").status_code == 404
    assert attach(other, id).status_code == 404
    assert found_by_number(other, "GU-2026-00001") == []
    assert other.api("GET", f"payments/{id}").status_code == 404
