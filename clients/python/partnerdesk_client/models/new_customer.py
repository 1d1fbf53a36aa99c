from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewCustomer")


@_attrs_define
class NewCustomer:
    """A customer as somebody enters it.

    Attributes:
        external_id (None | str | Unset):
        lexoffice_contact_id (None | Unset | UUID):
        email (None | str | Unset):
        name (None | str | Unset):
        assigned_partner_code (None | str | Unset):
    """

    external_id: None | str | Unset = UNSET
    lexoffice_contact_id: None | Unset | UUID = UNSET
    email: None | str | Unset = UNSET
    name: None | str | Unset = UNSET
    assigned_partner_code: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        external_id: None | str | Unset
        if isinstance(self.external_id, Unset):
            external_id = UNSET
        else:
            external_id = self.external_id

        lexoffice_contact_id: None | str | Unset
        if isinstance(self.lexoffice_contact_id, Unset):
            lexoffice_contact_id = UNSET
        elif isinstance(self.lexoffice_contact_id, UUID):
            lexoffice_contact_id = str(self.lexoffice_contact_id)
        else:
            lexoffice_contact_id = self.lexoffice_contact_id

        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        assigned_partner_code: None | str | Unset
        if isinstance(self.assigned_partner_code, Unset):
            assigned_partner_code = UNSET
        else:
            assigned_partner_code = self.assigned_partner_code

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if external_id is not UNSET:
            field_dict["external_id"] = external_id
        if lexoffice_contact_id is not UNSET:
            field_dict["lexoffice_contact_id"] = lexoffice_contact_id
        if email is not UNSET:
            field_dict["email"] = email
        if name is not UNSET:
            field_dict["name"] = name
        if assigned_partner_code is not UNSET:
            field_dict["assigned_partner_code"] = assigned_partner_code

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_external_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        external_id = _parse_external_id(d.pop("external_id", UNSET))

        def _parse_lexoffice_contact_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                lexoffice_contact_id_type_0 = UUID(data)

                return lexoffice_contact_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        lexoffice_contact_id = _parse_lexoffice_contact_id(d.pop("lexoffice_contact_id", UNSET))

        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_assigned_partner_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        assigned_partner_code = _parse_assigned_partner_code(d.pop("assigned_partner_code", UNSET))

        new_customer = cls(
            external_id=external_id,
            lexoffice_contact_id=lexoffice_contact_id,
            email=email,
            name=name,
            assigned_partner_code=assigned_partner_code,
        )

        return new_customer
