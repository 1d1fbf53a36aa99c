from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.run_stage import RunStage, check_run_stage

if TYPE_CHECKING:
    from ..models.bank_run_line import BankRunLine
    from ..models.bank_runs_run_in_full_state_reason_params_type_0 import (
        BankRunsRunInFullStateReasonParamsType0,
    )


T = TypeVar("T", bound="BankRunsRunInFull")


@_attrs_define
class BankRunsRunInFull:
    """With its payments; those that dropped out say why.

    Attributes:
        id (UUID):
        number (str):
        state (str):
        account_id (UUID):
        execution_date (datetime.date):
        batch_booking (bool):
        instant (bool):
        name_check (bool):
        payments (int):
        total_cents (int):
        content_hash (str):
        created_by (str):
        created_at (datetime.datetime):
        approved_by (None | str):
        approved_at (datetime.datetime | None):
        approved_alone (bool):
        approved_hash (None | str):
        file_made_at (datetime.datetime | None):
        downloads (int):
        exported_by (None | str):
        exported_at (datetime.datetime | None):
        confirmed_by (None | str):
        confirmed_at (datetime.datetime | None):
        cancel_requested_by (None | str):
        cancel_requested_at (datetime.datetime | None):
        cancel_reason (None | str):
        cancelled_by (None | str):
        cancelled_at (datetime.datetime | None):
        state_reason_code (None | str):
        state_reason_params (BankRunsRunInFullStateReasonParamsType0 | None):
        file_sha256 (None | str):
        state_reason (None | str): Why it is in its state
        stage (RunStage): Whoever shows one asks `said`.
        stage_words (str): The same in words
        lines (list[BankRunLine]):
    """

    id: UUID
    number: str
    state: str
    account_id: UUID
    execution_date: datetime.date
    batch_booking: bool
    instant: bool
    name_check: bool
    payments: int
    total_cents: int
    content_hash: str
    created_by: str
    created_at: datetime.datetime
    approved_by: None | str
    approved_at: datetime.datetime | None
    approved_alone: bool
    approved_hash: None | str
    file_made_at: datetime.datetime | None
    downloads: int
    exported_by: None | str
    exported_at: datetime.datetime | None
    confirmed_by: None | str
    confirmed_at: datetime.datetime | None
    cancel_requested_by: None | str
    cancel_requested_at: datetime.datetime | None
    cancel_reason: None | str
    cancelled_by: None | str
    cancelled_at: datetime.datetime | None
    state_reason_code: None | str
    state_reason_params: BankRunsRunInFullStateReasonParamsType0 | None
    file_sha256: None | str
    state_reason: None | str
    stage: RunStage
    stage_words: str
    lines: list[BankRunLine]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.bank_runs_run_in_full_state_reason_params_type_0 import (
            BankRunsRunInFullStateReasonParamsType0,  # noqa: PLC0415
        )

        id = str(self.id)

        number = self.number

        state = self.state

        account_id = str(self.account_id)

        execution_date = self.execution_date.isoformat()

        batch_booking = self.batch_booking

        instant = self.instant

        name_check = self.name_check

        payments = self.payments

        total_cents = self.total_cents

        content_hash = self.content_hash

        created_by = self.created_by

        created_at = self.created_at.isoformat()

        approved_by: None | str
        approved_by = self.approved_by

        approved_at: None | str
        if isinstance(self.approved_at, datetime.datetime):
            approved_at = self.approved_at.isoformat()
        else:
            approved_at = self.approved_at

        approved_alone = self.approved_alone

        approved_hash: None | str
        approved_hash = self.approved_hash

        file_made_at: None | str
        if isinstance(self.file_made_at, datetime.datetime):
            file_made_at = self.file_made_at.isoformat()
        else:
            file_made_at = self.file_made_at

        downloads = self.downloads

        exported_by: None | str
        exported_by = self.exported_by

        exported_at: None | str
        if isinstance(self.exported_at, datetime.datetime):
            exported_at = self.exported_at.isoformat()
        else:
            exported_at = self.exported_at

        confirmed_by: None | str
        confirmed_by = self.confirmed_by

        confirmed_at: None | str
        if isinstance(self.confirmed_at, datetime.datetime):
            confirmed_at = self.confirmed_at.isoformat()
        else:
            confirmed_at = self.confirmed_at

        cancel_requested_by: None | str
        cancel_requested_by = self.cancel_requested_by

        cancel_requested_at: None | str
        if isinstance(self.cancel_requested_at, datetime.datetime):
            cancel_requested_at = self.cancel_requested_at.isoformat()
        else:
            cancel_requested_at = self.cancel_requested_at

        cancel_reason: None | str
        cancel_reason = self.cancel_reason

        cancelled_by: None | str
        cancelled_by = self.cancelled_by

        cancelled_at: None | str
        if isinstance(self.cancelled_at, datetime.datetime):
            cancelled_at = self.cancelled_at.isoformat()
        else:
            cancelled_at = self.cancelled_at

        state_reason_code: None | str
        state_reason_code = self.state_reason_code

        state_reason_params: dict[str, Any] | None
        if isinstance(self.state_reason_params, BankRunsRunInFullStateReasonParamsType0):
            state_reason_params = self.state_reason_params.to_dict()
        else:
            state_reason_params = self.state_reason_params

        file_sha256: None | str
        file_sha256 = self.file_sha256

        state_reason: None | str
        state_reason = self.state_reason

        stage: str = self.stage

        stage_words = self.stage_words

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "number": number,
                "state": state,
                "account_id": account_id,
                "execution_date": execution_date,
                "batch_booking": batch_booking,
                "instant": instant,
                "name_check": name_check,
                "payments": payments,
                "total_cents": total_cents,
                "content_hash": content_hash,
                "created_by": created_by,
                "created_at": created_at,
                "approved_by": approved_by,
                "approved_at": approved_at,
                "approved_alone": approved_alone,
                "approved_hash": approved_hash,
                "file_made_at": file_made_at,
                "downloads": downloads,
                "exported_by": exported_by,
                "exported_at": exported_at,
                "confirmed_by": confirmed_by,
                "confirmed_at": confirmed_at,
                "cancel_requested_by": cancel_requested_by,
                "cancel_requested_at": cancel_requested_at,
                "cancel_reason": cancel_reason,
                "cancelled_by": cancelled_by,
                "cancelled_at": cancelled_at,
                "state_reason_code": state_reason_code,
                "state_reason_params": state_reason_params,
                "file_sha256": file_sha256,
                "state_reason": state_reason,
                "stage": stage,
                "stage_words": stage_words,
                "lines": lines,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.bank_run_line import BankRunLine  # noqa: PLC0415
        from ..models.bank_runs_run_in_full_state_reason_params_type_0 import (
            BankRunsRunInFullStateReasonParamsType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        number = d.pop("number")

        state = d.pop("state")

        account_id = UUID(d.pop("account_id"))

        execution_date = datetime.date.fromisoformat(d.pop("execution_date"))

        batch_booking = d.pop("batch_booking")

        instant = d.pop("instant")

        name_check = d.pop("name_check")

        payments = d.pop("payments")

        total_cents = d.pop("total_cents")

        content_hash = d.pop("content_hash")

        created_by = d.pop("created_by")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_approved_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        approved_by = _parse_approved_by(d.pop("approved_by"))

        def _parse_approved_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                approved_at_type_0 = datetime.datetime.fromisoformat(data)

                return approved_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        approved_at = _parse_approved_at(d.pop("approved_at"))

        approved_alone = d.pop("approved_alone")

        def _parse_approved_hash(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        approved_hash = _parse_approved_hash(d.pop("approved_hash"))

        def _parse_file_made_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                file_made_at_type_0 = datetime.datetime.fromisoformat(data)

                return file_made_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        file_made_at = _parse_file_made_at(d.pop("file_made_at"))

        downloads = d.pop("downloads")

        def _parse_exported_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        exported_by = _parse_exported_by(d.pop("exported_by"))

        def _parse_exported_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                exported_at_type_0 = datetime.datetime.fromisoformat(data)

                return exported_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        exported_at = _parse_exported_at(d.pop("exported_at"))

        def _parse_confirmed_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        confirmed_by = _parse_confirmed_by(d.pop("confirmed_by"))

        def _parse_confirmed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                confirmed_at_type_0 = datetime.datetime.fromisoformat(data)

                return confirmed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        confirmed_at = _parse_confirmed_at(d.pop("confirmed_at"))

        def _parse_cancel_requested_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cancel_requested_by = _parse_cancel_requested_by(d.pop("cancel_requested_by"))

        def _parse_cancel_requested_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                cancel_requested_at_type_0 = datetime.datetime.fromisoformat(data)

                return cancel_requested_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        cancel_requested_at = _parse_cancel_requested_at(d.pop("cancel_requested_at"))

        def _parse_cancel_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cancel_reason = _parse_cancel_reason(d.pop("cancel_reason"))

        def _parse_cancelled_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cancelled_by = _parse_cancelled_by(d.pop("cancelled_by"))

        def _parse_cancelled_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                cancelled_at_type_0 = datetime.datetime.fromisoformat(data)

                return cancelled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        cancelled_at = _parse_cancelled_at(d.pop("cancelled_at"))

        def _parse_state_reason_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        state_reason_code = _parse_state_reason_code(d.pop("state_reason_code"))

        def _parse_state_reason_params(data: object) -> BankRunsRunInFullStateReasonParamsType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                state_reason_params_type_0 = BankRunsRunInFullStateReasonParamsType0.from_dict(data)

                return state_reason_params_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BankRunsRunInFullStateReasonParamsType0 | None, data)

        state_reason_params = _parse_state_reason_params(d.pop("state_reason_params"))

        def _parse_file_sha256(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        file_sha256 = _parse_file_sha256(d.pop("file_sha256"))

        def _parse_state_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        state_reason = _parse_state_reason(d.pop("state_reason"))

        stage = check_run_stage(d.pop("stage"))

        stage_words = d.pop("stage_words")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = BankRunLine.from_dict(lines_item_data)

            lines.append(lines_item)

        bank_runs_run_in_full = cls(
            id=id,
            number=number,
            state=state,
            account_id=account_id,
            execution_date=execution_date,
            batch_booking=batch_booking,
            instant=instant,
            name_check=name_check,
            payments=payments,
            total_cents=total_cents,
            content_hash=content_hash,
            created_by=created_by,
            created_at=created_at,
            approved_by=approved_by,
            approved_at=approved_at,
            approved_alone=approved_alone,
            approved_hash=approved_hash,
            file_made_at=file_made_at,
            downloads=downloads,
            exported_by=exported_by,
            exported_at=exported_at,
            confirmed_by=confirmed_by,
            confirmed_at=confirmed_at,
            cancel_requested_by=cancel_requested_by,
            cancel_requested_at=cancel_requested_at,
            cancel_reason=cancel_reason,
            cancelled_by=cancelled_by,
            cancelled_at=cancelled_at,
            state_reason_code=state_reason_code,
            state_reason_params=state_reason_params,
            file_sha256=file_sha256,
            state_reason=state_reason,
            stage=stage,
            stage_words=stage_words,
            lines=lines,
        )

        bank_runs_run_in_full.additional_properties = d
        return bank_runs_run_in_full

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
