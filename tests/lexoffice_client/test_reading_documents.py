"""Documents, contacts and payments in every form that lexoffice has been seen to send."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httpcalls.json_bodies import NotJson, read_json
from lexoffice.contacts import Contact
from lexoffice.custom_fields import normalise_custom_fields
from lexoffice.documents import CreditNote, Invoice
from lexoffice.errors import FractionOfACent
from lexoffice.payments import Payments
from lexoffice.profile import Profile
from lexoffice.wire import render_time, whole_cents
from tests.lexoffice_client.samples import ID, as_bytes, document, unhurried


def invoice(**members: Any) -> Invoice:
    return Invoice.from_body(as_bytes(document(**members)))


def test_what_lexoffice_leaves_out_is_none_or_empty() -> None:
    bare = invoice()
    assert bare.voucher_number is None
    assert bare.address.contact_id is None
    assert (bare.line_items, bare.related_vouchers, bare.down_payment_deductions) == ((), (), ())
    assert bare.custom_fields == {}
    assert not bare.closing_invoice


def test_null_is_the_same_as_left_out() -> None:
    nulls = dict.fromkeys(
        ("voucherNumber", "lineItems", "relatedVouchers", "downPaymentDeductions", "dueDate", "xRechnung", "title")
    )
    assert invoice(**nulls).line_items == ()
    assert invoice(closingInvoice=None).closing_invoice is False
    profile = {"organizationId": str(ID), "smallBusiness": None, "connectionId": None}
    assert Profile.from_body(as_bytes(profile)).small_business is False


def test_an_impossible_day_that_nothing_is_booked_by_is_none() -> None:
    assert invoice(dueDate="2206-12-12T00:00:00.000+01:00").due_date is None
    with pytest.raises(ValueError, match="out of range"):
        invoice(voucherDate="2206-11-28T00:00:00.000+01:00")


def test_an_empty_id_is_none() -> None:
    assert invoice(address={"name": "A", "contactId": ""}).address.contact_id is None
    assert Profile.from_body(as_bytes({"organizationId": str(ID), "connectionId": ""})).connection_id is None
    with pytest.raises(ValueError, match="UUID"):
        Profile.from_body(as_bytes({"organizationId": ""}))


def test_members_nobody_has_heard_of_are_ignored() -> None:
    assert invoice(brandNew={"deep": [1]}, address={"name": "A", "brandNew": 1}).address.name == "A"


@pytest.mark.parametrize("member", ["id", "organizationId", "voucherStatus", "voucherDate", "totalPrice", "address"])
def test_a_document_without_its_core_is_none(member: str) -> None:
    members = document()
    del members[member]
    with pytest.raises(ValueError, match="Field required"):
        CreditNote.from_body(as_bytes(members))


def test_amounts_never_pass_through_a_float() -> None:
    body = as_bytes(document()).replace(b"100.0", b"90071992547409.93")
    assert Invoice.from_body(body).total_net_cents == 9007199254740993


def test_totals_are_cents() -> None:
    total = {"currency": "EUR", "totalNetAmount": 559.66, "totalGrossAmount": "666.00", "totalTaxAmount": 106.34}
    read = invoice(totalPrice=total)
    assert (read.total_net_cents, read.total_tax_cents, read.total_gross_cents) == (55966, 10634, 66600)
    assert read.currency == "EUR"


@pytest.mark.parametrize("text", ["0.001", "119.005", "-0.015", "1e15", "1e999999", "-1e999999"])
def test_what_is_no_whole_number_of_cents_or_no_money_is_refused(text: str) -> None:
    with pytest.raises(FractionOfACent):
        whole_cents(Decimal(text))


@pytest.mark.parametrize(
    ("text", "cents"),
    [("0", 0), ("-0.01", -1), ("119.00000000000001", 11900), ("0.30000000000000004", 30), ("1e2", 10000)],
)
def test_the_noise_of_the_other_sides_floats_is_no_fraction(text: str, cents: int) -> None:
    assert whole_cents(Decimal(text)) == cents


@unhurried
@given(st.integers(-(10**13), 10**13))
def test_cents_survive_the_way_through_json(cents: int) -> None:
    euros = f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
    assert whole_cents(Decimal(str(read_json(euros.encode())))) == cents


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T10:26:40.956+01:00", datetime(2026, 11, 22, 9, 26, 40, 956000, tzinfo=UTC)),
        ("2026-11-22T10:26:40.956Z", datetime(2026, 11, 22, 10, 26, 40, 956000, tzinfo=UTC)),
        ("2026-07-22T00:00:00", datetime(2026, 7, 21, 22, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 21, 23, tzinfo=UTC)),
    ],
)
def test_times_are_aware_and_german_where_they_do_not_say(text: str, moment: datetime) -> None:
    assert invoice(voucherDate=text).voucher_date == moment


@pytest.mark.parametrize(
    "junk", [0, 1_700_000_000, "1700000000", "", "yesterday", "0001-01-01", "9999-12-31", [], True]
)
def test_what_is_no_time_is_refused(junk: object) -> None:
    with pytest.raises(ValueError, match="voucherDate"):
        invoice(voucherDate=junk)


def test_times_are_written_in_the_one_accepted_form() -> None:
    assert render_time(datetime(2026, 7, 1, 21, 59, 59, 999_999, tzinfo=UTC)) == "2026-07-01T23:59:59.999+02:00"
    assert render_time(datetime(2026, 12, 31, 23, 0, tzinfo=UTC)) == "2027-01-01T00:00:00.000+01:00"


def test_text_that_no_database_can_store_is_made_storable_and_the_evidence_left_alone() -> None:
    body = as_bytes(document(introduction="a\x00b\ud800c", remark="\U0001f600"))
    read = Invoice.from_body(body)
    assert read.introduction == "a\ufffdb\ufffdc"
    assert read.remark == "\U0001f600"
    assert read.raw == body


@unhurried
@given(st.binary(max_size=200))
def test_whatever_bytes_arrive_they_are_json_or_are_not(body: bytes) -> None:
    try:
        read_json(body)
    except NotJson:
        pass


@pytest.mark.parametrize("body", [b"NaN", b"-Infinity", b"1" * 5000, b"1e99999999999999999999", b"[" * 10**6])
def test_numbers_and_nesting_beyond_reason_are_no_json(body: bytes) -> None:
    with pytest.raises(NotJson):
        read_json(body)


FIELDS = {"affiliate_code": "PARTNER-1", "campaign": "winter"}


@pytest.mark.parametrize("member", ["additionalProperties", "customFields"])
@pytest.mark.parametrize(
    "shape",
    [
        FIELDS,
        [{"key": key, "value": value} for key, value in FIELDS.items()],
        [{"name": key, "value": value} for key, value in FIELDS.items()],
        [{"key": "affiliate_code", "value": " PARTNER-1 "}, {"name": "campaign", "value": "winter"}, None, 7, [], {}],
    ],
)
@pytest.mark.parametrize("resource", [Invoice, CreditNote])
def test_custom_fields_are_read_from_every_shape(
    member: str, shape: object, resource: type[Invoice | CreditNote]
) -> None:
    assert resource.from_body(as_bytes(document(**{member: shape}))).custom_fields == FIELDS


def test_additional_properties_come_before_custom_fields_and_the_first_pair_counts() -> None:
    raw = {
        "customFields": {"a": "late", "b": "only"},
        "additionalProperties": [{"key": "a", "value": "early"}, {"key": "a", "value": "again"}],
    }
    assert normalise_custom_fields(raw) == {"a": "early", "b": "only"}


def test_numbers_and_truth_values_become_text_and_structures_are_passed_over() -> None:
    body = b'{"additionalProperties": {"n": 5.10, "i": 7, "t": true, "x": null, "o": {}, "l": [1], "": "x", "e": " "}}'
    assert normalise_custom_fields(read_json(body)) == {"n": "5.10", "i": "7", "t": "true"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@unhurried
@given(JSON, JSON)
def test_junk_in_custom_fields_never_hurts(additional: object, custom: object) -> None:
    fields = normalise_custom_fields({"additionalProperties": additional, "customFields": custom})
    assert all(isinstance(key, str) and isinstance(value, str) and key and value for key, value in fields.items())
    assert "\x00" not in json.dumps(fields)


def test_junk_under_the_attributes_own_name_never_hurts() -> None:
    assert invoice(custom_fields=[[["x"]]], additionalProperties={"a": "b"}).custom_fields == {"a": "b"}


@pytest.mark.parametrize("amount", [b"12.50", b'"12.50"', b"12.5", b"12.5000"])
def test_the_open_amount_may_be_a_number_or_a_text(amount: bytes) -> None:
    rest = b'"currency":"EUR","paymentStatus":"openRevenue","voucherType":"invoice","voucherStatus":"open"}'
    payments = Payments.from_body(b'{"openAmount":' + amount + b"," + rest)
    assert payments.open_cents == 1250
    assert payments.payment_items == ()
    assert payments.paid_date is None


def test_payment_items_tell_kind_day_and_amount() -> None:
    payments = Payments.from_body(
        as_bytes(
            {
                "openAmount": 0.0,
                "currency": "EUR",
                "paymentStatus": "balanced",
                "voucherType": "invoice",
                "voucherStatus": "paid",
                "paidDate": "2023-07-14T13:42:02.123+02:00",
                "paymentItems": [
                    {
                        "paymentItemType": "manualPayment",
                        "postingDate": "2023-07-14T00:00:00.000+02:00",
                        "amount": 72.0,
                        "currency": "EUR",
                    }
                ],
            }
        )
    )
    (item,) = payments.payment_items
    assert (item.type, item.amount_cents) == ("manualPayment", 7200)
    assert payments.paid_date is not None


def test_a_contact_tells_name_mails_roles_and_custom_fields() -> None:
    contact = Contact.from_body(
        as_bytes(
            {
                "id": str(ID),
                "version": 3,
                "roles": {"customer": {"number": 10001}},
                "company": {
                    "name": "Bike & Ride",
                    "contactPersons": [{"lastName": "A", "emailAddress": "a@b.de"}, {"lastName": "C"}],
                },
                "addresses": {"billing": [{"street": "S", "countryCode": "DE"}]},
                "emailAddresses": {"business": ["office@b.de"], "private": ["a@b.de"]},
                "customFields": {"affiliate_code": "P1"},
                "note": "Partner: P1",
            }
        )
    )
    assert contact.name == "Bike & Ride"
    assert contact.emails == ("office@b.de", "a@b.de")
    assert contact.roles.customer is not None
    assert contact.roles.customer.number == 10001
    assert contact.roles.vendor is None
    assert contact.custom_fields == {"affiliate_code": "P1"}


def test_a_contact_may_be_a_person_with_nothing_else() -> None:
    person = {"id": str(ID), "version": 0, "person": {"firstName": "Ada", "lastName": "L"}, "emailAddresses": None}
    contact = Contact.from_body(as_bytes(person))
    assert (contact.name, contact.emails) == ("Ada L", ())


def test_a_profile_names_organisation_and_tax_case() -> None:
    profile = Profile.from_body(
        as_bytes({"organizationId": str(ID), "companyName": "X", "taxType": "net", "smallBusiness": True})
    )
    assert (profile.organization_id, profile.small_business, profile.connection_id) == (ID, True, None)
