"""What CopeCart tells by IPN (version 1.6.7): JSON, one call for each transaction. Pure.

A refund or chargeback has a transaction of its own and names the sale by order and product. CopeCart sells in its own
name, so no invoice of the tenant's follows; and it pays affiliates of its own (`affiliate`).
"""

from datetime import UTC, datetime
from typing import Any

from api.actions.sources.amounts import size_of, units_of
from api.actions.sources.custom import instant
from api.actions.sources.members import currency, mail, name, sold_line, text
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
    object_of,
)
from ledger.sales.references import Reference
from ledger.sales.sale_reports import DisputeReport, RefundReport, SaleReport
from ledger.types import BERLIN, COPECART

TRANSACTION = "copecart_payment"
_BACK = ("payment.refunded", "payment.charged_back")


def read(body: bytes, terms: Terms) -> Message:
    """One call. Raises NotAMessage."""
    told = object_of(body)
    kind, order, product = text(told.get("event_type")), text(told.get("order_id")), text(told.get("product_id"))
    at = _moment(told)
    if kind is None or order is None or at is None:
        raise NotAMessage
    id_ = text(told.get("transaction_id")) or f"{order}/{product or '-'}"
    return Message(kind=kind, id=id_, at=at, account="self", report=_report(kind, id_, at, told, terms))


def _report(kind: str, id_: str, at: datetime, told: dict[str, Any], terms: Terms) -> Report | Ignored | None:
    status = told.get("payment_status")
    if kind not in ("payment.made", *_BACK):
        return NOT_HANDLED
    is_test = told.get("test_payment") is True or (isinstance(status, str) and status.startswith("test_"))
    if is_test and not terms.is_demo:
        return TEST_MESSAGE
    is_of_other = bool(name(told.get("affiliate"))) and not terms.takes_affiliate_sales
    if kind == "payment.made":
        amount, tax = units_of(told.get("transaction_amount")), units_of(told.get("transaction_vat_amount"))
        if amount is None:
            return NO_AMOUNT
        if is_of_other:
            return OWN_AFFILIATE
        return None if tax is not None and tax > amount else _sale(id_, amount, tax, at, told, terms)
    if isinstance(status, str) and "failed" in status and status != "failed_as_chargeback":
        return NOT_HANDLED
    back = size_of(told.get("transaction_amount"))
    if back is None:
        return None
    if kind == "payment.charged_back":
        return DisputeReport(
            source=COPECART,
            more_references=(_purchase(told),),
            dispute=id_,
            is_of_other_affiliate=is_of_other,
            status="lost",
            charge_cents=None,
            disputed_cents=back,
            currency=_currency(told),
            sold_at=at,
            as_of=at,
        )
    return RefundReport(
        source=COPECART,
        more_references=(_purchase(told),),
        step=id_,
        is_of_other_affiliate=is_of_other,
        charge_cents=None,
        refunded_cents=back,
        currency=_currency(told),
        sold_at=at,
        as_of=at,
    )


def _sale(id_: str, amount: int, tax: int | None, at: datetime, told: dict[str, Any], terms: Terms) -> SaleReport:
    names = [one for one in (name(told.get("buyer_firstname")), name(told.get("buyer_lastname"))) if one]
    return SaleReport(
        source=COPECART,
        is_final=not terms.awaits_invoice,
        told_by=TRANSACTION,
        more_references=(Reference(kind=TRANSACTION, reference=id_), _purchase(told)),
        subscription=f"copecart:{text(told.get('order_id'))}" if told.get("payment_plan") == "abonnement" else None,
        shop_reference=name(told.get("metadata")),
        customer_external_id=text(told.get("buyer_id")),
        customer_email=mail(told.get("buyer_email")),
        customer_name=name(told.get("buyer_company_name")) or " ".join(names) or None,
        gross_cents=amount,
        tax_cents=tax,
        currency=_currency(told),
        lines=(sold_line(amount, told.get("product_id"), told.get("product_name")),),
        sold_at=at,
    )


def _purchase(told: dict[str, Any]) -> Reference:
    """As a refund names it too; from the second payment of a subscription on with its number."""
    number = str(told.get("rate_number") or "")
    later = f"/{int(number)}" if number.isascii() and number.isdigit() and len(number) < 6 and int(number) > 1 else ""
    purchase = f"{text(told.get('order_id'))}/{text(told.get('product_id')) or '-'}"
    return Reference(kind=COPECART, reference=f"{purchase[:290]}{later}")


def _currency(told: dict[str, Any]) -> str:
    return currency({"currency": told.get("transaction_currency")})


def _moment(told: dict[str, Any]) -> datetime | None:
    """Of the transaction, else of the order; without a zone it is Berlin's."""
    for member in ("transaction_processed_at", "transaction_date", "order_time", "order_date"):
        value = told.get(member)
        if isinstance(value, str) and (at := instant(value)) is not None:
            named = any(mark in value[10:] for mark in ("+", "-", "Z"))
            return at if named else at.replace(tzinfo=BERLIN).astimezone(UTC)
    return None
