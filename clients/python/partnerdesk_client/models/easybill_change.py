from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.easybill_change_plan_type_0 import (
    EasybillChangePlanType0,
    check_easybill_change_plan_type_0,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="EasybillChange")


@_attrs_define
class EasybillChange:
    """Each member is optional; what is not set stays.

    Attributes:
        api_key (None | str | Unset):
        plan (EasybillChangePlanType0 | None | Unset): Plan: PLUS allows 10 requests a minute, BUSINESS 60
        effective_from (datetime.date | None | Unset): Cut-over: older invoices are left out
    """

    api_key: None | str | Unset = UNSET
    plan: EasybillChangePlanType0 | None | Unset = UNSET
    effective_from: datetime.date | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        api_key: None | str | Unset
        if isinstance(self.api_key, Unset):
            api_key = UNSET
        else:
            api_key = self.api_key

        plan: None | str | Unset
        if isinstance(self.plan, Unset):
            plan = UNSET
        elif isinstance(self.plan, str):
            plan = self.plan
        else:
            plan = self.plan

        effective_from: None | str | Unset
        if isinstance(self.effective_from, Unset):
            effective_from = UNSET
        elif isinstance(self.effective_from, datetime.date):
            effective_from = self.effective_from.isoformat()
        else:
            effective_from = self.effective_from

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if api_key is not UNSET:
            field_dict["api_key"] = api_key
        if plan is not UNSET:
            field_dict["plan"] = plan
        if effective_from is not UNSET:
            field_dict["effective_from"] = effective_from

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_api_key(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        api_key = _parse_api_key(d.pop("api_key", UNSET))

        def _parse_plan(data: object) -> EasybillChangePlanType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                plan_type_0 = check_easybill_change_plan_type_0(data)

                return plan_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EasybillChangePlanType0 | None | Unset, data)

        plan = _parse_plan(d.pop("plan", UNSET))

        def _parse_effective_from(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                effective_from_type_0 = datetime.date.fromisoformat(data)

                return effective_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        effective_from = _parse_effective_from(d.pop("effective_from", UNSET))

        easybill_change = cls(
            api_key=api_key,
            plan=plan,
            effective_from=effective_from,
        )

        return easybill_change
