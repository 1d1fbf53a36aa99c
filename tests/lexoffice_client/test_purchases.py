"""Purchase vouchers: what is sent, what comes back, and what a failure in the middle proves."""

import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from httpcalls import errors
from lexoffice.client import LexofficeClient
from lexoffice.purchases import LARGEST_FILE, NewVoucher, NewVoucherItem
from lexoffice.vouchers import VoucherQuery
from tests.lexoffice_client.canned_server import Canned, CannedServer, http
from tests.lexoffice_client.samples import ID
from tests.lexoffice_client.sandbox_account import Account

PDF = b"%PDF-1.7 one document"


def item(**changes: Any) -> NewVoucherItem:
    given = {"cents": 100_00, "tax_cents": 19_00, "tax_rate_percent": Decimal(19), "category_id": ID}
    return NewVoucherItem.model_validate(given | changes)


def voucher(**changes: Any) -> NewVoucher:
    given = {
        "type": "purchaseinvoice",
        "number": "GU-2026-00001",
        "voucher_date": date(2026, 11, 2),
        "tax_type": "net",
        "contact_id": ID,
        "items": (item(),),
    }
    return NewVoucher.model_validate(given | changes)


async def booked(account: Account, **changes: Any) -> UUID:
    """A voucher in the account's books, for a contact of its own."""
    categories = {one.name: one.id for one in await account.client.posting_categories()}
    contact = await account.does("contacts", name="Anna Beispiel")
    items = (item(category_id=categories["Provisionen"]),)
    given = {"contact_id": contact["id"], "items": items} | changes
    return (await account.client.create_voucher(voucher(**given))).id


def test_a_voucher_is_sent_as_the_api_wants_it_and_without_a_status() -> None:
    assert json.loads(voucher(remark="PO-2026-0001").body()) == {
        "type": "purchaseinvoice",
        "voucherNumber": "GU-2026-00001",
        "voucherDate": "2026-11-02",
        "totalGrossAmount": 119.0,
        "totalTaxAmount": 19.0,
        "taxType": "net",
        "useCollectiveContact": False,
        "contactId": str(ID),
        "remark": "PO-2026-0001",
        "voucherItems": [{"amount": 100.0, "taxAmount": 19.0, "taxRatePercent": 19, "categoryId": str(ID)}],
    }
    assert b'"totalGrossAmount":119.00' in voucher().body()


def test_a_gross_voucher_has_its_tax_within() -> None:
    assert voucher(tax_type="gross", items=(item(cents=119_00),)).gross_cents == 119_00
    assert voucher().gross_cents == 119_00


@pytest.mark.parametrize(
    "wrong",
    [{"tax_type": "vatfree"}, {"items": ()}, {"number": ""}, {"number": "a\x00"}, {"type": "invoice"}],
)
def test_what_lexoffice_would_refuse_is_refused_before(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        voucher(**wrong)


async def test_a_voucher_is_created_read_and_found_by_its_number(lexoffice_account: Account) -> None:
    id = await booked(lexoffice_account)
    read = await lexoffice_account.client.voucher(id)
    assert (read.voucher_number, read.voucher_status, read.type) == ("GU-2026-00001", "open", "purchaseinvoice")
    assert (read.gross_cents, read.tax_cents, read.rates) == (119_00, 19_00, frozenset({Decimal(19)}))
    assert str(read.organization_id) == lexoffice_account.organization_id
    query = VoucherQuery(voucher_types=("purchaseinvoice",), voucher_number="GU-2026-00001")
    rows = (await lexoffice_account.client.voucherlist(query)).content
    assert [(row.id, row.total_cents) for row in rows] == [(id, 119_00)]
    payments = await lexoffice_account.client.payments(id)
    assert (payments.open_cents, payments.payment_status) == (119_00, "openExpense")


async def test_the_same_file_twice_is_one_file(lexoffice_account: Account) -> None:
    id = await booked(lexoffice_account)
    first = await lexoffice_account.client.attach_file(id, PDF, name="Gutschrift GU-2026-00001 Łódź.pdf")
    assert await lexoffice_account.client.attach_file(id, PDF, name="other.pdf") == first
    assert (await lexoffice_account.client.voucher(id)).files == (first,)


@pytest.mark.parametrize("content", [b"", b"<xml/>", b"%PDF-" + bytes(LARGEST_FILE)])
async def test_what_is_no_pdf_or_too_large_costs_no_request(canned: CannedServer, content: bytes) -> None:
    async with LexofficeClient(base_url=canned.url, token="token") as client:
        with pytest.raises(ValueError, match="no PDF"):
            await client.attach_file(ID, content, name="a.pdf")
    assert canned.requests == []


async def test_a_voucher_whose_answer_is_lost_is_unknown_and_a_file_may_be_tried_again(canned: CannedServer) -> None:
    canned.answer = http(504, {"message": "Endpoint request timed out"})
    async with LexofficeClient(base_url=canned.url, token="token") as client:
        with pytest.raises(errors.OutcomeUnknown):
            await client.create_voucher(voucher())
        with pytest.raises(errors.ServerError):
            await client.attach_file(ID, PDF, name="a.pdf")
        canned.answer = Canned(then="reset")
        with pytest.raises(errors.NoAnswer):
            await client.attach_file(ID, PDF, name="a.pdf")
        canned.answer = http(500, {"IssueList": []})
        with pytest.raises(errors.ServerError):
            await client.attach_file(ID, PDF, name="a.pdf")


async def test_a_refusal_names_its_fields(lexoffice_account: Account) -> None:
    with pytest.raises(errors.ValidationFailed) as caught:
        await booked(lexoffice_account, contact_id=uuid4())
    assert [(one.violation, one.field) for one in caught.value.details] == [("Missing_ContactId", "contactId")]


async def test_categories_say_what_they_are_for(lexoffice_account: Account) -> None:
    categories = await lexoffice_account.client.posting_categories()
    abroad = [one for one in categories if "§13b" in one.name]
    assert {(one.type, one.contact_required) for one in abroad} == {("outgo", True)}
