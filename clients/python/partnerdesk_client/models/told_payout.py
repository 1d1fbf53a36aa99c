from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.links import Links


T = TypeVar("T", bound="ToldPayout")


@_attrs_define
class ToldPayout:
    """
    Attributes:
        id (str):
        state (str):
        partner (str):
        net_cents (int):
        tax_cents (int):
        gross_cents (int):
        currency (str):
        period_from (datetime.date):
        period_to (datetime.date):
        transferred_on (datetime.date | None):
        paid_on (datetime.date | None):
        objected_at (datetime.datetime | None):
        links (Links):
    """

    id: str
    state: str
    partner: str
    net_cents: int
    tax_cents: int
    gross_cents: int
    currency: str
    period_from: datetime.date
    period_to: datetime.date
    transferred_on: datetime.date | None
    paid_on: datetime.date | None
    objected_at: datetime.datetime | None
    links: Links
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        state = self.state

        partner = self.partner

        net_cents = self.net_cents

        tax_cents = self.tax_cents

        gross_cents = self.gross_cents

        currency = self.currency

        period_from = self.period_from.isoformat()

        period_to = self.period_to.isoformat()

        transferred_on: None | str
        if isinstance(self.transferred_on, datetime.date):
            transferred_on = self.transferred_on.isoformat()
        else:
            transferred_on = self.transferred_on

        paid_on: None | str
        if isinstance(self.paid_on, datetime.date):
            paid_on = self.paid_on.isoformat()
        else:
            paid_on = self.paid_on

        objected_at: None | str
        if isinstance(self.objected_at, datetime.datetime):
            objected_at = self.objected_at.isoformat()
        else:
            objected_at = self.objected_at

        links = self.links.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "state": state,
                "partner": partner,
                "net_cents": net_cents,
                "tax_cents": tax_cents,
                "gross_cents": gross_cents,
                "currency": currency,
                "period_from": period_from,
                "period_to": period_to,
                "transferred_on": transferred_on,
                "paid_on": paid_on,
                "objected_at": objected_at,
                "links": links,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.links import Links  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        state = d.pop("state")

        partner = d.pop("partner")

        net_cents = d.pop("net_cents")

        tax_cents = d.pop("tax_cents")

        gross_cents = d.pop("gross_cents")

        currency = d.pop("currency")

        period_from = datetime.date.fromisoformat(d.pop("period_from"))

        period_to = datetime.date.fromisoformat(d.pop("period_to"))

        def _parse_transferred_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                transferred_on_type_0 = datetime.date.fromisoformat(data)

                return transferred_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        transferred_on = _parse_transferred_on(d.pop("transferred_on"))

        def _parse_paid_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                paid_on_type_0 = datetime.date.fromisoformat(data)

                return paid_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        paid_on = _parse_paid_on(d.pop("paid_on"))

        def _parse_objected_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                objected_at_type_0 = datetime.datetime.fromisoformat(data)

                return objected_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        objected_at = _parse_objected_at(d.pop("objected_at"))

        links = Links.from_dict(d.pop("links"))

        told_payout = cls(
            id=id,
            state=state,
            partner=partner,
            net_cents=net_cents,
            tax_cents=tax_cents,
            gross_cents=gross_cents,
            currency=currency,
            period_from=period_from,
            period_to=period_to,
            transferred_on=transferred_on,
            paid_on=paid_on,
            objected_at=objected_at,
            links=links,
        )

        told_payout.additional_properties = d
        return told_payout

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
