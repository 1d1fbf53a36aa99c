from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="StatementFile")


@_attrs_define
class StatementFile:
    """A file that was taken in.

    Attributes:
        id (UUID):
        name (str):
        format_ (str):
        size_bytes (int):
        brought_by (str):
        brought_how (str):
        brought_at (datetime.datetime):
        matched_at (datetime.datetime | None):
        sha256 (str):
        statements (int):
        entries (int):
        new_entries (int):
    """

    id: UUID
    name: str
    format_: str
    size_bytes: int
    brought_by: str
    brought_how: str
    brought_at: datetime.datetime
    matched_at: datetime.datetime | None
    sha256: str
    statements: int
    entries: int
    new_entries: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        format_ = self.format_

        size_bytes = self.size_bytes

        brought_by = self.brought_by

        brought_how = self.brought_how

        brought_at = self.brought_at.isoformat()

        matched_at: None | str
        if isinstance(self.matched_at, datetime.datetime):
            matched_at = self.matched_at.isoformat()
        else:
            matched_at = self.matched_at

        sha256 = self.sha256

        statements = self.statements

        entries = self.entries

        new_entries = self.new_entries

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "format": format_,
                "size_bytes": size_bytes,
                "brought_by": brought_by,
                "brought_how": brought_how,
                "brought_at": brought_at,
                "matched_at": matched_at,
                "sha256": sha256,
                "statements": statements,
                "entries": entries,
                "new_entries": new_entries,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        format_ = d.pop("format")

        size_bytes = d.pop("size_bytes")

        brought_by = d.pop("brought_by")

        brought_how = d.pop("brought_how")

        brought_at = datetime.datetime.fromisoformat(d.pop("brought_at"))

        def _parse_matched_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                matched_at_type_0 = datetime.datetime.fromisoformat(data)

                return matched_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        matched_at = _parse_matched_at(d.pop("matched_at"))

        sha256 = d.pop("sha256")

        statements = d.pop("statements")

        entries = d.pop("entries")

        new_entries = d.pop("new_entries")

        statement_file = cls(
            id=id,
            name=name,
            format_=format_,
            size_bytes=size_bytes,
            brought_by=brought_by,
            brought_how=brought_how,
            brought_at=brought_at,
            matched_at=matched_at,
            sha256=sha256,
            statements=statements,
            entries=entries,
            new_entries=new_entries,
        )

        statement_file.additional_properties = d
        return statement_file

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
