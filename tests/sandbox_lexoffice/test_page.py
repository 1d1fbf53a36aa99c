from __future__ import annotations

from html import unescape

import httpx
import pytest

from .account import Account

NASTY = "<script>alert('x')</script> & \"Söhne\""


def page(account: Account, path: str) -> str:
    answer = account.http.get(path)
    assert answer.status_code == 200, answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return answer.text


def press(account: Account, form: str, /, **fields: str) -> httpx.Response:
    return account.http.post(form, data=fields, follow_redirects=True)


def test_the_page_leads_from_the_organisations_to_a_document(account: Account) -> None:
    billed = account.writes("invoices")
    assert f"/page/organizations/{account.organization_id}" in page(account, "/")
    organization = page(account, f"/page/organizations/{account.organization_id}")
    assert f"/permalink/invoices/view/{billed['id']}" in organization
    document = page(account, f"/permalink/invoices/view/{billed['id']}")
    for word in ("RE0001", "119,00 €", "Offen", "Bezahlt markieren", "Teilzahlung", "Stornieren", "Wieder öffnen"):
        assert word in document
    assert "Löschen" not in document


def test_the_buttons_do_what_they_say(account: Account) -> None:
    billed = account.writes("invoices", finalize=False)
    link = f"/page/documents/{billed['id']}"
    for click, said, status in (
        ("finalize", "abgeschlossen", "open"),
        ("mark-paid", "als bezahlt markiert", "paid"),
        ("unpay", "von Zahlungen gelöst", "open"),
        ("reopen", "wieder geöffnet", "draft"),
        ("finalize", "abgeschlossen", "open"),
        ("void", "storniert", "voided"),
    ):
        answer = press(account, f"{link}/{click}")
        assert f"RE0001 ist {said}." in answer.text, click
        assert account.get(f"invoices/{billed['id']}")["voucherStatus"] == status
    draft = account.writes("invoices", finalize=False)
    press(account, f"/page/documents/{draft['id']}/delete")
    assert account.api("GET", f"invoices/{draft['id']}").status_code == 404


def test_a_partial_payment_is_typed_in_german(account: Account) -> None:
    billed = account.writes("invoices", net="2000.00")
    press(account, f"/page/documents/{billed['id']}/pay", amount="1.380,50 €")
    assert account.get(f"payments/{billed['id']}")["openAmount"] == 999.5
    for wrong in ("viel", "NaN", "1e99", ""):
        answer = press(account, f"/page/documents/{billed['id']}/pay", amount=wrong)
        assert 'class="said bad"' in answer.text, wrong
    assert account.get(f"payments/{billed['id']}")["openAmount"] == 999.5


def test_a_refused_click_is_said_in_words(account: Account) -> None:
    billed = account.writes("invoices")
    assert "RE0001 ist abgeschlossen und offen" in press(account, f"/page/documents/{billed['id']}/delete").text


def test_a_person_writes_an_invoice_in_the_form(account: Account) -> None:
    home = f"/page/organizations/{account.organization_id}"
    fields = {"kind": "invoice", "customer": "Kunde AG", "net": "1.234,50", "remark": "Partner: P-001"}
    answer = press(account, f"{home}/documents", **fields, finalize="true")
    assert "RE0001 ist geschrieben." in answer.text
    (document,) = account.documents()
    assert document["totalPrice"]["totalNetAmount"] == 1234.5
    assert (document["voucherStatus"], document["remark"]) == ("open", "Partner: P-001")
    assert 'class="said bad"' in press(account, f"{home}/documents", kind="invoice", net="5").text
    press(account, f"{home}/documents", kind="credit-note", customer="Paula", net="5")
    assert [document["kind"] for document in account.documents()] == ["invoice", "credit-note"]
    assert account.documents()[1]["voucherStatus"] == "draft"


def test_whatever_was_typed_is_escaped(account: Account) -> None:
    contact = account.writes("contacts", name=NASTY, note=NASTY)
    billed = account.writes(
        "invoices", contactId=contact["id"], customer=None, remark=NASTY, lineName=NASTY, number=NASTY
    )
    home = f"/page/organizations/{account.organization_id}"
    paths = (
        home,
        f"/permalink/invoices/view/{billed['id']}",
        f"/permalink/contacts/view/{contact['id']}",
        f"{home}?said={NASTY}",
    )
    for path in paths:
        text = page(account, path)
        assert "<script" not in text, path
        assert NASTY in unescape(text), path


def test_deep_links_open_the_document_and_unknown_ones_the_list(account: Account) -> None:
    note = account.writes("credit-notes")
    for resource in ("credit-notes", "vouchers"):
        for mode in ("view", "edit"):
            assert "GS0001" in page(account, f"/permalink/{resource}/{mode}/{note['id']}")
    unknown = account.http.get("/permalink/invoices/view/00000000-0000-0000-0000-000000000000")
    assert unknown.status_code == 303
    assert unknown.headers["Location"].startswith("/?")
    assert account.http.get(f"/permalink/credit-notes/delete/{note['id']}").status_code == 404
    customer = account.writes("contacts", name="Kunde AG")
    assert "Kunde AG" in page(account, f"/permalink/contacts/view/{customer['id']}")
    assert account.http.get(f"/permalink/contacts/edit/{customer['id']}").status_code == 404


def test_faults_can_be_set_and_lifted_on_the_page(account: Account) -> None:
    home = f"/page/organizations/{account.organization_id}"
    press(account, f"{home}/faults", kind="unavailable_503", times="1", path="ping")
    assert account.api("GET", "ping").status_code == 503
    press(account, f"{home}/faults", kind="unavailable_503")
    press(account, f"{home}/faults/clear")
    assert account.api("GET", "ping").status_code == 200


def test_an_organisation_can_be_made_on_the_page(account: Account) -> None:
    answer = press(account, "/page/organizations", name="Neu GmbH", apiKey="ein-neuer-schluessel")
    assert "Neu GmbH ist angelegt." in answer.text
    headers = {"Authorization": "Bearer ein-neuer-schluessel"}
    assert account.http.get("/v1/profile", headers=headers).json()["companyName"] == "Neu GmbH"
    assert (
        'class="said bad"' in press(account, "/page/organizations", name="Andere", apiKey="ein-neuer-schluessel").text
    )


@pytest.mark.parametrize("path", ["/page/style.css", "/"])
def test_the_page_needs_nothing_from_elsewhere(account: Account, path: str) -> None:
    text = account.http.get(path).text
    assert "http://" not in text
    assert "https://" not in text
