from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ProofByHand")


@_attrs_define
class ProofByHand:
    """What somebody read on the page of VIES: the consultation number and its day.

    Attributes:
        request_id (str):
        request_date (datetime.date):
    """

    request_id: str
    request_date: datetime.date

    def to_dict(self) -> dict[str, Any]:
        request_id = self.request_id

        request_date = self.request_date.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "request_id": request_id,
                "request_date": request_date,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        request_id = d.pop("request_id")

        request_date = datetime.date.fromisoformat(d.pop("request_date"))

        proof_by_hand = cls(
            request_id=request_id,
            request_date=request_date,
        )

        return proof_by_hand
