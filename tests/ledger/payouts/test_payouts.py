"""Payouts: what one collects, what its rows promise, and what a lost line does to it."""

import asyncio
from datetime import date, datetime

import asyncpg
import pytest

from ledger import clock, tasks
from ledger.documents import intents, unclear_outcomes
from ledger.payouts import decisions, payout_lines, payout_requests
from ledger.reasons import Reason
from ledger.refusals import AlreadyExists, Blocked, NotAcceptable, NotFound, NothingDue, Refused
from ledger.types import CommissionId, IntentId, PayoutState, TaxCase
from tests.fixtures.ledger_shop import Shop, approve_directly
from tests.fixtures.payable import approve, ask_for, earn, fit_to_be_paid, fit_to_pay, intend, look, request
from words import sentence

WHY = Reason.of("connection_broken")

# What a payout collects


async def test_a_payout_collects_everything_that_is_approved_and_computes_vat_once(shop: Shop) -> None:
    payout = await ask_for(shop, 333, 333, 334)
    assert (payout.net_cents, payout.tax_cents, payout.gross_cents) == (1000, 190, 1190)
    rows = await shop.rows("SELECT net_cents, tax_cents, gross_cents FROM payout_lines ORDER BY position")
    assert [row["net_cents"] for row in rows] == [333, 333, 334]
    assert sum(row["tax_cents"] for row in rows) == 190
    states = await shop.rows("SELECT DISTINCT state FROM commissions WHERE net_cents > 0")
    assert [row["state"] for row in states] == ["in_payout"]


@pytest.mark.parametrize(
    ("cents", "minimum", "said"),
    [
        ((), 0, "Für diesen Partner ist keine freigegebene Provision offen."),
        ((500, -500), 0, "Der Saldo ist 0,00 €; er wird vorgetragen (Übertrag)."),
        ((500, -700), 0, "Der Saldo ist -2,00 €; er wird vorgetragen (Übertrag)."),
        ((999,), 1000, "9,99 € liegen unter der Mindestauszahlung von 10,00 € (Übertrag)."),
    ],
)
async def test_nothing_is_paid_that_is_not_due_and_it_stays_for_the_next_time(
    shop: Shop, cents: tuple[int, ...], minimum: int, said: str
) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    await shop.rows("UPDATE tenants SET minimum_payout_cents = $1", minimum)
    await earn(shop, *cents)
    with pytest.raises(NothingDue) as refused:
        await request(shop)
    assert sentence(refused.value.code, refused.value.params).replace("\xa0", " ") == said
    await earn(shop, 5000)
    assert (await request(shop)).net_cents == sum(cents) + 5000


