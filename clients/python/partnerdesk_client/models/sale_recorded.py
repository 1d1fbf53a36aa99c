from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.sale_recorded_outcome import (
    SaleRecordedOutcome,
    check_sale_recorded_outcome,
)

if TYPE_CHECKING:
    from ..models.transaction_in_full import TransactionInFull


T = TypeVar("T", bound="SaleRecorded")


@_attrs_define
class SaleRecorded:
    """
    Attributes:
        outcome (SaleRecordedOutcome): `asks`: it contradicts what was told before; nothing is booked, a person is asked
        reason (None | str):
        reason_code (None | str):
        transaction (TransactionInFull): With its commissions, level by level.
    """

    outcome: SaleRecordedOutcome
    reason: None | str
    reason_code: None | str
    transaction: TransactionInFull
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        outcome: str = self.outcome

        reason: None | str
        reason = self.reason

        reason_code: None | str
        reason_code = self.reason_code

        transaction = self.transaction.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "outcome": outcome,
                "reason": reason,
                "reason_code": reason_code,
                "transaction": transaction,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.transaction_in_full import TransactionInFull  # noqa: PLC0415

        d = dict(src_dict)
        outcome = check_sale_recorded_outcome(d.pop("outcome"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_reason_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason_code = _parse_reason_code(d.pop("reason_code"))

        transaction = TransactionInFull.from_dict(d.pop("transaction"))

        sale_recorded = cls(
            outcome=outcome,
            reason=reason,
            reason_code=reason_code,
            transaction=transaction,
        )

        sale_recorded.additional_properties = d
        return sale_recorded

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
