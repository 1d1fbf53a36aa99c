from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.links import Links


T = TypeVar("T", bound="ToldTask")


@_attrs_define
class ToldTask:
    """
    Attributes:
        id (UUID):
        state (str):
        kind (str):
        subject (str):
        subject_id (str):
        reason (None | str):
        links (Links):
    """

    id: UUID
    state: str
    kind: str
    subject: str
    subject_id: str
    reason: None | str
    links: Links
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        state = self.state

        kind = self.kind

        subject = self.subject

        subject_id = self.subject_id

        reason: None | str
        reason = self.reason

        links = self.links.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "state": state,
                "kind": kind,
                "subject": subject,
                "subject_id": subject_id,
                "reason": reason,
                "links": links,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.links import Links  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        state = d.pop("state")

        kind = d.pop("kind")

        subject = d.pop("subject")

        subject_id = d.pop("subject_id")

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        links = Links.from_dict(d.pop("links"))

        told_task = cls(
            id=id,
            state=state,
            kind=kind,
            subject=subject,
            subject_id=subject_id,
            reason=reason,
            links=links,
        )

        told_task.additional_properties = d
        return told_task

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
