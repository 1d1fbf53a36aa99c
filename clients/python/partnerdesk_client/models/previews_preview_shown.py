from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.own_document_kind import OwnDocumentKind, check_own_document_kind
from ..models.tax_case import TaxCase, check_tax_case
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.booking import Booking
    from ..models.reason_shown import ReasonShown


T = TypeVar("T", bound="PreviewsPreviewShown")


@_attrs_define
class PreviewsPreviewShown:
    """
    Attributes:
        tax_case (TaxCase): What one document can hold: one case per payout. The last three are told by a document of
            our own only.
        missing_in_words (None | str): What the document lacks; null where nothing is missing
        unbookable_in_words (None | str): Why it cannot be booked; null where it can
        kind (None | OwnDocumentKind | Unset):
        sentences (list[str] | Unset):
        net_cents (int | Unset):  Default: 0.
        tax_cents (int | Unset):  Default: 0.
        gross_cents (int | Unset):  Default: 0.
        transfer_cents (int | Unset):  Default: 0.
        has_xml (bool | Unset):  Default: False.
        must_be_e_invoice (bool | Unset):  Default: False.
        declare_cents (int | None | Unset):
        booking (Booking | None | Unset):
        missing (None | ReasonShown | Unset):
    """

    tax_case: TaxCase
    missing_in_words: None | str
    unbookable_in_words: None | str
    kind: None | OwnDocumentKind | Unset = UNSET
    sentences: list[str] | Unset = UNSET
    net_cents: int | Unset = 0
    tax_cents: int | Unset = 0
    gross_cents: int | Unset = 0
    transfer_cents: int | Unset = 0
    has_xml: bool | Unset = False
    must_be_e_invoice: bool | Unset = False
    declare_cents: int | None | Unset = UNSET
    booking: Booking | None | Unset = UNSET
    missing: None | ReasonShown | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.booking import Booking  # noqa: PLC0415
        from ..models.reason_shown import ReasonShown  # noqa: PLC0415

        tax_case: str = self.tax_case

        missing_in_words: None | str
        missing_in_words = self.missing_in_words

        unbookable_in_words: None | str
        unbookable_in_words = self.unbookable_in_words

        kind: None | str | Unset
        if isinstance(self.kind, Unset):
            kind = UNSET
        elif isinstance(self.kind, str):
            kind = self.kind
        else:
            kind = self.kind

        sentences: list[str] | Unset = UNSET
        if not isinstance(self.sentences, Unset):
            sentences = self.sentences

        net_cents = self.net_cents

        tax_cents = self.tax_cents

        gross_cents = self.gross_cents

        transfer_cents = self.transfer_cents

        has_xml = self.has_xml

        must_be_e_invoice = self.must_be_e_invoice

        declare_cents: int | None | Unset
        if isinstance(self.declare_cents, Unset):
            declare_cents = UNSET
        else:
            declare_cents = self.declare_cents

        booking: dict[str, Any] | None | Unset
        if isinstance(self.booking, Unset):
            booking = UNSET
        elif isinstance(self.booking, Booking):
            booking = self.booking.to_dict()
        else:
            booking = self.booking

        missing: dict[str, Any] | None | Unset
        if isinstance(self.missing, Unset):
            missing = UNSET
        elif isinstance(self.missing, ReasonShown):
            missing = self.missing.to_dict()
        else:
            missing = self.missing

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "tax_case": tax_case,
                "missing_in_words": missing_in_words,
                "unbookable_in_words": unbookable_in_words,
            }
        )
        if kind is not UNSET:
            field_dict["kind"] = kind
        if sentences is not UNSET:
            field_dict["sentences"] = sentences
        if net_cents is not UNSET:
            field_dict["net_cents"] = net_cents
        if tax_cents is not UNSET:
            field_dict["tax_cents"] = tax_cents
        if gross_cents is not UNSET:
            field_dict["gross_cents"] = gross_cents
        if transfer_cents is not UNSET:
            field_dict["transfer_cents"] = transfer_cents
        if has_xml is not UNSET:
            field_dict["has_xml"] = has_xml
        if must_be_e_invoice is not UNSET:
            field_dict["must_be_e_invoice"] = must_be_e_invoice
        if declare_cents is not UNSET:
            field_dict["declare_cents"] = declare_cents
        if booking is not UNSET:
            field_dict["booking"] = booking
        if missing is not UNSET:
            field_dict["missing"] = missing

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.booking import Booking  # noqa: PLC0415
        from ..models.reason_shown import ReasonShown  # noqa: PLC0415

        d = dict(src_dict)
        tax_case = check_tax_case(d.pop("tax_case"))

        def _parse_missing_in_words(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        missing_in_words = _parse_missing_in_words(d.pop("missing_in_words"))

        def _parse_unbookable_in_words(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        unbookable_in_words = _parse_unbookable_in_words(d.pop("unbookable_in_words"))

        def _parse_kind(data: object) -> None | OwnDocumentKind | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                kind_type_0 = check_own_document_kind(data)

                return kind_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OwnDocumentKind | Unset, data)

        kind = _parse_kind(d.pop("kind", UNSET))

        sentences = cast(list[str], d.pop("sentences", UNSET))

        net_cents = d.pop("net_cents", UNSET)

        tax_cents = d.pop("tax_cents", UNSET)

        gross_cents = d.pop("gross_cents", UNSET)

        transfer_cents = d.pop("transfer_cents", UNSET)

        has_xml = d.pop("has_xml", UNSET)

        must_be_e_invoice = d.pop("must_be_e_invoice", UNSET)

        def _parse_declare_cents(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        declare_cents = _parse_declare_cents(d.pop("declare_cents", UNSET))

        def _parse_booking(data: object) -> Booking | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                booking_type_0 = Booking.from_dict(data)

                return booking_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Booking | None | Unset, data)

        booking = _parse_booking(d.pop("booking", UNSET))

        def _parse_missing(data: object) -> None | ReasonShown | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                missing_type_0 = ReasonShown.from_dict(data)

                return missing_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReasonShown | Unset, data)

        missing = _parse_missing(d.pop("missing", UNSET))

        previews_preview_shown = cls(
            tax_case=tax_case,
            missing_in_words=missing_in_words,
            unbookable_in_words=unbookable_in_words,
            kind=kind,
            sentences=sentences,
            net_cents=net_cents,
            tax_cents=tax_cents,
            gross_cents=gross_cents,
            transfer_cents=transfer_cents,
            has_xml=has_xml,
            must_be_e_invoice=must_be_e_invoice,
            declare_cents=declare_cents,
            booking=booking,
            missing=missing,
        )

        previews_preview_shown.additional_properties = d
        return previews_preview_shown

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
