from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="CustomerChange")


@_attrs_define
class CustomerChange:
    """
    Attributes:
        assigned_partner_code (None | str): Code of the partner; null: none
        reason (str):
    """

    assigned_partner_code: None | str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        assigned_partner_code: None | str
        assigned_partner_code = self.assigned_partner_code

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "assigned_partner_code": assigned_partner_code,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_assigned_partner_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        assigned_partner_code = _parse_assigned_partner_code(d.pop("assigned_partner_code"))

        reason = d.pop("reason")

        customer_change = cls(
            assigned_partner_code=assigned_partner_code,
            reason=reason,
        )

        return customer_change
