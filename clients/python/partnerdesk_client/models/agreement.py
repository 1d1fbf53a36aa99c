from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Agreement")


@_attrs_define
class Agreement:
    """The partner's consent to self-billing (§ 14 Abs. 2 Satz 5 UStG).

    Attributes:
        version (str):
        accepted_at (datetime.datetime):
    """

    version: str
    accepted_at: datetime.datetime

    def to_dict(self) -> dict[str, Any]:
        version = self.version

        accepted_at = self.accepted_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "version": version,
                "accepted_at": accepted_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        version = d.pop("version")

        accepted_at = datetime.datetime.fromisoformat(d.pop("accepted_at"))

        agreement = cls(
            version=version,
            accepted_at=accepted_at,
        )

        return agreement
