"""Headings in German and English find their columns, and ours find themselves."""

from typing import Literal

import pytest

from ledger.imports.columns import COLUMNS, Kind, guess, likely_kind


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", list(Kind))
def test_what_we_write_goes_in_again(kind: Kind, language: Literal["de", "en"]) -> None:
    header = [one.heading(language) for one in COLUMNS[kind]]
    assert guess(kind, header) == tuple(one.name for one in COLUMNS[kind])


def test_headings_of_others_are_understood() -> None:
    header = ["Affiliate ID", "FIRMA", "e-mail", "Upline", "Zip Code", "Stadt", "USt-ID", "irgendwas", ""]
    assert guess(Kind.PARTNERS, header) == (
        *("code", "name", "email", "sponsor_code", "zip", "city", "vat_id"),
        *(None, None),
    )


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (["Partnercode", "Name", "Sponsor", "IBAN"], Kind.PARTNERS),
        (["Partner", "Saldo", "Stichtag", "Grund"], Kind.OPENING_BALANCES),
        (["Kundennummer", "E-Mail", "Partnercode", "Kunde"], Kind.CUSTOMERS),
        (["Verkaufsnummer", "Brutto", "USt", "Datum", "Partner"], Kind.PAST_SALES),
        (["Partnercode", "Name", "E-Mail"], None),
        (["a", "b"], None),
    ],
)
def test_a_file_says_what_it_is_where_it_can(header: list[str], kind: Kind | None) -> None:
    assert likely_kind(header) is kind
