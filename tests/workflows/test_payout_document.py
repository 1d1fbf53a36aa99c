"""The credit note that a partner gets: what lexoffice shows is what was approved, to the cent and to the letter."""

from datetime import date
from typing import Any

import pytest

from ledger.payouts import clawbacks
from ledger.sales import transactions
from tests.fixtures.desk import approved, credit_notes, earned, requested, task, with_open_credit_note
from tests.fixtures.house import Shop


async def the_credit_note(shop: Shop) -> dict[str, Any]:
    (note,) = await credit_notes(shop)
    return note


def cents(amount: float) -> int:
    return round(amount * 100)


@pytest.mark.parametrize(
    ("status", "tax_type", "rate", "title", "note"),
    [
        ("regular", "net", 19, "Gutschrift", None),
        ("small_business", "vatfree", 0, "Gutschrift", "Steuerfreie Leistung eines Kleinunternehmers (§ 19 UStG)"),
        ("private", "vatfree", 0, "Provisionsabrechnung", "Ohne Umsatzsteuer: Leistung einer Privatperson"),
    ],
)
async def test_lexoffice_shows_the_approved_payout_to_the_cent(
    product: Any, status: str, tax_type: str, rate: int, title: str, note: str | None
) -> None:
    shop = await product.shop()
    await shop.partners("ANNA", status=status)
    payout = await with_open_credit_note(shop, 3_333, 3_333, 3_335)
    shown = await the_credit_note(shop)
    total = shown["totalPrice"]
    assert cents(total["totalNetAmount"]) == payout["net_cents"] == 10_001
    assert cents(total["totalTaxAmount"]) == payout["tax_cents"] == (1_900 if rate else 0)
    assert cents(total["totalGrossAmount"]) == payout["gross_cents"]
    assert (shown["voucherStatus"], shown["title"], shown["taxConditions"]["taxType"]) == ("open", title, tax_type)
    assert shown["taxConditions"].get("taxTypeNote") == note
    assert {line["unitPrice"]["taxRatePercentage"] for line in shown["lineItems"]} == {rate}
    assert (payout["credit_note_id"], payout["credit_note_number"]) == (shown["id"], shown["voucherNumber"])


async def test_a_line_that_a_person_wrote_names_no_sale(connected_shop: Shop) -> None:
    """§ 14 Abs. 4 Nr. 5 UStG: the document says what it is for."""
    await with_open_credit_note(connected_shop, 10_000, -1_000)
    lines = {
        cents(line["unitPrice"]["netAmount"]): line for line in (await the_credit_note(connected_shop))["lineItems"]
    }
    assert lines[10_000]["name"].startswith("Provision Stufe 1")
    assert lines[10_000]["description"] == "Verkauf vom 20.11.2026"
    assert (lines[-1_000]["name"], lines[-1_000]["description"]) == (
        "Korrektur von Provisionen",
        "Leistungstag 20.11.2026",
    )


async def test_a_line_names_its_sale_and_one_that_takes_back_the_document_that_it_corrects(
    connected_shop: Shop,
) -> None:
    """§ 31 Abs. 5 UStDV; the period on the document is that of its own lines (rules.md, strategy B)."""
    await earned(connected_shop, 5_000, on=date(2026, 9, 3))
    await connected_shop.rows("UPDATE transactions SET order_reference = '4711'")
    before = await with_open_credit_note(connected_shop, 1_000)
    (sale,) = await connected_shop.rows("SELECT * FROM transactions WHERE order_reference = '4711'")
    await connected_shop.rows(
        "UPDATE transactions SET refunded_cents = gross_cents, state = 'refunded' WHERE id = $1", sale["id"]
    )
    async with connected_shop.house.ledger.transaction(connected_shop.tenant) as tx:
        held = await clawbacks.hold(tx, sale["id"])
        await clawbacks.follow(tx, await transactions.get(tx, sale["id"]), held)
    payout = await with_open_credit_note(connected_shop, 9_000)
    [_, shown] = sorted(await credit_notes(connected_shop), key=lambda note: note["voucherNumber"])
    lines = {cents(line["unitPrice"]["netAmount"]): line for line in shown["lineItems"]}
    assert (lines[-5_000]["name"], lines[-5_000]["description"]) == (
        "Rückbelastung Stufe 1",
        f"Verkauf vom 03.09.2026, Bestellung 4711; Korrektur zu Beleg {before['credit_note_number']}",
    )
    assert (payout["period_from"], payout["net_cents"]) == ("2026-09-03", 4_000)
    assert "Leistungszeitraum 20.11.2026 bis 20.11.2026" in shown["introduction"]


async def test_the_texts_name_both_parties_the_service_and_the_marker(connected_shop: Shop) -> None:
    await earned(connected_shop, 1_000, on=date(2026, 9, 3))
    payout = await with_open_credit_note(connected_shop, 2_000)
    shown = await the_credit_note(connected_shop)
    assert shown["introduction"].splitlines() == [
        "Gutschrift gemäß § 14 Abs. 2 Satz 5 UStG",
        "Leistender: Partner ANNA, Lindenweg 5, 10115 Berlin, DE, USt-IdNr. DE987654328",
        f"Leistungsempfänger: Firma {connected_shop.tenant.slug}, Marktplatz 1, 20095 Hamburg, DE,"
        " USt-IdNr. DE123456788",
        "Vermittlungsprovisionen, Leistungszeitraum 03.09.2026 bis 20.11.2026",
        f"Auszahlung {payout['number']}",
    ]
    [intent] = await connected_shop.rows("SELECT marker FROM creation_intents")
    assert intent["marker"].startswith(f"[{payout['number']}/")
    assert shown["remark"].splitlines() == [f"Auszahlung {payout['number']}", intent["marker"]]


