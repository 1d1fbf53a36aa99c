from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.ground import Ground, check_ground

T = TypeVar("T", bound="ReversalWanted")


@_attrs_define
class ReversalWanted:
    """
    Attributes:
        ground (Ground): Why a document is taken back; it decides the month of VAT that changes (rules.md, Storno).
        reason (str):
    """

    ground: Ground
    reason: str

    def to_dict(self) -> dict[str, Any]:
        ground: str = self.ground

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "ground": ground,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        ground = check_ground(d.pop("ground"))

        reason = d.pop("reason")

        reversal_wanted = cls(
            ground=ground,
            reason=reason,
        )

        return reversal_wanted
