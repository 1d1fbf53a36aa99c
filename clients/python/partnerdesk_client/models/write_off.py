from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WriteOff")


@_attrs_define
class WriteOff:
    """Who wants the rest of a claim written off, why, and what was decided. Cents, gross, as it was asked for.

    Attributes:
        id (UUID):
        claim_id (UUID):
        amount_cents (int):
        reason (str):
        requested_by (str):
        requested_at (datetime.datetime):
        decided_by (None | str):
        decided_at (datetime.datetime | None):
        confirmed (bool | None):
        decided_alone (bool):
    """

    id: UUID
    claim_id: UUID
    amount_cents: int
    reason: str
    requested_by: str
    requested_at: datetime.datetime
    decided_by: None | str
    decided_at: datetime.datetime | None
    confirmed: bool | None
    decided_alone: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        claim_id = str(self.claim_id)

        amount_cents = self.amount_cents

        reason = self.reason

        requested_by = self.requested_by

        requested_at = self.requested_at.isoformat()

        decided_by: None | str
        decided_by = self.decided_by

        decided_at: None | str
        if isinstance(self.decided_at, datetime.datetime):
            decided_at = self.decided_at.isoformat()
        else:
            decided_at = self.decided_at

        confirmed: bool | None
        confirmed = self.confirmed

        decided_alone = self.decided_alone

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "claim_id": claim_id,
                "amount_cents": amount_cents,
                "reason": reason,
                "requested_by": requested_by,
                "requested_at": requested_at,
                "decided_by": decided_by,
                "decided_at": decided_at,
                "confirmed": confirmed,
                "decided_alone": decided_alone,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        claim_id = UUID(d.pop("claim_id"))

        amount_cents = d.pop("amount_cents")

        reason = d.pop("reason")

        requested_by = d.pop("requested_by")

        requested_at = datetime.datetime.fromisoformat(d.pop("requested_at"))

        def _parse_decided_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        decided_by = _parse_decided_by(d.pop("decided_by"))

        def _parse_decided_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                decided_at_type_0 = datetime.datetime.fromisoformat(data)

                return decided_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        decided_at = _parse_decided_at(d.pop("decided_at"))

        def _parse_confirmed(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        confirmed = _parse_confirmed(d.pop("confirmed"))

        decided_alone = d.pop("decided_alone")

        write_off = cls(
            id=id,
            claim_id=claim_id,
            amount_cents=amount_cents,
            reason=reason,
            requested_by=requested_by,
            requested_at=requested_at,
            decided_by=decided_by,
            decided_at=decided_at,
            confirmed=confirmed,
            decided_alone=decided_alone,
        )

        write_off.additional_properties = d
        return write_off

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
