from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.document_stage import DocumentStage, check_document_stage
from ..models.ground import Ground, check_ground
from ..models.reversal_shown_kind import ReversalShownKind, check_reversal_shown_kind
from ..models.tax_case import TaxCase, check_tax_case

if TYPE_CHECKING:
    from ..models.reason_shown import ReasonShown


T = TypeVar("T", bound="ReversalShown")


@_attrs_define
class ReversalShown:
    """`blocked_reason` is the sentence of `blocked`.

    Attributes:
        id (UUID):
        kind (ReversalShownKind):
        partner_id (UUID):
        partner_code (str):
        payout_id (None | UUID):
        payout_number (None | str):
        original_id (None | UUID):
        original_number (None | str):
        tax_case (TaxCase): What one document can hold: one case per payout. The last three are told by a document of
            our own only.
        ground (Ground): Why a document is taken back; it decides the month of VAT that changes (rules.md, Storno).
        counts_in (datetime.date):
        reason (str):
        gross_cents (int):
        requested_by (str):
        requested_at (datetime.datetime):
        decided_by (None | str):
        decided_at (datetime.datetime | None):
        confirmed (bool | None):
        decided_alone (bool):
        document_id (None | UUID):
        document_number (None | str):
        books (str):
        stage (DocumentStage | None):
        blocked (None | ReasonShown):
        withdrawn_at (datetime.datetime | None):
        blocked_reason (None | str):
    """

    id: UUID
    kind: ReversalShownKind
    partner_id: UUID
    partner_code: str
    payout_id: None | UUID
    payout_number: None | str
    original_id: None | UUID
    original_number: None | str
    tax_case: TaxCase
    ground: Ground
    counts_in: datetime.date
    reason: str
    gross_cents: int
    requested_by: str
    requested_at: datetime.datetime
    decided_by: None | str
    decided_at: datetime.datetime | None
    confirmed: bool | None
    decided_alone: bool
    document_id: None | UUID
    document_number: None | str
    books: str
    stage: DocumentStage | None
    blocked: None | ReasonShown
    withdrawn_at: datetime.datetime | None
    blocked_reason: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.reason_shown import ReasonShown  # noqa: PLC0415

        id = str(self.id)

        kind: str = self.kind

        partner_id = str(self.partner_id)

        partner_code = self.partner_code

        payout_id: None | str
        if isinstance(self.payout_id, UUID):
            payout_id = str(self.payout_id)
        else:
            payout_id = self.payout_id

        payout_number: None | str
        payout_number = self.payout_number

        original_id: None | str
        if isinstance(self.original_id, UUID):
            original_id = str(self.original_id)
        else:
            original_id = self.original_id

        original_number: None | str
        original_number = self.original_number

        tax_case: str = self.tax_case

        ground: str = self.ground

        counts_in = self.counts_in.isoformat()

        reason = self.reason

        gross_cents = self.gross_cents

        requested_by = self.requested_by

        requested_at = self.requested_at.isoformat()

        decided_by: None | str
        decided_by = self.decided_by

        decided_at: None | str
        if isinstance(self.decided_at, datetime.datetime):
            decided_at = self.decided_at.isoformat()
        else:
            decided_at = self.decided_at

        confirmed: bool | None
        confirmed = self.confirmed

        decided_alone = self.decided_alone

        document_id: None | str
        if isinstance(self.document_id, UUID):
            document_id = str(self.document_id)
        else:
            document_id = self.document_id

        document_number: None | str
        document_number = self.document_number

        books = self.books

        stage: None | str
        if isinstance(self.stage, str):
            stage = self.stage
        else:
            stage = self.stage

        blocked: dict[str, Any] | None
        if isinstance(self.blocked, ReasonShown):
            blocked = self.blocked.to_dict()
        else:
            blocked = self.blocked

        withdrawn_at: None | str
        if isinstance(self.withdrawn_at, datetime.datetime):
            withdrawn_at = self.withdrawn_at.isoformat()
        else:
            withdrawn_at = self.withdrawn_at

        blocked_reason: None | str
        blocked_reason = self.blocked_reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "partner_id": partner_id,
                "partner_code": partner_code,
                "payout_id": payout_id,
                "payout_number": payout_number,
                "original_id": original_id,
                "original_number": original_number,
                "tax_case": tax_case,
                "ground": ground,
                "counts_in": counts_in,
                "reason": reason,
                "gross_cents": gross_cents,
                "requested_by": requested_by,
                "requested_at": requested_at,
                "decided_by": decided_by,
                "decided_at": decided_at,
                "confirmed": confirmed,
                "decided_alone": decided_alone,
                "document_id": document_id,
                "document_number": document_number,
                "books": books,
                "stage": stage,
                "blocked": blocked,
                "withdrawn_at": withdrawn_at,
                "blocked_reason": blocked_reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reason_shown import ReasonShown  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        kind = check_reversal_shown_kind(d.pop("kind"))

        partner_id = UUID(d.pop("partner_id"))

        partner_code = d.pop("partner_code")

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

        def _parse_payout_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        payout_number = _parse_payout_number(d.pop("payout_number"))

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

        def _parse_original_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        original_number = _parse_original_number(d.pop("original_number"))

        tax_case = check_tax_case(d.pop("tax_case"))

        ground = check_ground(d.pop("ground"))

        counts_in = datetime.date.fromisoformat(d.pop("counts_in"))

        reason = d.pop("reason")

        gross_cents = d.pop("gross_cents")

        requested_by = d.pop("requested_by")

        requested_at = datetime.datetime.fromisoformat(d.pop("requested_at"))

        def _parse_decided_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        decided_by = _parse_decided_by(d.pop("decided_by"))

        def _parse_decided_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                decided_at_type_0 = datetime.datetime.fromisoformat(data)

                return decided_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        decided_at = _parse_decided_at(d.pop("decided_at"))

        def _parse_confirmed(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        confirmed = _parse_confirmed(d.pop("confirmed"))

        decided_alone = d.pop("decided_alone")

        def _parse_document_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                document_id_type_0 = UUID(data)

                return document_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        document_id = _parse_document_id(d.pop("document_id"))

        def _parse_document_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        document_number = _parse_document_number(d.pop("document_number"))

        books = d.pop("books")

        def _parse_stage(data: object) -> DocumentStage | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                stage_type_0 = check_document_stage(data)

                return stage_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DocumentStage | None, data)

        stage = _parse_stage(d.pop("stage"))

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

        def _parse_withdrawn_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                withdrawn_at_type_0 = datetime.datetime.fromisoformat(data)

                return withdrawn_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        withdrawn_at = _parse_withdrawn_at(d.pop("withdrawn_at"))

        def _parse_blocked_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        blocked_reason = _parse_blocked_reason(d.pop("blocked_reason"))

        reversal_shown = cls(
            id=id,
            kind=kind,
            partner_id=partner_id,
            partner_code=partner_code,
            payout_id=payout_id,
            payout_number=payout_number,
            original_id=original_id,
            original_number=original_number,
            tax_case=tax_case,
            ground=ground,
            counts_in=counts_in,
            reason=reason,
            gross_cents=gross_cents,
            requested_by=requested_by,
            requested_at=requested_at,
            decided_by=decided_by,
            decided_at=decided_at,
            confirmed=confirmed,
            decided_alone=decided_alone,
            document_id=document_id,
            document_number=document_number,
            books=books,
            stage=stage,
            blocked=blocked,
            withdrawn_at=withdrawn_at,
            blocked_reason=blocked_reason,
        )

        reversal_shown.additional_properties = d
        return reversal_shown

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
