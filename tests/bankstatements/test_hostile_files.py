"""Whatever the bytes are: a code, no other exception, and no more memory than promised."""

import io
import random
import re
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from bankstatements.errors import Unreadable
from bankstatements.reading import LARGEST_FILE, read, unpack
from tests.bankstatements.files import all_files
from tests.fixtures.samples import drawn_today


def code_of(data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read(data)
    return refused.value.code


def archive(*members: tuple[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members:
            packed.writestr(name, content)
    return written.getvalue()


BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><Document>&d;</Document>"""
FROM_DISK = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "statement_empty"),
        (b" \r\n\t" * 100, "statement_empty"),
        (b"%PDF-1.7 ...", "statement_kind_unknown"),
        (b"Buchungstag;Betrag\n01.10.2026;5,00", "statement_kind_unknown"),
        (b"<html><body>Ihre Sitzung ist abgelaufen</body></html>", "statement_message_unknown"),
        (b"<Document>", "statement_not_xml"),
        (b'<?xml version="1.0" encoding="no-such"?><Document/>', "statement_not_xml"),
        ("<Document>Ä".encode("latin-1"), "statement_not_xml"),
        (b"\xff\xfe<\x00", "statement_not_xml"),
        (BILLION_LAUGHS, "statement_has_doctype"),
        (FROM_DISK, "statement_has_doctype"),
        (b"<a>" * 100 + b"</a>" * 100, "statement_too_deep"),
        (b"<a>" + b"<b/>" * 300_000 + b"</a>", "statement_too_many_parts"),
        (b"<a><Ntry/>" + b"<Ntry/>" * 100_001 + b"</a>", "statement_too_many_parts"),
        (b"<" * (LARGEST_FILE + 1), "statement_too_large"),
        (
            b"<Document><BkToCstmrStmt>" + b"<Stmt/>" * 1_001 + b"</BkToCstmrStmt></Document>",
            "statement_too_many_parts",
        ),
        (b":20:X\n:25:1/2\n" * 1_001, "statement_too_many_parts"),
        (b":20:X\n:25:1/2\n" + b":61:2610051005D1,00NTRF\n" * 50_001, "statement_too_many_parts"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_statement_is_refused_by_a_code(data: bytes, code: str) -> None:
    assert code_of(data) == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (archive(), "archive_empty"),
        (archive(("folder/", b"")), "archive_empty"),
        (archive(("bomb.xml", b"\0" * (LARGEST_FILE + 1))), "archive_too_large"),
        (archive(*((f"{number}.xml", b"\0" * (20 * 1024 * 1024)) for number in range(4))), "archive_too_large"),
        (archive(*((f"{number}.xml", b"") for number in range(501))), "archive_too_large"),
        (archive(("inner.zip", archive(("a.xml", b"<a/>")))), "archive_in_archive"),
        (archive(("a.xml", b"<a/>" * 1_000))[:60], "archive_damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_archive_is_bounded_whatever_it_declares(data: bytes, code: str) -> None:
    tracemalloc.start()
    with pytest.raises(Unreadable) as refused:
        unpack(data, "statements.zip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.code == code
    assert peak < 150 * 1024 * 1024


def test_members_of_an_archive_keep_the_last_part_of_their_name() -> None:
    packed = archive(("../../etc/a.xml", b"<a/>"), ("C:\\b\\c.xml", b"<c/>"), ("__MACOSX/._a.xml", b"x"))
    assert [(one.name, one.content) for one in unpack(packed, "x")] == [("a.xml", b"<a/>"), ("c.xml", b"<c/>")]


def test_a_file_of_nothing_but_entries_costs_no_more_than_its_entries() -> None:
    entry = b"<Ntry><Amt>1</Amt></Ntry>"
    data = b"<Document><BkToCstmrStmt><Stmt>" + entry * 10_000 + b"</Stmt></BkToCstmrStmt></Document>"
    tracemalloc.start()
    assert code_of(data) == "statement_account_missing"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 * 1024 * 1024


@pytest.mark.parametrize(("records", "cents"), [(1, 999_999_999_999_999), (2, None)])
def test_charges_are_no_more_than_a_column_holds(records: int, cents: int | None) -> None:
    each = b"<Rcrd><Amt>9999999999999.99</Amt></Rcrd>" * records
    detail = b"<Ntry><NtryDtls><TxDtls><Chrgs>" + each + b"</Chrgs></TxDtls></NtryDtls></Ntry>"
    account = b"<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>"
    data = b"<Document><BkToCstmrStmt><Stmt>" + account + detail + b"</Stmt></BkToCstmrStmt></Document>"
    [told] = read(data).statements
    assert told.entries[0].details[0].charges_cents == cents


Mutate = Callable[[random.Random, bytes], bytes]


def _cut(dice: random.Random, data: bytes) -> bytes:
    return data[: dice.randrange(len(data))]


def _flip(dice: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randint(1, 20)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _drop(dice: random.Random, data: bytes) -> bytes:
    start = dice.randrange(len(data))
    return data[:start] + data[start + dice.randint(1, 300) :]


def _double(dice: random.Random, data: bytes) -> bytes:
    start = dice.randrange(len(data))
    piece = data[start : start + dice.randint(1, 2_000)]
    return data[:start] + piece * dice.randint(2, 5) + data[start:]


def _drop_element(dice: random.Random, data: bytes) -> bytes:
    elements = list(re.finditer(rb"<(\w+)[^>]*>[^<]*</\1>", data)) or list(re.finditer(rb"^:.*$", data, re.MULTILINE))
    if not elements:
        return data
    gone = dice.choice(elements)
    return data[: gone.start()] + data[gone.end() :]


def _odd_value(dice: random.Random, data: bytes) -> bytes:
    elements = list(re.finditer(rb">([^<>\s][^<>]*)<", data)) or list(re.finditer(rb"([0-9]+)", data))
    if not elements:
        return data
    one = dice.choice(elements)
    odd = dice.choice(
        [b"-5.00", b"9" * 40, b"1E400", b"NaN", b"Infinity", b"0.001", b"", b"\xf0\x9f\x92\xb6", b"2026-13-45", b"CRDT",
         b"true", b"&#0;", b"&#x110000;", b"&nbsp;", b"]]>", b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00",
         b"\xc2\xb2", b"\xd9\xa3", b"A" * 30_000]
    )  # fmt: skip
    return data[: one.start(1)] + odd + data[one.end(1) :]


def _recode(dice: random.Random, data: bytes) -> bytes:
    text = data.decode("utf-8", errors="replace")
    encoding = dice.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "cp037", "utf-7"])
    if dice.random() < 0.5:
        text = re.sub('encoding="[^"]*"', f'encoding="{encoding}"', text)
    return text.encode(encoding, errors="replace")


def _entity(dice: random.Random, data: bytes) -> bytes:
    dtd = dice.choice([b'<!DOCTYPE x [<!ENTITY e "e">]>', b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'])
    return re.sub(rb"(\?>)", lambda found: found.group() + dtd, data, count=1).replace(b"</", b"&e;</", 3)


MUTATIONS: list[Mutate] = [_cut, _flip, _drop, _double, _drop_element, _odd_value, _odd_value, _recode, _entity]


def _read_mutants(seeds: range) -> tuple[int, int]:
    files = list(all_files().values())
    taken = refused = 0
    for seed in seeds:
        dice = random.Random(seed)
        data = dice.choice(files)
        for mutate in dice.sample(MUTATIONS, dice.randint(1, 3)):
            data = mutate(dice, data) or b"x"
        try:
            message = read(data)
        except Unreadable:
            refused += 1
            continue
        taken += 1
        for one in message.statements:
            for entry in one.entries:
                amounts = [entry.amount_cents, *(detail.transfer_cents for detail in entry.details)]
                assert all(amount is None or 0 <= amount < 10**15 for amount in amounts), seed
        assert read(data) == message, seed
    return taken, refused


def test_a_sample_of_mutated_files_is_read_or_refused() -> None:
    taken, refused = _read_mutants(range(300))
    assert taken > 30
    assert refused > 30


@pytest.mark.long
def test_many_mutated_files_are_read_or_refused_within_bounded_memory() -> None:
    seeds = drawn_today(range(300, 10_300), sample=2_500)
    tracemalloc.start()
    taken, refused = _read_mutants(seeds)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken + refused == len(seeds)
    assert peak < 50 * 1024 * 1024
