from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SetOffRow")


@_attrs_define
class SetOffRow:
    """A claim set off against a payout. `number`: of the document or payout that the claim came of. Cents, gross.

    Attributes:
        id (UUID):
        payout_number (str):
        claim_id (UUID):
        number (str):
        amount_cents (int):
        made_at (datetime.datetime):
        released_at (datetime.datetime | None):
    """

    id: UUID
    payout_number: str
    claim_id: UUID
    number: str
    amount_cents: int
    made_at: datetime.datetime
    released_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        payout_number = self.payout_number

        claim_id = str(self.claim_id)

        number = self.number

        amount_cents = self.amount_cents

        made_at = self.made_at.isoformat()

        released_at: None | str
        if isinstance(self.released_at, datetime.datetime):
            released_at = self.released_at.isoformat()
        else:
            released_at = self.released_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "payout_number": payout_number,
                "claim_id": claim_id,
                "number": number,
                "amount_cents": amount_cents,
                "made_at": made_at,
                "released_at": released_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        payout_number = d.pop("payout_number")

        claim_id = UUID(d.pop("claim_id"))

        number = d.pop("number")

        amount_cents = d.pop("amount_cents")

        made_at = datetime.datetime.fromisoformat(d.pop("made_at"))

        def _parse_released_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                released_at_type_0 = datetime.datetime.fromisoformat(data)

                return released_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        released_at = _parse_released_at(d.pop("released_at"))

        set_off_row = cls(
            id=id,
            payout_number=payout_number,
            claim_id=claim_id,
            number=number,
            amount_cents=amount_cents,
            made_at=made_at,
            released_at=released_at,
        )

        set_off_row.additional_properties = d
        return set_off_row

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
