"""Numbers of all countries, as people write them: what is kept, and which rule is broken."""

import doctest
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.de import stnr
from stdnum.eu import vat as eu_vat
from stdnum.util import get_cc_module

from ledger import tax_numbers
from ledger.refusals import NotAcceptable
from ledger.tax_numbers import EU_STATES, VIES_STATES
from ledger.types import TaxStatus


def refusal(of: NotAcceptable | None) -> str | None:
    return None if of is None else of.code


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("DE136695976", "DE136695976"),
        (" de 136 695 976 ", "DE136695976"),
        ("DE 136.695-976", "DE136695976"),
        ("ＤＥ１３６６９５９７６", "DE136695976"),
        ("DE136\u200b695976", "DE136695976"),
        ("GR094259216", "EL094259216"),
        ("el 094259216", "EL094259216"),
        ("BE697449992", "BE0697449992"),
        ("ATU 13585627", "ATU13585627"),
        ("FR 40 303 265 045", "FR40303265045"),
        ("NL004495445B01", "NL004495445B01"),
        ("XI 110 3058 78", "XI110305878"),
    ],
)
def test_a_vat_id_is_kept_as_vies_knows_it(written: str, kept: str) -> None:
    assert tax_numbers.vat_id(written) == kept
    assert tax_numbers.vat_id(kept) == kept


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("DE136695975", "vat_id_check_digit"),
        ("DE13669597", "vat_id_length"),
        ("DE13669597A", "vat_id_format"),
        ("ATU13585628", "vat_id_check_digit"),
        ("136695976", "vat_id_without_country"),
        ("", "vat_id_without_country"),
        ("US123456789", "vat_id_country_unknown"),
        ("GB980780684", "vat_id_country_unknown"),
        ("CHE-116.281.710 MWST", "vat_id_country_unknown"),
        ("FR12345678EX", "ex_number_is_no_vat_id"),
        ("DE136695976-00001", "business_id_is_no_vat_id"),
    ],
)
def test_a_vat_id_that_is_none_says_which_rule_it_breaks(written: str, code: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        tax_numbers.vat_id(written)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("12/345/67890", "12/345/67890"),
        ("1234567890", "12/345/67890"),
        ("12 345 67890", "12/345/67890"),
        ("181/815/08155", "181/815/08155"),
        ("18181508155", "181/815/08155"),
        ("133/8150/8159", "133/8150/8159"),
        ("013 815 08153", "013/815/08153"),
        ("2893081508152", "2893081508152"),
        ("5133081508159", "5133081508159"),
    ],
)
def test_a_steuernummer_of_each_form_is_kept_one_way(written: str, kept: str) -> None:
    assert tax_numbers.german_tax_number(written) == kept
    assert tax_numbers.german_tax_number(kept) == kept


