from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.entry_proof_kind import EntryProofKind, check_entry_proof_kind

T = TypeVar("T", bound="EntryProof")


@_attrs_define
class EntryProof:
    """What a booking is evidence of; `assigned_by` where a person said so.

    Attributes:
        payout (str):
        kind (EntryProofKind):
        amount_cents (int):
        reason_code (None | str):
        assigned_by (None | str):
    """

    payout: str
    kind: EntryProofKind
    amount_cents: int
    reason_code: None | str
    assigned_by: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        payout = self.payout

        kind: str = self.kind

        amount_cents = self.amount_cents

        reason_code: None | str
        reason_code = self.reason_code

        assigned_by: None | str
        assigned_by = self.assigned_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "payout": payout,
                "kind": kind,
                "amount_cents": amount_cents,
                "reason_code": reason_code,
                "assigned_by": assigned_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        payout = d.pop("payout")

        kind = check_entry_proof_kind(d.pop("kind"))

        amount_cents = d.pop("amount_cents")

        def _parse_reason_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason_code = _parse_reason_code(d.pop("reason_code"))

        def _parse_assigned_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        assigned_by = _parse_assigned_by(d.pop("assigned_by"))

        entry_proof = cls(
            payout=payout,
            kind=kind,
            amount_cents=amount_cents,
            reason_code=reason_code,
            assigned_by=assigned_by,
        )

        entry_proof.additional_properties = d
        return entry_proof

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
