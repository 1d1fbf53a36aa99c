"""The release before beside this one: what it reads is said to it, what it writes of holds is heard."""

from collections.abc import AsyncIterator
from typing import Any, cast

import asyncpg
import pytest

from ledger.database import TenantTransaction
from ledger.sales import sale_holds
from ledger.sales.sale_holds import SaleHold
from ledger.types import Tenant, TenantId, TransactionId
from tests.ledger.old_holds import STOPPED, VOIDED, Books, carl_is_stopped


async def _told(old_books: Books, sale: str) -> tuple[str | None, str | None]:
    row = await old_books.old.admin.fetchrow(
        "SELECT held_reason, blocked_reason FROM transactions WHERE id = $1", old_books.sales[sale]
    )
    assert row is not None
    return row["held_reason"], row["blocked_reason"]


@pytest.fixture
async def release_before(old_books: Books) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """As the application of the release before, in the tenant."""
    await old_books.old.migrate()
    connection = await asyncpg.connect(old_books.old.urls.app_url)
    await connection.execute("SELECT set_config('app.tenant', $1, false)", str(old_books.tenant))
    yield connection
    await connection.close()


async def test_the_release_before_reads_what_this_one_holds_and_releases(
    old_books: Books, release_before: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    tx, sale = (
        TenantTransaction(cast(Any, release_before), Tenant(id=TenantId(old_books.tenant), slug="acme")),
        TransactionId(old_books.sales["own"]),
    )
    await sale_holds.hold(tx, sale, SaleHold.DISPUTE)
    await sale_holds.hold(tx, sale, SaleHold.INVOICE_VOIDED)
    assert await _told(old_books, "own") == ("Eigenkauf; Zahlungsstreit", VOIDED)
    await sale_holds.release(tx, sale, list(SaleHold))
    assert await _told(old_books, "own") == (None, None)


async def test_the_release_before_holds_and_releases_sales(
    old_books: Books, release_before: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    hold = "UPDATE transactions SET held_reason = $3 WHERE tenant_id = $1 AND id = $2"
    await release_before.execute(hold, old_books.tenant, old_books.sales["own"], "Eigenkauf; Zahlungsstreit")
    await release_before.execute(hold, old_books.tenant, old_books.sales["both"], None)
    await release_before.execute(hold, old_books.tenant, old_books.sales["disputed"], None)
    await release_before.execute(
        "UPDATE transactions SET blocked_reason = $3, replacement_until = now() WHERE tenant_id = $1 AND id = $2",
        old_books.tenant,
        old_books.sales["free"],
        VOIDED,
    )
    await release_before.execute(
        "UPDATE transactions SET replacement_until = NULL, blocked_reason = NULL WHERE tenant_id = $1 AND id = $2",
        old_books.tenant,
        old_books.sales["all"],
    )
    found = {name: sorted(code for code, _ in of_sale) for name, of_sale in (await old_books.holds_of_sales()).items()}
    assert found == {
        "free": ["invoice_voided"],
        "own": ["dispute", "own_purchase"],
        "disputed": [],
        "both": [],
        "voided": ["invoice_voided"],
        "all": ["dispute"],
        "odd": ["as_it_was_written", "own_purchase"],
    }


async def test_the_release_before_puts_payouts_back_and_blocks_them(
    old_books: Books, release_before: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await old_books.payout(1, "CARL")
    await old_books.payout(2, state="approved")
    await carl_is_stopped(old_books)
    read = "SELECT held_reason, held_by FROM payouts WHERE number = 'PO-2026-0001'"
    assert tuple(await release_before.fetchrow(read) or ()) == (STOPPED, None)
    await release_before.execute(
        """
        UPDATE payouts SET held_reason = 'Rückfrage', held_by = 'user:3', held_at = now(), updated_at = now()
         WHERE tenant_id = $1 AND number = 'PO-2026-0001' AND held_by IS NULL
        """,
        old_books.tenant,
    )
    assert [code for code, _, _ in (await old_books.holds_of_payouts())["0001"]] == ["partner_stopped", "put_back"]
    await release_before.execute(
        """
        UPDATE payouts SET held_reason = NULL, held_by = NULL, held_at = NULL, updated_at = now()
         WHERE tenant_id = $1 AND number = 'PO-2026-0001' AND held_by IS NOT NULL
        """,
        old_books.tenant,
    )
    assert [code for code, _, _ in (await old_books.holds_of_payouts())["0001"]] == ["partner_stopped"]
    assert tuple(await release_before.fetchrow(read) or ()) == (STOPPED, None)
    block = (
        "UPDATE payouts SET blocked_reason = $2, updated_at = now() WHERE tenant_id = $1 AND number = 'PO-2026-0002'"
    )
    await release_before.execute(block, old_books.tenant, "Der Kleinunternehmer-Status ist für 2027 nicht bestätigt.")
    seen = "SELECT blocked_code, blocked_params, blocked_reason FROM payouts WHERE number = 'PO-2026-0002'"
    assert tuple(await release_before.fetchrow(seen) or ())[:2] == ("small_business_not_confirmed", '{"year": 2027}')
    await release_before.execute(
        "UPDATE payouts SET blocked_code = 'of_tomorrow', blocked_params = '{}' WHERE blocked_code IS NOT NULL"
    )
    assert tuple(await release_before.fetchrow(seen) or ())[2] == "of_tomorrow"
    await release_before.execute(block, old_books.tenant, None)
    assert tuple(await release_before.fetchrow(seen) or ()) == (None, None, None)
