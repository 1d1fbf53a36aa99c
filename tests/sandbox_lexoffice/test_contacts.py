from __future__ import annotations

from typing import Any

import httpx
import pytest

from .account import Account, contact


def issues(answer: httpx.Response, status: int = 406) -> set[str]:
    assert answer.status_code == status, answer.text
    return {issue["source"] for issue in answer.json()["IssueList"]}


def test_creating_answers_200_and_the_server_gives_the_numbers(account: Account) -> None:
    answer = account.api("POST", "contacts", contact(roles={"customer": {}, "vendor": {}}))
    assert answer.status_code == 200
    assert answer.headers["Location"] == answer.json()["resourceUri"]
    shown = account.get(f"contacts/{answer.json()['id']}")
    assert shown["roles"] == {"customer": {"number": 10001}, "vendor": {"number": 70001}}
    assert shown["version"] == 1
    assert shown["archived"] is False
    assert "createdDate" not in shown


@pytest.mark.parametrize(
    ("changes", "source"),
    [
        ({"roles": {}}, "roles"),
        ({"company": {}}, "company.name"),
        ({"company": None, "person": {"firstName": "Eva"}}, "person.lastName"),
        ({"person": {"lastName": "Zwei"}}, "company/person"),
        ({"addresses": {"billing": [{"city": "Bonn"}]}}, "addresses.billing.countryCode"),
        ({"addresses": {"billing": [{"countryCode": "ZZ"}]}}, "addresses.billing.countryCode"),
        ({"emailAddresses": {"business": ["a@example.org", "b@example.org"]}}, "emailAddresses.business"),
        ({"note": "x" * 1001}, "note"),
    ],
)
def test_a_contact_that_breaks_a_rule_is_406_with_an_issue_list(
    account: Account, changes: dict[str, Any], source: str
) -> None:
    assert issues(account.api("POST", "contacts", contact(**changes))) == {source}


def test_putting_replaces_the_whole_contact_and_needs_the_current_version(account: Account) -> None:
    created = account.create("contacts", contact(note="alt", emailAddresses={"business": ["a@example.org"]}))
    assert issues(account.api("PUT", f"contacts/{created}", contact(version=0))) == {"version"}
    answer = account.api("PUT", f"contacts/{created}", contact(version=1))
    assert answer.json()["version"] == 2
    shown = account.get(f"contacts/{created}")
    assert "note" not in shown
    assert "emailAddresses" not in shown
    assert shown["roles"]["customer"]["number"] == 10001


def test_contacts_are_found_by_name_mail_number_and_role(account: Account) -> None:
    kunde = account.create("contacts", contact(emailAddresses={"business": ["Rechnung@kunde.example"]}))
    person: dict[str, Any] = {
        "company": None,
        "person": {"firstName": "Eva", "lastName": "Muster_mann"},
        "roles": {"vendor": {}},
    }
    eva = account.create("contacts", contact(**person))

    def found(**query: Any) -> list[str]:
        return [one["id"] for one in account.get("contacts", **query)["content"]]

    assert found() == [eva, kunde]
    assert found(name="kunde") == [kunde]
    assert found(name="kunde &amp; partner") == [kunde]
    assert found(name="k_nde") == [kunde]
    assert found(name="k\\_nde") == []
    assert found(name="Muster\\_mann") == [eva]
    assert found(email="rechnung@") == [kunde]
    assert found(number="70001") == [eva]
    assert found(customer="true") == [kunde]
    assert found(customer="false") == [eva]
    assert found(unbekannt="x") == [eva, kunde]
    assert issues(account.api("GET", "contacts", name="ab"), 400) == {"size must be between 3 and 128"}


def test_contacts_come_in_pages(account: Account) -> None:
    for letter in "ABC":
        account.create("contacts", contact(company={"name": f"{letter} GmbH"}))
    page = account.get("contacts", page=1, size=2)
    assert [one["company"]["name"] for one in page["content"]] == ["C GmbH"]
    assert {key: page[key] for key in ("first", "last", "totalPages", "totalElements", "numberOfElements")} == {
        "first": False,
        "last": True,
        "totalPages": 2,
        "totalElements": 3,
        "numberOfElements": 1,
    }
    assert page["sort"][0]["property"] == "name"
    assert account.api("GET", "contacts", size=251).status_code == 400


def test_there_is_no_deleting(account: Account) -> None:
    created = account.create("contacts", contact())
    assert account.api("DELETE", f"contacts/{created}").status_code == 404
    assert account.api("GET", "contacts/00000000-0000-0000-0000-000000000000").status_code == 404
