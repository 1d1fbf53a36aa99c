from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Campaign")


@_attrs_define
class Campaign:
    """What is sold under one name, with plans of its own.

    Attributes:
        id (UUID):
        slug (str):
        name (str):
        is_default (bool):
        hold_days (int | None):
        created_at (datetime.datetime):
    """

    id: UUID
    slug: str
    name: str
    is_default: bool
    hold_days: int | None
    created_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        slug = self.slug

        name = self.name

        is_default = self.is_default

        hold_days: int | None
        hold_days = self.hold_days

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "slug": slug,
                "name": name,
                "is_default": is_default,
                "hold_days": hold_days,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        slug = d.pop("slug")

        name = d.pop("name")

        is_default = d.pop("is_default")

        def _parse_hold_days(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        hold_days = _parse_hold_days(d.pop("hold_days"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        campaign = cls(
            id=id,
            slug=slug,
            name=name,
            is_default=is_default,
            hold_days=hold_days,
            created_at=created_at,
        )

        campaign.additional_properties = d
        return campaign

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
