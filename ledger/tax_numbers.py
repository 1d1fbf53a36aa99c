"""Tax numbers as documents print them: form and check digit by python-stdnum, and one way to write each. Pure.

Every door comes through here; a row keeps what these functions answer. Rows that are older stay as they were
written, and `why_not` says what is wrong with them. `vat_id` holds numbers of VIES (EU, XI), `tax_number` what a tax
office gave: a German Steuernummer, the EX number of the EU's scheme for small enterprises (Art. 284b of Directive
2006/112/EC), or a number of another country. A W-IdNr. (§ 139c AO) is kept beside them and stands on no document as a
tax number.
"""

import re
from types import ModuleType
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from stdnum.ch import uid as swiss_uid
from stdnum.ch import vat as swiss_vat
from stdnum.de import idnr, stnr
from stdnum.de import vat as german_vat
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.gb import vat as british_vat
from stdnum.no import mva as norwegian_mva
from stdnum.us import ein as american_ein

from ledger.plain_text import cleaned
from ledger.refusals import NotAcceptable
from ledger.types import TaxStatus

LONGEST: Final = 40
"""Of what is written; what is kept is at most 30 characters."""
_LONGEST_KEPT: Final = 30

GREECE: Final = "EL"
NORTHERN_IRELAND: Final = "XI"
VIES_STATES: Final = frozenset({GREECE if state == "gr" else state.upper() for state in eu_vat.MEMBER_STATES})
"""Prefixes of VAT ids that VIES knows: the EU, with EL for Greece, and XI."""
EU_STATES: Final = VIES_STATES - {NORTHERN_IRELAND}

_SEPARATORS = re.compile(r"[\s./,-]+")
_EX = re.compile(r"([A-Z]{2})([A-Z0-9]{2,15})EX", re.ASCII)
_BUSINESS_ID = re.compile(r"(DE\d{9})(\d{5})?", re.ASCII)
_FOREIGN = re.compile(r"[A-Z0-9][A-Z0-9 ./+&*-]*", re.ASCII)
_WRONG_VAT_ID = {"length": "vat_id_length", "format": "vat_id_format", "check_digit": "vat_id_check_digit"}
_WRONG_TAX_NUMBER = {"length": "tax_number_length", "format": "tax_number_format", "check_digit": "tax_number_format"}
_WRONG_FOREIGN_NUMBER = {
    "length": "foreign_number_length",
    "format": "foreign_number_format",
    "check_digit": "foreign_number_check_digit",
}
_AS_AN_OFFICE_WRITES = re.compile(r"\d{2,3}[/ ]\d{3,4}[/ ]\d{4,5}", re.ASCII)


def vat_id(text: str) -> str:
    """The VAT id as VIES knows it: `DE136695976`, `EL094259216`, `XI110305878`. Raises NotAcceptable, by rule."""
    written = _together(text)
    if _EX.fullmatch(written):
        raise NotAcceptable("ex_number_is_no_vat_id")
    if (named := _BUSINESS_ID.fullmatch(written)) and named[2]:
        raise NotAcceptable("business_id_is_no_vat_id")
    if written.startswith("GR"):
        written = GREECE + written[2:]
    country = written[:2]
    if not country.isalpha():
        raise NotAcceptable("vat_id_without_country")
    if country not in VIES_STATES:
        raise NotAcceptable("vat_id_country_unknown", country=country)
    try:
        return str(eu_vat.validate(written))
    except ValidationError as error:
        raise NotAcceptable(_WRONG_VAT_ID[_rule(error)], country=country) from None


def german_tax_number(text: str) -> str:
    """A Steuernummer of any Land, or the federal one of 13 digits: `12/345/67890`, `181/815/08155`, `2893081508152`.

    Eleven digits that a Steuer-IdNr. could be are one, unless they are grouped as a tax office writes them. Raises
    NotAcceptable.
    """
    written = cleaned(text).upper()
    digits = _together(text)
    if _EX.fullmatch(digits):
        raise NotAcceptable("ex_number_of_another_status")
    if digits[:2] in VIES_STATES:
        named = _BUSINESS_ID.fullmatch(digits)
        raise NotAcceptable("business_id_is_no_tax_number" if named and named[2] else "vat_id_is_no_tax_number")
    if not (digits.isascii() and digits.isdigit()):
        raise NotAcceptable("tax_number_format")
    grouped = _AS_AN_OFFICE_WRITES.fullmatch(written)
    if not grouped and idnr.is_valid(digits):
        raise NotAcceptable("personal_tax_id")
    try:
        stnr.validate(digits)
    except ValidationError as error:
        raise NotAcceptable(_WRONG_TAX_NUMBER[_rule(error)]) from None
    if len(digits) == 13:
        return digits
    # North Rhine-Westphalia writes four digits in the middle, every other Land three.
    middle = 4 if len(digits) == 11 and grouped and re.fullmatch(r"\d{3}\D\d{4}\D\d{4}", written) else 3
    first = len(digits) - 8
    return f"{digits[:first]}/{digits[first : first + middle]}/{digits[first + middle :]}"


def ex_number(text: str) -> str:
    """The number of a small enterprise of another member state: `FR12345678EX`. Raises NotAcceptable.

    What stands before EX is of each state's own making and has no check digit that all of them share.
    """
    written = _together(text)
    if written.startswith("GR"):
        written = GREECE + written[2:]
    found = _EX.fullmatch(written)
    if found is None or not any(one.isdigit() for one in found[2]):
        raise NotAcceptable("ex_number_format")
    if found[1] not in EU_STATES:
        raise NotAcceptable("ex_number_country_unknown", country=found[1])
    return written


