from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="StripeChange")


@_attrs_define
class StripeChange:
    """
    Attributes:
        signing_secret (str): whsec_…; empty switches the address off
    """

    signing_secret: str

    def to_dict(self) -> dict[str, Any]:
        signing_secret = self.signing_secret

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "signing_secret": signing_secret,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        signing_secret = d.pop("signing_secret")

        stripe_change = cls(
            signing_secret=signing_secret,
        )

        return stripe_change
