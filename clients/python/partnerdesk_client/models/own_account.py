from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.own_account_ended_params_type_0 import OwnAccountEndedParamsType0


T = TypeVar("T", bound="OwnAccount")


@_attrs_define
class OwnAccount:
    """An account of the tenant; of its IBAN only the last four characters.

    Attributes:
        id (UUID):
        account_holder (str):
        iban_last4 (str):
        bic (str):
        batch_booking (bool):
        cut_off (None | str):
        takes_instant (bool):
        state (str):
        recorded_by (str):
        recorded_at (datetime.datetime):
        confirmed_by (None | str):
        confirmed_at (datetime.datetime | None):
        confirmed_alone (bool):
        ended_reason (None | str):
        ended_code (None | str):
        ended_params (None | OwnAccountEndedParamsType0):
    """

    id: UUID
    account_holder: str
    iban_last4: str
    bic: str
    batch_booking: bool
    cut_off: None | str
    takes_instant: bool
    state: str
    recorded_by: str
    recorded_at: datetime.datetime
    confirmed_by: None | str
    confirmed_at: datetime.datetime | None
    confirmed_alone: bool
    ended_reason: None | str
    ended_code: None | str
    ended_params: None | OwnAccountEndedParamsType0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.own_account_ended_params_type_0 import OwnAccountEndedParamsType0  # noqa: PLC0415

        id = str(self.id)

        account_holder = self.account_holder

        iban_last4 = self.iban_last4

        bic = self.bic

        batch_booking = self.batch_booking

        cut_off: None | str
        cut_off = self.cut_off

        takes_instant = self.takes_instant

        state = self.state

        recorded_by = self.recorded_by

        recorded_at = self.recorded_at.isoformat()

        confirmed_by: None | str
        confirmed_by = self.confirmed_by

        confirmed_at: None | str
        if isinstance(self.confirmed_at, datetime.datetime):
            confirmed_at = self.confirmed_at.isoformat()
        else:
            confirmed_at = self.confirmed_at

        confirmed_alone = self.confirmed_alone

        ended_reason: None | str
        ended_reason = self.ended_reason

        ended_code: None | str
        ended_code = self.ended_code

        ended_params: dict[str, Any] | None
        if isinstance(self.ended_params, OwnAccountEndedParamsType0):
            ended_params = self.ended_params.to_dict()
        else:
            ended_params = self.ended_params

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "account_holder": account_holder,
                "iban_last4": iban_last4,
                "bic": bic,
                "batch_booking": batch_booking,
                "cut_off": cut_off,
                "takes_instant": takes_instant,
                "state": state,
                "recorded_by": recorded_by,
                "recorded_at": recorded_at,
                "confirmed_by": confirmed_by,
                "confirmed_at": confirmed_at,
                "confirmed_alone": confirmed_alone,
                "ended_reason": ended_reason,
                "ended_code": ended_code,
                "ended_params": ended_params,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.own_account_ended_params_type_0 import OwnAccountEndedParamsType0  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        account_holder = d.pop("account_holder")

        iban_last4 = d.pop("iban_last4")

        bic = d.pop("bic")

        batch_booking = d.pop("batch_booking")

        def _parse_cut_off(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cut_off = _parse_cut_off(d.pop("cut_off"))

        takes_instant = d.pop("takes_instant")

        state = d.pop("state")

        recorded_by = d.pop("recorded_by")

        recorded_at = datetime.datetime.fromisoformat(d.pop("recorded_at"))

        def _parse_confirmed_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        confirmed_by = _parse_confirmed_by(d.pop("confirmed_by"))

        def _parse_confirmed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                confirmed_at_type_0 = datetime.datetime.fromisoformat(data)

                return confirmed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        confirmed_at = _parse_confirmed_at(d.pop("confirmed_at"))

        confirmed_alone = d.pop("confirmed_alone")

        def _parse_ended_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_reason = _parse_ended_reason(d.pop("ended_reason"))

        def _parse_ended_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_code = _parse_ended_code(d.pop("ended_code"))

        def _parse_ended_params(data: object) -> None | OwnAccountEndedParamsType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                ended_params_type_0 = OwnAccountEndedParamsType0.from_dict(data)

                return ended_params_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OwnAccountEndedParamsType0, data)

        ended_params = _parse_ended_params(d.pop("ended_params"))

        own_account = cls(
            id=id,
            account_holder=account_holder,
            iban_last4=iban_last4,
            bic=bic,
            batch_booking=batch_booking,
            cut_off=cut_off,
            takes_instant=takes_instant,
            state=state,
            recorded_by=recorded_by,
            recorded_at=recorded_at,
            confirmed_by=confirmed_by,
            confirmed_at=confirmed_at,
            confirmed_alone=confirmed_alone,
            ended_reason=ended_reason,
            ended_code=ended_code,
            ended_params=ended_params,
        )

        own_account.additional_properties = d
        return own_account

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
