from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.payout_event_type import PayoutEventType, check_payout_event_type

if TYPE_CHECKING:
    from ..models.told_payout import ToldPayout


T = TypeVar("T", bound="PayoutEvent")


@_attrs_define
class PayoutEvent:
    """
    Attributes:
        timestamp (datetime.datetime): When it happened
        version (int): Version of `data`
        type_ (PayoutEventType):
        data (ToldPayout):
    """

    timestamp: datetime.datetime
    version: int
    type_: PayoutEventType
    data: ToldPayout
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        timestamp = self.timestamp.isoformat()

        version = self.version

        type_: str = self.type_

        data = self.data.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "timestamp": timestamp,
                "version": version,
                "type": type_,
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.told_payout import ToldPayout  # noqa: PLC0415

        d = dict(src_dict)
        timestamp = datetime.datetime.fromisoformat(d.pop("timestamp"))

        version = d.pop("version")

        type_ = check_payout_event_type(d.pop("type"))

        data = ToldPayout.from_dict(d.pop("data"))

        payout_event = cls(
            timestamp=timestamp,
            version=version,
            type_=type_,
            data=data,
        )

        payout_event.additional_properties = d
        return payout_event

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
