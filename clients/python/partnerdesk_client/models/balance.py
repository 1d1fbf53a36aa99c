from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Balance")


@_attrs_define
class Balance:
    """A partner's commissions in cents, net, by state; clawbacks count negative.

    `held_cents` is what of `pending_cents` waits because its sale is held. `reversed_cents` holds what refunds took,
    whole or in part. `open_cents` is what the next payout may hold; below zero it is a debt, carried until later
    commissions cover it, since `owes_since` (the oldest debt that waits). Each `…_count` says of how many the sum is:
    commissions, and payouts where it is `in_payout` or `paid`.

        Attributes:
            pending_cents (int | Unset):  Default: 0.
            held_cents (int | Unset):  Default: 0.
            approved_cents (int | Unset):  Default: 0.
            in_payout_cents (int | Unset):  Default: 0.
            paid_cents (int | Unset):  Default: 0.
            reversed_cents (int | Unset):  Default: 0.
            open_cents (int | Unset):  Default: 0.
            owes_since (datetime.date | None | Unset):
            pending_count (int | Unset):  Default: 0.
            approved_count (int | Unset):  Default: 0.
            reversed_count (int | Unset):  Default: 0.
            in_payout_count (int | Unset):  Default: 0.
            paid_count (int | Unset):  Default: 0.
    """

    pending_cents: int | Unset = 0
    held_cents: int | Unset = 0
    approved_cents: int | Unset = 0
    in_payout_cents: int | Unset = 0
    paid_cents: int | Unset = 0
    reversed_cents: int | Unset = 0
    open_cents: int | Unset = 0
    owes_since: datetime.date | None | Unset = UNSET
    pending_count: int | Unset = 0
    approved_count: int | Unset = 0
    reversed_count: int | Unset = 0
    in_payout_count: int | Unset = 0
    paid_count: int | Unset = 0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        pending_cents = self.pending_cents

        held_cents = self.held_cents

        approved_cents = self.approved_cents

        in_payout_cents = self.in_payout_cents

        paid_cents = self.paid_cents

        reversed_cents = self.reversed_cents

        open_cents = self.open_cents

        owes_since: None | str | Unset
        if isinstance(self.owes_since, Unset):
            owes_since = UNSET
        elif isinstance(self.owes_since, datetime.date):
            owes_since = self.owes_since.isoformat()
        else:
            owes_since = self.owes_since

        pending_count = self.pending_count

        approved_count = self.approved_count

        reversed_count = self.reversed_count

        in_payout_count = self.in_payout_count

        paid_count = self.paid_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if pending_cents is not UNSET:
            field_dict["pending_cents"] = pending_cents
        if held_cents is not UNSET:
            field_dict["held_cents"] = held_cents
        if approved_cents is not UNSET:
            field_dict["approved_cents"] = approved_cents
        if in_payout_cents is not UNSET:
            field_dict["in_payout_cents"] = in_payout_cents
        if paid_cents is not UNSET:
            field_dict["paid_cents"] = paid_cents
        if reversed_cents is not UNSET:
            field_dict["reversed_cents"] = reversed_cents
        if open_cents is not UNSET:
            field_dict["open_cents"] = open_cents
        if owes_since is not UNSET:
            field_dict["owes_since"] = owes_since
        if pending_count is not UNSET:
            field_dict["pending_count"] = pending_count
        if approved_count is not UNSET:
            field_dict["approved_count"] = approved_count
        if reversed_count is not UNSET:
            field_dict["reversed_count"] = reversed_count
        if in_payout_count is not UNSET:
            field_dict["in_payout_count"] = in_payout_count
        if paid_count is not UNSET:
            field_dict["paid_count"] = paid_count

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        pending_cents = d.pop("pending_cents", UNSET)

        held_cents = d.pop("held_cents", UNSET)

        approved_cents = d.pop("approved_cents", UNSET)

        in_payout_cents = d.pop("in_payout_cents", UNSET)

        paid_cents = d.pop("paid_cents", UNSET)

        reversed_cents = d.pop("reversed_cents", UNSET)

        open_cents = d.pop("open_cents", UNSET)

        def _parse_owes_since(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                owes_since_type_0 = datetime.date.fromisoformat(data)

                return owes_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        owes_since = _parse_owes_since(d.pop("owes_since", UNSET))

        pending_count = d.pop("pending_count", UNSET)

        approved_count = d.pop("approved_count", UNSET)

        reversed_count = d.pop("reversed_count", UNSET)

        in_payout_count = d.pop("in_payout_count", UNSET)

        paid_count = d.pop("paid_count", UNSET)

        balance = cls(
            pending_cents=pending_cents,
            held_cents=held_cents,
            approved_cents=approved_cents,
            in_payout_cents=in_payout_cents,
            paid_cents=paid_cents,
            reversed_cents=reversed_cents,
            open_cents=open_cents,
            owes_since=owes_since,
            pending_count=pending_count,
            approved_count=approved_count,
            reversed_count=reversed_count,
            in_payout_count=in_payout_count,
            paid_count=paid_count,
        )

        balance.additional_properties = d
        return balance

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
