from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Customer")


@_attrs_define
class Customer:
    """A customer, under every name that is known. `assigned_partner_id` gets what it buys.

    Attributes:
        id (UUID):
        external_id (None | str):
        email (None | str):
        name (None | str):
        lexoffice_contact_id (None | UUID):
        assigned_partner_id (None | UUID):
        assigned_partner_code (None | str):
        created_at (datetime.datetime):
    """

    id: UUID
    external_id: None | str
    email: None | str
    name: None | str
    lexoffice_contact_id: None | UUID
    assigned_partner_id: None | UUID
    assigned_partner_code: None | str
    created_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        external_id: None | str
        external_id = self.external_id

        email: None | str
        email = self.email

        name: None | str
        name = self.name

        lexoffice_contact_id: None | str
        if isinstance(self.lexoffice_contact_id, UUID):
            lexoffice_contact_id = str(self.lexoffice_contact_id)
        else:
            lexoffice_contact_id = self.lexoffice_contact_id

        assigned_partner_id: None | str
        if isinstance(self.assigned_partner_id, UUID):
            assigned_partner_id = str(self.assigned_partner_id)
        else:
            assigned_partner_id = self.assigned_partner_id

        assigned_partner_code: None | str
        assigned_partner_code = self.assigned_partner_code

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "external_id": external_id,
                "email": email,
                "name": name,
                "lexoffice_contact_id": lexoffice_contact_id,
                "assigned_partner_id": assigned_partner_id,
                "assigned_partner_code": assigned_partner_code,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        def _parse_external_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        external_id = _parse_external_id(d.pop("external_id"))

        def _parse_email(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        email = _parse_email(d.pop("email"))

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        def _parse_lexoffice_contact_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                lexoffice_contact_id_type_0 = UUID(data)

                return lexoffice_contact_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        lexoffice_contact_id = _parse_lexoffice_contact_id(d.pop("lexoffice_contact_id"))

        def _parse_assigned_partner_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                assigned_partner_id_type_0 = UUID(data)

                return assigned_partner_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        assigned_partner_id = _parse_assigned_partner_id(d.pop("assigned_partner_id"))

        def _parse_assigned_partner_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        assigned_partner_code = _parse_assigned_partner_code(d.pop("assigned_partner_code"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        customer = cls(
            id=id,
            external_id=external_id,
            email=email,
            name=name,
            lexoffice_contact_id=lexoffice_contact_id,
            assigned_partner_id=assigned_partner_id,
            assigned_partner_code=assigned_partner_code,
            created_at=created_at,
        )

        customer.additional_properties = d
        return customer

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
