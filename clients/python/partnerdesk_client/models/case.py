from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.posting_case import PostingCase, check_posting_case

if TYPE_CHECKING:
    from ..models.confirmation_shown import ConfirmationShown
    from ..models.posting_mapping import PostingMapping


T = TypeVar("T", bound="Case")


@_attrs_define
class Case:
    """
    Attributes:
        posting_case (PostingCase): What a voucher's lines are booked as; several tax cases may share one.
        needs_confirmation (bool): Under § 13b: confirm first what the advance return shows
        mapping (None | PostingMapping): What is chosen
        confirmation (ConfirmationShown | None): For the category that is chosen now
    """

    posting_case: PostingCase
    needs_confirmation: bool
    mapping: None | PostingMapping
    confirmation: ConfirmationShown | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.confirmation_shown import ConfirmationShown  # noqa: PLC0415
        from ..models.posting_mapping import PostingMapping  # noqa: PLC0415

        posting_case: str = self.posting_case

        needs_confirmation = self.needs_confirmation

        mapping: dict[str, Any] | None
        if isinstance(self.mapping, PostingMapping):
            mapping = self.mapping.to_dict()
        else:
            mapping = self.mapping

        confirmation: dict[str, Any] | None
        if isinstance(self.confirmation, ConfirmationShown):
            confirmation = self.confirmation.to_dict()
        else:
            confirmation = self.confirmation

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "posting_case": posting_case,
                "needs_confirmation": needs_confirmation,
                "mapping": mapping,
                "confirmation": confirmation,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.confirmation_shown import ConfirmationShown  # noqa: PLC0415
        from ..models.posting_mapping import PostingMapping  # noqa: PLC0415

        d = dict(src_dict)
        posting_case = check_posting_case(d.pop("posting_case"))

        needs_confirmation = d.pop("needs_confirmation")

        def _parse_mapping(data: object) -> None | PostingMapping:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                mapping_type_0 = PostingMapping.from_dict(data)

                return mapping_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PostingMapping, data)

        mapping = _parse_mapping(d.pop("mapping"))

        def _parse_confirmation(data: object) -> ConfirmationShown | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                confirmation_type_0 = ConfirmationShown.from_dict(data)

                return confirmation_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ConfirmationShown | None, data)

        confirmation = _parse_confirmation(d.pop("confirmation"))

        case = cls(
            posting_case=posting_case,
            needs_confirmation=needs_confirmation,
            mapping=mapping,
            confirmation=confirmation,
        )

        case.additional_properties = d
        return case

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
