from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.tax_case import TaxCase, check_tax_case

T = TypeVar("T", bound="CorrectionWanted")


@_attrs_define
class CorrectionWanted:
    """
    Attributes:
        tax_case (TaxCase): What one document can hold: one case per payout. The last three are told by a document of
            our own only.
        reason (str):
    """

    tax_case: TaxCase
    reason: str

    def to_dict(self) -> dict[str, Any]:
        tax_case: str = self.tax_case

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tax_case": tax_case,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        tax_case = check_tax_case(d.pop("tax_case"))

        reason = d.pop("reason")

        correction_wanted = cls(
            tax_case=tax_case,
            reason=reason,
        )

        return correction_wanted
