"""Correcting documents over a negative balance: who decides them, what they hold, and the claim that comes of them."""

import pytest

from ledger.access.four_eyes import SecondPersonNeeded
from ledger.booking import resolutions, reversed_payouts
from ledger.booking.resolutions import Answer
from ledger.documents.own import circle, issuing
from ledger.documents.own.content import OwnDocumentKind
from ledger.payouts import (
    claims,
    corrections,
    final_settlement,
    own_reversal_rows,
    own_reversals,
    partner_balance,
    payout_requests,
)
from ledger.payouts.claims import Claim, ClaimState
from ledger.payouts.own_reversal_rows import OwnReversal
from ledger.refusals import NotAcceptable, NotAllowedNow, NothingDue
from ledger.types import TaskId, TaxCase
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.own_payouts import deliver, handed_out, pay, take_effect
from tests.fixtures.payable import earn, request
from tests.ledger.payouts.test_own_reversals import limit, states
from tests.money.invariants import broken


async def owes(shop: Shop, *cents: int, leaves: bool = True) -> None:
    """ANNA was paid 100,00 and owes these amounts (below zero)."""
    await pay(shop, await handed_out(shop, 10_000))
    await earn(shop, *cents)
    if leaves:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await final_settlement.begin(tx, shop.partner["ANNA"].id, by="key:desk")


async def ask(shop: Shop, case: TaxCase = TaxCase.REGULAR, *, by: str = "key:maker") -> OwnReversal:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await corrections.ask(tx, "ANNA", case, reason="ausgeschieden", by=by)


async def claims_of(shop: Shop) -> list[Claim]:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return (await claims.list_claims(tx))[0]


async def balance(shop: Shop) -> tuple[int, int, int]:
    async with shop.ledger.transaction(shop.tenant) as tx:
        found = await partner_balance.of_partner(tx, shop.partner["ANNA"].id)
    return found.open_cents, found.in_payout_cents, found.paid_cents


