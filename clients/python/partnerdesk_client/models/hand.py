from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Hand")


@_attrs_define
class Hand:
    """Who (`user:…`, `key:…`) did what, as the trail calls it, to which object. `fields`: what of a partner changed.

    Attributes:
        id (UUID):
        actor (str):
        act (str):
        subject (str):
        subject_id (str):
        about (None | UUID):
        fields (list[str] | None):
        at (datetime.datetime):
    """

    id: UUID
    actor: str
    act: str
    subject: str
    subject_id: str
    about: None | UUID
    fields: list[str] | None
    at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        actor = self.actor

        act = self.act

        subject = self.subject

        subject_id = self.subject_id

        about: None | str
        if isinstance(self.about, UUID):
            about = str(self.about)
        else:
            about = self.about

        fields: list[str] | None
        if isinstance(self.fields, list):
            fields = self.fields

        else:
            fields = self.fields

        at = self.at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "actor": actor,
                "act": act,
                "subject": subject,
                "subject_id": subject_id,
                "about": about,
                "fields": fields,
                "at": at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        actor = d.pop("actor")

        act = d.pop("act")

        subject = d.pop("subject")

        subject_id = d.pop("subject_id")

        def _parse_about(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                about_type_0 = UUID(data)

                return about_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        about = _parse_about(d.pop("about"))

        def _parse_fields(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                fields_type_0 = cast(list[str], data)

                return fields_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None, data)

        fields = _parse_fields(d.pop("fields"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

        hand = cls(
            id=id,
            actor=actor,
            act=act,
            subject=subject,
            subject_id=subject_id,
            about=about,
            fields=fields,
            at=at,
        )

        hand.additional_properties = d
        return hand

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
