from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.resolution_detail import ResolutionDetail


T = TypeVar("T", bound="Resolution")


@_attrs_define
class Resolution:
    """What is done about the task: one of its `actions`, and what that action needs.

    Attributes:
        action (str):
        reason (None | str | Unset):
        detail (ResolutionDetail | Unset): `resource_id`, `transaction_id`, `partner_code`, `paid_on` (YYYY-MM-DD),
            `payment_reference`, or `rate` (so much of the currency was one euro), `rate_day` and `rate_source`, by the
            action
    """

    action: str
    reason: None | str | Unset = UNSET
    detail: ResolutionDetail | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        action = self.action

        reason: None | str | Unset
        if isinstance(self.reason, Unset):
            reason = UNSET
        else:
            reason = self.reason

        detail: dict[str, Any] | Unset = UNSET
        if not isinstance(self.detail, Unset):
            detail = self.detail.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "action": action,
            }
        )
        if reason is not UNSET:
            field_dict["reason"] = reason
        if detail is not UNSET:
            field_dict["detail"] = detail

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.resolution_detail import ResolutionDetail  # noqa: PLC0415

        d = dict(src_dict)
        action = d.pop("action")

        def _parse_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reason = _parse_reason(d.pop("reason", UNSET))

        _detail = d.pop("detail", UNSET)
        detail: ResolutionDetail | Unset
        if isinstance(_detail, Unset):
            detail = UNSET
        else:
            detail = ResolutionDetail.from_dict(_detail)

        resolution = cls(
            action=action,
            reason=reason,
            detail=detail,
        )

        return resolution
