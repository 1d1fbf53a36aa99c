from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.personal_data_records import PersonalDataRecords


T = TypeVar("T", bound="PersonalData")


@_attrs_define
class PersonalData:
    """`records` by kind; `elsewhere` are codes of words/ for places that hold copies and are not asked here.

    Attributes:
        subject (str):
        subject_id (str):
        made_at (datetime.datetime):
        records (PersonalDataRecords):
        elsewhere (list[str] | Unset):
    """

    subject: str
    subject_id: str
    made_at: datetime.datetime
    records: PersonalDataRecords
    elsewhere: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        subject = self.subject

        subject_id = self.subject_id

        made_at = self.made_at.isoformat()

        records = self.records.to_dict()

        elsewhere: list[str] | Unset = UNSET
        if not isinstance(self.elsewhere, Unset):
            elsewhere = self.elsewhere

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "subject": subject,
                "subject_id": subject_id,
                "made_at": made_at,
                "records": records,
            }
        )
        if elsewhere is not UNSET:
            field_dict["elsewhere"] = elsewhere

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.personal_data_records import PersonalDataRecords  # noqa: PLC0415

        d = dict(src_dict)
        subject = d.pop("subject")

        subject_id = d.pop("subject_id")

        made_at = datetime.datetime.fromisoformat(d.pop("made_at"))

        records = PersonalDataRecords.from_dict(d.pop("records"))

        elsewhere = cast(list[str], d.pop("elsewhere", UNSET))

        personal_data = cls(
            subject=subject,
            subject_id=subject_id,
            made_at=made_at,
            records=records,
            elsewhere=elsewhere,
        )

        personal_data.additional_properties = d
        return personal_data

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
