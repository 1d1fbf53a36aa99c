from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.import_state import ImportState, check_import_state
from ..models.kind import Kind, check_kind

if TYPE_CHECKING:
    from ..models.rows_mapping import RowsMapping


T = TypeVar("T", bound="Import")


@_attrs_define
class Import:
    """A file, how it is read, and, once it is taken over, how many rows did what.

    Attributes:
        id (UUID):
        kind (Kind): What a file tells of.
        name (str):
        sha256 (str):
        encoding (str):
        header (list[str]):
        row_count (int):
        mapping (RowsMapping): For each heading the column that it is, or None: left out. How amounts and days are
            written, where it matters.
        state (ImportState):
        brought_by (str):
        brought_at (datetime.datetime):
        ended_by (None | str):
        ended_at (datetime.datetime | None):
        created (int):
        changed (int):
        unchanged (int):
        left_out (int):
    """

    id: UUID
    kind: Kind
    name: str
    sha256: str
    encoding: str
    header: list[str]
    row_count: int
    mapping: RowsMapping
    state: ImportState
    brought_by: str
    brought_at: datetime.datetime
    ended_by: None | str
    ended_at: datetime.datetime | None
    created: int
    changed: int
    unchanged: int
    left_out: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        kind: str = self.kind

        name = self.name

        sha256 = self.sha256

        encoding = self.encoding

        header = self.header

        row_count = self.row_count

        mapping = self.mapping.to_dict()

        state: str = self.state

        brought_by = self.brought_by

        brought_at = self.brought_at.isoformat()

        ended_by: None | str
        ended_by = self.ended_by

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        created = self.created

        changed = self.changed

        unchanged = self.unchanged

        left_out = self.left_out

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "name": name,
                "sha256": sha256,
                "encoding": encoding,
                "header": header,
                "row_count": row_count,
                "mapping": mapping,
                "state": state,
                "brought_by": brought_by,
                "brought_at": brought_at,
                "ended_by": ended_by,
                "ended_at": ended_at,
                "created": created,
                "changed": changed,
                "unchanged": unchanged,
                "left_out": left_out,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rows_mapping import RowsMapping  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        kind = check_kind(d.pop("kind"))

        name = d.pop("name")

        sha256 = d.pop("sha256")

        encoding = d.pop("encoding")

        header = cast(list[str], d.pop("header"))

        row_count = d.pop("row_count")

        mapping = RowsMapping.from_dict(d.pop("mapping"))

        state = check_import_state(d.pop("state"))

        brought_by = d.pop("brought_by")

        brought_at = datetime.datetime.fromisoformat(d.pop("brought_at"))

        def _parse_ended_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_by = _parse_ended_by(d.pop("ended_by"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        created = d.pop("created")

        changed = d.pop("changed")

        unchanged = d.pop("unchanged")

        left_out = d.pop("left_out")

        import_ = cls(
            id=id,
            kind=kind,
            name=name,
            sha256=sha256,
            encoding=encoding,
            header=header,
            row_count=row_count,
            mapping=mapping,
            state=state,
            brought_by=brought_by,
            brought_at=brought_at,
            ended_by=ended_by,
            ended_at=ended_at,
            created=created,
            changed=changed,
            unchanged=unchanged,
            left_out=left_out,
        )

        import_.additional_properties = d
        return import_

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
