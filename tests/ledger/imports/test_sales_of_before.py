"""Sales whose commissions were settled elsewhere: they earn nothing here, and whose the customer is they tell."""

import asyncio

import pytest

from api.actions.sources import own_report
from ledger.imports import files, taking_over
from ledger.imports.columns import Kind
from ledger.imports.taking_over import Wish
from ledger.refusals import NotAllowedNow
from ledger.sales.told_sales import BuyerNames, NewSale
from ledger.vault import Vault
from tests.fixtures import import_files
from tests.fixtures.house import until
from tests.fixtures.importing import bring, chosen, counts, seen, taken
from tests.fixtures.ledger_shop import Shop, at
from tests.ledger.booking.told_sales import booked, report, sale

HEAD = "Verkaufsnummer;Brutto;USt;Verkauft am;Partnercode;Kundennummer;Bestellnummer;Abo\n"
FILE = HEAD + "ALT-1;119,00;19,00;01.05.2026;ANNA;K1;B-1;\nALT-2;238,00;38,00;02.05.2026 10:30;BERT;K2;B-2;sub-2\n"


async def _told(shop: Shop, number: str, *, by: str = "key:test", **more: object) -> own_report.Recorded:
    told = {"external_id": number, "gross_cents": 11_900, "tax_cents": 1_900, "sold_at": at("2026-11-01T10:00+01:00")}
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        return await own_report.record_sale(tx, NewSale.model_validate(told | more), by=by)


async def test_they_are_marked_and_earn_nothing(shop: Shop, vault: Vault) -> None:
    file = await taken(shop, vault, FILE)
    assert (file.kind, counts(file)) == (Kind.PAST_SALES, (2, 0, 0, 0))
    rows = await shop.rows("SELECT state, base_cents, import_id, provisional FROM transactions ORDER BY sold_at")
    assert [tuple(row) for row in rows] == [("approved", 10_000, file.id, False), ("approved", 20_000, file.id, False)]
    assert not await shop.rows("SELECT 1 FROM commissions")
    with pytest.raises(NotAllowedNow, match="sale_taken_over"):
        await shop.rows(
            "INSERT INTO commissions (tenant_id, kind, transaction_id, partner_id, level, base_cents, net_cents, state,"
            " provisional, service_date) SELECT tenant_id, 'sale', id, partner_id, 1, 1, 1, 'pending', false,"
            " sold_at::date FROM transactions LIMIT 1"
        )


async def test_told_once_more_by_the_api_it_is_the_same_sale(shop: Shop, vault: Vault) -> None:
    await taken(shop, vault, FILE)
    again = await _told(shop, "ALT-1", sold_at=at("2026-05-01T00:00+02:00"), partner_code="ANNA")
    [known] = await shop.rows("SELECT id FROM transactions WHERE gross_cents = 11900")
    assert (again.outcome, again.transaction_id) == ("unchanged", known["id"])
    assert not await shop.rows("SELECT 1 FROM commissions")


async def test_later_payments_belong_to_who_brought_the_customer(shop: Shop, vault: Vault) -> None:
    await taken(shop, vault, FILE)
    by_customer = await _told(shop, "NEU-1", customer=BuyerNames(external_id="K1"))
    by_subscription = await _told(shop, "NEU-2", subscription="sub-2")
    assert (await shop.commissions(by_customer.transaction_id))[0][:3] == (1, "ANNA", 1_000)
    assert (await shop.commissions(by_subscription.transaction_id))[0][:3] == (1, "BERT", 1_000)


async def test_they_count_among_the_payments_of_a_subscription(shop: Shop, vault: Vault) -> None:
    await taken(shop, vault, FILE)
    later = await _told(shop, "NEU-2", subscription="sub-2")
    [row] = await shop.rows("SELECT payment_number FROM transactions WHERE id = $1", later.transaction_id)
    assert row["payment_number"] == 2


async def test_the_same_file_again_changes_nothing_and_a_corrected_one_what_differs(shop: Shop, vault: Vault) -> None:
    await taken(shop, vault, FILE)
    assert counts(await seen(shop, vault, await bring(shop, vault, FILE))) == (0, 0, 2, 0)
    corrected = FILE.replace("119,00;19,00", "238,00;38,00").replace("ANNA", "CARL")
    told = await seen(shop, vault, await bring(shop, vault, corrected))
    assert [(d.column, d.before, d.after) for d in told.shown[0].differences] == [
        ("gross_cents", 11_900, 23_800),
        ("tax_cents", 1_900, 3_800),
        ("partner_code", "ANNA", "CARL"),
    ]
    await taken(shop, vault, corrected)
    rows = await shop.rows(
        "SELECT t.gross_cents, t.base_cents, p.code FROM transactions t JOIN partners p ON p.id = t.partner_id"
        " ORDER BY sold_at"
    )
    assert [tuple(row) for row in rows] == [(23_800, 20_000, "CARL"), (23_800, 20_000, "BERT")]


