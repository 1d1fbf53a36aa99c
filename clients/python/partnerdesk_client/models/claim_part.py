from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.claim_part_how import ClaimPartHow, check_claim_part_how

T = TypeVar("T", bound="ClaimPart")


@_attrs_define
class ClaimPart:
    """Something that has come of a claim, and who said so.

    Attributes:
        id (UUID):
        how (ClaimPartHow):
        amount_cents (int):
        day (datetime.date):
        reference (None | str):
        entry_id (None | UUID):
        reason (None | str):
        noted_by (str):
        noted_at (datetime.datetime):
    """

    id: UUID
    how: ClaimPartHow
    amount_cents: int
    day: datetime.date
    reference: None | str
    entry_id: None | UUID
    reason: None | str
    noted_by: str
    noted_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        how: str = self.how

        amount_cents = self.amount_cents

        day = self.day.isoformat()

        reference: None | str
        reference = self.reference

        entry_id: None | str
        if isinstance(self.entry_id, UUID):
            entry_id = str(self.entry_id)
        else:
            entry_id = self.entry_id

        reason: None | str
        reason = self.reason

        noted_by = self.noted_by

        noted_at = self.noted_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "how": how,
                "amount_cents": amount_cents,
                "day": day,
                "reference": reference,
                "entry_id": entry_id,
                "reason": reason,
                "noted_by": noted_by,
                "noted_at": noted_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        how = check_claim_part_how(d.pop("how"))

        amount_cents = d.pop("amount_cents")

        day = datetime.date.fromisoformat(d.pop("day"))

        def _parse_reference(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reference = _parse_reference(d.pop("reference"))

        def _parse_entry_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                entry_id_type_0 = UUID(data)

                return entry_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        entry_id = _parse_entry_id(d.pop("entry_id"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        noted_by = d.pop("noted_by")

        noted_at = datetime.datetime.fromisoformat(d.pop("noted_at"))

        claim_part = cls(
            id=id,
            how=how,
            amount_cents=amount_cents,
            day=day,
            reference=reference,
            entry_id=entry_id,
            reason=reason,
            noted_by=noted_by,
            noted_at=noted_at,
        )

        claim_part.additional_properties = d
        return claim_part

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
