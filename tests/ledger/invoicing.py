"""Invoices as the activity hands them to the ledger: observed first, then applied."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from ledger import documents, invoices, sales
from ledger.documents import Observed
from ledger.invoices import InvoiceFacts
from ledger.outcome import Outcome
from ledger.sales import RefundReport, SaleReport
from ledger.types import DocumentKind, EventId, TransactionId
from tests.ledger.conftest import Shop, at

SOLD_AT = at("2026-03-05T10:00+01:00")
ORGANIZATION = uuid4()


def paid(**more: Any) -> InvoiceFacts:
    """A paid invoice over 100,00 € net, 119,00 € gross."""
    members: dict[str, Any] = {
        "resource_id": uuid4(),
        "organization_id": ORGANIZATION,
        "status": "paid",
        "voucher_number": "RE-1",
        "voucher_date": date(2026, 3, 6),
        "net_cents": 10000,
        "tax_cents": 1900,
        "gross_cents": 11900,
        "base_cents": 10000,
        "paid_cents": 11900,
        "paid_at": at("2026-03-10T00:00+01:00"),
    }
    return InvoiceFacts(**members | more)


def still(invoice: InvoiceFacts, **more: Any) -> InvoiceFacts:
    """The same invoice, looked at later."""
    return invoice.model_copy(update=more)


def unpaid(invoice: InvoiceFacts, paid_cents: int = 0) -> InvoiceFacts:
    return still(invoice, status="open", paid_cents=paid_cents, open_cents=11900 - paid_cents, paid_at=None)


async def apply(shop: Shop, invoice: InvoiceFacts, *, events: tuple[int, ...] = ()) -> Outcome:
    async with shop.ledger.transaction(shop.tenant, cause="event:test") as db:
        await invoices.wait_for_turn(db, shop.tenant, invoice)
        if invoice.status == "deleted":
            await documents.mark_deleted(db, shop.tenant, invoice.resource_id)
        else:
            await documents.observe(db, shop.tenant, _observed(invoice))
        return await invoices.apply_invoice(db, shop.tenant, invoice, event_ids=[EventId(event) for event in events])


def _observed(invoice: InvoiceFacts) -> Observed:
    return Observed(
        kind=DocumentKind.INVOICE,
        organization_id=invoice.organization_id,
        resource_id=invoice.resource_id,
        voucher_number=invoice.voucher_number,
        status=invoice.status,
        version=1,
        updated_at=datetime.now(UTC),
        net_cents=invoice.net_cents,
        tax_cents=invoice.tax_cents,
        gross_cents=invoice.gross_cents,
        open_cents=invoice.open_cents,
        snapshot_id=uuid4(),
    )


async def sell(shop: Shop, payment_intent: str = "pi_1", **more: Any) -> TransactionId:
    """A sale by Stripe over 119,00 € without tax data."""
    members: dict[str, Any] = {"gross_cents": 11900, "currency": "eur", "sold_at": SOLD_AT, "partner_code": "ANNA"}
    async with shop.ledger.transaction(shop.tenant, cause="stripe:test") as db:
        outcome = await sales.record_sale(db, shop.tenant, SaleReport(payment_intent=payment_intent, **members | more))
    assert outcome.transaction_id is not None
    return outcome.transaction_id


async def give_back(shop: Shop, payment_intent: str = "pi_1", refunded_cents: int = 11900) -> None:
    await give_back_of(shop, refunded_cents, 11900, payment_intent)


async def give_back_of(shop: Shop, refunded_cents: int, charge_cents: int, payment_intent: str = "pi_1") -> None:
    async with shop.ledger.transaction(shop.tenant, cause="stripe:test") as db:
        report = RefundReport(
            payment_intent=payment_intent,
            charge_cents=charge_cents,
            refunded_cents=refunded_cents,
            currency="eur",
            sold_at=SOLD_AT,
            as_of=datetime.now(UTC),
        )
        await sales.record_refund(db, shop.tenant, report)


def booked(outcome: Outcome) -> UUID:
    assert outcome.transaction_id is not None
    return outcome.transaction_id