async def test_what_is_wrong_with_a_sale_of_before_is_told(shop: Shop, vault: Vault) -> None:
    await _told(shop, "HIER", partner_code="ANNA", order_reference="B-9")
    content = HEAD + (
        "HIER;119,00;19,00;01.05.2026;ANNA;;;\n"
        "A;119,00;19,00;01.05.2026;NIEMAND;;;\n"
        "B;119,00;;01.05.2026;ANNA;;;\n"
        "C;119,00;120,00;01.05.2026;ANNA;;;\n"
        "D;119,00;19,00;01.05.2026;ANNA;;B-9;\n"
        "E;119,00;19,00;01.05.2026;ANNA;;B-7;\n"
        "F;119,00;19,00;01.05.2026;ANNA;;B-7;\n"
        "E;119,00;19,00;01.05.2026;ANNA;;;\n"
        "G;-5,00;0;01.05.2026;ANNA;;;\n"
    )
    told = await seen(shop, vault, await bring(shop, vault, content))
    assert [(one.line, one.column, one.code) for one in told.problems] == [
        (2, "external_id", "past_sale_earns_here"),
        (3, "partner_code", "unknown_partner"),
        (4, "tax_cents", "sale_without_tax_or_net"),
        (5, "tax_cents", "tax_exceeds_gross"),
        (6, "order_reference", "order_of_another_sale"),
        (8, "order_reference", "row_twice"),
        (9, "external_id", "row_twice"),
        (10, "tax_cents", "tax_exceeds_gross"),
    ]


async def test_customers_come_with_their_partner(shop: Shop, vault: Vault) -> None:
    file = "Kundennummer;E-Mail;Kunde;Partnercode\nK1;k1@kunde.example;Kunde Eins;ANNA\nK2;;Zwei;\n"
    assert counts(await taken(shop, vault, file)) == (2, 0, 0, 0)
    assert counts(await seen(shop, vault, await bring(shop, vault, file))) == (0, 0, 2, 0)
    corrected = file.replace("Kunde Eins;ANNA", "Kunde 1;BERT")
    assert counts(await taken(shop, vault, corrected)) == (0, 1, 1, 0)
    later = await _told(shop, "NEU-1", customer=BuyerNames(external_id="K1"))
    assert (await shop.commissions(later.transaction_id))[0][1] == "BERT"


async def test_a_year_of_sales_needs_no_lock_for_each(shop: Shop, vault: Vault) -> None:
    """50,000 would be more than PostgreSQL has room for."""
    content = import_files.sales(40, partners=1).replace(b"P0000", b"ANNA")
    file = await bring(shop, vault, content)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await taking_over.take_over(tx, vault, file.id, files.read(content), Wish(by="user:maker"))
        held = await tx.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
    assert held <= 2


async def test_a_sale_that_turns_out_to_be_one_of_before_earns_nothing(shop: Shop, vault: Vault) -> None:
    """Its payment provider told of it first, by its checkout; the file knows its payment."""
    told = {"checkout_session": "cs_1", "partner_code": "ANNA", "sold_at": at("2026-11-01T10:00+01:00")}
    first = await report(shop, sale(None, **told))
    assert await shop.commissions(booked(first))
    file = await taken(shop, vault, HEAD + "pi_1;119,00;19,00;01.11.2026;ANNA;;;\n")
    both = await report(shop, sale("pi_1", **told))
    rows = await shop.rows("SELECT id, import_id FROM transactions")
    assert [tuple(row) for row in rows] == [(both.transaction_id, file.id)]
    assert not await shop.rows("SELECT 1 FROM commissions")


async def test_whoever_tells_of_a_sale_while_it_is_taken_over_waits_and_finds_it(shop: Shop, vault: Vault) -> None:
    file = await bring(shop, vault, FILE)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await taking_over.take_over(tx, vault, file.id, files.read(FILE.encode()), Wish(by="user:maker"))
        sold_at = at("2026-05-01T00:00+02:00")
        telling = asyncio.create_task(_told(shop, "ALT-1", sold_at=sold_at, partner_code="ANNA"))
        await until(lambda: shop.rows("SELECT 1 FROM pg_locks WHERE NOT granted"), bool, "the caller to wait")
    assert (await telling).outcome == "unchanged"
    assert len(await shop.rows("SELECT 1 FROM transactions")) == 2
    assert not await shop.rows("SELECT 1 FROM commissions")


async def test_who_tells_of_sales_by_hand_has_a_hand_in_what_they_earn(shop: Shop) -> None:
    """A file of sales; what tells of them by a key is a source."""
    await _told(shop, "NEU-1", partner_code="ANNA")
    assert not await shop.rows("SELECT 1 FROM hands WHERE subject = 'transaction'")
    by_hand = await _told(shop, "NEU-2", by="user:maker", partner_code="ANNA")
    rows = await shop.rows("SELECT actor, act, subject_id FROM hands WHERE subject = 'transaction'")
    assert [tuple(row) for row in rows] == [("user:maker", "transaction.recorded", str(by_hand.transaction_id))]


async def test_what_was_shown_is_what_is_taken_over(shop: Shop, vault: Vault) -> None:
    """Columns that somebody else chose meanwhile, or a sale that was told: it is looked at again."""
    file = await bring(shop, vault, FILE)
    shown = await seen(shop, vault, file)
    await chosen(shop, file, columns=[*file.mapping.columns[:4], None, *file.mapping.columns[5:]])
    for look_again in (False, True):
        if look_again:
            shown = await seen(shop, vault, file)
            await taken(shop, vault, FILE.replace("119,00;19,00", "238,00;38,00"))
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            with pytest.raises(NotAllowedNow, match="import_changed"):
                await taking_over.take_over(
                    tx, vault, file.id, files.read(FILE.encode()), Wish(by="user:maker", seen=shown.seen)
                )
    shown = await seen(shop, vault, file)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await taking_over.take_over(
            tx, vault, file.id, files.read(FILE.encode()), Wish(by="user:maker", seen=shown.seen)
        )
