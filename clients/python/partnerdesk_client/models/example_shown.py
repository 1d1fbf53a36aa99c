from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.example_level_shown import ExampleLevelShown


T = TypeVar("T", bound="ExampleShown")


@_attrs_define
class ExampleShown:
    """
    Attributes:
        base_cents (int):
        levels (list[ExampleLevelShown]):
        net_cents (int):
        highest_cents (int):
    """

    base_cents: int
    levels: list[ExampleLevelShown]
    net_cents: int
    highest_cents: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        base_cents = self.base_cents

        levels = []
        for levels_item_data in self.levels:
            levels_item = levels_item_data.to_dict()
            levels.append(levels_item)

        net_cents = self.net_cents

        highest_cents = self.highest_cents

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "base_cents": base_cents,
                "levels": levels,
                "net_cents": net_cents,
                "highest_cents": highest_cents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.example_level_shown import ExampleLevelShown  # noqa: PLC0415

        d = dict(src_dict)
        base_cents = d.pop("base_cents")

        levels = []
        _levels = d.pop("levels")
        for levels_item_data in _levels:
            levels_item = ExampleLevelShown.from_dict(levels_item_data)

            levels.append(levels_item)

        net_cents = d.pop("net_cents")

        highest_cents = d.pop("highest_cents")

        example_shown = cls(
            base_cents=base_cents,
            levels=levels,
            net_cents=net_cents,
            highest_cents=highest_cents,
        )

        example_shown.additional_properties = d
        return example_shown

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
