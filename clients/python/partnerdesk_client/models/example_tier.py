from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ExampleTier")


@_attrs_define
class ExampleTier:
    """What the same sale is worth once the month's revenue is in this tier (graduated: from its border on).

    Attributes:
        from_cents (int):
        net_cents (int):
    """

    from_cents: int
    net_cents: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from_cents = self.from_cents

        net_cents = self.net_cents

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "from_cents": from_cents,
                "net_cents": net_cents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        from_cents = d.pop("from_cents")

        net_cents = d.pop("net_cents")

        example_tier = cls(
            from_cents=from_cents,
            net_cents=net_cents,
        )

        example_tier.additional_properties = d
        return example_tier

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
