from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.paid_by import PaidBy, check_paid_by
from ..models.without_bank_details import WithoutBankDetails, check_without_bank_details
from ..types import UNSET, Unset

T = TypeVar("T", bound="TenantChange")


@_attrs_define
class TenantChange:
    """What is set is changed, null included; what is not set stays.

    Attributes:
        name (str | Unset):  Default: ''.
        street (None | str | Unset):
        zip_ (None | str | Unset):
        city (None | str | Unset):
        country_code (str | Unset):  Default: 'DE'.
        vat_id (None | str | Unset):
        tax_number (None | str | Unset):
        business_id (None | str | Unset): W-IdNr.; stands on no document as a tax number
        minimum_payout_cents (int | Unset):  Default: 0.
        hold_days (int | Unset): Hold in days from the customer's payment on; campaigns may differ Default: 0.
        clawback_limit_percent (int | Unset): At most so much of a payout is set off against claw-backs Default: 100.
        clawback_limit_cents (int | None | Unset):
        without_bank_details (WithoutBankDetails | Unset): A tenant's rule for what is due to a partner without bank
            details in force.
        commercial_agents (bool | Unset): Whether your partners are commercial agents (§ 87c HGB): what has been due for
            three months is paid below the minimum, too Default: True.
        paid_by (PaidBy | Unset): Who says that a payout is paid: the tenant's choice.
        replacement_window (str | Unset): So long a new invoice may take the place of a voided one Default: 'P3D'.
        vat_proof_days (int | Unset): For so many days a proof of VIES is good at an approval Default: 30.
        payout_run_day (int | None | Unset): Day of the month on which the month before is paid; null: by hand only
        payout_run_hour (int | Unset): Hour of that day, Europe/Berlin Default: 6.
        agreement_version (None | str | Unset): Version of the self-billing agreement that must hold
    """

    name: str | Unset = ""
    street: None | str | Unset = UNSET
    zip_: None | str | Unset = UNSET
    city: None | str | Unset = UNSET
    country_code: str | Unset = "DE"
    vat_id: None | str | Unset = UNSET
    tax_number: None | str | Unset = UNSET
    business_id: None | str | Unset = UNSET
    minimum_payout_cents: int | Unset = 0
    hold_days: int | Unset = 0
    clawback_limit_percent: int | Unset = 100
    clawback_limit_cents: int | None | Unset = UNSET
    without_bank_details: WithoutBankDetails | Unset = UNSET
    commercial_agents: bool | Unset = True
    paid_by: PaidBy | Unset = UNSET
    replacement_window: str | Unset = "P3D"
    vat_proof_days: int | Unset = 30
    payout_run_day: int | None | Unset = UNSET
    payout_run_hour: int | Unset = 6
    agreement_version: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
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

        minimum_payout_cents = self.minimum_payout_cents

        hold_days = self.hold_days

        clawback_limit_percent = self.clawback_limit_percent

        clawback_limit_cents: int | None | Unset
        if isinstance(self.clawback_limit_cents, Unset):
            clawback_limit_cents = UNSET
        else:
            clawback_limit_cents = self.clawback_limit_cents

        without_bank_details: str | Unset = UNSET
        if not isinstance(self.without_bank_details, Unset):
            without_bank_details = self.without_bank_details

        commercial_agents = self.commercial_agents

        paid_by: str | Unset = UNSET
        if not isinstance(self.paid_by, Unset):
            paid_by = self.paid_by

        replacement_window = self.replacement_window

        vat_proof_days = self.vat_proof_days

        payout_run_day: int | None | Unset
        if isinstance(self.payout_run_day, Unset):
            payout_run_day = UNSET
        else:
            payout_run_day = self.payout_run_day

        payout_run_hour = self.payout_run_hour

        agreement_version: None | str | Unset
        if isinstance(self.agreement_version, Unset):
            agreement_version = UNSET
        else:
            agreement_version = self.agreement_version

        field_dict: dict[str, Any] = {}

        field_dict.update({})
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
        if vat_id is not UNSET:
            field_dict["vat_id"] = vat_id
        if tax_number is not UNSET:
            field_dict["tax_number"] = tax_number
        if business_id is not UNSET:
            field_dict["business_id"] = business_id
        if minimum_payout_cents is not UNSET:
            field_dict["minimum_payout_cents"] = minimum_payout_cents
        if hold_days is not UNSET:
            field_dict["hold_days"] = hold_days
        if clawback_limit_percent is not UNSET:
            field_dict["clawback_limit_percent"] = clawback_limit_percent
        if clawback_limit_cents is not UNSET:
            field_dict["clawback_limit_cents"] = clawback_limit_cents
        if without_bank_details is not UNSET:
            field_dict["without_bank_details"] = without_bank_details
        if commercial_agents is not UNSET:
            field_dict["commercial_agents"] = commercial_agents
        if paid_by is not UNSET:
            field_dict["paid_by"] = paid_by
        if replacement_window is not UNSET:
            field_dict["replacement_window"] = replacement_window
        if vat_proof_days is not UNSET:
            field_dict["vat_proof_days"] = vat_proof_days
        if payout_run_day is not UNSET:
            field_dict["payout_run_day"] = payout_run_day
        if payout_run_hour is not UNSET:
            field_dict["payout_run_hour"] = payout_run_hour
        if agreement_version is not UNSET:
            field_dict["agreement_version"] = agreement_version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name", UNSET)

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

        minimum_payout_cents = d.pop("minimum_payout_cents", UNSET)

        hold_days = d.pop("hold_days", UNSET)

        clawback_limit_percent = d.pop("clawback_limit_percent", UNSET)

        def _parse_clawback_limit_cents(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        clawback_limit_cents = _parse_clawback_limit_cents(d.pop("clawback_limit_cents", UNSET))

        _without_bank_details = d.pop("without_bank_details", UNSET)
        without_bank_details: WithoutBankDetails | Unset
        if isinstance(_without_bank_details, Unset):
            without_bank_details = UNSET
        else:
            without_bank_details = check_without_bank_details(_without_bank_details)

        commercial_agents = d.pop("commercial_agents", UNSET)

        _paid_by = d.pop("paid_by", UNSET)
        paid_by: PaidBy | Unset
        if isinstance(_paid_by, Unset):
            paid_by = UNSET
        else:
            paid_by = check_paid_by(_paid_by)

        replacement_window = d.pop("replacement_window", UNSET)

        vat_proof_days = d.pop("vat_proof_days", UNSET)

        def _parse_payout_run_day(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        payout_run_day = _parse_payout_run_day(d.pop("payout_run_day", UNSET))

        payout_run_hour = d.pop("payout_run_hour", UNSET)

        def _parse_agreement_version(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        agreement_version = _parse_agreement_version(d.pop("agreement_version", UNSET))

        tenant_change = cls(
            name=name,
            street=street,
            zip_=zip_,
            city=city,
            country_code=country_code,
            vat_id=vat_id,
            tax_number=tax_number,
            business_id=business_id,
            minimum_payout_cents=minimum_payout_cents,
            hold_days=hold_days,
            clawback_limit_percent=clawback_limit_percent,
            clawback_limit_cents=clawback_limit_cents,
            without_bank_details=without_bank_details,
            commercial_agents=commercial_agents,
            paid_by=paid_by,
            replacement_window=replacement_window,
            vat_proof_days=vat_proof_days,
            payout_run_day=payout_run_day,
            payout_run_hour=payout_run_hour,
            agreement_version=agreement_version,
        )

        return tenant_change
