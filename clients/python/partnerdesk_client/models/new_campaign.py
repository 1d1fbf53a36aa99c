from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewCampaign")


@_attrs_define
class NewCampaign:
    """A campaign as somebody writes it down.

    Attributes:
        slug (str):
        name (str):
        hold_days (int | None | Unset):
    """

    slug: str
    name: str
    hold_days: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        slug = self.slug

        name = self.name

        hold_days: int | None | Unset
        if isinstance(self.hold_days, Unset):
            hold_days = UNSET
        else:
            hold_days = self.hold_days

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "slug": slug,
                "name": name,
            }
        )
        if hold_days is not UNSET:
            field_dict["hold_days"] = hold_days

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        slug = d.pop("slug")

        name = d.pop("name")

        def _parse_hold_days(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        hold_days = _parse_hold_days(d.pop("hold_days", UNSET))

        new_campaign = cls(
            slug=slug,
            name=name,
            hold_days=hold_days,
        )

        return new_campaign
