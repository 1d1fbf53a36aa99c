from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.further_attempt_ended_how_type_0 import (
    FurtherAttemptEndedHowType0,
    check_further_attempt_ended_how_type_0,
)

T = TypeVar("T", bound="FurtherAttempt")


@_attrs_define
class FurtherAttempt:
    """The second transfer of a payout, or a later one; `attempt` is its number.

    Attributes:
        id (UUID):
        payout_id (UUID):
        attempt (int):
        bank_details_id (UUID):
        reason (str):
        in_the_books (None | str):
        requested_by (str):
        requested_at (datetime.datetime):
        confirmed_by (None | str):
        confirmed_at (datetime.datetime | None):
        confirmed_alone (bool):
        ended_by (None | str):
        ended_at (datetime.datetime | None):
        ended_how (FurtherAttemptEndedHowType0 | None):
    """

    id: UUID
    payout_id: UUID
    attempt: int
    bank_details_id: UUID
    reason: str
    in_the_books: None | str
    requested_by: str
    requested_at: datetime.datetime
    confirmed_by: None | str
    confirmed_at: datetime.datetime | None
    confirmed_alone: bool
    ended_by: None | str
    ended_at: datetime.datetime | None
    ended_how: FurtherAttemptEndedHowType0 | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        payout_id = str(self.payout_id)

        attempt = self.attempt

        bank_details_id = str(self.bank_details_id)

        reason = self.reason

        in_the_books: None | str
        in_the_books = self.in_the_books

        requested_by = self.requested_by

        requested_at = self.requested_at.isoformat()

        confirmed_by: None | str
        confirmed_by = self.confirmed_by

        confirmed_at: None | str
        if isinstance(self.confirmed_at, datetime.datetime):
            confirmed_at = self.confirmed_at.isoformat()
        else:
            confirmed_at = self.confirmed_at

        confirmed_alone = self.confirmed_alone

        ended_by: None | str
        ended_by = self.ended_by

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        ended_how: None | str
        if isinstance(self.ended_how, str):
            ended_how = self.ended_how
        else:
            ended_how = self.ended_how

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "payout_id": payout_id,
                "attempt": attempt,
                "bank_details_id": bank_details_id,
                "reason": reason,
                "in_the_books": in_the_books,
                "requested_by": requested_by,
                "requested_at": requested_at,
                "confirmed_by": confirmed_by,
                "confirmed_at": confirmed_at,
                "confirmed_alone": confirmed_alone,
                "ended_by": ended_by,
                "ended_at": ended_at,
                "ended_how": ended_how,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        payout_id = UUID(d.pop("payout_id"))

        attempt = d.pop("attempt")

        bank_details_id = UUID(d.pop("bank_details_id"))

        reason = d.pop("reason")

        def _parse_in_the_books(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        in_the_books = _parse_in_the_books(d.pop("in_the_books"))

        requested_by = d.pop("requested_by")

        requested_at = datetime.datetime.fromisoformat(d.pop("requested_at"))

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

        confirmed_alone = d.pop("confirmed_alone")

        def _parse_ended_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_by = _parse_ended_by(d.pop("ended_by"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        def _parse_ended_how(data: object) -> FurtherAttemptEndedHowType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_how_type_0 = check_further_attempt_ended_how_type_0(data)

                return ended_how_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(FurtherAttemptEndedHowType0 | None, data)

        ended_how = _parse_ended_how(d.pop("ended_how"))

        further_attempt = cls(
            id=id,
            payout_id=payout_id,
            attempt=attempt,
            bank_details_id=bank_details_id,
            reason=reason,
            in_the_books=in_the_books,
            requested_by=requested_by,
            requested_at=requested_at,
            confirmed_by=confirmed_by,
            confirmed_at=confirmed_at,
            confirmed_alone=confirmed_alone,
            ended_by=ended_by,
            ended_at=ended_at,
            ended_how=ended_how,
        )

        further_attempt.additional_properties = d
        return further_attempt

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
