from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.payout_state import PayoutState, check_payout_state
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.bank_run_line_released_params_type_0 import (
        BankRunLineReleasedParamsType0,
    )


T = TypeVar("T", bound="BankRunLine")


@_attrs_define
class BankRunLine:
    """One payment.

    Attributes:
        id (UUID):
        position (int):
        payout_id (UUID):
        payout (str):
        payout_state (PayoutState): The states of a payout.
        partner_code (str):
        credit_note_number (None | str):
        bank_details_id (UUID):
        creditor (str):
        iban_last4 (str):
        amount_cents (int):
        end_to_end_id (str):
        remittance (str):
        released_at (datetime.datetime | None):
        released_reason (None | str):
        released_code (None | str):
        released_params (BankRunLineReleasedParamsType0 | None):
        partner_country (None | str | Unset):
    """

    id: UUID
    position: int
    payout_id: UUID
    payout: str
    payout_state: PayoutState
    partner_code: str
    credit_note_number: None | str
    bank_details_id: UUID
    creditor: str
    iban_last4: str
    amount_cents: int
    end_to_end_id: str
    remittance: str
    released_at: datetime.datetime | None
    released_reason: None | str
    released_code: None | str
    released_params: BankRunLineReleasedParamsType0 | None
    partner_country: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.bank_run_line_released_params_type_0 import (
            BankRunLineReleasedParamsType0,  # noqa: PLC0415
        )

        id = str(self.id)

        position = self.position

        payout_id = str(self.payout_id)

        payout = self.payout

        payout_state: str = self.payout_state

        partner_code = self.partner_code

        credit_note_number: None | str
        credit_note_number = self.credit_note_number

        bank_details_id = str(self.bank_details_id)

        creditor = self.creditor

        iban_last4 = self.iban_last4

        amount_cents = self.amount_cents

        end_to_end_id = self.end_to_end_id

        remittance = self.remittance

        released_at: None | str
        if isinstance(self.released_at, datetime.datetime):
            released_at = self.released_at.isoformat()
        else:
            released_at = self.released_at

        released_reason: None | str
        released_reason = self.released_reason

        released_code: None | str
        released_code = self.released_code

        released_params: dict[str, Any] | None
        if isinstance(self.released_params, BankRunLineReleasedParamsType0):
            released_params = self.released_params.to_dict()
        else:
            released_params = self.released_params

        partner_country: None | str | Unset
        if isinstance(self.partner_country, Unset):
            partner_country = UNSET
        else:
            partner_country = self.partner_country

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "position": position,
                "payout_id": payout_id,
                "payout": payout,
                "payout_state": payout_state,
                "partner_code": partner_code,
                "credit_note_number": credit_note_number,
                "bank_details_id": bank_details_id,
                "creditor": creditor,
                "iban_last4": iban_last4,
                "amount_cents": amount_cents,
                "end_to_end_id": end_to_end_id,
                "remittance": remittance,
                "released_at": released_at,
                "released_reason": released_reason,
                "released_code": released_code,
                "released_params": released_params,
            }
        )
        if partner_country is not UNSET:
            field_dict["partner_country"] = partner_country

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.bank_run_line_released_params_type_0 import (
            BankRunLineReleasedParamsType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        position = d.pop("position")

        payout_id = UUID(d.pop("payout_id"))

        payout = d.pop("payout")

        payout_state = check_payout_state(d.pop("payout_state"))

        partner_code = d.pop("partner_code")

        def _parse_credit_note_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        credit_note_number = _parse_credit_note_number(d.pop("credit_note_number"))

        bank_details_id = UUID(d.pop("bank_details_id"))

        creditor = d.pop("creditor")

        iban_last4 = d.pop("iban_last4")

        amount_cents = d.pop("amount_cents")

        end_to_end_id = d.pop("end_to_end_id")

        remittance = d.pop("remittance")

        def _parse_released_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                released_at_type_0 = datetime.datetime.fromisoformat(data)

                return released_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        released_at = _parse_released_at(d.pop("released_at"))

        def _parse_released_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        released_reason = _parse_released_reason(d.pop("released_reason"))

        def _parse_released_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        released_code = _parse_released_code(d.pop("released_code"))

        def _parse_released_params(data: object) -> BankRunLineReleasedParamsType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                released_params_type_0 = BankRunLineReleasedParamsType0.from_dict(data)

                return released_params_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BankRunLineReleasedParamsType0 | None, data)

        released_params = _parse_released_params(d.pop("released_params"))

        def _parse_partner_country(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        partner_country = _parse_partner_country(d.pop("partner_country", UNSET))

        bank_run_line = cls(
            id=id,
            position=position,
            payout_id=payout_id,
            payout=payout,
            payout_state=payout_state,
            partner_code=partner_code,
            credit_note_number=credit_note_number,
            bank_details_id=bank_details_id,
            creditor=creditor,
            iban_last4=iban_last4,
            amount_cents=amount_cents,
            end_to_end_id=end_to_end_id,
            remittance=remittance,
            released_at=released_at,
            released_reason=released_reason,
            released_code=released_code,
            released_params=released_params,
            partner_country=partner_country,
        )

        bank_run_line.additional_properties = d
        return bank_run_line

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
