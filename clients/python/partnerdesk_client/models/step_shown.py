from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.stage import Stage, check_stage
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.reason_shown import ReasonShown


T = TypeVar("T", bound="StepShown")


@_attrs_define
class StepShown:
    """
    Attributes:
        stage (Stage): A step of the month, in the order in which money goes.
        number (int):
        cents (int):
        sentences (list[str]): What is still missing here, in words, in the order of `missing`
        missing (list[ReasonShown] | Unset):
    """

    stage: Stage
    number: int
    cents: int
    sentences: list[str]
    missing: list[ReasonShown] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        stage: str = self.stage

        number = self.number

        cents = self.cents

        sentences = self.sentences

        missing: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.missing, Unset):
            missing = []
            for missing_item_data in self.missing:
                missing_item = missing_item_data.to_dict()
                missing.append(missing_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "stage": stage,
                "number": number,
                "cents": cents,
                "sentences": sentences,
            }
        )
        if missing is not UNSET:
            field_dict["missing"] = missing

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reason_shown import ReasonShown  # noqa: PLC0415

        d = dict(src_dict)
        stage = check_stage(d.pop("stage"))

        number = d.pop("number")

        cents = d.pop("cents")

        sentences = cast(list[str], d.pop("sentences"))

        _missing = d.pop("missing", UNSET)
        missing: list[ReasonShown] | Unset = UNSET
        if _missing is not UNSET:
            missing = []
            for missing_item_data in _missing:
                missing_item = ReasonShown.from_dict(missing_item_data)

                missing.append(missing_item)

        step_shown = cls(
            stage=stage,
            number=number,
            cents=cents,
            sentences=sentences,
            missing=missing,
        )

        step_shown.additional_properties = d
        return step_shown

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
