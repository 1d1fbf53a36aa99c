from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="BankStatementsAssignment")


@_attrs_define
class BankStatementsAssignment:
    """
    Attributes:
        payout (str): The payout that the booking paid, or brought back
    """

    payout: str

    def to_dict(self) -> dict[str, Any]:
        payout = self.payout

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "payout": payout,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        payout = d.pop("payout")

        bank_statements_assignment = cls(
            payout=payout,
        )

        return bank_statements_assignment
