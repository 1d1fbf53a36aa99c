from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Compared")


@_attrs_define
class Compared:
    """One credit note: what was approved, what lexoffice made of it, and what it last said of it. Cents.

    Attributes:
        dated (datetime.date):
        credit_note_number (None | str):
        payout (str):
        payout_state (str):
        document_status (None | str):
        approved_net_cents (int):
        approved_tax_cents (int):
        approved_gross_cents (int):
        document_net_cents (int | None):
        document_tax_cents (int | None):
        document_gross_cents (int | None):
        open_cents (int | None):
        fetched_at (datetime.datetime | None):
        differences (list[str]):
    """

    dated: datetime.date
    credit_note_number: None | str
    payout: str
    payout_state: str
    document_status: None | str
    approved_net_cents: int
    approved_tax_cents: int
    approved_gross_cents: int
    document_net_cents: int | None
    document_tax_cents: int | None
    document_gross_cents: int | None
    open_cents: int | None
    fetched_at: datetime.datetime | None
    differences: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        dated = self.dated.isoformat()

        credit_note_number: None | str
        credit_note_number = self.credit_note_number

        payout = self.payout

        payout_state = self.payout_state

        document_status: None | str
        document_status = self.document_status

        approved_net_cents = self.approved_net_cents

        approved_tax_cents = self.approved_tax_cents

        approved_gross_cents = self.approved_gross_cents

        document_net_cents: int | None
        document_net_cents = self.document_net_cents

        document_tax_cents: int | None
        document_tax_cents = self.document_tax_cents

        document_gross_cents: int | None
        document_gross_cents = self.document_gross_cents

        open_cents: int | None
        open_cents = self.open_cents

        fetched_at: None | str
        if isinstance(self.fetched_at, datetime.datetime):
            fetched_at = self.fetched_at.isoformat()
        else:
            fetched_at = self.fetched_at

        differences = self.differences

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "dated": dated,
                "credit_note_number": credit_note_number,
                "payout": payout,
                "payout_state": payout_state,
                "document_status": document_status,
                "approved_net_cents": approved_net_cents,
                "approved_tax_cents": approved_tax_cents,
                "approved_gross_cents": approved_gross_cents,
                "document_net_cents": document_net_cents,
                "document_tax_cents": document_tax_cents,
                "document_gross_cents": document_gross_cents,
                "open_cents": open_cents,
                "fetched_at": fetched_at,
                "differences": differences,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        dated = datetime.date.fromisoformat(d.pop("dated"))

        def _parse_credit_note_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        credit_note_number = _parse_credit_note_number(d.pop("credit_note_number"))

        payout = d.pop("payout")

        payout_state = d.pop("payout_state")

        def _parse_document_status(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        document_status = _parse_document_status(d.pop("document_status"))

        approved_net_cents = d.pop("approved_net_cents")

        approved_tax_cents = d.pop("approved_tax_cents")

        approved_gross_cents = d.pop("approved_gross_cents")

        def _parse_document_net_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        document_net_cents = _parse_document_net_cents(d.pop("document_net_cents"))

        def _parse_document_tax_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        document_tax_cents = _parse_document_tax_cents(d.pop("document_tax_cents"))

        def _parse_document_gross_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        document_gross_cents = _parse_document_gross_cents(d.pop("document_gross_cents"))

        def _parse_open_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        open_cents = _parse_open_cents(d.pop("open_cents"))

        def _parse_fetched_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                fetched_at_type_0 = datetime.datetime.fromisoformat(data)

                return fetched_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        fetched_at = _parse_fetched_at(d.pop("fetched_at"))

        differences = cast(list[str], d.pop("differences"))

        compared = cls(
            dated=dated,
            credit_note_number=credit_note_number,
            payout=payout,
            payout_state=payout_state,
            document_status=document_status,
            approved_net_cents=approved_net_cents,
            approved_tax_cents=approved_tax_cents,
            approved_gross_cents=approved_gross_cents,
            document_net_cents=document_net_cents,
            document_tax_cents=document_tax_cents,
            document_gross_cents=document_gross_cents,
            open_cents=open_cents,
            fetched_at=fetched_at,
            differences=differences,
        )

        compared.additional_properties = d
        return compared

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
