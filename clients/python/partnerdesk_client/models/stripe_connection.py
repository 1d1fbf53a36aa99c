from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.stripe_connection_state import (
    StripeConnectionState,
    check_stripe_connection_state,
)

T = TypeVar("T", bound="StripeConnection")


@_attrs_define
class StripeConnection:
    """
    Attributes:
        state (StripeConnectionState):
        secret_last4 (None | str):
        secret_saved_at (datetime.datetime | None):
        webhook_address (str):
        waits_for_first_event (bool): No event has come since the secret was stored
    """

    state: StripeConnectionState
    secret_last4: None | str
    secret_saved_at: datetime.datetime | None
    webhook_address: str
    waits_for_first_event: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        state: str = self.state

        secret_last4: None | str
        secret_last4 = self.secret_last4

        secret_saved_at: None | str
        if isinstance(self.secret_saved_at, datetime.datetime):
            secret_saved_at = self.secret_saved_at.isoformat()
        else:
            secret_saved_at = self.secret_saved_at

        webhook_address = self.webhook_address

        waits_for_first_event = self.waits_for_first_event

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
                "secret_last4": secret_last4,
                "secret_saved_at": secret_saved_at,
                "webhook_address": webhook_address,
                "waits_for_first_event": waits_for_first_event,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        state = check_stripe_connection_state(d.pop("state"))

        def _parse_secret_last4(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        secret_last4 = _parse_secret_last4(d.pop("secret_last4"))

        def _parse_secret_saved_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                secret_saved_at_type_0 = datetime.datetime.fromisoformat(data)

                return secret_saved_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        secret_saved_at = _parse_secret_saved_at(d.pop("secret_saved_at"))

        webhook_address = d.pop("webhook_address")

        waits_for_first_event = d.pop("waits_for_first_event")

        stripe_connection = cls(
            state=state,
            secret_last4=secret_last4,
            secret_saved_at=secret_saved_at,
            webhook_address=webhook_address,
            waits_for_first_event=waits_for_first_event,
        )

        stripe_connection.additional_properties = d
        return stripe_connection

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
