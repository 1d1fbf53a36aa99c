"""The custom webhook: what Zapier, Make, n8n or a server of the tenant's own tells (chapter 37 of PartnerDesk's
documentation). Pure.

Amounts are decimal strings. Of net, tax and rate one suffices beside the gross; what is told twice must agree.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from api.actions.sources.amounts import rate_of, tax_in, units_of
from api.actions.sources.members import coupons, currency, listed, mail, members, name, sold_line, text
from api.actions.sources.message import (
    NO_AMOUNT,
    NOT_HANDLED,
    Ignored,
    Message,
    NotAMessage,
    Report,
    Terms,
    object_of,
)
from ledger import plain_text
from ledger.programme.product_rates import SoldLine
from ledger.sales.references import Reference
from ledger.sales.sale_reports import MOST_LINES, RefundReport, SaleReport
from ledger.types import CUSTOM

CREATED, REFUNDED = "transaction.created", "transaction.refunded"
_ROUNDING = 1
"""Cents by which gross may miss net plus tax."""


def read(body: bytes, terms: Terms) -> Message:
    """One message. Raises NotAMessage."""
    told = object_of(body)
    kind, id_ = text(told.get("event")), text(told.get("externalId"))
    at = instant(told.get("transactionDate"))
    if kind is None or id_ is None or at is None:
        raise NotAMessage
    return Message(kind=kind, id=id_, at=at, account="self", report=_report(kind, id_, at, told, terms))


def instant(value: Any) -> datetime | None:
    """An ISO time with its zone, or a day; of this century."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at.astimezone(UTC) if 2000 < at.year < 2100 else None


def _report(kind: str, id_: str, at: datetime, told: dict[str, Any], terms: Terms) -> Report | Ignored | None:
    if kind == CREATED:
        return _sale(id_, at, told, terms)
    if kind == REFUNDED:
        return _refund(id_, at, told)
    return NOT_HANDLED


def _sale(id_: str, at: datetime, told: dict[str, Any], terms: Terms) -> SaleReport | Ignored | None:
    gross = units_of(told.get("grossAmount"))
    if gross is None:
        return NO_AMOUNT
    try:
        tax = _tax(gross, told)
    except ValueError:
        return None
    customer = members(told.get("customer"))
    names = [one for one in (name(customer.get("firstName")), name(customer.get("lastName"))) if one]
    order = name(told.get("orderReference"))
    return SaleReport(
        source=CUSTOM,
        is_final=not terms.awaits_invoice,
        told_by=CUSTOM,
        more_references=(Reference(kind=CUSTOM, reference=id_),),
        subscription=text(told.get("subscriptionId")),
        order_reference=plain_text.order_of(order) or None if order else None,
        partner_code=name(told.get("partnerId")),
        coupons=coupons(told.get("couponCode"), told.get("couponCodes")),
        campaign_slug=text(told.get("campaignSlug")),
        customer_external_id=text(customer.get("externalId")),
        customer_email=mail(customer.get("email")),
        customer_name=" ".join(names) or None,
        gross_cents=gross,
        tax_cents=tax,
        currency=currency(told),
        lines=tuple(islice(_lines(gross, told), MOST_LINES)),
        sold_at=at,
    )


def _lines(gross: int, told: dict[str, Any]) -> Iterator[SoldLine]:
    """Of `lineItems`, else the whole of the product that the message names."""
    for item in listed(told.get("lineItems")):
        amount = units_of(item.get("grossAmount"))
        if amount is not None:
            yield sold_line(amount, item.get("productId"), item.get("productName"), category=item.get("category"))
    if "lineItems" not in told and (told.get("productId") or told.get("productName") or told.get("category")):
        yield sold_line(gross, told.get("productId"), told.get("productName"), category=told.get("category"))


def _tax(gross: int, told: dict[str, Any]) -> int | None:
    """None where nothing of it is told. Raises ValueError where the amounts contradict each other."""
    net, tax, rate = units_of(told.get("netAmount")), units_of(told.get("taxAmount")), rate_of(told.get("taxRate"))
    if tax is None and net is not None:
        tax = gross - net
    if tax is None and rate is not None:
        tax = tax_in(gross, rate)
    if tax is not None and not 0 <= tax <= gross:
        raise ValueError("more tax than the whole")
    if net is not None and tax is not None and abs(net + tax - gross) > _ROUNDING:
        raise ValueError("net and tax are not the gross")
    return tax


def _refund(id_: str, at: datetime, told: dict[str, Any]) -> RefundReport:
    """All of it, as the sale of this name becomes refunded."""
    return RefundReport(
        source=CUSTOM,
        more_references=(Reference(kind=CUSTOM, reference=id_),),
        is_whole=True,
        charge_cents=None,
        refunded_cents=units_of(told.get("grossAmount")) or 0,
        currency=currency(told) or "EUR",
        sold_at=at,
        as_of=at,
    )
