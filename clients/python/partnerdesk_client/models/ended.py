from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.reason_shown import ReasonShown


T = TypeVar("T", bound="Ended")


@_attrs_define
class Ended:
    """A number that pays nothing, and why.

    Attributes:
        number (str):
        kind (str):
        state (str):
        reason (None | ReasonShown | str):
        at (datetime.datetime | None):
        belongs_to (None | str | Unset):
    """

    number: str
    kind: str
    state: str
    reason: None | ReasonShown | str
    at: datetime.datetime | None
    belongs_to: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.reason_shown import ReasonShown  # noqa: PLC0415

        number = self.number

        kind = self.kind

        state = self.state

        reason: dict[str, Any] | None | str
        if isinstance(self.reason, ReasonShown):
            reason = self.reason.to_dict()
        else:
            reason = self.reason

        at: None | str
        if isinstance(self.at, datetime.datetime):
            at = self.at.isoformat()
        else:
            at = self.at

        belongs_to: None | str | Unset
        if isinstance(self.belongs_to, Unset):
            belongs_to = UNSET
        else:
            belongs_to = self.belongs_to

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "kind": kind,
                "state": state,
                "reason": reason,
                "at": at,
            }
        )
        if belongs_to is not UNSET:
            field_dict["belongs_to"] = belongs_to

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reason_shown import ReasonShown  # noqa: PLC0415

        d = dict(src_dict)
        number = d.pop("number")

        kind = d.pop("kind")

        state = d.pop("state")

        def _parse_reason(data: object) -> None | ReasonShown | str:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                reason_type_0 = ReasonShown.from_dict(data)

                return reason_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReasonShown | str, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                at_type_0 = datetime.datetime.fromisoformat(data)

                return at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        at = _parse_at(d.pop("at"))

        def _parse_belongs_to(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        belongs_to = _parse_belongs_to(d.pop("belongs_to", UNSET))

        ended = cls(
            number=number,
            kind=kind,
            state=state,
            reason=reason,
            at=at,
            belongs_to=belongs_to,
        )

        ended.additional_properties = d
        return ended

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