async def test_a_negative_balance_becomes_a_document_and_then_a_claim(shop: Shop) -> None:
    await owes(shop, -4_000, -1_000)
    asked = await ask(shop)
    assert (asked.kind, asked.payout_number, asked.gross_cents) == ("correction", None, -5_950)
    assert await balance(shop) == (0, -5_000, 10_000)
    assert await claims_of(shop) == []
    done = await take_effect(shop, asked)
    assert done.is_effective
    assert await balance(shop) == (0, 0, 5_000)
    assert await states(shop) == [(10_000, "paid"), (-4_000, "paid"), (-1_000, "paid")]
    [claim] = await claims_of(shop)
    assert (claim.amount_cents, claim.open_cents, claim.document_number) == (5_950, 5_950, done.document_number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert done.document_id is not None
        document = await issuing.get(tx, done.document_id)
        content = await issuing.get_content(tx, done.document_id)
        assert await circle.find_gaps(tx) == []
    assert (document.kind, document.payout_id, document.net_cents) == (OwnDocumentKind.CORRECTION, None, -5_000)
    assert content.title.startswith("Korrektur")
    assert [line.net_cents for line in content.lines] == [-4_000, -1_000]
    assert await broken(shop.ledger, shop.tenant) == []


async def test_what_it_holds_is_netted_by_no_payout(shop: Shop) -> None:
    await owes(shop, -4_000)
    await ask(shop)
    await earn(shop, 7_000)
    assert (await request(shop)).net_cents == 7_000
    with pytest.raises(NotAllowedNow, match="balance_not_negative"):
        await ask(shop)
    assert await broken(shop.ledger, shop.tenant) == []


@pytest.mark.parametrize("ending", ["refused", "withdrawn"])
async def test_one_that_does_not_come_leaves_the_debt_open_as_it_was(shop: Shop, ending: str) -> None:
    await owes(shop, -4_000)
    if ending == "refused":
        await limit(shop, 1)
    asked = await ask(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        if ending == "refused":
            await own_reversals.decide(tx, asked.id, confirmed=False, by="key:second", reason="doch nicht")
        else:
            await own_reversals.withdraw(tx, asked.id, by="key:maker", reason="doch nicht")
    assert await balance(shop) == (-4_000, 0, 10_000)
    assert await broken(shop.ledger, shop.tenant) == []
    await earn(shop, 7_000)
    assert (await request(shop)).net_cents == 3_000


async def test_above_the_limit_neither_who_asked_nor_who_wrote_a_line_confirms(shop: Shop) -> None:
    await owes(shop, -4_000)
    await limit(shop, 4_759)
    asked = await ask(shop)
    assert asked.confirmed is None
    [line] = await shop.rows("SELECT id FROM commissions WHERE net_cents < 0")
    await shop.rows(
        "INSERT INTO hands (tenant_id, actor, act, subject, subject_id)"
        " VALUES ($1, 'key:writer', 'partner.correction_written', 'commission', $2)",
        shop.tenant.id,
        str(line["id"]),
    )
    [task] = await shop.rows("SELECT id FROM tasks WHERE kind = 'own_reversal_asked'")
    for maker in ("key:maker", "key:writer"):
        with pytest.raises(SecondPersonNeeded):
            async with shop.ledger.transaction(shop.tenant) as tx:
                await resolutions.resolve(tx, TaskId(task["id"]), Answer(action="confirm"), actor=maker)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await resolutions.resolve(tx, TaskId(task["id"]), Answer(action="confirm"), actor="key:second")
    assert (await take_effect(shop, asked)).is_effective


async def test_there_is_none_while_the_partner_may_still_earn_unless_the_debt_is_old(shop: Shop) -> None:
    await owes(shop, -4_000, leaves=False)
    with pytest.raises(NotAllowedNow, match="balance_may_be_earned"):
        await ask(shop)
    await shop.rows("UPDATE commissions SET created_at = created_at - interval '181 days' WHERE net_cents < 0")
    assert (await ask(shop)).gross_cents == -4_760


async def test_what_was_due_for_three_months_makes_no_new_debt_an_old_one(shop: Shop) -> None:
    await owes(shop, -4_000, leaves=False)
    [small] = await earn(shop, 100)
    await shop.rows("UPDATE commissions SET created_at = now() - interval '100 days' WHERE id = $1", small)
    await shop.rows("UPDATE transactions SET sold_at = now() - interval '100 days'")
    with pytest.raises(NotAllowedNow, match="balance_may_be_earned"):
        await ask(shop)


async def test_a_document_that_has_not_left_the_house_is_not_named_as_the_corrected_one(shop: Shop) -> None:
    """It may still be closed as „nicht ausgegeben"."""
    await pay(shop, await handed_out(shop, 10_000))
    [sold] = await earn(shop, 2_000)
    await deliver(shop, await request(shop), handed_out=False)
    [owed] = await earn(shop, -4_000)
    await shop.rows(
        "UPDATE commissions SET transaction_id = (SELECT transaction_id FROM commissions WHERE id = $1) WHERE id = $2",
        sold,
        owed,
    )
    async with shop.ledger.transaction(shop.tenant) as tx:
        await final_settlement.begin(tx, shop.partner["ANNA"].id, by="key:desk")
    assert (await ask(shop)).original_id is None


async def test_it_needs_a_debt_a_reason_and_a_document_to_correct(shop: Shop) -> None:
    await owes(shop, -4_000)
    with pytest.raises(NotAllowedNow, match="balance_not_negative"):
        await ask(shop, TaxCase.PRIVATE)
    with pytest.raises(NotAcceptable):
        async with shop.ledger.transaction(shop.tenant) as tx:
            await corrections.ask(tx, "ANNA", TaxCase.REGULAR, reason="", by="key:maker")
    await shop.rows("UPDATE payouts SET tax_case = 'private'")
    with pytest.raises(NotAllowedNow, match="correction_needs_own_document"):
        await ask(shop)
    await earn(shop, 9_000)
    with pytest.raises(NotAllowedNow, match="balance_not_negative"):
        await ask(shop)


async def test_a_payout_and_a_correction_at_once_take_a_line_once(shop: Shop) -> None:
    await owes(shop, -4_000)
    async with shop.ledger.transaction(shop.tenant) as tx:
        asked = await corrections.ask(tx, "ANNA", TaxCase.REGULAR, reason="x", by="key:maker")
        with pytest.raises(NothingDue):
            await payout_requests.request_payout(tx, partner_code="ANNA", actor="key:asker")
    await take_effect(shop, asked)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await reversed_payouts.conclude(tx, await own_reversal_rows.get(tx, asked.id))
    assert [claim.state for claim in await claims_of(shop)] == [ClaimState.OPEN]
    assert await broken(shop.ledger, shop.tenant) == []
