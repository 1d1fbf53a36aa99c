"""States of payouts: every arrow of rules.md, every refused one, and what a creation intent forbids."""

import pytest

from ledger.refusals import AlreadyExists, DocumentUnderWay, NotAllowedNow
from ledger.types import PayoutState
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import ask_for, intend

BEGINNING = ""
ARROWS = {
    (BEGINNING, "awaiting_approval"),
    ("awaiting_approval", "approved"),
    ("awaiting_approval", "rejected"),
    ("awaiting_approval", "cancelled"),
    ("approved", "credit_note_open"),
    ("approved", "cancelled"),
    ("approved", "awaiting_approval"),
    ("approved", "outcome_unknown"),
    ("outcome_unknown", "approved"),
    ("outcome_unknown", "credit_note_open"),
    ("outcome_unknown", "cancelled"),
    ("credit_note_open", "paid"),
    ("credit_note_open", "cancelled"),
    ("credit_note_open", "returned"),
    ("paid", "returned"),
    ("returned", "paid"),
    ("returned", "cancelled"),
    ("returned", "settled_manually"),
}
WAY_TO = {
    "awaiting_approval": [],
    "approved": ["approved"],
    "rejected": ["rejected"],
    "outcome_unknown": ["approved", "outcome_unknown"],
    "credit_note_open": ["approved", "credit_note_open"],
    "paid": ["approved", "credit_note_open", "paid"],
    "returned": ["approved", "credit_note_open", "returned"],
    "cancelled": ["cancelled"],
    "settled_manually": ["approved", "credit_note_open", "returned", "settled_manually"],
}
STATES = [state.value for state in PayoutState]
MOVE = """
    WITH decided AS (
        INSERT INTO decisions (tenant_id, payout_id, kind, decided_by, content_hash)
        SELECT tenant_id, id, 'approve', 'test', content_hash FROM payouts WHERE number = $1 AND $2 = 'approved')
    UPDATE payouts SET state = $2, payment_reference = 'E2E', paid_on = current_date WHERE number = $1
"""
BEGIN = """
    INSERT INTO payouts (tenant_id, number, partner_id, tax_case, net_cents, tax_rate, tax_cents, gross_cents,
                         period_from, period_to, content_hash, requested_by, payment_reference, paid_on, state)
    SELECT tenant_id, 'PO-1999-0001', partner_id, tax_case, net_cents, tax_rate, tax_cents, gross_cents,
           period_from, period_to, content_hash, requested_by, 'E2E', current_date, $2
      FROM payouts WHERE number = $1
"""


class Undone(Exception):
    """What was tried is allowed; the transaction is rolled back."""


@pytest.mark.parametrize("before", [BEGINNING, *STATES])
async def test_payouts_change_along_the_arrows_only(shop: Shop, before: str) -> None:
    number = (await ask_for(shop)).number
    found = {}
    for after in STATES:
        if before == after:
            continue
        try:
            async with shop.ledger.transaction(shop.tenant) as tx:
                for step in WAY_TO.get(before, []):
                    await tx.execute(MOVE, number, step)
                await tx.execute(MOVE if before else BEGIN, number, after)
                raise Undone
        except NotAllowedNow as refused:
            found[after] = refused.code
        except Undone:
            found[after] = "allowed"
    assert found == {
        after: "allowed" if (before, after) in ARROWS else "state_does_not_allow" for after in STATES if after != before
    }


@pytest.mark.parametrize("after", ["cancelled", "awaiting_approval"])
async def test_an_intent_holds_an_approved_payout_until_it_is_closed(shop: Shop, after: str) -> None:
    number = (await ask_for(shop)).number
    async with shop.ledger.transaction(shop.tenant) as tx:
        await tx.execute(MOVE, number, "approved")
        await intend(tx, number)
    with pytest.raises(DocumentUnderWay):
        await shop.rows(MOVE, number, after)
    await shop.rows("UPDATE creation_intents SET closed_at = now()")
    await shop.rows(MOVE, number, after)


async def test_a_payout_has_one_open_intent_at_most(shop: Shop) -> None:
    number = (await ask_for(shop)).number
    async with shop.ledger.transaction(shop.tenant) as tx:
        await intend(tx, number, closed=True)
        await intend(tx, number)

    async def another() -> None:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await intend(tx, number)

    with pytest.raises(AlreadyExists):
        await another()


async def test_each_change_of_state_is_kept_with_its_cause(shop: Shop) -> None:
    payout = await ask_for(shop)
    async with shop.ledger.transaction(shop.tenant, cause="decision:17") as tx:
        await tx.execute(MOVE, payout.number, "approved")
    rows = await shop.rows(
        "SELECT from_state, to_state, cause FROM state_changes WHERE subject = 'payouts' AND subject_id = $1"
        " ORDER BY seq",
        payout.id,
    )
    assert [tuple(row) for row in rows] == [
        ("", "awaiting_approval", "test"),
        ("awaiting_approval", "approved", "decision:17"),
    ]


def test_the_table_of_this_test_knows_every_state() -> None:
    assert set(WAY_TO) == set(STATES)
    assert {state for arrow in ARROWS for state in arrow} == {BEGINNING, *STATES}
