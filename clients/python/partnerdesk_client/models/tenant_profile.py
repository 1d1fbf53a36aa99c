from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.paid_by import PaidBy, check_paid_by
from ..models.without_bank_details import WithoutBankDetails, check_without_bank_details
from ..types import UNSET, Unset

T = TypeVar("T", bound="TenantProfile")


@_attrs_define
class TenantProfile:
    """All that a tenant has decided about itself. Cents are EUR.

    Attributes:
        id (UUID):
        slug (str):
        name (str):
        is_demo (bool):
        default_campaign_id (None | UUID):
        replacement_window (str):
        minimum_payout_cents (int):
        hold_days (int):
        clawback_limit_percent (int):
        clawback_limit_cents (int | None):
        without_bank_details (WithoutBankDetails): A tenant's rule for what is due to a partner without bank details in
            force.
        commercial_agents (bool):
        paid_by (PaidBy): Who says that a payout is paid: the tenant's choice.
        agreement_version (None | str):
        four_eyes_limit_cents (int):
        single_approver (bool):
        bank_quarantine (str):
        vat_proof_days (int):
        payout_run_day (int | None):
        payout_run_hour (int):
        street (None | str | Unset):
        zip_ (None | str | Unset):
        city (None | str | Unset):
        country_code (str | Unset):  Default: 'DE'.
        vat_id (None | str | Unset):
        tax_number (None | str | Unset):
        business_id (None | str | Unset):
    """

    id: UUID
    slug: str
    name: str
    is_demo: bool
    default_campaign_id: None | UUID
    replacement_window: str
    minimum_payout_cents: int
    hold_days: int
    clawback_limit_percent: int
    clawback_limit_cents: int | None
    without_bank_details: WithoutBankDetails
    commercial_agents: bool
    paid_by: PaidBy
    agreement_version: None | str
    four_eyes_limit_cents: int
    single_approver: bool
    bank_quarantine: str
    vat_proof_days: int
    payout_run_day: int | None
    payout_run_hour: int
    street: None | str | Unset = UNSET
    zip_: None | str | Unset = UNSET
    city: None | str | Unset = UNSET
    country_code: str | Unset = "DE"
    vat_id: None | str | Unset = UNSET
    tax_number: None | str | Unset = UNSET
    business_id: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        slug = self.slug

        name = self.name

        is_demo = self.is_demo

        default_campaign_id: None | str
        if isinstance(self.default_campaign_id, UUID):
            default_campaign_id = str(self.default_campaign_id)
        else:
            default_campaign_id = self.default_campaign_id

        replacement_window = self.replacement_window

        minimum_payout_cents = self.minimum_payout_cents

        hold_days = self.hold_days

        clawback_limit_percent = self.clawback_limit_percent

        clawback_limit_cents: int | None
        clawback_limit_cents = self.clawback_limit_cents

        without_bank_details: str = self.without_bank_details

        commercial_agents = self.commercial_agents

        paid_by: str = self.paid_by

        agreement_version: None | str
        agreement_version = self.agreement_version

        four_eyes_limit_cents = self.four_eyes_limit_cents

        single_approver = self.single_approver

        bank_quarantine = self.bank_quarantine

        vat_proof_days = self.vat_proof_days

        payout_run_day: int | None
        payout_run_day = self.payout_run_day

        payout_run_hour = self.payout_run_hour

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

        country_code = self.country_code

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

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "slug": slug,
                "name": name,
                "is_demo": is_demo,
                "default_campaign_id": default_campaign_id,
                "replacement_window": replacement_window,
                "minimum_payout_cents": minimum_payout_cents,
                "hold_days": hold_days,
                "clawback_limit_percent": clawback_limit_percent,
                "clawback_limit_cents": clawback_limit_cents,
                "without_bank_details": without_bank_details,
                "commercial_agents": commercial_agents,
                "paid_by": paid_by,
                "agreement_version": agreement_version,
                "four_eyes_limit_cents": four_eyes_limit_cents,
                "single_approver": single_approver,
                "bank_quarantine": bank_quarantine,
                "vat_proof_days": vat_proof_days,
                "payout_run_day": payout_run_day,
                "payout_run_hour": payout_run_hour,
            }
        )
        if street is not UNSET:
            field_dict["street"] = street
        if zip_ is not UNSET:
            field_dict["zip"] = zip_
        if city is not UNSET:
            field_dict["city"] = city
        if country_code is not UNSET:
            field_dict["country_code"] = country_code
        if vat_id is not UNSET:
            field_dict["vat_id"] = vat_id
        if tax_number is not UNSET:
            field_dict["tax_number"] = tax_number
        if business_id is not UNSET:
            field_dict["business_id"] = business_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        slug = d.pop("slug")

        name = d.pop("name")

        is_demo = d.pop("is_demo")

        def _parse_default_campaign_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                default_campaign_id_type_0 = UUID(data)

                return default_campaign_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        default_campaign_id = _parse_default_campaign_id(d.pop("default_campaign_id"))

        replacement_window = d.pop("replacement_window")

        minimum_payout_cents = d.pop("minimum_payout_cents")

        hold_days = d.pop("hold_days")

        clawback_limit_percent = d.pop("clawback_limit_percent")

        def _parse_clawback_limit_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        clawback_limit_cents = _parse_clawback_limit_cents(d.pop("clawback_limit_cents"))

        without_bank_details = check_without_bank_details(d.pop("without_bank_details"))

        commercial_agents = d.pop("commercial_agents")

        paid_by = check_paid_by(d.pop("paid_by"))

        def _parse_agreement_version(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        agreement_version = _parse_agreement_version(d.pop("agreement_version"))

        four_eyes_limit_cents = d.pop("four_eyes_limit_cents")

        single_approver = d.pop("single_approver")

        bank_quarantine = d.pop("bank_quarantine")

        vat_proof_days = d.pop("vat_proof_days")

        def _parse_payout_run_day(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        payout_run_day = _parse_payout_run_day(d.pop("payout_run_day"))

        payout_run_hour = d.pop("payout_run_hour")

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

        country_code = d.pop("country_code", UNSET)

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

        tenant_profile = cls(
            id=id,
            slug=slug,
            name=name,
            is_demo=is_demo,
            default_campaign_id=default_campaign_id,
            replacement_window=replacement_window,
            minimum_payout_cents=minimum_payout_cents,
            hold_days=hold_days,
            clawback_limit_percent=clawback_limit_percent,
            clawback_limit_cents=clawback_limit_cents,
            without_bank_details=without_bank_details,
            commercial_agents=commercial_agents,
            paid_by=paid_by,
            agreement_version=agreement_version,
            four_eyes_limit_cents=four_eyes_limit_cents,
            single_approver=single_approver,
            bank_quarantine=bank_quarantine,
            vat_proof_days=vat_proof_days,
            payout_run_day=payout_run_day,
            payout_run_hour=payout_run_hour,
            street=street,
            zip_=zip_,
            city=city,
            country_code=country_code,
            vat_id=vat_id,
            tax_number=tax_number,
            business_id=business_id,
        )

        tenant_profile.additional_properties = d
        return tenant_profile

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
