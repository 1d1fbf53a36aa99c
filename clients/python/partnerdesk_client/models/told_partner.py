from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.links import Links


T = TypeVar("T", bound="ToldPartner")


@_attrs_define
class ToldPartner:
    """
    Attributes:
        id (str):
        state (str):
        is_new (bool):
        payouts_stopped (bool):
        leaving_since (datetime.date | None):
        links (Links):
    """

    id: str
    state: str
    is_new: bool
    payouts_stopped: bool
    leaving_since: datetime.date | None
    links: Links
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        state = self.state

        is_new = self.is_new

        payouts_stopped = self.payouts_stopped

        leaving_since: None | str
        if isinstance(self.leaving_since, datetime.date):
            leaving_since = self.leaving_since.isoformat()
        else:
            leaving_since = self.leaving_since

        links = self.links.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "state": state,
                "is_new": is_new,
                "payouts_stopped": payouts_stopped,
                "leaving_since": leaving_since,
                "links": links,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.links import Links  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        state = d.pop("state")

        is_new = d.pop("is_new")

        payouts_stopped = d.pop("payouts_stopped")

        def _parse_leaving_since(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                leaving_since_type_0 = datetime.date.fromisoformat(data)

                return leaving_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        leaving_since = _parse_leaving_since(d.pop("leaving_since"))

        links = Links.from_dict(d.pop("links"))

        told_partner = cls(
            id=id,
            state=state,
            is_new=is_new,
            payouts_stopped=payouts_stopped,
            leaving_since=leaving_since,
            links=links,
        )

        told_partner.additional_properties = d
        return told_partner

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
