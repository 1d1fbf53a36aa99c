from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.endpoint_state import EndpointState, check_endpoint_state
from ..models.endpoint_state_reason_type_0 import (
    EndpointStateReasonType0,
    check_endpoint_state_reason_type_0,
)

T = TypeVar("T", bound="Endpoint")


@_attrs_define
class Endpoint:
    """An address that hears of events, as lists show it.

    state: active; off (what is due is kept, and told when it is switched on); ended for ever. `failures`: in a row,
    over all that it hears. `rests_until`: a failing endpoint is asked again then, with one event.

        Attributes:
            id (UUID):
            url (str):
            description (str):
            types (list[str]):
            state (EndpointState):
            state_reason (EndpointStateReasonType0 | None):
            failures (int):
            failing_since (datetime.datetime | None):
            rests_until (datetime.datetime | None):
            created_by (str):
            created_at (datetime.datetime):
            changed_at (datetime.datetime):
            due (int):
    """

    id: UUID
    url: str
    description: str
    types: list[str]
    state: EndpointState
    state_reason: EndpointStateReasonType0 | None
    failures: int
    failing_since: datetime.datetime | None
    rests_until: datetime.datetime | None
    created_by: str
    created_at: datetime.datetime
    changed_at: datetime.datetime
    due: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        url = self.url

        description = self.description

        types = self.types

        state: str = self.state

        state_reason: None | str
        if isinstance(self.state_reason, str):
            state_reason = self.state_reason
        else:
            state_reason = self.state_reason

        failures = self.failures

        failing_since: None | str
        if isinstance(self.failing_since, datetime.datetime):
            failing_since = self.failing_since.isoformat()
        else:
            failing_since = self.failing_since

        rests_until: None | str
        if isinstance(self.rests_until, datetime.datetime):
            rests_until = self.rests_until.isoformat()
        else:
            rests_until = self.rests_until

        created_by = self.created_by

        created_at = self.created_at.isoformat()

        changed_at = self.changed_at.isoformat()

        due = self.due

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "description": description,
                "types": types,
                "state": state,
                "state_reason": state_reason,
                "failures": failures,
                "failing_since": failing_since,
                "rests_until": rests_until,
                "created_by": created_by,
                "created_at": created_at,
                "changed_at": changed_at,
                "due": due,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        url = d.pop("url")

        description = d.pop("description")

        types = cast(list[str], d.pop("types"))

        state = check_endpoint_state(d.pop("state"))

        def _parse_state_reason(data: object) -> EndpointStateReasonType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                state_reason_type_0 = check_endpoint_state_reason_type_0(data)

                return state_reason_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EndpointStateReasonType0 | None, data)

        state_reason = _parse_state_reason(d.pop("state_reason"))

        failures = d.pop("failures")

        def _parse_failing_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                failing_since_type_0 = datetime.datetime.fromisoformat(data)

                return failing_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        failing_since = _parse_failing_since(d.pop("failing_since"))

        def _parse_rests_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                rests_until_type_0 = datetime.datetime.fromisoformat(data)

                return rests_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        rests_until = _parse_rests_until(d.pop("rests_until"))

        created_by = d.pop("created_by")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        changed_at = datetime.datetime.fromisoformat(d.pop("changed_at"))

        due = d.pop("due")

        endpoint = cls(
            id=id,
            url=url,
            description=description,
            types=types,
            state=state,
            state_reason=state_reason,
            failures=failures,
            failing_since=failing_since,
            rests_until=rests_until,
            created_by=created_by,
            created_at=created_at,
            changed_at=changed_at,
            due=due,
        )

        endpoint.additional_properties = d
        return endpoint

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
