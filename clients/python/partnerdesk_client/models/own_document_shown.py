from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.own_document_kind import OwnDocumentKind, check_own_document_kind
from ..models.own_document_state import OwnDocumentState, check_own_document_state

T = TypeVar("T", bound="OwnDocumentShown")


@_attrs_define
class OwnDocumentShown:
    """`delivered_at`: from when on it counts as delivered, as far as that is certain by now.

    Attributes:
        id (UUID):
        number (str):
        kind (OwnDocumentKind): What a document is. Only the first is called Gutschrift (§ 14 Abs. 4 Nr. 10 UStG, UStAE
            14.3 Abs. 2).
        payout_id (None | UUID):
        original_id (None | UUID):
        issued_on (datetime.date):
        net_cents (int):
        tax_cents (int):
        gross_cents (int):
        transfer_cents (int):
        pdf_sha256 (str):
        has_xml (bool):
        issued_by (str):
        issued_at (datetime.datetime):
        closed_at (datetime.datetime | None):
        closed_reason (None | str):
        handed_out_at (datetime.datetime | None):
        delivered_at (datetime.datetime | None):
        state (OwnDocumentState): How far a document has come. Of a payout's document more is known (`document_stage`).
        partner_code (None | str):
        payout_number (None | str):
        original_number (None | str):
        is_undelivered (bool):
    """

    id: UUID
    number: str
    kind: OwnDocumentKind
    payout_id: None | UUID
    original_id: None | UUID
    issued_on: datetime.date
    net_cents: int
    tax_cents: int
    gross_cents: int
    transfer_cents: int
    pdf_sha256: str
    has_xml: bool
    issued_by: str
    issued_at: datetime.datetime
    closed_at: datetime.datetime | None
    closed_reason: None | str
    handed_out_at: datetime.datetime | None
    delivered_at: datetime.datetime | None
    state: OwnDocumentState
    partner_code: None | str
    payout_number: None | str
    original_number: None | str
    is_undelivered: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        number = self.number

        kind: str = self.kind

        payout_id: None | str
        if isinstance(self.payout_id, UUID):
            payout_id = str(self.payout_id)
        else:
            payout_id = self.payout_id

        original_id: None | str
        if isinstance(self.original_id, UUID):
            original_id = str(self.original_id)
        else:
            original_id = self.original_id

        issued_on = self.issued_on.isoformat()

        net_cents = self.net_cents

        tax_cents = self.tax_cents

        gross_cents = self.gross_cents

        transfer_cents = self.transfer_cents

        pdf_sha256 = self.pdf_sha256

        has_xml = self.has_xml

        issued_by = self.issued_by

        issued_at = self.issued_at.isoformat()

        closed_at: None | str
        if isinstance(self.closed_at, datetime.datetime):
            closed_at = self.closed_at.isoformat()
        else:
            closed_at = self.closed_at

        closed_reason: None | str
        closed_reason = self.closed_reason

        handed_out_at: None | str
        if isinstance(self.handed_out_at, datetime.datetime):
            handed_out_at = self.handed_out_at.isoformat()
        else:
            handed_out_at = self.handed_out_at

        delivered_at: None | str
        if isinstance(self.delivered_at, datetime.datetime):
            delivered_at = self.delivered_at.isoformat()
        else:
            delivered_at = self.delivered_at

        state: str = self.state

        partner_code: None | str
        partner_code = self.partner_code

        payout_number: None | str
        payout_number = self.payout_number

        original_number: None | str
        original_number = self.original_number

        is_undelivered = self.is_undelivered

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "number": number,
                "kind": kind,
                "payout_id": payout_id,
                "original_id": original_id,
                "issued_on": issued_on,
                "net_cents": net_cents,
                "tax_cents": tax_cents,
                "gross_cents": gross_cents,
                "transfer_cents": transfer_cents,
                "pdf_sha256": pdf_sha256,
                "has_xml": has_xml,
                "issued_by": issued_by,
                "issued_at": issued_at,
                "closed_at": closed_at,
                "closed_reason": closed_reason,
                "handed_out_at": handed_out_at,
                "delivered_at": delivered_at,
                "state": state,
                "partner_code": partner_code,
                "payout_number": payout_number,
                "original_number": original_number,
                "is_undelivered": is_undelivered,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        number = d.pop("number")

        kind = check_own_document_kind(d.pop("kind"))

        def _parse_payout_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                payout_id_type_0 = UUID(data)

                return payout_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        payout_id = _parse_payout_id(d.pop("payout_id"))

        def _parse_original_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                original_id_type_0 = UUID(data)

                return original_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        original_id = _parse_original_id(d.pop("original_id"))

        issued_on = datetime.date.fromisoformat(d.pop("issued_on"))

        net_cents = d.pop("net_cents")

        tax_cents = d.pop("tax_cents")

        gross_cents = d.pop("gross_cents")

        transfer_cents = d.pop("transfer_cents")

        pdf_sha256 = d.pop("pdf_sha256")

        has_xml = d.pop("has_xml")

        issued_by = d.pop("issued_by")

        issued_at = datetime.datetime.fromisoformat(d.pop("issued_at"))

        def _parse_closed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                closed_at_type_0 = datetime.datetime.fromisoformat(data)

                return closed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        closed_at = _parse_closed_at(d.pop("closed_at"))

        def _parse_closed_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        closed_reason = _parse_closed_reason(d.pop("closed_reason"))

        def _parse_handed_out_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                handed_out_at_type_0 = datetime.datetime.fromisoformat(data)

                return handed_out_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        handed_out_at = _parse_handed_out_at(d.pop("handed_out_at"))

        def _parse_delivered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                delivered_at_type_0 = datetime.datetime.fromisoformat(data)

                return delivered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        delivered_at = _parse_delivered_at(d.pop("delivered_at"))

        state = check_own_document_state(d.pop("state"))

        def _parse_partner_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        partner_code = _parse_partner_code(d.pop("partner_code"))

        def _parse_payout_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        payout_number = _parse_payout_number(d.pop("payout_number"))

        def _parse_original_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        original_number = _parse_original_number(d.pop("original_number"))

        is_undelivered = d.pop("is_undelivered")

        own_document_shown = cls(
            id=id,
            number=number,
            kind=kind,
            payout_id=payout_id,
            original_id=original_id,
            issued_on=issued_on,
            net_cents=net_cents,
            tax_cents=tax_cents,
            gross_cents=gross_cents,
            transfer_cents=transfer_cents,
            pdf_sha256=pdf_sha256,
            has_xml=has_xml,
            issued_by=issued_by,
            issued_at=issued_at,
            closed_at=closed_at,
            closed_reason=closed_reason,
            handed_out_at=handed_out_at,
            delivered_at=delivered_at,
            state=state,
            partner_code=partner_code,
            payout_number=payout_number,
            original_number=original_number,
            is_undelivered=is_undelivered,
        )

        own_document_shown.additional_properties = d
        return own_document_shown

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
