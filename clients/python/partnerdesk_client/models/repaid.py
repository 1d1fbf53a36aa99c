from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

T = TypeVar("T", bound="Repaid")


@_attrs_define
class Repaid:
    """
    Attributes:
        claim (UUID): The claim that the booking repays
    """

    claim: UUID

    def to_dict(self) -> dict[str, Any]:
        claim = str(self.claim)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "claim": claim,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        claim = UUID(d.pop("claim"))

        repaid = cls(
            claim=claim,
        )

        return repaid
