"""Files as spreadsheets and old systems write them."""

import pytest

from ledger import csv_reading
from ledger.csv_writing import csv_lines, written_back
from ledger.refusals import NotAcceptable

TEXT = "Partnercode;Name;Ort\nANNA;Müller & Söhne;Köln\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode("utf-8"), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8"),
        (TEXT.encode("cp1252"), "Windows-1252"),
        (TEXT.encode("utf-16"), "UTF-16"),
    ],
)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_encoding_and_separator_is_read_the_same(
    content: bytes, encoding: str, delimiter: str, newline: str
) -> None:
    text = TEXT.replace(";", delimiter).replace("\n", newline)
    codec = {"UTF-8": "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"}.get(encoding, encoding)
    read = csv_reading.read(text.encode({"Windows-1252": "cp1252", "UTF-16": "utf-16"}.get(codec, codec)))
    assert (read.encoding, read.delimiter, read.header) == (encoding, delimiter, ("Partnercode", "Name", "Ort"))
    assert [(row.line, row.cells) for row in read.rows] == [(2, ("ANNA", "Müller & Söhne", "Köln"))]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    read = csv_reading.read(b'sep=;\r\nA;B\r\n1;"two\r\nlines"\r\n\r\n3;4\r\nonly one\r\n')
    assert [(row.line, row.cells) for row in read.rows] == [(3, ("1", "two\r\nlines")), (6, ("3", "4"))]
    assert [(row.line, row.code, row.params) for row in read.broken] == [
        (7, "row_fields_differ", {"expected": 2, "found": 1})
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "csv_empty"),
        (b"A;B\n\n;;\n", "csv_empty"),
        (b"PK\x03\x04whatever", "csv_is_spreadsheet"),
        (b"A;B\n1;\x81\n", "csv_encoding_unknown"),
        (b"A;B\n1;\x00\n", "csv_encoding_unknown"),
        (b'A;B\n1;"open\n2;3\n', "csv_quote_not_closed"),
        (b'A;B\n1;"' + b"x" * 200_000, "csv_quote_not_closed"),
        (b"A;a\n1;2\n", "csv_column_twice"),
        (b"A" * 300 + b";B\n1;2\n", "csv_heading_too_long"),
        (b";".join([b"%d" % one for one in range(101)]) + b"\n1\n", "csv_too_wide"),
        (b"A\n" + b"1\n" * 50_001, "csv_too_long"),
        (b"A\n" + b"1" * 20_000_001, "csv_too_large"),
    ],
)
def test_what_is_no_such_file_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        csv_reading.read(content)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["=1+1", "+49 30 1", "@x", "-x", "'=1", "''=1", "'t Hooft", " =1", "\uff1d1", "plain"])
def test_what_we_write_is_read_back(text: str) -> None:
    [_, cell, _] = csv_lines([("", text, "")]).decode().removesuffix("\r\n").split(";")
    assert written_back(cell) == text
    assert not cell.startswith(("=", "+", "-", "@"))
