from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tax_case import TaxCase, check_tax_case

if TYPE_CHECKING:
    from ..models.run_row_shown_params_type_0 import RunRowShownParamsType0


T = TypeVar("T", bound="RunRowShown")


@_attrs_define
class RunRowShown:
    """
    Attributes:
        partner_code (str):
        partner_name (str):
        payout (None | str):
        tax_case (None | TaxCase):
        reason (None | str):
        code (None | str):
        params (None | RunRowShownParamsType0):
        until (datetime.datetime | None):
        lines (int):
        net_cents (int):
        tax_cents (int):
        gross_cents (int):
        sentence (None | str): The reason in words
    """

    partner_code: str
    partner_name: str
    payout: None | str
    tax_case: None | TaxCase
    reason: None | str
    code: None | str
    params: None | RunRowShownParamsType0
    until: datetime.datetime | None
    lines: int
    net_cents: int
    tax_cents: int
    gross_cents: int
    sentence: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.run_row_shown_params_type_0 import RunRowShownParamsType0  # noqa: PLC0415

        partner_code = self.partner_code

        partner_name = self.partner_name

        payout: None | str
        payout = self.payout

        tax_case: None | str
        if isinstance(self.tax_case, str):
            tax_case = self.tax_case
        else:
            tax_case = self.tax_case

        reason: None | str
        reason = self.reason

        code: None | str
        code = self.code

        params: dict[str, Any] | None
        if isinstance(self.params, RunRowShownParamsType0):
            params = self.params.to_dict()
        else:
            params = self.params

        until: None | str
        if isinstance(self.until, datetime.datetime):
            until = self.until.isoformat()
        else:
            until = self.until

        lines = self.lines

        net_cents = self.net_cents

        tax_cents = self.tax_cents

        gross_cents = self.gross_cents

        sentence: None | str
        sentence = self.sentence

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "partner_code": partner_code,
                "partner_name": partner_name,
                "payout": payout,
                "tax_case": tax_case,
                "reason": reason,
                "code": code,
                "params": params,
                "until": until,
                "lines": lines,
                "net_cents": net_cents,
                "tax_cents": tax_cents,
                "gross_cents": gross_cents,
                "sentence": sentence,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.run_row_shown_params_type_0 import RunRowShownParamsType0  # noqa: PLC0415

        d = dict(src_dict)
        partner_code = d.pop("partner_code")

        partner_name = d.pop("partner_name")

        def _parse_payout(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        payout = _parse_payout(d.pop("payout"))

        def _parse_tax_case(data: object) -> None | TaxCase:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                tax_case_type_0 = check_tax_case(data)

                return tax_case_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TaxCase, data)

        tax_case = _parse_tax_case(d.pop("tax_case"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        code = _parse_code(d.pop("code"))

        def _parse_params(data: object) -> None | RunRowShownParamsType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                params_type_0 = RunRowShownParamsType0.from_dict(data)

                return params_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RunRowShownParamsType0, data)

        params = _parse_params(d.pop("params"))

        def _parse_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                until_type_0 = datetime.datetime.fromisoformat(data)

                return until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        until = _parse_until(d.pop("until"))

        lines = d.pop("lines")

        net_cents = d.pop("net_cents")

        tax_cents = d.pop("tax_cents")

        gross_cents = d.pop("gross_cents")

        def _parse_sentence(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        sentence = _parse_sentence(d.pop("sentence"))

        run_row_shown = cls(
            partner_code=partner_code,
            partner_name=partner_name,
            payout=payout,
            tax_case=tax_case,
            reason=reason,
            code=code,
            params=params,
            until=until,
            lines=lines,
            net_cents=net_cents,
            tax_cents=tax_cents,
            gross_cents=gross_cents,
            sentence=sentence,
        )

        run_row_shown.additional_properties = d
        return run_row_shown

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
