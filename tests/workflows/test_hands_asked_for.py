"""A firm of two in which each has a hand in a payout is told so, without anybody opening the payout."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx

from ledger.access import memberships, users
from ledger.payouts import payout_requests
from ledger.payouts.payouts import Payout
from ledger.roles import Role
from ledger.types import UserId
from tests.fixtures.browsers import PASSWORD, Browser
from tests.fixtures.desk import handed_over
from tests.fixtures.house import SHORT_KEEP_ALIVE, Shop, until
from tests.fixtures.unhurried import ANSWER_S


async def admin_of(shop: Shop) -> tuple[UserId, str]:
    ledger = shop.house.ledger
    email = f"admin-{uuid4().hex[:10]}@acme.example"
    user, _ = await users.add(ledger, email)
    async with ledger.transaction(shop.tenant, person=user) as tx:
        await memberships.add(tx, user, Role.ADMIN, by=None, actor="test")
    await users.set_password(ledger, user, PASSWORD)
    return user, email


@asynccontextmanager
async def logged_in(shop: Shop, email: str) -> AsyncIterator[Browser]:
    """At the running product, over the network."""
    async with httpx.AsyncClient(
        base_url=shop.house.api_url, timeout=ANSWER_S, trust_env=False, limits=SHORT_KEEP_ALIVE
    ) as http:
        browser = Browser(http=http)
        browser.email = email
        assert (await browser.log_in()).status_code == 303
        assert (await browser.enrol()).status_code == 303
        yield browser


async def sold(shop: Shop, partner: str, customer: object, by: str) -> str:
    """A payment of this customer, 2.000 € of commission."""
    [row] = await shop.rows(
        """
        WITH sale AS (
            INSERT INTO transactions (tenant_id, source, partner_id, customer_id, partner_by, base_cents, gross_cents,
                                      paid_cents, provisional, sold_at, paid_at)
            SELECT $1, 'api', id, $3, $4, 2000000, 2380000, 2380000, false, now(), now()
              FROM partners WHERE tenant_id = $1 AND code = $2
            RETURNING id, partner_id)
        INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, base_cents, net_cents, state,
                                 provisional, service_date)
        SELECT $1, id, partner_id, 1, 2000000, 200000, 'approved', false, current_date FROM sale
        RETURNING transaction_id
        """,
        shop.tenant.id,
        partner,
        customer,
        by,
    )
    await shop.rows("UPDATE transactions SET state = 'approved' WHERE id = $1", row["transaction_id"])
    return str(row["transaction_id"])


async def started(shop: Shop, payout: Payout) -> bool:
    await handed_over(shop.house)
    [row] = await shop.rows("SELECT workflow_started_at FROM payouts WHERE number = $1", payout.number)
    return row["workflow_started_at"] is not None


async def told_again(shop: Shop, payout: Payout) -> bool:
    """Once the wish is older than a second (the setting of this product)."""
    await handed_over(shop.house)
    [row] = await shop.rows("SELECT recheck_wanted_at FROM payouts WHERE number = $1", payout.number)
    return row["recheck_wanted_at"] is None


async def test_the_last_approver_who_gets_a_hand_by_an_act_on_a_sale_opens_the_task(connected_shop: Shop) -> None:
    shop = connected_shop
    _, email = await admin_of(shop)
    other, _ = await admin_of(shop)
    [customer] = await shop.rows(
        "INSERT INTO customers (tenant_id, email) VALUES ($1, 'k@example.test') RETURNING id", shop.tenant.id
    )
    first = await sold(shop, "BERND", customer["id"], "person")
    await sold(shop, "ANNA", customer["id"], "customer")
    async with shop.house.ledger.transaction(shop.tenant) as tx:
        payout = await payout_requests.request_payout(tx, partner_code="ANNA", actor=f"user:{other}")

    await until(lambda: started(shop, payout), bool, "the payout's workflow")
    assert await shop.tasks("hands_of_all_approvers") == []
    async with logged_in(shop, email) as browser:
        moved = await browser.post(
            f"/admin/transaktionen/{first}/partner", {"partner": "ANNA", "reason": "Verwechslung"}
        )
        assert moved.status_code == 303, moved.text
    await until(lambda: told_again(shop, payout), bool, "the hand-over")
    [task] = await until(lambda: shop.tasks("hands_of_all_approvers"), bool, "the task")
    assert task["subject_id"] == payout.number
    [hand] = [hand for hand in task["detail"]["hands"] if hand["act"] == "transaction.partner_reassigned"]
    assert hand["can_confirm"] == [f"user:{other}"]
