from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.waiting_account import WaitingAccount
    from ..models.waiting_line import WaitingLine


T = TypeVar("T", bound="Waiting")


@_attrs_define
class Waiting:
    """`seen` names all of them with what they hold: whoever confirms names what was shown.

    Attributes:
        accounts (list[WaitingAccount]):
        sample (list[UUID]):
        lines (list[WaitingLine]):
        seen (str):
    """

    accounts: list[WaitingAccount]
    sample: list[UUID]
    lines: list[WaitingLine]
    seen: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        accounts = []
        for accounts_item_data in self.accounts:
            accounts_item = accounts_item_data.to_dict()
            accounts.append(accounts_item)

        sample = []
        for sample_item_data in self.sample:
            sample_item = str(sample_item_data)
            sample.append(sample_item)

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        seen = self.seen

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "accounts": accounts,
                "sample": sample,
                "lines": lines,
                "seen": seen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.waiting_account import WaitingAccount  # noqa: PLC0415
        from ..models.waiting_line import WaitingLine  # noqa: PLC0415

        d = dict(src_dict)
        accounts = []
        _accounts = d.pop("accounts")
        for accounts_item_data in _accounts:
            accounts_item = WaitingAccount.from_dict(accounts_item_data)

            accounts.append(accounts_item)

        sample = []
        _sample = d.pop("sample")
        for sample_item_data in _sample:
            sample_item = UUID(sample_item_data)

            sample.append(sample_item)

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = WaitingLine.from_dict(lines_item_data)

            lines.append(lines_item)

        seen = d.pop("seen")

        waiting = cls(
            accounts=accounts,
            sample=sample,
            lines=lines,
            seen=seen,
        )

        waiting.additional_properties = d
        return waiting

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
