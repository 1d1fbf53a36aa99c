"""Lines of closed months that waited for the month's end, as releases before 1.0 wrote them, through the migrations."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sandbox.postgres import PostgresAddresses
from tests.ledger.old_shape import OldDatabase, old_database

_MONTH = date(2026, 10, 1)
_OVER = datetime(2026, 10, 31, 23, tzinfo=UTC)  # midnight in Berlin
_EARLY, _LAST, _LATER = (datetime(2026, *day, 12, tzinfo=UTC) for day in ((10, 6), (10, 20), (11, 9)))


class _Books:
    """A tenant of then with one campaign and ANNA; sales are of October."""

    def __init__(self, old: OldDatabase) -> None:
        self.old = old
        self.parts = 0

    async def begin(self) -> "_Books":
        self.tenant = await self.old.new_tenant("acme")
        self.anna = await self._partner("ANNA")
        self.campaign = await self.old.admin.fetchval(
            "INSERT INTO campaigns (tenant_id, slug, name) VALUES ($1, 'standard', 'Standard') RETURNING id",
            self.tenant,
        )
        return self

    async def _partner(self, code: str) -> UUID:
        found: UUID = await self.old.admin.fetchval(
            "INSERT INTO partners (tenant_id, code, name) VALUES ($1, $2, $2) RETURNING id", self.tenant, code
        )
        return found

    async def sale(self, paid_at: datetime | None, *, partner: UUID | None = None) -> None:
        await self.old.admin.execute(
            """
            WITH sale AS (INSERT INTO transactions (tenant_id, source, campaign_id, base_cents, gross_cents,
                                                    provisional, sold_at, paid_at)
                          VALUES ($1, 'api', $2, 100000, 119000, false, '2026-10-02', $4) RETURNING id)
            INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, base_cents, net_cents, state,
                                     provisional, service_date)
            SELECT $1, sale.id, $3, 1, 100000, 10000, 'approved', false, '2026-10-02' FROM sale
            """,
            self.tenant,
            self.campaign,
            partner or self.anna,
            paid_at,
        )
        await self.old.admin.execute(
            "UPDATE transactions SET state = 'approved' WHERE state = 'pending' AND $1::timestamptz IS NOT NULL",
            paid_at,
        )

    async def line(self, cents: int, free_from: datetime, *, state: str = "approved") -> UUID:
        self.parts += 1
        await self.old.admin.execute(
            """
            INSERT INTO month_settlements (tenant_id, partner_id, campaign_id, month, part, due_cents, given_cents,
                                           settled_cents, difference_cents, detail)
            VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $6, '{}')
            """,
            self.tenant,
            self.anna,
            self.campaign,
            _MONTH,
            self.parts,
            cents,
        )
        made: UUID = await self.old.admin.fetchval(
            """
            INSERT INTO commissions (tenant_id, kind, partner_id, level, base_cents, net_cents, state, provisional,
                                     service_date, campaign_id, month, month_part, free_from)
            VALUES ($1, 'month_close', $2, 1, 0, $3, $4, false, '2026-10-31', $5, $6, $7, $8) RETURNING id
            """,
            self.tenant,
            self.anna,
            cents,
            state,
            self.campaign,
            _MONTH,
            self.parts,
            free_from,
        )
        return made

    async def free_from(self, line: UUID) -> Any:
        return await self.old.admin.fetchval("SELECT free_from FROM commissions WHERE id = $1", line)


async def test_a_line_that_waits_is_free_with_the_last_payment_of_its_month(postgres: PostgresAddresses) -> None:
    async with old_database(postgres, version="0094") as old:
        books = await _Books(old).begin()
        await books.sale(_EARLY)
        await books.sale(_LAST)
        await books.sale(_LAST + timedelta(days=2), partner=await books._partner("BERT"))
        await books.sale(None)
        waits, cap = await books.line(4_000, _OVER), await books.line(-300, _OVER)
        late = await books.line(1_000, _LATER)
        await books.sale(_LATER)
        await old.migrate()
        assert await books.free_from(waits) == _LAST
        assert await books.free_from(cap) == _OVER, "what takes back waits for nothing"
        assert await books.free_from(late) == _LATER, "the last payment came after the month"


async def test_a_line_without_a_sale_left_keeps_its_day(postgres: PostgresAddresses) -> None:
    async with old_database(postgres, version="0094") as old:
        books = await _Books(old).begin()
        line = await books.line(4_000, _OVER)
        await old.migrate()
        assert await books.free_from(line) == _OVER