@pytest.mark.parametrize("region", stnr.REGIONS)
def test_the_forms_of_all_laender_are_taken(region: str) -> None:
    regional, federal = stnr._number_formats_per_region_raw[region]
    digits = str.maketrans(dict.fromkeys("FBUP", "3"))
    for number in (regional.translate(digits), federal.translate(digits)):
        kept = tax_numbers.german_tax_number(number)
        assert kept.replace("/", "") == number
        assert tax_numbers.german_tax_number(kept) == kept


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("36574261809", "personal_tax_id"),
        ("36 574 261 809", "personal_tax_id"),
        ("12345", "tax_number_length"),
        ("1/2", "tax_number_length"),
        ("9999999999999", "tax_number_format"),
        ("12/345/6789X", "tax_number_format"),
        ("DE136695976", "vat_id_is_no_tax_number"),
        ("DE136695976-00001", "business_id_is_no_tax_number"),
        ("FR12345678EX", "ex_number_of_another_status"),
        ("١٢٣٤٥٦٧٨٩٠", "tax_number_format"),
    ],
)
def test_what_is_no_steuernummer_is_refused_by_name(written: str, code: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        tax_numbers.german_tax_number(written)
    assert refused.value.code == code


def test_a_steuernummer_that_a_personal_id_could_be_is_taken_as_an_office_writes_it() -> None:
    assert tax_numbers.german_tax_number("365/742/61809") == "365/742/61809"


@pytest.mark.parametrize(
    ("written", "seat", "kept"),
    [
        ("CHE-116.281.710 MWST", "CH", "CHE-116.281.710 MWST"),
        ("che116281710mwst", None, "CHE-116.281.710 MWST"),
        ("CHE-116.281.710 TVA", "CH", "CHE-116.281.710 TVA"),
        ("CHE-116.281.710 IVA", "CH", "CHE-116.281.710 IVA"),
        ("CHE-116.281.710", "CH", "CHE-116.281.710"),
        ("GB 980 7806 84", "GB", "GB980780684"),
        ("980780684", "GB", "GB980780684"),
        ("NO 995 525 828 MVA", "NO", "NO 995 525 828 MVA"),
        ("995525828MVA", "NO", "NO 995 525 828 MVA"),
        ("91-1144442", "US", "91-1144442"),
        ("US 911144442", "US", "91-1144442"),
        ("911144442", "CA", "911144442"),
        ("10.123.456/0001-99", "BR", "10.123.456/0001-99"),
        ("fr12345678ex", "FR", "FR12345678EX"),
    ],
)
def test_a_number_of_another_country_is_kept_as_it_is_written_there(written: str, seat: str | None, kept: str) -> None:
    assert tax_numbers.foreign_number(written, seat) == kept
    assert tax_numbers.foreign_number(kept, seat) == kept


@pytest.mark.parametrize(
    ("written", "seat", "code"),
    [
        ("CHE-116.281.711 MWST", "CH", "foreign_number_check_digit"),
        ("CHE-116.281.71 MWST", "CH", "foreign_number_format"),
        ("GB980780685", "GB", "foreign_number_check_digit"),
        ("NO 995 525 829 MVA", "NO", "foreign_number_check_digit"),
        ("07-1144442", "US", "foreign_number_format"),
        ("91-114444", "US", "foreign_number_format"),
        ("keine", "CA", "foreign_number_not_acceptable"),
        ("1" * 31, "CA", "foreign_number_not_acceptable"),
        ("12<b>3", "CA", "foreign_number_not_acceptable"),
        ("=1+1", "CA", "foreign_number_not_acceptable"),
    ],
)
def test_a_foreign_number_that_is_none_is_refused(written: str, seat: str, code: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        tax_numbers.foreign_number(written, seat)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("written", "kept"),
    [("DE136695976-00001", "DE136695976-00001"), ("de 136695976", "DE136695976-00001")],
)
def test_a_w_idnr_is_kept(written: str, kept: str) -> None:
    assert tax_numbers.business_id(written) == kept


@pytest.mark.parametrize(
    ("written", "code"), [("DE136695975-00001", "business_id_check_digit"), ("ATU13585627", "business_id_format")]
)
def test_what_is_no_w_idnr_is_refused(written: str, code: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        tax_numbers.business_id(written)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("status", "vat", "number", "code"),
    [
        (TaxStatus.REGULAR, "DE136695976", None, None),
        (TaxStatus.REGULAR, "ATU13585627", None, "vat_id_of_another_status"),
        (TaxStatus.SMALL_BUSINESS, "ATU13585627", None, "vat_id_of_another_status"),
        (TaxStatus.SMALL_BUSINESS, None, "12/345/67890", None),
        (TaxStatus.PRIVATE, "DE136695976", None, "vat_id_of_another_status"),
        (TaxStatus.PRIVATE, None, "12/345/67890", None),
        (TaxStatus.EU_BUSINESS, "ATU13585627", None, None),
        (TaxStatus.EU_BUSINESS, "DE136695976", None, "vat_id_of_another_status"),
        (TaxStatus.EU_BUSINESS, "XI110305878", None, "vat_id_of_another_status"),
        (TaxStatus.EU_BUSINESS, None, "FR12345678EX", "ex_number_of_another_status"),
        (TaxStatus.THIRD_COUNTRY, "XI110305878", None, None),
        (TaxStatus.THIRD_COUNTRY, "ATU13585627", None, "vat_id_of_another_status"),
        (TaxStatus.THIRD_COUNTRY, None, "CHE-116.281.710 MWST", None),
    ],
)
def test_a_number_of_one_kind_does_not_go_with_the_status_of_another(
    status: TaxStatus, vat: str | None, number: str | None, code: str | None
) -> None:
    assert refusal(tax_numbers.contradiction(status, vat, number)) == code


@pytest.mark.parametrize(
    ("status", "vat", "number", "code"),
    [
        (TaxStatus.REGULAR, "DE1", None, "vat_id_length"),
        (TaxStatus.REGULAR, " ", "12/345/67890", None),
        (TaxStatus.REGULAR, None, "36574261809", "personal_tax_id"),
        (TaxStatus.EU_BUSINESS, "GR094259216", None, None),
        (TaxStatus.PRIVATE, "DE136695976", None, "vat_id_of_another_status"),
    ],
)
def test_what_an_old_row_holds_is_judged_and_not_refused(
    status: TaxStatus, vat: str | None, number: str | None, code: str | None
) -> None:
    assert refusal(tax_numbers.why_not(status, vat, number)) == code


def examples() -> list[str]:
    """The numbers that python-stdnum calls right in its own documentation, of each state of VIES."""
    found = []
    for state in sorted(eu_vat.MEMBER_STATES - {"xi"}):
        module = get_cc_module(state, "vat")
        assert module is not None
        text = doctest.script_from_examples(module.__doc__ or "")
        prefix = "EL" if state == "gr" else state.upper()
        for number in re.findall(r"validate\('([^']+)'\)", text):
            if module.is_valid(number):
                compact = module.compact(number)
                found.append(compact if compact.startswith(prefix) else prefix + compact)
    return found


def test_the_examples_of_the_library_are_of_many_states() -> None:
    assert {number[:2] for number in examples()} >= EU_STATES - {"ES", "CZ", "HR"}


@given(st.sampled_from(examples()), st.data())
def test_separators_and_case_never_change_what_a_vat_id_is(number: str, data: st.DataObject) -> None:
    written = "".join(
        data.draw(st.sampled_from((one, one.lower()))) + data.draw(st.sampled_from(("", "", "", " ", ".", "-")))
        for one in number
    )
    kept = tax_numbers.vat_id(written)
    assert kept == tax_numbers.vat_id(number)
    assert kept[:2] in VIES_STATES


@given(st.sampled_from(examples()), st.data())
def test_another_last_digit_is_another_number_or_none(number: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([index for index, one in enumerate(number) if one.isdigit()]))
    other = number[:place] + data.draw(st.sampled_from(string.digits)) + number[place + 1 :]
    if eu_vat.is_valid(other):
        assert eu_vat.is_valid(tax_numbers.vat_id(other))
    else:
        with pytest.raises(NotAcceptable, match=r"vat_id_(check_digit|format|length)"):
            tax_numbers.vat_id(other)


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_a_door(text: str) -> None:
    for read in (
        tax_numbers.vat_id,
        tax_numbers.german_tax_number,
        tax_numbers.ex_number,
        tax_numbers.business_id,
        tax_numbers.foreign_number,
    ):
        try:
            kept = read(text)
        except NotAcceptable:
            continue
        assert kept.isprintable()
        assert len(kept) <= 30
        assert read(kept) == kept
