from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

T = TypeVar("T", bound="RefusedAccount")


@_attrs_define
class RefusedAccount:
    """
    Attributes:
        account (UUID): `id` of the bank account as it was shown
        reason (str):
    """

    account: UUID
    reason: str

    def to_dict(self) -> dict[str, Any]:
        account = str(self.account)

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "account": account,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        account = UUID(d.pop("account"))

        reason = d.pop("reason")

        refused_account = cls(
            account=account,
            reason=reason,
        )

        return refused_account
