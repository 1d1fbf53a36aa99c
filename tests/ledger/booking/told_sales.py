"""Sales, refunds and disputes as a payment provider reports them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ledger.booking import provider_reports
from ledger.booking.outcome import Outcome
from ledger.booking.provider_reports import DisputeReport, RefundReport, SaleReport
from tests.fixtures.ledger_shop import Shop, at

SOLD_AT = at("2026-03-05T10:00+01:00")


def sale(payment_intent: str | None = "pi_1", **more: Any) -> SaleReport:
    members: dict[str, Any] = {"payment_intent": payment_intent, "gross_cents": 11900, "currency": "eur"}
    return SaleReport(**members | {"sold_at": SOLD_AT} | more)


def refund(refunded_cents: int, payment_intent: str = "pi_1", *, as_of: datetime | None = None) -> RefundReport:
    return RefundReport(
        payment_intent=payment_intent,
        charge_cents=11900,
        refunded_cents=refunded_cents,
        currency="eur",
        sold_at=SOLD_AT,
        as_of=as_of or datetime.now(UTC),
    )


def dispute(status: Any, disputed_cents: int = 11900) -> DisputeReport:
    return DisputeReport(
        payment_intent="pi_1",
        dispute="dp_1",
        status=status,
        charge_cents=11900,
        disputed_cents=disputed_cents,
        currency="eur",
        sold_at=SOLD_AT,
        as_of=datetime.now(UTC),
    )


async def report(shop: Shop, what: SaleReport | RefundReport | DisputeReport) -> Outcome:
    async with shop.ledger.transaction(shop.tenant, cause="stripe:test") as tx:
        if isinstance(what, SaleReport):
            return await provider_reports.record_sale(tx, what)
        if isinstance(what, RefundReport):
            return await provider_reports.record_refund(tx, what)
        return await provider_reports.record_dispute(tx, what)


def booked(outcome: Outcome) -> UUID:
    assert outcome.transaction_id is not None
    return outcome.transaction_id


async def only_sale(shop: Shop) -> Any:
    [row] = await shop.rows("SELECT * FROM transactions")
    return row
