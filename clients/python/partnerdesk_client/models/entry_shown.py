from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.entry_state import EntryState, check_entry_state

if TYPE_CHECKING:
    from ..models.entry_detail import EntryDetail
    from ..models.entry_proof import EntryProof
    from ..models.entry_shown_outcome_params_type_0 import EntryShownOutcomeParamsType0
    from ..models.repayment import Repayment


T = TypeVar("T", bound="EntryShown")


@_attrs_define
class EntryShown:
    """
    Attributes:
        id (UUID):
        statement_id (UUID):
        is_booked (bool):
        booked_on (datetime.date | None):
        valued_on (datetime.date | None):
        amount_cents (int | None):
        currency (None | str):
        direction (None | str):
        reversal (bool):
        state (EntryState): Whether a booking is explained.
        outcome_code (None | str):
        outcome_params (EntryShownOutcomeParamsType0 | None):
        batch_reference (None | str):
        text (None | str):
        decided_by (None | str):
        details (list[EntryDetail]):
        proofs (list[EntryProof]):
        repayments (list[Repayment]):
        reason (None | str):
    """

    id: UUID
    statement_id: UUID
    is_booked: bool
    booked_on: datetime.date | None
    valued_on: datetime.date | None
    amount_cents: int | None
    currency: None | str
    direction: None | str
    reversal: bool
    state: EntryState
    outcome_code: None | str
    outcome_params: EntryShownOutcomeParamsType0 | None
    batch_reference: None | str
    text: None | str
    decided_by: None | str
    details: list[EntryDetail]
    proofs: list[EntryProof]
    repayments: list[Repayment]
    reason: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.entry_shown_outcome_params_type_0 import (
            EntryShownOutcomeParamsType0,  # noqa: PLC0415
        )

        id = str(self.id)

        statement_id = str(self.statement_id)

        is_booked = self.is_booked

        booked_on: None | str
        if isinstance(self.booked_on, datetime.date):
            booked_on = self.booked_on.isoformat()
        else:
            booked_on = self.booked_on

        valued_on: None | str
        if isinstance(self.valued_on, datetime.date):
            valued_on = self.valued_on.isoformat()
        else:
            valued_on = self.valued_on

        amount_cents: int | None
        amount_cents = self.amount_cents

        currency: None | str
        currency = self.currency

        direction: None | str
        direction = self.direction

        reversal = self.reversal

        state: str = self.state

        outcome_code: None | str
        outcome_code = self.outcome_code

        outcome_params: dict[str, Any] | None
        if isinstance(self.outcome_params, EntryShownOutcomeParamsType0):
            outcome_params = self.outcome_params.to_dict()
        else:
            outcome_params = self.outcome_params

        batch_reference: None | str
        batch_reference = self.batch_reference

        text: None | str
        text = self.text

        decided_by: None | str
        decided_by = self.decided_by

        details = []
        for details_item_data in self.details:
            details_item = details_item_data.to_dict()
            details.append(details_item)

        proofs = []
        for proofs_item_data in self.proofs:
            proofs_item = proofs_item_data.to_dict()
            proofs.append(proofs_item)

        repayments = []
        for repayments_item_data in self.repayments:
            repayments_item = repayments_item_data.to_dict()
            repayments.append(repayments_item)

        reason: None | str
        reason = self.reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "statement_id": statement_id,
                "is_booked": is_booked,
                "booked_on": booked_on,
                "valued_on": valued_on,
                "amount_cents": amount_cents,
                "currency": currency,
                "direction": direction,
                "reversal": reversal,
                "state": state,
                "outcome_code": outcome_code,
                "outcome_params": outcome_params,
                "batch_reference": batch_reference,
                "text": text,
                "decided_by": decided_by,
                "details": details,
                "proofs": proofs,
                "repayments": repayments,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.entry_detail import EntryDetail  # noqa: PLC0415
        from ..models.entry_proof import EntryProof  # noqa: PLC0415
        from ..models.entry_shown_outcome_params_type_0 import (
            EntryShownOutcomeParamsType0,  # noqa: PLC0415
        )
        from ..models.repayment import Repayment  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        statement_id = UUID(d.pop("statement_id"))

        is_booked = d.pop("is_booked")

        def _parse_booked_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                booked_on_type_0 = datetime.date.fromisoformat(data)

                return booked_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        booked_on = _parse_booked_on(d.pop("booked_on"))

        def _parse_valued_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                valued_on_type_0 = datetime.date.fromisoformat(data)

                return valued_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        valued_on = _parse_valued_on(d.pop("valued_on"))

        def _parse_amount_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        amount_cents = _parse_amount_cents(d.pop("amount_cents"))

        def _parse_currency(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        currency = _parse_currency(d.pop("currency"))

        def _parse_direction(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        direction = _parse_direction(d.pop("direction"))

        reversal = d.pop("reversal")

        state = check_entry_state(d.pop("state"))

        def _parse_outcome_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        outcome_code = _parse_outcome_code(d.pop("outcome_code"))

        def _parse_outcome_params(data: object) -> EntryShownOutcomeParamsType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                outcome_params_type_0 = EntryShownOutcomeParamsType0.from_dict(data)

                return outcome_params_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EntryShownOutcomeParamsType0 | None, data)

        outcome_params = _parse_outcome_params(d.pop("outcome_params"))

        def _parse_batch_reference(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        batch_reference = _parse_batch_reference(d.pop("batch_reference"))

        def _parse_text(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        text = _parse_text(d.pop("text"))

        def _parse_decided_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        decided_by = _parse_decided_by(d.pop("decided_by"))

        details = []
        _details = d.pop("details")
        for details_item_data in _details:
            details_item = EntryDetail.from_dict(details_item_data)

            details.append(details_item)

        proofs = []
        _proofs = d.pop("proofs")
        for proofs_item_data in _proofs:
            proofs_item = EntryProof.from_dict(proofs_item_data)

            proofs.append(proofs_item)

        repayments = []
        _repayments = d.pop("repayments")
        for repayments_item_data in _repayments:
            repayments_item = Repayment.from_dict(repayments_item_data)

            repayments.append(repayments_item)

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        entry_shown = cls(
            id=id,
            statement_id=statement_id,
            is_booked=is_booked,
            booked_on=booked_on,
            valued_on=valued_on,
            amount_cents=amount_cents,
            currency=currency,
            direction=direction,
            reversal=reversal,
            state=state,
            outcome_code=outcome_code,
            outcome_params=outcome_params,
            batch_reference=batch_reference,
            text=text,
            decided_by=decided_by,
            details=details,
            proofs=proofs,
            repayments=repayments,
            reason=reason,
        )

        entry_shown.additional_properties = d
        return entry_shown

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
