from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.import_shown_state import ImportShownState, check_import_shown_state
from ..models.kind import Kind, check_kind
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.imports_preview_shown import ImportsPreviewShown
    from ..models.problem_shown import ProblemShown
    from ..models.rows_mapping import RowsMapping


T = TypeVar("T", bound="ImportShown")


@_attrs_define
class ImportShown:
    """
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
        state (ImportShownState):
        brought_by (str):
        brought_at (datetime.datetime):
        ended_by (None | str):
        ended_at (datetime.datetime | None):
        created (int):
        changed (int):
        unchanged (int):
        left_out (int):
        preview (ImportsPreviewShown | None):
        wrong (None | str): Why the file cannot be read like this
        refused (list[ProblemShown] | Unset): Sales that were not booked
    """

    id: UUID
    kind: Kind
    name: str
    sha256: str
    encoding: str
    header: list[str]
    row_count: int
    mapping: RowsMapping
    state: ImportShownState
    brought_by: str
    brought_at: datetime.datetime
    ended_by: None | str
    ended_at: datetime.datetime | None
    created: int
    changed: int
    unchanged: int
    left_out: int
    preview: ImportsPreviewShown | None
    wrong: None | str
    refused: list[ProblemShown] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.imports_preview_shown import ImportsPreviewShown  # noqa: PLC0415

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

        preview: dict[str, Any] | None
        if isinstance(self.preview, ImportsPreviewShown):
            preview = self.preview.to_dict()
        else:
            preview = self.preview

        wrong: None | str
        wrong = self.wrong

        refused: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.refused, Unset):
            refused = []
            for refused_item_data in self.refused:
                refused_item = refused_item_data.to_dict()
                refused.append(refused_item)

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
                "preview": preview,
                "wrong": wrong,
            }
        )
        if refused is not UNSET:
            field_dict["refused"] = refused

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.imports_preview_shown import ImportsPreviewShown  # noqa: PLC0415
        from ..models.problem_shown import ProblemShown  # noqa: PLC0415
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

        state = check_import_shown_state(d.pop("state"))

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

        def _parse_preview(data: object) -> ImportsPreviewShown | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                preview_type_0 = ImportsPreviewShown.from_dict(data)

                return preview_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ImportsPreviewShown | None, data)

        preview = _parse_preview(d.pop("preview"))

        def _parse_wrong(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        wrong = _parse_wrong(d.pop("wrong"))

        _refused = d.pop("refused", UNSET)
        refused: list[ProblemShown] | Unset = UNSET
        if _refused is not UNSET:
            refused = []
            for refused_item_data in _refused:
                refused_item = ProblemShown.from_dict(refused_item_data)

                refused.append(refused_item)

        import_shown = cls(
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
            preview=preview,
            wrong=wrong,
            refused=refused,
        )

        import_shown.additional_properties = d
        return import_shown

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
