from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="KeptRecord")


@_attrs_define
class KeptRecord:
    """
    Attributes:
        what (str): Key of the kind
        text (str):
        count (int):
        paragraphs (list[str]):
        until (datetime.date): Last day; afterwards it is erased by itself
    """

    what: str
    text: str
    count: int
    paragraphs: list[str]
    until: datetime.date
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        what = self.what

        text = self.text

        count = self.count

        paragraphs = self.paragraphs

        until = self.until.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "what": what,
                "text": text,
                "count": count,
                "paragraphs": paragraphs,
                "until": until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        what = d.pop("what")

        text = d.pop("text")

        count = d.pop("count")

        paragraphs = cast(list[str], d.pop("paragraphs"))

        until = datetime.date.fromisoformat(d.pop("until"))

        kept_record = cls(
            what=what,
            text=text,
            count=count,
            paragraphs=paragraphs,
            until=until,
        )

        kept_record.additional_properties = d
        return kept_record

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
