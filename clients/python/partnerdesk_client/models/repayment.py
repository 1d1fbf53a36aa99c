from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Repayment")


@_attrs_define
class Repayment:
    """What of a booking repays a claim, as a person said.

    Attributes:
        claim (UUID):
        partner (str):
        amount_cents (int):
        assigned_by (str):
    """

    claim: UUID
    partner: str
    amount_cents: int
    assigned_by: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        claim = str(self.claim)

        partner = self.partner

        amount_cents = self.amount_cents

        assigned_by = self.assigned_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "claim": claim,
                "partner": partner,
                "amount_cents": amount_cents,
                "assigned_by": assigned_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        claim = UUID(d.pop("claim"))

        partner = d.pop("partner")

        amount_cents = d.pop("amount_cents")

        assigned_by = d.pop("assigned_by")

        repayment = cls(
            claim=claim,
            partner=partner,
            amount_cents=amount_cents,
            assigned_by=assigned_by,
        )

        repayment.additional_properties = d
        return repayment

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
