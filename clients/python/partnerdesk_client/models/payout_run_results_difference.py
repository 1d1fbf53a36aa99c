from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PayoutRunResultsDifference")


@_attrs_define
class PayoutRunResultsDifference:
    """A partner whose net is another one than in the run before; a null is "not in that run".

    Attributes:
        partner_code (str):
        partner_name (str):
        net_cents (int | None):
        before_cents (int | None):
    """

    partner_code: str
    partner_name: str
    net_cents: int | None
    before_cents: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        partner_code = self.partner_code

        partner_name = self.partner_name

        net_cents: int | None
        net_cents = self.net_cents

        before_cents: int | None
        before_cents = self.before_cents

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "partner_code": partner_code,
                "partner_name": partner_name,
                "net_cents": net_cents,
                "before_cents": before_cents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        partner_code = d.pop("partner_code")

        partner_name = d.pop("partner_name")

        def _parse_net_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        net_cents = _parse_net_cents(d.pop("net_cents"))

        def _parse_before_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        before_cents = _parse_before_cents(d.pop("before_cents"))

        payout_run_results_difference = cls(
            partner_code=partner_code,
            partner_name=partner_name,
            net_cents=net_cents,
            before_cents=before_cents,
        )

        payout_run_results_difference.additional_properties = d
        return payout_run_results_difference

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
