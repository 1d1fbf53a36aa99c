from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.lexoffice_change_credential_type_0 import (
    LexofficeChangeCredentialType0,
    check_lexoffice_change_credential_type_0,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="LexofficeChange")


@_attrs_define
class LexofficeChange:
    """Each member is optional; what is not set stays.

    Attributes:
        api_key (None | str | Unset):
        webhook_token (None | str | Unset): Chosen by yourself, at least 128 bits; earlier ones stay valid for a day
        credential (LexofficeChangeCredentialType0 | None | Unset): What is used where both are stored
        effective_from (datetime.date | None | Unset): Cut-over: older invoices are left out
        requires_signature (bool | None | Unset): Take signed notifications only
        confirm_credit_note_notice (bool | None | Unset): lexoffice treats a credit note as a correction of an invoice:
            it lowers the revenue, and self-billing counts as not applicable there. Please settle the booking with your tax
            adviser.
    """

    api_key: None | str | Unset = UNSET
    webhook_token: None | str | Unset = UNSET
    credential: LexofficeChangeCredentialType0 | None | Unset = UNSET
    effective_from: datetime.date | None | Unset = UNSET
    requires_signature: bool | None | Unset = UNSET
    confirm_credit_note_notice: bool | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        api_key: None | str | Unset
        if isinstance(self.api_key, Unset):
            api_key = UNSET
        else:
            api_key = self.api_key

        webhook_token: None | str | Unset
        if isinstance(self.webhook_token, Unset):
            webhook_token = UNSET
        else:
            webhook_token = self.webhook_token

        credential: None | str | Unset
        if isinstance(self.credential, Unset):
            credential = UNSET
        elif isinstance(self.credential, str):
            credential = self.credential
        else:
            credential = self.credential

        effective_from: None | str | Unset
        if isinstance(self.effective_from, Unset):
            effective_from = UNSET
        elif isinstance(self.effective_from, datetime.date):
            effective_from = self.effective_from.isoformat()
        else:
            effective_from = self.effective_from

        requires_signature: bool | None | Unset
        if isinstance(self.requires_signature, Unset):
            requires_signature = UNSET
        else:
            requires_signature = self.requires_signature

        confirm_credit_note_notice: bool | None | Unset
        if isinstance(self.confirm_credit_note_notice, Unset):
            confirm_credit_note_notice = UNSET
        else:
            confirm_credit_note_notice = self.confirm_credit_note_notice

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if api_key is not UNSET:
            field_dict["api_key"] = api_key
        if webhook_token is not UNSET:
            field_dict["webhook_token"] = webhook_token
        if credential is not UNSET:
            field_dict["credential"] = credential
        if effective_from is not UNSET:
            field_dict["effective_from"] = effective_from
        if requires_signature is not UNSET:
            field_dict["requires_signature"] = requires_signature
        if confirm_credit_note_notice is not UNSET:
            field_dict["confirm_credit_note_notice"] = confirm_credit_note_notice

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_api_key(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        api_key = _parse_api_key(d.pop("api_key", UNSET))

        def _parse_webhook_token(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        webhook_token = _parse_webhook_token(d.pop("webhook_token", UNSET))

        def _parse_credential(data: object) -> LexofficeChangeCredentialType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                credential_type_0 = check_lexoffice_change_credential_type_0(data)

                return credential_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LexofficeChangeCredentialType0 | None | Unset, data)

        credential = _parse_credential(d.pop("credential", UNSET))

        def _parse_effective_from(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                effective_from_type_0 = datetime.date.fromisoformat(data)

                return effective_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        effective_from = _parse_effective_from(d.pop("effective_from", UNSET))

        def _parse_requires_signature(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        requires_signature = _parse_requires_signature(d.pop("requires_signature", UNSET))

        def _parse_confirm_credit_note_notice(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        confirm_credit_note_notice = _parse_confirm_credit_note_notice(d.pop("confirm_credit_note_notice", UNSET))

        lexoffice_change = cls(
            api_key=api_key,
            webhook_token=webhook_token,
            credential=credential,
            effective_from=effective_from,
            requires_signature=requires_signature,
            confirm_credit_note_notice=confirm_credit_note_notice,
        )

        return lexoffice_change
