from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tax_record_exclusion_type_0 import (
    TaxRecordExclusionType0,
    check_tax_record_exclusion_type_0,
)
from ..models.tax_status import TaxStatus, check_tax_status
from ..types import UNSET, Unset

T = TypeVar("T", bound="TaxRecord")


@_attrs_define
class TaxRecord:
    """A status as it was recorded, valid from `valid_from` until before `valid_until`.

    Its numbers stay as they were written: those of before 1.1 may be none.

        Attributes:
            status (TaxStatus): What a partner is for German VAT (rules.md, The document).
            valid_from (datetime.date):
            id (UUID):
            partner_id (UUID):
            recorded_by (None | str):
            recorded_at (datetime.datetime):
            valid_until (datetime.date | None | Unset):
            vat_id (None | str | Unset):
            tax_number (None | str | Unset):
            business_id (None | str | Unset):
            confirmed_year (int | None | Unset):
            exclusion (None | TaxRecordExclusionType0 | Unset):
            declared_on (datetime.date | None | Unset):
    """

    status: TaxStatus
    valid_from: datetime.date
    id: UUID
    partner_id: UUID
    recorded_by: None | str
    recorded_at: datetime.datetime
    valid_until: datetime.date | None | Unset = UNSET
    vat_id: None | str | Unset = UNSET
    tax_number: None | str | Unset = UNSET
    business_id: None | str | Unset = UNSET
    confirmed_year: int | None | Unset = UNSET
    exclusion: None | TaxRecordExclusionType0 | Unset = UNSET
    declared_on: datetime.date | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status: str = self.status

        valid_from = self.valid_from.isoformat()

        id = str(self.id)

        partner_id = str(self.partner_id)

        recorded_by: None | str
        recorded_by = self.recorded_by

        recorded_at = self.recorded_at.isoformat()

        valid_until: None | str | Unset
        if isinstance(self.valid_until, Unset):
            valid_until = UNSET
        elif isinstance(self.valid_until, datetime.date):
            valid_until = self.valid_until.isoformat()
        else:
            valid_until = self.valid_until

        vat_id: None | str | Unset
        if isinstance(self.vat_id, Unset):
            vat_id = UNSET
        else:
            vat_id = self.vat_id

        tax_number: None | str | Unset
        if isinstance(self.tax_number, Unset):
            tax_number = UNSET
        else:
            tax_number = self.tax_number

        business_id: None | str | Unset
        if isinstance(self.business_id, Unset):
            business_id = UNSET
        else:
            business_id = self.business_id

        confirmed_year: int | None | Unset
        if isinstance(self.confirmed_year, Unset):
            confirmed_year = UNSET
        else:
            confirmed_year = self.confirmed_year

        exclusion: None | str | Unset
        if isinstance(self.exclusion, Unset):
            exclusion = UNSET
        elif isinstance(self.exclusion, str):
            exclusion = self.exclusion
        else:
            exclusion = self.exclusion

        declared_on: None | str | Unset
        if isinstance(self.declared_on, Unset):
            declared_on = UNSET
        elif isinstance(self.declared_on, datetime.date):
            declared_on = self.declared_on.isoformat()
        else:
            declared_on = self.declared_on

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "valid_from": valid_from,
                "id": id,
                "partner_id": partner_id,
                "recorded_by": recorded_by,
                "recorded_at": recorded_at,
            }
        )
        if valid_until is not UNSET:
            field_dict["valid_until"] = valid_until
        if vat_id is not UNSET:
            field_dict["vat_id"] = vat_id
        if tax_number is not UNSET:
            field_dict["tax_number"] = tax_number
        if business_id is not UNSET:
            field_dict["business_id"] = business_id
        if confirmed_year is not UNSET:
            field_dict["confirmed_year"] = confirmed_year
        if exclusion is not UNSET:
            field_dict["exclusion"] = exclusion
        if declared_on is not UNSET:
            field_dict["declared_on"] = declared_on

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        status = check_tax_status(d.pop("status"))

        valid_from = datetime.date.fromisoformat(d.pop("valid_from"))

        id = UUID(d.pop("id"))

        partner_id = UUID(d.pop("partner_id"))

        def _parse_recorded_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        recorded_by = _parse_recorded_by(d.pop("recorded_by"))

        recorded_at = datetime.datetime.fromisoformat(d.pop("recorded_at"))

        def _parse_valid_until(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                valid_until_type_0 = datetime.date.fromisoformat(data)

                return valid_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        valid_until = _parse_valid_until(d.pop("valid_until", UNSET))

        def _parse_vat_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        vat_id = _parse_vat_id(d.pop("vat_id", UNSET))

        def _parse_tax_number(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tax_number = _parse_tax_number(d.pop("tax_number", UNSET))

        def _parse_business_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        business_id = _parse_business_id(d.pop("business_id", UNSET))

        def _parse_confirmed_year(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        confirmed_year = _parse_confirmed_year(d.pop("confirmed_year", UNSET))

        def _parse_exclusion(data: object) -> None | TaxRecordExclusionType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                exclusion_type_0 = check_tax_record_exclusion_type_0(data)

                return exclusion_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TaxRecordExclusionType0 | Unset, data)

        exclusion = _parse_exclusion(d.pop("exclusion", UNSET))

        def _parse_declared_on(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                declared_on_type_0 = datetime.date.fromisoformat(data)

                return declared_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        declared_on = _parse_declared_on(d.pop("declared_on", UNSET))

        tax_record = cls(
            status=status,
            valid_from=valid_from,
            id=id,
            partner_id=partner_id,
            recorded_by=recorded_by,
            recorded_at=recorded_at,
            valid_until=valid_until,
            vat_id=vat_id,
            tax_number=tax_number,
            business_id=business_id,
            confirmed_year=confirmed_year,
            exclusion=exclusion,
            declared_on=declared_on,
        )

        tax_record.additional_properties = d
        return tax_record

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
