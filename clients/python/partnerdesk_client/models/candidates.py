from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.candidate_shown import CandidateShown


T = TypeVar("T", bound="Candidates")


@_attrs_define
class Candidates:
    """What could be transferred now, and what not and why.

    Attributes:
        payable (list[CandidateShown]):
        barred (list[CandidateShown]):
        outside_sepa (list[CandidateShown]):
        total_cents (int): Sum of `payable`
        total_of (int): Of how many
    """

    payable: list[CandidateShown]
    barred: list[CandidateShown]
    outside_sepa: list[CandidateShown]
    total_cents: int
    total_of: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        payable = []
        for payable_item_data in self.payable:
            payable_item = payable_item_data.to_dict()
            payable.append(payable_item)

        barred = []
        for barred_item_data in self.barred:
            barred_item = barred_item_data.to_dict()
            barred.append(barred_item)

        outside_sepa = []
        for outside_sepa_item_data in self.outside_sepa:
            outside_sepa_item = outside_sepa_item_data.to_dict()
            outside_sepa.append(outside_sepa_item)

        total_cents = self.total_cents

        total_of = self.total_of

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "payable": payable,
                "barred": barred,
                "outside_sepa": outside_sepa,
                "total_cents": total_cents,
                "total_of": total_of,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.candidate_shown import CandidateShown  # noqa: PLC0415

        d = dict(src_dict)
        payable = []
        _payable = d.pop("payable")
        for payable_item_data in _payable:
            payable_item = CandidateShown.from_dict(payable_item_data)

            payable.append(payable_item)

        barred = []
        _barred = d.pop("barred")
        for barred_item_data in _barred:
            barred_item = CandidateShown.from_dict(barred_item_data)

            barred.append(barred_item)

        outside_sepa = []
        _outside_sepa = d.pop("outside_sepa")
        for outside_sepa_item_data in _outside_sepa:
            outside_sepa_item = CandidateShown.from_dict(outside_sepa_item_data)

            outside_sepa.append(outside_sepa_item)

        total_cents = d.pop("total_cents")

        total_of = d.pop("total_of")

        candidates = cls(
            payable=payable,
            barred=barred,
            outside_sepa=outside_sepa,
            total_cents=total_cents,
            total_of=total_of,
        )

        candidates.additional_properties = d
        return candidates

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
