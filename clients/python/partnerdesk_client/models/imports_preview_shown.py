from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.problem_shown import ProblemShown
    from ..models.row_shown import RowShown


T = TypeVar("T", bound="ImportsPreviewShown")


@_attrs_define
class ImportsPreviewShown:
    """What taking it over would do now; the first 200 rows of each kind.

    Attributes:
        asked (list[str]): What a person must say first, in words; then nothing else is known
        numbers (None | str): How amounts are read: `german` or `english`
        days (None | str): How days with slashes are read: `day_first` or `month_first`
        new (int):
        changed (int):
        same (int):
        wrong (int):
        problem_count (int):
        problems (list[ProblemShown]):
        rows (list[RowShown]):
        seen (None | str): Names all that would be taken over; to be said when it is
    """

    asked: list[str]
    numbers: None | str
    days: None | str
    new: int
    changed: int
    same: int
    wrong: int
    problem_count: int
    problems: list[ProblemShown]
    rows: list[RowShown]
    seen: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        asked = self.asked

        numbers: None | str
        numbers = self.numbers

        days: None | str
        days = self.days

        new = self.new

        changed = self.changed

        same = self.same

        wrong = self.wrong

        problem_count = self.problem_count

        problems = []
        for problems_item_data in self.problems:
            problems_item = problems_item_data.to_dict()
            problems.append(problems_item)

        rows = []
        for rows_item_data in self.rows:
            rows_item = rows_item_data.to_dict()
            rows.append(rows_item)

        seen: None | str
        seen = self.seen

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "asked": asked,
                "numbers": numbers,
                "days": days,
                "new": new,
                "changed": changed,
                "same": same,
                "wrong": wrong,
                "problem_count": problem_count,
                "problems": problems,
                "rows": rows,
                "seen": seen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.problem_shown import ProblemShown  # noqa: PLC0415
        from ..models.row_shown import RowShown  # noqa: PLC0415

        d = dict(src_dict)
        asked = cast(list[str], d.pop("asked"))

        def _parse_numbers(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        numbers = _parse_numbers(d.pop("numbers"))

        def _parse_days(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        days = _parse_days(d.pop("days"))

        new = d.pop("new")

        changed = d.pop("changed")

        same = d.pop("same")

        wrong = d.pop("wrong")

        problem_count = d.pop("problem_count")

        problems = []
        _problems = d.pop("problems")
        for problems_item_data in _problems:
            problems_item = ProblemShown.from_dict(problems_item_data)

            problems.append(problems_item)

        rows = []
        _rows = d.pop("rows")
        for rows_item_data in _rows:
            rows_item = RowShown.from_dict(rows_item_data)

            rows.append(rows_item)

        def _parse_seen(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        seen = _parse_seen(d.pop("seen"))

        imports_preview_shown = cls(
            asked=asked,
            numbers=numbers,
            days=days,
            new=new,
            changed=changed,
            same=same,
            wrong=wrong,
            problem_count=problem_count,
            problems=problems,
            rows=rows,
            seen=seen,
        )

        imports_preview_shown.additional_properties = d
        return imports_preview_shown

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
