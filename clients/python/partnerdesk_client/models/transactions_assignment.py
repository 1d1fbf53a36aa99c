from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="TransactionsAssignment")


@_attrs_define
class TransactionsAssignment:
    """
    Attributes:
        partner_code (str):
    """

    partner_code: str

    def to_dict(self) -> dict[str, Any]:
        partner_code = self.partner_code

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "partner_code": partner_code,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        partner_code = d.pop("partner_code")

        transactions_assignment = cls(
            partner_code=partner_code,
        )

        return transactions_assignment
