"""What PostgreSQL refuses the application's role, whoever speaks SQL in its name: the forbidden write is tried."""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from ledger import clock
from ledger.commissions import manual_lines
from ledger.commissions.manual_lines import NewManualLine
from ledger.database import TenantTransaction
from ledger.payouts import decisions, payout_content, payout_run_starts, payout_runs
from ledger.payouts.decisions import Shown
from ledger.refusals import Refused
from tests.fixtures.invoices import apply, paid, sell
from tests.fixtures.ledger_shop import Shop


async def approved_sale(shop: Shop, reference: str = "pi_1", **more: Any) -> UUID:
    sale = await sell(shop, reference)
    await apply(shop, paid(order_references=(reference,), **more))
    return sale


async def refused(shop: Shop, sql: str, *args: object) -> str:
    """The code of the refusal."""
    [who] = await shop.rows("SELECT current_user AS role")
    assert who["role"] == "partnerdesk_app"
    with pytest.raises(Refused) as found:
        await shop.rows(sql, *args)
    return found.value.code


async def waiting(shop: Shop) -> str:
    await approved_sale(shop)
    return await shop.payout("ANNA")


async def approve(tx: TenantTransaction, number: str) -> None:
    seen = await tx.fetchval("SELECT id FROM payouts WHERE number = $1", number)
    now = await payout_content.content_hash(tx, seen)
    await decisions.approve(tx, number, actor="key:boss", seen_hash=now, shown=Shown(by_hand=True))


async def test_no_payout_is_approved_without_a_decision_of_its_hash(shop: Shop) -> None:
    number = await waiting(shop)
    approved = "UPDATE payouts SET state = 'approved' WHERE number = $1"
    assert await refused(shop, approved, number) == "approval_without_decision"
    other = """
        WITH said AS (INSERT INTO decisions (tenant_id, payout_id, kind, decided_by, content_hash)
                      SELECT tenant_id, id, 'approve', 'key:x', 'another' FROM payouts WHERE number = $1)
        UPDATE payouts SET state = 'approved' WHERE number = $1
    """
    assert await refused(shop, other, number) == "approval_without_decision"


async def test_an_approval_that_became_void_approves_nothing_again(shop: Shop) -> None:
    number = await waiting(shop)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await approve(tx, number)
    await shop.rows("UPDATE payouts SET state = 'awaiting_approval' WHERE number = $1", number)
    assert await refused(shop, "UPDATE payouts SET state = 'approved' WHERE number = $1", number) == (
        "approval_without_decision"
    )


@pytest.mark.parametrize(
    "change",
    [
        "decided_by = 'key:other'",
        "content_hash = 'x'",
        "kind = 'reject'",
        "reason = 'x'",
        "decided_at = now() - '1 day'::interval",
    ],
)
async def test_a_decision_stays_as_it_was_written(shop: Shop, change: str) -> None:
    number = await waiting(shop)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await approve(tx, number)
    assert await refused(shop, f"UPDATE decisions SET {change}") == "stays_as_written"
    await shop.rows("UPDATE decisions SET delivered_at = now()")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await shop.rows("DELETE FROM decisions")


_ACCOUNT = """
    INSERT INTO partner_bank_details (tenant_id, partner_id, account_holder, iban_encrypted, iban_hmac, iban_last4,
                                      state, recorded_by, confirmed_by, confirmed_at)
    SELECT tenant_id, id, name, '\\x00', sha256(code::bytea), '2051', 'active', 'key:a', 'key:b', now()
      FROM partners WHERE code = $1 RETURNING id
"""


@pytest.mark.parametrize(
    "column",
    ["iban_hmac = '\\x01'", "iban_last4 = '9999'", "account_holder = 'X'", "bic = 'X'", "recorded_by = 'key:b'"],
)
async def test_an_account_is_not_rewritten_in_place(shop: Shop, column: str) -> None:
    await shop.rows(_ACCOUNT, "ANNA")
    assert await refused(shop, f"UPDATE partner_bank_details SET {column}") == "stays_as_written"


async def test_a_payout_goes_to_no_account_of_another_partner(shop: Shop) -> None:
    number = await waiting(shop)
    [account] = await shop.rows(_ACCOUNT, "BERT")
    sql = "UPDATE payouts SET bank_details_id = $2 WHERE number = $1"
    assert await refused(shop, sql, number, account["id"]) == "account_of_another_partner"


_LINE = """
    INSERT INTO commissions (tenant_id, kind, transaction_id, partner_id, level, base_cents, net_cents, state,
                             provisional, service_date, recorded_by, origin_id)
    SELECT tenant_id, $1, transaction_id, partner_id, 1, 0, $2, 'approved', false, service_date, 'key:x', $3
      FROM commissions WHERE kind = 'sale' ORDER BY seq LIMIT 1
"""


async def test_a_line_written_by_hand_begins_pending(shop: Shop) -> None:
    await approved_sale(shop)
    assert await refused(shop, _LINE, "correction", 100_000, None) == "line_without_cause"


async def test_a_line_that_nobody_confirmed_is_not_approved(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        new = NewManualLine(kind="bonus", net_cents=5000, service_date=date(2026, 1, 5), reason="Messe")
        line = await manual_lines.write(tx, shop.partner["ANNA"].id, new, by="key:x")
    approved = "UPDATE commissions SET state = 'approved' WHERE id = $1"
    assert await refused(shop, approved, line) == "state_does_not_allow"
    await shop.rows(
        """
        INSERT INTO commissions (tenant_id, kind, transaction_id, partner_id, level, base_cents, net_cents, state,
                                 provisional, service_date)
        SELECT tenant_id, 'correction', transaction_id, partner_id, 1, 0, 777, 'pending', false, service_date
          FROM commissions WHERE id = $1
        """,
        line,
    )
    assert (
        await refused(shop, "UPDATE commissions SET state = 'approved' WHERE net_cents = 777") == "line_without_cause"
    )


async def test_what_stands_for_another_line_is_of_its_partner_and_sale(shop: Shop) -> None:
    first = await approved_sale(shop)
    await approved_sale(shop, "pi_2", voucher_number="RE-2")
    [other] = await shop.rows("SELECT id FROM commissions WHERE kind = 'sale' AND transaction_id <> $1 LIMIT 1", first)
    assert await refused(shop, _LINE, "reissue", 100_000, other["id"]) == "line_without_cause"


@pytest.mark.parametrize(
    "change", ["requested_by = 'user:chief'", "cut_off = now()", "rehearsal = true", "period = '2026-01'"]
)
async def test_who_asked_for_a_run_and_up_to_when_stay_as_they_were_written(shop: Shop, change: str) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        cut_off = payout_runs.last_month(clock.now())
        await payout_run_starts.request(tx, cut_off=cut_off, rehearsal=False, by="key:shop")
    assert await refused(shop, f"UPDATE payout_runs SET {change}") == "stays_as_written"


async def test_a_hand_stays_as_it_was_written(shop: Shop) -> None:
    await waiting(shop)
    for change in ("actor = 'key:nobody'", "act = 'x'", "at = now()"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await shop.rows(f"UPDATE hands SET {change}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await shop.rows("DELETE FROM hands")
