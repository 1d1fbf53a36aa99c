from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.links import Links


T = TypeVar("T", bound="ToldTransaction")


@_attrs_define
class ToldTransaction:
    """
    Attributes:
        id (UUID):
        state (str):
        source (str):
        partner (None | str):
        base_cents (int):
        gross_cents (int | None):
        refunded_cents (int): Sum of all refunds up to then
        currency (str):
        sold_at (datetime.datetime):
        links (Links):
    """

    id: UUID
    state: str
    source: str
    partner: None | str
    base_cents: int
    gross_cents: int | None
    refunded_cents: int
    currency: str
    sold_at: datetime.datetime
    links: Links
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        state = self.state

        source = self.source

        partner: None | str
        partner = self.partner

        base_cents = self.base_cents

        gross_cents: int | None
        gross_cents = self.gross_cents

        refunded_cents = self.refunded_cents

        currency = self.currency

        sold_at = self.sold_at.isoformat()

        links = self.links.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "state": state,
                "source": source,
                "partner": partner,
                "base_cents": base_cents,
                "gross_cents": gross_cents,
                "refunded_cents": refunded_cents,
                "currency": currency,
                "sold_at": sold_at,
                "links": links,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.links import Links  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        state = d.pop("state")

        source = d.pop("source")

        def _parse_partner(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        partner = _parse_partner(d.pop("partner"))

        base_cents = d.pop("base_cents")

        def _parse_gross_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        gross_cents = _parse_gross_cents(d.pop("gross_cents"))

        refunded_cents = d.pop("refunded_cents")

        currency = d.pop("currency")

        sold_at = datetime.datetime.fromisoformat(d.pop("sold_at"))

        links = Links.from_dict(d.pop("links"))

        told_transaction = cls(
            id=id,
            state=state,
            source=source,
            partner=partner,
            base_cents=base_cents,
            gross_cents=gross_cents,
            refunded_cents=refunded_cents,
            currency=currency,
            sold_at=sold_at,
            links=links,
        )

        told_transaction.additional_properties = d
        return told_transaction

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
