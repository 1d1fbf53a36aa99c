from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SeatDecision")


@_attrs_define
class SeatDecision:
    """What was decided about which address and number.

    Attributes:
        country_code (str):
        vat_id (str):
        rendered_from (str):
        reason (str):
        decided_by (str):
        decided_at (datetime.datetime):
    """

    country_code: str
    vat_id: str
    rendered_from: str
    reason: str
    decided_by: str
    decided_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        country_code = self.country_code

        vat_id = self.vat_id

        rendered_from = self.rendered_from

        reason = self.reason

        decided_by = self.decided_by

        decided_at = self.decided_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "country_code": country_code,
                "vat_id": vat_id,
                "rendered_from": rendered_from,
                "reason": reason,
                "decided_by": decided_by,
                "decided_at": decided_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        country_code = d.pop("country_code")

        vat_id = d.pop("vat_id")

        rendered_from = d.pop("rendered_from")

        reason = d.pop("reason")

        decided_by = d.pop("decided_by")

        decided_at = datetime.datetime.fromisoformat(d.pop("decided_at"))

        seat_decision = cls(
            country_code=country_code,
            vat_id=vat_id,
            rendered_from=rendered_from,
            reason=reason,
            decided_by=decided_by,
            decided_at=decided_at,
        )

        seat_decision.additional_properties = d
        return seat_decision

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
