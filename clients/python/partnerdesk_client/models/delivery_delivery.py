from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.delivery_delivery_how import (
    DeliveryDeliveryHow,
    check_delivery_delivery_how,
)
from ..models.delivery_delivery_outcome import (
    DeliveryDeliveryOutcome,
    check_delivery_delivery_outcome,
)

T = TypeVar("T", bound="DeliveryDelivery")


@_attrs_define
class DeliveryDelivery:
    """One attempt, or what a person said. `bounced_at`: the mail came back after it had been accepted.

    Attributes:
        id (UUID):
        how (DeliveryDeliveryHow):
        outcome (DeliveryDeliveryOutcome):
        at (datetime.datetime):
        told_by (str):
        note (None | str):
        bounced_at (datetime.datetime | None):
        bounced_by (None | str):
        bounce (None | str):
    """

    id: UUID
    how: DeliveryDeliveryHow
    outcome: DeliveryDeliveryOutcome
    at: datetime.datetime
    told_by: str
    note: None | str
    bounced_at: datetime.datetime | None
    bounced_by: None | str
    bounce: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        how: str = self.how

        outcome: str = self.outcome

        at = self.at.isoformat()

        told_by = self.told_by

        note: None | str
        note = self.note

        bounced_at: None | str
        if isinstance(self.bounced_at, datetime.datetime):
            bounced_at = self.bounced_at.isoformat()
        else:
            bounced_at = self.bounced_at

        bounced_by: None | str
        bounced_by = self.bounced_by

        bounce: None | str
        bounce = self.bounce

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "how": how,
                "outcome": outcome,
                "at": at,
                "told_by": told_by,
                "note": note,
                "bounced_at": bounced_at,
                "bounced_by": bounced_by,
                "bounce": bounce,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        how = check_delivery_delivery_how(d.pop("how"))

        outcome = check_delivery_delivery_outcome(d.pop("outcome"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

        told_by = d.pop("told_by")

        def _parse_note(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        note = _parse_note(d.pop("note"))

        def _parse_bounced_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                bounced_at_type_0 = datetime.datetime.fromisoformat(data)

                return bounced_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        bounced_at = _parse_bounced_at(d.pop("bounced_at"))

        def _parse_bounced_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        bounced_by = _parse_bounced_by(d.pop("bounced_by"))

        def _parse_bounce(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        bounce = _parse_bounce(d.pop("bounce"))

        delivery_delivery = cls(
            id=id,
            how=how,
            outcome=outcome,
            at=at,
            told_by=told_by,
            note=note,
            bounced_at=bounced_at,
            bounced_by=bounced_by,
            bounce=bounce,
        )

        delivery_delivery.additional_properties = d
        return delivery_delivery

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
