from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WaitingLine")


@_attrs_define
class WaitingLine:
    """An opening balance that nobody has decided. Cents are net.

    Attributes:
        id (UUID):
        partner_code (str):
        net_cents (int):
        service_date (datetime.date):
        reason (str):
        recorded_by (str):
    """

    id: UUID
    partner_code: str
    net_cents: int
    service_date: datetime.date
    reason: str
    recorded_by: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        partner_code = self.partner_code

        net_cents = self.net_cents

        service_date = self.service_date.isoformat()

        reason = self.reason

        recorded_by = self.recorded_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "partner_code": partner_code,
                "net_cents": net_cents,
                "service_date": service_date,
                "reason": reason,
                "recorded_by": recorded_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        partner_code = d.pop("partner_code")

        net_cents = d.pop("net_cents")

        service_date = datetime.date.fromisoformat(d.pop("service_date"))

        reason = d.pop("reason")

        recorded_by = d.pop("recorded_by")

        waiting_line = cls(
            id=id,
            partner_code=partner_code,
            net_cents=net_cents,
            service_date=service_date,
            reason=reason,
            recorded_by=recorded_by,
        )

        waiting_line.additional_properties = d
        return waiting_line

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
