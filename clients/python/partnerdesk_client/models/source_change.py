from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SourceChange")


@_attrs_define
class SourceChange:
    """
    Attributes:
        secret (None | str | Unset): An empty one switches the address off
        awaits_invoice (bool | None | Unset):
        takes_affiliate_sales (bool | None | Unset):
    """

    secret: None | str | Unset = UNSET
    awaits_invoice: bool | None | Unset = UNSET
    takes_affiliate_sales: bool | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        secret: None | str | Unset
        if isinstance(self.secret, Unset):
            secret = UNSET
        else:
            secret = self.secret

        awaits_invoice: bool | None | Unset
        if isinstance(self.awaits_invoice, Unset):
            awaits_invoice = UNSET
        else:
            awaits_invoice = self.awaits_invoice

        takes_affiliate_sales: bool | None | Unset
        if isinstance(self.takes_affiliate_sales, Unset):
            takes_affiliate_sales = UNSET
        else:
            takes_affiliate_sales = self.takes_affiliate_sales

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if secret is not UNSET:
            field_dict["secret"] = secret
        if awaits_invoice is not UNSET:
            field_dict["awaits_invoice"] = awaits_invoice
        if takes_affiliate_sales is not UNSET:
            field_dict["takes_affiliate_sales"] = takes_affiliate_sales

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_secret(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        secret = _parse_secret(d.pop("secret", UNSET))

        def _parse_awaits_invoice(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        awaits_invoice = _parse_awaits_invoice(d.pop("awaits_invoice", UNSET))

        def _parse_takes_affiliate_sales(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        takes_affiliate_sales = _parse_takes_affiliate_sales(d.pop("takes_affiliate_sales", UNSET))

        source_change = cls(
            secret=secret,
            awaits_invoice=awaits_invoice,
            takes_affiliate_sales=takes_affiliate_sales,
        )

        return source_change
