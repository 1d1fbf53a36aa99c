from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LoggedRequest")


@_attrs_define
class LoggedRequest:
    """A request as lists show it; `seq` is its place among them.

    Attributes:
        request_id (str): As `X-Request-Id` of the answer
        at (datetime.datetime):
        method (str):
        route (str): Template of the address that was taken
        path (str): Address without the parameters behind the `?`; what is no code and no number stands as its place
        status (int): HTTP status; 499: the caller has hung up
        key_id (str): Id of the key
        milliseconds (int): How long the answer took
    """

    request_id: str
    at: datetime.datetime
    method: str
    route: str
    path: str
    status: int
    key_id: str
    milliseconds: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        request_id = self.request_id

        at = self.at.isoformat()

        method = self.method

        route = self.route

        path = self.path

        status = self.status

        key_id = self.key_id

        milliseconds = self.milliseconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "request_id": request_id,
                "at": at,
                "method": method,
                "route": route,
                "path": path,
                "status": status,
                "key_id": key_id,
                "milliseconds": milliseconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        request_id = d.pop("request_id")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        method = d.pop("method")

        route = d.pop("route")

        path = d.pop("path")

        status = d.pop("status")

        key_id = d.pop("key_id")

        milliseconds = d.pop("milliseconds")

        logged_request = cls(
            request_id=request_id,
            at=at,
            method=method,
            route=route,
            path=path,
            status=status,
            key_id=key_id,
            milliseconds=milliseconds,
        )

        logged_request.additional_properties = d
        return logged_request

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
