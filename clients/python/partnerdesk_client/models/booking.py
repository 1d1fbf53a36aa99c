from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.posting_case import PostingCase, check_posting_case
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.reason_shown import ReasonShown


T = TypeVar("T", bound="Booking")


@_attrs_define
class Booking:
    """What will be booked where. Cents; without books nothing is.

    Attributes:
        books (str):
        posting_case (None | PostingCase | Unset):
        category (None | str | Unset):
        net_cents (int | Unset):  Default: 0.
        tax_cents (int | Unset):  Default: 0.
        rate (str | Unset):  Default: '0'.
        missing (None | ReasonShown | Unset):
    """

    books: str
    posting_case: None | PostingCase | Unset = UNSET
    category: None | str | Unset = UNSET
    net_cents: int | Unset = 0
    tax_cents: int | Unset = 0
    rate: str | Unset = "0"
    missing: None | ReasonShown | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.reason_shown import ReasonShown  # noqa: PLC0415

        books = self.books

        posting_case: None | str | Unset
        if isinstance(self.posting_case, Unset):
            posting_case = UNSET
        elif isinstance(self.posting_case, str):
            posting_case = self.posting_case
        else:
            posting_case = self.posting_case

        category: None | str | Unset
        if isinstance(self.category, Unset):
            category = UNSET
        else:
            category = self.category

        net_cents = self.net_cents

        tax_cents = self.tax_cents

        rate = self.rate

        missing: dict[str, Any] | None | Unset
        if isinstance(self.missing, Unset):
            missing = UNSET
        elif isinstance(self.missing, ReasonShown):
            missing = self.missing.to_dict()
        else:
            missing = self.missing

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "books": books,
            }
        )
        if posting_case is not UNSET:
            field_dict["posting_case"] = posting_case
        if category is not UNSET:
            field_dict["category"] = category
        if net_cents is not UNSET:
            field_dict["net_cents"] = net_cents
        if tax_cents is not UNSET:
            field_dict["tax_cents"] = tax_cents
        if rate is not UNSET:
            field_dict["rate"] = rate
        if missing is not UNSET:
            field_dict["missing"] = missing

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reason_shown import ReasonShown  # noqa: PLC0415

        d = dict(src_dict)
        books = d.pop("books")

        def _parse_posting_case(data: object) -> None | PostingCase | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                posting_case_type_0 = check_posting_case(data)

                return posting_case_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PostingCase | Unset, data)

        posting_case = _parse_posting_case(d.pop("posting_case", UNSET))

        def _parse_category(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        category = _parse_category(d.pop("category", UNSET))

        net_cents = d.pop("net_cents", UNSET)

        tax_cents = d.pop("tax_cents", UNSET)

        rate = d.pop("rate", UNSET)

        def _parse_missing(data: object) -> None | ReasonShown | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                missing_type_0 = ReasonShown.from_dict(data)

                return missing_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReasonShown | Unset, data)

        missing = _parse_missing(d.pop("missing", UNSET))

        booking = cls(
            books=books,
            posting_case=posting_case,
            category=category,
            net_cents=net_cents,
            tax_cents=tax_cents,
            rate=rate,
            missing=missing,
        )

        booking.additional_properties = d
        return booking

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