def business_id(text: str) -> str:
    """A W-IdNr., `DE136695976-00001`; without its last five digits the first activity is meant.

    Raises NotAcceptable.
    """
    found = _BUSINESS_ID.fullmatch(_together(text))
    if found is None:
        raise NotAcceptable("business_id_format")
    if not german_vat.is_valid(found[1]):
        raise NotAcceptable("business_id_check_digit")
    return f"{found[1]}-{found[2] or '00001'}"


def foreign_number(text: str, country: str | None = None) -> str:
    """A number of a country outside VIES, as it is written there; of others the letters and digits.

    `country`: the seat, where the number does not say it (a US EIN has no prefix). Raises NotAcceptable.
    """
    written = cleaned(text).upper()
    compact = _together(text)
    if _EX.fullmatch(compact) and compact[:2] in EU_STATES | {"GR"}:
        return ex_number(compact)
    if compact.startswith("CHE"):
        of_vat = not compact[3:].isdigit()
        return _checked(swiss_vat if of_vat else swiss_uid, compact, "CH")
    if compact.startswith("GB") or (country == "GB" and compact.isdigit()):
        return "GB" + str(british_vat.compact(_checked(british_vat, compact, "GB")))
    if compact.endswith("MVA") and (compact.startswith("NO") or compact[:9].isdigit()):
        return _checked(norwegian_mva, compact.removeprefix("NO"), "NO")
    if country == "US" and compact.removeprefix("US").isdigit():
        return _checked(american_ein, compact.removeprefix("US"), "US")
    if len(written) > _LONGEST_KEPT or not _FOREIGN.fullmatch(written) or not any(one.isdigit() for one in written):
        raise NotAcceptable("foreign_number_not_acceptable")
    return written


def tax_number(text: str, status: TaxStatus, country: str | None = None) -> str:
    """The number of a tax office, for somebody of that status with that seat. Raises NotAcceptable."""
    if status is TaxStatus.SMALL_BUSINESS_EU:
        return ex_number(text)
    if status in (TaxStatus.EU_BUSINESS, TaxStatus.THIRD_COUNTRY):
        return foreign_number(text, country)
    return german_tax_number(text)


def contradiction(status: TaxStatus, vat: str | None, number: str | None) -> NotAcceptable | None:
    """What these numbers, each one true, say against the status; None where they agree.

    XI is a number for goods: who renders services from Northern Ireland is of a third country (rules.md, strategy B).
    """
    prefix = vat[:2] if vat else None
    if prefix:
        wanted = _PREFIXES_OF.get(status)
        if wanted is not None and prefix not in wanted:
            return NotAcceptable("vat_id_of_another_status", country=prefix, status=_NAMED[status])
    if number and _EX.fullmatch(number) and status is not TaxStatus.SMALL_BUSINESS_EU:
        return NotAcceptable("ex_number_of_another_status")
    return None


def why_not(status: TaxStatus, vat: str | None, number: str | None, country: str | None = None) -> NotAcceptable | None:
    """What is wrong with numbers that a row holds; None where they could be handed in today."""
    try:
        true_vat = vat_id(vat) if vat and _says(vat) else None
        true_number = tax_number(number, status, country) if number and _says(number) else None
    except NotAcceptable as wrong:
        return wrong
    return contradiction(status, true_vat, true_number)


def of_tenant(vat: str | None, number: str | None, country: str) -> tuple[str | None, str | None]:
    """The tenant's own numbers, for a seat in that country. Raises NotAcceptable."""
    in_germany = country == "DE"
    true_vat = vat_id(vat) if vat and _says(vat) else None
    if not number or not _says(number):
        return true_vat, None
    return true_vat, german_tax_number(number) if in_germany else foreign_number(number, country)


_PREFIXES_OF: Final = {
    TaxStatus.REGULAR: frozenset({"DE"}),
    TaxStatus.SMALL_BUSINESS: frozenset({"DE"}),
    TaxStatus.SMALL_BUSINESS_EU: EU_STATES - {"DE"},
    TaxStatus.PRIVATE: frozenset[str](),
    TaxStatus.EU_BUSINESS: EU_STATES - {"DE"},
    TaxStatus.THIRD_COUNTRY: frozenset({NORTHERN_IRELAND}),
}


_NAMED: Final = {
    TaxStatus.REGULAR: "tax_status_regular",
    TaxStatus.SMALL_BUSINESS: "tax_status_small_business",
    TaxStatus.SMALL_BUSINESS_EU: "tax_status_small_business_eu",
    TaxStatus.PRIVATE: "tax_status_private",
    TaxStatus.EU_BUSINESS: "tax_status_eu_business",
    TaxStatus.THIRD_COUNTRY: "tax_status_third_country",
}


def _checked(module: ModuleType, number: str, country: str) -> str:
    try:
        valid = module.validate(number)
    except ValidationError as error:
        raise NotAcceptable(_WRONG_FOREIGN_NUMBER[_rule(error)], country=country) from None
    return str(module.format(valid))


def _rule(error: ValidationError) -> str:
    """Which rule of the number's form does not hold."""
    if isinstance(error, InvalidChecksum):
        return "check_digit"
    return "length" if isinstance(error, InvalidLength) else "format"


def _together(text: str) -> str:
    """In capitals, without what separates groups."""
    return _SEPARATORS.sub("", cleaned(text).upper())


def _says(text: str) -> bool:
    return bool(text.strip())


def _optional_vat_id(text: str | None) -> str | None:
    return vat_id(text) if text and _says(text) else None


def _optional_business_id(text: str | None) -> str | None:
    return business_id(text) if text and _says(text) else None


# What models of a request take.
VatId = Annotated[str | None, Field(max_length=LONGEST), AfterValidator(_optional_vat_id)]
BusinessId = Annotated[str | None, Field(max_length=LONGEST), AfterValidator(_optional_business_id)]
