from __future__ import annotations

from typing import Any

import pytest

from .account import Account, contact, credit_note, invoice


def listed(account: Account, **query: Any) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = account.get(
        "voucherlist", **{"voucherType": "any", "voucherStatus": "any", **query}
    )["content"]
    return content


@pytest.mark.parametrize(
    "query",
    [
        {"voucherStatus": "any"},
        {"voucherType": "any"},
        {"voucherType": "rechnung", "voucherStatus": "any"},
        {"voucherType": "any", "voucherStatus": "offen"},
        {"voucherType": "any", "voucherStatus": "overdue,open"},
        {"voucherType": "any", "voucherStatus": "any", "size": 251},
        {"voucherType": "any", "voucherStatus": "any", "page": -1},
        {"voucherType": "any", "voucherStatus": "any", "size": 250, "page": 40},
        {"voucherType": "any", "voucherStatus": "any", "sort": "voucherNumber,ASC"},
        {"voucherType": "any", "voucherStatus": "any", "updatedDateFrom": "2026-11-22T00:00:00.000Z"},
        {"voucherType": "any", "voucherStatus": "any", "archived": "nein"},
    ],
)
def test_a_query_that_lexoffice_does_not_take_is_400(account: Account, query: dict[str, Any]) -> None:
    assert account.api("GET", "voucherlist", **query).status_code == 400


def test_rows_show_what_is_needed_to_find_a_document(account: Account) -> None:
    customer = account.create("contacts", contact())
    created = account.create("credit-notes", credit_note(address={"contactId": customer}), finalize="true")
    (row,) = listed(account)
    assert row["id"] == created
    assert row["voucherType"] == "creditnote"
    assert row["voucherStatus"] == "open"
    assert row["voucherNumber"] == "GS0001"
    assert row["contactId"] == customer
    assert row["contactName"] == "Kunde & Partner AG"
    assert row["totalAmount"] == 119.0
    assert row["openAmount"] == 119.0
    assert row["dueDate"] is None


def test_type_and_status_choose_the_rows(account: Account) -> None:
    draft = account.create("invoices", invoice())
    late = account.writes("invoices", voucherDate="2020-01-01")["id"]
    fresh = account.writes("invoices", paymentTermDays=3650)["id"]
    note = account.writes("credit-notes")
    account.clicks(note, "mark-paid")
    paid = account.writes("invoices")
    account.clicks(paid, "mark-paid")

    def ids(**query: Any) -> set[str]:
        return {row["id"] for row in listed(account, **query)}

    assert ids(voucherType="invoice") == {draft, late, fresh, paid["id"]}
    assert ids(voucherType="creditnote,quotation") == {note["id"]}
    assert ids(voucherType="quotation") == set()
    assert ids(voucherStatus="draft") == {draft}
    assert ids(voucherStatus="open") == {late, fresh}
    assert ids(voucherStatus="overdue") == {late}
    assert ids(voucherStatus="paid") == {paid["id"]}
    assert ids(voucherStatus="paidoff") == {note["id"]}
    assert ids(voucherStatus="paid,paidoff,draft") == {paid["id"], note["id"], draft}
    states = {row["id"]: row["voucherStatus"] for row in listed(account)}
    assert states == {draft: "draft", late: "overdue", fresh: "open", note["id"]: "paidoff", paid["id"]: "paid"}


def test_what_is_open_may_be_listed_by_how_it_will_be_paid(account: Account) -> None:
    invoice = account.writes("invoices")["id"]
    account.hook("PATCH", "", {"openListedAs": "sepadebit"})
    for status in ("any", "open", "sepadebit"):
        assert [(row["id"], row["voucherStatus"]) for row in listed(account, voucherStatus=status)] == [
            (invoice, "sepadebit")
        ]
    assert account.api("GET", f"invoices/{invoice}").json()["voucherStatus"] == "open"


def test_date_filters_count_whole_german_days_and_include_the_last(account: Account) -> None:
    created = account.create("credit-notes", credit_note(voucherDate="2026-06-30T22:30:00.000Z"))
    assert [row["id"] for row in listed(account, voucherDateFrom="2026-07-01")] == [created]
    assert [row["id"] for row in listed(account, voucherDateTo="2026-07-01")] == [created]
    assert listed(account, voucherDateTo="2026-06-30") == []
    assert listed(account, createdDateFrom="2999-01-01") == []
    assert [row["id"] for row in listed(account, updatedDateFrom="2020-01-01")] == [created]


def test_contact_and_number_choose_the_rows(account: Account) -> None:
    customer = account.create("contacts", contact())
    mine = account.create("credit-notes", credit_note(address={"contactId": customer}))
    account.create("credit-notes", credit_note())
    assert [row["id"] for row in listed(account, contactId=customer)] == [mine]
    assert [row["id"] for row in listed(account, voucherNumber="GS0001")] == [mine]


def test_pages_are_newest_first_and_can_be_turned_round(account: Account) -> None:
    for day in ("2026-01-01", "2026-03-01", "2026-02-01"):
        account.writes("invoices", voucherDate=day)
    query = {"voucherType": "any", "voucherStatus": "any", "size": 2}
    first, second = account.get("voucherlist", **query), account.get("voucherlist", **query, page=1)
    numbers = [row["voucherNumber"] for page in (first, second) for row in page["content"]]
    assert numbers == ["RE0002", "RE0003", "RE0001"]
    assert (first["first"], first["last"], second["first"], second["last"]) == (True, False, False, True)
    assert first["totalElements"] == 3
    assert first["sort"][0] == {
        "direction": "DESC",
        "property": "voucherdate",
        "ignoreCase": False,
        "nullHandling": "NATIVE",
        "ascending": False,
    }
    turned = account.get("voucherlist", **query, sort="voucherDate,ASC")
    assert [row["voucherNumber"] for row in turned["content"]] == ["RE0001", "RE0003"]
