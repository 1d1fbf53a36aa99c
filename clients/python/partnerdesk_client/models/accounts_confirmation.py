from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.accounts_confirmation_how import (
    AccountsConfirmationHow,
    check_accounts_confirmation_how,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="AccountsConfirmation")


@_attrs_define
class AccountsConfirmation:
    """
    Attributes:
        seen (str): `seen` of what was shown
        how (AccountsConfirmationHow | Unset): Whether all were looked at, or the sample Default: 'whole'.
    """

    seen: str
    how: AccountsConfirmationHow | Unset = "whole"

    def to_dict(self) -> dict[str, Any]:
        seen = self.seen

        how: str | Unset = UNSET
        if not isinstance(self.how, Unset):
            how = self.how

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "seen": seen,
            }
        )
        if how is not UNSET:
            field_dict["how"] = how

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        seen = d.pop("seen")

        _how = d.pop("how", UNSET)
        how: AccountsConfirmationHow | Unset
        if isinstance(_how, Unset):
            how = UNSET
        else:
            how = check_accounts_confirmation_how(_how)

        accounts_confirmation = cls(
            seen=seen,
            how=how,
        )

        return accounts_confirmation
