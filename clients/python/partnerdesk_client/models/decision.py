from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.decision_kind import DecisionKind, check_decision_kind

if TYPE_CHECKING:
    from ..models.decision_detail import DecisionDetail


T = TypeVar("T", bound="Decision")


@_attrs_define
class Decision:
    """What somebody decided about a payout, and about which content of it.

    Attributes:
        id (UUID):
        payout_id (UUID):
        number (str):
        kind (DecisionKind): What a person can decide about a payout.
        decided_by (str):
        decided_at (datetime.datetime):
        content_hash (str):
        reason (None | str):
        detail (DecisionDetail):
    """

    id: UUID
    payout_id: UUID
    number: str
    kind: DecisionKind
    decided_by: str
    decided_at: datetime.datetime
    content_hash: str
    reason: None | str
    detail: DecisionDetail
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        payout_id = str(self.payout_id)

        number = self.number

        kind: str = self.kind

        decided_by = self.decided_by

        decided_at = self.decided_at.isoformat()

        content_hash = self.content_hash

        reason: None | str
        reason = self.reason

        detail = self.detail.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "payout_id": payout_id,
                "number": number,
                "kind": kind,
                "decided_by": decided_by,
                "decided_at": decided_at,
                "content_hash": content_hash,
                "reason": reason,
                "detail": detail,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.decision_detail import DecisionDetail  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        payout_id = UUID(d.pop("payout_id"))

        number = d.pop("number")

        kind = check_decision_kind(d.pop("kind"))

        decided_by = d.pop("decided_by")

        decided_at = datetime.datetime.fromisoformat(d.pop("decided_at"))

        content_hash = d.pop("content_hash")

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        detail = DecisionDetail.from_dict(d.pop("detail"))

        decision = cls(
            id=id,
            payout_id=payout_id,
            number=number,
            kind=kind,
            decided_by=decided_by,
            decided_at=decided_at,
            content_hash=content_hash,
            reason=reason,
            detail=detail,
        )

        decision.additional_properties = d
        return decision

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
