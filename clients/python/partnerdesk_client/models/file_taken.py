from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.file_taken_refused_params_type_0 import FileTakenRefusedParamsType0


T = TypeVar("T", bound="FileTaken")


@_attrs_define
class FileTaken:
    """What became of one file; of an archive there is one for each of its members.

    Attributes:
        name (str):
        file (None | str): Id of the file, if it was taken in
        again (bool): This very file was taken in before
        format_ (None | str):
        statements (int):
        entries (int):
        new_entries (int): Bookings that nobody had told before
        for_us (int): Of these, those that may be about payouts
        refused (None | str): Why the file was not taken in; null if it was
        refused_code (None | str):
        refused_params (FileTakenRefusedParamsType0 | None):
    """

    name: str
    file: None | str
    again: bool
    format_: None | str
    statements: int
    entries: int
    new_entries: int
    for_us: int
    refused: None | str
    refused_code: None | str
    refused_params: FileTakenRefusedParamsType0 | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.file_taken_refused_params_type_0 import (
            FileTakenRefusedParamsType0,  # noqa: PLC0415
        )

        name = self.name

        file: None | str
        file = self.file

        again = self.again

        format_: None | str
        format_ = self.format_

        statements = self.statements

        entries = self.entries

        new_entries = self.new_entries

        for_us = self.for_us

        refused: None | str
        refused = self.refused

        refused_code: None | str
        refused_code = self.refused_code

        refused_params: dict[str, Any] | None
        if isinstance(self.refused_params, FileTakenRefusedParamsType0):
            refused_params = self.refused_params.to_dict()
        else:
            refused_params = self.refused_params

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "file": file,
                "again": again,
                "format": format_,
                "statements": statements,
                "entries": entries,
                "new_entries": new_entries,
                "for_us": for_us,
                "refused": refused,
                "refused_code": refused_code,
                "refused_params": refused_params,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.file_taken_refused_params_type_0 import (
            FileTakenRefusedParamsType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        name = d.pop("name")

        def _parse_file(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        file = _parse_file(d.pop("file"))

        again = d.pop("again")

        def _parse_format_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        format_ = _parse_format_(d.pop("format"))

        statements = d.pop("statements")

        entries = d.pop("entries")

        new_entries = d.pop("new_entries")

        for_us = d.pop("for_us")

        def _parse_refused(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        refused = _parse_refused(d.pop("refused"))

        def _parse_refused_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        refused_code = _parse_refused_code(d.pop("refused_code"))

        def _parse_refused_params(data: object) -> FileTakenRefusedParamsType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                refused_params_type_0 = FileTakenRefusedParamsType0.from_dict(data)

                return refused_params_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(FileTakenRefusedParamsType0 | None, data)

        refused_params = _parse_refused_params(d.pop("refused_params"))

        file_taken = cls(
            name=name,
            file=file,
            again=again,
            format_=format_,
            statements=statements,
            entries=entries,
            new_entries=new_entries,
            for_us=for_us,
            refused=refused,
            refused_code=refused_code,
            refused_params=refused_params,
        )

        file_taken.additional_properties = d
        return file_taken

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
