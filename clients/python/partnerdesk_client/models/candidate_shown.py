from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.candidate_shown_barred_params_type_0 import (
        CandidateShownBarredParamsType0,
    )


T = TypeVar("T", bound="CandidateShown")


@_attrs_define
class CandidateShown:
    """
    Attributes:
        number (str):
        partner_code (str):
        credit_note_number (None | str):
        amount_cents (int):
        iban (str):
        barred (None | str): Why it cannot be transferred; null where it can
        barred_code (None | str):
        barred_params (CandidateShownBarredParamsType0 | None):
        why_not (None | str): The same reason as a word for machines
        outside_sepa (None | str): Country of an account outside SEPA
        must_be_reported (bool): Z4 report (§ 67 AWV): more than €50,000 to somebody abroad
        run (None | str): Bank run that it is in already
    """

    number: str
    partner_code: str
    credit_note_number: None | str
    amount_cents: int
    iban: str
    barred: None | str
    barred_code: None | str
    barred_params: CandidateShownBarredParamsType0 | None
    why_not: None | str
    outside_sepa: None | str
    must_be_reported: bool
    run: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.candidate_shown_barred_params_type_0 import (
            CandidateShownBarredParamsType0,  # noqa: PLC0415
        )

        number = self.number

        partner_code = self.partner_code

        credit_note_number: None | str
        credit_note_number = self.credit_note_number

        amount_cents = self.amount_cents

        iban = self.iban

        barred: None | str
        barred = self.barred

        barred_code: None | str
        barred_code = self.barred_code

        barred_params: dict[str, Any] | None
        if isinstance(self.barred_params, CandidateShownBarredParamsType0):
            barred_params = self.barred_params.to_dict()
        else:
            barred_params = self.barred_params

        why_not: None | str
        why_not = self.why_not

        outside_sepa: None | str
        outside_sepa = self.outside_sepa

        must_be_reported = self.must_be_reported

        run: None | str
        run = self.run

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "partner_code": partner_code,
                "credit_note_number": credit_note_number,
                "amount_cents": amount_cents,
                "iban": iban,
                "barred": barred,
                "barred_code": barred_code,
                "barred_params": barred_params,
                "why_not": why_not,
                "outside_sepa": outside_sepa,
                "must_be_reported": must_be_reported,
                "run": run,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.candidate_shown_barred_params_type_0 import (
            CandidateShownBarredParamsType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        number = d.pop("number")

        partner_code = d.pop("partner_code")

        def _parse_credit_note_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        credit_note_number = _parse_credit_note_number(d.pop("credit_note_number"))

        amount_cents = d.pop("amount_cents")

        iban = d.pop("iban")

        def _parse_barred(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        barred = _parse_barred(d.pop("barred"))

        def _parse_barred_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        barred_code = _parse_barred_code(d.pop("barred_code"))

        def _parse_barred_params(data: object) -> CandidateShownBarredParamsType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                barred_params_type_0 = CandidateShownBarredParamsType0.from_dict(data)

                return barred_params_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CandidateShownBarredParamsType0 | None, data)

        barred_params = _parse_barred_params(d.pop("barred_params"))

        def _parse_why_not(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        why_not = _parse_why_not(d.pop("why_not"))

        def _parse_outside_sepa(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        outside_sepa = _parse_outside_sepa(d.pop("outside_sepa"))

        must_be_reported = d.pop("must_be_reported")

        def _parse_run(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        run = _parse_run(d.pop("run"))

        candidate_shown = cls(
            number=number,
            partner_code=partner_code,
            credit_note_number=credit_note_number,
            amount_cents=amount_cents,
            iban=iban,
            barred=barred,
            barred_code=barred_code,
            barred_params=barred_params,
            why_not=why_not,
            outside_sepa=outside_sepa,
            must_be_reported=must_be_reported,
            run=run,
        )

        candidate_shown.additional_properties = d
        return candidate_shown

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
