from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.lexoffice_connection_credential_type_0 import (
    LexofficeConnectionCredentialType0,
    check_lexoffice_connection_credential_type_0,
)

if TYPE_CHECKING:
    from ..models.lexoffice_connection_state_reason_params_type_0 import (
        LexofficeConnectionStateReasonParamsType0,
    )


T = TypeVar("T", bound="LexofficeConnection")


@_attrs_define
class LexofficeConnection:
    """`webhook_address` is where notifications go; `notice` is what `confirm_credit_note_notice` confirms.

    Attributes:
        provider (str):
        state (str):
        state_reason_code (None | str):
        state_reason_params (LexofficeConnectionStateReasonParamsType0 | None):
        secret_last4 (None | str):
        secret_saved_at (datetime.datetime | None):
        secret_ends_at (datetime.datetime | None):
        oauth_connected_at (datetime.datetime | None):
        oauth_connected_by (None | str):
        oauth_scopes (None | str):
        uses_oauth (bool):
        organization_id (None | UUID):
        connection_id (None | UUID):
        company_name (None | str):
        tax_type (None | str):
        small_business (bool | None):
        effective_from (datetime.date | None):
        requires_signature (bool):
        credit_note_notice_confirmed_by (None | str):
        credit_note_notice_confirmed_at (datetime.datetime | None):
        checked_at (datetime.datetime | None):
        state_reason (None | str): Why it is in its state
        credential (LexofficeConnectionCredentialType0 | None): What is used now
        oauth_hint (None | str): Why OAuth cannot be used; null where it can
        webhook_address (str):
        notice (str):
    """

    provider: str
    state: str
    state_reason_code: None | str
    state_reason_params: LexofficeConnectionStateReasonParamsType0 | None
    secret_last4: None | str
    secret_saved_at: datetime.datetime | None
    secret_ends_at: datetime.datetime | None
    oauth_connected_at: datetime.datetime | None
    oauth_connected_by: None | str
    oauth_scopes: None | str
    uses_oauth: bool
    organization_id: None | UUID
    connection_id: None | UUID
    company_name: None | str
    tax_type: None | str
    small_business: bool | None
    effective_from: datetime.date | None
    requires_signature: bool
    credit_note_notice_confirmed_by: None | str
    credit_note_notice_confirmed_at: datetime.datetime | None
    checked_at: datetime.datetime | None
    state_reason: None | str
    credential: LexofficeConnectionCredentialType0 | None
    oauth_hint: None | str
    webhook_address: str
    notice: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.lexoffice_connection_state_reason_params_type_0 import (
            LexofficeConnectionStateReasonParamsType0,  # noqa: PLC0415
        )

        provider = self.provider

        state = self.state

        state_reason_code: None | str
        state_reason_code = self.state_reason_code

        state_reason_params: dict[str, Any] | None
        if isinstance(self.state_reason_params, LexofficeConnectionStateReasonParamsType0):
            state_reason_params = self.state_reason_params.to_dict()
        else:
            state_reason_params = self.state_reason_params

        secret_last4: None | str
        secret_last4 = self.secret_last4

        secret_saved_at: None | str
        if isinstance(self.secret_saved_at, datetime.datetime):
            secret_saved_at = self.secret_saved_at.isoformat()
        else:
            secret_saved_at = self.secret_saved_at

        secret_ends_at: None | str
        if isinstance(self.secret_ends_at, datetime.datetime):
            secret_ends_at = self.secret_ends_at.isoformat()
        else:
            secret_ends_at = self.secret_ends_at

        oauth_connected_at: None | str
        if isinstance(self.oauth_connected_at, datetime.datetime):
            oauth_connected_at = self.oauth_connected_at.isoformat()
        else:
            oauth_connected_at = self.oauth_connected_at

        oauth_connected_by: None | str
        oauth_connected_by = self.oauth_connected_by

        oauth_scopes: None | str
        oauth_scopes = self.oauth_scopes

        uses_oauth = self.uses_oauth

        organization_id: None | str
        if isinstance(self.organization_id, UUID):
            organization_id = str(self.organization_id)
        else:
            organization_id = self.organization_id

        connection_id: None | str
        if isinstance(self.connection_id, UUID):
            connection_id = str(self.connection_id)
        else:
            connection_id = self.connection_id

        company_name: None | str
        company_name = self.company_name

        tax_type: None | str
        tax_type = self.tax_type

        small_business: bool | None
        small_business = self.small_business

        effective_from: None | str
        if isinstance(self.effective_from, datetime.date):
            effective_from = self.effective_from.isoformat()
        else:
            effective_from = self.effective_from

        requires_signature = self.requires_signature

        credit_note_notice_confirmed_by: None | str
        credit_note_notice_confirmed_by = self.credit_note_notice_confirmed_by

        credit_note_notice_confirmed_at: None | str
        if isinstance(self.credit_note_notice_confirmed_at, datetime.datetime):
            credit_note_notice_confirmed_at = self.credit_note_notice_confirmed_at.isoformat()
        else:
            credit_note_notice_confirmed_at = self.credit_note_notice_confirmed_at

        checked_at: None | str
        if isinstance(self.checked_at, datetime.datetime):
            checked_at = self.checked_at.isoformat()
        else:
            checked_at = self.checked_at

        state_reason: None | str
        state_reason = self.state_reason

        credential: None | str
        if isinstance(self.credential, str):
            credential = self.credential
        else:
            credential = self.credential

        oauth_hint: None | str
        oauth_hint = self.oauth_hint

        webhook_address = self.webhook_address

        notice = self.notice

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "provider": provider,
                "state": state,
                "state_reason_code": state_reason_code,
                "state_reason_params": state_reason_params,
                "secret_last4": secret_last4,
                "secret_saved_at": secret_saved_at,
                "secret_ends_at": secret_ends_at,
                "oauth_connected_at": oauth_connected_at,
                "oauth_connected_by": oauth_connected_by,
                "oauth_scopes": oauth_scopes,
                "uses_oauth": uses_oauth,
                "organization_id": organization_id,
                "connection_id": connection_id,
                "company_name": company_name,
                "tax_type": tax_type,
                "small_business": small_business,
                "effective_from": effective_from,
                "requires_signature": requires_signature,
                "credit_note_notice_confirmed_by": credit_note_notice_confirmed_by,
                "credit_note_notice_confirmed_at": credit_note_notice_confirmed_at,
                "checked_at": checked_at,
                "state_reason": state_reason,
                "credential": credential,
                "oauth_hint": oauth_hint,
                "webhook_address": webhook_address,
                "notice": notice,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.lexoffice_connection_state_reason_params_type_0 import (
            LexofficeConnectionStateReasonParamsType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        provider = d.pop("provider")

        state = d.pop("state")

        def _parse_state_reason_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        state_reason_code = _parse_state_reason_code(d.pop("state_reason_code"))

        def _parse_state_reason_params(data: object) -> LexofficeConnectionStateReasonParamsType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                state_reason_params_type_0 = LexofficeConnectionStateReasonParamsType0.from_dict(data)

                return state_reason_params_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LexofficeConnectionStateReasonParamsType0 | None, data)

        state_reason_params = _parse_state_reason_params(d.pop("state_reason_params"))

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

        def _parse_secret_ends_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                secret_ends_at_type_0 = datetime.datetime.fromisoformat(data)

                return secret_ends_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        secret_ends_at = _parse_secret_ends_at(d.pop("secret_ends_at"))

        def _parse_oauth_connected_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                oauth_connected_at_type_0 = datetime.datetime.fromisoformat(data)

                return oauth_connected_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        oauth_connected_at = _parse_oauth_connected_at(d.pop("oauth_connected_at"))

        def _parse_oauth_connected_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        oauth_connected_by = _parse_oauth_connected_by(d.pop("oauth_connected_by"))

        def _parse_oauth_scopes(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        oauth_scopes = _parse_oauth_scopes(d.pop("oauth_scopes"))

        uses_oauth = d.pop("uses_oauth")

        def _parse_organization_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                organization_id_type_0 = UUID(data)

                return organization_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        organization_id = _parse_organization_id(d.pop("organization_id"))

        def _parse_connection_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                connection_id_type_0 = UUID(data)

                return connection_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        connection_id = _parse_connection_id(d.pop("connection_id"))

        def _parse_company_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        company_name = _parse_company_name(d.pop("company_name"))

        def _parse_tax_type(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        tax_type = _parse_tax_type(d.pop("tax_type"))

        def _parse_small_business(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        small_business = _parse_small_business(d.pop("small_business"))

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

        requires_signature = d.pop("requires_signature")

        def _parse_credit_note_notice_confirmed_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        credit_note_notice_confirmed_by = _parse_credit_note_notice_confirmed_by(
            d.pop("credit_note_notice_confirmed_by")
        )

        def _parse_credit_note_notice_confirmed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                credit_note_notice_confirmed_at_type_0 = datetime.datetime.fromisoformat(data)

                return credit_note_notice_confirmed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        credit_note_notice_confirmed_at = _parse_credit_note_notice_confirmed_at(
            d.pop("credit_note_notice_confirmed_at")
        )

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

        def _parse_state_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        state_reason = _parse_state_reason(d.pop("state_reason"))

        def _parse_credential(data: object) -> LexofficeConnectionCredentialType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                credential_type_0 = check_lexoffice_connection_credential_type_0(data)

                return credential_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LexofficeConnectionCredentialType0 | None, data)

        credential = _parse_credential(d.pop("credential"))

        def _parse_oauth_hint(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        oauth_hint = _parse_oauth_hint(d.pop("oauth_hint"))

        webhook_address = d.pop("webhook_address")

        notice = d.pop("notice")

        lexoffice_connection = cls(
            provider=provider,
            state=state,
            state_reason_code=state_reason_code,
            state_reason_params=state_reason_params,
            secret_last4=secret_last4,
            secret_saved_at=secret_saved_at,
            secret_ends_at=secret_ends_at,
            oauth_connected_at=oauth_connected_at,
            oauth_connected_by=oauth_connected_by,
            oauth_scopes=oauth_scopes,
            uses_oauth=uses_oauth,
            organization_id=organization_id,
            connection_id=connection_id,
            company_name=company_name,
            tax_type=tax_type,
            small_business=small_business,
            effective_from=effective_from,
            requires_signature=requires_signature,
            credit_note_notice_confirmed_by=credit_note_notice_confirmed_by,
            credit_note_notice_confirmed_at=credit_note_notice_confirmed_at,
            checked_at=checked_at,
            state_reason=state_reason,
            credential=credential,
            oauth_hint=oauth_hint,
            webhook_address=webhook_address,
            notice=notice,
        )

        lexoffice_connection.additional_properties = d
        return lexoffice_connection

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
