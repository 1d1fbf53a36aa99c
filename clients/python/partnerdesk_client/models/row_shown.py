from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.judging_difference import JudgingDifference


T = TypeVar("T", bound="RowShown")


@_attrs_define
class RowShown:
    """A row that would make or change something.

    Attributes:
        line (int):
        about (str):
        is_new (bool):
        differences (list[JudgingDifference]):
    """

    line: int
    about: str
    is_new: bool
    differences: list[JudgingDifference]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        line = self.line

        about = self.about

        is_new = self.is_new

        differences = []
        for differences_item_data in self.differences:
            differences_item = differences_item_data.to_dict()
            differences.append(differences_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line": line,
                "about": about,
                "is_new": is_new,
                "differences": differences,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.judging_difference import JudgingDifference  # noqa: PLC0415

        d = dict(src_dict)
        line = d.pop("line")

        about = d.pop("about")

        is_new = d.pop("is_new")

        differences = []
        _differences = d.pop("differences")
        for differences_item_data in _differences:
            differences_item = JudgingDifference.from_dict(differences_item_data)

            differences.append(differences_item)

        row_shown = cls(
            line=line,
            about=about,
            is_new=is_new,
            differences=differences,
        )

        row_shown.additional_properties = d
        return row_shown

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
