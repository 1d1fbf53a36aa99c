from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.erased_record import ErasedRecord
    from ..models.kept_record import KeptRecord
    from ..models.unreached import Unreached


T = TypeVar("T", bound="ErasureTold")


@_attrs_define
class ErasureTold:
    """What is erased, what the law demands to keep and until when, and what was not reached.

    Attributes:
        subject (str):
        subject_id (str):
        erased (list[ErasedRecord]):
        kept (list[KeptRecord]):
        not_reached (list[Unreached]):
        is_finished (bool): Nothing is kept
    """

    subject: str
    subject_id: str
    erased: list[ErasedRecord]
    kept: list[KeptRecord]
    not_reached: list[Unreached]
    is_finished: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        subject = self.subject

        subject_id = self.subject_id

        erased = []
        for erased_item_data in self.erased:
            erased_item = erased_item_data.to_dict()
            erased.append(erased_item)

        kept = []
        for kept_item_data in self.kept:
            kept_item = kept_item_data.to_dict()
            kept.append(kept_item)

        not_reached = []
        for not_reached_item_data in self.not_reached:
            not_reached_item = not_reached_item_data.to_dict()
            not_reached.append(not_reached_item)

        is_finished = self.is_finished

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "subject": subject,
                "subject_id": subject_id,
                "erased": erased,
                "kept": kept,
                "not_reached": not_reached,
                "is_finished": is_finished,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.erased_record import ErasedRecord  # noqa: PLC0415
        from ..models.kept_record import KeptRecord  # noqa: PLC0415
        from ..models.unreached import Unreached  # noqa: PLC0415

        d = dict(src_dict)
        subject = d.pop("subject")

        subject_id = d.pop("subject_id")

        erased = []
        _erased = d.pop("erased")
        for erased_item_data in _erased:
            erased_item = ErasedRecord.from_dict(erased_item_data)

            erased.append(erased_item)

        kept = []
        _kept = d.pop("kept")
        for kept_item_data in _kept:
            kept_item = KeptRecord.from_dict(kept_item_data)

            kept.append(kept_item)

        not_reached = []
        _not_reached = d.pop("not_reached")
        for not_reached_item_data in _not_reached:
            not_reached_item = Unreached.from_dict(not_reached_item_data)

            not_reached.append(not_reached_item)

        is_finished = d.pop("is_finished")

        erasure_told = cls(
            subject=subject,
            subject_id=subject_id,
            erased=erased,
            kept=kept,
            not_reached=not_reached,
            is_finished=is_finished,
        )

        erasure_told.additional_properties = d
        return erasure_told

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
