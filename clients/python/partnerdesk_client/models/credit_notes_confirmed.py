from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CreditNotesConfirmed")


@_attrs_define
class CreditNotesConfirmed:
    """Why regular partners may get credit notes of lexoffice from 2028 on.

    Attributes:
        reason (str):
        confirmed_by (str):
        confirmed_at (datetime.datetime):
    """

    reason: str
    confirmed_by: str
    confirmed_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        confirmed_by = self.confirmed_by

        confirmed_at = self.confirmed_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "reason": reason,
                "confirmed_by": confirmed_by,
                "confirmed_at": confirmed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        confirmed_by = d.pop("confirmed_by")

        confirmed_at = datetime.datetime.fromisoformat(d.pop("confirmed_at"))

        credit_notes_confirmed = cls(
            reason=reason,
            confirmed_by=confirmed_by,
            confirmed_at=confirmed_at,
        )

        credit_notes_confirmed.additional_properties = d
        return credit_notes_confirmed

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
