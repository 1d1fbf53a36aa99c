from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PayoutLine")


@_attrs_define
class PayoutLine:
    """One commission in a payout. Cents; `released` ones count no more.

    Attributes:
        position (int):
        commission_id (UUID):
        transaction_id (None | str):
        campaign (None | str):
        month (datetime.date | None):
        level (int):
        kind (str):
        service_date (datetime.date):
        net_cents (int):
        tax_rate (str):
        tax_cents (int):
        gross_cents (int):
        released (bool):
    """

    position: int
    commission_id: UUID
    transaction_id: None | str
    campaign: None | str
    month: datetime.date | None
    level: int
    kind: str
    service_date: datetime.date
    net_cents: int
    tax_rate: str
    tax_cents: int
    gross_cents: int
    released: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        position = self.position

        commission_id = str(self.commission_id)

        transaction_id: None | str
        transaction_id = self.transaction_id

        campaign: None | str
        campaign = self.campaign

        month: None | str
        if isinstance(self.month, datetime.date):
            month = self.month.isoformat()
        else:
            month = self.month

        level = self.level

        kind = self.kind

        service_date = self.service_date.isoformat()

        net_cents = self.net_cents

        tax_rate = self.tax_rate

        tax_cents = self.tax_cents

        gross_cents = self.gross_cents

        released = self.released

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "position": position,
                "commission_id": commission_id,
                "transaction_id": transaction_id,
                "campaign": campaign,
                "month": month,
                "level": level,
                "kind": kind,
                "service_date": service_date,
                "net_cents": net_cents,
                "tax_rate": tax_rate,
                "tax_cents": tax_cents,
                "gross_cents": gross_cents,
                "released": released,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        position = d.pop("position")

        commission_id = UUID(d.pop("commission_id"))

        def _parse_transaction_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        transaction_id = _parse_transaction_id(d.pop("transaction_id"))

        def _parse_campaign(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        campaign = _parse_campaign(d.pop("campaign"))

        def _parse_month(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                month_type_0 = datetime.date.fromisoformat(data)

                return month_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        month = _parse_month(d.pop("month"))

        level = d.pop("level")

        kind = d.pop("kind")

        service_date = datetime.date.fromisoformat(d.pop("service_date"))

        net_cents = d.pop("net_cents")

        tax_rate = d.pop("tax_rate")

        tax_cents = d.pop("tax_cents")

        gross_cents = d.pop("gross_cents")

        released = d.pop("released")

        payout_line = cls(
            position=position,
            commission_id=commission_id,
            transaction_id=transaction_id,
            campaign=campaign,
            month=month,
            level=level,
            kind=kind,
            service_date=service_date,
            net_cents=net_cents,
            tax_rate=tax_rate,
            tax_cents=tax_cents,
            gross_cents=gross_cents,
            released=released,
        )

        payout_line.additional_properties = d
        return payout_line

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
