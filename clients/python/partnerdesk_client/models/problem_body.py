from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.field_problem import FieldProblem
    from ..models.problem_body_params import ProblemBodyParams


T = TypeVar("T", bound="ProblemBody")


@_attrs_define
class ProblemBody:
    """What each error looks like.

    Attributes:
        type_ (str):
        title (str):
        status (int):
        code (str): Stays the same; for machines
        reason (str): More exact than `code`; names the sentence in `detail`
        params (ProblemBodyParams): What stands in `detail`; amounts in cents, days as ISO 8601
        detail (str): For people, German or English by `Accept-Language`
        fields (list[FieldProblem] | None | Unset):
    """

    type_: str
    title: str
    status: int
    code: str
    reason: str
    params: ProblemBodyParams
    detail: str
    fields: list[FieldProblem] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        title = self.title

        status = self.status

        code = self.code

        reason = self.reason

        params = self.params.to_dict()

        detail = self.detail

        fields: list[dict[str, Any]] | None | Unset
        if isinstance(self.fields, Unset):
            fields = UNSET
        elif isinstance(self.fields, list):
            fields = []
            for fields_type_0_item_data in self.fields:
                fields_type_0_item = fields_type_0_item_data.to_dict()
                fields.append(fields_type_0_item)

        else:
            fields = self.fields

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "title": title,
                "status": status,
                "code": code,
                "reason": reason,
                "params": params,
                "detail": detail,
            }
        )
        if fields is not UNSET:
            field_dict["fields"] = fields

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.field_problem import FieldProblem  # noqa: PLC0415
        from ..models.problem_body_params import ProblemBodyParams  # noqa: PLC0415

        d = dict(src_dict)
        type_ = d.pop("type")

        title = d.pop("title")

        status = d.pop("status")

        code = d.pop("code")

        reason = d.pop("reason")

        params = ProblemBodyParams.from_dict(d.pop("params"))

        detail = d.pop("detail")

        def _parse_fields(data: object) -> list[FieldProblem] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                fields_type_0 = []
                _fields_type_0 = data
                for fields_type_0_item_data in _fields_type_0:
                    fields_type_0_item = FieldProblem.from_dict(fields_type_0_item_data)

                    fields_type_0.append(fields_type_0_item)

                return fields_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[FieldProblem] | None | Unset, data)

        fields = _parse_fields(d.pop("fields", UNSET))

        problem_body = cls(
            type_=type_,
            title=title,
            status=status,
            code=code,
            reason=reason,
            params=params,
            detail=detail,
            fields=fields,
        )

        problem_body.additional_properties = d
        return problem_body

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
