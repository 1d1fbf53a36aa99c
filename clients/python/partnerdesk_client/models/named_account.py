from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

T = TypeVar("T", bound="NamedAccount")


@_attrs_define
class NamedAccount:
    """
    Attributes:
        account (UUID): `id` of the bank account as it was shown
    """

    account: UUID

    def to_dict(self) -> dict[str, Any]:
        account = str(self.account)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "account": account,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        account = UUID(d.pop("account"))

        named_account = cls(
            account=account,
        )

        return named_account
