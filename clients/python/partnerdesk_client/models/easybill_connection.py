from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.easybill_connection_plan import (
    EasybillConnectionPlan,
    check_easybill_connection_plan,
)
from ..models.easybill_connection_state import (
    EasybillConnectionState,
    check_easybill_connection_state,
)

T = TypeVar("T", bound="EasybillConnection")


@_attrs_define
class EasybillConnection:
    """How it stands; the key is never shown again.

    Attributes:
        state (EasybillConnectionState):
        state_reason (None | str): Why it is in its state
        state_reason_code (None | str):
        secret_last4 (None | str):
        secret_saved_at (None | str):
        plan (EasybillConnectionPlan):
        effective_from (datetime.date | None):
        checked_at (None | str):
        webhook_address (str): Without its secret; with it, it is shown to whoever has one made, and never again
    """

    state: EasybillConnectionState
    state_reason: None | str
    state_reason_code: None | str
    secret_last4: None | str
    secret_saved_at: None | str
    plan: EasybillConnectionPlan
    effective_from: datetime.date | None
    checked_at: None | str
    webhook_address: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        state: str = self.state

        state_reason: None | str
        state_reason = self.state_reason

        state_reason_code: None | str
        state_reason_code = self.state_reason_code

        secret_last4: None | str
        secret_last4 = self.secret_last4

        secret_saved_at: None | str
        secret_saved_at = self.secret_saved_at

        plan: str = self.plan

        effective_from: None | str
        if isinstance(self.effective_from, datetime.date):
            effective_from = self.effective_from.isoformat()
        else:
            effective_from = self.effective_from

        checked_at: None | str
        checked_at = self.checked_at

        webhook_address = self.webhook_address

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
                "state_reason": state_reason,
                "state_reason_code": state_reason_code,
                "secret_last4": secret_last4,
                "secret_saved_at": secret_saved_at,
                "plan": plan,
                "effective_from": effective_from,
                "checked_at": checked_at,
                "webhook_address": webhook_address,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        state = check_easybill_connection_state(d.pop("state"))

        def _parse_state_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        state_reason = _parse_state_reason(d.pop("state_reason"))

        def _parse_state_reason_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        state_reason_code = _parse_state_reason_code(d.pop("state_reason_code"))

        def _parse_secret_last4(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        secret_last4 = _parse_secret_last4(d.pop("secret_last4"))

        def _parse_secret_saved_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        secret_saved_at = _parse_secret_saved_at(d.pop("secret_saved_at"))

        plan = check_easybill_connection_plan(d.pop("plan"))

        def _parse_effective_from(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                effective_from_type_0 = datetime.date.fromisoformat(data)

                return effective_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        effective_from = _parse_effective_from(d.pop("effective_from"))

        def _parse_checked_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        checked_at = _parse_checked_at(d.pop("checked_at"))

        webhook_address = d.pop("webhook_address")

        easybill_connection = cls(
            state=state,
            state_reason=state_reason,
            state_reason_code=state_reason_code,
            secret_last4=secret_last4,
            secret_saved_at=secret_saved_at,
            plan=plan,
            effective_from=effective_from,
            checked_at=checked_at,
            webhook_address=webhook_address,
        )

        easybill_connection.additional_properties = d
        return easybill_connection

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
