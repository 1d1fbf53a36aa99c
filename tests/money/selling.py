"""Plans and sales of a month, booked by paid invoices as the product books them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from api.http.language import in_words
from ledger.booking.invoice_facts import InvoiceFacts
from ledger.commissions import month_close
from ledger.commissions.explanations import explained_by
from ledger.commissions.month_close import MonthClosed
from ledger.programme import campaigns, plans
from ledger.programme.calculation import Rate
from ledger.programme.campaigns import Campaign
from ledger.programme.plans import NewPlan, Plan
from ledger.programme.tiers import Tier
from tests.fixtures import invoices
from tests.fixtures.ledger_shop import Shop, at

MONTH = date(2026, 3, 1)
OVER = at("2026-04-01T00:00+02:00")


def tiers(*steps: tuple[int, Any]) -> tuple[Tier, ...]:
    return tuple(Tier(from_cents=start, percent=percent) for start, percent in steps)


async def standard(shop: Shop) -> Campaign:
    async with shop.ledger.transaction(shop.tenant) as tx:
        found = await campaigns.find_by_slug(tx, "standard")
    assert found is not None
    return found


async def plan_from_march(shop: Shop, *levels: Rate, **terms: Any) -> Plan:
    """The plan of the campaign „standard“ for all sales of March 2026."""
    new = NewPlan(levels=levels, valid_from=at("2026-03-01T00:00+01:00"), **terms)
    campaign = await standard(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await plans.add_plan(tx, campaign.id, new, by="test")


def invoice(base_cents: int, *, day: int = 6, code: str = "ANNA", **more: Any) -> InvoiceFacts:
    tax = base_cents * 19 // 100
    members: dict[str, Any] = {
        "net_cents": base_cents,
        "tax_cents": tax,
        "gross_cents": base_cents + tax,
        "base_cents": base_cents,
        "paid_cents": base_cents + tax,
        "voucher_date": date(2026, 3, day),
        "paid_at": datetime(2026, 3, day, 12, tzinfo=UTC),
        "partner_code": code,
        "order_references": (f"order-{uuid4().hex}",),
    }
    return invoices.paid(**members | more)


async def sell(shop: Shop, *bases: int, **more: Any) -> list[UUID]:
    """Paid sales, one after the other."""
    return [invoices.booked(await invoices.apply(shop, invoice(base, **more))) for base in bases]


async def close(shop: Shop, month: date = MONTH) -> MonthClosed:
    return await month_close.close_month(shop.ledger, shop.tenant, month, now=max(OVER, datetime.now(UTC)))


async def earned(shop: Shop, code: str = "ANNA") -> int:
    """All that is owed to a partner, or paid, in cents."""
    [row] = await shop.rows(
        """
        SELECT COALESCE(sum(c.net_cents), 0)::bigint AS cents FROM commissions c
          JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
         WHERE p.code = $1 AND c.state <> 'reversed'
        """,
        code,
    )
    return int(row["cents"])


async def lines_of_months(shop: Shop, code: str = "ANNA") -> Sequence[Any]:
    rows = await shop.rows(
        """
        SELECT c.* FROM commissions c
          JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
         WHERE p.code = $1 AND c.kind = 'month_close' ORDER BY c.month_part
        """,
        code,
    )
    return [dict(row) | {"words": in_words(explained_by(row["calculation"]))} for row in rows]
