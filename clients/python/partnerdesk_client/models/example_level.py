from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.example_tier import ExampleTier
    from ..models.reason_shown import ReasonShown


T = TypeVar("T", bound="ExampleLevel")


@_attrs_define
class ExampleLevel:
    """What one level earns of the example sale, and at each of its tiers. Cents, before VAT.

    Attributes:
        level (int):
        net_cents (int):
        why (ReasonShown): `params` is plain JSON: what the sentence of this code names.
        tiers (list[ExampleTier]):
    """

    level: int
    net_cents: int
    why: ReasonShown
    tiers: list[ExampleTier]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        level = self.level

        net_cents = self.net_cents

        why = self.why.to_dict()

        tiers = []
        for tiers_item_data in self.tiers:
            tiers_item = tiers_item_data.to_dict()
            tiers.append(tiers_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "level": level,
                "net_cents": net_cents,
                "why": why,
                "tiers": tiers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.example_tier import ExampleTier  # noqa: PLC0415
        from ..models.reason_shown import ReasonShown  # noqa: PLC0415

        d = dict(src_dict)
        level = d.pop("level")

        net_cents = d.pop("net_cents")

        why = ReasonShown.from_dict(d.pop("why"))

        tiers = []
        _tiers = d.pop("tiers")
        for tiers_item_data in _tiers:
            tiers_item = ExampleTier.from_dict(tiers_item_data)

            tiers.append(tiers_item)

        example_level = cls(
            level=level,
            net_cents=net_cents,
            why=why,
            tiers=tiers,
        )

        example_level.additional_properties = d
        return example_level

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
