from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.problem_shown_params import ProblemShownParams


T = TypeVar("T", bound="ProblemShown")


@_attrs_define
class ProblemShown:
    """
    Attributes:
        line (int):
        column (None | str): What we call the column; null for the whole row
        problem (str): What is wrong, and how to mend it
        code (str):
        params (ProblemShownParams):
    """

    line: int
    column: None | str
    problem: str
    code: str
    params: ProblemShownParams
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        line = self.line

        column: None | str
        column = self.column

        problem = self.problem

        code = self.code

        params = self.params.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line": line,
                "column": column,
                "problem": problem,
                "code": code,
                "params": params,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.problem_shown_params import ProblemShownParams  # noqa: PLC0415

        d = dict(src_dict)
        line = d.pop("line")

        def _parse_column(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        column = _parse_column(d.pop("column"))

        problem = d.pop("problem")

        code = d.pop("code")

        params = ProblemShownParams.from_dict(d.pop("params"))

        problem_shown = cls(
            line=line,
            column=column,
            problem=problem,
            code=code,
            params=params,
        )

        problem_shown.additional_properties = d
        return problem_shown

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
