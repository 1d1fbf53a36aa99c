from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RunRequest")


@_attrs_define
class RunRequest:
    """
    Attributes:
        account (None | Unset | UUID): Own account; needed where several are in force
        execution_date (datetime.date | None | Unset): A bank working day; else the next one
        payouts (list[str] | None | Unset): Else all that can be paid
    """

    account: None | Unset | UUID = UNSET
    execution_date: datetime.date | None | Unset = UNSET
    payouts: list[str] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        account: None | str | Unset
        if isinstance(self.account, Unset):
            account = UNSET
        elif isinstance(self.account, UUID):
            account = str(self.account)
        else:
            account = self.account

        execution_date: None | str | Unset
        if isinstance(self.execution_date, Unset):
            execution_date = UNSET
        elif isinstance(self.execution_date, datetime.date):
            execution_date = self.execution_date.isoformat()
        else:
            execution_date = self.execution_date

        payouts: list[str] | None | Unset
        if isinstance(self.payouts, Unset):
            payouts = UNSET
        elif isinstance(self.payouts, list):
            payouts = self.payouts

        else:
            payouts = self.payouts

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if account is not UNSET:
            field_dict["account"] = account
        if execution_date is not UNSET:
            field_dict["execution_date"] = execution_date
        if payouts is not UNSET:
            field_dict["payouts"] = payouts

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_account(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                account_type_0 = UUID(data)

                return account_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        account = _parse_account(d.pop("account", UNSET))

        def _parse_execution_date(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                execution_date_type_0 = datetime.date.fromisoformat(data)

                return execution_date_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        execution_date = _parse_execution_date(d.pop("execution_date", UNSET))

        def _parse_payouts(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                payouts_type_0 = cast(list[str], data)

                return payouts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        payouts = _parse_payouts(d.pop("payouts", UNSET))

        run_request = cls(
            account=account,
            execution_date=execution_date,
            payouts=payouts,
        )

        return run_request
