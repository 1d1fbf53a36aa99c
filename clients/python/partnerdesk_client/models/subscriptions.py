from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.subscriptions_state import SubscriptionsState, check_subscriptions_state

if TYPE_CHECKING:
    from ..models.subscribed import Subscribed
    from ..models.subscriptions_reason_params_type_0 import SubscriptionsReasonParamsType0


T = TypeVar("T", bound="Subscriptions")


@_attrs_define
class Subscriptions:
    """
    Attributes:
        state (SubscriptionsState):
        reason (None | str): Why
        reason_code (None | str):
        reason_params (None | SubscriptionsReasonParamsType0):
        checked_at (datetime.datetime | None):
        pending (bool): Setting up was asked for and is not finished
        address (str): Where lexoffice sends; the token of each subscription is not shown
        subscriptions (list[Subscribed]):
        missing (list[str]): Events that nobody tells of now
    """

    state: SubscriptionsState
    reason: None | str
    reason_code: None | str
    reason_params: None | SubscriptionsReasonParamsType0
    checked_at: datetime.datetime | None
    pending: bool
    address: str
    subscriptions: list[Subscribed]
    missing: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.subscriptions_reason_params_type_0 import (
            SubscriptionsReasonParamsType0,  # noqa: PLC0415
        )

        state: str = self.state

        reason: None | str
        reason = self.reason

        reason_code: None | str
        reason_code = self.reason_code

        reason_params: dict[str, Any] | None
        if isinstance(self.reason_params, SubscriptionsReasonParamsType0):
            reason_params = self.reason_params.to_dict()
        else:
            reason_params = self.reason_params

        checked_at: None | str
        if isinstance(self.checked_at, datetime.datetime):
            checked_at = self.checked_at.isoformat()
        else:
            checked_at = self.checked_at

        pending = self.pending

        address = self.address

        subscriptions = []
        for subscriptions_item_data in self.subscriptions:
            subscriptions_item = subscriptions_item_data.to_dict()
            subscriptions.append(subscriptions_item)

        missing = self.missing

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
                "reason": reason,
                "reason_code": reason_code,
                "reason_params": reason_params,
                "checked_at": checked_at,
                "pending": pending,
                "address": address,
                "subscriptions": subscriptions,
                "missing": missing,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.subscribed import Subscribed  # noqa: PLC0415
        from ..models.subscriptions_reason_params_type_0 import (
            SubscriptionsReasonParamsType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        state = check_subscriptions_state(d.pop("state"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_reason_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason_code = _parse_reason_code(d.pop("reason_code"))

        def _parse_reason_params(data: object) -> None | SubscriptionsReasonParamsType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                reason_params_type_0 = SubscriptionsReasonParamsType0.from_dict(data)

                return reason_params_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SubscriptionsReasonParamsType0, data)

        reason_params = _parse_reason_params(d.pop("reason_params"))

        def _parse_checked_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                checked_at_type_0 = datetime.datetime.fromisoformat(data)

                return checked_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        checked_at = _parse_checked_at(d.pop("checked_at"))

        pending = d.pop("pending")

        address = d.pop("address")

        subscriptions = []
        _subscriptions = d.pop("subscriptions")
        for subscriptions_item_data in _subscriptions:
            subscriptions_item = Subscribed.from_dict(subscriptions_item_data)

            subscriptions.append(subscriptions_item)

        missing = cast(list[str], d.pop("missing"))

        subscriptions = cls(
            state=state,
            reason=reason,
            reason_code=reason_code,
            reason_params=reason_params,
            checked_at=checked_at,
            pending=pending,
            address=address,
            subscriptions=subscriptions,
            missing=missing,
        )

        subscriptions.additional_properties = d
        return subscriptions

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
