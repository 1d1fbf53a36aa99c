from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.claim_cause import ClaimCause, check_claim_cause
from ..models.claim_state import ClaimState, check_claim_state

T = TypeVar("T", bound="Claim")


@_attrs_define
class Claim:
    """A claim as it is now. `settled_cents`: what has come of it, by whatever way.

    Attributes:
        id (UUID):
        partner_id (UUID):
        partner_code (str):
        cause (ClaimCause): Of what a claim came.
        document_number (None | str):
        payout_number (None | str):
        amount_cents (int):
        settled_cents (int):
        open_cents (int):
        state (ClaimState): What has become of it. All but `open` are ends.
        made_at (datetime.datetime):
        ended_at (datetime.datetime | None):
    """

    id: UUID
    partner_id: UUID
    partner_code: str
    cause: ClaimCause
    document_number: None | str
    payout_number: None | str
    amount_cents: int
    settled_cents: int
    open_cents: int
    state: ClaimState
    made_at: datetime.datetime
    ended_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        partner_id = str(self.partner_id)

        partner_code = self.partner_code

        cause: str = self.cause

        document_number: None | str
        document_number = self.document_number

        payout_number: None | str
        payout_number = self.payout_number

        amount_cents = self.amount_cents

        settled_cents = self.settled_cents

        open_cents = self.open_cents

        state: str = self.state

        made_at = self.made_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "partner_id": partner_id,
                "partner_code": partner_code,
                "cause": cause,
                "document_number": document_number,
                "payout_number": payout_number,
                "amount_cents": amount_cents,
                "settled_cents": settled_cents,
                "open_cents": open_cents,
                "state": state,
                "made_at": made_at,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        partner_id = UUID(d.pop("partner_id"))

        partner_code = d.pop("partner_code")

        cause = check_claim_cause(d.pop("cause"))

        def _parse_document_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        document_number = _parse_document_number(d.pop("document_number"))

        def _parse_payout_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        payout_number = _parse_payout_number(d.pop("payout_number"))

        amount_cents = d.pop("amount_cents")

        settled_cents = d.pop("settled_cents")

        open_cents = d.pop("open_cents")

        state = check_claim_state(d.pop("state"))

        made_at = datetime.datetime.fromisoformat(d.pop("made_at"))

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

        claim = cls(
            id=id,
            partner_id=partner_id,
            partner_code=partner_code,
            cause=cause,
            document_number=document_number,
            payout_number=payout_number,
            amount_cents=amount_cents,
            settled_cents=settled_cents,
            open_cents=open_cents,
            state=state,
            made_at=made_at,
            ended_at=ended_at,
        )

        claim.additional_properties = d
        return claim

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
