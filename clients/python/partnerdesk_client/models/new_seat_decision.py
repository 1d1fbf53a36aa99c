from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewSeatDecision")


@_attrs_define
class NewSeatDecision:
    """The country of the place from which the services are rendered, and why.

    Attributes:
        rendered_from (str):
        reason (str):
    """

    rendered_from: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        rendered_from = self.rendered_from

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "rendered_from": rendered_from,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        rendered_from = d.pop("rendered_from")

        reason = d.pop("reason")

        new_seat_decision = cls(
            rendered_from=rendered_from,
            reason=reason,
        )

        return new_seat_decision
