from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.standing import Standing, check_standing

if TYPE_CHECKING:
    from ..models.vat_check import VatCheck


T = TypeVar("T", bound="VatChecks")


@_attrs_define
class VatChecks:
    """How the VAT id of today stands, and what was asked about the partner's numbers, the newest first.

    Attributes:
        vat_id (None | str):
        standing (None | Standing):
        checks (list[VatCheck]):
    """

    vat_id: None | str
    standing: None | Standing
    checks: list[VatCheck]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        vat_id: None | str
        vat_id = self.vat_id

        standing: None | str
        if isinstance(self.standing, str):
            standing = self.standing
        else:
            standing = self.standing

        checks = []
        for checks_item_data in self.checks:
            checks_item = checks_item_data.to_dict()
            checks.append(checks_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "vat_id": vat_id,
                "standing": standing,
                "checks": checks,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.vat_check import VatCheck  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_vat_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        vat_id = _parse_vat_id(d.pop("vat_id"))

        def _parse_standing(data: object) -> None | Standing:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                standing_type_0 = check_standing(data)

                return standing_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Standing, data)

        standing = _parse_standing(d.pop("standing"))

        checks = []
        _checks = d.pop("checks")
        for checks_item_data in _checks:
            checks_item = VatCheck.from_dict(checks_item_data)

            checks.append(checks_item)

        vat_checks = cls(
            vat_id=vat_id,
            standing=standing,
            checks=checks,
        )

        vat_checks.additional_properties = d
        return vat_checks

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
