from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.document_stage import DocumentStage, check_document_stage
from ..models.document_strategy import DocumentStrategy, check_document_strategy
from ..models.payout_state import PayoutState, check_payout_state
from ..models.tax_case import TaxCase, check_tax_case

if TYPE_CHECKING:
    from ..models.hold_in_words import HoldInWords
    from ..models.payout_shown_state_reason_params_type_0 import (
        PayoutShownStateReasonParamsType0,
    )
    from ..models.reason_shown import ReasonShown


T = TypeVar("T", bound="PayoutShown")


@_attrs_define
class PayoutShown:
    """`holds` has a sentence each.

    Attributes:
        id (UUID):
        number (str):
        partner_id (UUID):
        partner_code (str):
        state (PayoutState): The states of a payout.
        tax_case (TaxCase): What one document can hold: one case per payout. The last three are told by a document of
            our own only.
        currency (str):
        net_cents (int):
        tax_rate (str):
        tax_cents (int):
        gross_cents (int):
        set_off_cents (int):
        period_from (datetime.date):
        period_to (datetime.date):
        content_hash (str):
        hash_version (int):
        strategy (DocumentStrategy): Who writes the document of a tax case (rules.md, The document). A payout is never
            `blocked`: it is not made.
        books (str):
        document_stage (DocumentStage | None):
        cancel_wanted_at (datetime.datetime | None):
        cancel_wanted_by (None | str):
        cancel_wanted_reason (None | str):
        requested_by (str):
        state_reason (None | str):
        state_reason_code (None | str):
        state_reason_params (None | PayoutShownStateReasonParamsType0):
        holds (list[HoldInWords]):
        blocked (None | ReasonShown):
        reopened (bool):
        payment_reference (None | str):
        paid_on (datetime.date | None):
        transferred_on (datetime.date | None):
        bank_reference (None | str):
        run_id (None | UUID):
        created_at (datetime.datetime):
        credit_note_id (None | str):
        credit_note_number (None | str):
        own_document_number (None | str):
        credit_note_open_cents (int | None):
        held_reason (None | str):
        blocked_reason (None | str):
    """

    id: UUID
    number: str
    partner_id: UUID
    partner_code: str
    state: PayoutState
    tax_case: TaxCase
    currency: str
    net_cents: int
    tax_rate: str
    tax_cents: int
    gross_cents: int
    set_off_cents: int
    period_from: datetime.date
    period_to: datetime.date
    content_hash: str
    hash_version: int
    strategy: DocumentStrategy
    books: str
    document_stage: DocumentStage | None
    cancel_wanted_at: datetime.datetime | None
    cancel_wanted_by: None | str
    cancel_wanted_reason: None | str
    requested_by: str
    state_reason: None | str
    state_reason_code: None | str
    state_reason_params: None | PayoutShownStateReasonParamsType0
    holds: list[HoldInWords]
    blocked: None | ReasonShown
    reopened: bool
    payment_reference: None | str
    paid_on: datetime.date | None
    transferred_on: datetime.date | None
    bank_reference: None | str
    run_id: None | UUID
    created_at: datetime.datetime
    credit_note_id: None | str
    credit_note_number: None | str
    own_document_number: None | str
    credit_note_open_cents: int | None
    held_reason: None | str
    blocked_reason: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.payout_shown_state_reason_params_type_0 import (
            PayoutShownStateReasonParamsType0,  # noqa: PLC0415
        )
        from ..models.reason_shown import ReasonShown  # noqa: PLC0415

        id = str(self.id)

        number = self.number

        partner_id = str(self.partner_id)

        partner_code = self.partner_code

        state: str = self.state

        tax_case: str = self.tax_case

        currency = self.currency

        net_cents = self.net_cents

        tax_rate = self.tax_rate

        tax_cents = self.tax_cents

        gross_cents = self.gross_cents

        set_off_cents = self.set_off_cents

        period_from = self.period_from.isoformat()

        period_to = self.period_to.isoformat()

        content_hash = self.content_hash

        hash_version = self.hash_version

        strategy: str = self.strategy

        books = self.books

        document_stage: None | str
        if isinstance(self.document_stage, str):
            document_stage = self.document_stage
        else:
            document_stage = self.document_stage

        cancel_wanted_at: None | str
        if isinstance(self.cancel_wanted_at, datetime.datetime):
            cancel_wanted_at = self.cancel_wanted_at.isoformat()
        else:
            cancel_wanted_at = self.cancel_wanted_at

        cancel_wanted_by: None | str
        cancel_wanted_by = self.cancel_wanted_by

        cancel_wanted_reason: None | str
        cancel_wanted_reason = self.cancel_wanted_reason

        requested_by = self.requested_by

        state_reason: None | str
        state_reason = self.state_reason

        state_reason_code: None | str
        state_reason_code = self.state_reason_code

        state_reason_params: dict[str, Any] | None
        if isinstance(self.state_reason_params, PayoutShownStateReasonParamsType0):
            state_reason_params = self.state_reason_params.to_dict()
        else:
            state_reason_params = self.state_reason_params

        holds = []
        for holds_item_data in self.holds:
            holds_item = holds_item_data.to_dict()
            holds.append(holds_item)

        blocked: dict[str, Any] | None
        if isinstance(self.blocked, ReasonShown):
            blocked = self.blocked.to_dict()
        else:
            blocked = self.blocked

        reopened = self.reopened

        payment_reference: None | str
        payment_reference = self.payment_reference

        paid_on: None | str
        if isinstance(self.paid_on, datetime.date):
            paid_on = self.paid_on.isoformat()
        else:
            paid_on = self.paid_on

        transferred_on: None | str
        if isinstance(self.transferred_on, datetime.date):
            transferred_on = self.transferred_on.isoformat()
        else:
            transferred_on = self.transferred_on

        bank_reference: None | str
        bank_reference = self.bank_reference

        run_id: None | str
        if isinstance(self.run_id, UUID):
            run_id = str(self.run_id)
        else:
            run_id = self.run_id

        created_at = self.created_at.isoformat()

        credit_note_id: None | str
        credit_note_id = self.credit_note_id

        credit_note_number: None | str
        credit_note_number = self.credit_note_number

        own_document_number: None | str
        own_document_number = self.own_document_number

        credit_note_open_cents: int | None
        credit_note_open_cents = self.credit_note_open_cents

        held_reason: None | str
        held_reason = self.held_reason

        blocked_reason: None | str
        blocked_reason = self.blocked_reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "number": number,
                "partner_id": partner_id,
                "partner_code": partner_code,
                "state": state,
                "tax_case": tax_case,
                "currency": currency,
                "net_cents": net_cents,
                "tax_rate": tax_rate,
                "tax_cents": tax_cents,
                "gross_cents": gross_cents,
                "set_off_cents": set_off_cents,
                "period_from": period_from,
                "period_to": period_to,
                "content_hash": content_hash,
                "hash_version": hash_version,
                "strategy": strategy,
                "books": books,
                "document_stage": document_stage,
                "cancel_wanted_at": cancel_wanted_at,
                "cancel_wanted_by": cancel_wanted_by,
                "cancel_wanted_reason": cancel_wanted_reason,
                "requested_by": requested_by,
                "state_reason": state_reason,
                "state_reason_code": state_reason_code,
                "state_reason_params": state_reason_params,
                "holds": holds,
                "blocked": blocked,
                "reopened": reopened,
                "payment_reference": payment_reference,
                "paid_on": paid_on,
                "transferred_on": transferred_on,
                "bank_reference": bank_reference,
                "run_id": run_id,
                "created_at": created_at,
                "credit_note_id": credit_note_id,
                "credit_note_number": credit_note_number,
                "own_document_number": own_document_number,
                "credit_note_open_cents": credit_note_open_cents,
                "held_reason": held_reason,
                "blocked_reason": blocked_reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.hold_in_words import HoldInWords  # noqa: PLC0415
        from ..models.payout_shown_state_reason_params_type_0 import (
            PayoutShownStateReasonParamsType0,  # noqa: PLC0415
        )
        from ..models.reason_shown import ReasonShown  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        number = d.pop("number")

        partner_id = UUID(d.pop("partner_id"))

        partner_code = d.pop("partner_code")

        state = check_payout_state(d.pop("state"))

        tax_case = check_tax_case(d.pop("tax_case"))

        currency = d.pop("currency")

        net_cents = d.pop("net_cents")

        tax_rate = d.pop("tax_rate")

        tax_cents = d.pop("tax_cents")

        gross_cents = d.pop("gross_cents")

        set_off_cents = d.pop("set_off_cents")

        period_from = datetime.date.fromisoformat(d.pop("period_from"))

        period_to = datetime.date.fromisoformat(d.pop("period_to"))

        content_hash = d.pop("content_hash")

        hash_version = d.pop("hash_version")

        strategy = check_document_strategy(d.pop("strategy"))

        books = d.pop("books")

        def _parse_document_stage(data: object) -> DocumentStage | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                document_stage_type_0 = check_document_stage(data)

                return document_stage_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DocumentStage | None, data)

        document_stage = _parse_document_stage(d.pop("document_stage"))

        def _parse_cancel_wanted_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                cancel_wanted_at_type_0 = datetime.datetime.fromisoformat(data)

                return cancel_wanted_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        cancel_wanted_at = _parse_cancel_wanted_at(d.pop("cancel_wanted_at"))

        def _parse_cancel_wanted_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cancel_wanted_by = _parse_cancel_wanted_by(d.pop("cancel_wanted_by"))

        def _parse_cancel_wanted_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cancel_wanted_reason = _parse_cancel_wanted_reason(d.pop("cancel_wanted_reason"))

        requested_by = d.pop("requested_by")

        def _parse_state_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        state_reason = _parse_state_reason(d.pop("state_reason"))

        def _parse_state_reason_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        state_reason_code = _parse_state_reason_code(d.pop("state_reason_code"))

        def _parse_state_reason_params(data: object) -> None | PayoutShownStateReasonParamsType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                state_reason_params_type_0 = PayoutShownStateReasonParamsType0.from_dict(data)

                return state_reason_params_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PayoutShownStateReasonParamsType0, data)

        state_reason_params = _parse_state_reason_params(d.pop("state_reason_params"))

        holds = []
        _holds = d.pop("holds")
        for holds_item_data in _holds:
            holds_item = HoldInWords.from_dict(holds_item_data)

            holds.append(holds_item)

        def _parse_blocked(data: object) -> None | ReasonShown:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                blocked_type_0 = ReasonShown.from_dict(data)

                return blocked_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReasonShown, data)

        blocked = _parse_blocked(d.pop("blocked"))

        reopened = d.pop("reopened")

        def _parse_payment_reference(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        payment_reference = _parse_payment_reference(d.pop("payment_reference"))

        def _parse_paid_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                paid_on_type_0 = datetime.date.fromisoformat(data)

                return paid_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        paid_on = _parse_paid_on(d.pop("paid_on"))

        def _parse_transferred_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                transferred_on_type_0 = datetime.date.fromisoformat(data)

                return transferred_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        transferred_on = _parse_transferred_on(d.pop("transferred_on"))

        def _parse_bank_reference(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        bank_reference = _parse_bank_reference(d.pop("bank_reference"))

        def _parse_run_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                run_id_type_0 = UUID(data)

                return run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        run_id = _parse_run_id(d.pop("run_id"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_credit_note_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        credit_note_id = _parse_credit_note_id(d.pop("credit_note_id"))

        def _parse_credit_note_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        credit_note_number = _parse_credit_note_number(d.pop("credit_note_number"))

        def _parse_own_document_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        own_document_number = _parse_own_document_number(d.pop("own_document_number"))

        def _parse_credit_note_open_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        credit_note_open_cents = _parse_credit_note_open_cents(d.pop("credit_note_open_cents"))

        def _parse_held_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        held_reason = _parse_held_reason(d.pop("held_reason"))

        def _parse_blocked_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        blocked_reason = _parse_blocked_reason(d.pop("blocked_reason"))

        payout_shown = cls(
            id=id,
            number=number,
            partner_id=partner_id,
            partner_code=partner_code,
            state=state,
            tax_case=tax_case,
            currency=currency,
            net_cents=net_cents,
            tax_rate=tax_rate,
            tax_cents=tax_cents,
            gross_cents=gross_cents,
            set_off_cents=set_off_cents,
            period_from=period_from,
            period_to=period_to,
            content_hash=content_hash,
            hash_version=hash_version,
            strategy=strategy,
            books=books,
            document_stage=document_stage,
            cancel_wanted_at=cancel_wanted_at,
            cancel_wanted_by=cancel_wanted_by,
            cancel_wanted_reason=cancel_wanted_reason,
            requested_by=requested_by,
            state_reason=state_reason,
            state_reason_code=state_reason_code,
            state_reason_params=state_reason_params,
            holds=holds,
            blocked=blocked,
            reopened=reopened,
            payment_reference=payment_reference,
            paid_on=paid_on,
            transferred_on=transferred_on,
            bank_reference=bank_reference,
            run_id=run_id,
            created_at=created_at,
            credit_note_id=credit_note_id,
            credit_note_number=credit_note_number,
            own_document_number=own_document_number,
            credit_note_open_cents=credit_note_open_cents,
            held_reason=held_reason,
            blocked_reason=blocked_reason,
        )

        payout_shown.additional_properties = d
        return payout_shown

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
