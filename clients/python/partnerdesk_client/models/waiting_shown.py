from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.not_due import NotDue, check_not_due
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.waiting_shown_params import WaitingShownParams


T = TypeVar("T", bound="WaitingShown")


@_attrs_define
class WaitingShown:
    """
    Attributes:
        reason (NotDue): Why something is not paid yet. Each is the code of its sentence, but for `no_document`, which
            has many, and for
            a sale that is held by a dispute.
        code (str):
        params (WaitingShownParams):
        cents (int):
        lines (int):
        sentence (str): The reason in words
        until (datetime.datetime | None | Unset):
    """

    reason: NotDue
    code: str
    params: WaitingShownParams
    cents: int
    lines: int
    sentence: str
    until: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        reason: str = self.reason

        code = self.code

        params = self.params.to_dict()

        cents = self.cents

        lines = self.lines

        sentence = self.sentence

        until: None | str | Unset
        if isinstance(self.until, Unset):
            until = UNSET
        elif isinstance(self.until, datetime.datetime):
            until = self.until.isoformat()
        else:
            until = self.until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "reason": reason,
                "code": code,
                "params": params,
                "cents": cents,
                "lines": lines,
                "sentence": sentence,
            }
        )
        if until is not UNSET:
            field_dict["until"] = until

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.waiting_shown_params import WaitingShownParams  # noqa: PLC0415

        d = dict(src_dict)
        reason = check_not_due(d.pop("reason"))

        code = d.pop("code")

        params = WaitingShownParams.from_dict(d.pop("params"))

        cents = d.pop("cents")

        lines = d.pop("lines")

        sentence = d.pop("sentence")

        def _parse_until(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                until_type_0 = datetime.datetime.fromisoformat(data)

                return until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        until = _parse_until(d.pop("until", UNSET))

        waiting_shown = cls(
            reason=reason,
            code=code,
            params=params,
            cents=cents,
            lines=lines,
            sentence=sentence,
            until=until,
        )

        waiting_shown.additional_properties = d
        return waiting_shown

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
