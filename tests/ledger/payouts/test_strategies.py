"""Who writes the document of a tax case: what a request makes of the tenant's choice, what it keeps, and its hash."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from ledger import clock
from ledger.books import NO_BOOKS
from ledger.documents.own import issuing
from ledger.inbox import sweeps
from ledger.payouts import decisions, own_content, payout_content, payout_requests, payout_runs
from ledger.payouts.payouts import Payout
from ledger.refusals import Blocked, NotAcceptable
from ledger.tax import strategies
from ledger.tax.document_rules import BlockedBy
from ledger.tax.seat_decisions import NewSeatDecision, decide_seat
from ledger.types import EASYBILL, LEXOFFICE, DocumentStrategy, PayoutState, TaxCase
from tests.fixtures.ledger_shop import NewTenant, Shop
from tests.fixtures.payable import approve, ask_for, earn, fit_to_be_paid, fit_to_pay, look, request

OWN, A, NOBODY = DocumentStrategy.OWN_DOCUMENT, DocumentStrategy.LEXOFFICE_CREDIT_NOTE, DocumentStrategy.BLOCKED
AUSTRIA: dict[str, Any] = {
    "status": "eu_business",
    "vat_id": "ATU13585627",
    "tax_number": None,
    "street": "Ring 1",
    "zip": "1010",
    "city": "Wien",
    "country_code": "AT",
}


async def choose(shop: Shop, wanted: dict[TaxCase, DocumentStrategy], books: str | None = None) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await strategies.choose(tx, wanted, books=books, by="user:chief")


async def blocked(shop: Shop, payout: Payout) -> BlockedBy | None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        return await payout_requests.why_blocked(tx, payout)


async def hash_of(shop: Shop, payout: Payout) -> str:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        return await payout_content.content_hash(tx, payout.id)


async def test_the_own_document_can_be_switched_on_for_the_eu_alone(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop, **AUSTRIA)
    await earn(shop, 10_000)
    with pytest.raises(Blocked) as refused:
        await request(shop)
    assert refused.value.code == "needs_own_document"
    await choose(shop, {TaxCase.EU_BUSINESS: OWN})
    payout = await request(shop)
    assert (payout.tax_case, payout.strategy, payout.books) == (TaxCase.EU_BUSINESS, OWN, LEXOFFICE)
    assert (payout.net_cents, payout.tax_cents, payout.hash_version) == (10_000, 0, 2)
    async with shop.ledger.transaction(shop.tenant) as tx:
        chosen = await strategies.strategies(tx)
    assert chosen[TaxCase.REGULAR] is A
    assert chosen[TaxCase.THIRD_COUNTRY] is NOBODY


async def test_a_blocked_case_is_paid_by_nobody(shop: Shop) -> None:
    await choose(shop, {TaxCase.REGULAR: NOBODY})
    with pytest.raises(Blocked) as refused:
        await ask_for(shop)
    assert refused.value.code == "tax_case_blocked"


@pytest.mark.parametrize(
    ("wanted", "books", "code"),
    [
        ({TaxCase.EU_BUSINESS: A}, None, "needs_own_document"),
        ({TaxCase.SMALL_BUSINESS_EU: A}, None, "needs_own_document"),
        ({}, NO_BOOKS, "credit_note_needs_books"),
        ({TaxCase.REGULAR: OWN, TaxCase.PRIVATE: OWN}, NO_BOOKS, "credit_note_needs_books"),
    ],
)
async def test_a_choice_that_cannot_be_is_refused_whole(
    shop: Shop, wanted: dict[TaxCase, DocumentStrategy], books: str | None, code: str
) -> None:
    with pytest.raises(NotAcceptable) as refused:
        await choose(shop, wanted, books)
    assert refused.value.code == code
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert await strategies.strategies(tx) == strategies.DEFAULTS
        assert await strategies.get_books(tx) == LEXOFFICE


HOME = {TaxCase.REGULAR: OWN, TaxCase.SMALL_BUSINESS: OWN, TaxCase.PRIVATE: OWN}


async def test_without_books_no_connection_is_needed(shop: Shop) -> None:
    await fit_to_pay(shop, small_business=None)
    await shop.rows("UPDATE provider_connections SET tax_type = NULL")
    await fit_to_be_paid(shop)
    await earn(shop, 10_000)
    await choose(shop, HOME, NO_BOOKS)
    with pytest.raises(Blocked) as refused:
        await request(shop)
    assert refused.value.code == "own_vat_status_missing"
    await shop.rows("UPDATE tenants SET small_business = false")
    payout = await request(shop)
    assert (payout.strategy, payout.books, payout.tax_cents) == (OWN, NO_BOOKS, 1_900)
    await approve(shop, payout)
    assert (await look(shop, payout.number)).state is PayoutState.APPROVED


async def test_what_was_approved_under_the_first_formula_ends_as_a_credit_note(shop: Shop) -> None:
    payout = await ask_for(shop)
    assert (payout.strategy, payout.hash_version) == (A, 1)
    await approve(shop, payout)
    await choose(shop, HOME)
    await shop.rows("UPDATE tenants SET street = 'Anderer Weg 3'")
    kept = await look(shop, payout.number)
    assert (kept.strategy, kept.state, await hash_of(shop, kept)) == (A, PayoutState.APPROVED, payout.content_hash)
    assert await blocked(shop, kept) is None
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert await decisions.approved_hash(tx, payout.id) == payout.content_hash
    [row] = await shop.rows("SELECT hash_version FROM decisions")
    assert row["hash_version"] == 1


async def test_a_payout_keeps_its_strategy_when_the_tenant_chooses_another(shop: Shop) -> None:
    await choose(shop, HOME)
    await shop.rows("UPDATE tenants SET books = 'none', small_business = false")
    payout = await ask_for(shop)
    await choose(shop, {TaxCase.REGULAR: NOBODY}, LEXOFFICE)
    kept = await look(shop, payout.number)
    assert (kept.strategy, await hash_of(shop, kept), await blocked(shop, kept)) == (OWN, payout.content_hash, None)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE tenants SET name = 'Anders GmbH'",
        "UPDATE tenants SET city = 'Bonn'",
        "UPDATE tenants SET vat_id = 'DE136695976'",
        "UPDATE tenants SET own_document_profile = 'xrechnung', buyer_reference = '04011000'",
        "UPDATE partners SET agreement_version = '2026-12'",
        "UPDATE partners SET email = 'andere@partner.example'",
        "UPDATE partners SET agreement_accepted_at = now() - interval '1 day'",
        "UPDATE provider_connections SET organization_id = gen_random_uuid() WHERE provider = 'lexoffice'",
        "UPDATE payouts SET books = 'none'",
        "UPDATE partner_tax_statuses SET declared_on = '2026-11-01'",
    ],
)
async def test_the_second_formula_holds_what_is_printed_and_where_it_is_booked(shop: Shop, change: str) -> None:
    await choose(shop, HOME)
    payout = await ask_for(shop)
    await shop.rows(change)
    assert await hash_of(shop, payout) != payout.content_hash


async def test_the_second_formula_does_not_hold_the_contact_that_booking_makes(shop: Shop) -> None:
    await choose(shop, HOME)
    payout = await ask_for(shop)
    await shop.rows("UPDATE partners SET lexoffice_contact_id = gen_random_uuid()")
    assert await hash_of(shop, payout) == payout.content_hash


async def test_a_document_of_reverse_charge_covers_one_month(shop: Shop) -> None:
    await fit_to_pay(shop)
    await shop.rows("UPDATE tenants SET minimum_payout_cents = 100000")
    await fit_to_be_paid(shop, **AUSTRIA)
    await choose(shop, {TaxCase.EU_BUSINESS: OWN})
    await earn(shop, 30_000, -1_000, on=date(2026, 9, 30))
    await earn(shop, 20_000, on=date(2026, 10, 1))
    await earn(shop, 10_000, on=date(2026, 11, 20))
    with clock.set_to(datetime(2026, 11, 25, 12, tzinfo=UTC)):
        # Below the minimum altogether: what is of months that are over is documented all the same.
        made = [await request(shop), await request(shop)]
        with pytest.raises(Exception, match="below_minimum"):
            await request(shop)
    assert [(one.net_cents, one.period_from, one.period_to) for one in made] == [
        (29_000, date(2026, 9, 30), date(2026, 9, 30)),
        (20_000, date(2026, 10, 1), date(2026, 10, 1)),
    ]
    with clock.set_to(datetime(2026, 12, 1, 12, tzinfo=UTC)):
        assert (await request(shop)).net_cents == 10_000


async def test_a_person_decides_whence_the_service_is_rendered(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop, **(AUSTRIA | {"status": "regular", "vat_id": "DE136695976"}))
    await earn(shop, 10_000)
    await choose(shop, HOME, NO_BOOKS)
    with pytest.raises(Blocked) as refused:
        await request(shop)
    assert refused.value.code == "seat_and_number_disagree"
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        [partner] = await tx.fetch("SELECT id FROM partners WHERE tenant_id = $1 AND code = 'ANNA'", tx.tenant.id)
        new = NewSeatDecision(rendered_from="DE", reason="Betriebsstätte in Köln")
        await decide_seat(tx, partner["id"], new, by="user:maker")
    payout = await request(shop)
    assert payout.tax_case is TaxCase.REGULAR
    hands = await shop.rows("SELECT act FROM open_hands_of_payout($1)", payout.id)
    assert "partner.seat_decided" in [row["act"] for row in hands]
    # Another number is another question.
    await shop.rows("UPDATE partner_tax_statuses SET vat_id = 'DE123456788'")
    changed = await blocked(shop, payout)
    assert changed is not None
    assert changed.code == "seat_and_number_disagree"


async def test_another_tenant_has_its_own_choice(shop: Shop, new_tenant: NewTenant) -> None:
    await choose(shop, HOME)
    async with shop.ledger.transaction(await new_tenant()) as tx:
        assert await strategies.strategies(tx) == strategies.DEFAULTS


@pytest.mark.parametrize("books", [NO_BOOKS, EASYBILL])
async def test_whose_books_are_not_at_lexoffice_is_passed_over_without_its_key(shop: Shop, books: str) -> None:
    """The same pass closes months, ends the time in which an invoice may be replaced, and asks anew what it must."""
    assert shop.tenant not in await sweeps.list_swept(shop.ledger)
    await choose(shop, HOME, books)
    assert shop.tenant in await sweeps.list_swept(shop.ledger)
    [row] = await shop.rows("SELECT kind FROM schedules_wanted")
    assert row["kind"] == "sweep"


async def test_a_run_makes_one_payout_for_each_month_of_reverse_charge(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop, **AUSTRIA)
    await choose(shop, {TaxCase.EU_BUSINESS: OWN})
    await earn(shop, 10_000, on=date(2026, 9, 30))
    await earn(shop, 20_000, on=date(2026, 10, 1))
    run = uuid4()
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await payout_runs.begin(tx, run, cut_off=clock.now(), rehearsal=False, requested_by="key:test")
        partners = await payout_runs.list_remaining_partners(tx, run, after=None, limit=10)
    taken = await payout_runs.take(shop.ledger, shop.tenant, run, partners)
    assert [(one.net_cents, one.strategy) for one in taken.payouts] == [(10_000, OWN), (20_000, OWN)]
    rows = await shop.rows("SELECT month FROM payout_run_rows WHERE reason IS NULL ORDER BY month")
    assert [row["month"] for row in rows] == [date(2026, 9, 1), date(2026, 10, 1)]


async def test_a_number_that_vies_refutes_changes_what_an_approval_stands_for(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop, **AUSTRIA)
    await choose(shop, {TaxCase.EU_BUSINESS: OWN})
    await earn(shop, 10_000)
    payout = await request(shop)

    async def answered(answer: str) -> None:
        await shop.rows(
            """
            INSERT INTO vat_checks (tenant_id, partner_id, vat_id, asked_by, answer, answered_at)
            SELECT tenant_id, id, 'ATU13585627', 'engine', $1, clock_timestamp() FROM partners WHERE code = 'ANNA'
            """,
            answer,
        )

    await answered("valid")
    assert await hash_of(shop, payout) == payout.content_hash
    await answered("invalid")
    assert await hash_of(shop, payout) != payout.content_hash


async def test_a_partner_of_a_third_country_without_a_number_gets_a_pdf_alone(shop: Shop) -> None:
    await fit_to_pay(shop)
    seat: dict[str, Any] = {"street": "Gasse 7", "zip": "8001", "city": "Zürich", "country_code": "CH"}
    await fit_to_be_paid(shop, status="third_country", vat_id=None, tax_number=None, **seat)
    await choose(shop, {TaxCase.THIRD_COUNTRY: OWN})
    await earn(shop, 10_000)
    payout = await request(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        draft = await own_content.gather(tx, payout)
    assert (draft.document.title, draft.document.has_xml) == ("Gutschrift", False)
    rendered = issuing.render(draft.document, must_be_e_invoice=draft.must_be_e_invoice)
    assert rendered.xml is None
    assert (
        draft.document.sentences_english[-1] == "The amount is transferred as soon as this document has been received."
    )


async def test_an_xrechnung_names_whom_to_ask_and_passes_the_gate(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    await choose(shop, {TaxCase.REGULAR: OWN})
    await shop.rows(
        "UPDATE tenants SET own_document_profile = 'xrechnung', buyer_reference = '04011000' WHERE id = $1",
        shop.tenant.id,
    )
    await shop.rows("UPDATE partners SET email = 'anna@partner.example', phone = '+49 30 1234567' WHERE code = 'ANNA'")
    await earn(shop, 10_000)
    payout = await request(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        draft = await own_content.gather(tx, payout)
    assert draft.must_be_e_invoice
    assert issuing.render(draft.document, must_be_e_invoice=True).xml is not None
    before = await hash_of(shop, payout)
    await shop.rows("UPDATE partners SET phone = '+49 30 7654321' WHERE code = 'ANNA'")
    assert await hash_of(shop, payout) != before, "it is printed, so it is approved"
    await shop.rows("UPDATE partners SET phone = NULL WHERE code = 'ANNA'")
    assert (found := await blocked(shop, payout)) is not None
    assert found.code == "lacks_partner_phone"
