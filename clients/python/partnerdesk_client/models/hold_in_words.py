from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.hold_in_words_params import HoldInWordsParams


T = TypeVar("T", bound="HoldInWords")


@_attrs_define
class HoldInWords:
    """
    Attributes:
        code (str):
        since (datetime.datetime):
        set_by (str):
        sentence (str):
        params (HoldInWordsParams | Unset):
    """

    code: str
    since: datetime.datetime
    set_by: str
    sentence: str
    params: HoldInWordsParams | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        since = self.since.isoformat()

        set_by = self.set_by

        sentence = self.sentence

        params: dict[str, Any] | Unset = UNSET
        if not isinstance(self.params, Unset):
            params = self.params.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "since": since,
                "set_by": set_by,
                "sentence": sentence,
            }
        )
        if params is not UNSET:
            field_dict["params"] = params

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.hold_in_words_params import HoldInWordsParams  # noqa: PLC0415

        d = dict(src_dict)
        code = d.pop("code")

        since = datetime.datetime.fromisoformat(d.pop("since"))

        set_by = d.pop("set_by")

        sentence = d.pop("sentence")

        _params = d.pop("params", UNSET)
        params: HoldInWordsParams | Unset
        if isinstance(_params, Unset):
            params = UNSET
        else:
            params = HoldInWordsParams.from_dict(_params)

        hold_in_words = cls(
            code=code,
            since=since,
            set_by=set_by,
            sentence=sentence,
            params=params,
        )

        hold_in_words.additional_properties = d
        return hold_in_words

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
