from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.example import Example
    from ..models.new_plan_shown import NewPlanShown


T = TypeVar("T", bound="PlanInFile")


@_attrs_define
class PlanInFile:
    """A plan as the file says it, with the line it begins in and what it would pay.

    Attributes:
        line (int):
        campaign (str):
        plan (NewPlanShown): Without `valid_from` it holds from ever: the first plan of a campaign.
        example (Example): A sale with a full tree of active partners. Cents, net.
    """

    line: int
    campaign: str
    plan: NewPlanShown
    example: Example
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        line = self.line

        campaign = self.campaign

        plan = self.plan.to_dict()

        example = self.example.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line": line,
                "campaign": campaign,
                "plan": plan,
                "example": example,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.example import Example  # noqa: PLC0415
        from ..models.new_plan_shown import NewPlanShown  # noqa: PLC0415

        d = dict(src_dict)
        line = d.pop("line")

        campaign = d.pop("campaign")

        plan = NewPlanShown.from_dict(d.pop("plan"))

        example = Example.from_dict(d.pop("example"))

        plan_in_file = cls(
            line=line,
            campaign=campaign,
            plan=plan,
            example=example,
        )

        plan_in_file.additional_properties = d
        return plan_in_file

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
