"""Booking a document of ours in lexoffice exactly once: every trap of the voucher's API, over HTTP."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from temporalio.exceptions import ApplicationError

from activities.books.lexoffice.voucher_content import voucher_of
from activities.payouts.voucher_document import VoucherFor, write_voucher
from ledger.documents.own.content import OwnDocumentKind
from ledger.types import TaxCase
from tests.activities.creation.vouchers.desk import desk_of
from tests.fixtures.voucher_books import VoucherBooks
from tests.ledger.documents.own.documents import AUSTRIAN, PRIVATE, REVERSE, SMALL, SWISS, document


async def test_a_document_is_booked_with_its_file_and_read_back(voucher_books: VoucherBooks) -> None:
    desk = await desk_of(voucher_books)
    assert await desk.through() == ["attach", "read_voucher", "wait"]
    voucher = await desk.voucher()
    assert (voucher["voucherNumber"], voucher["voucherStatus"], len(voucher["files"])) == (desk.row.number, "open", 1)
    assert (voucher["totalGrossAmount"] * 100, voucher["totalTaxAmount"] * 100) == pytest.approx(
        (desk.row.gross_cents, desk.row.tax_cents)
    )
    assert desk.owner.told == [("booked", None)]
    assert (await desk.now()).closed_at is not None


async def posts(books: VoucherBooks) -> int:
    return (await books.calls()).count("POST /v1/vouchers")


async def test_four_calls_a_document_where_the_contact_is_known_and_two_more_once_for_the_partner(
    voucher_books: VoucherBooks,
) -> None:
    first = await desk_of(voucher_books)
    before = len(await voucher_books.calls())
    await first.through()
    assert (await voucher_books.calls())[before:] == [
        "GET /v1/contacts",
        "POST /v1/contacts",
        "GET /v1/voucherlist",
        "POST /v1/vouchers",
        "POST /v1/vouchers/{id}/files",
        "GET /v1/vouchers/{id}",
    ]
    [made] = await voucher_books.within(
        lambda tx: tx.fetch("SELECT contact_id, settled_at FROM partner_contacts WHERE tenant_id = $1", tx.tenant.id)
    )
    assert made["contact_id"] is not None
    assert made["settled_at"] is not None


CASES: dict[str, tuple[TaxCase, dict[str, Any], tuple[str, int]]] = {
    "regular": (TaxCase.REGULAR, {}, ("net", 19)),
    "small": (TaxCase.SMALL_BUSINESS, {"vat": SMALL}, ("vatfree", 0)),
    "private": (TaxCase.PRIVATE, {"vat": PRIVATE, "kind": OwnDocumentKind.COMMISSION_STATEMENT}, ("vatfree", 0)),
    "eu": (TaxCase.EU_BUSINESS, {"vat": REVERSE, "seller": AUSTRIAN}, ("net", 0)),
    "abroad": (TaxCase.THIRD_COUNTRY, {"vat": REVERSE, "seller": SWISS}, ("net", 0)),
}


@pytest.mark.parametrize("case", CASES)
async def test_each_tax_case_is_booked_as_the_table_says(voucher_books: VoucherBooks, case: str) -> None:
    tax_case, changes, (tax_type, rate) = CASES[case]
    desk = await desk_of(voucher_books, tax_case, **changes)
    assert (await desk.through())[-1] == "wait", desk.owner.told
    voucher = await desk.voucher()
    [item] = voucher["voucherItems"]
    assert (voucher["taxType"], item["taxRatePercent"]) == (tax_type, rate)
    assert round(voucher["totalGrossAmount"] * 100) == desk.row.gross_cents
    day = date.fromisoformat(voucher["voucherDate"][:10])
    if case == "eu":  # § 13b (EU): the last day of the month of the service
        assert (day + timedelta(days=1)).day == 1
        assert day >= document().period_to > day - timedelta(days=31)
    else:
        assert day == desk.row.issued_on


async def test_what_changes_the_tax_of_a_later_month_is_booked_in_that_month(voucher_books: VoucherBooks) -> None:
    """§ 13b (EU), a Storno for a change of what was agreed (§ 17 UStG)."""
    row = await voucher_books.issue(document(number="?", vat=REVERSE, seller=AUSTRIAN))
    about = VoucherFor(
        partner=voucher_books.payout.partner_id, tax_case=TaxCase.EU_BUSINESS, counts_in=date(2027, 2, 1)
    )
    content = await voucher_books.within(lambda tx: write_voucher(tx, row, about))
    assert content.voucher_date == date(2027, 2, 28)


async def test_a_tenant_who_is_kleinunternehmer_books_the_gross_at_0_percent(voucher_books: VoucherBooks) -> None:
    await voucher_books.changes(smallBusiness=True, taxType="vatfree")
    await voucher_books.within(
        lambda tx: tx.execute(
            "UPDATE provider_connections SET small_business = true WHERE tenant_id = $1", tx.tenant.id
        )
    )
    desk = await desk_of(voucher_books)
    assert (await desk.through())[-1] == "wait", desk.owner.told
    voucher = await desk.voucher()
    assert (voucher["taxType"], voucher["totalTaxAmount"]) == ("gross", 0)
    assert round(voucher["totalGrossAmount"] * 100) == desk.row.gross_cents


async def test_19_percent_that_the_account_does_not_know_block_with_a_sentence(voucher_books: VoucherBooks) -> None:
    await voucher_books.changes(smallBusiness=True)
    desk = await desk_of(voucher_books)
    assert await desk.book() == "wait"
    assert desk.owner.told == [("voucher_refused", "voucher_rate_refused")]
    assert (await desk.now()).closed_at is not None
    assert await voucher_books.vouchers() == []


async def test_a_category_that_vanished_meanwhile_blocks_with_a_sentence(voucher_books: VoucherBooks) -> None:
    desk = await desk_of(voucher_books)
    await voucher_books.changes(vanishedCategories=[str(voucher_of(desk.intent).category_id)])
    assert await desk.book() == "wait"
    assert desk.owner.told == [("voucher_refused", "voucher_category_refused")]


@pytest.mark.parametrize("fault", ["timeout_504_after", "reset_after"])
async def test_an_answer_that_was_lost_is_found_by_number_and_never_sent_twice(
    voucher_books: VoucherBooks, fault: str
) -> None:
    desk = await desk_of(voucher_books)
    await voucher_books.fault(fault, method="POST", path="vouchers$", times=1)
    assert await desk.book() == "search_voucher"
    assert desk.owner.told == [("unclear", None)]
    assert await desk.book() == "search_voucher", "another attempt of the activity sends nothing"
    assert [await desk.search(), await desk.attach(), await desk.read_back()] == ["attach", "read_voucher", "wait"]
    assert await posts(voucher_books) == 1
    assert len(await voucher_books.vouchers()) == 1


async def test_a_list_that_lags_is_looked_at_three_times_before_anything_is_sent_again(
    voucher_books: VoucherBooks,
) -> None:
    desk = await desk_of(voucher_books)
    await voucher_books.fault("timeout_504_after", method="POST", path="vouchers$", times=1)
    await voucher_books.fault("late_index", path="voucherlist", delayMs=600_000)
    await desk.book()
    assert [await desk.search(), await desk.search()] == ["search_voucher", "search_voucher"]
    await voucher_books.hooks.delete(f"/sandbox/organizations/{voucher_books.organization}/faults")
    assert await desk.search() == "attach", "the third look finds it"
    assert len(await voucher_books.vouchers()) == 1


async def test_three_empty_looks_allow_one_more_post_and_above_the_limit_only_a_person_does(
    voucher_books: VoucherBooks,
) -> None:
    desk = await desk_of(voucher_books)
    await voucher_books.fault("timeout_504_before", method="POST", path="vouchers$", times=1)
    await desk.book()
    assert [await desk.search() for _ in range(3)] == ["search_voucher", "search_voucher", "book"]
    assert await desk.book() == "attach"
    other = await desk_of(voucher_books, payout=False)
    other.owner.is_large = True
    await voucher_books.fault("timeout_504_before", method="POST", path="vouchers$", times=1)
    await other.book()
    assert [await other.search() for _ in range(3)][-1] == "wait"
    assert other.owner.told[-1] == ("lost", ())


async def test_a_voucher_of_somebody_else_under_our_number_is_a_question_and_never_ours(
    voucher_books: VoucherBooks,
) -> None:
    desk = await desk_of(voucher_books)
    await desk.somebody_books(gross_cents=desk.row.gross_cents + 1)
    assert await desk.book() == "book"
    assert desk.owner.told == [("voucher_number_taken", "voucher_number_taken")]
    assert await posts(voucher_books) == 1, "that of somebody else"


async def test_one_that_agrees_in_everything_is_ours_and_gets_the_file(voucher_books: VoucherBooks) -> None:
    desk = await desk_of(voucher_books)
    await desk.somebody_books()
    assert await desk.book() == "attach"
    assert [await desk.attach(), await desk.read_back()] == ["read_voucher", "wait"]
    assert await posts(voucher_books) == 1
    assert desk.owner.told == [("booked", None)]


async def test_a_file_that_was_lost_is_attached_again_and_is_the_same_file(voucher_books: VoucherBooks) -> None:
    desk = await desk_of(voucher_books)
    await desk.book()
    await desk.attach()
    first = (await desk.now()).attached_file
    await voucher_books.fault("reset_after", method="POST", path="files$", times=1)
    with pytest.raises(ApplicationError):
        await desk.attach()
    assert await desk.attach() == "read_voucher"
    assert (await desk.now()).attached_file == first
    assert len((await desk.voucher())["files"]) == 1
    await desk.somebody_replaces()
    with pytest.raises(ApplicationError, match="not shown yet"):
        await desk.read_back()
    assert await desk.read_back(attempt=6) == "attach"
    assert await desk.attach() == "read_voucher"
    assert await desk.read_back(attempt=6) == "read_voucher", "lexoffice knows the bytes, and shows no file"
    assert desk.owner.told == [("voucher_differs", "voucher_file_lost")]


async def test_an_attach_that_answers_500_is_tried_again(voucher_books: VoucherBooks) -> None:
    desk = await desk_of(voucher_books)
    await desk.book()
    await voucher_books.fault("throttled_500", method="POST", path="files$", times=1)
    with pytest.raises(ApplicationError) as failed:
        await desk.attach()
    assert not failed.value.non_retryable
    assert await desk.attach() == "read_voucher"


async def test_a_voucher_deleted_between_create_and_attach_is_for_a_person(voucher_books: VoucherBooks) -> None:
    desk = await desk_of(voucher_books)
    await desk.book()
    await voucher_books.does(f"vouchers/{(await desk.voucher())['id']}/delete")
    with pytest.raises(ApplicationError, match="not there yet"):
        await desk.attach()
    assert await desk.attach(attempt=6) == "wait"
    assert desk.owner.told == [("gone", "voucher_not_there")]


async def test_a_voucher_that_was_edited_before_it_was_read_is_not_booked(voucher_books: VoucherBooks) -> None:
    desk = await desk_of(voucher_books)
    await desk.book()
    await desk.attach()
    await voucher_books.does(f"vouchers/{(await desk.voucher())['id']}/edit", amount=1)
    assert await desk.read_back() == "read_voucher"
    assert desk.owner.told == [("voucher_differs", "voucher_differs")]


async def test_a_contact_of_the_partners_own_gets_both_roles_once(voucher_books: VoucherBooks) -> None:
    contact = await voucher_books.does(
        f"organizations/{voucher_books.organization}/contacts", name="Anna Beispiel", roles=["vendor"]
    )
    await voucher_books.within(
        lambda tx: tx.execute(
            "UPDATE partners SET lexoffice_contact_id = $2 WHERE tenant_id = $1 AND code = 'ANNA'",
            tx.tenant.id,
            UUID(contact["id"]),
        )
    )
    await voucher_books.changes(vouchersNeedCustomers=True)
    desk = await desk_of(voucher_books)
    before = len(await voucher_books.calls())
    await desk.through()
    calls = (await voucher_books.calls())[before:]
    assert calls[:2] == ["GET /v1/contacts/{id}", "PUT /v1/contacts/{id}"]
    assert (await desk.voucher())["contactId"] == contact["id"]
