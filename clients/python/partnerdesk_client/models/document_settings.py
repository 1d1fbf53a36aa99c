from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.document_settings_own_document_profile import (
    DocumentSettingsOwnDocumentProfile,
    check_document_settings_own_document_profile,
)
from ..models.document_settings_reversal_code import (
    DocumentSettingsReversalCode,
    check_document_settings_reversal_code,
)

if TYPE_CHECKING:
    from ..models.answer import Answer
    from ..models.credit_notes_confirmed import CreditNotesConfirmed
    from ..models.document_settings_strategies import DocumentSettingsStrategies
    from ..models.document_settings_tax_options import DocumentSettingsTaxOptions


T = TypeVar("T", bound="DocumentSettings")


@_attrs_define
class DocumentSettings:
    """As they are now.

    Attributes:
        books (str):
        strategies (DocumentSettingsStrategies):
        tax_options (DocumentSettingsTaxOptions):
        small_business (bool | None):
        number_pattern (str):
        own_document_profile (DocumentSettingsOwnDocumentProfile):
        buyer_reference (None | str):
        reversal_code (DocumentSettingsReversalCode):
        set_off_claims (bool):
        turnovers (list[Answer]):
        credit_notes_confirmed (CreditNotesConfirmed | None):
    """

    books: str
    strategies: DocumentSettingsStrategies
    tax_options: DocumentSettingsTaxOptions
    small_business: bool | None
    number_pattern: str
    own_document_profile: DocumentSettingsOwnDocumentProfile
    buyer_reference: None | str
    reversal_code: DocumentSettingsReversalCode
    set_off_claims: bool
    turnovers: list[Answer]
    credit_notes_confirmed: CreditNotesConfirmed | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.credit_notes_confirmed import CreditNotesConfirmed  # noqa: PLC0415

        books = self.books

        strategies = self.strategies.to_dict()

        tax_options = self.tax_options.to_dict()

        small_business: bool | None
        small_business = self.small_business

        number_pattern = self.number_pattern

        own_document_profile: str = self.own_document_profile

        buyer_reference: None | str
        buyer_reference = self.buyer_reference

        reversal_code: str = self.reversal_code

        set_off_claims = self.set_off_claims

        turnovers = []
        for turnovers_item_data in self.turnovers:
            turnovers_item = turnovers_item_data.to_dict()
            turnovers.append(turnovers_item)

        credit_notes_confirmed: dict[str, Any] | None
        if isinstance(self.credit_notes_confirmed, CreditNotesConfirmed):
            credit_notes_confirmed = self.credit_notes_confirmed.to_dict()
        else:
            credit_notes_confirmed = self.credit_notes_confirmed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "books": books,
                "strategies": strategies,
                "tax_options": tax_options,
                "small_business": small_business,
                "number_pattern": number_pattern,
                "own_document_profile": own_document_profile,
                "buyer_reference": buyer_reference,
                "reversal_code": reversal_code,
                "set_off_claims": set_off_claims,
                "turnovers": turnovers,
                "credit_notes_confirmed": credit_notes_confirmed,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.answer import Answer  # noqa: PLC0415
        from ..models.credit_notes_confirmed import CreditNotesConfirmed  # noqa: PLC0415
        from ..models.document_settings_strategies import DocumentSettingsStrategies  # noqa: PLC0415
        from ..models.document_settings_tax_options import DocumentSettingsTaxOptions  # noqa: PLC0415

        d = dict(src_dict)
        books = d.pop("books")

        strategies = DocumentSettingsStrategies.from_dict(d.pop("strategies"))

        tax_options = DocumentSettingsTaxOptions.from_dict(d.pop("tax_options"))

        def _parse_small_business(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        small_business = _parse_small_business(d.pop("small_business"))

        number_pattern = d.pop("number_pattern")

        own_document_profile = check_document_settings_own_document_profile(d.pop("own_document_profile"))

        def _parse_buyer_reference(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        buyer_reference = _parse_buyer_reference(d.pop("buyer_reference"))

        reversal_code = check_document_settings_reversal_code(d.pop("reversal_code"))

        set_off_claims = d.pop("set_off_claims")

        turnovers = []
        _turnovers = d.pop("turnovers")
        for turnovers_item_data in _turnovers:
            turnovers_item = Answer.from_dict(turnovers_item_data)

            turnovers.append(turnovers_item)

        def _parse_credit_notes_confirmed(data: object) -> CreditNotesConfirmed | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                credit_notes_confirmed_type_0 = CreditNotesConfirmed.from_dict(data)

                return credit_notes_confirmed_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CreditNotesConfirmed | None, data)

        credit_notes_confirmed = _parse_credit_notes_confirmed(d.pop("credit_notes_confirmed"))

        document_settings = cls(
            books=books,
            strategies=strategies,
            tax_options=tax_options,
            small_business=small_business,
            number_pattern=number_pattern,
            own_document_profile=own_document_profile,
            buyer_reference=buyer_reference,
            reversal_code=reversal_code,
            set_off_claims=set_off_claims,
            turnovers=turnovers,
            credit_notes_confirmed=credit_notes_confirmed,
        )

        document_settings.additional_properties = d
        return document_settings

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
