"""Plans from a file: whole or not at all, with the line of each error."""

from decimal import Decimal

import pytest

from ledger.programme import plan_files, plans
from ledger.programme.calculation import Rate
from ledger.programme.plan_files import PlanFileRefused
from ledger.programme.tiers import TierMode
from tests.fixtures.ledger_shop import Shop, at
from tests.money.selling import standard
from words import sentence

HEAD = "\ufeff" + ";".join(plan_files.COLUMNS) + "\r\n"
GOOD = HEAD + (
    "standard;01.12.2026;1;;20;1,50;500,00;durchgehend;12;5.000,00;mindert\r\n"
    "standard;01.12.2026;1;10.000,00;25;1,50;;;;\r\n"
    "STANDARD;01.12.2026;2;;5;;;;;\r\n"
    "\r\n"
    "standard;2027-01-01;1;;30 %;;;;;\r\n"
)


async def preview(shop: Shop, text: str) -> plan_files.Preview:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await plan_files.preview(tx, text)


async def test_a_file_becomes_versions_and_a_version_a_file(shop: Shop) -> None:
    seen = await preview(shop, GOOD)
    assert seen.errors == ()
    assert [one.example.net_cents for one in seen.plans] == [20_150 + 5_000, 30_000]
    async with shop.ledger.transaction(shop.tenant) as tx:
        made = await plan_files.take_in(tx, GOOD, by="key:k")
    first, second = made
    assert (first.version, first.valid_from) == (2, at("2026-12-01T00:00+01:00"))
    assert (first.tier_mode, first.max_payments, first.cap_per_month_cents) == (TierMode.FLAT, 12, 500_000)
    assert [(rate.level, rate.percent, rate.fixed_cents, rate.cap_per_sale_cents) for rate in first.levels] == [
        (1, Decimal(20), 150, 50_000),
        (2, Decimal(5), 0, None),
    ]
    assert [(tier.from_cents, tier.percent) for tier in first.levels[0].tiers] == [(1_000_000, Decimal(25))]
    assert (second.version, second.levels) == (3, (Rate(level=1, percent=Decimal(30)),))
    async with shop.ledger.transaction(shop.tenant) as tx:
        other = plan_files.written("standard", first).decode().replace("01.12.2026", "01.06.2027")
        [again] = await plan_files.take_in(tx, other, by="key:k")
    assert (again.levels, again.tier_mode, again.max_payments) == (first.levels, first.tier_mode, 12)
    assert [plan.cash_discount_lowers_base for plan in (first, second, again)] == [True, False, True]


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ("standard;31.02.2026;1;;20;;;;;", 2, "„gueltig_ab“ ist kein Tag"),
        ("standard;31.12.9999;1;;20;;;;;", 2, "„gueltig_ab“ ist kein Tag"),
        ("standard;;1;;20;;;;;;ja", 2, "„skonto“ ist leer, oder „mindert“"),
        ("standard;;11;;20;;;;;", 2, "„stufe“ ist keine ganze Zahl von 1 bis 10"),
        ("standard;;1;;zwanzig;;;;;", 2, "„prozent“ ist kein Prozentsatz"),
        ("standard;;1;;20;1.50;;;;", 2, "„festbetrag“ ist kein Betrag"),
        ("fremd;;1;;20;;;;;", 2, "Eine Kampagne mit diesem Kürzel gibt es nicht."),
        ("standard;;1;;20;;;;;", 2, "Ab diesem Zeitpunkt gibt es schon einen Plan."),
        ("standard;01.12.2026;1;;60;;;;;\nstandard;01.12.2026;2;;50;;;;;", 2, "übersteigen zusammen die Basis"),
        ("standard;01.12.2026;1;;20;;;;;\nstandard;01.12.2026;1;;21;;;;;", 3, "steht zweimal ohne „ab_umsatz“"),
        ("standard;01.12.2026;1;5,00;20;;;;;", 2, "eine Zeile ohne „ab_umsatz“ mit ihrem Grundsatz"),
        ("standard;01.12.2026;1;;20;;;schräg;;", 2, "„durchgehend“ oder „gestaffelt“"),
        ("standard;01.12.2026;1;;20;;;;12;\nstandard;01.12.2026;2;;2;;;;24;", 3, "anders als in Zeile 2"),
        ("standard;01.12.2026;1;;20;;;;;\n;;1;;1;;;;;", 3, "„kampagne“ fehlt"),
        ("standard;01.12.2026;1;;20;;;;;;;;;", 2, "mehr Felder als Spalten"),
        ('standard;"01.12', 2, "Anführungszeichen"),
        ("", 1, "keine Zeilen"),
    ],
)
async def test_an_error_names_its_line_and_nothing_of_the_file_is_taken_in(
    shop: Shop, rows: str, line: int, words: str
) -> None:
    text = HEAD + rows
    seen = await preview(shop, text)
    assert [(error.line, words in sentence(error.code, error.params)) for error in seen.errors] == [(line, True)], (
        seen.errors
    )
    good_too = text + "\nstandard;01.05.2027;1;;20;;;;;" if rows and '"' not in rows else text
    with pytest.raises(PlanFileRefused):
        async with shop.ledger.transaction(shop.tenant) as tx:
            await plan_files.take_in(tx, good_too, by="key:k")
    campaign = await standard(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert len(await plans.list_plans(tx, campaign.id)) == 1


async def test_a_day_written_in_two_ways_is_one_plan(shop: Shop) -> None:
    seen = await preview(shop, HEAD + "standard;01.12.2026;1;;20;;;;;\nstandard;2026-12-01;2;;5;;;;;")
    assert seen.errors == ()
    [plan] = seen.plans
    assert [rate.level for rate in plan.plan.levels] == [1, 2]


@pytest.mark.parametrize("text", ["", "a;b\n1;2", "kampagne,stufe\n", "\x00", "kampagne;stufe;prozent;geheim\nx;1;1;1"])
async def test_what_is_no_such_file_is_refused_at_its_first_line(shop: Shop, text: str) -> None:
    assert [error.line for error in (await preview(shop, text)).errors] == [1]


SPECIAL = HEAD + (
    "standard;01.12.2026;1;;20;;;;;;\r\n"
    "standard;01.12.2026;1;;30;5,00;;;;;;kurs-1;\r\n"
    "standard;01.12.2026;1;;0;;;;;;;;Bücher\r\n"
)


async def test_rates_of_products_come_from_a_file_and_go_into_one(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        [made] = await plan_files.take_in(tx, SPECIAL, by="key:k")
        other = plan_files.written("standard", made).decode().replace("01.12.2026", "01.06.2027")
        [again] = await plan_files.take_in(tx, other, by="key:k")
    for plan in (made, again):
        assert [(one.kind, one.name, one.percent, one.fixed_cents) for one in plan.product_rates] == [
            ("product", "kurs-1", Decimal(30), 500),
            ("category", "Bücher", Decimal(0), 0),
        ]
        assert plan.levels == (Rate(level=1, percent=Decimal(20)),)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("standard;01.12.2026;1;;30;;;;;;;kurs-1;Bücher", "special_rate_not_acceptable"),
        ("standard;01.12.2026;1;100,00;30;;;;;;;kurs-1;", "special_rate_not_acceptable"),
        ("standard;01.12.2026;2;;30;;;;;;;kurs-1;", "product_rate_without_level"),
        ("standard;01.12.2026;1;;101;;;;;;;kurs-1;", "column_no_percent"),
    ],
)
async def test_a_wrong_rate_of_a_product_is_named_by_its_line(shop: Shop, row: str, code: str) -> None:
    seen = await preview(shop, HEAD + "standard;01.12.2026;1;;20;;;;;;\r\n" + row + "\r\n")
    assert [error.code for error in seen.errors] == [code]
