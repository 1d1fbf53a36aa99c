"""Taking in what the bank writes: once, whole or not at all, and only of accounts of one's own."""

import asyncio
import io
import time
import zipfile
from itertools import permutations

import pytest

from ledger.bank import statement_files
from ledger.bank.statement_files import Handed, Outcome
from ledger.bank.statement_intake import TakenIn
from ledger.privacy import retention
from ledger.vault import Vault
from tests.conftest import Database
from tests.fixtures.bank_runs import OWN_IBAN, iban, own_account
from tests.fixtures.bank_statements import DAY, Line, camt, mt940
from tests.fixtures.ledger_shop import NewTenant, Shop
from tests.fixtures.planted_differences import superuser

SENT = Line(-11_900, "PO-2026-0001", iban(1), reference="R1")
RENT = Line(-80_000, None, "DE02120300000000202051", name="Vermieter", text="Miete November", reference="R2")


async def bring(shop: Shop, vault: Vault, *contents: bytes, name: str = "auszug.xml") -> list[Outcome]:
    handed = [Handed(name=name, content=content, by="user:1", how="page") for content in contents]
    return await statement_files.bring(shop.ledger, vault, shop.tenant, handed)


async def taken(shop: Shop, vault: Vault, content: bytes, name: str = "auszug.xml") -> TakenIn:
    [one] = await bring(shop, vault, content, name=name)
    assert one.refused is None, one.refused
    assert one.taken is not None
    return one.taken


async def refused(shop: Shop, vault: Vault, content: bytes) -> str:
    [one] = await bring(shop, vault, content)
    assert one.taken is None
    assert one.refused is not None
    return one.refused.code


async def count(shop: Shop, table: str) -> int:
    [row] = await shop.rows(f"SELECT count(*) AS n FROM {table}")
    return int(row["n"])


