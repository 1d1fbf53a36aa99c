from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.reason_shown_params import ReasonShownParams


T = TypeVar("T", bound="ReasonShown")


@_attrs_define
class ReasonShown:
    """`params` is plain JSON: what the sentence of this code names.

    Attributes:
        code (str):
        params (ReasonShownParams | Unset):
    """

    code: str
    params: ReasonShownParams | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        params: dict[str, Any] | Unset = UNSET
        if not isinstance(self.params, Unset):
            params = self.params.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
            }
        )
        if params is not UNSET:
            field_dict["params"] = params

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reason_shown_params import ReasonShownParams  # noqa: PLC0415

        d = dict(src_dict)
        code = d.pop("code")

        _params = d.pop("params", UNSET)
        params: ReasonShownParams | Unset
        if isinstance(_params, Unset):
            params = UNSET
        else:
            params = ReasonShownParams.from_dict(_params)

        reason_shown = cls(
            code=code,
            params=params,
        )

        reason_shown.additional_properties = d
        return reason_shown

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
