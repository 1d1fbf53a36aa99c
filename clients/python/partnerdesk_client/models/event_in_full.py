from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.event_state import EventState, check_event_state
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.event_in_full_reason_params_type_0 import EventInFullReasonParamsType0


T = TypeVar("T", bound="EventInFull")


@_attrs_define
class EventInFull:
    """With the body as it arrived and the document that was fetched because of it.

    Attributes:
        id (int):
        provider (str):
        organization_id (None | str):
        event_type (str):
        resource_id (str):
        event_date (datetime.datetime | None):
        signed (bool):
        payment_reference (None | str):
        state (EventState): received: to be handled; waiting: for our own document's id, or for the sweep; the others
            say how it ended.
        reason_code (None | str):
        reason_params (EventInFullReasonParamsType0 | None):
        snapshot_id (None | UUID):
        delivery (int):
        received_at (datetime.datetime):
        handed_over_at (datetime.datetime | None):
        handled_at (datetime.datetime | None):
        reason (None | str): Why
        body (Any):
        snapshot (Any):
        changes (Any | Unset):
        body_erased_at (datetime.datetime | None | Unset):
    """

    id: int
    provider: str
    organization_id: None | str
    event_type: str
    resource_id: str
    event_date: datetime.datetime | None
    signed: bool
    payment_reference: None | str
    state: EventState
    reason_code: None | str
    reason_params: EventInFullReasonParamsType0 | None
    snapshot_id: None | UUID
    delivery: int
    received_at: datetime.datetime
    handed_over_at: datetime.datetime | None
    handled_at: datetime.datetime | None
    reason: None | str
    body: Any
    snapshot: Any
    changes: Any | Unset = UNSET
    body_erased_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.event_in_full_reason_params_type_0 import (
            EventInFullReasonParamsType0,  # noqa: PLC0415
        )

        id = self.id

        provider = self.provider

        organization_id: None | str
        organization_id = self.organization_id

        event_type = self.event_type

        resource_id = self.resource_id

        event_date: None | str
        if isinstance(self.event_date, datetime.datetime):
            event_date = self.event_date.isoformat()
        else:
            event_date = self.event_date

        signed = self.signed

        payment_reference: None | str
        payment_reference = self.payment_reference

        state: str = self.state

        reason_code: None | str
        reason_code = self.reason_code

        reason_params: dict[str, Any] | None
        if isinstance(self.reason_params, EventInFullReasonParamsType0):
            reason_params = self.reason_params.to_dict()
        else:
            reason_params = self.reason_params

        snapshot_id: None | str
        if isinstance(self.snapshot_id, UUID):
            snapshot_id = str(self.snapshot_id)
        else:
            snapshot_id = self.snapshot_id

        delivery = self.delivery

        received_at = self.received_at.isoformat()

        handed_over_at: None | str
        if isinstance(self.handed_over_at, datetime.datetime):
            handed_over_at = self.handed_over_at.isoformat()
        else:
            handed_over_at = self.handed_over_at

        handled_at: None | str
        if isinstance(self.handled_at, datetime.datetime):
            handled_at = self.handled_at.isoformat()
        else:
            handled_at = self.handled_at

        reason: None | str
        reason = self.reason

        body = self.body

        snapshot = self.snapshot

        changes = self.changes

        body_erased_at: None | str | Unset
        if isinstance(self.body_erased_at, Unset):
            body_erased_at = UNSET
        elif isinstance(self.body_erased_at, datetime.datetime):
            body_erased_at = self.body_erased_at.isoformat()
        else:
            body_erased_at = self.body_erased_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "provider": provider,
                "organization_id": organization_id,
                "event_type": event_type,
                "resource_id": resource_id,
                "event_date": event_date,
                "signed": signed,
                "payment_reference": payment_reference,
                "state": state,
                "reason_code": reason_code,
                "reason_params": reason_params,
                "snapshot_id": snapshot_id,
                "delivery": delivery,
                "received_at": received_at,
                "handed_over_at": handed_over_at,
                "handled_at": handled_at,
                "reason": reason,
                "body": body,
                "snapshot": snapshot,
            }
        )
        if changes is not UNSET:
            field_dict["changes"] = changes
        if body_erased_at is not UNSET:
            field_dict["body_erased_at"] = body_erased_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_in_full_reason_params_type_0 import (
            EventInFullReasonParamsType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        id = d.pop("id")

        provider = d.pop("provider")

        def _parse_organization_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        organization_id = _parse_organization_id(d.pop("organization_id"))

        event_type = d.pop("event_type")

        resource_id = d.pop("resource_id")

        def _parse_event_date(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                event_date_type_0 = datetime.datetime.fromisoformat(data)

                return event_date_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        event_date = _parse_event_date(d.pop("event_date"))

        signed = d.pop("signed")

        def _parse_payment_reference(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        payment_reference = _parse_payment_reference(d.pop("payment_reference"))

        state = check_event_state(d.pop("state"))

        def _parse_reason_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason_code = _parse_reason_code(d.pop("reason_code"))

        def _parse_reason_params(data: object) -> EventInFullReasonParamsType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                reason_params_type_0 = EventInFullReasonParamsType0.from_dict(data)

                return reason_params_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EventInFullReasonParamsType0 | None, data)

        reason_params = _parse_reason_params(d.pop("reason_params"))

        def _parse_snapshot_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                snapshot_id_type_0 = UUID(data)

                return snapshot_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        snapshot_id = _parse_snapshot_id(d.pop("snapshot_id"))

        delivery = d.pop("delivery")

        received_at = datetime.datetime.fromisoformat(d.pop("received_at"))

        def _parse_handed_over_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                handed_over_at_type_0 = datetime.datetime.fromisoformat(data)

                return handed_over_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        handed_over_at = _parse_handed_over_at(d.pop("handed_over_at"))

        def _parse_handled_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                handled_at_type_0 = datetime.datetime.fromisoformat(data)

                return handled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        handled_at = _parse_handled_at(d.pop("handled_at"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        body = d.pop("body")

        snapshot = d.pop("snapshot")

        changes = d.pop("changes", UNSET)

        def _parse_body_erased_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                body_erased_at_type_0 = datetime.datetime.fromisoformat(data)

                return body_erased_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        body_erased_at = _parse_body_erased_at(d.pop("body_erased_at", UNSET))

        event_in_full = cls(
            id=id,
            provider=provider,
            organization_id=organization_id,
            event_type=event_type,
            resource_id=resource_id,
            event_date=event_date,
            signed=signed,
            payment_reference=payment_reference,
            state=state,
            reason_code=reason_code,
            reason_params=reason_params,
            snapshot_id=snapshot_id,
            delivery=delivery,
            received_at=received_at,
            handed_over_at=handed_over_at,
            handled_at=handled_at,
            reason=reason,
            body=body,
            snapshot=snapshot,
            changes=changes,
            body_erased_at=body_erased_at,
        )

        event_in_full.additional_properties = d
        return event_in_full

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