async def test_a_file_is_taken_in_once_whatever_its_name(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    first = await taken(shop, vault, camt(SENT, RENT))
    assert (first.statements, first.entries, first.new_entries, first.for_us, first.again) == (1, 2, 2, 1, False)
    second = await taken(shop, vault, camt(SENT, RENT), name="kopie.xml")
    assert (second.again, second.file, second.entries, second.new_entries) == (True, first.file, 2, 0)
    assert (await count(shop, "statement_files"), await count(shop, "bank_entries")) == (1, 2)


async def test_what_is_about_no_payout_leaves_no_text(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    await taken(shop, vault, camt(SENT, RENT))
    for table in ("bank_entries", "bank_entry_details", "statement_files"):
        assert not await shop.rows(f"SELECT 1 FROM {table} t WHERE t::text ~* 'miete|vermieter|202051'"), table
    assert [row["state"] for row in await shop.rows("SELECT state FROM bank_entries ORDER BY seq")] == [
        "waiting",
        "unrelated",
    ]
    [kept] = await shop.rows("SELECT other_name, other_iban_last4, end_to_end_id FROM bank_entry_details")
    assert tuple(kept) == ("Jürgen Groß", iban(1)[-4:], "PO-2026-0001")


TELLINGS = {
    "preview": camt(SENT, message="052"),
    "preview that is pending": camt(Line(-11_900, "PO-2026-0001", iban(1), status="PDNG"), message="052", number=2),
    "statement": camt(SENT, RENT),
    "overlapping statement": camt(RENT, SENT, number=2, made="2026-11-30T21:00:00"),
    "details": camt(SENT, message="054"),
    "mt940": mt940(Line(-11_900, "PO-2026-0001", iban(1), reference="X9"), RENT),
}


@pytest.mark.parametrize("order", [*permutations(TELLINGS, 6)][::23], ids=lambda order: ", ".join(order)[:40])
async def test_a_booking_is_one_whoever_tells_it_and_in_any_order(
    shop: Shop, vault: Vault, order: tuple[str, ...]
) -> None:
    await own_account(shop, vault)
    for name in order:
        await taken(shop, vault, TELLINGS[name])
    rows = await shop.rows(
        "SELECT amount_cents, booked_by IS NOT NULL AS booked, booked_on, concerns_us,"
        " (SELECT count(*) FROM bank_entry_details d WHERE d.entry_id = e.id) AS details"
        " FROM bank_entries e ORDER BY amount_cents"
    )
    assert [tuple(row) for row in rows] == [(11_900, True, DAY, True, 1), (80_000, True, DAY, False, 0)]


async def test_two_equal_bookings_of_a_day_are_two(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    fee = Line(-295, None, None, text="Entgelt")
    await taken(shop, vault, camt(fee, fee, SENT))
    again = await taken(shop, vault, camt(fee, fee, fee, SENT, number=2))
    assert again.new_entries == 1
    assert await count(shop, "bank_entries") == 4


async def test_bookings_without_a_day_and_a_reference_are_taken_in_whatever_came_of_the_first(
    shop: Shop, vault: Vault
) -> None:
    await own_account(shop, vault)
    line = Line(-11_900, "PO-2026-0001", iban(1))
    day = f"<BookgDt><Dt>{DAY}</Dt></BookgDt>".encode()
    await taken(shop, vault, camt(line, message="052").replace(day, b""))
    await taken(shop, vault, camt(line))
    again = await taken(shop, vault, camt(line, line, RENT, message="052", number=2).replace(day, b"", 2))
    assert again.new_entries == 2


async def test_two_payments_are_two_bookings_where_the_bank_gives_both_one_reference(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    other = Line(-11_900, "PO-2026-0002", iban(2), reference="R1")
    await taken(shop, vault, camt(SENT))
    assert (await taken(shop, vault, camt(other, number=2))).new_entries == 1
    assert (await taken(shop, vault, camt(other, SENT, number=3))).new_entries == 0
    assert await count(shop, "bank_entries") == 2


async def test_a_booking_of_nobodys_becomes_a_run_once_the_bank_names_it(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    await taken(shop, vault, camt(Line(-23_800, text="Sammler", reference="R1"), message="052"))
    assert [row["state"] for row in await shop.rows("SELECT state FROM bank_entries")] == ["unrelated"]
    for number in (1, 2):
        batch = Line(-23_800, batch="ZL-2026-0001", batch_number=2, reference="R1")
        await taken(shop, vault, camt(batch, message="054", number=number))
    [row] = await shop.rows("SELECT state, concerns_us, batch_reference, batch_number FROM bank_entries")
    assert tuple(row) == ("waiting", True, "ZL-2026-0001", 2)


async def test_what_is_about_no_payout_is_not_written_again(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    await taken(shop, vault, camt(RENT))
    [before] = await shop.rows("SELECT changed_at FROM bank_entries")
    await taken(shop, vault, camt(RENT, number=2))
    assert [tuple(row) for row in await shop.rows("SELECT changed_at FROM bank_entries")] == [tuple(before)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (camt(SENT, closing=10_000_000), "statement_balance_wrong"),
        (camt(SENT, iban=iban(9)), "statement_account_unknown"),
        (camt(SENT).replace(b"<Ccy>EUR</Ccy>", b"<Ccy>CHF</Ccy>"), "statement_other_currency"),
        (camt(SENT).replace(b"CLBD", b"CLAV"), "statement_without_balances"),
        (mt940(SENT)[:-40], "statement_without_balances"),
        (camt(SENT)[:-40], "statement_not_xml"),
        (b"x", "statement_kind_unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_file_that_is_refused_leaves_nothing(shop: Shop, vault: Vault, content: bytes, code: str) -> None:
    await own_account(shop, vault)
    assert await refused(shop, vault, content) == code
    for table in ("statement_files", "bank_statements", "bank_entries", "bank_entry_details"):
        assert await count(shop, table) == 0


async def test_another_tenants_account_is_refused_in_the_words_for_nobodys(
    shop: Shop, vault: Vault, new_tenant: NewTenant
) -> None:
    other = Shop(shop.ledger, await new_tenant(), {})
    await own_account(other, vault)
    assert await refused(shop, vault, camt(SENT)) == await refused(shop, vault, camt(SENT, iban=iban(9)))
    await taken(other, vault, camt(SENT))
    assert await count(shop, "bank_entries") == 0


async def test_an_entry_that_is_unclear_is_kept_and_proves_nothing(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    unclear = camt(SENT, RENT).replace(b"<CdtDbtInd>DBIT</CdtDbtInd><RvslInd>", b"<RvslInd>", 1)
    assert (await taken(shop, vault, unclear)).new_entries == 2
    [row] = await shop.rows("SELECT direction, amount_cents FROM bank_entries WHERE concerns_us")
    assert tuple(row) == (None, 11_900)


async def test_a_missing_number_is_asked_for_until_it_comes(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    for number in (1, 4):
        await taken(shop, vault, camt(SENT.on(DAY), number=number, made=f"2026-11-30T2{number}:00:00"))
    [task] = await shop.rows("SELECT reason_params FROM tasks WHERE kind = 'statement_missing' AND state = 'open'")
    assert task["reason_params"] == {"n": 2, "numbers": "2, 3", "year": 2026, "last4": OWN_IBAN[-4:]}
    for number in (3, 2):
        await taken(shop, vault, camt(RENT, number=number, made=f"2026-11-30T1{number}:00:00"))
    assert not await shop.rows("SELECT 1 FROM tasks WHERE kind = 'statement_missing' AND state = 'open'")


async def test_an_archive_has_an_outcome_for_each_member(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("eins.xml", camt(SENT))
        archive.writestr("zwei.xml", camt(SENT, number=2, iban=iban(9)))
    one, two = await bring(shop, vault, packed.getvalue(), name="c53.zip")
    assert (one.name, one.refused) == ("eins.xml", None)
    assert two.refused is not None
    assert (two.name, two.refused.code) == ("zwei.xml", "statement_account_unknown")


async def test_two_imports_at_once_book_once(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    files = [camt(SENT, RENT, number=number, made=f"2026-11-30T1{number}:00:00") for number in range(1, 6)]
    results = await asyncio.gather(*(taken(shop, vault, file) for file in files))
    assert sum(one.new_entries for one in results) == 2
    assert await count(shop, "bank_entries") == 2


async def test_names_and_files_end_with_the_duty_to_keep_them(shop: Shop, vault: Vault, database: Database) -> None:
    await own_account(shop, vault)
    await taken(shop, vault, camt(SENT))
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await retention.forget(tx, today=DAY)
    assert await shop.rows("SELECT 1 FROM bank_entry_details WHERE other_name IS NOT NULL")
    async with superuser(database) as everywhere:
        await everywhere.execute(
            "UPDATE statement_files SET brought_at = brought_at - interval '10 years' WHERE tenant_id = $1",
            shop.tenant.id,
        )
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        assert await retention.forget(tx, today=DAY) == 2
        assert await retention.forget(tx, today=DAY) == 0
    [left] = await shop.rows(
        "SELECT d.other_name, d.text, d.end_to_end_id, f.content_encrypted FROM bank_entry_details d, statement_files f"
    )
    assert tuple(left) == (None, None, "PO-2026-0001", b"")


@pytest.mark.long
async def test_ten_thousand_entries_are_taken_in_together_and_once(shop: Shop, vault: Vault) -> None:
    """How long it takes is printed, and stands in docs/performance.md: machines are shared."""
    await own_account(shop, vault)
    lines = [
        Line(-10_000 - number, f"PO-2026-{number:04}", iban(number), reference=f"R{number}") for number in range(10_000)
    ]
    content = camt(*lines, opening=10**10)
    began, cpu = time.monotonic(), time.process_time()
    assert (await taken(shop, vault, content)).new_entries == 10_000
    took, cpu = time.monotonic() - began, time.process_time() - cpu
    print(f"10,000 entries, {len(content) / 1e6:.1f} MB: {took:.1f} s, {cpu:.1f} s of Python's CPU")
    assert (await taken(shop, vault, content)).again
    [held] = await shop.rows("SELECT count(*) AS entries FROM bank_entries")
    assert held["entries"] == 10_000
