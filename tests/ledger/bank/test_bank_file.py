"""The file: valid by the ISO schema, its sums right for any payments, its texts in characters that every bank takes."""

import tomllib
import unicodedata
import xml.etree.ElementTree as ET
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

import pytest
import sepaxml  # type: ignore[import-untyped]
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.bank import sepa_area
from ledger.bank.bank_days import checked_execution_date, executed_from, is_target_day, next_target_day
from ledger.bank.bank_file import Address, Debtor, NotSepaText, Payment, control_sum_cents, write_bank_file
from ledger.bank.bank_text import is_sepa_text, sepa_text
from ledger.refusals import NotAcceptable
from tests.fixtures.bank_runs import OWN_IBAN, iban

ISO = xmlschema.XMLSchema(str(Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"))
DEBTOR = Debtor(holder="Müller & Söhne GmbH", iban=OWN_IBAN, bic="COBADEFFXXX")
DAY = date(2026, 11, 23)
IBAN = iban(3)

texts = st.text(min_size=1, max_size=200)
payments = st.lists(
    st.builds(
        Payment,
        creditor=texts.map(lambda text: sepa_text(text, 70) or "X"),
        iban=st.just(IBAN),
        bic=st.sampled_from([None, "BYLADEM1001"]),
        amount_cents=st.integers(1, 99_999_999_999),
        end_to_end_id=st.from_regex(r"PO-[0-9]{4}-[0-9]{4,9}", fullmatch=True),
        remittance=texts.map(lambda text: sepa_text(f"GS {text}")),
    ),
    min_size=1,
    max_size=20,
)


@given(payments, st.booleans())
@settings(max_examples=60)
def test_any_file_is_valid_and_its_control_sum_is_that_of_its_payments(made: list[Payment], batch: bool) -> None:
    file = write_bank_file("ZL-2026-0001", DEBTOR, made, execution_date=DAY, batch_booking=batch, validate=False)
    ISO.validate(file.decode())
    total = sum(payment.amount_cents for payment in made)
    assert control_sum_cents(file) == (len(made), total)
    tree = ET.fromstring(file)
    instructed = [one.text or "" for one in tree.findall(".//{*}InstdAmt")]
    assert [int(amount.replace(".", "")) for amount in instructed] == [payment.amount_cents for payment in made]
    blocks = [(one.findtext("{*}NbOfTxs"), one.findtext("{*}CtrlSum")) for one in tree.findall(".//{*}PmtInf")]
    assert sum(int(count or 0) for count, _ in blocks) == len(made)
    assert sum(int((each or "0").replace(".", "")) for _, each in blocks) == total
    assert len(blocks) == 1, "banks refuse a block for each payment"
    assert [one.text for one in tree.findall(".//{*}BtchBookg")] == ["true" if batch else "false"]
    assert [one.text for one in tree.findall(".//{*}PmtInfId")] == ["ZL-2026-0001"]
    assert tree.findall(".//{*}CdtrAgt") == [], "nobody guesses a BIC inside the EEA"
    assert tree.findall(".//{*}PstlAdr") == []


def test_a_file_is_checked_against_the_schema_before_it_leaves() -> None:
    wrong = Debtor(holder="Firma", iban="not an IBAN", bic="COBADEFFXXX")
    with pytest.raises(Exception, match="validation errors"):
        write_bank_file("ZL-2026-0001", wrong, [_payment()], execution_date=DAY, batch_booking=True)


def test_a_text_outside_the_set_is_never_written() -> None:
    with pytest.raises(NotSepaText):
        write_bank_file("ZL-2026-0001", DEBTOR, [_payment(creditor="Jürgen")], execution_date=DAY, batch_booking=True)


def test_ten_thousand_payments_take_seconds() -> None:
    """A generous bound: what it takes is measured by script/bench."""
    made = [_payment(amount_cents=number + 1) for number in range(10_000)]
    file = write_bank_file("ZL-2026-0001", DEBTOR, made, execution_date=DAY, batch_booking=True)
    assert control_sum_cents(file) == (10_000, 10_000 * 10_001 // 2)


def test_beyond_the_eea_the_file_names_the_payers_address_and_the_payees_bic() -> None:
    swiss = _payment(iban=iban(country="CH"), bic="UBSWCHZH80A")
    address = Address(street="Hafenstraße 1", postcode="20457", town="Hamburg", country="DE")
    payer = DEBTOR.model_copy(update={"address": address})
    file = write_bank_file("ZL-2026-0001", payer, [swiss, _payment()], execution_date=DAY, batch_booking=False)
    tree = ET.fromstring(file)
    (told,) = tree.findall(".//{*}Dbtr/{*}PstlAdr")
    assert [(part.tag.partition("}")[2], part.text) for part in told] == [
        ("StrtNm", "Hafenstrasse 1"),
        ("PstCd", "20457"),
        ("TwnNm", "Hamburg"),
        ("Ctry", "DE"),
    ]
    assert [one.text for one in tree.findall(".//{*}CdtrAgt//{*}BICFI")] == ["UBSWCHZH80A"]
    assert len(tree.findall(".//{*}PmtInf")) == 1


@pytest.mark.parametrize("missing", ["address", "bic"])
def test_no_file_is_made_that_a_bank_beyond_the_eea_would_refuse(missing: str) -> None:
    swiss = _payment(iban=iban(country="CH"), bic=None if missing == "bic" else "UBSWCHZH80A")
    address = None if missing == "address" else Address(town="Hamburg", country="DE")
    payer = DEBTOR.model_copy(update={"address": address})
    with pytest.raises(ValueError, match="EEA"):
        write_bank_file("ZL-2026-0001", payer, [swiss], execution_date=DAY, batch_booking=False)


def test_every_country_of_sepa_is_one_and_stands_once() -> None:
    area = tomllib.loads(Path(sepa_area.__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    countries = [*area["eea"], *area["beyond_eea"]]
    assert len(countries) == len(set(countries)) == 42
    assert len(area["eea"]) == 30
    assert {"AL", "CH", "GB", "MD", "ME", "MK", "RS"} <= set(area["beyond_eea"])
    assert (area["source"], area["as_of"].year) != ("", 0)


def _payment(**members: object) -> Payment:
    usual = {
        "creditor": "Juergen Gross",
        "iban": IBAN,
        "bic": None,
        "amount_cents": 11_900,
        "end_to_end_id": "PO-2026-0001",
        "remittance": "GS-2026-0042 Provision PO-2026-0001",
    }
    return Payment.model_validate(usual | members)


@given(st.text(max_size=300), st.integers(1, 140))
@settings(max_examples=500)
def test_any_text_becomes_one_that_every_bank_takes(text: str, longest: int) -> None:
    told = sepa_text(text, longest)
    assert is_sepa_text(told)
    assert len(told) <= longest
    assert "//" not in told
    assert not told.startswith("/")
    assert not told.endswith("/")
    assert sepa_text(told, longest) == told


@given(st.text(alphabet="abcXYZ019 -?:().,'+", max_size=60))
def test_a_text_in_the_set_stays_but_for_its_blanks(text: str) -> None:
    assert sepa_text(text) == " ".join(text.split())


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Jürgen Groß", "Juergen Gross"),
        ("ÄÖÜ äöü ẞ", "AeOeUe aeoeue SS"),
        ("Müller & Söhne", "Mueller + Soehne"),
        ("Łukasz Żółć", "Lukasz Zolc"),
        ("François Gâteau", "Francois Gateau"),
        ("O’Neill – „Agentur“", "O'Neill - ,,Agentur."),
    ],
)
def test_names_are_transliterated_as_german_banks_show_them(name: str, told: str, form: Literal["NFC", "NFD"]) -> None:
    assert sepa_text(unicodedata.normalize(form, name)) == told


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        (date(2026, 1, 1), False),
        (date(2026, 4, 3), False),  # Good Friday
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 5, 1), False),
        (date(2026, 5, 14), True),  # Ascension Day: closed in Germany, open in TARGET
        (date(2026, 10, 3), False),  # a Saturday
        (date(2026, 12, 25), False),
        (date(2026, 12, 31), True),
        (date(2027, 3, 26), False),
    ],
)
def test_target_days_are_those_of_the_ecb(day: date, open_: bool) -> None:
    assert is_target_day(day) is open_


