"""What Digistore24 tells by IPN (version 1.6): form fields, one call for each item of an order. Pure.

The items of one payment are parts of one sale: `order_id`, and from the second payment of a subscription on its
`pay_sequence_no`. Digistore24 sells in its own name, so no invoice of the tenant's follows; and it pays affiliates of
its own (`affiliate_name`), whose sales earn nothing here unless the tenant says so.
"""

from datetime import UTC, datetime
from urllib.parse import parse_qsl

from api.actions.sources.amounts import size_of, units_of
from api.actions.sources.members import coupons, currency, mail, name, sold_line, text
from api.actions.sources.message import (
    NO_AMOUNT,
    NOT_HANDLED,
    OWN_AFFILIATE,
    TEST_MESSAGE,
    Ignored,
    Message,
    NotAMessage,
    Report,
    Terms,
)
from ledger.sales.references import Reference
from ledger.sales.sale_reports import DisputeReport, RefundReport, SaleReport
from ledger.types import BERLIN, DIGISTORE24

ITEM = "digistore24_item"
_MOST_FIELDS = 1_000


def fields_of(body: bytes) -> dict[str, str]:
    """The form; of a field that comes twice the last counts. Raises NotAMessage."""
    try:
        return dict(
            parse_qsl(
                body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_MOST_FIELDS
            )
        )
    except ValueError:
        raise NotAMessage from None


def read(body: bytes, terms: Terms) -> Message:
    """One call. Raises NotAMessage."""
    told = fields_of(body)
    kind = text(told.get("event"))
    if kind is None:
        raise NotAMessage
    if kind == "connection_test":
        return Message(kind=kind, id=kind, at=datetime.now(UTC), account="self", report=NOT_HANDLED)
    order, item = text(told.get("order_id")), text(told.get("transaction_id")) or text(told.get("order_item_id"))
    at = _moment(told)
    if order is None or at is None:
        raise NotAMessage
    report = _report(kind, order, item, at, told, terms)
    account = text(told.get("merchant_id")) or "self"
    return Message(kind=kind, id=f"{order}/{item or '-'}", at=at, account=account, report=report)


def _report(
    kind: str, order: str, item: str | None, at: datetime, told: dict[str, str], terms: Terms
) -> Report | Ignored | None:
    if told.get("api_mode", "live") != "live" and not terms.is_demo:
        return TEST_MESSAGE
    if kind not in ("on_payment", "on_refund", "on_chargeback"):
        return NOT_HANDLED
    payment = _payment(order, told)
    is_of_other = bool(text(told.get("affiliate_name"))) and not terms.takes_affiliate_sales
    if kind == "on_payment":
        amount = units_of(told.get("transaction_amount"))
        if amount is None or item is None:
            return NO_AMOUNT
        if is_of_other:
            return OWN_AFFILIATE
        return _sale(payment, _item(order, item), amount, at, told, terms)
    back = size_of(told.get("transaction_amount"))
    if back is None or item is None:
        return None
    # What went back names the payment's transaction as its parent.
    paid_by = text(told.get("parent_transaction_id"))
    references = (payment, *([_item(order, paid_by)] if paid_by else []))
    if kind == "on_chargeback":
        return DisputeReport(
            source=DIGISTORE24,
            more_references=references,
            dispute=item,
            is_of_other_affiliate=is_of_other,
            status="lost",
            charge_cents=None,
            disputed_cents=back,
            currency=_currency(told),
            sold_at=at,
            as_of=at,
        )
    return RefundReport(
        source=DIGISTORE24,
        more_references=references,
        step=item,
        is_of_other_affiliate=is_of_other,
        charge_cents=None,
        refunded_cents=back,
        currency=_currency(told),
        sold_at=at,
        as_of=at,
    )


def _sale(
    payment: Reference, item: Reference, amount: int, at: datetime, told: dict[str, str], terms: Terms
) -> SaleReport | None:
    tax = units_of(told.get("transaction_vat_amount"))
    if tax is not None and tax > amount:
        return None
    names = [one for one in (name(told.get("address_first_name")), name(told.get("address_last_name"))) if one]
    is_subscription = told.get("billing_type") == "subscription"
    return SaleReport(
        source=DIGISTORE24,
        is_final=not terms.awaits_invoice,
        told_by=ITEM,
        more_references=(payment, item),
        subscription=f"digistore24:{text(told.get('order_id'))}" if is_subscription else None,
        shop_reference=name(told.get("custom")),
        coupons=coupons(told.get("voucher_code")),
        campaign_slug=text(told.get("campaignkey")),
        customer_external_id=text(told.get("buyer_id")),
        customer_email=mail(told.get("email")) or mail(told.get("buyer_email")),
        customer_name=" ".join(names) or None,
        gross_cents=amount,
        tax_cents=tax,
        currency=_currency(told),
        lines=(sold_line(amount, told.get("product_id"), told.get("product_name")),),
        sold_at=at,
    )


def _payment(order: str, told: dict[str, str]) -> Reference:
    number = told.get("pay_sequence_no", "0")
    later = number.isascii() and number.isdigit() and len(number) < 6 and int(number) > 1
    return Reference(kind=DIGISTORE24, reference=f"{order}/{int(number)}" if later else order)


def _item(order: str, transaction: str) -> Reference:
    """Its number alone may be an order's of another source."""
    return Reference(kind=ITEM, reference=f"{order}:{transaction}"[:300])


def _currency(told: dict[str, str]) -> str:
    return currency({"currency": told.get("transaction_currency") or told.get("currency")})


def _moment(told: dict[str, str]) -> datetime | None:
    """Of the transaction, else of the order; Digistore24's clock is Berlin's."""
    for day, hour in (("transaction_date", "transaction_time"), ("order_date", "order_time")):
        try:
            at = datetime.fromisoformat(f"{told.get(day, '')[:10]}T{told.get(hour) or '00:00:00'}")
        except ValueError:
            continue
        if at.tzinfo is None and 2000 < at.year < 2100:
            return at.replace(tzinfo=BERLIN).astimezone(UTC)
    return None
