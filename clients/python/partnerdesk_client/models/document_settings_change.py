from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.document_settings_change_books import (
    DocumentSettingsChangeBooks,
    check_document_settings_change_books,
)
from ..models.document_settings_change_own_document_profile import (
    DocumentSettingsChangeOwnDocumentProfile,
    check_document_settings_change_own_document_profile,
)
from ..models.document_settings_change_reversal_code import (
    DocumentSettingsChangeReversalCode,
    check_document_settings_change_reversal_code,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.document_settings_change_strategies import (
        DocumentSettingsChangeStrategies,
    )
    from ..models.document_settings_change_tax_options import (
        DocumentSettingsChangeTaxOptions,
    )


T = TypeVar("T", bound="DocumentSettingsChange")


@_attrs_define
class DocumentSettingsChange:
    """What is set is changed; what is not set stays.

    Attributes:
        books (DocumentSettingsChangeBooks | Unset): `none`: booked by hand or later; no connection needed Default:
            'lexoffice'.
        strategies (DocumentSettingsChangeStrategies | Unset): By tax case; what is missing stays
        tax_options (DocumentSettingsChangeTaxOptions | Unset): By tax case the word that the books ask for (easybill:
            `vat_option`, `taxed` for none); you confirm it herewith
        small_business (bool | Unset): Whether you are a small business yourself; counts where the books do not tell
            Default: False.
        number_pattern (str | Unset): Number circle of your own documents, from the next one on Default:
            'GU-{year}-{number:05}'.
        own_document_profile (DocumentSettingsChangeOwnDocumentProfile | Unset):  Default: 'en16931'.
        buyer_reference (None | str | Unset): XRechnung asks for it (BT-10)
        reversal_code (DocumentSettingsChangeReversalCode | Unset): Type of a reversal (BT-3) Default: '389'.
        set_off_claims (bool | Unset): Claims are set off against payouts; the agreement must allow it Default: False.
    """

    books: DocumentSettingsChangeBooks | Unset = "lexoffice"
    strategies: DocumentSettingsChangeStrategies | Unset = UNSET
    tax_options: DocumentSettingsChangeTaxOptions | Unset = UNSET
    small_business: bool | Unset = False
    number_pattern: str | Unset = "GU-{year}-{number:05}"
    own_document_profile: DocumentSettingsChangeOwnDocumentProfile | Unset = "en16931"
    buyer_reference: None | str | Unset = UNSET
    reversal_code: DocumentSettingsChangeReversalCode | Unset = "389"
    set_off_claims: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        books: str | Unset = UNSET
        if not isinstance(self.books, Unset):
            books = self.books

        strategies: dict[str, Any] | Unset = UNSET
        if not isinstance(self.strategies, Unset):
            strategies = self.strategies.to_dict()

        tax_options: dict[str, Any] | Unset = UNSET
        if not isinstance(self.tax_options, Unset):
            tax_options = self.tax_options.to_dict()

        small_business = self.small_business

        number_pattern = self.number_pattern

        own_document_profile: str | Unset = UNSET
        if not isinstance(self.own_document_profile, Unset):
            own_document_profile = self.own_document_profile

        buyer_reference: None | str | Unset
        if isinstance(self.buyer_reference, Unset):
            buyer_reference = UNSET
        else:
            buyer_reference = self.buyer_reference

        reversal_code: str | Unset = UNSET
        if not isinstance(self.reversal_code, Unset):
            reversal_code = self.reversal_code

        set_off_claims = self.set_off_claims

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if books is not UNSET:
            field_dict["books"] = books
        if strategies is not UNSET:
            field_dict["strategies"] = strategies
        if tax_options is not UNSET:
            field_dict["tax_options"] = tax_options
        if small_business is not UNSET:
            field_dict["small_business"] = small_business
        if number_pattern is not UNSET:
            field_dict["number_pattern"] = number_pattern
        if own_document_profile is not UNSET:
            field_dict["own_document_profile"] = own_document_profile
        if buyer_reference is not UNSET:
            field_dict["buyer_reference"] = buyer_reference
        if reversal_code is not UNSET:
            field_dict["reversal_code"] = reversal_code
        if set_off_claims is not UNSET:
            field_dict["set_off_claims"] = set_off_claims

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.document_settings_change_strategies import (
            DocumentSettingsChangeStrategies,  # noqa: PLC0415
        )
        from ..models.document_settings_change_tax_options import (
            DocumentSettingsChangeTaxOptions,  # noqa: PLC0415
        )

        d = dict(src_dict)
        _books = d.pop("books", UNSET)
        books: DocumentSettingsChangeBooks | Unset
        if isinstance(_books, Unset):
            books = UNSET
        else:
            books = check_document_settings_change_books(_books)

        _strategies = d.pop("strategies", UNSET)
        strategies: DocumentSettingsChangeStrategies | Unset
        if isinstance(_strategies, Unset):
            strategies = UNSET
        else:
            strategies = DocumentSettingsChangeStrategies.from_dict(_strategies)

        _tax_options = d.pop("tax_options", UNSET)
        tax_options: DocumentSettingsChangeTaxOptions | Unset
        if isinstance(_tax_options, Unset):
            tax_options = UNSET
        else:
            tax_options = DocumentSettingsChangeTaxOptions.from_dict(_tax_options)

        small_business = d.pop("small_business", UNSET)

        number_pattern = d.pop("number_pattern", UNSET)

        _own_document_profile = d.pop("own_document_profile", UNSET)
        own_document_profile: DocumentSettingsChangeOwnDocumentProfile | Unset
        if isinstance(_own_document_profile, Unset):
            own_document_profile = UNSET
        else:
            own_document_profile = check_document_settings_change_own_document_profile(_own_document_profile)

        def _parse_buyer_reference(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        buyer_reference = _parse_buyer_reference(d.pop("buyer_reference", UNSET))

        _reversal_code = d.pop("reversal_code", UNSET)
        reversal_code: DocumentSettingsChangeReversalCode | Unset
        if isinstance(_reversal_code, Unset):
            reversal_code = UNSET
        else:
            reversal_code = check_document_settings_change_reversal_code(_reversal_code)

        set_off_claims = d.pop("set_off_claims", UNSET)

        document_settings_change = cls(
            books=books,
            strategies=strategies,
            tax_options=tax_options,
            small_business=small_business,
            number_pattern=number_pattern,
            own_document_profile=own_document_profile,
            buyer_reference=buyer_reference,
            reversal_code=reversal_code,
            set_off_claims=set_off_claims,
        )

        return document_settings_change
