from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.voucher_to_close import VoucherToClose


T = TypeVar("T", bound="VouchersToClose")


@_attrs_define
class VouchersToClose:
    """`open` of them are open in all, worth `open_cents`; `vouchers` are the first of them and those ticked off today,
    all in one order.

        Attributes:
            open_ (int):
            open_cents (int):
            closed_today (int):
            vouchers (list[VoucherToClose]):
    """

    open_: int
    open_cents: int
    closed_today: int
    vouchers: list[VoucherToClose]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        open_ = self.open_

        open_cents = self.open_cents

        closed_today = self.closed_today

        vouchers = []
        for vouchers_item_data in self.vouchers:
            vouchers_item = vouchers_item_data.to_dict()
            vouchers.append(vouchers_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "open": open_,
                "open_cents": open_cents,
                "closed_today": closed_today,
                "vouchers": vouchers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.voucher_to_close import VoucherToClose  # noqa: PLC0415

        d = dict(src_dict)
        open_ = d.pop("open")

        open_cents = d.pop("open_cents")

        closed_today = d.pop("closed_today")

        vouchers = []
        _vouchers = d.pop("vouchers")
        for vouchers_item_data in _vouchers:
            vouchers_item = VoucherToClose.from_dict(vouchers_item_data)

            vouchers.append(vouchers_item)

        vouchers_to_close = cls(
            open_=open_,
            open_cents=open_cents,
            closed_today=closed_today,
            vouchers=vouchers,
        )

        vouchers_to_close.additional_properties = d
        return vouchers_to_close

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
