from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.due_of_tax_case import DueOfTaxCase
    from ..models.waiting_shown import WaitingShown


T = TypeVar("T", bound="Due")


@_attrs_define
class Due:
    """
    Attributes:
        partner_code (str):
        minimum_cents (int):
        leaving (bool):
        groups (list[DueOfTaxCase]):
        waiting (list[WaitingShown]):
    """

    partner_code: str
    minimum_cents: int
    leaving: bool
    groups: list[DueOfTaxCase]
    waiting: list[WaitingShown]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        partner_code = self.partner_code

        minimum_cents = self.minimum_cents

        leaving = self.leaving

        groups = []
        for groups_item_data in self.groups:
            groups_item = groups_item_data.to_dict()
            groups.append(groups_item)

        waiting = []
        for waiting_item_data in self.waiting:
            waiting_item = waiting_item_data.to_dict()
            waiting.append(waiting_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "partner_code": partner_code,
                "minimum_cents": minimum_cents,
                "leaving": leaving,
                "groups": groups,
                "waiting": waiting,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.due_of_tax_case import DueOfTaxCase  # noqa: PLC0415
        from ..models.waiting_shown import WaitingShown  # noqa: PLC0415

        d = dict(src_dict)
        partner_code = d.pop("partner_code")

        minimum_cents = d.pop("minimum_cents")

        leaving = d.pop("leaving")

        groups = []
        _groups = d.pop("groups")
        for groups_item_data in _groups:
            groups_item = DueOfTaxCase.from_dict(groups_item_data)

            groups.append(groups_item)

        waiting = []
        _waiting = d.pop("waiting")
        for waiting_item_data in _waiting:
            waiting_item = WaitingShown.from_dict(waiting_item_data)

            waiting.append(waiting_item)

        due = cls(
            partner_code=partner_code,
            minimum_cents=minimum_cents,
            leaving=leaving,
            groups=groups,
            waiting=waiting,
        )

        due.additional_properties = d
        return due

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
