from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.line_error_shown_params import LineErrorShownParams


T = TypeVar("T", bound="LineErrorShown")


@_attrs_define
class LineErrorShown:
    """What is wrong in a line of a plan file.

    Attributes:
        line (int): From 1 on, the header included
        reason (str):
        params (LineErrorShownParams):
        sentence (str):
    """

    line: int
    reason: str
    params: LineErrorShownParams
    sentence: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        line = self.line

        reason = self.reason

        params = self.params.to_dict()

        sentence = self.sentence

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line": line,
                "reason": reason,
                "params": params,
                "sentence": sentence,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.line_error_shown_params import LineErrorShownParams  # noqa: PLC0415

        d = dict(src_dict)
        line = d.pop("line")

        reason = d.pop("reason")

        params = LineErrorShownParams.from_dict(d.pop("params"))

        sentence = d.pop("sentence")

        line_error_shown = cls(
            line=line,
            reason=reason,
            params=params,
            sentence=sentence,
        )

        line_error_shown.additional_properties = d
        return line_error_shown

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
