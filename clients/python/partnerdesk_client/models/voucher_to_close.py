from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.document_kind import DocumentKind, check_document_kind
from ..models.payout_state import PayoutState, check_payout_state

T = TypeVar("T", bound="VoucherToClose")


@_attrs_define
class VoucherToClose:
    """A voucher of the working list, with the line of the bank's statement that paid it. Cents.

    Attributes:
        payout (str):
        payout_state (PayoutState): The states of a payout.
        partner_code (str):
        partner_name (str):
        number (None | str):
        kind (DocumentKind): Kinds of documents in the books, spelled as in the paths of the provider's API.
        resource_id (UUID):
        dated (datetime.datetime):
        gross_cents (int | None):
        bank_run (None | str):
        booked_on (datetime.date | None):
        bank_reference (None | str):
        is_closed (bool):
        assigned_to (None | str):
    """

    payout: str
    payout_state: PayoutState
    partner_code: str
    partner_name: str
    number: None | str
    kind: DocumentKind
    resource_id: UUID
    dated: datetime.datetime
    gross_cents: int | None
    bank_run: None | str
    booked_on: datetime.date | None
    bank_reference: None | str
    is_closed: bool
    assigned_to: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        payout = self.payout

        payout_state: str = self.payout_state

        partner_code = self.partner_code

        partner_name = self.partner_name

        number: None | str
        number = self.number

        kind: str = self.kind

        resource_id = str(self.resource_id)

        dated = self.dated.isoformat()

        gross_cents: int | None
        gross_cents = self.gross_cents

        bank_run: None | str
        bank_run = self.bank_run

        booked_on: None | str
        if isinstance(self.booked_on, datetime.date):
            booked_on = self.booked_on.isoformat()
        else:
            booked_on = self.booked_on

        bank_reference: None | str
        bank_reference = self.bank_reference

        is_closed = self.is_closed

        assigned_to: None | str
        assigned_to = self.assigned_to

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "payout": payout,
                "payout_state": payout_state,
                "partner_code": partner_code,
                "partner_name": partner_name,
                "number": number,
                "kind": kind,
                "resource_id": resource_id,
                "dated": dated,
                "gross_cents": gross_cents,
                "bank_run": bank_run,
                "booked_on": booked_on,
                "bank_reference": bank_reference,
                "is_closed": is_closed,
                "assigned_to": assigned_to,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        payout = d.pop("payout")

        payout_state = check_payout_state(d.pop("payout_state"))

        partner_code = d.pop("partner_code")

        partner_name = d.pop("partner_name")

        def _parse_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        number = _parse_number(d.pop("number"))

        kind = check_document_kind(d.pop("kind"))

        resource_id = UUID(d.pop("resource_id"))

        dated = datetime.datetime.fromisoformat(d.pop("dated"))

        def _parse_gross_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        gross_cents = _parse_gross_cents(d.pop("gross_cents"))

        def _parse_bank_run(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        bank_run = _parse_bank_run(d.pop("bank_run"))

        def _parse_booked_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                booked_on_type_0 = datetime.date.fromisoformat(data)

                return booked_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        booked_on = _parse_booked_on(d.pop("booked_on"))

        def _parse_bank_reference(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        bank_reference = _parse_bank_reference(d.pop("bank_reference"))

        is_closed = d.pop("is_closed")

        def _parse_assigned_to(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        assigned_to = _parse_assigned_to(d.pop("assigned_to"))

        voucher_to_close = cls(
            payout=payout,
            payout_state=payout_state,
            partner_code=partner_code,
            partner_name=partner_name,
            number=number,
            kind=kind,
            resource_id=resource_id,
            dated=dated,
            gross_cents=gross_cents,
            bank_run=bank_run,
            booked_on=booked_on,
            bank_reference=bank_reference,
            is_closed=is_closed,
            assigned_to=assigned_to,
        )

        voucher_to_close.additional_properties = d
        return voucher_to_close

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
