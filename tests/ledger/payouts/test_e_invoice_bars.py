"""From 2027 and 2028 on a regular partner gets no credit note where the law wants an e-invoice."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime

import pytest

from ledger import clock
from ledger.payouts import approval_queue, payout_requests
from ledger.payouts.payouts import Payout
from ledger.refusals import Blocked, NotAcceptable
from ledger.tax import strategies, turnovers
from ledger.tax.document_rules import BlockedBy
from ledger.types import DocumentStrategy, TaxCase
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import approve, earn, fit_to_be_paid, fit_to_pay, request

OWN = DocumentStrategy.OWN_DOCUMENT
HOME = {TaxCase.REGULAR: OWN, TaxCase.SMALL_BUSINESS: OWN, TaxCase.PRIVATE: OWN}


async def choose(shop: Shop, wanted: dict[TaxCase, DocumentStrategy], books: str | None = None) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await strategies.choose(tx, wanted, books=books, by="user:chief")


async def blocked(shop: Shop, payout: Payout) -> BlockedBy | None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        return await payout_requests.why_blocked(tx, payout)


Prepare = Callable[[Shop], Awaitable[None]]


async def _nothing(shop: Shop) -> None:
    pass


async def _above(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await turnovers.answer(tx, 2026, above_limit=True, by="user:chief")


async def _below(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await turnovers.answer(tx, 2026, above_limit=False, by="user:chief")


async def _confirmed(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await turnovers.confirm_credit_notes(tx, reason="Steuerberater, 03.01.2028", by="user:chief")


@pytest.mark.parametrize(
    ("on", "cents", "prepare", "code"),
    [
        (date(2026, 12, 31), 100_000, _above, None),
        (date(2027, 1, 1), 100_000, _above, "e_invoice_from_2027"),
        (date(2027, 1, 1), 21_008, _above, None),  # 250.00 gross
        (date(2027, 1, 1), 21_009, _above, "e_invoice_from_2027"),
        (date(2027, 1, 1), 100_000, _below, None),
        (date(2027, 1, 1), 100_000, _nothing, None),
        (date(2028, 1, 1), 100_000, _below, "e_invoice_from_2028"),
        (date(2028, 1, 1), 20_000, _below, None),
        (date(2028, 1, 1), 100_000, _confirmed, None),
    ],
)
async def test_a_regular_partner_gets_no_credit_note_where_the_law_wants_an_e_invoice(
    shop: Shop, on: date, cents: int, prepare: Prepare, code: str | None
) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    await earn(shop, cents, on=on)
    with clock.set_to(datetime(on.year, on.month, on.day, 12, tzinfo=UTC)):
        await prepare(shop)
        if code is None:
            payout = await request(shop)
            assert await blocked(shop, payout) is None
        else:
            with pytest.raises(Blocked) as refused:
                await request(shop)
            assert refused.value.code == code
            await choose(shop, HOME)
            assert (await request(shop)).strategy is OWN


def test_a_confirmation_for_2028_does_not_let_services_of_2027_pass_in_the_same_document() -> None:
    days = [date(2027, 12, 31), date(2028, 1, 2)]
    known = turnovers.Turnovers(above_limit={2026: True}, confirmed=True)
    why = turnovers.bar(TaxCase.REGULAR, days, 100_000, known)
    assert why == BlockedBy.of("e_invoice_from_2027", year=2026)
    assert turnovers.bar(TaxCase.REGULAR, days, 100_000, turnovers.Turnovers(confirmed=True)) is None


async def test_the_answer_bars_what_was_asked_for_before_it(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    await earn(shop, 100_000, on=date(2027, 1, 2))
    with clock.set_to(datetime(2027, 1, 3, 12, tzinfo=UTC)):
        payout = await request(shop)
        await _above(shop)
        with pytest.raises(Blocked) as refused:
            await approve(shop, payout)
    assert refused.value.code == "e_invoice_from_2027"


async def test_the_question_is_asked_from_january_on_until_it_is_answered(shop: Shop) -> None:
    async def ask(day: date) -> list[str]:
        with clock.set_to(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
            async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
                await turnovers.ask_or_close(tx)
        rows = await shop.rows("SELECT subject_id FROM tasks WHERE kind = $1 AND state = 'open'", turnovers.TASK)
        return [row["subject_id"] for row in rows]

    assert await ask(date(2026, 12, 31)) == []
    assert await ask(date(2027, 1, 1)) == ["2026"]
    assert await ask(date(2027, 6, 1)) == ["2026"]
    with clock.set_to(datetime(2027, 6, 2, 12, tzinfo=UTC)):
        await _below(shop)
    assert await ask(date(2027, 6, 2)) == []
    with pytest.raises(NotAcceptable):
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            await turnovers.answer(tx, clock.today().year + 1, above_limit=False, by="user:chief")


async def test_an_approver_is_warned_while_the_turnover_is_not_answered(shop: Shop) -> None:
    async def asked(number: str) -> int | None:
        async with shop.ledger.transaction(shop.tenant) as tx:
            [seen] = await approval_queue.of_numbers(tx, [number])
        return seen.turnover_year

    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    await earn(shop, 100_000, on=date(2027, 1, 2))
    with clock.set_to(datetime(2027, 1, 3, 12, tzinfo=UTC)):
        payout = await request(shop)
        assert await asked(payout.number) == 2026
        await _below(shop)
        assert await asked(payout.number) is None
