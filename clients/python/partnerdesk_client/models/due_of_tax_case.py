from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tax_case import TaxCase, check_tax_case

if TYPE_CHECKING:
    from ..models.waiting_shown import WaitingShown


T = TypeVar("T", bound="DueOfTaxCase")


@_attrs_define
class DueOfTaxCase:
    """What one payout would hold. `carried` says why there is none now.

    Attributes:
        tax_case (TaxCase): What one document can hold: one case per payout. The last three are told by a document of
            our own only.
        month (datetime.date | None): First day of the month that the document covers (§ 13b UStG only); else empty
        net_cents (int):
        lines (int):
        carried (None | WaitingShown):
    """

    tax_case: TaxCase
    month: datetime.date | None
    net_cents: int
    lines: int
    carried: None | WaitingShown
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.waiting_shown import WaitingShown  # noqa: PLC0415

        tax_case: str = self.tax_case

        month: None | str
        if isinstance(self.month, datetime.date):
            month = self.month.isoformat()
        else:
            month = self.month

        net_cents = self.net_cents

        lines = self.lines

        carried: dict[str, Any] | None
        if isinstance(self.carried, WaitingShown):
            carried = self.carried.to_dict()
        else:
            carried = self.carried

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "tax_case": tax_case,
                "month": month,
                "net_cents": net_cents,
                "lines": lines,
                "carried": carried,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.waiting_shown import WaitingShown  # noqa: PLC0415

        d = dict(src_dict)
        tax_case = check_tax_case(d.pop("tax_case"))

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

        net_cents = d.pop("net_cents")

        lines = d.pop("lines")

        def _parse_carried(data: object) -> None | WaitingShown:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                carried_type_0 = WaitingShown.from_dict(data)

                return carried_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | WaitingShown, data)

        carried = _parse_carried(d.pop("carried"))

        due_of_tax_case = cls(
            tax_case=tax_case,
            month=month,
            net_cents=net_cents,
            lines=lines,
            carried=carried,
        )

        due_of_tax_case.additional_properties = d
        return due_of_tax_case

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
