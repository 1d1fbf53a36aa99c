from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewInvoiceOfSale")


@_attrs_define
class NewInvoiceOfSale:
    """To whom, and for what. A contact in lexoffice, or name and address; without both the sale's customer.

    Beside a contact, the parts of the address that are given replace the contact's on this invoice.

        Attributes:
            contact_id (None | Unset | UUID):
            name (None | str | Unset):
            street (None | str | Unset):
            zip_ (None | str | Unset):
            city (None | str | Unset):
            country_code (None | str | Unset): Without it and without a contact: DE
            item (str | Unset):  Default: 'Leistung laut Bestellung'.
            tax_rate_percentage (float | str | Unset):  Default: 19.0.
            service_date (datetime.datetime | None | Unset): Without it the day of the sale
    """

    contact_id: None | Unset | UUID = UNSET
    name: None | str | Unset = UNSET
    street: None | str | Unset = UNSET
    zip_: None | str | Unset = UNSET
    city: None | str | Unset = UNSET
    country_code: None | str | Unset = UNSET
    item: str | Unset = "Leistung laut Bestellung"
    tax_rate_percentage: float | str | Unset = 19.0
    service_date: datetime.datetime | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        contact_id: None | str | Unset
        if isinstance(self.contact_id, Unset):
            contact_id = UNSET
        elif isinstance(self.contact_id, UUID):
            contact_id = str(self.contact_id)
        else:
            contact_id = self.contact_id

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        street: None | str | Unset
        if isinstance(self.street, Unset):
            street = UNSET
        else:
            street = self.street

        zip_: None | str | Unset
        if isinstance(self.zip_, Unset):
            zip_ = UNSET
        else:
            zip_ = self.zip_

        city: None | str | Unset
        if isinstance(self.city, Unset):
            city = UNSET
        else:
            city = self.city

        country_code: None | str | Unset
        if isinstance(self.country_code, Unset):
            country_code = UNSET
        else:
            country_code = self.country_code

        item = self.item

        tax_rate_percentage: float | str | Unset
        if isinstance(self.tax_rate_percentage, Unset):
            tax_rate_percentage = UNSET
        else:
            tax_rate_percentage = self.tax_rate_percentage

        service_date: None | str | Unset
        if isinstance(self.service_date, Unset):
            service_date = UNSET
        elif isinstance(self.service_date, datetime.datetime):
            service_date = self.service_date.isoformat()
        else:
            service_date = self.service_date

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if contact_id is not UNSET:
            field_dict["contact_id"] = contact_id
        if name is not UNSET:
            field_dict["name"] = name
        if street is not UNSET:
            field_dict["street"] = street
        if zip_ is not UNSET:
            field_dict["zip"] = zip_
        if city is not UNSET:
            field_dict["city"] = city
        if country_code is not UNSET:
            field_dict["country_code"] = country_code
        if item is not UNSET:
            field_dict["item"] = item
        if tax_rate_percentage is not UNSET:
            field_dict["tax_rate_percentage"] = tax_rate_percentage
        if service_date is not UNSET:
            field_dict["service_date"] = service_date

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_contact_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                contact_id_type_0 = UUID(data)

                return contact_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        contact_id = _parse_contact_id(d.pop("contact_id", UNSET))

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_street(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        street = _parse_street(d.pop("street", UNSET))

        def _parse_zip_(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        zip_ = _parse_zip_(d.pop("zip", UNSET))

        def _parse_city(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        city = _parse_city(d.pop("city", UNSET))

        def _parse_country_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        country_code = _parse_country_code(d.pop("country_code", UNSET))

        item = d.pop("item", UNSET)

        def _parse_tax_rate_percentage(data: object) -> float | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(float | str | Unset, data)

        tax_rate_percentage = _parse_tax_rate_percentage(d.pop("tax_rate_percentage", UNSET))

        def _parse_service_date(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                service_date_type_0 = datetime.datetime.fromisoformat(data)

                return service_date_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        service_date = _parse_service_date(d.pop("service_date", UNSET))

        new_invoice_of_sale = cls(
            contact_id=contact_id,
            name=name,
            street=street,
            zip_=zip_,
            city=city,
            country_code=country_code,
            item=item,
            tax_rate_percentage=tax_rate_percentage,
            service_date=service_date,
        )

        return new_invoice_of_sale
