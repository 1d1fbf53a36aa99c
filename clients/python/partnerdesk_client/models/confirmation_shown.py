from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.posting_case import PostingCase, check_posting_case

T = TypeVar("T", bound="ConfirmationShown")


@_attrs_define
class ConfirmationShown:
    """Who has looked at which voucher of the kind, and what the Voranmeldung showed of it (Kz 46/47, 84/85, 67).

    Attributes:
        posting_case (PostingCase): What a voucher's lines are booked as; several tax cases may share one.
        organization_id (UUID):
        category_id (UUID):
        voucher_number (str):
        shown (str):
        confirmed_by (str):
        confirmed_at (datetime.datetime):
    """

    posting_case: PostingCase
    organization_id: UUID
    category_id: UUID
    voucher_number: str
    shown: str
    confirmed_by: str
    confirmed_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        posting_case: str = self.posting_case

        organization_id = str(self.organization_id)

        category_id = str(self.category_id)

        voucher_number = self.voucher_number

        shown = self.shown

        confirmed_by = self.confirmed_by

        confirmed_at = self.confirmed_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "posting_case": posting_case,
                "organization_id": organization_id,
                "category_id": category_id,
                "voucher_number": voucher_number,
                "shown": shown,
                "confirmed_by": confirmed_by,
                "confirmed_at": confirmed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        posting_case = check_posting_case(d.pop("posting_case"))

        organization_id = UUID(d.pop("organization_id"))

        category_id = UUID(d.pop("category_id"))

        voucher_number = d.pop("voucher_number")

        shown = d.pop("shown")

        confirmed_by = d.pop("confirmed_by")

        confirmed_at = datetime.datetime.fromisoformat(d.pop("confirmed_at"))

        confirmation_shown = cls(
            posting_case=posting_case,
            organization_id=organization_id,
            category_id=category_id,
            voucher_number=voucher_number,
            shown=shown,
            confirmed_by=confirmed_by,
            confirmed_at=confirmed_at,
        )

        confirmation_shown.additional_properties = d
        return confirmation_shown

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
