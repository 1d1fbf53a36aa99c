from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reverse_charge_document import ReverseChargeDocument
    from ..models.undocumented import Undocumented


T = TypeVar("T", bound="ReverseCharge")


@_attrs_define
class ReverseCharge:
    """A month. `month` is its first day.

    Attributes:
        month (datetime.date):
        documents (list[ReverseChargeDocument]):
        undocumented (list[Undocumented]):
    """

    month: datetime.date
    documents: list[ReverseChargeDocument]
    undocumented: list[Undocumented]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        month = self.month.isoformat()

        documents = []
        for documents_item_data in self.documents:
            documents_item = documents_item_data.to_dict()
            documents.append(documents_item)

        undocumented = []
        for undocumented_item_data in self.undocumented:
            undocumented_item = undocumented_item_data.to_dict()
            undocumented.append(undocumented_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "month": month,
                "documents": documents,
                "undocumented": undocumented,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reverse_charge_document import ReverseChargeDocument  # noqa: PLC0415
        from ..models.undocumented import Undocumented  # noqa: PLC0415

        d = dict(src_dict)
        month = datetime.date.fromisoformat(d.pop("month"))

        documents = []
        _documents = d.pop("documents")
        for documents_item_data in _documents:
            documents_item = ReverseChargeDocument.from_dict(documents_item_data)

            documents.append(documents_item)

        undocumented = []
        _undocumented = d.pop("undocumented")
        for undocumented_item_data in _undocumented:
            undocumented_item = Undocumented.from_dict(undocumented_item_data)

            undocumented.append(undocumented_item)

        reverse_charge = cls(
            month=month,
            documents=documents,
            undocumented=undocumented,
        )

        reverse_charge.additional_properties = d
        return reverse_charge

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
