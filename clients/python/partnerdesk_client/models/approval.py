from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Approval")


@_attrs_define
class Approval:
    """
    Attributes:
        content_hash (str): `content_hash` as it was shown
        reason (None | str | Unset):
        last_hand (None | Unset | UUID): The `id` of the last of `hands` as they were shown: these hands end with the
            approval. Without it only those end that are older than the payout.
        by_hand (bool | Unset): Needed where `has_account` is false: the amount is transferred by hand, because no bank
            file takes this payout Default: False.
    """

    content_hash: str
    reason: None | str | Unset = UNSET
    last_hand: None | Unset | UUID = UNSET
    by_hand: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        content_hash = self.content_hash

        reason: None | str | Unset
        if isinstance(self.reason, Unset):
            reason = UNSET
        else:
            reason = self.reason

        last_hand: None | str | Unset
        if isinstance(self.last_hand, Unset):
            last_hand = UNSET
        elif isinstance(self.last_hand, UUID):
            last_hand = str(self.last_hand)
        else:
            last_hand = self.last_hand

        by_hand = self.by_hand

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "content_hash": content_hash,
            }
        )
        if reason is not UNSET:
            field_dict["reason"] = reason
        if last_hand is not UNSET:
            field_dict["last_hand"] = last_hand
        if by_hand is not UNSET:
            field_dict["by_hand"] = by_hand

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        content_hash = d.pop("content_hash")

        def _parse_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reason = _parse_reason(d.pop("reason", UNSET))

        def _parse_last_hand(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_hand_type_0 = UUID(data)

                return last_hand_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        last_hand = _parse_last_hand(d.pop("last_hand", UNSET))

        by_hand = d.pop("by_hand", UNSET)

        approval = cls(
            content_hash=content_hash,
            reason=reason,
            last_hand=last_hand,
            by_hand=by_hand,
        )

        return approval
