from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.commission_state import CommissionState, check_commission_state
from ..models.tax_case import TaxCase, check_tax_case

if TYPE_CHECKING:
    from ..models.commission_shown_calculation_type_0 import (
        CommissionShownCalculationType0,
    )
    from ..models.commission_shown_rule_params_type_0 import (
        CommissionShownRuleParamsType0,
    )


T = TypeVar("T", bound="CommissionShown")


@_attrs_define
class CommissionShown:
    """`rule` says how it came about, by `rule_code` and `rule_params`; `calculation` holds all of it.

    Attributes:
        id (UUID):
        kind (str):
        transaction_id (None | UUID):
        month (datetime.date | None):
        partner_id (UUID):
        partner_code (str):
        level (int):
        plan_id (None | UUID):
        percent (str):
        fixed_cents (int):
        base_cents (int):
        net_cents (int):
        earned_cents (int):
        state (CommissionState): The states of a commission.
        provisional (bool):
        service_date (datetime.date):
        origin_id (None | UUID):
        reissued_of (None | UUID):
        cause (None | str):
        cause_document (None | str):
        tax_case (None | TaxCase):
        calculation (CommissionShownCalculationType0 | None):
        created_at (datetime.datetime):
        payout_number (None | str):
        rule (None | str):
        rule_code (None | str):
        rule_params (CommissionShownRuleParamsType0 | None):
    """

    id: UUID
    kind: str
    transaction_id: None | UUID
    month: datetime.date | None
    partner_id: UUID
    partner_code: str
    level: int
    plan_id: None | UUID
    percent: str
    fixed_cents: int
    base_cents: int
    net_cents: int
    earned_cents: int
    state: CommissionState
    provisional: bool
    service_date: datetime.date
    origin_id: None | UUID
    reissued_of: None | UUID
    cause: None | str
    cause_document: None | str
    tax_case: None | TaxCase
    calculation: CommissionShownCalculationType0 | None
    created_at: datetime.datetime
    payout_number: None | str
    rule: None | str
    rule_code: None | str
    rule_params: CommissionShownRuleParamsType0 | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.commission_shown_calculation_type_0 import (
            CommissionShownCalculationType0,  # noqa: PLC0415
        )
        from ..models.commission_shown_rule_params_type_0 import (
            CommissionShownRuleParamsType0,  # noqa: PLC0415
        )

        id = str(self.id)

        kind = self.kind

        transaction_id: None | str
        if isinstance(self.transaction_id, UUID):
            transaction_id = str(self.transaction_id)
        else:
            transaction_id = self.transaction_id

        month: None | str
        if isinstance(self.month, datetime.date):
            month = self.month.isoformat()
        else:
            month = self.month

        partner_id = str(self.partner_id)

        partner_code = self.partner_code

        level = self.level

        plan_id: None | str
        if isinstance(self.plan_id, UUID):
            plan_id = str(self.plan_id)
        else:
            plan_id = self.plan_id

        percent = self.percent

        fixed_cents = self.fixed_cents

        base_cents = self.base_cents

        net_cents = self.net_cents

        earned_cents = self.earned_cents

        state: str = self.state

        provisional = self.provisional

        service_date = self.service_date.isoformat()

        origin_id: None | str
        if isinstance(self.origin_id, UUID):
            origin_id = str(self.origin_id)
        else:
            origin_id = self.origin_id

        reissued_of: None | str
        if isinstance(self.reissued_of, UUID):
            reissued_of = str(self.reissued_of)
        else:
            reissued_of = self.reissued_of

        cause: None | str
        cause = self.cause

        cause_document: None | str
        cause_document = self.cause_document

        tax_case: None | str
        if isinstance(self.tax_case, str):
            tax_case = self.tax_case
        else:
            tax_case = self.tax_case

        calculation: dict[str, Any] | None
        if isinstance(self.calculation, CommissionShownCalculationType0):
            calculation = self.calculation.to_dict()
        else:
            calculation = self.calculation

        created_at = self.created_at.isoformat()

        payout_number: None | str
        payout_number = self.payout_number

        rule: None | str
        rule = self.rule

        rule_code: None | str
        rule_code = self.rule_code

        rule_params: dict[str, Any] | None
        if isinstance(self.rule_params, CommissionShownRuleParamsType0):
            rule_params = self.rule_params.to_dict()
        else:
            rule_params = self.rule_params

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "transaction_id": transaction_id,
                "month": month,
                "partner_id": partner_id,
                "partner_code": partner_code,
                "level": level,
                "plan_id": plan_id,
                "percent": percent,
                "fixed_cents": fixed_cents,
                "base_cents": base_cents,
                "net_cents": net_cents,
                "earned_cents": earned_cents,
                "state": state,
                "provisional": provisional,
                "service_date": service_date,
                "origin_id": origin_id,
                "reissued_of": reissued_of,
                "cause": cause,
                "cause_document": cause_document,
                "tax_case": tax_case,
                "calculation": calculation,
                "created_at": created_at,
                "payout_number": payout_number,
                "rule": rule,
                "rule_code": rule_code,
                "rule_params": rule_params,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.commission_shown_calculation_type_0 import (
            CommissionShownCalculationType0,  # noqa: PLC0415
        )
        from ..models.commission_shown_rule_params_type_0 import (
            CommissionShownRuleParamsType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        kind = d.pop("kind")

        def _parse_transaction_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                transaction_id_type_0 = UUID(data)

                return transaction_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        transaction_id = _parse_transaction_id(d.pop("transaction_id"))

        def _parse_month(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                month_type_0 = datetime.date.fromisoformat(data)

                return month_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        month = _parse_month(d.pop("month"))

        partner_id = UUID(d.pop("partner_id"))

        partner_code = d.pop("partner_code")

        level = d.pop("level")

        def _parse_plan_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                plan_id_type_0 = UUID(data)

                return plan_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        plan_id = _parse_plan_id(d.pop("plan_id"))

        percent = d.pop("percent")

        fixed_cents = d.pop("fixed_cents")

        base_cents = d.pop("base_cents")

        net_cents = d.pop("net_cents")

        earned_cents = d.pop("earned_cents")

        state = check_commission_state(d.pop("state"))

        provisional = d.pop("provisional")

        service_date = datetime.date.fromisoformat(d.pop("service_date"))

        def _parse_origin_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                origin_id_type_0 = UUID(data)

                return origin_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        origin_id = _parse_origin_id(d.pop("origin_id"))

        def _parse_reissued_of(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                reissued_of_type_0 = UUID(data)

                return reissued_of_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        reissued_of = _parse_reissued_of(d.pop("reissued_of"))

        def _parse_cause(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cause = _parse_cause(d.pop("cause"))

        def _parse_cause_document(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cause_document = _parse_cause_document(d.pop("cause_document"))

        def _parse_tax_case(data: object) -> None | TaxCase:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                tax_case_type_0 = check_tax_case(data)

                return tax_case_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TaxCase, data)

        tax_case = _parse_tax_case(d.pop("tax_case"))

        def _parse_calculation(data: object) -> CommissionShownCalculationType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                calculation_type_0 = CommissionShownCalculationType0.from_dict(data)

                return calculation_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CommissionShownCalculationType0 | None, data)

        calculation = _parse_calculation(d.pop("calculation"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_payout_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        payout_number = _parse_payout_number(d.pop("payout_number"))

        def _parse_rule(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rule = _parse_rule(d.pop("rule"))

        def _parse_rule_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rule_code = _parse_rule_code(d.pop("rule_code"))

        def _parse_rule_params(data: object) -> CommissionShownRuleParamsType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                rule_params_type_0 = CommissionShownRuleParamsType0.from_dict(data)

                return rule_params_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CommissionShownRuleParamsType0 | None, data)

        rule_params = _parse_rule_params(d.pop("rule_params"))

        commission_shown = cls(
            id=id,
            kind=kind,
            transaction_id=transaction_id,
            month=month,
            partner_id=partner_id,
            partner_code=partner_code,
            level=level,
            plan_id=plan_id,
            percent=percent,
            fixed_cents=fixed_cents,
            base_cents=base_cents,
            net_cents=net_cents,
            earned_cents=earned_cents,
            state=state,
            provisional=provisional,
            service_date=service_date,
            origin_id=origin_id,
            reissued_of=reissued_of,
            cause=cause,
            cause_document=cause_document,
            tax_case=tax_case,
            calculation=calculation,
            created_at=created_at,
            payout_number=payout_number,
            rule=rule,
            rule_code=rule_code,
            rule_params=rule_params,
        )

        commission_shown.additional_properties = d
        return commission_shown

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
