from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.vat_answer import VatAnswer, check_vat_answer

if TYPE_CHECKING:
    from ..models.vat_check_asked_type_0 import VatCheckAskedType0
    from ..models.vat_check_told_type_0 import VatCheckToldType0


T = TypeVar("T", bound="VatCheck")


@_attrs_define
class VatCheck:
    """A question with its answer, if there is one. `request_id` is the consultation number, which proves it.

    `failure` is what VIES said last while it did not answer. `recorded_by`: who read the answer on the page of VIES.

        Attributes:
            id (UUID):
            partner_id (UUID):
            vat_id (str):
            asked_by (str):
            asked_at (datetime.datetime):
            tries (int):
            failure (None | str):
            failed_at (datetime.datetime | None):
            answer (None | VatAnswer):
            answered_at (datetime.datetime | None):
            requester (None | str):
            request_id (None | str):
            request_date (datetime.date | None):
            asked (None | VatCheckAskedType0):
            told (None | VatCheckToldType0):
            recorded_by (None | str):
    """

    id: UUID
    partner_id: UUID
    vat_id: str
    asked_by: str
    asked_at: datetime.datetime
    tries: int
    failure: None | str
    failed_at: datetime.datetime | None
    answer: None | VatAnswer
    answered_at: datetime.datetime | None
    requester: None | str
    request_id: None | str
    request_date: datetime.date | None
    asked: None | VatCheckAskedType0
    told: None | VatCheckToldType0
    recorded_by: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.vat_check_asked_type_0 import VatCheckAskedType0  # noqa: PLC0415
        from ..models.vat_check_told_type_0 import VatCheckToldType0  # noqa: PLC0415

        id = str(self.id)

        partner_id = str(self.partner_id)

        vat_id = self.vat_id

        asked_by = self.asked_by

        asked_at = self.asked_at.isoformat()

        tries = self.tries

        failure: None | str
        failure = self.failure

        failed_at: None | str
        if isinstance(self.failed_at, datetime.datetime):
            failed_at = self.failed_at.isoformat()
        else:
            failed_at = self.failed_at

        answer: None | str
        if isinstance(self.answer, str):
            answer = self.answer
        else:
            answer = self.answer

        answered_at: None | str
        if isinstance(self.answered_at, datetime.datetime):
            answered_at = self.answered_at.isoformat()
        else:
            answered_at = self.answered_at

        requester: None | str
        requester = self.requester

        request_id: None | str
        request_id = self.request_id

        request_date: None | str
        if isinstance(self.request_date, datetime.date):
            request_date = self.request_date.isoformat()
        else:
            request_date = self.request_date

        asked: dict[str, Any] | None
        if isinstance(self.asked, VatCheckAskedType0):
            asked = self.asked.to_dict()
        else:
            asked = self.asked

        told: dict[str, Any] | None
        if isinstance(self.told, VatCheckToldType0):
            told = self.told.to_dict()
        else:
            told = self.told

        recorded_by: None | str
        recorded_by = self.recorded_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "partner_id": partner_id,
                "vat_id": vat_id,
                "asked_by": asked_by,
                "asked_at": asked_at,
                "tries": tries,
                "failure": failure,
                "failed_at": failed_at,
                "answer": answer,
                "answered_at": answered_at,
                "requester": requester,
                "request_id": request_id,
                "request_date": request_date,
                "asked": asked,
                "told": told,
                "recorded_by": recorded_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.vat_check_asked_type_0 import VatCheckAskedType0  # noqa: PLC0415
        from ..models.vat_check_told_type_0 import VatCheckToldType0  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        partner_id = UUID(d.pop("partner_id"))

        vat_id = d.pop("vat_id")

        asked_by = d.pop("asked_by")

        asked_at = datetime.datetime.fromisoformat(d.pop("asked_at"))

        tries = d.pop("tries")

        def _parse_failure(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        failure = _parse_failure(d.pop("failure"))

        def _parse_failed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                failed_at_type_0 = datetime.datetime.fromisoformat(data)

                return failed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        failed_at = _parse_failed_at(d.pop("failed_at"))

        def _parse_answer(data: object) -> None | VatAnswer:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                answer_type_0 = check_vat_answer(data)

                return answer_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | VatAnswer, data)

        answer = _parse_answer(d.pop("answer"))

        def _parse_answered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                answered_at_type_0 = datetime.datetime.fromisoformat(data)

                return answered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        answered_at = _parse_answered_at(d.pop("answered_at"))

        def _parse_requester(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        requester = _parse_requester(d.pop("requester"))

        def _parse_request_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        request_id = _parse_request_id(d.pop("request_id"))

        def _parse_request_date(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                request_date_type_0 = datetime.date.fromisoformat(data)

                return request_date_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        request_date = _parse_request_date(d.pop("request_date"))

        def _parse_asked(data: object) -> None | VatCheckAskedType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                asked_type_0 = VatCheckAskedType0.from_dict(data)

                return asked_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | VatCheckAskedType0, data)

        asked = _parse_asked(d.pop("asked"))

        def _parse_told(data: object) -> None | VatCheckToldType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                told_type_0 = VatCheckToldType0.from_dict(data)

                return told_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | VatCheckToldType0, data)

        told = _parse_told(d.pop("told"))

        def _parse_recorded_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        recorded_by = _parse_recorded_by(d.pop("recorded_by"))

        vat_check = cls(
            id=id,
            partner_id=partner_id,
            vat_id=vat_id,
            asked_by=asked_by,
            asked_at=asked_at,
            tries=tries,
            failure=failure,
            failed_at=failed_at,
            answer=answer,
            answered_at=answered_at,
            requester=requester,
            request_id=request_id,
            request_date=request_date,
            asked=asked,
            told=told,
            recorded_by=recorded_by,
        )

        vat_check.additional_properties = d
        return vat_check

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
