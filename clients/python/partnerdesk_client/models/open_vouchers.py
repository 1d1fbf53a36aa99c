from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="OpenVouchers")


@_attrs_define
class OpenVouchers:
    """What is known as paid and open in the books, of one month; `assigned` of them a person answered for. Cents are of
    those that nobody answered for, `paid` are these whose payouts are paid already.

        Attributes:
            vouchers (int):
            assigned (int):
            cents (int):
            paid (int):
            paid_cents (int):
            assigned_to (list[str]):
    """

    vouchers: int
    assigned: int
    cents: int
    paid: int
    paid_cents: int
    assigned_to: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        vouchers = self.vouchers

        assigned = self.assigned

        cents = self.cents

        paid = self.paid

        paid_cents = self.paid_cents

        assigned_to = self.assigned_to

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "vouchers": vouchers,
                "assigned": assigned,
                "cents": cents,
                "paid": paid,
                "paid_cents": paid_cents,
                "assigned_to": assigned_to,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        vouchers = d.pop("vouchers")

        assigned = d.pop("assigned")

        cents = d.pop("cents")

        paid = d.pop("paid")

        paid_cents = d.pop("paid_cents")

        assigned_to = cast(list[str], d.pop("assigned_to"))

        open_vouchers = cls(
            vouchers=vouchers,
            assigned=assigned,
            cents=cents,
            paid=paid,
            paid_cents=paid_cents,
            assigned_to=assigned_to,
        )

        open_vouchers.additional_properties = d
        return open_vouchers

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
