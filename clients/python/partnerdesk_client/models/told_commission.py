from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.told_commission_links import ToldCommissionLinks


T = TypeVar("T", bound="ToldCommission")


@_attrs_define
class ToldCommission:
    """
    Attributes:
        id (UUID):
        state (str):
        kind (str):
        level (int | None):
        partner (str):
        transaction (None | UUID):
        net_cents (int):
        provisional (bool):
        service_date (datetime.date):
        links (ToldCommissionLinks): Empty: a commission has no address of its own
    """

    id: UUID
    state: str
    kind: str
    level: int | None
    partner: str
    transaction: None | UUID
    net_cents: int
    provisional: bool
    service_date: datetime.date
    links: ToldCommissionLinks
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        state = self.state

        kind = self.kind

        level: int | None
        level = self.level

        partner = self.partner

        transaction: None | str
        if isinstance(self.transaction, UUID):
            transaction = str(self.transaction)
        else:
            transaction = self.transaction

        net_cents = self.net_cents

        provisional = self.provisional

        service_date = self.service_date.isoformat()

        links = self.links.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "state": state,
                "kind": kind,
                "level": level,
                "partner": partner,
                "transaction": transaction,
                "net_cents": net_cents,
                "provisional": provisional,
                "service_date": service_date,
                "links": links,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.told_commission_links import ToldCommissionLinks  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        state = d.pop("state")

        kind = d.pop("kind")

        def _parse_level(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        level = _parse_level(d.pop("level"))

        partner = d.pop("partner")

        def _parse_transaction(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                transaction_type_0 = UUID(data)

                return transaction_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        transaction = _parse_transaction(d.pop("transaction"))

        net_cents = d.pop("net_cents")

        provisional = d.pop("provisional")

        service_date = datetime.date.fromisoformat(d.pop("service_date"))

        links = ToldCommissionLinks.from_dict(d.pop("links"))

        told_commission = cls(
            id=id,
            state=state,
            kind=kind,
            level=level,
            partner=partner,
            transaction=transaction,
            net_cents=net_cents,
            provisional=provisional,
            service_date=service_date,
            links=links,
        )

        told_commission.additional_properties = d
        return told_commission

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
