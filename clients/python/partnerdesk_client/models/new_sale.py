from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.buyer_names import BuyerNames
    from ..models.given_rate import GivenRate
    from ..models.new_line import NewLine


T = TypeVar("T", bound="NewSale")


@_attrs_define
class NewSale:
    """Amounts are in the smallest unit of the currency, tax included in `gross_cents`.

    Attributes:
        external_id (str):
        gross_cents (int):
        tax_cents (int):
        sold_at (datetime.datetime):
        currency (str | Unset):  Default: 'EUR'.
        exchange_rate (GivenRate | None | Unset):
        partner_code (None | str | Unset):
        coupon_code (None | str | Unset):
        campaign_slug (None | str | Unset):
        order_reference (None | str | Unset):
        subscription (None | str | Unset):
        customer (BuyerNames | None | Unset):
        lines (list[NewLine] | Unset):
        awaits_invoice (bool | Unset):  Default: False.
    """

    external_id: str
    gross_cents: int
    tax_cents: int
    sold_at: datetime.datetime
    currency: str | Unset = "EUR"
    exchange_rate: GivenRate | None | Unset = UNSET
    partner_code: None | str | Unset = UNSET
    coupon_code: None | str | Unset = UNSET
    campaign_slug: None | str | Unset = UNSET
    order_reference: None | str | Unset = UNSET
    subscription: None | str | Unset = UNSET
    customer: BuyerNames | None | Unset = UNSET
    lines: list[NewLine] | Unset = UNSET
    awaits_invoice: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        from ..models.buyer_names import BuyerNames  # noqa: PLC0415
        from ..models.given_rate import GivenRate  # noqa: PLC0415

        external_id = self.external_id

        gross_cents = self.gross_cents

        tax_cents = self.tax_cents

        sold_at = self.sold_at.isoformat()

        currency = self.currency

        exchange_rate: dict[str, Any] | None | Unset
        if isinstance(self.exchange_rate, Unset):
            exchange_rate = UNSET
        elif isinstance(self.exchange_rate, GivenRate):
            exchange_rate = self.exchange_rate.to_dict()
        else:
            exchange_rate = self.exchange_rate

        partner_code: None | str | Unset
        if isinstance(self.partner_code, Unset):
            partner_code = UNSET
        else:
            partner_code = self.partner_code

        coupon_code: None | str | Unset
        if isinstance(self.coupon_code, Unset):
            coupon_code = UNSET
        else:
            coupon_code = self.coupon_code

        campaign_slug: None | str | Unset
        if isinstance(self.campaign_slug, Unset):
            campaign_slug = UNSET
        else:
            campaign_slug = self.campaign_slug

        order_reference: None | str | Unset
        if isinstance(self.order_reference, Unset):
            order_reference = UNSET
        else:
            order_reference = self.order_reference

        subscription: None | str | Unset
        if isinstance(self.subscription, Unset):
            subscription = UNSET
        else:
            subscription = self.subscription

        customer: dict[str, Any] | None | Unset
        if isinstance(self.customer, Unset):
            customer = UNSET
        elif isinstance(self.customer, BuyerNames):
            customer = self.customer.to_dict()
        else:
            customer = self.customer

        lines: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.lines, Unset):
            lines = []
            for lines_item_data in self.lines:
                lines_item = lines_item_data.to_dict()
                lines.append(lines_item)

        awaits_invoice = self.awaits_invoice

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "external_id": external_id,
                "gross_cents": gross_cents,
                "tax_cents": tax_cents,
                "sold_at": sold_at,
            }
        )
        if currency is not UNSET:
            field_dict["currency"] = currency
        if exchange_rate is not UNSET:
            field_dict["exchange_rate"] = exchange_rate
        if partner_code is not UNSET:
            field_dict["partner_code"] = partner_code
        if coupon_code is not UNSET:
            field_dict["coupon_code"] = coupon_code
        if campaign_slug is not UNSET:
            field_dict["campaign_slug"] = campaign_slug
        if order_reference is not UNSET:
            field_dict["order_reference"] = order_reference
        if subscription is not UNSET:
            field_dict["subscription"] = subscription
        if customer is not UNSET:
            field_dict["customer"] = customer
        if lines is not UNSET:
            field_dict["lines"] = lines
        if awaits_invoice is not UNSET:
            field_dict["awaits_invoice"] = awaits_invoice

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.buyer_names import BuyerNames  # noqa: PLC0415
        from ..models.given_rate import GivenRate  # noqa: PLC0415
        from ..models.new_line import NewLine  # noqa: PLC0415

        d = dict(src_dict)
        external_id = d.pop("external_id")

        gross_cents = d.pop("gross_cents")

        tax_cents = d.pop("tax_cents")

        sold_at = datetime.datetime.fromisoformat(d.pop("sold_at"))

        currency = d.pop("currency", UNSET)

        def _parse_exchange_rate(data: object) -> GivenRate | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                exchange_rate_type_0 = GivenRate.from_dict(data)

                return exchange_rate_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(GivenRate | None | Unset, data)

        exchange_rate = _parse_exchange_rate(d.pop("exchange_rate", UNSET))

        def _parse_partner_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        partner_code = _parse_partner_code(d.pop("partner_code", UNSET))

        def _parse_coupon_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        coupon_code = _parse_coupon_code(d.pop("coupon_code", UNSET))

        def _parse_campaign_slug(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        campaign_slug = _parse_campaign_slug(d.pop("campaign_slug", UNSET))

        def _parse_order_reference(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        order_reference = _parse_order_reference(d.pop("order_reference", UNSET))

        def _parse_subscription(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        subscription = _parse_subscription(d.pop("subscription", UNSET))

        def _parse_customer(data: object) -> BuyerNames | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                customer_type_0 = BuyerNames.from_dict(data)

                return customer_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BuyerNames | None | Unset, data)

        customer = _parse_customer(d.pop("customer", UNSET))

        _lines = d.pop("lines", UNSET)
        lines: list[NewLine] | Unset = UNSET
        if _lines is not UNSET:
            lines = []
            for lines_item_data in _lines:
                lines_item = NewLine.from_dict(lines_item_data)

                lines.append(lines_item)

        awaits_invoice = d.pop("awaits_invoice", UNSET)

        new_sale = cls(
            external_id=external_id,
            gross_cents=gross_cents,
            tax_cents=tax_cents,
            sold_at=sold_at,
            currency=currency,
            exchange_rate=exchange_rate,
            partner_code=partner_code,
            coupon_code=coupon_code,
            campaign_slug=campaign_slug,
            order_reference=order_reference,
            subscription=subscription,
            customer=customer,
            lines=lines,
            awaits_invoice=awaits_invoice,
        )

        return new_sale
