from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.run_totals import RunTotals


T = TypeVar("T", bound="PayoutRunsRunInFull")


@_attrs_define
class PayoutRunsRunInFull:
    """With its sums so far. `minutes_at_lexoffice`: how long its documents take
    there, at 18 a minute and 1.9 calls a second; a voucher takes four calls.

        Attributes:
            id (UUID):
            period (str):
            rehearsal (bool):
            cut_off (datetime.datetime):
            state (str):
            requested_by (str):
            created_at (datetime.datetime):
            ended_at (datetime.datetime | None):
            cancelled_by (None | str):
            cancel_reason (None | str):
            totals (RunTotals): `minutes_at_lexoffice` is how long documents take there: 18 a minute, and 1.9 calls a
                second.
            minutes_at_lexoffice (float):
            share_of_the_year (float): Share of 50,000 documents a year
    """

    id: UUID
    period: str
    rehearsal: bool
    cut_off: datetime.datetime
    state: str
    requested_by: str
    created_at: datetime.datetime
    ended_at: datetime.datetime | None
    cancelled_by: None | str
    cancel_reason: None | str
    totals: RunTotals
    minutes_at_lexoffice: float
    share_of_the_year: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        period = self.period

        rehearsal = self.rehearsal

        cut_off = self.cut_off.isoformat()

        state = self.state

        requested_by = self.requested_by

        created_at = self.created_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        cancelled_by: None | str
        cancelled_by = self.cancelled_by

        cancel_reason: None | str
        cancel_reason = self.cancel_reason

        totals = self.totals.to_dict()

        minutes_at_lexoffice = self.minutes_at_lexoffice

        share_of_the_year = self.share_of_the_year

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "period": period,
                "rehearsal": rehearsal,
                "cut_off": cut_off,
                "state": state,
                "requested_by": requested_by,
                "created_at": created_at,
                "ended_at": ended_at,
                "cancelled_by": cancelled_by,
                "cancel_reason": cancel_reason,
                "totals": totals,
                "minutes_at_lexoffice": minutes_at_lexoffice,
                "share_of_the_year": share_of_the_year,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.run_totals import RunTotals  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        period = d.pop("period")

        rehearsal = d.pop("rehearsal")

        cut_off = datetime.datetime.fromisoformat(d.pop("cut_off"))

        state = d.pop("state")

        requested_by = d.pop("requested_by")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

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

        def _parse_cancelled_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cancelled_by = _parse_cancelled_by(d.pop("cancelled_by"))

        def _parse_cancel_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cancel_reason = _parse_cancel_reason(d.pop("cancel_reason"))

        totals = RunTotals.from_dict(d.pop("totals"))

        minutes_at_lexoffice = d.pop("minutes_at_lexoffice")

        share_of_the_year = d.pop("share_of_the_year")

        payout_runs_run_in_full = cls(
            id=id,
            period=period,
            rehearsal=rehearsal,
            cut_off=cut_off,
            state=state,
            requested_by=requested_by,
            created_at=created_at,
            ended_at=ended_at,
            cancelled_by=cancelled_by,
            cancel_reason=cancel_reason,
            totals=totals,
            minutes_at_lexoffice=minutes_at_lexoffice,
            share_of_the_year=share_of_the_year,
        )

        payout_runs_run_in_full.additional_properties = d
        return payout_runs_run_in_full

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
