from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.transaction_state import TransactionState, check_transaction_state

if TYPE_CHECKING:
    from ..models.hold_in_words import HoldInWords
    from ..models.transaction_listed_address_type_0 import TransactionListedAddressType0
    from ..models.transaction_listed_state_reason_params_type_0 import (
        TransactionListedStateReasonParamsType0,
    )


T = TypeVar("T", bound="TransactionListed")


@_attrs_define
class TransactionListed:
    """
    Attributes:
        id (UUID):
        source (str):
        state (TransactionState): The states of a sale.
        payment_intent (None | str):
        checkout_session (None | str):
        provider_invoice (None | str):
        order_reference (None | str):
        customer_id (None | UUID):
        customer_contact_id (None | UUID):
        customer_email (None | str):
        partner_id (None | UUID):
        partner_code (None | str):
        partner_by (None | str):
        campaign_id (None | UUID):
        campaign_slug (None | str):
        plan_id (None | UUID):
        currency (str):
        original_currency (None | str):
        original_amount (None | str):
        exchange_rate (None | str):
        rate_day (datetime.date | None):
        rate_source (None | str):
        base_cents (int):
        tax_cents (int):
        gross_cents (int):
        provisional (bool):
        paid_cents (int):
        refunded_cents (int):
        credited_cents (int):
        written_off_cents (int):
        sold_at (datetime.datetime):
        paid_at (datetime.datetime | None):
        address (None | TransactionListedAddressType0):
        line_items (list[Any] | None):
        state_reason_code (None | str):
        state_reason_params (None | TransactionListedStateReasonParamsType0):
        holds (list[HoldInWords]):
        replacement_until (datetime.datetime | None):
        refund_cause (None | str):
        refund_document (None | str):
        subscription (None | str):
        payment_number (int | None):
        created_at (datetime.datetime):
        import_id (None | UUID):
        invoice_id (None | UUID):
        invoice_number (None | str):
        held_reason (None | str):
        blocked_reason (None | str):
        state_reason (None | str): Why it is in its state
        customer (None | str): Name of the customer, else the mail address
        commissions_cents (int): What all levels earn together
    """

    id: UUID
    source: str
    state: TransactionState
    payment_intent: None | str
    checkout_session: None | str
    provider_invoice: None | str
    order_reference: None | str
    customer_id: None | UUID
    customer_contact_id: None | UUID
    customer_email: None | str
    partner_id: None | UUID
    partner_code: None | str
    partner_by: None | str
    campaign_id: None | UUID
    campaign_slug: None | str
    plan_id: None | UUID
    currency: str
    original_currency: None | str
    original_amount: None | str
    exchange_rate: None | str
    rate_day: datetime.date | None
    rate_source: None | str
    base_cents: int
    tax_cents: int
    gross_cents: int
    provisional: bool
    paid_cents: int
    refunded_cents: int
    credited_cents: int
    written_off_cents: int
    sold_at: datetime.datetime
    paid_at: datetime.datetime | None
    address: None | TransactionListedAddressType0
    line_items: list[Any] | None
    state_reason_code: None | str
    state_reason_params: None | TransactionListedStateReasonParamsType0
    holds: list[HoldInWords]
    replacement_until: datetime.datetime | None
    refund_cause: None | str
    refund_document: None | str
    subscription: None | str
    payment_number: int | None
    created_at: datetime.datetime
    import_id: None | UUID
    invoice_id: None | UUID
    invoice_number: None | str
    held_reason: None | str
    blocked_reason: None | str
    state_reason: None | str
    customer: None | str
    commissions_cents: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.transaction_listed_address_type_0 import (
            TransactionListedAddressType0,  # noqa: PLC0415
        )
        from ..models.transaction_listed_state_reason_params_type_0 import (
            TransactionListedStateReasonParamsType0,  # noqa: PLC0415
        )

        id = str(self.id)

        source = self.source

        state: str = self.state

        payment_intent: None | str
        payment_intent = self.payment_intent

        checkout_session: None | str
        checkout_session = self.checkout_session

        provider_invoice: None | str
        provider_invoice = self.provider_invoice

        order_reference: None | str
        order_reference = self.order_reference

        customer_id: None | str
        if isinstance(self.customer_id, UUID):
            customer_id = str(self.customer_id)
        else:
            customer_id = self.customer_id

        customer_contact_id: None | str
        if isinstance(self.customer_contact_id, UUID):
            customer_contact_id = str(self.customer_contact_id)
        else:
            customer_contact_id = self.customer_contact_id

        customer_email: None | str
        customer_email = self.customer_email

        partner_id: None | str
        if isinstance(self.partner_id, UUID):
            partner_id = str(self.partner_id)
        else:
            partner_id = self.partner_id

        partner_code: None | str
        partner_code = self.partner_code

        partner_by: None | str
        partner_by = self.partner_by

        campaign_id: None | str
        if isinstance(self.campaign_id, UUID):
            campaign_id = str(self.campaign_id)
        else:
            campaign_id = self.campaign_id

        campaign_slug: None | str
        campaign_slug = self.campaign_slug

        plan_id: None | str
        if isinstance(self.plan_id, UUID):
            plan_id = str(self.plan_id)
        else:
            plan_id = self.plan_id

        currency = self.currency

        original_currency: None | str
        original_currency = self.original_currency

        original_amount: None | str
        original_amount = self.original_amount

        exchange_rate: None | str
        exchange_rate = self.exchange_rate

        rate_day: None | str
        if isinstance(self.rate_day, datetime.date):
            rate_day = self.rate_day.isoformat()
        else:
            rate_day = self.rate_day

        rate_source: None | str
        rate_source = self.rate_source

        base_cents = self.base_cents

        tax_cents = self.tax_cents

        gross_cents = self.gross_cents

        provisional = self.provisional

        paid_cents = self.paid_cents

        refunded_cents = self.refunded_cents

        credited_cents = self.credited_cents

        written_off_cents = self.written_off_cents

        sold_at = self.sold_at.isoformat()

        paid_at: None | str
        if isinstance(self.paid_at, datetime.datetime):
            paid_at = self.paid_at.isoformat()
        else:
            paid_at = self.paid_at

        address: dict[str, Any] | None
        if isinstance(self.address, TransactionListedAddressType0):
            address = self.address.to_dict()
        else:
            address = self.address

        line_items: list[Any] | None
        if isinstance(self.line_items, list):
            line_items = self.line_items

        else:
            line_items = self.line_items

        state_reason_code: None | str
        state_reason_code = self.state_reason_code

        state_reason_params: dict[str, Any] | None
        if isinstance(self.state_reason_params, TransactionListedStateReasonParamsType0):
            state_reason_params = self.state_reason_params.to_dict()
        else:
            state_reason_params = self.state_reason_params

        holds = []
        for holds_item_data in self.holds:
            holds_item = holds_item_data.to_dict()
            holds.append(holds_item)

        replacement_until: None | str
        if isinstance(self.replacement_until, datetime.datetime):
            replacement_until = self.replacement_until.isoformat()
        else:
            replacement_until = self.replacement_until

        refund_cause: None | str
        refund_cause = self.refund_cause

        refund_document: None | str
        refund_document = self.refund_document

        subscription: None | str
        subscription = self.subscription

        payment_number: int | None
        payment_number = self.payment_number

        created_at = self.created_at.isoformat()

        import_id: None | str
        if isinstance(self.import_id, UUID):
            import_id = str(self.import_id)
        else:
            import_id = self.import_id

        invoice_id: None | str
        if isinstance(self.invoice_id, UUID):
            invoice_id = str(self.invoice_id)
        else:
            invoice_id = self.invoice_id

        invoice_number: None | str
        invoice_number = self.invoice_number

        held_reason: None | str
        held_reason = self.held_reason

        blocked_reason: None | str
        blocked_reason = self.blocked_reason

        state_reason: None | str
        state_reason = self.state_reason

        customer: None | str
        customer = self.customer

        commissions_cents = self.commissions_cents

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "source": source,
                "state": state,
                "payment_intent": payment_intent,
                "checkout_session": checkout_session,
                "provider_invoice": provider_invoice,
                "order_reference": order_reference,
                "customer_id": customer_id,
                "customer_contact_id": customer_contact_id,
                "customer_email": customer_email,
                "partner_id": partner_id,
                "partner_code": partner_code,
                "partner_by": partner_by,
                "campaign_id": campaign_id,
                "campaign_slug": campaign_slug,
                "plan_id": plan_id,
                "currency": currency,
                "original_currency": original_currency,
                "original_amount": original_amount,
                "exchange_rate": exchange_rate,
                "rate_day": rate_day,
                "rate_source": rate_source,
                "base_cents": base_cents,
                "tax_cents": tax_cents,
                "gross_cents": gross_cents,
                "provisional": provisional,
                "paid_cents": paid_cents,
                "refunded_cents": refunded_cents,
                "credited_cents": credited_cents,
                "written_off_cents": written_off_cents,
                "sold_at": sold_at,
                "paid_at": paid_at,
                "address": address,
                "line_items": line_items,
                "state_reason_code": state_reason_code,
                "state_reason_params": state_reason_params,
                "holds": holds,
                "replacement_until": replacement_until,
                "refund_cause": refund_cause,
                "refund_document": refund_document,
                "subscription": subscription,
                "payment_number": payment_number,
                "created_at": created_at,
                "import_id": import_id,
                "invoice_id": invoice_id,
                "invoice_number": invoice_number,
                "held_reason": held_reason,
                "blocked_reason": blocked_reason,
                "state_reason": state_reason,
                "customer": customer,
                "commissions_cents": commissions_cents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.hold_in_words import HoldInWords  # noqa: PLC0415
        from ..models.transaction_listed_address_type_0 import (
            TransactionListedAddressType0,  # noqa: PLC0415
        )
        from ..models.transaction_listed_state_reason_params_type_0 import (
            TransactionListedStateReasonParamsType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        source = d.pop("source")

        state = check_transaction_state(d.pop("state"))

        def _parse_payment_intent(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        payment_intent = _parse_payment_intent(d.pop("payment_intent"))

        def _parse_checkout_session(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        checkout_session = _parse_checkout_session(d.pop("checkout_session"))

        def _parse_provider_invoice(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        provider_invoice = _parse_provider_invoice(d.pop("provider_invoice"))

        def _parse_order_reference(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        order_reference = _parse_order_reference(d.pop("order_reference"))

        def _parse_customer_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                customer_id_type_0 = UUID(data)

                return customer_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        customer_id = _parse_customer_id(d.pop("customer_id"))

        def _parse_customer_contact_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                customer_contact_id_type_0 = UUID(data)

                return customer_contact_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        customer_contact_id = _parse_customer_contact_id(d.pop("customer_contact_id"))

        def _parse_customer_email(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        customer_email = _parse_customer_email(d.pop("customer_email"))

        def _parse_partner_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                partner_id_type_0 = UUID(data)

                return partner_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        partner_id = _parse_partner_id(d.pop("partner_id"))

        def _parse_partner_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        partner_code = _parse_partner_code(d.pop("partner_code"))

        def _parse_partner_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        partner_by = _parse_partner_by(d.pop("partner_by"))

        def _parse_campaign_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                campaign_id_type_0 = UUID(data)

                return campaign_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        campaign_id = _parse_campaign_id(d.pop("campaign_id"))

        def _parse_campaign_slug(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        campaign_slug = _parse_campaign_slug(d.pop("campaign_slug"))

        def _parse_plan_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                plan_id_type_0 = UUID(data)

                return plan_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        plan_id = _parse_plan_id(d.pop("plan_id"))

        currency = d.pop("currency")

        def _parse_original_currency(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        original_currency = _parse_original_currency(d.pop("original_currency"))

        def _parse_original_amount(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        original_amount = _parse_original_amount(d.pop("original_amount"))

        def _parse_exchange_rate(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        exchange_rate = _parse_exchange_rate(d.pop("exchange_rate"))

        def _parse_rate_day(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                rate_day_type_0 = datetime.date.fromisoformat(data)

                return rate_day_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        rate_day = _parse_rate_day(d.pop("rate_day"))

        def _parse_rate_source(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rate_source = _parse_rate_source(d.pop("rate_source"))

        base_cents = d.pop("base_cents")

        tax_cents = d.pop("tax_cents")

        gross_cents = d.pop("gross_cents")

        provisional = d.pop("provisional")

        paid_cents = d.pop("paid_cents")

        refunded_cents = d.pop("refunded_cents")

        credited_cents = d.pop("credited_cents")

        written_off_cents = d.pop("written_off_cents")

        sold_at = datetime.datetime.fromisoformat(d.pop("sold_at"))

        def _parse_paid_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                paid_at_type_0 = datetime.datetime.fromisoformat(data)

                return paid_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        paid_at = _parse_paid_at(d.pop("paid_at"))

        def _parse_address(data: object) -> None | TransactionListedAddressType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                address_type_0 = TransactionListedAddressType0.from_dict(data)

                return address_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TransactionListedAddressType0, data)

        address = _parse_address(d.pop("address"))

        def _parse_line_items(data: object) -> list[Any] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                line_items_type_0 = cast(list[Any], data)

                return line_items_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Any] | None, data)

        line_items = _parse_line_items(d.pop("line_items"))

        def _parse_state_reason_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        state_reason_code = _parse_state_reason_code(d.pop("state_reason_code"))

        def _parse_state_reason_params(data: object) -> None | TransactionListedStateReasonParamsType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                state_reason_params_type_0 = TransactionListedStateReasonParamsType0.from_dict(data)

                return state_reason_params_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TransactionListedStateReasonParamsType0, data)

        state_reason_params = _parse_state_reason_params(d.pop("state_reason_params"))

        holds = []
        _holds = d.pop("holds")
        for holds_item_data in _holds:
            holds_item = HoldInWords.from_dict(holds_item_data)

            holds.append(holds_item)

        def _parse_replacement_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                replacement_until_type_0 = datetime.datetime.fromisoformat(data)

                return replacement_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        replacement_until = _parse_replacement_until(d.pop("replacement_until"))

        def _parse_refund_cause(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        refund_cause = _parse_refund_cause(d.pop("refund_cause"))

        def _parse_refund_document(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        refund_document = _parse_refund_document(d.pop("refund_document"))

        def _parse_subscription(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        subscription = _parse_subscription(d.pop("subscription"))

        def _parse_payment_number(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        payment_number = _parse_payment_number(d.pop("payment_number"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_import_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                import_id_type_0 = UUID(data)

                return import_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        import_id = _parse_import_id(d.pop("import_id"))

        def _parse_invoice_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                invoice_id_type_0 = UUID(data)

                return invoice_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        invoice_id = _parse_invoice_id(d.pop("invoice_id"))

        def _parse_invoice_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        invoice_number = _parse_invoice_number(d.pop("invoice_number"))

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

        def _parse_state_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        state_reason = _parse_state_reason(d.pop("state_reason"))

        def _parse_customer(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        customer = _parse_customer(d.pop("customer"))

        commissions_cents = d.pop("commissions_cents")

        transaction_listed = cls(
            id=id,
            source=source,
            state=state,
            payment_intent=payment_intent,
            checkout_session=checkout_session,
            provider_invoice=provider_invoice,
            order_reference=order_reference,
            customer_id=customer_id,
            customer_contact_id=customer_contact_id,
            customer_email=customer_email,
            partner_id=partner_id,
            partner_code=partner_code,
            partner_by=partner_by,
            campaign_id=campaign_id,
            campaign_slug=campaign_slug,
            plan_id=plan_id,
            currency=currency,
            original_currency=original_currency,
            original_amount=original_amount,
            exchange_rate=exchange_rate,
            rate_day=rate_day,
            rate_source=rate_source,
            base_cents=base_cents,
            tax_cents=tax_cents,
            gross_cents=gross_cents,
            provisional=provisional,
            paid_cents=paid_cents,
            refunded_cents=refunded_cents,
            credited_cents=credited_cents,
            written_off_cents=written_off_cents,
            sold_at=sold_at,
            paid_at=paid_at,
            address=address,
            line_items=line_items,
            state_reason_code=state_reason_code,
            state_reason_params=state_reason_params,
            holds=holds,
            replacement_until=replacement_until,
            refund_cause=refund_cause,
            refund_document=refund_document,
            subscription=subscription,
            payment_number=payment_number,
            created_at=created_at,
            import_id=import_id,
            invoice_id=invoice_id,
            invoice_number=invoice_number,
            held_reason=held_reason,
            blocked_reason=blocked_reason,
            state_reason=state_reason,
            customer=customer,
            commissions_cents=commissions_cents,
        )

        transaction_listed.additional_properties = d
        return transaction_listed

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
