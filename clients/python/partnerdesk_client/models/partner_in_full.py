from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.partner_in_full_status import (
    PartnerInFullStatus,
    check_partner_in_full_status,
)

if TYPE_CHECKING:
    from ..models.balance import Balance
    from ..models.bank_details import BankDetails
    from ..models.tax_record import TaxRecord


T = TypeVar("T", bound="PartnerInFull")


@_attrs_define
class PartnerInFull:
    """With balance, tax statuses (newest first) and accounts, of which only the end of the IBAN is shown.

    `pending_bank_details` waits for a second person, or for the end of its quarantine.

        Attributes:
            id (UUID):
            code (str):
            name (str):
            email (None | str):
            phone (None | str):
            status (PartnerInFullStatus):
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
            balance (Balance): A partner's commissions in cents, net, by state; clawbacks count negative.

                `held_cents` is what of `pending_cents` waits because its sale is held. `reversed_cents` holds what refunds
                took,
                whole or in part. `open_cents` is what the next payout may hold; below zero it is a debt, carried until later
                commissions cover it, since `owes_since` (the oldest debt that waits). Each `…_count` says of how many the sum
                is:
                commissions, and payouts where it is `in_payout` or `paid`.
            tax_statuses (list[TaxRecord]):
            bank_details (BankDetails | None):
            pending_bank_details (BankDetails | None):
    """

    id: UUID
    code: str
    name: str
    email: None | str
    phone: None | str
    status: PartnerInFullStatus
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
    balance: Balance
    tax_statuses: list[TaxRecord]
    bank_details: BankDetails | None
    pending_bank_details: BankDetails | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.bank_details import BankDetails  # noqa: PLC0415

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

        balance = self.balance.to_dict()

        tax_statuses = []
        for tax_statuses_item_data in self.tax_statuses:
            tax_statuses_item = tax_statuses_item_data.to_dict()
            tax_statuses.append(tax_statuses_item)

        bank_details: dict[str, Any] | None
        if isinstance(self.bank_details, BankDetails):
            bank_details = self.bank_details.to_dict()
        else:
            bank_details = self.bank_details

        pending_bank_details: dict[str, Any] | None
        if isinstance(self.pending_bank_details, BankDetails):
            pending_bank_details = self.pending_bank_details.to_dict()
        else:
            pending_bank_details = self.pending_bank_details

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
                "balance": balance,
                "tax_statuses": tax_statuses,
                "bank_details": bank_details,
                "pending_bank_details": pending_bank_details,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.balance import Balance  # noqa: PLC0415
        from ..models.bank_details import BankDetails  # noqa: PLC0415
        from ..models.tax_record import TaxRecord  # noqa: PLC0415

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

        status = check_partner_in_full_status(d.pop("status"))

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

        balance = Balance.from_dict(d.pop("balance"))

        tax_statuses = []
        _tax_statuses = d.pop("tax_statuses")
        for tax_statuses_item_data in _tax_statuses:
            tax_statuses_item = TaxRecord.from_dict(tax_statuses_item_data)

            tax_statuses.append(tax_statuses_item)

        def _parse_bank_details(data: object) -> BankDetails | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                bank_details_type_0 = BankDetails.from_dict(data)

                return bank_details_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BankDetails | None, data)

        bank_details = _parse_bank_details(d.pop("bank_details"))

        def _parse_pending_bank_details(data: object) -> BankDetails | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                pending_bank_details_type_0 = BankDetails.from_dict(data)

                return pending_bank_details_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BankDetails | None, data)

        pending_bank_details = _parse_pending_bank_details(d.pop("pending_bank_details"))

        partner_in_full = cls(
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
            balance=balance,
            tax_statuses=tax_statuses,
            bank_details=bank_details,
            pending_bank_details=pending_bank_details,
        )

        partner_in_full.additional_properties = d
        return partner_in_full

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
