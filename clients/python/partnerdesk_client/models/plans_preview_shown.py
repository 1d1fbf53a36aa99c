from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.line_error_shown import LineErrorShown
    from ..models.plan_in_file import PlanInFile


T = TypeVar("T", bound="PlansPreviewShown")


@_attrs_define
class PlansPreviewShown:
    """What taking the file in would do; with errors, nothing.

    Attributes:
        plans (list[PlanInFile]):
        errors (list[LineErrorShown]):
    """

    plans: list[PlanInFile]
    errors: list[LineErrorShown]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        plans = []
        for plans_item_data in self.plans:
            plans_item = plans_item_data.to_dict()
            plans.append(plans_item)

        errors = []
        for errors_item_data in self.errors:
            errors_item = errors_item_data.to_dict()
            errors.append(errors_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "plans": plans,
                "errors": errors,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.line_error_shown import LineErrorShown  # noqa: PLC0415
        from ..models.plan_in_file import PlanInFile  # noqa: PLC0415

        d = dict(src_dict)
        plans = []
        _plans = d.pop("plans")
        for plans_item_data in _plans:
            plans_item = PlanInFile.from_dict(plans_item_data)

            plans.append(plans_item)

        errors = []
        _errors = d.pop("errors")
        for errors_item_data in _errors:
            errors_item = LineErrorShown.from_dict(errors_item_data)

            errors.append(errors_item)

        plans_preview_shown = cls(
            plans=plans,
            errors=errors,
        )

        plans_preview_shown.additional_properties = d
        return plans_preview_shown

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
