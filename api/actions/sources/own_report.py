"""Sales and refunds that a caller of our own API tells, or a file of theirs: judged like any source's, but answered at
once where they cannot be booked.
"""

from typing import Literal

from api.actions.sources import booking
from api.actions.sources.members import sold_line
from ledger import clock
from ledger.audit import audit
from ledger.booking import provider_reports
from ledger.booking.outcome import Outcome
from ledger.database import TenantTransaction
from ledger.programme import campaigns, partners
from ledger.refusals import NotAcceptable, Refused
from ledger.sales import provider_amounts, references, refunds, transactions
from ledger.sales.foreign_payments import Rate
from ledger.sales.references import Reference
from ledger.sales.sale_reports import RefundReport, SaleReport
from ledger.sales.told_sales import BuyerNames, NewRefund, NewSale
from ledger.sales.transactions import Transaction
from ledger.types import API, EventState, Frozen, TransactionId


class Recorded(Frozen):
    """What became of it. `asks`: it contradicts what was told before; nothing was booked and a person is asked."""

    outcome: Literal["created", "changed", "unchanged", "asks"]
    transaction_id: TransactionId
    result: Outcome


async def record_sale(tx: TenantTransaction, new: NewSale, *, by: str) -> Recorded:
    """The sale, made once by its external id. Raises NotAcceptable and other refusals; then nothing is booked."""
    await _require_names(tx, new)
    own = Reference(kind=API, reference=new.external_id)
    is_known = bool(await references.known(tx, [own]))
    report = _report(new, own)
    await booking.hold_what_waits(tx, report)
    result = await booking.take_up_what_waits(tx, report, await provider_reports.record_sale(tx, report))
    if result.transaction_id is None:
        raise Refused("sale_not_booked")
    if not is_known and result.state is EventState.PROCESSED:
        await audit.record(
            tx,
            actor=by,
            action="transaction.recorded",
            subject="transaction",
            subject_id=str(result.transaction_id),
            detail={"external_id": new.external_id, "gross_cents": new.gross_cents, "partner": new.partner_code},
        )
    return Recorded(outcome=_outcome(result, is_known=is_known), transaction_id=result.transaction_id, result=result)


async def record_refund(tx: TenantTransaction, sale: TransactionId, new: NewRefund, *, by: str) -> Outcome:
    """What went back takes its share of the commissions. Raises NotFound, NotAcceptable (more than was paid)."""
    known = await transactions.get(tx, sale)
    step = f"{known.id}:{new.reference}"
    if new.cents is not None and not await refunds.is_known(tx, "charge", step):
        left = await _left_of(tx, known)
        if new.cents > left:
            raise NotAcceptable("refund_exceeds_sale", left=left)
    at = new.refunded_at or clock.now()
    result = await provider_reports.record_refund(
        tx,
        RefundReport(
            source=API,
            more_references=(Reference(kind="sale", reference=str(known.id)),),
            step=step,
            is_whole=new.cents is None,
            charge_cents=None,
            refunded_cents=new.cents or known.gross_cents,
            currency=known.original_currency or "EUR",
            sold_at=known.sold_at,
            as_of=at,
        ),
    )
    if result.state is EventState.PROCESSED:
        await audit.record(
            tx,
            actor=by,
            action="transaction.refunded",
            subject="transaction",
            subject_id=str(known.id),
            detail={"reference": new.reference, "cents": new.cents},
        )
    return result


async def _left_of(tx: TenantTransaction, sale: Transaction) -> int:
    """What was paid and has not gone back, in the unit of the sale's currency: what was told, not what it is worth."""
    paid = await provider_amounts.paid(tx, sale.id)
    is_told = paid is not None and paid.currency == (sale.original_currency or "EUR")
    whole = paid.units if paid is not None and is_told else sale.gross_cents
    return whole - provider_amounts.in_proportion(sale.refunded_cents, whole, sale.gross_cents)


async def _require_names(tx: TenantTransaction, new: NewSale) -> None:
    """Who is named exists: the caller can mend it, where a webhook's sender could not."""
    if new.partner_code is not None and await partners.find_by_code(tx, new.partner_code) is None:
        raise NotAcceptable("unknown_partner")
    if new.campaign_slug is not None and await campaigns.find_by_slug(tx, new.campaign_slug) is None:
        raise NotAcceptable("unknown_campaign")
    if new.currency != "EUR" and new.exchange_rate is None:
        raise NotAcceptable("exchange_rate_missing")
    if new.exchange_rate is not None and new.exchange_rate.day > clock.today():
        raise NotAcceptable("exchange_rate_of_the_future")


def _report(new: NewSale, own: Reference) -> SaleReport:
    customer = new.customer or BuyerNames()
    given = None if new.currency == "EUR" else new.exchange_rate
    return SaleReport(
        source=API,
        is_final=not new.awaits_invoice,
        told_by=API,
        more_references=(own,),
        subscription=new.subscription,
        order_reference=new.order_reference,
        partner_code=new.partner_code,
        coupons=(new.coupon_code,) if new.coupon_code else (),
        campaign_slug=new.campaign_slug,
        customer_external_id=customer.external_id,
        customer_email=customer.email,
        customer_name=customer.name,
        gross_cents=new.gross_cents,
        tax_cents=new.tax_cents,
        currency=new.currency,
        lines=tuple(sold_line(one.gross_cents, one.product, category=one.category) for one in new.lines),
        rate=given and Rate(rate=given.rate, rate_day=given.day, rate_source=given.source),
        sold_at=new.sold_at,
    )


def _outcome(result: Outcome, *, is_known: bool) -> Literal["created", "changed", "unchanged", "asks"]:
    if result.state is EventState.FAILED:
        return "asks"
    if result.state is EventState.UNCHANGED:
        return "unchanged"
    return "changed" if is_known else "created"