async def test_a_partner_has_a_minimum_of_their_own(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    await shop.rows("UPDATE tenants SET minimum_payout_cents = 100000")
    await shop.rows("UPDATE partners SET minimum_payout_cents = 1000 WHERE code = 'ANNA'")
    await earn(shop, 1000)
    assert (await request(shop)).net_cents == 1000


async def test_held_blocked_and_provisional_sales_are_not_collected(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    held, blocked, provisional, _ = await earn(shop, 1, 10, 100, 1000)
    of = "(SELECT transaction_id FROM commissions WHERE id = $1)"
    hold = f"INSERT INTO sale_holds (tenant_id, transaction_id, code) VALUES ($2, {of}, $3)"
    await shop.rows(hold, held, shop.tenant.id, "dispute")
    await shop.rows(hold, blocked, shop.tenant.id, "invoice_voided")
    await shop.rows("UPDATE commissions SET provisional = true WHERE id = $1", provisional)
    assert (await request(shop)).net_cents == 1000


async def test_a_request_for_a_partner_nobody_knows_is_refused(shop: Shop) -> None:
    with pytest.raises(NotFound):
        await request(shop, "NOBODY")


async def test_each_tax_case_gets_a_payout_of_its_own_the_oldest_first(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop, status="private", tax_number=None)
    await fit_to_be_paid(shop, status="regular", valid_from=date(2026, 7, 1))
    await earn(shop, 1000, on=date(2026, 6, 30))
    await earn(shop, 2000, on=date(2026, 7, 1))
    first = await request(shop)
    assert (first.tax_case, first.net_cents, first.gross_cents) == (TaxCase.PRIVATE, 1000, 1000)
    assert (first.period_from, first.period_to) == (date(2026, 6, 30), date(2026, 6, 30))
    second = await request(shop)
    assert (second.tax_case, second.net_cents, second.gross_cents) == (TaxCase.REGULAR, 2000, 2380)


async def test_a_tax_case_can_be_asked_for(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop, status="private", tax_number=None)
    await fit_to_be_paid(shop, status="regular", valid_from=date(2026, 7, 1))
    await earn(shop, 1000, on=date(2026, 6, 30))
    await earn(shop, 2000, on=date(2026, 7, 1))
    assert (await request(shop, tax_case=TaxCase.REGULAR)).net_cents == 2000
    with pytest.raises(NothingDue):
        await request(shop, tax_case=TaxCase.SMALL_BUSINESS)


async def test_what_one_day_blocks_does_not_hold_up_the_others(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop, status="small_business", confirmed_year=2026)
    await earn(shop, 700, on=date(2025, 12, 31))
    with pytest.raises(Blocked) as blocked:
        await request(shop)
    assert blocked.value.code == "small_business_not_confirmed"
    await earn(shop, 1000, on=date(2026, 1, 1))
    assert (await request(shop)).net_cents == 1000


# Numbers


async def test_numbers_have_no_gaps_under_parallel_requests_and_a_rolled_back_one(shop: Shop) -> None:
    await fit_to_pay(shop)
    codes = [f"P{index}" for index in range(20)]
    for code in codes:
        await shop.rows("INSERT INTO partners (tenant_id, code, name) VALUES ($1, $2, $2)", shop.tenant.id, code)
        await fit_to_be_paid(shop, code)
        await earn(shop, 1000, code=code)

    async def break_off() -> None:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await payout_requests.request_payout(tx, partner_code="P0", actor="key:x")
            raise Refused("Doch nicht.")

    with pytest.raises(Refused):
        await break_off()
    made = await asyncio.gather(*(request(shop, code) for code in codes))
    year = clock.today().year
    assert sorted(payout.number for payout in made) == [f"PO-{year}-{index:04d}" for index in range(1, 21)]


async def test_numbers_begin_anew_each_german_year(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    numbers = []
    for moment in ("2026-12-31T23:59+01:00", "2026-12-31T23:30+00:00"):
        await earn(shop, 1000)
        async with shop.ledger.transaction(shop.tenant) as tx:
            payout = await payout_requests.request_payout(
                tx, partner_code="ANNA", actor="key:x", now=datetime.fromisoformat(moment)
            )
        numbers.append(payout.number)
    assert numbers == ["PO-2026-0001", "PO-2027-0001"]


async def test_of_two_requests_at_once_for_one_partner_one_finds_nothing_left(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    await earn(shop, 1000, 2000)
    results = await asyncio.gather(*(request(shop) for _ in range(5)), return_exceptions=True)
    made = [result for result in results if not isinstance(result, BaseException)]
    assert [payout.net_cents for payout in made] == [3000]
    assert all(isinstance(result, NothingDue) for result in results if isinstance(result, BaseException))


# What the rows promise


async def test_the_lines_are_the_payout_to_the_cent(shop: Shop) -> None:
    payout = await ask_for(shop, 1000, 2000)
    for change in (
        "UPDATE payouts SET net_cents = net_cents + 1, gross_cents = gross_cents + 1",
        "UPDATE payout_lines SET net_cents = net_cents - 1, gross_cents = gross_cents - 1 WHERE position = 1",
        "UPDATE payout_lines SET released_at = now() WHERE position = 1",
    ):
        with pytest.raises(NotAcceptable) as refused:
            await shop.rows(change)
        assert refused.value.code == "lines_do_not_add_up"
    assert (await look(shop, payout.number)).net_cents == 3000


async def test_a_commission_is_in_one_payout_at_most(shop: Shop) -> None:
    first = await ask_for(shop, 1000)
    await earn(shop, 2000)
    second = await request(shop)
    with pytest.raises(AlreadyExists):
        await shop.rows(
            """
            INSERT INTO payout_lines (tenant_id, payout_id, position, commission_id, net_cents, tax_rate, tax_cents,
                                      gross_cents)
            SELECT l.tenant_id, $2, 9, l.commission_id, 0, 0, 0, 0 FROM payout_lines l WHERE l.payout_id = $1
            """,
            first.id,
            second.id,
        )


async def test_payouts_are_never_deleted_and_paid_ones_say_when_and_by_which_transfer(shop: Shop) -> None:
    payout = await ask_for(shop)
    with pytest.raises((Refused, asyncpg.InsufficientPrivilegeError)):
        await shop.rows("DELETE FROM payouts")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await approve_directly(tx, payout.number)
        await tx.execute("UPDATE payouts SET state = 'credit_note_open'")
    for known in ("payment_reference = NULL, paid_on = current_date", "payment_reference = 'E2E', paid_on = NULL"):
        with pytest.raises(asyncpg.CheckViolationError):
            await shop.rows(f"UPDATE payouts SET state = 'paid', {known}")


# A line that is lost


async def take_out(shop: Shop, commission: object) -> bool:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await payout_lines.take_out(tx, CommissionId(commission))  # type: ignore[arg-type]


async def test_a_line_taken_out_voids_the_approval_and_the_rest_is_computed_anew(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    first, _ = await earn(shop, 1000, 2055)
    payout = await request(shop)
    await approve(shop, payout)
    await shop.rows("UPDATE payouts SET blocked_code = 'connection_broken', blocked_params = '{}'")
    assert await take_out(shop, first)
    left = await look(shop, payout.number)
    assert (left.state, left.net_cents, left.tax_cents, left.gross_cents) == (
        PayoutState.AWAITING_APPROVAL,
        2055,
        390,
        2445,
    )
    assert left.content_hash != payout.content_hash
    assert left.blocked is None
    assert not await take_out(shop, first), "it is in no payout any more"
    assert (await request(shop)).net_cents == 1000


async def test_a_payout_that_lost_its_last_line_is_cancelled(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    big, _ = await earn(shop, 1000, -300)
    payout = await request(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await tasks.ask(
            tx, tasks.NewTask(kind="payout_blocked", subject="payout", subject_id=payout.number, reason=WHY)
        )
    assert await take_out(shop, big)
    assert await shop.tasks() == [], "nobody is asked about what has ended"
    assert (await look(shop, payout.number)).state is PayoutState.CANCELLED
    assert {row["state"] for row in await shop.rows("SELECT state FROM commissions")} == {"approved"}


async def test_from_the_intent_on_a_line_stays(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    [only] = await earn(shop, 1000)
    payout = await request(shop)
    await approve(shop, payout)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await intend(tx, payout.number)
    assert not await take_out(shop, only)
    assert (await look(shop, payout.number)).net_cents == 1000


# The row that forbids a second POST


async def the_intent(shop: Shop) -> IntentId:
    payout = await ask_for(shop)
    await approve(shop, payout)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await intend(tx, payout.number)
    [row] = await shop.rows("SELECT id FROM creation_intents")
    return IntentId(row["id"])


async def test_of_many_workers_one_may_send(shop: Shop) -> None:
    intent = await the_intent(shop)

    async def may_send() -> str:
        async with shop.ledger.transaction(shop.tenant) as tx:
            return (await intents.may_send(tx, intent)).verdict

    assert sorted(await asyncio.gather(*(may_send() for _ in range(10)))) == ["unclear"] * 9 + ["yes"]


async def test_what_a_late_attempt_proves_is_said_of_no_later_one(shop: Shop) -> None:
    intent = await the_intent(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        first = await intents.may_send(tx, intent)
        await intents.refuse(tx, intent, "not found in three searches", attempt=first.intent.attempt)
        second = await intents.may_send(tx, intent)
        assert (first.verdict, second.verdict) == ("yes", "yes")
        await intents.refuse(tx, intent, "429, read late", attempt=first.intent.attempt)
        assert (await intents.get(tx, intent)).is_unclear
        assert (await intents.may_send(tx, intent)).verdict == "unclear"


async def test_a_second_document_never_takes_the_place_of_the_first(shop: Shop) -> None:
    intent = await the_intent(shop)
    one, other = (
        row["gen_random_uuid"] for row in await shop.rows("SELECT gen_random_uuid() FROM generate_series(1, 2)")
    )
    async with shop.ledger.transaction(shop.tenant) as tx:
        await intents.may_send(tx, intent)
        assert await intents.made(tx, intent, one)
        assert await intents.made(tx, intent, one), "said twice"
        assert not await intents.made(tx, intent, other)
        assert (await intents.get(tx, intent)).resource_id == one


async def test_a_document_of_an_intent_that_was_given_up_is_not_taken(shop: Shop) -> None:
    intent = await the_intent(shop)
    [row] = await shop.rows("SELECT gen_random_uuid() AS id")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await intents.may_send(tx, intent)
        assert not await unclear_outcomes.give_up(tx, intent), "it is not proved that nothing was made"
        await unclear_outcomes.abandon_by_decision(tx, intent)
        assert not await intents.made(tx, intent, row["id"])


async def test_decisions_keep_the_order_in_which_they_were_made(shop: Shop) -> None:
    payout = await ask_for(shop)
    await approve(shop, payout)
    await shop.rows("UPDATE payouts SET state = 'awaiting_approval'")
    await approve(shop, payout)
    async with shop.ledger.transaction(shop.tenant) as tx:
        made = await decisions.of_payout(tx, payout.id)
    assert [decision.kind.value for decision in made] == ["approve", "approve"]
