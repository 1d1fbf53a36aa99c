from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.delivery_with_attempts_state import (
    DeliveryWithAttemptsState,
    check_delivery_with_attempts_state,
)

if TYPE_CHECKING:
    from ..models.attempt_shown import AttemptShown


T = TypeVar("T", bound="DeliveryWithAttempts")


@_attrs_define
class DeliveryWithAttempts:
    """
    Attributes:
        id (UUID):
        event (UUID):
        type_ (str):
        subject (str):
        subject_id (str):
        state (DeliveryWithAttemptsState):
        tries (int):
        next_at (datetime.datetime):
        replayed_by (None | str):
        created_at (datetime.datetime):
        changed_at (datetime.datetime):
        delivered_at (datetime.datetime | None):
        status (int | None):
        failure (None | str):
        answer (None | str):
        attempts (list[AttemptShown]): The newest attempt first, a hundred at most
    """

    id: UUID
    event: UUID
    type_: str
    subject: str
    subject_id: str
    state: DeliveryWithAttemptsState
    tries: int
    next_at: datetime.datetime
    replayed_by: None | str
    created_at: datetime.datetime
    changed_at: datetime.datetime
    delivered_at: datetime.datetime | None
    status: int | None
    failure: None | str
    answer: None | str
    attempts: list[AttemptShown]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        event = str(self.event)

        type_ = self.type_

        subject = self.subject

        subject_id = self.subject_id

        state: str = self.state

        tries = self.tries

        next_at = self.next_at.isoformat()

        replayed_by: None | str
        replayed_by = self.replayed_by

        created_at = self.created_at.isoformat()

        changed_at = self.changed_at.isoformat()

        delivered_at: None | str
        if isinstance(self.delivered_at, datetime.datetime):
            delivered_at = self.delivered_at.isoformat()
        else:
            delivered_at = self.delivered_at

        status: int | None
        status = self.status

        failure: None | str
        failure = self.failure

        answer: None | str
        answer = self.answer

        attempts = []
        for attempts_item_data in self.attempts:
            attempts_item = attempts_item_data.to_dict()
            attempts.append(attempts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "event": event,
                "type": type_,
                "subject": subject,
                "subject_id": subject_id,
                "state": state,
                "tries": tries,
                "next_at": next_at,
                "replayed_by": replayed_by,
                "created_at": created_at,
                "changed_at": changed_at,
                "delivered_at": delivered_at,
                "status": status,
                "failure": failure,
                "answer": answer,
                "attempts": attempts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.attempt_shown import AttemptShown  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        event = UUID(d.pop("event"))

        type_ = d.pop("type")

        subject = d.pop("subject")

        subject_id = d.pop("subject_id")

        state = check_delivery_with_attempts_state(d.pop("state"))

        tries = d.pop("tries")

        next_at = datetime.datetime.fromisoformat(d.pop("next_at"))

        def _parse_replayed_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        replayed_by = _parse_replayed_by(d.pop("replayed_by"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        changed_at = datetime.datetime.fromisoformat(d.pop("changed_at"))

        def _parse_delivered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                delivered_at_type_0 = datetime.datetime.fromisoformat(data)

                return delivered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        delivered_at = _parse_delivered_at(d.pop("delivered_at"))

        def _parse_status(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        status = _parse_status(d.pop("status"))

        def _parse_failure(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        failure = _parse_failure(d.pop("failure"))

        def _parse_answer(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        answer = _parse_answer(d.pop("answer"))

        attempts = []
        _attempts = d.pop("attempts")
        for attempts_item_data in _attempts:
            attempts_item = AttemptShown.from_dict(attempts_item_data)

            attempts.append(attempts_item)

        delivery_with_attempts = cls(
            id=id,
            event=event,
            type_=type_,
            subject=subject,
            subject_id=subject_id,
            state=state,
            tries=tries,
            next_at=next_at,
            replayed_by=replayed_by,
            created_at=created_at,
            changed_at=changed_at,
            delivered_at=delivered_at,
            status=status,
            failure=failure,
            answer=answer,
            attempts=attempts,
        )

        delivery_with_attempts.additional_properties = d
        return delivery_with_attempts

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
