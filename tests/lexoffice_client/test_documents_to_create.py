"""What may be sent, exactly as it is sent; what lexoffice would refuse is refused before."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from httpcalls.json_bodies import read_json
from lexoffice.new_documents import LineItem, Recipient, ShippingConditions
from lexoffice.vouchers import VoucherQuery
from tests.lexoffice_client.samples import DAY, ID, german_midnight, new_credit_note, new_invoice, new_line, unhurried


def test_a_credit_note_is_sent_as_the_api_wants_it() -> None:
    note = new_credit_note(
        recipient=Recipient(contact_id=ID),
        lines=(new_line(10_010),),
        introduction="Gutschrift gemäß § 14\nAbs. 2",
    )
    assert note.body().decode() == (
        '{"voucherDate":"2026-11-22T00:00:00.000+01:00",'
        f'"address":{{"contactId":"{ID}"}},'
        '"lineItems":[{"type":"custom","name":"Provision 10/2026","quantity":1,"unitName":"Pauschale",'
        '"unitPrice":{"currency":"EUR","netAmount":100.10,"taxRatePercentage":19}}],'
        '"totalPrice":{"currency":"EUR"},"taxConditions":{"taxType":"net"},'
        '"title":"Gutschrift","introduction":"Gutschrift gemäß § 14\\nAbs. 2"}'
    )


def test_an_invoice_says_when_it_was_delivered() -> None:
    sent = json.loads(
        new_invoice(
            shipping_conditions=ShippingConditions(
                shipping_type="serviceperiod",
                shipping_date=german_midnight(date(2026, 7, 1)),
                shipping_end_date=DAY,
            ),
        ).body()
    )
    assert sent["shippingConditions"] == {
        "shippingType": "serviceperiod",
        "shippingDate": "2026-07-01T00:00:00.000+02:00",
        "shippingEndDate": "2026-11-22T00:00:00.000+01:00",
    }


@unhurried
@given(st.integers(-(10**13), 10**13))
def test_the_price_on_the_wire_is_the_price_in_cents(cents: int) -> None:
    sent = read_json(new_credit_note(lines=(new_line(cents),)).body())
    assert sent["lineItems"][0]["unitPrice"]["netAmount"] * 100 == cents


def test_a_gross_document_sends_gross_prices() -> None:
    price = read_json(new_credit_note(tax_type="gross").body())["lineItems"][0]["unitPrice"]
    assert price["grossAmount"] == 100
    assert "netAmount" not in price


@unhurried
@given(st.integers(946_684_800_000, 4_102_444_800_000).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC)))
def test_dates_are_always_sent_with_milliseconds_and_the_german_offset(moment: datetime) -> None:
    sent = read_json(new_credit_note(voucher_date=moment).body())["voucherDate"]
    assert len(sent) == len("2026-11-22T00:00:00.000+01:00")
    assert sent.endswith(("+01:00", "+02:00"))
    assert abs(datetime.fromisoformat(sent) - moment).total_seconds() < 0.001


REFUSED: dict[str, dict[str, Any]] = {
    "a title of 26 characters": {"title": "x" * 26},
    "a title of 13 characters that count twice": {"title": "\U0001f600" * 13},
    "an empty title": {"title": ""},
    "an introduction of 2001 characters": {"introduction": "x" * 2001},
    "a remark of 2001 characters": {"remark": "x" * 2001},
    "a text with NUL": {"remark": "a\x00b"},
    "a text with half a character": {"remark": "\ud800"},
    "no line": {"lines": ()},
    "301 lines": {"lines": (new_line(),) * 301},
    "a date without offset": {"voucher_date": DAY.replace(tzinfo=None)},
    "a date nobody booked": {"voucher_date": datetime(1, 1, 1, tzinfo=UTC)},
    "VAT on a document free of it": {"tax_type": "vatfree"},
    "an unknown tax type": {"tax_type": "netto"},
    "a member that does not exist": {"due_date": DAY},
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_lexoffice_would_refuse_is_refused_before(what: str) -> None:
    with pytest.raises(ValidationError):
        new_credit_note(**REFUSED[what])


def test_the_largest_document_is_accepted() -> None:
    note = new_credit_note(lines=(new_line(),) * 300, title="x" * 25, introduction="ä" * 2000, remark="x" * 2000)
    assert len(read_json(note.body())["lineItems"]) == 300


def test_foreign_trade_needs_a_contact() -> None:
    free = LineItem(name="x", unit_price_cents=1, tax_rate_percentage=Decimal(0))
    given: dict[str, Any] = {"tax_type": "externalService13b", "lines": (free,)}
    with pytest.raises(ValidationError, match="contact"):
        new_credit_note(**given)
    assert new_credit_note(**given, recipient=Recipient(contact_id=ID))


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"name": "A"},
        {"country_code": "DE"},
        {"name": "A", "country_code": "de"},
        {"name": "A", "country_code": "DE\n"},
    ],
)
def test_a_recipient_is_a_contact_or_a_name_with_a_country(members: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Recipient(**members)


def test_an_extended_country_is_a_country() -> None:
    assert Recipient(name="A", country_code="ES_CN").country_code == "ES_CN"


@pytest.mark.parametrize(
    "members",
    [
        {"name": ""},
        {"name": "x" * 256},
        {"quantity": Decimal(0)},
        {"quantity": Decimal("0.00001")},
        {"unit_price_cents": 1.5},
        {"unit_price_cents": "100"},
        {"tax_rate_percentage": 19.0},
        {"tax_rate_percentage": Decimal(-1)},
    ],
)
def test_a_line_that_cannot_be_booked_is_refused(members: dict[str, Any]) -> None:
    given: dict[str, Any] = {"name": "x", "unit_price_cents": 1, "tax_rate_percentage": Decimal(19)}
    with pytest.raises(ValidationError):
        LineItem(**(given | members))


@pytest.mark.parametrize(
    "members",
    [
        {"shipping_type": "none", "shipping_date": DAY},
        {"shipping_type": "service"},
        {"shipping_type": "serviceperiod", "shipping_date": DAY},
        {"shipping_type": "service", "shipping_date": DAY, "shipping_end_date": DAY},
        {
            "shipping_type": "serviceperiod",
            "shipping_date": DAY,
            "shipping_end_date": german_midnight(date(2026, 11, 21)),
        },
    ],
)
def test_dates_of_delivery_fit_its_kind(members: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ShippingConditions(**members)


@pytest.mark.parametrize(
    "members",
    [
        {"voucher_types": ()},
        {"voucher_types": ("dunning",)},
        {"voucher_types": ("any", "invoice")},
        {"voucher_types": ("invoice",), "voucher_statuses": ("overdue", "open")},
        {"voucher_types": ("invoice",), "size": 251},
    ],
)
def test_a_list_that_lexoffice_would_refuse_is_refused_before(members: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        VoucherQuery(**members)


def test_what_was_wrong_is_told_without_the_customers_data() -> None:
    with pytest.raises(ValidationError) as caught:
        Recipient(name="Erika Mustermann" * 20, country_code="DE")
    assert "Erika" not in str(caught.value)
