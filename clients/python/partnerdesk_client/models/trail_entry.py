from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.trail_entry_detail import TrailEntryDetail


T = TypeVar("T", bound="TrailEntry")


@_attrs_define
class TrailEntry:
    """`detail` holds before and after. What tells who somebody is lies beside the trail and is not shown here.

    Attributes:
        number (int):
        at (datetime.datetime):
        actor (str):
        action (str):
        subject (str):
        subject_id (str):
        detail (TrailEntryDetail):
        origin (None | str):
    """

    number: int
    at: datetime.datetime
    actor: str
    action: str
    subject: str
    subject_id: str
    detail: TrailEntryDetail
    origin: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        at = self.at.isoformat()

        actor = self.actor

        action = self.action

        subject = self.subject

        subject_id = self.subject_id

        detail = self.detail.to_dict()

        origin: None | str
        origin = self.origin

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "at": at,
                "actor": actor,
                "action": action,
                "subject": subject,
                "subject_id": subject_id,
                "detail": detail,
                "origin": origin,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.trail_entry_detail import TrailEntryDetail  # noqa: PLC0415

        d = dict(src_dict)
        number = d.pop("number")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        actor = d.pop("actor")

        action = d.pop("action")

        subject = d.pop("subject")

        subject_id = d.pop("subject_id")

        detail = TrailEntryDetail.from_dict(d.pop("detail"))

        def _parse_origin(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        origin = _parse_origin(d.pop("origin"))

        trail_entry = cls(
            number=number,
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            subject_id=subject_id,
            detail=detail,
            origin=origin,
        )

        trail_entry.additional_properties = d
        return trail_entry

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
