from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.partner_row_status import PartnerRowStatus, check_partner_row_status
from ..models.tax_status import TaxStatus, check_tax_status

T = TypeVar("T", bound="PartnerRow")


@_attrs_define
class PartnerRow:
    """`approved_cents` is what could be paid now, net; negative where more was taken back than earned.

    Attributes:
        id (UUID):
        code (str):
        name (str):
        email (None | str):
        phone (None | str):
        status (PartnerRowStatus):
        sponsor_id (None | UUID):
        sponsor_code (None | str):
        campaign_id (None | UUID):
        campaign_slug (None | str):
        lexoffice_contact_id (None | UUID):
        supplement (None | str):
        street (None | str):
        zip_ (None | str):
        city (None | str):
        country_code (None | str):
        agreement_accepted_at (datetime.datetime | None):
        agreement_version (None | str):
        minimum_payout_cents (int | None):
        predecessor_code (None | str):
        successor_code (None | str):
        last_edited_by (None | str):
        created_at (datetime.datetime):
        payouts_stopped (bool):
        tax_status (None | TaxStatus):
        has_account (bool):
        approved_cents (int):
    """

    id: UUID
    code: str
    name: str
    email: None | str
    phone: None | str
    status: PartnerRowStatus
    sponsor_id: None | UUID
    sponsor_code: None | str
    campaign_id: None | UUID
    campaign_slug: None | str
    lexoffice_contact_id: None | UUID
    supplement: None | str
    street: None | str
    zip_: None | str
    city: None | str
    country_code: None | str
    agreement_accepted_at: datetime.datetime | None
    agreement_version: None | str
    minimum_payout_cents: int | None
    predecessor_code: None | str
    successor_code: None | str
    last_edited_by: None | str
    created_at: datetime.datetime
    payouts_stopped: bool
    tax_status: None | TaxStatus
    has_account: bool
    approved_cents: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        code = self.code

        name = self.name

        email: None | str
        email = self.email

        phone: None | str
        phone = self.phone

        status: str = self.status

        sponsor_id: None | str
        if isinstance(self.sponsor_id, UUID):
            sponsor_id = str(self.sponsor_id)
        else:
            sponsor_id = self.sponsor_id

        sponsor_code: None | str
        sponsor_code = self.sponsor_code

        campaign_id: None | str
        if isinstance(self.campaign_id, UUID):
            campaign_id = str(self.campaign_id)
        else:
            campaign_id = self.campaign_id

        campaign_slug: None | str
        campaign_slug = self.campaign_slug

        lexoffice_contact_id: None | str
        if isinstance(self.lexoffice_contact_id, UUID):
            lexoffice_contact_id = str(self.lexoffice_contact_id)
        else:
            lexoffice_contact_id = self.lexoffice_contact_id

        supplement: None | str
        supplement = self.supplement

        street: None | str
        street = self.street

        zip_: None | str
        zip_ = self.zip_

        city: None | str
        city = self.city

        country_code: None | str
        country_code = self.country_code

        agreement_accepted_at: None | str
        if isinstance(self.agreement_accepted_at, datetime.datetime):
            agreement_accepted_at = self.agreement_accepted_at.isoformat()
        else:
            agreement_accepted_at = self.agreement_accepted_at

        agreement_version: None | str
        agreement_version = self.agreement_version

        minimum_payout_cents: int | None
        minimum_payout_cents = self.minimum_payout_cents

        predecessor_code: None | str
        predecessor_code = self.predecessor_code

        successor_code: None | str
        successor_code = self.successor_code

        last_edited_by: None | str
        last_edited_by = self.last_edited_by

        created_at = self.created_at.isoformat()

        payouts_stopped = self.payouts_stopped

        tax_status: None | str
        if isinstance(self.tax_status, str):
            tax_status = self.tax_status
        else:
            tax_status = self.tax_status

        has_account = self.has_account

        approved_cents = self.approved_cents

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "code": code,
                "name": name,
                "email": email,
                "phone": phone,
                "status": status,
                "sponsor_id": sponsor_id,
                "sponsor_code": sponsor_code,
                "campaign_id": campaign_id,
                "campaign_slug": campaign_slug,
                "lexoffice_contact_id": lexoffice_contact_id,
                "supplement": supplement,
                "street": street,
                "zip": zip_,
                "city": city,
                "country_code": country_code,
                "agreement_accepted_at": agreement_accepted_at,
                "agreement_version": agreement_version,
                "minimum_payout_cents": minimum_payout_cents,
                "predecessor_code": predecessor_code,
                "successor_code": successor_code,
                "last_edited_by": last_edited_by,
                "created_at": created_at,
                "payouts_stopped": payouts_stopped,
                "tax_status": tax_status,
                "has_account": has_account,
                "approved_cents": approved_cents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        code = d.pop("code")

        name = d.pop("name")

        def _parse_email(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        email = _parse_email(d.pop("email"))

        def _parse_phone(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        phone = _parse_phone(d.pop("phone"))

        status = check_partner_row_status(d.pop("status"))

        def _parse_sponsor_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                sponsor_id_type_0 = UUID(data)

                return sponsor_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        sponsor_id = _parse_sponsor_id(d.pop("sponsor_id"))

        def _parse_sponsor_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        sponsor_code = _parse_sponsor_code(d.pop("sponsor_code"))

        def _parse_campaign_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                campaign_id_type_0 = UUID(data)

                return campaign_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        campaign_id = _parse_campaign_id(d.pop("campaign_id"))

        def _parse_campaign_slug(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        campaign_slug = _parse_campaign_slug(d.pop("campaign_slug"))

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

        def _parse_supplement(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        supplement = _parse_supplement(d.pop("supplement"))

        def _parse_street(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        street = _parse_street(d.pop("street"))

        def _parse_zip_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        zip_ = _parse_zip_(d.pop("zip"))

        def _parse_city(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        city = _parse_city(d.pop("city"))

        def _parse_country_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        country_code = _parse_country_code(d.pop("country_code"))

        def _parse_agreement_accepted_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                agreement_accepted_at_type_0 = datetime.datetime.fromisoformat(data)

                return agreement_accepted_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        agreement_accepted_at = _parse_agreement_accepted_at(d.pop("agreement_accepted_at"))

        def _parse_agreement_version(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        agreement_version = _parse_agreement_version(d.pop("agreement_version"))

        def _parse_minimum_payout_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        minimum_payout_cents = _parse_minimum_payout_cents(d.pop("minimum_payout_cents"))

        def _parse_predecessor_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        predecessor_code = _parse_predecessor_code(d.pop("predecessor_code"))

        def _parse_successor_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        successor_code = _parse_successor_code(d.pop("successor_code"))

        def _parse_last_edited_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_edited_by = _parse_last_edited_by(d.pop("last_edited_by"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        payouts_stopped = d.pop("payouts_stopped")

        def _parse_tax_status(data: object) -> None | TaxStatus:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                tax_status_type_0 = check_tax_status(data)

                return tax_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TaxStatus, data)

        tax_status = _parse_tax_status(d.pop("tax_status"))

        has_account = d.pop("has_account")

        approved_cents = d.pop("approved_cents")

        partner_row = cls(
            id=id,
            code=code,
            name=name,
            email=email,
            phone=phone,
            status=status,
            sponsor_id=sponsor_id,
            sponsor_code=sponsor_code,
            campaign_id=campaign_id,
            campaign_slug=campaign_slug,
            lexoffice_contact_id=lexoffice_contact_id,
            supplement=supplement,
            street=street,
            zip_=zip_,
            city=city,
            country_code=country_code,
            agreement_accepted_at=agreement_accepted_at,
            agreement_version=agreement_version,
            minimum_payout_cents=minimum_payout_cents,
            predecessor_code=predecessor_code,
            successor_code=successor_code,
            last_edited_by=last_edited_by,
            created_at=created_at,
            payouts_stopped=payouts_stopped,
            tax_status=tax_status,
            has_account=has_account,
            approved_cents=approved_cents,
        )

        partner_row.additional_properties = d
        return partner_row

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