async def test_a_private_person_gets_neither_vat_nor_the_word_gutschrift(product: Any) -> None:
    shop = await product.shop()
    await shop.partners("ANNA", status="private")
    await with_open_credit_note(shop, 10_000)
    shown = await the_credit_note(shop)
    assert "Gutschrift" not in shown["title"] + shown["introduction"] + shown["remark"]
    assert cents(shown["totalPrice"]["totalTaxAmount"]) == 0


async def test_a_partner_with_a_contact_is_addressed_by_it_and_others_inline(connected_shop: Shop) -> None:
    contact = await connected_shop.hook("POST", "contacts", {"name": "Bernd Beispiel", "city": "Bonn"})
    await connected_shop.api("PATCH", "/partners/BERND", {"lexoffice_contact_id": contact["id"]})
    await requested(connected_shop)
    for partner in ("ANNA", "BERND"):
        await earned(connected_shop, 1_000, partner=partner)
    bernd = await connected_shop.api("POST", "/payouts", {"partner": "BERND"})
    await connected_shop.approve(bernd)
    opened = await connected_shop.payout_when(bernd["number"], "credit_note_open")
    (shown,) = [note for note in await credit_notes(connected_shop) if note["id"] == opened["credit_note_id"]]
    assert shown["address"]["contactId"] == contact["id"]
    opened = await with_open_credit_note(connected_shop, 1_000)
    (shown,) = [note for note in await credit_notes(connected_shop) if note["id"] == opened["credit_note_id"]]
    assert "contactId" not in shown["address"]
    assert shown["address"]["street"] == "Lindenweg 5"


async def test_more_than_250_lines_are_one_per_campaign_level_and_month(connected_shop: Shop) -> None:
    await connected_shop.rows(
        """
        WITH sales AS (
            INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at, campaign_id)
            SELECT $1, 'api', 1000, 1190, false, now(), CASE WHEN i % 2 = 0 THEN c.id END
              FROM generate_series(1, 260) i, campaigns c RETURNING id, campaign_id)
        INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, base_cents, net_cents, state,
                                 provisional, service_date)
        SELECT $1, s.id, p.id, 1, 1000, 101, 'approved', false,
               CASE WHEN s.campaign_id IS NULL THEN date '2026-10-31' ELSE date '2026-11-01' END
          FROM sales s, partners p WHERE p.code = 'ANNA'
        """,
        connected_shop.tenant.id,
    )
    payout = await with_open_credit_note(connected_shop, 1)
    shown = await the_credit_note(connected_shop)
    lines = {line["name"]: cents(line["lineItemAmount"]) for line in shown["lineItems"]}
    assert lines == {
        "Provisionen, ohne Kampagne, Stufe 1, 10.2026": 130 * 101,
        "Provisionen, herbst, Stufe 1, 11.2026": 130 * 101,
        "Provisionen, ohne Kampagne, Stufe 1, 11.2026": 1,
    }
    assert payout["net_cents"] == 260 * 101 + 1
    assert len(payout["lines"]) == 261


async def test_lines_of_very_many_months_still_fit_into_one_document(connected_shop: Shop) -> None:
    await connected_shop.rows(
        """
        WITH sales AS (
            INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at)
            SELECT $1, 'api', 1000, 1190, false, date '2021-01-15' + make_interval(months => i % 26)
              FROM generate_series(0, 259) i RETURNING id, sold_at)
        INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, base_cents, net_cents, state,
                                 provisional, service_date)
        SELECT $1, s.id, p.id, 1 + (row_number() OVER (ORDER BY s.sold_at, s.id) - 1)::int % 10, 1000, 10, 'approved',
               false, s.sold_at::date
          FROM sales s, partners p WHERE p.code = 'ANNA'
        """,
        connected_shop.tenant.id,
    )
    payout = await with_open_credit_note(connected_shop, 1)
    shown = await the_credit_note(connected_shop)
    assert len(shown["lineItems"]) == 10
    assert cents(shown["totalPrice"]["totalNetAmount"]) == payout["net_cents"] == 2_601


async def test_a_negative_line_is_shown_as_what_it_takes_back(connected_shop: Shop) -> None:
    await with_open_credit_note(connected_shop, 10_000, -2_500)
    shown = await the_credit_note(connected_shop)
    assert sorted(cents(line["lineItemAmount"]) for line in shown["lineItems"]) == [-2_500, 10_000]


async def test_a_document_that_cannot_be_written_waits_for_a_person_with_the_fields_at_fault(
    connected_shop: Shop,
) -> None:
    await connected_shop.rows("UPDATE partners SET supplement = repeat('x', 300) WHERE code = 'ANNA'")
    payout = await approved(connected_shop)
    asked = await task(connected_shop, "payout_blocked")
    assert asked["detail"]["technical"] == "supplement"
    assert await credit_notes(connected_shop) == []
    await connected_shop.api("PATCH", "/partners/ANNA", {"supplement": None})
    await connected_shop.payout_when(payout["number"], "awaiting_approval")
