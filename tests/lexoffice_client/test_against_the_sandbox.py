"""The client against a lexoffice that was written from the same API sheet by somebody else."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import httpx
import pytest

from httpcalls import errors
from lexoffice.client import LexofficeClient
from lexoffice.new_documents import LineItem, Recipient
from lexoffice.vouchers import VoucherQuery
from lexoffice.webhook import load_public_key, parse_event, signature_is_valid
from sandbox.lexoffice_server import LexofficeAddresses
from tests.lexoffice_client.canned_server import CannedServer, http
from tests.lexoffice_client.samples import DAY, german_midnight, new_credit_note, new_invoice, new_line
from tests.lexoffice_client.sandbox_account import Account

CREDIT_NOTES = VoucherQuery(voucher_types=("creditnote",))


async def test_the_profile_tells_whose_token_it_is(lexoffice_account: Account) -> None:
    profile = await lexoffice_account.client.profile()
    assert str(profile.organization_id) == lexoffice_account.organization_id
    assert (profile.company_name, profile.tax_type, profile.small_business) == ("Muster GmbH", "net", False)
    assert profile.connection_id is not None


async def test_a_wrong_token_is_unauthorized(lexoffice_sandbox: LexofficeAddresses) -> None:
    async with LexofficeClient(base_url=lexoffice_sandbox.base_url, token="wrong") as client:
        with pytest.raises(errors.Unauthorized):
            await client.profile()


async def test_a_finalized_credit_note_is_open_and_has_number_and_totals(lexoffice_account: Account) -> None:
    made = await lexoffice_account.client.create_credit_note(
        new_credit_note(lines=(new_line(10_010), new_line(1)), introduction="Auszahlung PO-2026-0001", remark="R")
    )
    note = await lexoffice_account.client.credit_note(made.id)
    assert (note.id, str(note.organization_id)) == (made.id, lexoffice_account.organization_id)
    assert (note.voucher_status, note.version) == ("open", made.version)
    assert note.voucher_number
    assert (note.total_net_cents, note.total_tax_cents, note.total_gross_cents) == (10_011, 1_902, 11_913)
    assert (note.title, note.introduction, note.remark) == ("Gutschrift", "Auszahlung PO-2026-0001", "R")
    assert (note.voucher_date, note.currency) == (DAY, "EUR")
    assert (note.address.name, note.address.country_code, note.address.contact_id) == ("Anna Müller", "DE", None)
    assert [line.name for line in note.line_items] == ["Provision 10/2026"] * 2
    assert note.raw.startswith(b"{")


async def test_a_draft_has_neither_file_nor_payments(lexoffice_account: Account) -> None:
    made = await lexoffice_account.client.create_credit_note(new_credit_note(), finalize=False)
    assert (await lexoffice_account.client.credit_note(made.id)).voucher_status == "draft"
    with pytest.raises(errors.Conflict):
        await lexoffice_account.client.credit_note_file(made.id)
    with pytest.raises(errors.ValidationFailed) as caught:
        await lexoffice_account.client.payments(made.id)
    assert caught.value.details[0].message == "No payment information for this voucher/voucher type"


async def test_a_paid_credit_note_is_paidoff_and_balanced(lexoffice_account: Account) -> None:
    made = await lexoffice_account.client.create_credit_note(new_credit_note())
    open_payments = await lexoffice_account.client.payments(made.id)
    assert (open_payments.open_cents, open_payments.payment_status) == (11_900, "openRevenue")
    await lexoffice_account.clicks(made.id, "mark-paid")
    assert (await lexoffice_account.client.credit_note(made.id)).voucher_status == "paidoff"
    payments = await lexoffice_account.client.payments(made.id)
    assert (payments.open_cents, payments.payment_status) == (0, "balanced")
    assert (payments.voucher_type, payments.voucher_status) == ("creditnote", "paidoff")
    assert payments.paid_date is not None
    assert [(item.type, item.amount_cents) for item in payments.payment_items] == [("manualPayment", 11_900)]


@pytest.mark.parametrize("as_text", [False, True])
async def test_a_partly_paid_invoice_stays_open(lexoffice_account: Account, as_text: bool) -> None:
    await lexoffice_account.changes(openAmountAsString=as_text)
    made = await lexoffice_account.client.create_invoice(new_invoice())
    await lexoffice_account.clicks(made.id, "pay", amount="19.01")
    invoice, payments = (
        await lexoffice_account.client.invoice(made.id),
        await lexoffice_account.client.payments(made.id),
    )
    assert (invoice.voucher_status, payments.voucher_status, payments.open_cents) == ("open", "open", 9_999)
    assert invoice.due_date == german_midnight(date(2026, 12, 6))


async def test_a_document_free_of_vat_keeps_its_note(lexoffice_account: Account) -> None:
    free = LineItem(name="Provision", unit_price_cents=4_200, tax_rate_percentage=Decimal(0))
    note = new_credit_note(lines=(free,), tax_type="vatfree", tax_type_note="§ 19 UStG")
    made = await lexoffice_account.client.create_credit_note(note)
    read = await lexoffice_account.client.credit_note(made.id)
    assert (read.tax_conditions.tax_type, read.tax_conditions.tax_type_note) == ("vatfree", "§ 19 UStG")
    assert read.total_gross_cents == read.total_net_cents == 4_200


async def test_a_gross_document_is_priced_gross(lexoffice_account: Account) -> None:
    made = await lexoffice_account.client.create_credit_note(new_credit_note(tax_type="gross"))
    assert (await lexoffice_account.client.credit_note(made.id)).total_gross_cents == 10_000


async def test_a_document_of_300_lines_is_accepted(lexoffice_account: Account) -> None:
    made = await lexoffice_account.client.create_credit_note(new_credit_note(lines=(new_line(1_00),) * 300))
    assert len((await lexoffice_account.client.credit_note(made.id)).line_items) == 300


async def test_the_pdf_of_a_credit_note_can_be_had(lexoffice_account: Account) -> None:
    made = await lexoffice_account.client.create_credit_note(new_credit_note())
    assert (await lexoffice_account.client.credit_note_file(made.id)).startswith(b"%PDF-")


async def test_an_id_of_another_kind_or_of_nobody_is_not_found(lexoffice_account: Account) -> None:
    made = await lexoffice_account.client.create_credit_note(new_credit_note())
    for read in (lexoffice_account.client.invoice, lexoffice_account.client.contact):
        with pytest.raises(errors.NotFound):
            await read(made.id)
    for read_nobody in (
        lexoffice_account.client.credit_note,
        lexoffice_account.client.payments,
        lexoffice_account.client.contact,
    ):
        with pytest.raises(errors.NotFound):
            await read_nobody(uuid4())


async def test_a_contact_is_read(lexoffice_account: Account) -> None:
    made = await lexoffice_account.does(
        "contacts", name="Müller & Söhne <50_%>", email="a_b@mueller.example", note="Partner: P-001", city="Freiburg"
    )
    contact = await lexoffice_account.client.contact(UUID(made["id"]))
    assert (contact.name, contact.emails, contact.note) == (
        "Müller & Söhne <50_%>",
        ("a_b@mueller.example",),
        "Partner: P-001",
    )
    assert contact.roles.customer is not None
    assert contact.roles.customer.number is not None
    assert contact.addresses.billing[0].city == "Freiburg"


async def test_a_document_for_a_contact_takes_its_address(lexoffice_account: Account) -> None:
    contact = UUID(
        (await lexoffice_account.does("contacts", name="Partner AG", street="Weg 2", countryCode="AT"))["id"]
    )
    made = await lexoffice_account.client.create_credit_note(new_credit_note(recipient=Recipient(contact_id=contact)))
    address = (await lexoffice_account.client.credit_note(made.id)).address
    assert (address.contact_id, address.name, address.country_code) == (contact, "Partner AG", "AT")


async def test_the_list_is_read_page_by_page(lexoffice_account: Account) -> None:
    made = {(await lexoffice_account.client.create_credit_note(new_credit_note())).id for _ in range(5)}
    await lexoffice_account.client.create_invoice(new_invoice())
    query = VoucherQuery(
        voucher_types=("creditnote",),
        size=2,
        created_date_from=date.today() - timedelta(days=1),  # noqa: DTZ011 - a day more than needed either way
        created_date_to=date.today() + timedelta(days=1),  # noqa: DTZ011
    )
    pages = [await lexoffice_account.client.voucherlist(query, number) for number in range(3)]
    assert [page.is_last for page in pages] == [False, False, True]
    rows = [row for page in pages for row in page.content]
    assert {row.id for row in rows} == made
    assert len(rows) == 5
    assert {(row.voucher_type, row.voucher_status, row.total_cents, row.open_cents) for row in rows} == {
        ("creditnote", "open", 11_900, 11_900)
    }
    assert all(row.voucher_number and row.updated_date and row.contact_name == "Anna Müller" for row in rows)


async def test_a_list_can_be_narrowed_to_a_number_or_a_contact(lexoffice_account: Account) -> None:
    contact = UUID((await lexoffice_account.does("contacts", name="Partner AG"))["id"])
    made = await lexoffice_account.client.create_credit_note(new_credit_note(recipient=Recipient(contact_id=contact)))
    await lexoffice_account.client.create_credit_note(new_credit_note())
    number = (await lexoffice_account.client.credit_note(made.id)).voucher_number
    for narrowed in ({"voucher_number": number}, {"contact_id": contact}):
        page = await lexoffice_account.client.voucherlist(CREDIT_NOTES.model_copy(update=narrowed))
        assert [(row.id, row.contact_id) for row in page.content] == [(made.id, contact)]
        assert page.is_last
        assert page.total_elements == 1


async def test_a_subscription_is_made_once_and_its_notifications_are_signed(
    lexoffice_account: Account, canned: CannedServer, lexoffice_sandbox: LexofficeAddresses
) -> None:
    canned.answer = http(204)
    url = f"{canned.url}/hook"
    made = await lexoffice_account.client.subscribe("credit-note.status.changed", url)
    with pytest.raises(errors.Conflict):
        await lexoffice_account.client.subscribe("credit-note.status.changed", url)
    (listed,) = await lexoffice_account.client.subscriptions()
    assert (listed.id, listed.event_type, listed.callback_url) == (made.id, "credit-note.status.changed", url)
    assert str(listed.organization_id) == lexoffice_account.organization_id

    note = await lexoffice_account.client.create_credit_note(new_credit_note())
    canned.arrived.clear()
    await lexoffice_account.clicks(note.id, "mark-paid")
    await canned.arrived.wait()
    async with httpx.AsyncClient(trust_env=False) as anybody:
        key = load_public_key((await anybody.get(lexoffice_sandbox.public_key_url)).content)
    signature = canned.header("X-Lxo-Signature")
    assert signature is not None
    assert signature_is_valid(canned.body, signature, key)
    assert not signature_is_valid(canned.body.replace(b"credit", b"debit_"), signature, key)
    event = parse_event(canned.body)
    assert (event.event_type, event.resource_id) == ("credit-note.status.changed", note.id)
    assert str(event.organization_id) == lexoffice_account.organization_id
    assert event.event_date is not None

    await lexoffice_account.client.unsubscribe(made.id)
    assert await lexoffice_account.client.subscriptions() == []
    with pytest.raises(errors.NotFound):
        await lexoffice_account.client.unsubscribe(made.id)


async def test_an_address_that_does_not_answer_cannot_be_subscribed(
    lexoffice_account: Account, canned: CannedServer
) -> None:
    canned.answer = http(404)
    with pytest.raises(errors.ValidationFailed, match="callbackUrl"):
        await lexoffice_account.client.subscribe("invoice.deleted", canned.url)


async def test_regular_complaints_name_the_field(lexoffice_account: Account) -> None:
    odd = LineItem(name="x", unit_price_cents=100, tax_rate_percentage=Decimal(18))
    with pytest.raises(errors.ValidationFailed) as caught:
        await lexoffice_account.client.create_credit_note(new_credit_note(lines=(odd,)))
    assert caught.value.status == 406
    assert caught.value.trace_id
    assert caught.value.details[0].field == "lineItems[0].unitPrice.taxRatePercentage"
    assert await lexoffice_account.documents() == []


async def test_the_real_limit_is_told_as_rate_limited(lexoffice_account: Account) -> None:
    await lexoffice_account.changes(rate=2, burst=2)
    calls = (lexoffice_account.client.create_credit_note(new_credit_note()) for _ in range(8))
    ended = await asyncio.gather(*calls, return_exceptions=True)
    refused = [error for error in ended if isinstance(error, errors.RateLimited)]
    assert refused
    assert all(error.proves_nothing_was_made for error in refused)
    assert len(await lexoffice_account.documents()) == len(ended) - len(refused)


FAULTS: dict[str, tuple[type[errors.ProviderError], type[errors.ProviderError], int]] = {
    # fault: what a read says, what a create says, how many documents there are afterwards
    "rate_limit_429": (errors.RateLimited, errors.RateLimited, 0),
    "throttled_500": (errors.RateLimited, errors.OutcomeUnknown, 0),
    "unavailable_503": (errors.ServerError, errors.OutcomeUnknown, 0),
    "timeout_504_before": (errors.ServerError, errors.OutcomeUnknown, 0),
    "reset_before": (errors.NoAnswer, errors.OutcomeUnknown, 0),
    "unauthorized_401": (errors.Unauthorized, errors.Unauthorized, 0),
    "payment_required_402": (errors.ContractDoesNotInclude, errors.ContractDoesNotInclude, 0),
    "forbidden_403": (errors.Forbidden, errors.Forbidden, 0),
    "conflict_409": (errors.Conflict, errors.OutcomeUnknown, 0),
    "timeout_504_after": (errors.ServerError, errors.OutcomeUnknown, 1),
    "reset_after": (errors.NoAnswer, errors.OutcomeUnknown, 1),
    "slow": (errors.NoAnswer, errors.OutcomeUnknown, 1),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_fault_makes_the_client_deny_a_document_that_exists(
    lexoffice_account: Account, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_says, create_says, made = FAULTS[fault]
    note = await lexoffice_account.client.create_credit_note(new_credit_note())
    pause: dict[str, int] = {}
    if fault == "slow":
        pause = {"delayMs": 3000}
        monkeypatch.setattr("httpcalls.exchange.READ_SECONDS", 1.0)
        monkeypatch.setattr("httpcalls.exchange.CREATE_IN_ALL_SECONDS", 1.0)
    await lexoffice_account.does("faults", kind=fault, path="credit-notes", times=2, **pause)

    with pytest.raises(errors.ProviderError) as create:
        await lexoffice_account.client.create_credit_note(new_credit_note())
    with pytest.raises(errors.ProviderError) as read:
        await lexoffice_account.client.credit_note(note.id)

    assert (type(create.value), type(read.value)) == (create_says, read_says)
    assert len(await lexoffice_account.documents()) - 1 == made
    if create.value.proves_nothing_was_made:
        assert made == 0
    assert len(await lexoffice_account.calls()) <= 3, "no call was repeated"


async def test_a_number_may_come_late(lexoffice_account: Account) -> None:
    await lexoffice_account.does("faults", kind="late_number", times=1)
    made = await lexoffice_account.client.create_credit_note(new_credit_note())
    assert (await lexoffice_account.client.credit_note(made.id)).voucher_number is None
    assert (await lexoffice_account.client.credit_note(made.id)).voucher_number


@pytest.mark.parametrize("shape", ["object", "key_value", "name_value"])
@pytest.mark.parametrize("member", ["additionalProperties", "customFields"])
async def test_custom_fields_come_in_three_shapes(lexoffice_account: Account, member: str, shape: str) -> None:
    await lexoffice_account.changes(dialect="chapter")
    fields = {"affiliate_code": "PARTNER-1", "campaign": "winter"}
    written = await lexoffice_account.does(
        "invoices", customer="Kunde AG", net="100.00", **{member: fields, f"{member}Shape": shape}
    )
    assert (await lexoffice_account.client.invoice(UUID(written["id"]))).custom_fields == fields


async def test_custom_fields_of_a_contact_are_read(lexoffice_account: Account) -> None:
    await lexoffice_account.changes(dialect="chapter")
    written = await lexoffice_account.does(
        "contacts", name="Kunde AG", additionalProperties={"affiliate_code": "PARTNER-1"}
    )
    assert (await lexoffice_account.client.contact(UUID(written["id"]))).custom_fields == {
        "affiliate_code": "PARTNER-1"
    }


async def test_a_closing_invoice_names_its_down_payments(lexoffice_account: Account) -> None:
    down = await lexoffice_account.does("invoices", customer="Kunde AG", net="100.00", downPayment=True)
    await lexoffice_account.clicks(down["id"], "mark-paid")
    closing = await lexoffice_account.does(
        "invoices", customer="Kunde AG", net="300.00", closingInvoice=True, deductions=[down["id"]]
    )
    invoice = await lexoffice_account.client.invoice(UUID(closing["id"]))
    assert invoice.closing_invoice
    (deduction,) = invoice.down_payment_deductions
    assert str(deduction.id) == down["id"]
    assert invoice.claimed_gross_cents == 35_700 - 11_900
