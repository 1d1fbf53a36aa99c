from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.tax_case import TaxCase, check_tax_case
from ..types import UNSET, Unset

T = TypeVar("T", bound="PayoutRequest")


@_attrs_define
class PayoutRequest:
    """
    Attributes:
        partner (str): Code of the partner
        tax_case (None | TaxCase | Unset): Where the commissions have several tax cases; else the oldest that can be
            paid
    """

    partner: str
    tax_case: None | TaxCase | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        partner = self.partner

        tax_case: None | str | Unset
        if isinstance(self.tax_case, Unset):
            tax_case = UNSET
        elif isinstance(self.tax_case, str):
            tax_case = self.tax_case
        else:
            tax_case = self.tax_case

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "partner": partner,
            }
        )
        if tax_case is not UNSET:
            field_dict["tax_case"] = tax_case

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        partner = d.pop("partner")

        def _parse_tax_case(data: object) -> None | TaxCase | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                tax_case_type_0 = check_tax_case(data)

                return tax_case_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TaxCase | Unset, data)

        tax_case = _parse_tax_case(d.pop("tax_case", UNSET))

        payout_request = cls(
            partner=partner,
            tax_case=tax_case,
        )

        return payout_request
