from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.task_shown_detail import TaskShownDetail
    from ..models.task_shown_links import TaskShownLinks
    from ..models.task_shown_reason_params import TaskShownReasonParams
    from ..models.task_shown_resolution_type_0 import TaskShownResolutionType0


T = TypeVar("T", bound="TaskShown")


@_attrs_define
class TaskShown:
    """
    Attributes:
        id (UUID):
        kind (str):
        subject (str):
        subject_id (str):
        reason_code (str):
        reason_params (TaskShownReasonParams):
        detail (TaskShownDetail):
        links (TaskShownLinks):
        actions (list[str]):
        state (str):
        created_at (datetime.datetime):
        resolved_at (datetime.datetime | None):
        resolved_by (None | str):
        resolution (None | TaskShownResolutionType0):
        reason (str): Why
    """

    id: UUID
    kind: str
    subject: str
    subject_id: str
    reason_code: str
    reason_params: TaskShownReasonParams
    detail: TaskShownDetail
    links: TaskShownLinks
    actions: list[str]
    state: str
    created_at: datetime.datetime
    resolved_at: datetime.datetime | None
    resolved_by: None | str
    resolution: None | TaskShownResolutionType0
    reason: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.task_shown_resolution_type_0 import TaskShownResolutionType0  # noqa: PLC0415

        id = str(self.id)

        kind = self.kind

        subject = self.subject

        subject_id = self.subject_id

        reason_code = self.reason_code

        reason_params = self.reason_params.to_dict()

        detail = self.detail.to_dict()

        links = self.links.to_dict()

        actions = self.actions

        state = self.state

        created_at = self.created_at.isoformat()

        resolved_at: None | str
        if isinstance(self.resolved_at, datetime.datetime):
            resolved_at = self.resolved_at.isoformat()
        else:
            resolved_at = self.resolved_at

        resolved_by: None | str
        resolved_by = self.resolved_by

        resolution: dict[str, Any] | None
        if isinstance(self.resolution, TaskShownResolutionType0):
            resolution = self.resolution.to_dict()
        else:
            resolution = self.resolution

        reason = self.reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "subject": subject,
                "subject_id": subject_id,
                "reason_code": reason_code,
                "reason_params": reason_params,
                "detail": detail,
                "links": links,
                "actions": actions,
                "state": state,
                "created_at": created_at,
                "resolved_at": resolved_at,
                "resolved_by": resolved_by,
                "resolution": resolution,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.task_shown_detail import TaskShownDetail  # noqa: PLC0415
        from ..models.task_shown_links import TaskShownLinks  # noqa: PLC0415
        from ..models.task_shown_reason_params import TaskShownReasonParams  # noqa: PLC0415
        from ..models.task_shown_resolution_type_0 import TaskShownResolutionType0  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        kind = d.pop("kind")

        subject = d.pop("subject")

        subject_id = d.pop("subject_id")

        reason_code = d.pop("reason_code")

        reason_params = TaskShownReasonParams.from_dict(d.pop("reason_params"))

        detail = TaskShownDetail.from_dict(d.pop("detail"))

        links = TaskShownLinks.from_dict(d.pop("links"))

        actions = cast(list[str], d.pop("actions"))

        state = d.pop("state")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_resolved_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                resolved_at_type_0 = datetime.datetime.fromisoformat(data)

                return resolved_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        resolved_at = _parse_resolved_at(d.pop("resolved_at"))

        def _parse_resolved_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        resolved_by = _parse_resolved_by(d.pop("resolved_by"))

        def _parse_resolution(data: object) -> None | TaskShownResolutionType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                resolution_type_0 = TaskShownResolutionType0.from_dict(data)

                return resolution_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TaskShownResolutionType0, data)

        resolution = _parse_resolution(d.pop("resolution"))

        reason = d.pop("reason")

        task_shown = cls(
            id=id,
            kind=kind,
            subject=subject,
            subject_id=subject_id,
            reason_code=reason_code,
            reason_params=reason_params,
            detail=detail,
            links=links,
            actions=actions,
            state=state,
            created_at=created_at,
            resolved_at=resolved_at,
            resolved_by=resolved_by,
            resolution=resolution,
            reason=reason,
        )

        task_shown.additional_properties = d
        return task_shown

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
