from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="WantedEndpoint")


@_attrs_define
class WantedEndpoint:
    """What somebody wants told. No types: all, also those that come later.

    Attributes:
        url (str):
        description (str | Unset):  Default: ''.
        types (list[str] | Unset):
    """

    url: str
    description: str | Unset = ""
    types: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        url = self.url

        description = self.description

        types: list[str] | Unset = UNSET
        if not isinstance(self.types, Unset):
            types = self.types

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "url": url,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
        if types is not UNSET:
            field_dict["types"] = types

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        url = d.pop("url")

        description = d.pop("description", UNSET)

        types = cast(list[str], d.pop("types", UNSET))

        wanted_endpoint = cls(
            url=url,
            description=description,
            types=types,
        )

        return wanted_endpoint
