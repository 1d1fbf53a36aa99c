from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewBankDetails")


@_attrs_define
class NewBankDetails:
    """`bic` is needed for accounts that SEPA reaches beyond the EEA.

    Attributes:
        account_holder (str):
        iban (str):
        bic (None | str | Unset):
    """

    account_holder: str
    iban: str
    bic: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        account_holder = self.account_holder

        iban = self.iban

        bic: None | str | Unset
        if isinstance(self.bic, Unset):
            bic = UNSET
        else:
            bic = self.bic

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "account_holder": account_holder,
                "iban": iban,
            }
        )
        if bic is not UNSET:
            field_dict["bic"] = bic

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        account_holder = d.pop("account_holder")

        iban = d.pop("iban")

        def _parse_bic(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        bic = _parse_bic(d.pop("bic", UNSET))

        new_bank_details = cls(
            account_holder=account_holder,
            iban=iban,
            bic=bic,
        )

        return new_bank_details
