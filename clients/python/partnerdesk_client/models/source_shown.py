from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.source_shown_source import SourceShownSource, check_source_shown_source
from ..models.source_shown_state import SourceShownState, check_source_shown_state

T = TypeVar("T", bound="SourceShown")


@_attrs_define
class SourceShown:
    """
    Attributes:
        state (SourceShownState):
        secret_last4 (None | str):
        secret_saved_at (datetime.datetime | None):
        webhook_address (str):
        waits_for_first_event (bool): No event has come since the secret was stored
        source (SourceShownSource):
        awaits_invoice (bool): A sale waits for its invoice; else it counts as paid
        takes_affiliate_sales (bool): What the provider already pays an affiliate of its own for earns commission here
            as well
    """

    state: SourceShownState
    secret_last4: None | str
    secret_saved_at: datetime.datetime | None
    webhook_address: str
    waits_for_first_event: bool
    source: SourceShownSource
    awaits_invoice: bool
    takes_affiliate_sales: bool
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

        source: str = self.source

        awaits_invoice = self.awaits_invoice

        takes_affiliate_sales = self.takes_affiliate_sales

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
                "secret_last4": secret_last4,
                "secret_saved_at": secret_saved_at,
                "webhook_address": webhook_address,
                "waits_for_first_event": waits_for_first_event,
                "source": source,
                "awaits_invoice": awaits_invoice,
                "takes_affiliate_sales": takes_affiliate_sales,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        state = check_source_shown_state(d.pop("state"))

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

        source = check_source_shown_source(d.pop("source"))

        awaits_invoice = d.pop("awaits_invoice")

        takes_affiliate_sales = d.pop("takes_affiliate_sales")

        source_shown = cls(
            state=state,
            secret_last4=secret_last4,
            secret_saved_at=secret_saved_at,
            webhook_address=webhook_address,
            waits_for_first_event=waits_for_first_event,
            source=source,
            awaits_invoice=awaits_invoice,
            takes_affiliate_sales=takes_affiliate_sales,
        )

        source_shown.additional_properties = d
        return source_shown

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
