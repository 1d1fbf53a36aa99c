from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.new_partner_status import NewPartnerStatus, check_new_partner_status
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewPartner")


@_attrs_define
class NewPartner:
    """A partner as somebody enters it: only code and name are required.

    Attributes:
        name (str):
        code (str):
        email (None | str | Unset):
        phone (None | str | Unset):
        status (NewPartnerStatus | Unset):  Default: 'active'.
        sponsor_code (None | str | Unset):
        campaign_slug (None | str | Unset):
        lexoffice_contact_id (None | Unset | UUID):
        supplement (None | str | Unset):
        street (None | str | Unset):
        zip_ (None | str | Unset):
        city (None | str | Unset):
        country_code (None | str | Unset):
        minimum_payout_cents (int | None | Unset):
        predecessor_code (None | str | Unset): Whom this new legal person follows; nothing goes over to it
    """

    name: str
    code: str
    email: None | str | Unset = UNSET
    phone: None | str | Unset = UNSET
    status: NewPartnerStatus | Unset = "active"
    sponsor_code: None | str | Unset = UNSET
    campaign_slug: None | str | Unset = UNSET
    lexoffice_contact_id: None | Unset | UUID = UNSET
    supplement: None | str | Unset = UNSET
    street: None | str | Unset = UNSET
    zip_: None | str | Unset = UNSET
    city: None | str | Unset = UNSET
    country_code: None | str | Unset = UNSET
    minimum_payout_cents: int | None | Unset = UNSET
    predecessor_code: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        code = self.code

        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        phone: None | str | Unset
        if isinstance(self.phone, Unset):
            phone = UNSET
        else:
            phone = self.phone

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status

        sponsor_code: None | str | Unset
        if isinstance(self.sponsor_code, Unset):
            sponsor_code = UNSET
        else:
            sponsor_code = self.sponsor_code

        campaign_slug: None | str | Unset
        if isinstance(self.campaign_slug, Unset):
            campaign_slug = UNSET
        else:
            campaign_slug = self.campaign_slug

        lexoffice_contact_id: None | str | Unset
        if isinstance(self.lexoffice_contact_id, Unset):
            lexoffice_contact_id = UNSET
        elif isinstance(self.lexoffice_contact_id, UUID):
            lexoffice_contact_id = str(self.lexoffice_contact_id)
        else:
            lexoffice_contact_id = self.lexoffice_contact_id

        supplement: None | str | Unset
        if isinstance(self.supplement, Unset):
            supplement = UNSET
        else:
            supplement = self.supplement

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

        minimum_payout_cents: int | None | Unset
        if isinstance(self.minimum_payout_cents, Unset):
            minimum_payout_cents = UNSET
        else:
            minimum_payout_cents = self.minimum_payout_cents

        predecessor_code: None | str | Unset
        if isinstance(self.predecessor_code, Unset):
            predecessor_code = UNSET
        else:
            predecessor_code = self.predecessor_code

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "code": code,
            }
        )
        if email is not UNSET:
            field_dict["email"] = email
        if phone is not UNSET:
            field_dict["phone"] = phone
        if status is not UNSET:
            field_dict["status"] = status
        if sponsor_code is not UNSET:
            field_dict["sponsor_code"] = sponsor_code
        if campaign_slug is not UNSET:
            field_dict["campaign_slug"] = campaign_slug
        if lexoffice_contact_id is not UNSET:
            field_dict["lexoffice_contact_id"] = lexoffice_contact_id
        if supplement is not UNSET:
            field_dict["supplement"] = supplement
        if street is not UNSET:
            field_dict["street"] = street
        if zip_ is not UNSET:
            field_dict["zip"] = zip_
        if city is not UNSET:
            field_dict["city"] = city
        if country_code is not UNSET:
            field_dict["country_code"] = country_code
        if minimum_payout_cents is not UNSET:
            field_dict["minimum_payout_cents"] = minimum_payout_cents
        if predecessor_code is not UNSET:
            field_dict["predecessor_code"] = predecessor_code

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        code = d.pop("code")

        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))

        def _parse_phone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        phone = _parse_phone(d.pop("phone", UNSET))

        _status = d.pop("status", UNSET)
        status: NewPartnerStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = check_new_partner_status(_status)

        def _parse_sponsor_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sponsor_code = _parse_sponsor_code(d.pop("sponsor_code", UNSET))

        def _parse_campaign_slug(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        campaign_slug = _parse_campaign_slug(d.pop("campaign_slug", UNSET))

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

        def _parse_supplement(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        supplement = _parse_supplement(d.pop("supplement", UNSET))

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

        def _parse_minimum_payout_cents(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        minimum_payout_cents = _parse_minimum_payout_cents(d.pop("minimum_payout_cents", UNSET))

        def _parse_predecessor_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        predecessor_code = _parse_predecessor_code(d.pop("predecessor_code", UNSET))

        new_partner = cls(
            name=name,
            code=code,
            email=email,
            phone=phone,
            status=status,
            sponsor_code=sponsor_code,
            campaign_slug=campaign_slug,
            lexoffice_contact_id=lexoffice_contact_id,
            supplement=supplement,
            street=street,
            zip_=zip_,
            city=city,
            country_code=country_code,
            minimum_payout_cents=minimum_payout_cents,
            predecessor_code=predecessor_code,
        )

        return new_partner
