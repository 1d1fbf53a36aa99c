from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.paid_by import PaidBy, check_paid_by

if TYPE_CHECKING:
    from ..models.open_vouchers import OpenVouchers
    from ..models.step_shown import StepShown


T = TypeVar("T", bound="MonthShown")


@_attrs_define
class MonthShown:
    """
    Attributes:
        month (datetime.date):
        steps (list[StepShown]):
        next_ (None | str):
        rehearsal (None | UUID):
        run (None | UUID):
        bank_run (None | str):
        question (None | UUID):
        minutes (float):
        paid_by (PaidBy): Who says that a payout is paid: the tenant's choice.
        open_vouchers (OpenVouchers): What is known as paid and open in the books, of one month; `assigned` of them a
            person answered for. Cents are of
            those that nobody answered for, `paid` are these whose payouts are paid already.
        is_reconciled (bool):
    """

    month: datetime.date
    steps: list[StepShown]
    next_: None | str
    rehearsal: None | UUID
    run: None | UUID
    bank_run: None | str
    question: None | UUID
    minutes: float
    paid_by: PaidBy
    open_vouchers: OpenVouchers
    is_reconciled: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        month = self.month.isoformat()

        steps = []
        for steps_item_data in self.steps:
            steps_item = steps_item_data.to_dict()
            steps.append(steps_item)

        next_: None | str
        next_ = self.next_

        rehearsal: None | str
        if isinstance(self.rehearsal, UUID):
            rehearsal = str(self.rehearsal)
        else:
            rehearsal = self.rehearsal

        run: None | str
        if isinstance(self.run, UUID):
            run = str(self.run)
        else:
            run = self.run

        bank_run: None | str
        bank_run = self.bank_run

        question: None | str
        if isinstance(self.question, UUID):
            question = str(self.question)
        else:
            question = self.question

        minutes = self.minutes

        paid_by: str = self.paid_by

        open_vouchers = self.open_vouchers.to_dict()

        is_reconciled = self.is_reconciled

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "month": month,
                "steps": steps,
                "next": next_,
                "rehearsal": rehearsal,
                "run": run,
                "bank_run": bank_run,
                "question": question,
                "minutes": minutes,
                "paid_by": paid_by,
                "open_vouchers": open_vouchers,
                "is_reconciled": is_reconciled,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.open_vouchers import OpenVouchers  # noqa: PLC0415
        from ..models.step_shown import StepShown  # noqa: PLC0415

        d = dict(src_dict)
        month = datetime.date.fromisoformat(d.pop("month"))

        steps = []
        _steps = d.pop("steps")
        for steps_item_data in _steps:
            steps_item = StepShown.from_dict(steps_item_data)

            steps.append(steps_item)

        def _parse_next_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_ = _parse_next_(d.pop("next"))

        def _parse_rehearsal(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                rehearsal_type_0 = UUID(data)

                return rehearsal_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        rehearsal = _parse_rehearsal(d.pop("rehearsal"))

        def _parse_run(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                run_type_0 = UUID(data)

                return run_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        run = _parse_run(d.pop("run"))

        def _parse_bank_run(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        bank_run = _parse_bank_run(d.pop("bank_run"))

        def _parse_question(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                question_type_0 = UUID(data)

                return question_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        question = _parse_question(d.pop("question"))

        minutes = d.pop("minutes")

        paid_by = check_paid_by(d.pop("paid_by"))

        open_vouchers = OpenVouchers.from_dict(d.pop("open_vouchers"))

        is_reconciled = d.pop("is_reconciled")

        month_shown = cls(
            month=month,
            steps=steps,
            next_=next_,
            rehearsal=rehearsal,
            run=run,
            bank_run=bank_run,
            question=question,
            minutes=minutes,
            paid_by=paid_by,
            open_vouchers=open_vouchers,
            is_reconciled=is_reconciled,
        )

        month_shown.additional_properties = d
        return month_shown

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
