from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="InvoiceUnderWay")


@_attrs_define
class InvoiceUnderWay:
    """
    Attributes:
        transaction_id (UUID):
        workflow_id (str):
        net_cents (int):
        gross_cents (int):
    """

    transaction_id: UUID
    workflow_id: str
    net_cents: int
    gross_cents: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        transaction_id = str(self.transaction_id)

        workflow_id = self.workflow_id

        net_cents = self.net_cents

        gross_cents = self.gross_cents

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "transaction_id": transaction_id,
                "workflow_id": workflow_id,
                "net_cents": net_cents,
                "gross_cents": gross_cents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        transaction_id = UUID(d.pop("transaction_id"))

        workflow_id = d.pop("workflow_id")

        net_cents = d.pop("net_cents")

        gross_cents = d.pop("gross_cents")

        invoice_under_way = cls(
            transaction_id=transaction_id,
            workflow_id=workflow_id,
            net_cents=net_cents,
            gross_cents=gross_cents,
        )

        invoice_under_way.additional_properties = d
        return invoice_under_way

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
