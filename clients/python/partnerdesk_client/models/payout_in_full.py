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
    from ..models.decision import Decision
    from ..models.four_eyes import FourEyes
    from ..models.further_attempt import FurtherAttempt
    from ..models.hand import Hand
    from ..models.hold_in_words import HoldInWords
    from ..models.objection import Objection
    from ..models.open_debt import OpenDebt
    from ..models.payout_in_full_state_reason_params_type_0 import (
        PayoutInFullStateReasonParamsType0,
    )
    from ..models.payout_line import PayoutLine
    from ..models.reason_shown import ReasonShown
    from ..models.reversal_shown import ReversalShown
    from ..models.set_off_row import SetOffRow


T = TypeVar("T", bound="PayoutInFull")


@_attrs_define
class PayoutInFull:
    """With lines, decisions, what four eyes say, whose hands are in it, the partner's objection, the id of its workflow
    and its credit note's page in lexoffice. While it awaits approval: what its partner owes beside it.

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
            state_reason_params (None | PayoutInFullStateReasonParamsType0):
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
            lines (list[PayoutLine]):
            decisions (list[Decision]):
            four_eyes (FourEyes): What the rule says about one payout. Cents are EUR, gross: what leaves the bank.
            open_debts (list[OpenDebt]): While it awaits approval: what the partner still owes by tax case (below zero). It
                is not set off against another tax case
            hands (list[Hand]):
            has_account (bool): Whether bank details of the partner are in force; without them the money is transferred by
                hand (`by_hand`)
            objection (None | Objection):
            reversals (list[ReversalShown]): What was asked about cancelling its document
            set_offs (list[SetOffRow]): Claims that are set off against it
            further_attempts (list[FurtherAttempt]): Further transfers after a return
            workflow_id (str):
            credit_note_url (None | str):
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
    state_reason_params: None | PayoutInFullStateReasonParamsType0
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
    lines: list[PayoutLine]
    decisions: list[Decision]
    four_eyes: FourEyes
    open_debts: list[OpenDebt]
    hands: list[Hand]
    has_account: bool
    objection: None | Objection
    reversals: list[ReversalShown]
    set_offs: list[SetOffRow]
    further_attempts: list[FurtherAttempt]
    workflow_id: str
    credit_note_url: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.objection import Objection  # noqa: PLC0415
        from ..models.payout_in_full_state_reason_params_type_0 import (
            PayoutInFullStateReasonParamsType0,  # noqa: PLC0415
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
        if isinstance(self.state_reason_params, PayoutInFullStateReasonParamsType0):
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

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        decisions = []
        for decisions_item_data in self.decisions:
            decisions_item = decisions_item_data.to_dict()
            decisions.append(decisions_item)

        four_eyes = self.four_eyes.to_dict()

        open_debts = []
        for open_debts_item_data in self.open_debts:
            open_debts_item = open_debts_item_data.to_dict()
            open_debts.append(open_debts_item)

        hands = []
        for hands_item_data in self.hands:
            hands_item = hands_item_data.to_dict()
            hands.append(hands_item)

        has_account = self.has_account

        objection: dict[str, Any] | None
        if isinstance(self.objection, Objection):
            objection = self.objection.to_dict()
        else:
            objection = self.objection

        reversals = []
        for reversals_item_data in self.reversals:
            reversals_item = reversals_item_data.to_dict()
            reversals.append(reversals_item)

        set_offs = []
        for set_offs_item_data in self.set_offs:
            set_offs_item = set_offs_item_data.to_dict()
            set_offs.append(set_offs_item)

        further_attempts = []
        for further_attempts_item_data in self.further_attempts:
            further_attempts_item = further_attempts_item_data.to_dict()
            further_attempts.append(further_attempts_item)

        workflow_id = self.workflow_id

        credit_note_url: None | str
        credit_note_url = self.credit_note_url

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
                "lines": lines,
                "decisions": decisions,
                "four_eyes": four_eyes,
                "open_debts": open_debts,
                "hands": hands,
                "has_account": has_account,
                "objection": objection,
                "reversals": reversals,
                "set_offs": set_offs,
                "further_attempts": further_attempts,
                "workflow_id": workflow_id,
                "credit_note_url": credit_note_url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.decision import Decision  # noqa: PLC0415
        from ..models.four_eyes import FourEyes  # noqa: PLC0415
        from ..models.further_attempt import FurtherAttempt  # noqa: PLC0415
        from ..models.hand import Hand  # noqa: PLC0415
        from ..models.hold_in_words import HoldInWords  # noqa: PLC0415
        from ..models.objection import Objection  # noqa: PLC0415
        from ..models.open_debt import OpenDebt  # noqa: PLC0415
        from ..models.payout_in_full_state_reason_params_type_0 import (
            PayoutInFullStateReasonParamsType0,  # noqa: PLC0415
        )
        from ..models.payout_line import PayoutLine  # noqa: PLC0415
        from ..models.reason_shown import ReasonShown  # noqa: PLC0415
        from ..models.reversal_shown import ReversalShown  # noqa: PLC0415
        from ..models.set_off_row import SetOffRow  # noqa: PLC0415

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

        def _parse_state_reason_params(data: object) -> None | PayoutInFullStateReasonParamsType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                state_reason_params_type_0 = PayoutInFullStateReasonParamsType0.from_dict(data)

                return state_reason_params_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PayoutInFullStateReasonParamsType0, data)

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

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = PayoutLine.from_dict(lines_item_data)

            lines.append(lines_item)

        decisions = []
        _decisions = d.pop("decisions")
        for decisions_item_data in _decisions:
            decisions_item = Decision.from_dict(decisions_item_data)

            decisions.append(decisions_item)

        four_eyes = FourEyes.from_dict(d.pop("four_eyes"))

        open_debts = []
        _open_debts = d.pop("open_debts")
        for open_debts_item_data in _open_debts:
            open_debts_item = OpenDebt.from_dict(open_debts_item_data)

            open_debts.append(open_debts_item)

        hands = []
        _hands = d.pop("hands")
        for hands_item_data in _hands:
            hands_item = Hand.from_dict(hands_item_data)

            hands.append(hands_item)

        has_account = d.pop("has_account")

        def _parse_objection(data: object) -> None | Objection:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                objection_type_0 = Objection.from_dict(data)

                return objection_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Objection, data)

        objection = _parse_objection(d.pop("objection"))

        reversals = []
        _reversals = d.pop("reversals")
        for reversals_item_data in _reversals:
            reversals_item = ReversalShown.from_dict(reversals_item_data)

            reversals.append(reversals_item)

        set_offs = []
        _set_offs = d.pop("set_offs")
        for set_offs_item_data in _set_offs:
            set_offs_item = SetOffRow.from_dict(set_offs_item_data)

            set_offs.append(set_offs_item)

        further_attempts = []
        _further_attempts = d.pop("further_attempts")
        for further_attempts_item_data in _further_attempts:
            further_attempts_item = FurtherAttempt.from_dict(further_attempts_item_data)

            further_attempts.append(further_attempts_item)

        workflow_id = d.pop("workflow_id")

        def _parse_credit_note_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        credit_note_url = _parse_credit_note_url(d.pop("credit_note_url"))

        payout_in_full = cls(
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
            lines=lines,
            decisions=decisions,
            four_eyes=four_eyes,
            open_debts=open_debts,
            hands=hands,
            has_account=has_account,
            objection=objection,
            reversals=reversals,
            set_offs=set_offs,
            further_attempts=further_attempts,
            workflow_id=workflow_id,
            credit_note_url=credit_note_url,
        )

        payout_in_full.additional_properties = d
        return payout_in_full

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
