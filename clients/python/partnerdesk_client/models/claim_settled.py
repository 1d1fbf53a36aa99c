from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ClaimSettled")


@_attrs_define
class ClaimSettled:
    """
    Attributes:
        day (datetime.date): On which day the money came
        reference (str):
        amount_cents (int | None | Unset): null: all that is open
    """

    day: datetime.date
    reference: str
    amount_cents: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        day = self.day.isoformat()

        reference = self.reference

        amount_cents: int | None | Unset
        if isinstance(self.amount_cents, Unset):
            amount_cents = UNSET
        else:
            amount_cents = self.amount_cents

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "day": day,
                "reference": reference,
            }
        )
        if amount_cents is not UNSET:
            field_dict["amount_cents"] = amount_cents

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        day = datetime.date.fromisoformat(d.pop("day"))

        reference = d.pop("reference")

        def _parse_amount_cents(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        amount_cents = _parse_amount_cents(d.pop("amount_cents", UNSET))

        claim_settled = cls(
            day=day,
            reference=reference,
            amount_cents=amount_cents,
        )

        return claim_settled
