from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.posting_case import PostingCase, check_posting_case

T = TypeVar("T", bound="PostingMapping")


@_attrs_define
class PostingMapping:
    """What an admin chose for one case. `vanished_at`: since when lexoffice's list has no such expense any more.

    Attributes:
        posting_case (PostingCase): What a voucher's lines are booked as; several tax cases may share one.
        organization_id (UUID):
        category_id (UUID):
        name (str):
        vanished_at (datetime.datetime | None):
        changed_by (str):
        changed_at (datetime.datetime):
    """

    posting_case: PostingCase
    organization_id: UUID
    category_id: UUID
    name: str
    vanished_at: datetime.datetime | None
    changed_by: str
    changed_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        posting_case: str = self.posting_case

        organization_id = str(self.organization_id)

        category_id = str(self.category_id)

        name = self.name

        vanished_at: None | str
        if isinstance(self.vanished_at, datetime.datetime):
            vanished_at = self.vanished_at.isoformat()
        else:
            vanished_at = self.vanished_at

        changed_by = self.changed_by

        changed_at = self.changed_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "posting_case": posting_case,
                "organization_id": organization_id,
                "category_id": category_id,
                "name": name,
                "vanished_at": vanished_at,
                "changed_by": changed_by,
                "changed_at": changed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        posting_case = check_posting_case(d.pop("posting_case"))

        organization_id = UUID(d.pop("organization_id"))

        category_id = UUID(d.pop("category_id"))

        name = d.pop("name")

        def _parse_vanished_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                vanished_at_type_0 = datetime.datetime.fromisoformat(data)

                return vanished_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        vanished_at = _parse_vanished_at(d.pop("vanished_at"))

        changed_by = d.pop("changed_by")

        changed_at = datetime.datetime.fromisoformat(d.pop("changed_at"))

        posting_mapping = cls(
            posting_case=posting_case,
            organization_id=organization_id,
            category_id=category_id,
            name=name,
            vanished_at=vanished_at,
            changed_by=changed_by,
            changed_at=changed_at,
        )

        posting_mapping.additional_properties = d
        return posting_mapping

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
