from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tax_case import TaxCase, check_tax_case

T = TypeVar("T", bound="ReverseChargeDocument")


@_attrs_define
class ReverseChargeDocument:
    """One document of the month; a Storno or a correction is negative. Cents.

    Attributes:
        number (str):
        issued_on (datetime.date):
        payout (None | str):
        partner_code (str):
        partner_name (str):
        tax_case (None | TaxCase):
        net_cents (int):
    """

    number: str
    issued_on: datetime.date
    payout: None | str
    partner_code: str
    partner_name: str
    tax_case: None | TaxCase
    net_cents: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        issued_on = self.issued_on.isoformat()

        payout: None | str
        payout = self.payout

        partner_code = self.partner_code

        partner_name = self.partner_name

        tax_case: None | str
        if isinstance(self.tax_case, str):
            tax_case = self.tax_case
        else:
            tax_case = self.tax_case

        net_cents = self.net_cents

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "issued_on": issued_on,
                "payout": payout,
                "partner_code": partner_code,
                "partner_name": partner_name,
                "tax_case": tax_case,
                "net_cents": net_cents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        number = d.pop("number")

        issued_on = datetime.date.fromisoformat(d.pop("issued_on"))

        def _parse_payout(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        payout = _parse_payout(d.pop("payout"))

        partner_code = d.pop("partner_code")

        partner_name = d.pop("partner_name")

        def _parse_tax_case(data: object) -> None | TaxCase:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                tax_case_type_0 = check_tax_case(data)

                return tax_case_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TaxCase, data)

        tax_case = _parse_tax_case(d.pop("tax_case"))

        net_cents = d.pop("net_cents")

        reverse_charge_document = cls(
            number=number,
            issued_on=issued_on,
            payout=payout,
            partner_code=partner_code,
            partner_name=partner_name,
            tax_case=tax_case,
            net_cents=net_cents,
        )

        reverse_charge_document.additional_properties = d
        return reverse_charge_document

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
