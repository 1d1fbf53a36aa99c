"""Which partner, order and campaign the text of an invoice names, as people write it."""

import json
from typing import Any
from uuid import uuid4

import pytest

from activities.judging.invoice_labels import campaign_slug, order_references, partner_codes, partner_codes_of_customer
from lexoffice.contacts import Contact
from lexoffice.documents import Invoice


def invoice(**members: Any) -> Invoice:
    return Invoice.from_body(
        json.dumps(
            {
                "id": str(uuid4()),
                "organizationId": str(uuid4()),
                "version": 1,
                "voucherStatus": "open",
                "voucherDate": "2026-10-05T00:00:00.000+02:00",
                "updatedDate": "2026-10-05T00:00:00.000+02:00",
                "createdDate": "2026-10-05T00:00:00.000+02:00",
                "address": {"name": "Kunde AG"},
                "lineItems": [],
                "totalPrice": {
                    "currency": "EUR",
                    "totalNetAmount": 100,
                    "totalGrossAmount": 119,
                    "totalTaxAmount": 19,
                },
                "taxConditions": {"taxType": "net"},
            }
            | members
        ).encode()
    )


@pytest.mark.parametrize(
    "line",
    [
        "Partner: ANNA",
        "partner: ANNA",
        "PARTNER:ANNA",
        "Partner : anna",
        "Partner\u00a0:\u00a0ANNA\u00a0",
        "Partner: AN\u200bNA\u200e",
        "\ufeffPartner: ANNA",
        "Partner： ＡＮＮＡ",
        "Partner: ANNA.",
        "Partner: „ANNA“,",
        "Partner-Code: ANNA",
        "  \tPartner: (ANNA)  ",
    ],
    ids=ascii,
)
def test_a_partner_is_read_however_its_line_is_written(line: str) -> None:
    for text in (line, f"Guten Tag,\r\n{line}\r\nvielen Dank.", f"Guten Tag\u2028{line}\u2028Danke"):
        assert partner_codes(invoice(remark=text)) == partner_codes(invoice(introduction=text)) == ["ANNA"]
        contact = Contact.from_body(json.dumps({"id": str(uuid4()), "version": 1, "note": text}).encode())
        assert partner_codes_of_customer(contact) == ["ANNA"]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("Partner: Anna Müller", "ANNA MÜLLER"),
        ("Partner: ANNA und BERT", "ANNA UND BERT"),
        ("Partner: AN NA", "AN NA"),
        ("Partner:", ""),
        ("Partner: ???", ""),
    ],
)
def test_a_line_that_names_nobody_is_kept_for_the_question(line: str, meant: str) -> None:
    assert partner_codes(invoice(remark=line)) == [meant]


@pytest.mark.parametrize("line", ["Unser Partner: ANNA dankt", "Partnerin: ANNA", "Partnerschaft seit 2020", "ANNA"])
def test_prose_names_nobody(line: str) -> None:
    assert partner_codes(invoice(remark=line)) == []


@pytest.mark.parametrize(
    "line",
    [
        "Bestellung: 1001",
        "Bestellnummer: 1001",
        "bestellnummer : 1001.",
        "Bestell-Nr.: #1001",
        "Order: 1001",
        "ORDER #1001",
        "Bestellung # 1001",
        "#Bestellung: 1001",
        "Bestellung:\u00a010\u200b01",
    ],
    ids=ascii,
)
def test_an_order_is_read_however_its_line_is_written(line: str) -> None:
    assert order_references(invoice(remark=f"Hallo\n{line}\nDanke")) == ("1001",)


def test_an_order_of_a_field_is_the_same_with_and_without_its_sign() -> None:
    fields = {"Bestellnummer": "#1001", "order_reference": "1001\u00a0"}
    assert order_references(invoice(additionalProperties=fields)) == ("1001",)


@pytest.mark.parametrize("line", ["Bestellung: vielen Dank!", "Order: ", "Bestellungen: 1001", "Partner #1001"])
def test_what_can_be_no_order_names_none(line: str) -> None:
    assert order_references(invoice(remark=line)) == ()


def test_a_campaign_is_read_where_it_can_be_one() -> None:
    assert campaign_slug(invoice(remark="kampagne : messe.")) == "messe"
    assert campaign_slug(invoice(remark="Kampagne: Google Ads Herbst")) is None
    assert campaign_slug(invoice(additionalProperties={"campaign": "Google Ads"})) == "Google Ads"
