"""What PostgreSQL itself refuses: every state off the arrows of rules.md, and amounts that are settled."""

import itertools

import pytest

from ledger.refusals import NotAllowedNow, Refused
from ledger.types import CommissionState, TransactionState
from tests.fixtures.invoices import apply, paid, sell
from tests.fixtures.ledger_shop import Shop

BEGINNING = ""
TRANSACTION_ARROWS = {
    (BEGINNING, "pending"),
    ("pending", "approved"),
    ("approved", "pending"),
    ("pending", "refunded"),
    ("approved", "refunded"),
    ("refunded", "pending"),
    ("refunded", "approved"),
}
COMMISSION_ARROWS = {
    (BEGINNING, "pending"),
    (BEGINNING, "approved"),  # a clawback, a reissue
    ("pending", "approved"),
    ("approved", "pending"),
    ("approved", "in_payout"),
    ("in_payout", "approved"),
    ("in_payout", "paid"),
    ("pending", "reversed"),
    ("approved", "reversed"),
    ("reversed", "pending"),
    ("reversed", "approved"),
}
MATRIX = [
    (table, before, after, (before, after) in arrows)
    for table, states, arrows in (
        ("transactions", [state.value for state in TransactionState], TRANSACTION_ARROWS),
        ("commissions", [state.value for state in CommissionState], COMMISSION_ARROWS),
    )
    for before, after in itertools.product([BEGINNING, *states], states)
    if before != after
]
WAY_TO = {
    "transactions": {"pending": [], "approved": ["approved"], "refunded": ["refunded"]},
    "commissions": {
        "pending": [],
        "approved": ["approved"],
        "in_payout": ["approved", "in_payout"],
        "paid": ["approved", "in_payout", "paid"],
        "reversed": ["reversed"],
    },
}


@pytest.mark.parametrize(("table", "before", "after", "allowed"), MATRIX)
async def test_states_change_along_the_arrows_only(
    shop: Shop, table: str, before: str, after: str, allowed: bool
) -> None:
    sale = await sell(shop)
    own_id = "id = $1" if table == "transactions" else "transaction_id = $1 AND level = 1"
    if before == BEGINNING:
        change = (
            "INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at, state)"
            " SELECT tenant_id, 'api', 1, 1, true, now(), $2 FROM transactions WHERE id = $1"
            if table == "transactions"
            else "INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, base_cents, net_cents, state,"
            " provisional, service_date) SELECT tenant_id, transaction_id, partner_id, 9, 1, 1, $2, true, now()"
            " FROM commissions WHERE transaction_id = $1 AND level = 1"
        )
    else:
        change = f"UPDATE {table} SET state = $2 WHERE {own_id}"
        async with shop.ledger.transaction(shop.tenant) as tx:
            for step in WAY_TO[table][before]:
                await tx.execute(change, sale, step)

    async def attempt() -> None:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await tx.execute(change, sale, after)

    if allowed:
        await attempt()
    else:
        with pytest.raises(NotAllowedNow) as refused:
            await attempt()
        assert refused.value.code == "state_does_not_allow"


async def test_a_state_stays_the_same_without_being_a_change(shop: Shop) -> None:
    sale = await sell(shop)
    await shop.rows("UPDATE transactions SET state = 'pending' WHERE id = $1", sale)
    assert await shop.history(sale) == [("", "pending")]


@pytest.mark.parametrize(
    "column", ["net_cents = net_cents + 1", "partner_id = (SELECT id FROM partners WHERE code = 'CARL')"]
)
@pytest.mark.parametrize("state", ["in_payout", "paid"])
async def test_a_settled_commission_keeps_amount_and_partner(shop: Shop, column: str, state: str) -> None:
    sale = await sell(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        for step in WAY_TO["commissions"][state]:
            await tx.execute("UPDATE commissions SET state = $1 WHERE level = 1", step)
    with pytest.raises(Refused) as refused:
        await shop.rows(f"UPDATE commissions SET {column} WHERE transaction_id = $1 AND level = 1", sale)
    assert refused.value.code == "commission_settled"


async def test_no_more_is_clawed_back_than_was_given(shop: Shop) -> None:
    sale = await sell(shop)
    insert = (
        "INSERT INTO commissions (tenant_id, kind, origin_id, transaction_id, partner_id, level, base_cents, net_cents,"
        " state, provisional, service_date) SELECT tenant_id, 'clawback', id, transaction_id, partner_id, level, 1, $2,"
        " 'approved', false, service_date FROM commissions WHERE transaction_id = $1 AND level = 1 AND kind = 'sale'"
    )
    await shop.rows(insert, sale, -1000)
    with pytest.raises(Refused) as refused:
        await shop.rows(insert, sale, -191)
    assert refused.value.code == "clawback_exceeds"
    await shop.rows(insert, sale, -190)


async def test_one_invoice_per_sale_is_kept_by_the_database(shop: Shop) -> None:
    sale = await sell(shop)
    await apply(shop, paid(order_references=("pi_1",)))
    with pytest.raises(Refused) as refused:
        await shop.rows(
            "INSERT INTO external_documents (tenant_id, organization_id, kind, resource_id, transaction_id)"
            " SELECT tenant_id, gen_random_uuid(), 'invoice', gen_random_uuid(), id FROM transactions WHERE id = $1",
            sale,
        )
    assert (refused.value.code, refused.value.params) == ("value_taken", {"constraint": "one_invoice_per_sale"})
