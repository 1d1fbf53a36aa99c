from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewOwnAccount")


@_attrs_define
class NewOwnAccount:
    """`bic` may be left out where the IBAN tells it, inside the EEA.

    `batch_booking` False: each payment is one booking, so that lexoffice proposes the credit note for each.

        Attributes:
            account_holder (str):
            iban (str):
            bic (None | str | Unset):
            batch_booking (bool | Unset):  Default: False.
    """

    account_holder: str
    iban: str
    bic: None | str | Unset = UNSET
    batch_booking: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        account_holder = self.account_holder

        iban = self.iban

        bic: None | str | Unset
        if isinstance(self.bic, Unset):
            bic = UNSET
        else:
            bic = self.bic

        batch_booking = self.batch_booking

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "account_holder": account_holder,
                "iban": iban,
            }
        )
        if bic is not UNSET:
            field_dict["bic"] = bic
        if batch_booking is not UNSET:
            field_dict["batch_booking"] = batch_booking

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

        batch_booking = d.pop("batch_booking", UNSET)

        new_own_account = cls(
            account_holder=account_holder,
            iban=iban,
            bic=bic,
            batch_booking=batch_booking,
        )

        return new_own_account
