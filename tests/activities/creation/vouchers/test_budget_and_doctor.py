"""What a voucher costs of lexoffice's budget, and what the doctor sees of it."""

import pytest

from activities.doctor import lexoffice_check
from ledger.connections import budget
from ledger.payouts.payout_run_results import RunTotals
from ledger.types import LEXOFFICE
from tests.activities.creation.vouchers.desk import desk_of
from tests.conftest import Database
from tests.fixtures.planted_differences import plant
from tests.fixtures.voucher_books import VoucherBooks

PACE = 100.0


async def slots(books: VoucherBooks, *, counts: bool, tries: int = 3) -> int:
    """How many of these creates get a slot at once."""
    found = 0
    for _ in range(tries):
        async with books.shop.ledger.transaction(books.shop.tenant) as tx:
            slot = await budget.reserve_creation(
                tx, provider=LEXOFFICE, pace_per_second=PACE, counts_to_the_minute=counts
            )
        found += slot is not None and slot.wait_seconds < 1
    return found


async def test_a_voucher_counts_to_the_18_a_minute_unless_a_setting_says_otherwise_and_always_to_the_year(
    voucher_books: VoucherBooks,
) -> None:
    assert await slots(voucher_books, counts=True) == 1, "one every 3.3 s"
    assert await slots(voucher_books, counts=False) == 3, "as fast as any call"
    async with voucher_books.shop.ledger.transaction(voucher_books.shop.tenant) as tx:
        assert await budget.created_this_year(tx, provider=LEXOFFICE) == 4


@pytest.mark.parametrize(
    ("payouts", "vouchers", "unbooked", "minutes"),
    [(180, 0, 0, 10.0), (180, 180, 0, 10.0), (180, 0, 180, 0.0), (180, 90, 90, 5.0)],
)
def test_the_estimate_of_a_run_knows_documents_and_calls(
    payouts: int, vouchers: int, unbooked: int, minutes: float
) -> None:
    totals = RunTotals(
        partners=1, payouts=payouts, lines=1, net_cents=1, tax_cents=0, gross_cents=1, waiting=(),
        vouchers=vouchers, unbooked=unbooked,
    )  # fmt: skip
    assert totals.minutes_at_lexoffice == pytest.approx(minutes)
    assert totals.share_of_the_year == pytest.approx((payouts - unbooked) / 50_000)


async def test_the_doctor_finds_a_voucher_that_changed_or_is_gone(voucher_books: VoucherBooks) -> None:
    shop = voucher_books.shop
    desk = await desk_of(voucher_books)
    await desk.through()

    async def checks() -> list[str]:
        seen = await lexoffice_check.check(shop.ledger, voucher_books.door, shop.tenant, lambda _: None)
        return sorted(one.check for one in seen.differences)

    assert await checks() == []
    voucher = (await desk.voucher())["id"]
    await voucher_books.does(f"vouchers/{voucher}/edit", amount=1)
    assert "voucher_amount" in await checks()
    await voucher_books.does(f"vouchers/{voucher}/delete")
    await shop.rows("UPDATE external_documents SET created_at = now() - interval '1 hour'")
    assert "voucher_missing" in await checks()


async def test_after_a_restore_a_number_that_stands_on_a_voucher_is_one_that_was_forgotten(
    voucher_books: VoucherBooks, database: Database
) -> None:
    shop = voucher_books.shop
    desk = await desk_of(voucher_books)
    await desk.through()

    async def forgotten() -> list[str]:
        seen = await lexoffice_check.check(
            shop.ledger, voucher_books.door, shop.tenant, lambda _: None, read_voided=True
        )
        return [one.subject_id for one in seen.differences if one.check == "own_number_forgotten"]

    assert await forgotten() == []
    await plant(database, "DELETE FROM own_document_counters WHERE tenant_id = $1", shop.tenant.id)
    assert await forgotten() == [desk.row.number]
