from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="RunApproval")


@_attrs_define
class RunApproval:
    """
    Attributes:
        content_hash (str): `content_hash` as it was shown
    """

    content_hash: str

    def to_dict(self) -> dict[str, Any]:
        content_hash = self.content_hash

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "content_hash": content_hash,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        content_hash = d.pop("content_hash")

        run_approval = cls(
            content_hash=content_hash,
        )

        return run_approval
