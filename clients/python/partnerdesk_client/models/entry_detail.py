from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="EntryDetail")


@_attrs_define
class EntryDetail:
    """A transfer within a booking; of the other account the last four characters.

    Attributes:
        end_to_end_id (None | str):
        amount_cents (int | None):
        other_name (None | str):
        other_iban_last4 (None | str):
        return_code (None | str):
        text (None | str):
    """

    end_to_end_id: None | str
    amount_cents: int | None
    other_name: None | str
    other_iban_last4: None | str
    return_code: None | str
    text: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        end_to_end_id: None | str
        end_to_end_id = self.end_to_end_id

        amount_cents: int | None
        amount_cents = self.amount_cents

        other_name: None | str
        other_name = self.other_name

        other_iban_last4: None | str
        other_iban_last4 = self.other_iban_last4

        return_code: None | str
        return_code = self.return_code

        text: None | str
        text = self.text

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "end_to_end_id": end_to_end_id,
                "amount_cents": amount_cents,
                "other_name": other_name,
                "other_iban_last4": other_iban_last4,
                "return_code": return_code,
                "text": text,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_end_to_end_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        end_to_end_id = _parse_end_to_end_id(d.pop("end_to_end_id"))

        def _parse_amount_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        amount_cents = _parse_amount_cents(d.pop("amount_cents"))

        def _parse_other_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        other_name = _parse_other_name(d.pop("other_name"))

        def _parse_other_iban_last4(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        other_iban_last4 = _parse_other_iban_last4(d.pop("other_iban_last4"))

        def _parse_return_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        return_code = _parse_return_code(d.pop("return_code"))

        def _parse_text(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        text = _parse_text(d.pop("text"))

        entry_detail = cls(
            end_to_end_id=end_to_end_id,
            amount_cents=amount_cents,
            other_name=other_name,
            other_iban_last4=other_iban_last4,
            return_code=return_code,
            text=text,
        )

        entry_detail.additional_properties = d
        return entry_detail

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