@given(st.dates(date(2026, 1, 1), date(2040, 12, 31)))
def test_the_next_target_day_comes_within_five_days(day: date) -> None:
    following = next_target_day(day)
    assert is_target_day(following)
    assert timedelta() < following - day <= timedelta(days=5)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (date(2026, 11, 20), "execution_date_past"),
        (date(2026, 11, 29), "no_target_day"),
        (date(2026, 12, 25), "no_target_day"),
        (date(2027, 2, 1), "execution_date_too_far"),
    ],
)
def test_a_day_on_which_no_bank_pays_is_refused_by_name(wanted: date, code: str) -> None:
    today = date(2026, 11, 28) if wanted.month != 11 or wanted.day == 29 else date(2026, 11, 22)
    with pytest.raises(NotAcceptable) as refused:
        checked_execution_date(wanted, today)
    assert refused.value.code == code


def test_an_instant_file_says_so_for_its_block_and_any_day_will_do() -> None:
    sunday = date(2026, 11, 29)
    payer = DEBTOR.model_copy(update={"instant": True})
    file = write_bank_file("ZL-2026-0001", payer, [_payment()], execution_date=sunday, batch_booking=False)
    tree = ET.fromstring(file)
    assert [one.text for one in tree.findall(".//{*}PmtInf/{*}PmtTpInf/{*}LclInstrm/{*}Cd")] == ["INST"]
    assert checked_execution_date(sunday, date(2026, 11, 28), instant=True) == sunday
    assert checked_execution_date(None, sunday, instant=True) == sunday


@pytest.mark.parametrize(
    ("handed_in", "cut_off", "executed"),
    [
        ("2026-11-30T10:00", None, date(2026, 11, 30)),
        ("2026-11-30T14:29", time(14, 30), date(2026, 11, 30)),
        ("2026-11-30T14:30", time(14, 30), date(2026, 12, 1)),
        ("2026-11-27T16:00", time(14, 30), date(2026, 11, 30)),
        ("2026-11-28T10:00", time(14, 30), date(2026, 11, 30)),
    ],
)
def test_after_the_banks_cut_off_a_file_is_executed_on_the_next_bank_day(
    handed_in: str, cut_off: time | None, executed: date
) -> None:
    now = datetime.fromisoformat(handed_in)
    assert executed_from(now.date(), now, cut_off) == executed
    later = date(2026, 12, 9)
    assert executed_from(later, now, cut_off) == later
