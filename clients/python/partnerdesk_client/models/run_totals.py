from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.waiting_sum import WaitingSum


T = TypeVar("T", bound="RunTotals")


@_attrs_define
class RunTotals:
    """`minutes_at_lexoffice` is how long documents take there: 18 a minute, and 1.9 calls a second.

    Attributes:
        partners (int):
        payouts (int):
        lines (int):
        net_cents (int):
        tax_cents (int):
        gross_cents (int):
        waiting (list[WaitingSum]):
        vouchers (int | Unset):  Default: 0.
        unbooked (int | Unset):  Default: 0.
    """

    partners: int
    payouts: int
    lines: int
    net_cents: int
    tax_cents: int
    gross_cents: int
    waiting: list[WaitingSum]
    vouchers: int | Unset = 0
    unbooked: int | Unset = 0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        partners = self.partners

        payouts = self.payouts

        lines = self.lines

        net_cents = self.net_cents

        tax_cents = self.tax_cents

        gross_cents = self.gross_cents

        waiting = []
        for waiting_item_data in self.waiting:
            waiting_item = waiting_item_data.to_dict()
            waiting.append(waiting_item)

        vouchers = self.vouchers

        unbooked = self.unbooked

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "partners": partners,
                "payouts": payouts,
                "lines": lines,
                "net_cents": net_cents,
                "tax_cents": tax_cents,
                "gross_cents": gross_cents,
                "waiting": waiting,
            }
        )
        if vouchers is not UNSET:
            field_dict["vouchers"] = vouchers
        if unbooked is not UNSET:
            field_dict["unbooked"] = unbooked

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.waiting_sum import WaitingSum  # noqa: PLC0415

        d = dict(src_dict)
        partners = d.pop("partners")

        payouts = d.pop("payouts")

        lines = d.pop("lines")

        net_cents = d.pop("net_cents")

        tax_cents = d.pop("tax_cents")

        gross_cents = d.pop("gross_cents")

        waiting = []
        _waiting = d.pop("waiting")
        for waiting_item_data in _waiting:
            waiting_item = WaitingSum.from_dict(waiting_item_data)

            waiting.append(waiting_item)

        vouchers = d.pop("vouchers", UNSET)

        unbooked = d.pop("unbooked", UNSET)

        run_totals = cls(
            partners=partners,
            payouts=payouts,
            lines=lines,
            net_cents=net_cents,
            tax_cents=tax_cents,
            gross_cents=gross_cents,
            waiting=waiting,
            vouchers=vouchers,
            unbooked=unbooked,
        )

        run_totals.additional_properties = d
        return run_totals

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
