"""What the doctor says of documents of our own: nothing where all is well, and each planted difference by its name."""

import pytest

from ledger.documents.own import circle, delivery, issuing
from ledger.documents.own.issuing import OwnDocumentRow
from ledger.reports import own_document_checks
from tests.conftest import Database
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import ask_for
from tests.fixtures.planted_differences import plant
from tests.ledger.documents.own.documents import document


async def a_document(shop: Shop) -> OwnDocumentRow:
    payout = await ask_for(shop, 12_345)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await tx.execute("UPDATE partners SET email = 'anna@partner.example' WHERE code = 'ANNA'")
        row = await issuing.issue(tx, document(number="?"), payout=payout.id, must_be_e_invoice=True, by="engine")
        return await delivery.hand_out(tx, row)


async def found(shop: Shop) -> list[str]:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return [one.check for one in await own_document_checks.check(tx)]


async def test_a_lost_row_is_a_number_without_document(shop: Shop, database: Database) -> None:
    row = await a_document(shop)
    assert await found(shop) == []
    await plant(database, "DELETE FROM own_documents WHERE id = $1", row.id)
    assert await found(shop) == ["number_without_document"]


async def test_a_mail_of_which_nothing_is_known_for_days_is_told(shop: Shop, database: Database) -> None:
    row = await a_document(shop)
    await plant(database, "UPDATE own_documents SET handed_out_at = now() - interval '5 days' WHERE id = $1", row.id)
    assert await found(shop) == ["document_without_delivery"]
    async with shop.ledger.transaction(shop.tenant) as tx:
        await delivery.mark_delivered(tx, row, "page", by="partner:1")
    assert await found(shop) == []


async def test_a_payout_that_goes_on_without_its_document_is_told(shop: Shop, database: Database) -> None:
    row = await a_document(shop)
    await plant(
        database,
        "UPDATE payouts SET strategy = 'own_document', books = 'none', state = 'credit_note_open' WHERE id = $1",
        row.payout_id,
    )
    assert await found(shop) == []
    await plant(database, "UPDATE own_documents SET handed_out_at = NULL WHERE id = $1", row.id)
    assert await found(shop) == ["payout_without_its_document"]


async def test_two_vouchers_of_one_document_are_told(shop: Shop, database: Database) -> None:
    row = await a_document(shop)
    for detached in ("NULL", "now()"):
        await plant(
            database,
            f"""
            INSERT INTO external_documents (tenant_id, organization_id, kind, resource_id, voucher_number, payout_id,
                                            own_document_id, status, detached_at)
            VALUES ($1, gen_random_uuid(), 'purchaseinvoice', gen_random_uuid(), $2, $3, $4, 'open', {detached})
            """,
            shop.tenant.id,
            row.number,
            row.payout_id,
            row.id,
        )
    assert await found(shop) == ["voucher_twice"]
    await plant(
        database,
        "UPDATE external_documents SET status = 'voided' WHERE own_document_id = $1 AND detached_at IS NOT NULL",
        row.id,
    )
    assert await found(shop) == []


async def test_without_books_a_person_says_after_a_restore_which_number_was_the_last(shop: Shop) -> None:
    row = await a_document(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert await own_document_checks.find_uncompared(tx) is None
        await tx.execute("UPDATE payouts SET strategy = 'own_document', books = 'none' WHERE id = $1", row.payout_id)
        uncompared = await own_document_checks.find_uncompared(tx)
    assert uncompared is not None
    assert uncompared.bars_creating
    assert row.number in uncompared.says


@pytest.mark.parametrize(
    ("pattern", "numbers", "forgotten"),
    [
        ("GU-{year}-{number:05}", ["GU-2026-00002", "GU-2026-00009", "GU-2025-00003", "RE-2026-00077"], [9, 3]),
        ("GU-{year}-{number:05}", ["GU-2026-00001", "xGU-2026-00009", "GU-2026-"], []),
        ("{number}", ["4711"], []),
        ("G{number}", ["G12", "4711"], [12]),
    ],
)
async def test_a_number_that_no_counter_has_come_to_was_forgotten(
    shop: Shop, pattern: str, numbers: list[str], forgotten: list[int]
) -> None:
    await a_document(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await circle.set_pattern(tx, pattern, by="admin")
        found = await circle.find_forgotten(tx, numbers)
    assert [one.place for one in found] == forgotten
    assert all(one.number in numbers for one in found)
