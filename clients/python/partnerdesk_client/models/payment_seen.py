from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PaymentSeen")


@_attrs_define
class PaymentSeen:
    """
    Attributes:
        paid_on (datetime.date): Day of the debit, in German time
        reference (str): What the payment is known by on the bank statement
        reason (None | str | Unset):
    """

    paid_on: datetime.date
    reference: str
    reason: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        paid_on = self.paid_on.isoformat()

        reference = self.reference

        reason: None | str | Unset
        if isinstance(self.reason, Unset):
            reason = UNSET
        else:
            reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "paid_on": paid_on,
                "reference": reference,
            }
        )
        if reason is not UNSET:
            field_dict["reason"] = reason

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        paid_on = datetime.date.fromisoformat(d.pop("paid_on"))

        reference = d.pop("reference")

        def _parse_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reason = _parse_reason(d.pop("reason", UNSET))

        payment_seen = cls(
            paid_on=paid_on,
            reference=reference,
            reason=reason,
        )

        return payment_seen
